"""What a record is in the search index: its texts, what it can be filtered and sorted by, and its weight. Pure.

A row is a mapping of the columns `COLUMNS` names, corrections laid over it, with `seen_at`; that of a listing also has
those of its seller as `owner_…`, that of a seller `listings`, the number of visible ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from connectors.contract import RecordKind
from marketplace import places
from marketplace.catalogue import certificates, facets
from marketplace.catalogue.categories import group
from marketplace.catalogue.commodities import of_title
from marketplace.catalogue.facets import UNKNOWN
from marketplace.catalogue.ranking import boost
from marketplace.places import nearness
from marketplace.web.formats import today as day_of
from search_index.documents import MAX_SORT_KEY, Document

Row = Mapping[str, Any]

# Searched after title and seller; the rest of a long description says nothing a buyer looks for.
BODY_LIMIT = 2_000
# The group of seeds, feed and fertiliser, and of tools: "hữu cơ" in their titles tells what they are made of.
_SUPPLIES = frozenset({"11", "12"})

PLACE = ("province", "old_district", "old_commune", "unit_2025")
_ALL = ("id", "source", "ref", "first_seen_at", *PLACE)
# `description` and `body` may be cut after BODY_LIMIT letters.
COLUMNS: Mapping[RecordKind, tuple[str, ...]] = {
    "seller": (*_ALL, "name", "kind", "phone", "certificates", "description"),
    "listing": (
        *(*_ALL, "title", "seller_id", "seller_ref", "seller_name", "category_path", "group_code", "certificates"),
        *("description", "price_vnd", "price_max_vnd", "price_status", "unit", "price_per_kg_vnd"),
        *("ocop_stars", "in_stock"),
    ),
    "request": (
        *(*_ALL, "title", "product", "group_code", "body", "contact", "quantity_text", "price_text"),
        *("posted_on", "expires_on"),
    ),
}


def of_listing(row: Row, today: date) -> Document:
    own_place = row["old_district"] or row["unit_2025"] or row["seller_id"] is None
    place = _place(row, "" if own_place else "owner_")
    seller = row["owner_name"] or row["seller_name"] or ""
    per_kg, group_code = row["price_per_kg_vnd"], row["group_code"]
    priced = row["price_vnd"] is not None or bool(row["price_max_vnd"])
    title = "" if group_code in _SUPPLIES else row["title"]
    papers = certificates.codes(row["certificates"], title, row["ocop_stars"])
    own: dict[str, tuple[str, ...]] = {
        "category": (group_code or UNKNOWN,),
        "certificate": papers or (UNKNOWN,),
        "price": (facets.price_band(per_kg, priced=priced),),
        "stock": (facets.stock(row["in_stock"]),),
        facets.COMMODITY: of_title(row["title"]) or (UNKNOWN,),
    }
    if row["seller_id"] is not None:
        own[facets.SELLER] = (f"seller:{row['seller_id']}",)
    return Document(
        id=f"listing:{row['id']}",
        kind="listing",
        source=row["source"],
        ref=row["ref"],
        title=row["title"],
        seller=seller,
        category=" ".join((*(row["category_path"] or ()), _group_name(group_code))),
        body=_body(row["certificates"], row["description"]),
        places=_names(*place),
        facets=_shared("listing", row, place, today) | own,
        sort_keys=_newest(row) | ({"price": min(per_kg, MAX_SORT_KEY)} if per_kg is not None else {}),
        boost=boost(
            seen_on=_day(row["seen_at"]),
            today=today,
            available=row["in_stock"],
            told=(priced, bool(row["unit"]), any(place), bool(seller), bool(papers), bool(row["description"])),
        ),
    )


def of_seller(row: Row, today: date) -> Document:
    place = _place(row)
    papers = certificates.codes(row["certificates"])
    return Document(
        id=f"seller:{row['id']}",
        kind="seller",
        source=row["source"],
        ref=row["ref"],
        title=row["name"],
        category=row["kind"] or "",
        body=_body(row["certificates"], row["description"]),
        places=_names(*place),
        facets=_shared("seller", row, place, today) | {"certificate": papers or (UNKNOWN,)},
        sort_keys=_newest(row),
        boost=boost(
            seen_on=_day(row["seen_at"]),
            today=today,
            # Without listings it may still sell: some marketplaces show accounts alone.
            available=True if row["listings"] else None,
            told=(any(place), bool(row["kind"]), bool(row["phone"]), bool(papers), bool(row["description"])),
        ),
    )


def of_request(row: Row, today: date) -> Document:
    place = _place(row)
    told = ("quantity_text", "price_text", "contact", "body", "posted_on")
    ends = row["expires_on"]
    return Document(
        id=f"request:{row['id']}",
        kind="request",
        source=row["source"],
        ref=row["ref"],
        title=row["title"],
        seller=row["contact"] or "",
        category=" ".join((row["product"] or "", _group_name(row["group_code"]))),
        body=(row["body"] or "")[:BODY_LIMIT],
        places=_names(*place),
        facets=_shared("request", row, place, today)
        | {
            "category": (row["group_code"] or UNKNOWN,),
            facets.COMMODITY: of_title(row["product"] or row["title"]) or (UNKNOWN,),
        },
        sort_keys=_newest(row),
        boost=boost(
            seen_on=_day(row["seen_at"]),
            today=today,
            available=None if ends is None else ends >= today,
            told=(any(place), *(bool(row[name]) for name in told)),
        ),
    )


OF: Mapping[RecordKind, Callable[[Row, date], Document]] = {
    "seller": of_seller,
    "listing": of_listing,
    "request": of_request,
}

_Place = tuple[str | None, str | None, str | None, str | None]


def _place(row: Row, prefix: str = "") -> _Place:
    """The columns of the place. An address in the new form names no old district: where its unit lies in one district
    only, that is it."""
    province, district, commune, unit = (row[prefix + name] for name in PLACE)
    if unit and not district:
        districts = places.districts_of_unit(unit)
        district = districts[0] if len(districts) == 1 else None
    return province, district, commune, unit


def _shared(kind: str, row: Row, place: _Place, today: date) -> dict[str, tuple[str, ...]]:
    """The facets every record has."""
    _, district, _, unit = place
    seen_on = _day(row["seen_at"])
    return {
        "kind": (kind,),
        "source": (row["source"],),
        "district": (district or UNKNOWN,),
        "unit": (unit or UNKNOWN,),
        facets.SPOT: (nearness.spot(district, unit),),
        # A clock that was wrong once may have told of tomorrow.
        "seen": (min(seen_on, today).isoformat() if seen_on else UNKNOWN,),
    }


def _newest(row: Row) -> dict[str, int]:
    first: datetime = row["first_seen_at"]
    return {"newest": max(0, int(first.timestamp()))}


def _day(at: datetime | None) -> date | None:
    return None if at is None else day_of(at)


def _body(papers: list[str] | None, description: str | None) -> str:
    return " ".join((*(papers or ()), (description or "")[:BODY_LIMIT]))


def _group_name(code: str | None) -> str:
    return group(code).name if code else ""


@lru_cache(maxsize=4_096)
def _names(province: str | None, district: str | None, commune: str | None, unit: str | None) -> tuple[str, ...]:
    """The names of the place, old and new, as far as it was read: "Phường 1", "An Lục Long", "Châu Thành"…"""
    names = (
        places.commune_name(commune) if commune else "",
        places.unit_name(unit) if unit else "",
        places.district_name(district) if district else "",
        province or "",
    )
    return tuple(dict.fromkeys(name for name in names if name))
