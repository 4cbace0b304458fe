"""How far apart the prices of a commodity are, over what is offered now. Pure: listings in, figures out.

Compared is ₫ per kg, as the marketplaces show it now: the price of a listing or, where it gives a range, its lower end.
Left out, and counted with the reason: a reading older than seven days, a listing of several goods, one without a price
that can be read, and one whose unit cannot be turned into kg. Nothing is estimated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Protocol

from marketplace.catalogue.commodities import of_title
from marketplace.web import floors

# A price read earlier may no longer be asked.
FRESH = timedelta(days=7)

# Why a listing is not counted, in the order in which it is tested.
OLD, SEVERAL, DOUBTFUL, NO_PRICE, NO_KG = (
    "đọc đã quá 7 ngày",
    "bán nhiều mặt hàng trong một tin",
    "giá đáng ngờ",
    "không ghi giá",
    "không quy ra kg",
)


class Offer(Protocol):
    """A visible listing, as far as its price is concerned."""

    @property
    def id(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def seller_id(self) -> int | None: ...
    @property
    def seller_name(self) -> str | None: ...
    @property
    def price_vnd(self) -> int | None: ...
    @property
    def price_status(self) -> str | None: ...
    @property
    def price_per_kg_vnd(self) -> int | None: ...
    @property
    def seen_at(self) -> datetime | None: ...


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
class Spread:
    """The prices of one commodity: of all (None: nothing to compare) and of each marketplace that offers it.

    `ordered`: the listings that count, the cheapest first, then those that don't. `sellers`: ₫/kg of each seller, the
    median of theirs, the lowest first. `left_out`: reason and number of listings, most first.
    """

    whole: Range | None
    by_source: Mapping[str, Range | None]
    sellers: tuple[int, ...]
    left_out: tuple[tuple[str, int], ...]
    ordered: tuple[int, ...]

    @property
    def listings(self) -> int:
        return len(self.ordered)


def reason_left_out(card: Offer, now: datetime) -> str:
    """Why a listing's price is not compared; "" when it is."""
    if card.seen_at is None or now - card.seen_at > FRESH:
        return OLD
    if len(of_title(card.title)) > 1:
        return SEVERAL
    if card.price_status == "suspicious":
        return DOUBTFUL
    if not card.price_vnd:
        return NO_PRICE
    return "" if card.price_per_kg_vnd else NO_KG


def spread(cards: Iterable[Offer], now: datetime) -> Spread:
    """The spread over the visible listings of one commodity."""
    counted: list[Offer] = []
    others: list[Offer] = []
    reasons: Counter[str] = Counter()
    for card in cards:
        reason = reason_left_out(card, now)
        if reason:
            reasons[reason] += 1
        (others if reason else counted).append(card)
    counted.sort(key=lambda card: (card.price_per_kg_vnd or 0, card.id))
    others.sort(key=lambda card: card.id)
    by_source: dict[str, list[Offer]] = defaultdict(list)
    for card in (*counted, *others):
        by_source[card.source].append(card)
    chosen = {card.id for card in counted}
    return Spread(
        whole=price_range(counted),
        by_source={
            source: price_range([card for card in by_source[source] if card.id in chosen])
            for source in sorted(by_source, key=floors.place)
        },
        sellers=tuple(sorted(_per_seller(counted))),
        left_out=tuple(reasons.most_common()),
        ordered=tuple(card.id for card in (*counted, *others)),
    )


def price_range(cards: Sequence[Offer]) -> Range | None:
    """The range of listings that all have ₫/kg and an age; None without any."""
    prices = sorted(card.price_per_kg_vnd for card in cards if card.price_per_kg_vnd)
    ages = [card.seen_at for card in cards if card.seen_at]
    if not prices or not ages:
        return None
    return Range(
        low=prices[0],
        middle=round(median(prices)),
        high=prices[-1],
        half=middle_half(prices),
        listings=len(prices),
        sellers=len(set(map(_seller, cards))),
        oldest=min(ages),
        newest=max(ages),
    )


def middle_half(prices: Sequence[int]) -> tuple[int, int] | None:
    """The lowest and the highest of the middle half of ordered prices, which at least half of them lie between; None
    for fewer than four."""
    cut = len(prices) // 4
    return (prices[cut], prices[-1 - cut]) if cut else None


def _per_seller(cards: Iterable[Offer]) -> list[int]:
    prices: dict[tuple[str, object], list[int]] = defaultdict(list)
    for card in cards:
        prices[_seller(card)].append(card.price_per_kg_vnd or 0)
    return [round(median(values)) for values in prices.values()]


def _seller(card: Offer) -> tuple[str, object]:
    """An account; a listing that tells none stands for itself or for the name beside it."""
    return card.source, card.seller_id or card.seller_name or -card.id
