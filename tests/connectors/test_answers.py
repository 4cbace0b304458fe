"""Fields of JSON objects, prices told as amounts, keys made of names, and where a list goes on."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import answers
from connectors.answers import Fields
from connectors.values import Values


def price(low: object, high: object = None, old: object = None, **told: str) -> dict[str, object]:
    amounts = (None if amount is None else Decimal(str(amount)) for amount in (low, high, old))
    return dict(answers.price_of(Values("1"), *amounts, **told))  # type: ignore[arg-type]  # a generator hides its length


@given(st.integers(2, 1_000).map(lambda n: n * 1_000), st.integers(0, 3).map(lambda n: n * 5_500))
def test_an_amount_is_told_as_it_is(low: int, more: int) -> None:
    told = price(low, low + more)
    assert (told["price_vnd"], told["price_max_vnd"]) == (low, low + more)
    assert "list_price_vnd" not in told, "an old price nobody told is not one of none"


THOUSANDS = st.integers(10, 20_000).map(lambda n: n * 1_000)  # 123.456 ₫ and the like are placeholders


@given(THOUSANDS, st.just(0) | THOUSANDS)
def test_an_old_price_counts_where_it_is_more(low: int, old: int) -> None:
    assert price(low, None, old)["list_price_vnd"] == (old if old > low else 0)


@pytest.mark.parametrize(
    ("low", "shown", "status", "text"),
    [
        ("0", "", "contact", ""),
        ("0", "Liên hệ", "contact", "Liên hệ"),
        ("0.00", "Giá: thỏa thuận", "negotiable", "Giá: thỏa thuận"),
        (None, "", "unreadable", ""),
        (None, "Liên hệ", "contact", "Liên hệ"),
        ("85000", "85k / kg", "ok", "85k / kg"),
        ("1", "", "suspicious", "1 ₫"),
    ],
)
def test_words_count_where_no_amount_does(low: str | None, shown: str, status: str, text: str) -> None:
    told = price(low, shown=shown)
    assert (told["price_status"], told["price_text"]) == (status, text)
    assert told["price_vnd"] == (85_000 if status == "ok" else None) if low or shown else "price_vnd" not in told


def test_another_currency_is_no_amount_of_ours() -> None:
    told = price("12.50", currency="USD")
    assert (told["price_status"], told["price_vnd"], told["price_text"]) == ("foreign", None, "12.50 USD")


@given(st.text(min_size=1, max_size=30).filter(str.strip))
def test_a_name_has_one_key_however_it_is_written(name: str) -> None:
    key = answers.name_key(name)
    assert key == answers.name_key(f"  {name}  ")
    assert answers.name_key("HTX  RAU mẫu") == answers.name_key("Htx Rau Mẫu") == "htx-rau-mau"


@given(
    st.dictionaries(st.sampled_from("abc"), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.none()))
)
def test_a_value_of_another_type_is_told_and_none(told: dict[str, object]) -> None:
    fields = Fields(told, Values("1"))
    for name, value in told.items():
        before = len(fields.values.problems)
        read = (fields.text(name), fields.flag(name), fields.part(name), fields.parts(name))
        strange = len(fields.values.problems) - before
        assert all(one is None for one in read) == (value is None)
        assert strange == 0 or value is not None
    assert fields.text("d") is None
    assert fields.parts("d") is None


@pytest.mark.parametrize(
    ("url", "number"),
    [("/x", 1), ("/x?page=3", 3), ("/x?per_page=9", 1), ("/x?page=0", 1), ("/x?page=-2", 1), ("/x?page=²", 1)],
)
def test_the_number_of_a_page(url: str, number: int) -> None:
    assert answers.page_number(f"https://san-mau.example.vn{url}") == number
    following = answers.with_query(f"https://san-mau.example.vn{url}", page=str(number + 1))
    assert answers.page_number(following) == number + 1


@pytest.mark.parametrize(
    ("printed", "hour"),
    [("2024-05-01T08:00:00", 8), ("2024-05-01T08:00:00+07:00", 1), ("2024-05-01T08:00:00Z", 8), ("hôm qua", None)],
)
def test_a_moment_is_in_utc(printed: str, hour: int | None) -> None:
    values = Values("1")
    moment = answers.moment(values, printed)
    assert (moment.hour if moment else None) == hour
    assert [problem.code for problem in values.problems] == ([] if hour else ["date_unreadable"])
