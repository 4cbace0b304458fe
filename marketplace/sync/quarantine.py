"""A source that rests because its last readings all failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PROBE_EVERY = timedelta(days=7)  # a source in quarantine is tried once in so long


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
