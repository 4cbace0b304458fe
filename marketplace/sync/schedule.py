"""When a source is read next. Pure: settings and moments in, a moment out.

A source has a schedule in crontab's words, a jitter that is the same for everybody who asks (so that a page can
promise what the worker does), and a window of the night outside of which a live site is left alone. All of it is
Vietnam time, which has no summer time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b

from apscheduler.triggers.cron import CronTrigger

from marketplace.web.formats import VIETNAM, local

_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


class ScheduleError(ValueError):
    """A schedule or a window that can't be read; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Night:
    """The hours in which live sites are read, from `start` to `end` (not included). Equal ends: the whole day."""

    start: time
    end: time

    @property
    def whole_day(self) -> bool:
        return self.start == self.end

    @property
    def words(self) -> str:
        """ "22:00 đến 05:00"."""
        return f"{self.start:%H:%M} đến {self.end:%H:%M}"

    def holds(self, at: datetime) -> bool:
        clock = local(at).time()
        if self.start < self.end:
            return self.start <= clock < self.end
        return self.whole_day or clock >= self.start or clock < self.end

    def opens(self, at: datetime) -> datetime:
        """`at` itself inside the window, otherwise its next beginning."""
        if self.holds(at):
            return at
        here = local(at)
        start = datetime.combine(here.date(), self.start, VIETNAM)
        return (start if start >= here else start + _DAY).astimezone(UTC)

    def ends(self, at: datetime) -> datetime:
        """When the day of work ends that `at` belongs to: the next beginning of a window. What is planned before is
        planned for this night."""
        here = local(at)
        start = datetime.combine(here.date(), self.start, VIETNAM)
        return (start if start > here else start + _DAY).astimezone(UTC)


ALWAYS = Night(time(0), time(0))


def night(text: str) -> Night:
    """ "22:00-05:00" → the window; "" → the whole day. Raises ScheduleError."""
    if not text:
        return ALWAYS
    start, dash, end = text.partition("-")
    try:
        if not dash:
            raise ValueError
        return Night(*(datetime.strptime(part.strip(), "%H:%M").time() for part in (start, end)))
    except ValueError:
        raise ScheduleError(f'expected two times of the day such as "22:00-05:00", got "{text}"') from None


def cron(text: str) -> CronTrigger:
    """Crontab's five fields (minute, hour, day, month, weekday; 0 and 7 are Sunday) in Vietnam time.

    Raises ScheduleError. Day and weekday can't be limited both: crontab would read that as "or", most people as "and".
    """
    parts = text.split()
    if len(parts) != 5:
        raise ScheduleError(f'expected five fields as in a crontab, such as "0 2 * * *", got "{text}"')
    minute, hour, day, month, weekday = parts
    if day != "*" and weekday != "*":
        raise ScheduleError(f'expected a limit on the day or on the weekday, not on both, got "{text}"')
    try:
        return CronTrigger(
            minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=VIETNAM
        )
    except ValueError as error:
        raise ScheduleError(f'expected a crontab line such as "0 2 * * *", got "{text}": {error}') from None


def _weekdays(text: str) -> str:
    """Numbers as names: the trigger counts from Monday, crontab from Sunday."""
    names: list[str] = []
    for item in text.lower().split(","):
        span, slash, step = item.partition("/")
        first, dash, last = span.partition("-")
        if not first.isdigit():
            names.append(item)
            continue
        low, high = int(first), int(last) if dash else (6 if slash else int(first))
        every = int(step) if slash else 1
        if not 0 <= low <= high <= 7 or every < 1:
            raise ValueError(f"no such weekday: {item}")
        names += [_WEEKDAYS[number] for number in range(low, high + 1, every)]
    return ",".join(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Plan:
    """How one source is read by itself."""

    slug: str
    cron: str
    jitter: timedelta
    night: Night  # ALWAYS for a sandbox: it is ours and disturbs nobody

    def fires_after(self, after: datetime) -> datetime | None:
        """The first moment of the schedule after `after`, window not looked at; None when it never comes (30 February).

        The jitter belongs to the moment and the source: asked again, the same moment comes out.
        """
        trigger = cron(self.cron)
        base = after - self.jitter
        while True:
            found: datetime | None = trigger.get_next_fire_time(None, base)
            if found is None:
                return None
            moved = (found + self._jitter_of(found)).astimezone(UTC)
            if moved > after:
                return moved
            base = found + timedelta(seconds=1)

    def _jitter_of(self, at: datetime) -> timedelta:
        minutes = int(self.jitter / timedelta(minutes=1))
        digest = blake2b(f"{self.slug} {local(at):%Y-%m-%d %H:%M}".encode(), digest_size=4).digest()
        return timedelta(minutes=int.from_bytes(digest) % (minutes + 1))


def next_start(plan: Plan, last: datetime | None, unfinished: bool, now: datetime) -> datetime | None:
    """When the source is read next: `now` when it is due, None when its schedule never comes.

    `last`: when its newest reading ended, None before the first one; `unfinished`: a reading was broken off and waits.
    Moments that were missed count once. A reading that ended more than a day "in the future" (the clock was wrong
    then) tells nothing: the source is read, and that reading counts from there.
    """
    if last is None or unfinished or last - now > _DAY:
        return plan.night.opens(now)
    fires = plan.fires_after(min(last, now))
    return None if fires is None else plan.night.opens(max(fires, now))


def due(plan: Plan, last: datetime | None, unfinished: bool, now: datetime) -> bool:
    """Is the source to be read now?"""
    return next_start(plan, last, unfinished, now) == now
