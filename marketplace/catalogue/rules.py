"""What a record of a connector becomes in the catalogue: pure, no session, no clock.

Each function returns only the columns the record *tells* (contract: `None` is "not told"; an empty value is "told to be
empty" and becomes NULL). Derived columns (place, phone key, product group…) follow the columns they are read from.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from connectors import clean
from connectors.contract import ListingRecord, Record, RecordKind, RequestRecord, SellerRecord, Source
from marketplace import places
from marketplace.board.models import Request
from marketplace.catalogue.categories import classify
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.person_ids import masked

Row = Seller | Listing | Request
MODELS: Mapping[RecordKind, type[Row]] = {
    "seller": Seller,
    "listing": Listing,
    "request": Request,
}

# Columns that move without the seller doing anything: they are kept, but they are no sign of life of the seller
# (definition I4: "a listing or price changed"), so they don't move `changed_at`.
NOT_THE_SELLERS_ACT = frozenset(
    {
        *("sold", "rating", "review_count", "views", "verified", "product_count"),
        # A site that moves, writes its addresses otherwise or signs them anew changes every one of them at once.
        *("url", "image_url"),
        # what we derive, which moves when our own tables do
        *("province", "old_district", "old_commune", "unit_2025", "place_method", "place_confidence", "group_code"),
        *("phone_key", "tax_code", "tax_code_kind", "tax_code_hash", "tax_code_tail", "seller_id", "price_per_kg_vnd"),
    }
)
# Moves with every reading of the page: written along with a real change, never counted as one.
NOISE = frozenset({"views"})
# What a card may change of a record whose own page was read: the rest of a card is often shortened.
LIVE = frozenset(
    {
        *("price_text", "price_vnd", "price_max_vnd", "price_status", "list_price_vnd"),
        *(
            "in_stock",
            "sold",
            "rating",
            "review_count",
            "product_count",
            "verified",
            "seller_ref",
            "side",
            "views",
        ),
    }
)
# Begins the page kinds under which files of a marketplace's operator are noted in `hashes`.
FILE = "file:"
# Columns of ours, which no marketplace told.
BOOKKEEPING = frozenset({"hashes", "changed_at", "gone_at", "outside", "detailed_at"})
PRICE = ("price_text", "price_vnd", "price_max_vnd", "unit")
_SKIPPED = {"own_page", "ref"}
_FIELDS = {
    record: tuple(item.name for item in fields(record) if item.name not in _SKIPPED)
    for record in (SellerRecord, ListingRecord, RequestRecord)
}


def kind_of(record: Record) -> RecordKind:
    if isinstance(record, SellerRecord):
        return "seller"
    return "listing" if isinstance(record, ListingRecord) else "request"


def content_hash(record: Record) -> str:
    """Changes when anything the record tells changes, but for what moves by itself (`NOISE`)."""
    told = [(name, getattr(record, name)) for name in _FIELDS[type(record)] if name not in NOISE]
    return hashlib.blake2b(repr(told).encode(), digest_size=12).hexdigest()


def columns(record: Record, source: Source, secret: bytes) -> dict[str, Any]:
    """The catalogue's columns the record tells, derived ones included. No personal id is told whole: `secret`
    keys its hash."""
    told: dict[str, Any] = {}
    record = masked(record)
    for name in _FIELDS[type(record)]:
        value = getattr(record, name)
        if value is None:
            continue
        told[name] = list(value) if isinstance(value, tuple) else value
        if value == "" or value == ():
            told[name] = None
    if isinstance(record, SellerRecord):
        _seller(told, secret)
    elif isinstance(record, ListingRecord):
        _listing(told, record)
    else:
        _request(told)
    _placed(told, record, source)
    return told


def derived(kind: RecordKind, row: Mapping[str, Any]) -> dict[str, Any]:
    """Columns that follow from several others, whichever page told those. `row`: the record as it will stand."""
    if kind != "listing":
        return {}
    price, unit = row["price_vnd"], row["unit"]
    certain = price is not None and unit is not None and row["price_status"] in ("ok", "from")
    return {"price_per_kg_vnd": clean.per_kg(price, unit) if certain else None}


def _seller(told: dict[str, Any], secret: bytes) -> None:
    if "phone" in told:
        told["phone_key"] = clean.phone(told["phone"] or "")
    if told.get("licence") and told.get("tax_code") is None:
        # A cooperative's licence number is often its tax code: taken only where the check digit says so.
        code = clean.tax_code(told["licence"])
        if code is not None and code.kind != "unknown":
            told["tax_code"] = code.digits
    if "tax_code" in told:
        told.update(_tax_code(told["tax_code"] or "", secret))
    if told.get("licence"):
        told["licence"] = clean.mask_person_ids(told["licence"])


def _tax_code(raw: str, secret: bytes) -> dict[str, str | None]:
    """A 12-digit personal id is kept as keyed hash and last three digits only (law 91/2025/QH15)."""
    empty: dict[str, str | None] = dict.fromkeys(("tax_code", "tax_code_kind", "tax_code_hash", "tax_code_tail"))
    code = clean.tax_code(raw)
    if code is None:
        return empty
    if len(code.digits) == 12:
        digest = hmac.new(secret, code.digits.encode(), hashlib.sha256).hexdigest()
        return {
            **empty,
            "tax_code_kind": "person12",
            "tax_code_hash": digest,
            "tax_code_tail": code.digits[-3:],
        }
    return {**empty, "tax_code": code.digits, "tax_code_kind": code.kind}


def _listing(told: dict[str, Any], record: ListingRecord) -> None:
    if told.get("price_status") in ("contact", "negotiable", "market", "foreign", "unreadable"):
        told.update(price_vnd=None, price_max_vnd=None)
    elif "price_text" in told:
        for name in ("price_vnd", "price_max_vnd"):
            told.setdefault(name, None)
    # A card knows the price, the page behind it the unit: `derived` puts them together.
    told.pop("price_per_kg_vnd", None)
    for name in ("list_price_vnd", "ocop_stars"):
        if told.get(name) == 0:
            told[name] = None
    if record.own_page or record.category or record.category_path:
        path = record.category_path or ((record.category,) if record.category else ())
        told["group_code"] = classify(record.title, path)


def _request(told: dict[str, Any]) -> None:
    if "phone" in told:
        told["phone_key"] = clean.phone(told["phone"] or "")
    told["group_code"] = classify(told.get("product") or told["title"])


def _placed(told: dict[str, Any], record: Record, source: Source) -> None:
    address = getattr(record, "address", None) or getattr(record, "place", None) or getattr(record, "origin", None)
    province = getattr(record, "province", None)
    if address is None and province is None:
        return
    line = ", ".join(part for part in (address, province) if part)
    told.update(place_columns(line, source))
    told["province"] = told["province"] or province or None


def place_columns(line: str, source: Source) -> dict[str, Any]:
    """The columns that say where a line of address is."""
    place = places.read(line, default_province="Long An" if source.scope == "province" else None)
    return {
        "province": place.province,
        "old_district": place.old_district,
        "old_commune": place.old_commune,
        "unit_2025": place.unit_2025,
        "place_method": place.method,
        "place_confidence": place.confidence,
    }
