"""What records can be filtered by: the names and the values of the facets in the search index. Pure.

The index keeps facts that stay true: of the last sighting it keeps the day, and "seen within 7 days" is the union of
eight days, so that time passing changes no document.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

from marketplace.web.formats import NO_BREAK, vnd, vnd_range

# Facets a page or a list counts, in the order they are shown.
FACETS = ("kind", "source", "category", "district", "unit", "certificate", "price", "stock", "seen")
# Two that can be filtered by but have too many values to be counted: "seller:17", the account that sells a listing,
# and the slugs of the commodities its title offers.
SELLER, COMMODITY = "seller", "commodity"
# Where a record lies, for the order by nearness alone: never counted nor shown.
SPOT = "spot"
# The value of records of which it is not known: it can be chosen like any other.
UNKNOWN = "chua-ro"

# ₫ per kg at which a new band begins: vegetables and rice lie in the first ones, meat, fish and dried goods above.
_EDGES = (10_000, 20_000, 30_000, 50_000, 100_000, 200_000)
NOT_PER_KG = "khong-quy-ra-kg"
IN_STOCK, OUT_OF_STOCK = "con-hang", "het-hang"

# "Seen within" so many days before today.
WITHIN = {"1": 1, "3": 3, "7": 7, "30": 30}
OLDER = "cu-hon"
# Stands for days nobody knows: no record was seen then.
NEVER = "khong-ngay-nao"
_LONGEST = max(WITHIN.values())


def price_band(per_kg_vnd: int | None, *, priced: bool) -> str:
    """The band of a price per kg in ₫, its lower edge included: "20-30" (thousands) holds 20,000 but not 30,000.

    Without one: `NOT_PER_KG` when the listing has a price in numbers, else `UNKNOWN`.
    """
    if per_kg_vnd is None:
        return NOT_PER_KG if priced else UNKNOWN
    return _BANDS[bisect_right(_EDGES, per_kg_vnd)]


def stock(in_stock: bool | None) -> str:
    if in_stock is None:
        return UNKNOWN
    return IN_STOCK if in_stock else OUT_OF_STOCK


def _bands() -> dict[str, str]:
    """Value → label."""
    first, *_, last = _EDGES
    between = {f"{low // 1000}-{high // 1000}": vnd_range(low, high) for low, high in pairwise(_EDGES)}
    return {
        f"duoi-{first // 1000}": f"Dưới {vnd(first)}",
        **between,
        f"tu-{last // 1000}": f"Từ {vnd(last)}",
    }


_BANDS = tuple(_bands())


def price_labels() -> dict[str, str]:
    return {**_bands(), NOT_PER_KG: "Không quy ra kg", UNKNOWN: "Chưa rõ giá"}


def stock_labels() -> dict[str, str]:
    return {IN_STOCK: "Còn hàng", OUT_OF_STOCK: "Hết hàng", UNKNOWN: "Chưa rõ"}


def seen_labels() -> dict[str, str]:
    within = {value: f"{days}{NO_BREAK}ngày qua" for value, days in WITHIN.items() if days > 1}
    return {"1": "Hôm nay, hôm qua", **within, OLDER: f"Lâu hơn {_LONGEST}{NO_BREAK}ngày", UNKNOWN: "Chưa rõ"}


def seen_days(values: Iterable[str], today: date, known: Iterable[str]) -> tuple[str, ...]:
    """The values of the facet "seen" that the given values of `seen_labels` stand for; `NEVER` when there are none, as
    no value at all would filter nothing.

    `known`: every day some record was last seen on, as the index counts them. Needed for `OLDER` only: the other
    values name their days themselves.
    """
    found: dict[str, None] = {}
    for value in values:
        if value in WITHIN:
            found.update((_before(today, days), None) for days in range(WITHIN[value] + 1))
        elif value == OLDER:
            found.update((day, None) for day in known if day != UNKNOWN and day < _before(today, _LONGEST))
        else:
            found[value] = None
    return tuple(found) or (NEVER,)


def seen_counts(days: Mapping[str, int], today: date) -> dict[str, int]:
    """The hits of each value of `seen_labels`, from the hits of each day: "within 7 days" counts those of yesterday,
    too.
    """
    counts = dict.fromkeys(seen_labels(), 0)
    for day, count in days.items():
        if day == UNKNOWN:
            counts[UNKNOWN] += count
            continue
        for value, within in WITHIN.items():
            if day >= _before(today, within):
                counts[value] += count
        if day < _before(today, _LONGEST):
            counts[OLDER] += count
    return counts


def _before(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()
