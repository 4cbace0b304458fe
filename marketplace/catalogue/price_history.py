"""What a commodity's ₫/kg was at the end of each week, out of the prices kept since.

Counted in a week are the listings that were there at its end, at the price then in force, of the marketplaces that were
read within the week, in part at least. A marketplace that was not read leaves a gap: its prices are not known, not
unchanged.

Known limits, since only the first and the last sight of a listing are kept: one that went and came back counts as
there in between, and one that is sold out now counts as before.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, pairwise
from statistics import median

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from connectors import clean
from marketplace.catalogue import offers
from marketplace.catalogue.commodities import Commodity
from marketplace.catalogue.models import Offer, PricePoint
from marketplace.catalogue.price_spread import middle_half
from marketplace.sync.models import READINGS, Run
from marketplace.web.formats import local

WEEKS = 26
_WEEK = timedelta(days=7)


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


def week_ends(now: datetime, count: int = WEEKS) -> list[datetime]:
    """The last midnights from Sunday to Monday in Vietnam, and now."""
    here = local(now)
    monday = datetime.combine(here.date() - timedelta(days=here.weekday()), time(), here.tzinfo)
    ends = [monday - _WEEK * back for back in range(count - 1, -1, -1)]
    return [*(end for end in ends if end < now), now]


def weeks(offered: Iterable[Offered], readings: Iterable[tuple[str, datetime]], ends: Sequence[datetime]) -> list[Week]:
    """The weeks that end at `ends`, from the first in which one of the marketplaces was read. Pure.

    `readings`: source and moment of every reading that brought something.
    """
    # In one zone: moments of two zones compare ten times as slowly.
    moments = [end.astimezone(UTC) for end in ends]
    asked = _asked(offered, moments)
    read: dict[str, list[datetime]] = defaultdict(list)
    for source, at in readings:
        if source in asked:
            read[source].append(at)
    found = []
    for place, end in enumerate(moments):
        known = {source for source, times in read.items() if min(times) <= end}
        if not known:
            continue
        lately = {source for source in known if any(end - _WEEK < at <= end for at in read[source])}
        prices = sorted(chain.from_iterable(asked[source][place] for source in lately))
        middle = round(median(prices)) if prices else None
        found.append(Week(ends[place], middle, middle_half(prices), len(prices), tuple(sorted(known - lately))))
    return found


def _asked(offered: Iterable[Offered], moments: Sequence[datetime]) -> dict[str, list[list[int]]]:
    """₫/kg that was asked at each moment, by source."""
    asked: dict[str, list[list[int]]] = defaultdict(lambda: [[] for _ in moments])
    for offer in offered:
        mine = asked[offer.source]
        start = bisect_left(moments, offer.since)
        stop = len(moments) if offer.until is None else bisect_left(moments, offer.until)
        places = [max(start, bisect_left(moments, at)) for at, _ in offer.prices]
        for (_, price), (first, after) in zip(offer.prices, pairwise([*places, stop]), strict=True):
            if price is not None:
                for place in range(first, min(after, stop)):
                    mine[place].append(price)
    return asked


def history(session: Session, commodity: Commodity, now: datetime) -> list[Week]:
    """The last weeks of a commodity. Three statements."""
    ends = week_ends(now)
    there = (
        Offer.commodity == commodity.slug,
        Offer.fault != offers.SEVERAL,
        or_(Offer.gone_at.is_(None), Offer.gone_at >= ends[0]),
    )
    kept = session.execute(
        select(Offer.listing_id, Offer.source, Offer.first_seen_at, Offer.gone_at, Offer.unit).where(*there)
    ).all()
    units = {row.listing_id: row.unit for row in kept}
    points: dict[int, list[tuple[datetime, int | None]]] = defaultdict(list)
    for id_, at, price, unit in session.execute(
        select(PricePoint.listing_id, PricePoint.at, PricePoint.price_vnd, PricePoint.unit)
        .join(Offer, Offer.listing_id == PricePoint.listing_id)
        .where(*there)
        .order_by(PricePoint.listing_id, PricePoint.at, PricePoint.id)
    ):
        # A card tells the price, the page behind it the unit.
        points[id_].append((at, _per_kg(price, unit or units[id_])))
    started = select(Run.source, Run.finished_at).where(
        Run.kind.in_(READINGS), Run.verdict.in_(("ok", "partial", "held")), Run.finished_at.is_not(None)
    )
    readings = [(source, at) for source, at in session.execute(started) if at is not None]
    told = [Offered(row.source, row.first_seen_at, row.gone_at, tuple(points[row.listing_id])) for row in kept]
    return weeks(told, readings, ends)


@lru_cache(maxsize=16_384)
def _per_kg(price: int | None, unit: str | None) -> int | None:
    return clean.per_kg(price, unit) if price and unit else None
