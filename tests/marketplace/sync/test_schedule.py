"""When a source is read next: the night window, crontab's words, the jitter, and what missed nights lead to."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.sync.schedule import ALWAYS, Night, Plan, ScheduleError, cron, due, next_start, night
from marketplace.web.formats import VIETNAM, local

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
moments = st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
nights = st.builds(
    lambda start, end: Night(time(*divmod(start, 60)), time(*divmod(end, 60))),
    st.integers(0, 1439),
    st.integers(0, 1439),
)
lines = st.builds(
    "{} {} * * {}".format, st.integers(0, 59), st.integers(0, 23), st.sampled_from(("*", "0", "1-5", "6,7"))
)
plans = st.builds(
    Plan,
    slug=st.sampled_from(("voso", "cooplink")),
    cron=lines,
    jitter=st.integers(0, 240).map(lambda minutes: minutes * MINUTE),
    night=nights,
)


def at(text: str) -> datetime:
    """A moment of Vietnam time."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM).astimezone(UTC)


def plan(line: str = "0 2 * * *", jitter: int = 0, window: Night = ALWAYS) -> Plan:
    return Plan(slug="voso", cron=line, jitter=jitter * MINUTE, night=window)


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ("22:00-05:00", ("22:00", "23:59", "00:00", "04:59"), ("05:00", "12:00", "21:59")),
        ("01:30-05:00", ("01:30", "04:59"), ("01:29", "05:00", "23:00")),
        ("", ("00:00", "05:00", "22:00"), ()),
    ],
)
def test_a_window_holds_its_beginning_and_not_its_end(
    window: str, inside: tuple[str, ...], outside: tuple[str, ...]
) -> None:
    for clock in inside:
        assert night(window).holds(at(f"2026-11-23T{clock}")), clock
    for clock in outside:
        assert not night(window).holds(at(f"2026-11-23T{clock}")), clock


@given(nights, moments)
def test_a_window_opens_when_it_holds_and_within_a_day(window: Night, now: datetime) -> None:
    opens = window.opens(now)
    assert window.holds(opens)
    assert now <= opens < now + DAY
    if opens > now:
        assert not window.holds(opens - timedelta(seconds=1))
    assert now < window.ends(now) <= now + DAY
    assert local(window.ends(now)).time() == window.start


@pytest.mark.parametrize("text", ["22", "22:00", "22:00-25:00", "22:00 05:00", "late-early", "22:00-05:00-06:00"])
def test_a_window_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError, match="expected two times"):
        night(text)


@pytest.mark.parametrize(
    ("line", "after", "expected"),
    [
        ("0 2 * * *", "2026-11-23T10:00", "2026-11-24T02:00"),
        ("*/15 3 * * *", "2026-11-23T03:01", "2026-11-23T03:15"),
        # 2026-11-23 is a Monday; crontab counts from Sunday.
        ("0 2 * * 0", "2026-11-23T10:00", "2026-11-29T02:00"),
        ("0 2 * * 7", "2026-11-23T10:00", "2026-11-29T02:00"),
        ("0 2 * * 1", "2026-11-23T10:00", "2026-11-30T02:00"),
        ("0 2 * * 5-7", "2026-11-23T10:00", "2026-11-27T02:00"),
        ("0 2 * * 1-5/2", "2026-11-23T10:00", "2026-11-25T02:00"),
        ("0 2 * * sun", "2026-11-23T10:00", "2026-11-29T02:00"),
        ("0 2 1 * *", "2026-11-23T10:00", "2026-12-01T02:00"),
    ],
)
def test_crontab_lines_mean_what_crontab_means(line: str, after: str, expected: str) -> None:
    assert plan(line).fires_after(at(after)) == at(expected)


@pytest.mark.parametrize(
    "line", ["", "0 2 * *", "0 2 * * * *", "61 2 * * *", "0 2 1 * 1", "0 2 * * 8", "0 2 * * 5-1", "soon", "0 2 * * 1/0"]
)
def test_a_line_that_is_none_is_refused_with_what_was_expected(line: str) -> None:
    with pytest.raises(ScheduleError, match="expected"):
        cron(line)


def test_a_day_that_never_comes_is_never() -> None:
    never = plan("0 2 30 2 *")
    assert never.fires_after(at("2026-11-23T10:00")) is None
    assert next_start(never, at("2026-11-01T10:00"), False, at("2026-11-23T10:00")) is None


@given(plans, moments, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_the_next_reading_lies_ahead_in_the_window_and_does_not_change_when_asked_again(
    one: Plan, last: datetime, ago: timedelta
) -> None:
    now = last + timedelta(seconds=int(ago.total_seconds()))
    comes = next_start(one, last, False, now)
    assert comes is not None
    assert comes >= now
    assert one.night.holds(comes)
    if comes > now:  # nothing happens until then, and then it is due
        assert not due(one, last, False, now)
        assert next_start(one, last, False, now + (comes - now) / 2) == comes
        assert due(one, last, False, comes)


@given(plans, moments, st.timedeltas(timedelta(0), timedelta(hours=8)))
def test_a_reading_that_has_just_ended_is_never_due_again_the_same_moment(
    one: Plan, began: datetime, took: timedelta
) -> None:
    ended = began + timedelta(seconds=took.seconds)
    comes = next_start(one, ended, False, ended)
    assert comes is not None
    assert comes > ended


@given(plans, moments, st.integers(1, 400))
def test_missed_nights_count_once(one: Plan, last: datetime, days: int) -> None:
    now = one.night.opens(last + days * DAY + timedelta(days=8))
    assert due(one, last, False, now)
    assert not due(one, now + MINUTE, False, now + MINUTE)


@given(plans, moments, st.timedeltas(timedelta(seconds=1), timedelta(days=4000)))
def test_a_clock_that_was_set_back_neither_stops_the_readings_nor_lets_them_pile_up(
    one: Plan, now: datetime, ahead: timedelta
) -> None:
    last = now + timedelta(seconds=int(ahead.total_seconds()))
    comes = next_start(one, last, False, now)
    assert comes is not None
    assert now <= comes <= now + timedelta(days=10)
    assert not due(one, comes, False, comes), "once read, it waits for its schedule"
    if ahead <= DAY:
        assert comes > now, "a small correction is no reason to read again"


@given(plans, moments)
def test_the_jitter_moves_a_moment_by_what_was_allowed_and_no_more(one: Plan, now: datetime) -> None:
    exact = Plan(slug=one.slug, cron=one.cron, jitter=timedelta(0), night=one.night)
    moved = one.fires_after(now)
    assert moved is not None
    base = exact.fires_after(moved - one.jitter - timedelta(seconds=1))
    assert base is not None
    assert timedelta(0) <= moved - base <= one.jitter


def test_the_jitter_differs_from_night_to_night_and_from_source_to_source() -> None:
    starts = {
        (
            slug,
            Plan(slug=slug, cron="0 22 * * *", jitter=20 * MINUTE, night=ALWAYS).fires_after(
                at(f"2026-11-{day}T10:00")
            ),
        )
        for slug in ("voso", "cooplink")
        for day in range(10, 20)
    }
    assert len({local(start).time() for _, start in starts if start}) > 5


def test_an_unfinished_reading_goes_on_as_soon_as_the_window_is_open() -> None:
    one = plan("0 2 * * *", window=night("22:00-05:00"))
    last, stopped = at("2026-11-22T04:00"), at("2026-11-23T05:00")
    assert next_start(one, last, True, stopped) == at("2026-11-23T22:00")
    assert due(one, last, True, at("2026-11-23T22:00"))


def test_a_source_that_was_never_read_does_not_wait_for_its_hour_but_for_the_night() -> None:
    one = plan("0 2 * * *", window=night("22:00-05:00"))
    assert next_start(one, None, False, at("2026-11-23T10:00")) == at("2026-11-23T22:00")
    assert due(plan("0 2 * * *"), None, False, at("2026-11-23T10:00"))
