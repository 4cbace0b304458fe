"""What a commodity's ₫/kg was at the end of each week, out of the prices kept since.

Counted in a week are the listings that were there at its end, at the price then in force, of the marketplaces that were
read within the week. A marketplace that was not read leaves a gap: its prices are not known, not unchanged.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from operator import itemgetter
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors import clean
from marketplace.catalogue.commodities import Commodity, of_title
from marketplace.catalogue.corrections import Overlay
from marketplace.catalogue.models import Listing, PricePoint
from marketplace.catalogue.price_spread import middle_half
from marketplace.sync.models import READINGS, Run
from marketplace.web.formats import local

WEEKS = 26
_WEEK = timedelta(days=7)
# Listings that went within these weeks and are looked at, the newest first.
_MOST_GONE = 5_000


@dataclass(frozen=True, slots=True)
class Week:
    """`end`: the moment it ended, for the last one now. `middle` is None where nothing can be compared; `missing` are
    marketplaces that had been read before and were not in this week."""

    end: datetime
    middle: int | None
    half: tuple[int, int] | None
    listings: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """A listing through time: `prices` are moments and ₫/kg (None: not told) from then on, oldest first."""

    source: str
    since: datetime
    until: datetime | None
    prices: tuple[tuple[datetime, int | None], ...]

    def at(self, moment: datetime) -> int | None:
        """₫/kg at a moment; None where it was not offered, or not at a price that can be compared."""
        if moment < self.since or (self.until is not None and moment >= self.until):
            return None
        place = bisect_right(self.prices, moment, key=itemgetter(0))
        return self.prices[place - 1][1] if place else None


def week_ends(now: datetime, count: int = WEEKS) -> list[datetime]:
    """The last midnights from Sunday to Monday in Vietnam, and now."""
    here = local(now)
    monday = datetime.combine(here.date() - timedelta(days=here.weekday()), time(), here.tzinfo)
    ends = [monday - _WEEK * back for back in range(count - 1, -1, -1)]
    return [*(end for end in ends if end < now), now]


def weeks(offers: Sequence[Offered], readings: Iterable[tuple[str, datetime]], ends: Sequence[datetime]) -> list[Week]:
    """The weeks that end at `ends`, from the first in which one of the marketplaces was read. Pure.

    `readings`: source and moment of every reading that brought something.
    """
    read: dict[str, list[datetime]] = defaultdict(list)
    offered = {offer.source for offer in offers}
    for source, at in readings:
        if source in offered:
            read[source].append(at)
    found = []
    for end in ends:
        known = {source for source, times in read.items() if min(times) <= end}
        if not known:
            continue
        lately = {source for source in known if any(end - _WEEK < at <= end for at in read[source])}
        prices = sorted(price for offer in offers if offer.source in lately if (price := offer.at(end)) is not None)
        middle = round(median(prices)) if prices else None
        found.append(Week(end, middle, middle_half(prices), len(prices), tuple(sorted(known - lately))))
    return found


def history(session: Session, commodity: Commodity, ids: Collection[int], now: datetime, laid: Overlay) -> list[Week]:
    """The last weeks of a commodity. `ids`: its listings that are there now. Four statements.

    Those that went since are looked for by group and title, the newest 5,000 of the group.
    """
    ends = week_ends(now)
    offers = _offered(session, commodity, ids, ends[0], laid)
    started = select(Run.source, Run.finished_at).where(
        Run.kind.in_(READINGS), Run.verdict.in_(("ok", "partial", "held")), Run.finished_at.is_not(None)
    )
    readings = [(source, at) for source, at in session.execute(started) if at is not None]
    return weeks(offers, readings, ends)


def _offered(
    session: Session, commodity: Commodity, ids: Collection[int], since: datetime, laid: Overlay
) -> list[Offered]:
    told = (Listing.id, Listing.title, Listing.source, Listing.unit, Listing.first_seen_at, Listing.gone_at)
    here = session.execute(select(*told).where(Listing.id.in_(ids))).all()
    went = session.execute(
        select(*told)
        .where(Listing.group_code == commodity.group, Listing.gone_at >= since, ~Listing.outside)
        .order_by(Listing.gone_at.desc())
        .limit(_MOST_GONE)
    )
    rows = {row.id: {**row._mapping, **laid.columns("listing", dict(row._mapping))} for row in (*here, *went)}
    rows = {id_: row for id_, row in rows.items() if of_title(row["title"]) == (commodity.slug,)}
    points: dict[int, list[tuple[datetime, int | None]]] = defaultdict(list)
    prices = (
        select(PricePoint.listing_id, PricePoint.at, PricePoint.price_vnd, PricePoint.unit)
        .where(PricePoint.listing_id.in_(rows))
        .order_by(PricePoint.at, PricePoint.id)
    )
    for id_, at, price, unit in session.execute(prices):
        # A card tells the price, the page behind it the unit.
        points[id_].append((at, _per_kg(price, unit or rows[id_]["unit"])))
    return [
        Offered(row["source"], row["first_seen_at"], row["gone_at"], tuple(points[id_])) for id_, row in rows.items()
    ]


@lru_cache(maxsize=16_384)
def _per_kg(price: int | None, unit: str | None) -> int | None:
    return clean.per_kg(price, unit) if price and unit else None
