from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from connectors.sandbox.paging import cut, window

ITEMS = tuple(range(25))


@given(st.integers(0, 60), st.integers(1, 15))
def test_all_pages_together_are_the_list(length: int, per_page: int) -> None:
    items = tuple(range(length))
    pages = cut(items, {}, per_page, None).pages
    together = [item for page in range(1, pages + 1) for item in cut(items, {"page": str(page)}, per_page, None).items]
    assert together == list(items)


@given(st.text(max_size=5))
def test_a_strange_page_number_is_the_first_page(text: str) -> None:
    if not (text.isascii() and text.isdigit() and int(text)):
        assert cut(ITEMS, {"page": text}, 10, None).page == 1


def test_behind_the_last_page_there_is_nothing_or_the_last_page_again() -> None:
    assert cut(ITEMS, {"page": "9"}, 10, None).items == ()
    assert cut(ITEMS, {"page": "9"}, 10, None, clamp=True).items == ITEMS[20:]


def test_bent_lists() -> None:
    assert cut(ITEMS, {}, 10, "empty_list").items == ()
    assert cut(ITEMS, {}, 10, "half_list").pages == 2
    loop = cut(ITEMS, {"page": "40"}, 10, "paging_loop")
    assert (loop.items, loop.page, loop.pages) == (ITEMS[:10], 40, 41)


def test_the_row_of_numbers_has_gaps() -> None:
    assert window(1, 12, 2) == [1, 2, 3, None, 12]
    assert window(6, 12, 1) == [1, None, 5, 6, 7, None, 12]
    assert window(1, 1, 2) == [1]
