"""Which sources rest because their last readings all failed, and why. Pure, but for the one read at the end.

Derived from the runs: nothing is stored, so one good run ends it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.sync.budget import VIETNAM
from marketplace.sync.models import READINGS, Run

AFTER_NIGHTS = 5  # with nothing but failed runs
PROBE_EVERY = timedelta(days=7)  # a source in quarantine is tried once in so long
# The fault was ours, not the site's.
_OURS = frozenset({"abandoned"})


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A source that is not read by the schedule. `reason`: the problem code of its newest failure."""

    since: datetime  # the first of these failures
    tried_at: datetime  # the last
    nights: int
    reason: str

    def is_probe_due(self, now: datetime) -> bool:
        """Is it time to see whether the site can be read again?"""
        return abs(now - self.tried_at) >= PROBE_EVERY - timedelta(hours=12)


def night_of(at: datetime) -> date:
    """The night a run belongs to, from noon to noon in Vietnam: retries of one bad night count once."""
    return (at.astimezone(VIETNAM) - timedelta(hours=12)).date()


def judge_failures(failures: Iterable[tuple[datetime, str]]) -> Quarantine | None:
    """The quarantine that follows from a source's failures since it was last read, oldest first: when each began, and
    its problem code."""
    told = [(at, reason) for at, reason in failures if reason not in _OURS]
    nights = {night_of(at) for at, _ in told}
    if len(nights) < AFTER_NIGHTS:
        return None
    return Quarantine(since=told[0][0], tried_at=told[-1][0], nights=len(nights), reason=told[-1][1])


def quarantines(session: Session) -> Mapping[str, Quarantine]:
    """The sources in quarantine, by slug. One statement."""
    of_site = (Run.kind.in_(READINGS), Run.finished_at.is_not(None))
    read = (
        select(Run.source, func.max(Run.id).label("id"))
        .where(*of_site, Run.verdict != "failed")
        .group_by(Run.source)
        .subquery()
    )
    rows = session.execute(
        select(Run.source, Run.started_at, Run.reason)
        .outerjoin(read, read.c.source == Run.source)
        .where(*of_site, Run.verdict == "failed", Run.id > func.coalesce(read.c.id, 0))
        .order_by(Run.id)
    )
    failures: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for source, at, reason in rows:
        failures[source].append((at, reason))
    judged = {source: judge_failures(some) for source, some in failures.items()}
    return {source: found for source, found in judged.items() if found}
