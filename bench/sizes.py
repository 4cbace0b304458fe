"""What to ask the sandbox for, so that all its shops together show so many accounts and listings.

It is told the numbers of voso and nongsanantoan, and puts those of the further shops on top. An account without
products is seen by a visitor only where a site lists its sellers. Notices and posts come on top of both.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from connectors.sandbox.records import POSTMART
from connectors.sandbox.world import ON_TOP, STOCKED


def asked(sellers: int, listings: int) -> tuple[int, int]:
    """Sellers and listings to tell the sandbox: those with the sums nearest to what is wanted (shares are rounded)."""
    of_listings = _nearest(listings, shown_listings)
    return max(1, _nearest(sellers, lambda told: shown_sellers(told, of_listings))), of_listings


def shown_listings(told: int) -> int:
    """Listings of all shops when the sandbox is told so many."""
    return told + sum(round(told * share) for _, share in ON_TOP.values())


def shown_sellers(told: int, listings: int) -> int:
    """Accounts that a visitor of all shops sees when the sandbox is told so many, and so many listings."""
    shown = told
    for source, (of_sellers, of_listings) in ON_TOP.items():
        there = round(told * of_sellers)
        if source == POSTMART:  # its sellers are met on their products only
            there = min(round(listings * of_listings), max(1, round(there * STOCKED)))
        shown += there
    return shown


def _nearest(wanted: int, shown: Callable[[int], int]) -> int:
    at = bisect_left(range(wanted + 1), wanted, key=shown)
    return min((one for one in (at - 1, at) if one >= 0), key=lambda one: abs(shown(one) - wanted))
