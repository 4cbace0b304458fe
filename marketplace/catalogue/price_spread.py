"""How far apart the prices of a commodity are, over what is offered now. Pure: offers in, figures out.

Compared is ₫ per kg, as the marketplaces show it now: the price of a listing or, where it gives a range, its lower end.
Left out, and counted with the reason: a reading older than seven days, a listing of several goods, one that is sold
out, one without a price that can be read, and one whose unit cannot be turned into kg. Nothing is estimated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from marketplace.catalogue import offers
from marketplace.web import floors

# A price read earlier may no longer be asked.
FRESH = timedelta(days=7)

OLD = "old"
# Why a listing is not counted, as pages say it.
REASONS: Mapping[str, str] = {
    OLD: "đọc đã quá 7 ngày",
    offers.SEVERAL: "bán nhiều mặt hàng trong một tin",
    offers.SOLD_OUT: "hết hàng",
    offers.DOUBTFUL: "giá đáng ngờ",
    offers.NO_PRICE: "không ghi giá",
    offers.NO_KG: "không quy ra kg",
}


class Offered(NamedTuple):
    """A visible listing, as far as its price is concerned; see `models.Offer`."""

    listing_id: int
    source: str
    seller: str
    per_kg_vnd: int | None
    fault: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Range:
    """₫/kg of some listings. `half` is the middle half of them, None for fewer than four."""

    low: int
    middle: int  # the median
    high: int
    half: tuple[int, int] | None
    listings: int
    sellers: int
    oldest: datetime  # the readings, from … to …
    newest: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """The prices of one commodity, in short. `whole` is None where nothing can be compared; `listings` counts all;
    `left_out`: reason and number of listings, most first."""

    whole: Range | None
    listings: int
    left_out: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Spread(Summary):
    """The prices of one commodity, of all and of each marketplace that offers it.

    `ordered`: the listings that count, the cheapest first, then those that don't. `sellers`: ₫/kg of each seller, the
    median of theirs, the lowest first.
    """

    by_source: Mapping[str, Range | None]
    sellers: tuple[int, ...]
    ordered: tuple[int, ...]


def spread(offered: Iterable[Offered], now: datetime) -> Spread:
    """The spread over the visible listings of one commodity."""
    counted: list[Offered] = []
    others: list[Offered] = []
    reasons: Counter[str] = Counter()
    by_source: dict[str, list[Offered]] = defaultdict(list)
    for one in offered:
        fresh = one.seen_at is not None and now - one.seen_at <= FRESH
        reason = one.fault if fresh else OLD
        mine = by_source[one.source]
        if reason or one.per_kg_vnd is None:
            reasons[reason or offers.NO_KG] += 1
            others.append(one)
        else:
            mine.append(one)
            counted.append(one)
    counted.sort(key=attrgetter("per_kg_vnd", "listing_id"))
    others.sort(key=attrgetter("listing_id"))
    return Spread(
        whole=price_range(counted),
        listings=len(counted) + len(others),
        left_out=left_out(reasons),
        by_source={source: price_range(by_source[source]) for source in sorted(by_source, key=floors.place)},
        sellers=tuple(sorted(_per_seller(counted))),
        ordered=tuple(one.listing_id for one in (*counted, *others)),
    )


def left_out(reasons: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Counts by reason as pages say them, most first."""
    return tuple((REASONS[reason], count) for reason, count in Counter(reasons).most_common())


def price_range(offered: Sequence[Offered]) -> Range | None:
    """The range of offers that all have ₫/kg and an age; None without any."""
    prices = sorted(one.per_kg_vnd for one in offered if one.per_kg_vnd)
    ages = [one.seen_at for one in offered if one.seen_at]
    if not prices or not ages:
        return None
    return Range(
        low=prices[0],
        middle=round(median(prices)),
        high=prices[-1],
        half=middle_half(prices),
        listings=len(prices),
        sellers=len(set(map(_SELLER, offered))),
        oldest=min(ages),
        newest=max(ages),
    )


def middle_half(prices: Sequence[int]) -> tuple[int, int] | None:
    """The lowest and the highest of the middle half of ordered prices, which at least half of them lie between; None
    for fewer than four."""
    cut = len(prices) // 4
    return (prices[cut], prices[-1 - cut]) if cut else None


_SELLER = attrgetter("source", "seller")


def _per_seller(offered: Iterable[Offered]) -> list[int]:
    told = groupby(sorted(offered, key=_SELLER), key=_SELLER)
    return [round(median(one.per_kg_vnd or 0 for one in mine)) for _, mine in told]
