"""A record as the interface tells it: what a visitor's page shows, without the contacts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from flask import current_app

from marketplace import places
from marketplace.api.shapes import (
    Code,
    Floor,
    Listing,
    ListingDetail,
    Place,
    Price,
    PricePoint,
    Request,
    RequestDetail,
    Seller,
    SellerDetail,
    SellerName,
    Side,
)
from marketplace.board import models as board
from marketplace.catalogue import categories, models
from marketplace.catalogue.queries import PlacedRow, place_line
from marketplace.catalogue.rules import Row
from marketplace.config import Config
from marketplace.web import floors
from marketplace.web.addresses import absolute, outside, record_address
from marketplace.web.formats import excerpt
from marketplace.web.privacy import without_contacts

EXCERPT = 400  # characters, as on the pages
_PUBLIC_TAX_CODES = ("enterprise10", "branch13")


def listing(row: models.Listing, seen_at: datetime | None) -> Listing:
    return Listing(**_listing(row, seen_at))


def listing_detail(row: models.Listing, seen_at: datetime | None, prices: Sequence[models.PricePoint]) -> ListingDetail:
    path = row.category_path or ([row.category] if row.category else None)
    return ListingDetail(
        **_listing(row, seen_at),
        category_path=_texts(path),
        origin=_text(row.origin),
        excerpt=_excerpt(row.description),
        prices=[
            PricePoint(
                at=point.at,
                text=_text(point.price_text),
                min_vnd=point.price_vnd,
                max_vnd=point.price_max_vnd,
                unit=_text(point.unit),
            )
            for point in prices
        ],
    )


def seller(row: models.Seller, seen_at: datetime | None, listings: int) -> Seller:
    return Seller(**_seller(row, seen_at, listings))


def seller_detail(row: models.Seller, seen_at: datetime | None, listings: int) -> SellerDetail:
    return SellerDetail(
        **_seller(row, seen_at, listings),
        excerpt=_excerpt(row.description),
        tax_code=row.tax_code if row.tax_code_kind in _PUBLIC_TAX_CODES else None,
    )


def request(row: board.Request, seen_at: datetime | None) -> Request:
    return Request(**_request(row, seen_at))


def request_detail(row: board.Request, seen_at: datetime | None) -> RequestDetail:
    return RequestDetail(**_request(row, seen_at), excerpt=_excerpt(row.body))


def _listing(row: models.Listing, seen_at: datetime | None) -> dict[str, Any]:
    owner = row.seller
    told = row.old_district or row.unit_2025 or owner is None
    return {
        **_record(row, seen_at, "listing", row.title, row if told or owner is None else owner),
        "title": without_contacts(row.title),
        "seller": SellerName(
            id=owner.id if owner else None, name=without_contacts((owner.name if owner else row.seller_name) or "")
        ),
        "group": _group(row.group_code),
        "price": Price(
            text=_text(row.price_text),
            status=row.price_status,
            min_vnd=row.price_vnd,
            max_vnd=row.price_max_vnd,
            list_vnd=row.list_price_vnd,
            unit=_text(row.unit),
            per_kg_vnd=row.price_per_kg_vnd,
        ),
        "ocop_stars": row.ocop_stars,
        "certificates": _texts(row.certificates),
        "in_stock": row.in_stock,
        "sold": row.sold,
    }


def _seller(row: models.Seller, seen_at: datetime | None, listings: int) -> dict[str, Any]:
    return {
        **_record(row, seen_at, "seller", row.name, row),
        "name": without_contacts(row.name),
        "kind": _text(row.kind),
        "certificates": _texts(row.certificates),
        "verified": row.verified,
        "joined_on": row.joined_on,
        "listings": listings,
    }


def _request(row: board.Request, seen_at: datetime | None) -> dict[str, Any]:
    return {
        **_record(row, seen_at, "request", row.title, row),
        "title": without_contacts(row.title),
        "side": cast("Side | None", row.side),
        "product": _text(row.product),
        "group": _group(row.group_code),
        "quantity": _text(row.quantity_text),
        "price": _text(row.price_text),
        "posted_on": row.posted_on,
        "expires_on": row.expires_on,
    }


def _record(row: Row, seen_at: datetime | None, kind: str, title: str, where: PlacedRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": absolute(record_address(kind, row.id, title)),
        "source": floor(row.source),
        "source_ref": without_contacts(row.ref),
        "source_url": outside(row.url),
        "place": place(where),
        "first_seen_at": row.first_seen_at,
        "changed_at": row.changed_at,
        "seen_at": seen_at,
        "gone_since": row.gone_at,
    }


def floor(slug: str) -> Floor:
    config: Config = current_app.config["MARKETPLACE"]
    return Floor(slug=slug, title=floors.floor(slug).title, invented=config.mode(slug) == "sandbox")


def place(row: PlacedRow) -> Place:
    """Codes and names, both ways."""
    return Place(
        text=place_line(row),
        province=row.province,
        district=_code(row.old_district, places.district_name),
        commune=_code(row.old_commune, places.commune_name),
        unit=_code(row.unit_2025, places.unit_name),
    )


def _code(code: str | None, name: Callable[[str], str]) -> Code | None:
    return Code(code, name(code)) if code else None


def _group(code: str | None) -> Code | None:
    return Code(code, categories.group(code).name) if code else None


def _text(value: str | None) -> str | None:
    return None if value is None else without_contacts(value)


def _texts(values: Sequence[str] | None) -> list[str] | None:
    return None if values is None else [without_contacts(value) for value in values]


def _excerpt(value: str | None) -> str | None:
    return None if value is None else excerpt(without_contacts(value), EXCERPT)
