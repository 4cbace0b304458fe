"""What the writer of pages knows of a record before it, and what became of it after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Outcome = Literal["new", "revived", "changed", "unchanged", "outside"]
# What a run says of a record that it met more than once: the strongest word.
RANK: dict[str, int] = {"unchanged": 0, "changed": 1, "revived": 2, "new": 3, "outside": 4}


@dataclass(slots=True)
class Written:
    """What became of one record of the page."""

    id: int
    outcome: Outcome  # of this page alone
    detailed_at: datetime | None
    card_differs: bool = False  # a card says something else than last time

    @property
    def moved(self) -> bool:
        """Its own page is worth reading again."""
        return self.outcome not in ("unchanged", "outside") or self.card_differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How new a page is that is read again from disk: as it stood when it was last found unchanged.

    A record that a later run has met was met elsewhere: its card here is out of date, and of its own page all but what
    moves on the cards, too. One that has gone since it was seen on the page is left alone.
    """

    run_id: int  # the newest run that found the page so
    fetched_in: int  # the run that fetched it

    def is_passed(self, item: Known, this_run: int) -> bool:
        seen_in = item.run_id or 0
        return self.run_id < seen_in != this_run or (item.gone and seen_in >= self.run_id)


@dataclass(frozen=True, slots=True)
class Known:
    id: int
    hashes: dict[str, str]
    gone: bool  # "outside" apart
    outside: bool
    detailed_at: datetime | None
    run_id: int | None  # of the sighting
    seen_at: datetime | None
    outcome: str | None
    row: dict[str, Any] | None = None  # all columns, where they were read at once
