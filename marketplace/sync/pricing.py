"""What a price told anew means for the history of a listing.

A price that stands there and cannot be read (a picture, an empty place) is no price: the listing says so, its history
keeps the last one that was read, and neither losing a price nor finding the same one again is an act of the seller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, select

from marketplace.catalogue.models import PricePoint

_POINT = cast(Table, PricePoint.__table__)
_POINTS = (
    select(_POINT.c.listing_id, _POINT.c.price_vnd, _POINT.c.price_max_vnd)
    .where(_POINT.c.listing_id.in_(bindparam("ids", expanding=True)))
    .order_by(_POINT.c.id)
)
# What moves when a price is lost or found again.
COLUMNS = frozenset({"price_text", "price_vnd", "price_max_vnd", "price_status"})
# What the words of a price may tell beside it: without them, what was known of it stays.
BESIDE = frozenset({"list_price_vnd", "unit"})

Amounts = tuple[int | None, int | None]


def is_lost(listing: Mapping[str, Any]) -> bool:
    """Is there a price that cannot be read, and not even its words?"""
    return listing.get("price_status") == "unreadable" and not listing.get("price_text")


def amounts(listing: Mapping[str, Any]) -> Amounts:
    return listing["price_vnd"], listing["price_max_vnd"]


def last_read(connection: Connection, listing_ids: Iterable[int]) -> dict[int, Amounts]:
    """The newest price in the history of these listings, by their id. One statement, none without listings."""
    ids = list(listing_ids)
    found = connection.execute(_POINTS, {"ids": ids}) if ids else ()
    return {id_: (price_vnd, price_max_vnd) for id_, price_vnd, price_max_vnd in found}


def is_the_sellers_act(row: Mapping[str, Any], then: Mapping[str, Any], last: Amounts | None) -> bool:
    """Not other words for the same price; not a price lost now, found for the first time, or as it was `last` read."""
    if same(row, then) or is_lost(then):
        return False
    return not is_lost(row) or last not in (None, amounts(then))


def is_a_point(row: Mapping[str, Any], then: Mapping[str, Any], last: Amounts | None, met_now: bool) -> bool:
    """Is this another price, and not the same one in other words or with the unit told for the first time?

    `row`: the listing as it stands, `then`: as it will stand; `met_now`: this run saw it first.
    """
    if is_lost(then) or (is_lost(row) and last == amounts(then)):
        return False
    if any(row[name] != then[name] for name in ("price_vnd", "price_max_vnd", "price_status")):
        return True
    return bool(row["unit"] != then["unit"]) and (met_now or row["unit"] is not None)


def same(row: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Does a card tell the price that is known, if in other words?"""
    return all(name not in told or row[name] == told[name] for name in ("price_vnd", "price_max_vnd", "price_status"))
