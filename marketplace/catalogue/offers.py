"""The offers of commodities, kept beside the listings they come from, so that prices are compared without reading a
title: written in step with the search index, from the same outbox."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from marketplace.catalogue.commodities import of_title
from marketplace.catalogue.corrections import Overlay, overlay
from marketplace.catalogue.models import Listing, Offer
from marketplace.db import now

# Why an offer's price cannot be compared, in the order in which it is tested.
SEVERAL, SOLD_OUT, DOUBTFUL, NO_PRICE, NO_KG = "several", "sold_out", "doubtful", "no_price", "no_kg"

# The history of prices reaches back so far: offers of listings that went are kept as long.
KEPT: Final = timedelta(weeks=27)

_READ = (
    *("id", "source", "title", "seller_id", "seller_name", "price_vnd", "price_status", "unit", "price_per_kg_vnd"),
    *("in_stock", "first_seen_at", "gone_at"),
)
_COLUMNS = [getattr(Listing, name) for name in _READ]


def renew(session: Session, ids: Collection[int]) -> None:
    """Tell anew what these listings offer; ids that are no more are allowed. Four statements."""
    if not ids:
        return
    laid = overlay(session)
    rows = session.execute(
        select(*_COLUMNS).where(
            Listing.id.in_(ids), ~Listing.outside, or_(Listing.gone_at.is_(None), Listing.gone_at >= now() - KEPT)
        )
    )
    made = [offer for row in rows.mappings() for offer in _offers(dict(row), laid)]
    session.execute(delete(Offer).where(Offer.listing_id.in_(ids)))
    if made:
        session.execute(insert(Offer), made)


def _offers(row: dict[str, Any], laid: Overlay) -> Iterator[dict[str, Any]]:
    row |= laid.columns("listing", row)
    slugs = of_title(row["title"])
    fault = _fault(row, slugs)
    for slug in slugs:
        yield {
            "commodity": slug,
            "listing_id": row["id"],
            "source": row["source"],
            "seller": _seller(row),
            "per_kg_vnd": None if fault else row["price_per_kg_vnd"],
            "fault": fault,
            **{name: row[name] for name in ("unit", "first_seen_at", "gone_at")},
        }


def _fault(row: Mapping[str, Any], slugs: Collection[str]) -> str:
    if len(slugs) > 1:
        return SEVERAL
    if row["in_stock"] is False:
        return SOLD_OUT
    if row["price_status"] == "suspicious":
        return DOUBTFUL
    if not row["price_vnd"]:
        return NO_PRICE
    return "" if row["price_per_kg_vnd"] else NO_KG


def _seller(row: Mapping[str, Any]) -> str:
    """An account; a listing that tells none stands for itself or for the name beside it."""
    if row["seller_id"] is not None:
        return str(row["seller_id"])
    return f"“{row['seller_name']}”" if row["seller_name"] else f"listing {row['id']}"
