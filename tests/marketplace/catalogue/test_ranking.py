"""Fresh, available and complete records before stale ones, and none of them buried."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.ranking import boost
from search_index.documents import MAX_BOOST, MIN_BOOST

TODAY = date(2026, 11, 23)
ALL, NONE = (True,) * 5, (False,) * 5
DAYS = st.none() | st.integers(-2, 4_000)
TOLD = st.lists(st.booleans(), max_size=8)
AVAILABLE = st.sampled_from([True, None, False])


def weight(days: int | None, available: bool | None, told: tuple[bool, ...] | list[bool]) -> float:
    seen_on = None if days is None else TODAY - timedelta(days=days)
    return boost(seen_on=seen_on, today=TODAY, available=available, told=told)


@given(DAYS, AVAILABLE, TOLD)
def test_no_record_is_lifted_or_buried_beyond_the_limits(
    days: int | None, available: bool | None, told: list[bool]
) -> None:
    assert MIN_BOOST < weight(days, available, told) < MAX_BOOST


@given(DAYS, DAYS, AVAILABLE, TOLD)
def test_what_was_seen_later_never_counts_less(
    one: int | None, other: int | None, available: bool | None, told: list[bool]
) -> None:
    fresher, staler = sorted((one, other), key=lambda days: 10_000 if days is None else days)
    assert weight(fresher, available, told) >= weight(staler, available, told)


@given(DAYS, TOLD)
def test_what_can_be_had_counts_more(days: int | None, told: list[bool]) -> None:
    assert weight(days, True, told) > weight(days, None, told) > weight(days, False, told)


@given(DAYS, AVAILABLE, st.lists(st.booleans(), min_size=1, max_size=8))
def test_one_thing_more_told_counts_more(days: int | None, available: bool | None, told: list[bool]) -> None:
    more = [*told[:-1], True]
    assert weight(days, available, more) >= weight(days, available, told)
    assert (weight(days, available, more) > weight(days, available, told)) == (not told[-1])


@pytest.mark.parametrize(
    ("days", "available", "told", "expected"),
    [
        (0, True, ALL, 1.2 * 1.1 * 1.15),
        (3, True, ALL, 1.2 * 1.1 * 1.15),
        (4, None, ALL, 1.1 * 1.15),
        (8, None, NONE, 0.85),
        (30, False, NONE, 0.75 * 0.85),
        (31, False, NONE, 0.8 * 0.75 * 0.85),
        (None, False, NONE, 0.8 * 0.75 * 0.85),
    ],
)
def test_the_rule_is_the_one_that_is_written_down(
    days: int | None, available: bool | None, told: tuple[bool, ...], expected: float
) -> None:
    assert weight(days, available, told) == pytest.approx(expected)
