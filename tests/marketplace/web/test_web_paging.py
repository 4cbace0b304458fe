"""Pages of a list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import NotFound

from marketplace.web.paging import Paging


def test_an_empty_list_has_one_page() -> None:
    paging = Paging(1, 0)
    assert (paging.pages, paging.first, paging.last, paging.links) == (1, 0, 0, (1,))


def test_the_last_page_may_be_short() -> None:
    paging = Paging(4, 64)
    assert (paging.pages, paging.offset, paging.first, paging.last) == (4, 60, 61, 64)


@pytest.mark.parametrize(
    ("number", "pages", "links"),
    [
        (1, 1, (1,)),
        (1, 40, (1, 2, None, 40)),
        (4, 40, (1, 2, 3, 4, 5, None, 40)),
        (20, 40, (1, None, 19, 20, 21, None, 40)),
    ],
)
def test_links(number: int, pages: int, links: tuple[int | None, ...]) -> None:
    assert Paging(number, pages * 20).links == links


def test_no_page_lies_beyond_the_last() -> None:
    with pytest.raises(NotFound, match="chỉ có 2 trang"):
        Paging(3, 40)


@given(st.integers(1, 500), st.data())
def test_links_lead_to_real_pages_in_order(pages: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, pages))
    links = Paging(number, pages * 20).links
    real = [link for link in links if link is not None]
    assert real == sorted(set(real))
    assert {1, number, pages} <= set(real)
    assert len(links) <= 9


def test_a_long_list_ends_at_its_reach() -> None:
    paging = Paging(250, 77_811, reach=5_000)
    assert (paging.pages, paging.cut, paging.last) == (250, True, 5_000)
    assert not Paging(1, 5_000, reach=5_000).cut
    with pytest.raises(NotFound):
        Paging(251, 77_811, reach=5_000)
