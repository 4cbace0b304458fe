"""How much a record counts beside another that matches as well. Pure.

A search orders by what matches (where the words stand, how they are spelled) times this number. It is the product of
three parts, so that none of them can bury a record alone:

    fresh       last seen within 3 days 1.2, within 7 days 1.1, within 30 days 1.0, longer ago or never 0.8
    available   yes 1.1, not told 1.0, no 0.75: a listing in stock, a request that has not expired, a seller with
                listings
    complete    from 0.85 (nothing of what a buyer asks is told) to 1.15 (all of it)

That makes 0.51 to 1.52: a complete, available record of yesterday counts three times as much as a bare one that is
sold out and was not seen for months. A title that fits better can still come first, and no mention in a description
comes before a title (`search_index.tiers`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

# Days since the last sighting, at most → what it counts.
FRESH = ((3, 1.2), (7, 1.1), (30, 1.0))
STALE = 0.8
AVAILABLE = {True: 1.1, None: 1.0, False: 0.75}
BARE, COMPLETE = 0.85, 1.15


def boost(*, seen_on: date | None, today: date, available: bool | None, told: Collection[bool]) -> float:
    """The weight of a record, from 0.51 to 1.52. `told`: for each thing a buyer asks of it, whether it is there."""
    days = None if seen_on is None else (today - seen_on).days
    fresh = STALE if days is None else next((value for limit, value in FRESH if days <= limit), STALE)
    share = sum(map(bool, told)) / len(told) if told else 0.0
    return fresh * AVAILABLE[available] * (BARE + share * (COMPLETE - BARE))
