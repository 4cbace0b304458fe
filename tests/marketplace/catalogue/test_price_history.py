"""A commodity's prices by week: what was in force, and what was not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.catalogue.price_history import Offered, week_ends, weeks
from marketplace.web.formats import local

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Vietnam
WEEK = timedelta(days=7)
ENDS = week_ends(NOW, 4)


def offered(source: str, *prices: tuple[datetime, int | None], until: datetime | None = None) -> Offered:
    return Offered(source, prices[0][0], until, prices)


def readings(*sources: str) -> list[tuple[str, datetime]]:
    """A reading of every source in each of the weeks."""
    return [(source, end - timedelta(hours=1)) for source in sources for end in ENDS]


def test_weeks_end_on_midnights_to_monday_in_vietnam_and_now() -> None:
    assert [f"{local(end):%a %d/%m %H:%M}" for end in ENDS] == [
        "Mon 02/11 00:00",
        "Mon 09/11 00:00",
        "Mon 16/11 00:00",
        "Mon 23/11 00:00",
        "Tue 24/11 10:00",
    ]


def test_a_price_holds_until_the_next_one() -> None:
    one = offered("voso", (ENDS[0], 20_000), (ENDS[2] - timedelta(days=1), 30_000))
    told = weeks([one], readings("voso"), ENDS)
    assert [week.middle for week in told] == [20_000, 20_000, 30_000, 30_000, 30_000]
    assert [week.listings for week in told] == [1] * 5


def test_only_what_was_there_counts() -> None:
    stayed = offered("voso", (ENDS[0], 20_000))
    came = offered("voso", (ENDS[1] + timedelta(days=1), 40_000))
    went = offered("voso", (ENDS[0], 90_000), until=ENDS[1])
    told = weeks([stayed, came, went], readings("voso"), ENDS)
    assert [week.middle for week in told] == [55_000, 20_000, 30_000, 30_000, 30_000]


def test_a_price_that_cannot_be_compared_is_none_and_no_zero() -> None:
    told = weeks([offered("voso", (ENDS[0], 20_000), (ENDS[1], None))], readings("voso"), ENDS)
    assert [(week.middle, week.listings) for week in told] == [(20_000, 1)] + [(None, 0)] * 4


def test_a_marketplace_that_was_not_read_leaves_a_gap() -> None:
    offers = [offered("voso", (ENDS[0], 20_000)), offered("postmart", (ENDS[0], 40_000))]
    known = [(source, at) for source, at in readings("voso", "postmart") if not ENDS[1] < at <= ENDS[2]]
    told = weeks(offers, [*known, ("postmart", ENDS[2] - timedelta(hours=1))], ENDS)
    assert [week.middle for week in told] == [30_000, 30_000, 40_000, 30_000, 30_000]
    assert [week.missing for week in told] == [(), (), ("voso",), (), ()]
    told = weeks(offers, known, ENDS)
    assert (told[2].middle, told[2].missing) == (None, ("postmart", "voso"))


def test_history_begins_with_the_first_reading_and_of_those_who_sell_it() -> None:
    one = offered("voso", (ENDS[0], 20_000))
    told = weeks([one], [("cooplink", ENDS[0]), ("voso", ENDS[2]), ("voso", ENDS[4])], ENDS)
    assert [week.end for week in told] == ENDS[2:]
    assert [week.missing for week in told] == [(), ("voso",), ()]
    assert weeks([], readings("voso"), ENDS) == []


@settings(deadline=None)  # the first example reads the tables
@given(
    st.lists(st.integers(1, 10**8), min_size=1, max_size=12), st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1))
)
def test_a_weeks_middle_lies_among_its_prices(prices: list[int], now: datetime) -> None:
    now = now.replace(tzinfo=UTC)
    ends = week_ends(now)
    assert ends == sorted(set(ends))
    assert ends[-1] == now
    told = weeks([offered("voso", (ends[0], price)) for price in prices], [("voso", end) for end in ends], ends)
    assert all(min(prices) <= (week.middle or 0) <= max(prices) for week in told)
    assert all(week.listings == len(prices) for week in told)
