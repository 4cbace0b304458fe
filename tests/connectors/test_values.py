"""Values of one record: what cannot be read is None and a Problem, never zero."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import markup
from connectors.problems import PROBLEMS
from connectors.values import PriceFields, Values


def codes(values: Values) -> list[str]:
    assert all(p.ref == "r1" for p in values.problems)
    return [p.code for p in values.problems]


@pytest.fixture
def values() -> Values:
    return Values("r1")


@pytest.mark.parametrize(
    ("printed", "unit", "old", "expected", "problems"),
    [
        (
            "25.000 ₫",
            None,
            None,
            {
                "price_text": "25.000 ₫",
                "price_vnd": 25000,
                "price_max_vnd": 25000,
                "price_status": "ok",
                "price_per_kg_vnd": None,
            },
            [],
        ),
        (
            "248.000 ₫",
            "Thùng 10kg",
            "",
            {
                "price_text": "248.000 ₫",
                "price_vnd": 248000,
                "price_max_vnd": 248000,
                "price_status": "ok",
                "price_per_kg_vnd": 24800,
                "unit": "Thùng 10kg",
                "list_price_vnd": 0,
            },
            [],
        ),
        (
            "20.000 - 30.000 ₫/kg",
            "Hộp",
            "35.000 ₫",
            {
                "price_text": "20.000 - 30.000 ₫/kg",
                "price_vnd": 20000,
                "price_max_vnd": 30000,
                "price_status": "ok",
                "price_per_kg_vnd": 20000,
                "unit": "kg",
                "list_price_vnd": 35000,
            },
            [],
        ),
        (None, "Kí", None, {"unit": "kg"}, ["bad_row"]),
        (
            "",
            "Bội",
            None,
            {"unit": "Bội", "price_text": "", "price_status": "unreadable"},
            ["unknown_unit", "price_unreadable"],
        ),
    ],
)
def test_a_price_is_told_per_the_unit_it_is_sold_by(
    values: Values, printed: str | None, unit: str | None, old: str | None, expected: PriceFields, problems: list[str]
) -> None:
    assert values.price(printed, unit, old) == expected
    assert codes(values) == problems


@pytest.mark.parametrize(("printed", "code"), [("giá trên trời xanh", "price_unreadable"), ("1 ₫", "price_suspicious")])
def test_a_price_that_cannot_be_believed_is_none(values: Values, printed: str, code: str) -> None:
    fields = values.price(printed, "kg", printed)
    assert (fields["price_vnd"], fields["list_price_vnd"], fields["price_per_kg_vnd"]) == (None, None, None)
    assert fields["price_text"] == printed
    assert codes(values) == [code, code]


@given(st.text(max_size=60), st.none() | st.text(max_size=20))
def test_the_price_is_the_same_whether_its_unit_is_known_or_not(printed: str, unit: str | None) -> None:
    """A card without the unit and the page with it must not differ: that would be a change of price in every run."""
    with_unit, without = Values("r1").price(printed, unit), Values("r1").price(printed)
    names = ("price_text", "price_vnd", "price_max_vnd", "price_status")
    assert [with_unit.get(name) for name in names] == [without.get(name) for name in names]


@pytest.mark.parametrize(
    ("printed", "rating", "problems"),
    [
        ("0", 0.0, []),
        ("4.5", 4.5, []),
        ("4,5/5", 4.5, []),
        ("5", 5.0, []),
        ("", None, []),
        (None, None, []),
        ("5.1", None, ["bad_value"]),
        ("-1", None, ["bad_value"]),
        ("tốt", None, ["bad_value"]),
    ],
)
def test_ratings(values: Values, printed: str | None, rating: float | None, problems: list[str]) -> None:
    assert values.rating(printed) == rating
    assert codes(values) == problems


@pytest.mark.parametrize(
    ("printed", "stars", "problems"),
    [("4", 4, []), (3, 3, []), (0, 0, []), (None, None, []), (2, None, ["bad_value"]), (6, None, ["bad_value"])],
)
def test_ocop_stars_are_three_to_five_or_none_at_all(
    values: Values, printed: object, stars: int | None, problems: list[str]
) -> None:
    assert values.stars(printed) == stars
    assert codes(values) == problems


@pytest.mark.parametrize(
    ("value", "whole", "problems"),
    [
        (25000, 25000, []),
        ("25000", 25000, []),
        (25000.0, 25000, []),
        (None, None, []),
        ("", None, []),
        (True, None, ["bad_value"]),
        ("25.000", None, ["bad_value"]),
        (0.5, None, ["bad_value"]),
        (float("nan"), None, ["bad_value"]),
        ([1], None, ["bad_value"]),
        (10**30, None, ["bad_value"]),
        ("9" * 5000, None, ["bad_value"]),
        ("٣", None, ["bad_value"]),
        (2**53, 2**53, []),
        (-(2**53), -(2**53), []),
        (2**53 + 1, None, ["bad_value"]),
        (1e300, None, ["bad_value"]),
        (float("inf"), None, ["bad_value"]),
    ],
)
def test_whole_numbers_of_a_script(values: Values, value: object, whole: int | None, problems: list[str]) -> None:
    assert values.whole("x", value) == whole
    assert codes(values) == problems


@pytest.mark.parametrize(
    ("value", "moment", "problems"),
    [
        (1614566400, datetime(2021, 3, 1, 2, 40, tzinfo=UTC), []),
        (0, None, []),
        (None, None, []),
        (10**17, None, ["bad_value"]),
    ],
)
def test_moments(values: Values, value: object, moment: datetime | None, problems: list[str]) -> None:
    assert values.moment("updateTime", value) == moment
    assert codes(values) == problems


def test_counts_and_days(values: Values) -> None:
    assert values.count("đánh giá", "( 12 người đánh giá )") == 12
    assert values.count("đánh giá", "") is None
    assert values.day("tham gia", "05/06/2020") == date(2020, 6, 5)
    assert values.day("tham gia", None) is None
    assert codes(values) == []
    assert values.count("đánh giá", "chưa có") is None
    assert values.day("tham gia", "tháng 3/2025") is None
    assert codes(values) == ["bad_value", "date_unreadable"]


def test_an_unknown_word_is_kept_and_told(values: Values) -> None:
    assert values.expect("trạng thái", "ĐANG hoạt động", {"dang hoat dong"}) == "ĐANG hoạt động"
    assert values.expect("trạng thái", "", {"dang hoat dong"}) == ""
    assert values.expect("trạng thái", None, {"dang hoat dong"}) is None
    assert codes(values) == []
    assert values.expect("trạng thái", "Tạm nghỉ", {"dang hoat dong"}) == "Tạm nghỉ"
    assert codes(values) == ["unknown_label"]


def test_values_that_contradict_each_other_are_told_and_not_taken(values: Values) -> None:
    node = markup.fragment("<p class=a title=x>1</p><p class=a title=y>2</p><p class=b>3</p>")
    assert values.text(node, ".b") == "3"
    assert values.text(node, ".a") is None
    assert values.attribute(node, ".a", "title") is None
    assert codes(values) == ["bad_row", "bad_row"]


@given(st.text(max_size=40))
def test_no_text_raises_and_every_problem_is_explained(printed: str) -> None:
    values = Values("r1")
    values.price(printed, printed, printed)
    values.rating(printed)
    values.count("x", printed)
    values.day("x", printed)
    values.whole("x", printed)
    values.stars(printed)
    values.moment("x", printed)
    assert {p.code for p in values.problems} <= PROBLEMS.keys()
