"""From the values of a row to the records it tells."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from connectors import clean
from connectors.contract import ListingRecord, Problem, Record, RequestRecord, SellerRecord
from connectors.tables.labels import Kind
from connectors.tables.rows import FigureRecord
from connectors.values import PriceFields, Values

Told = Mapping[str, Any]

MADE_REF = "tep-"
"""Begins the ref of a post for which the file tells no code."""

_TITLES = {"buy": "Cần mua", "sell": "Cần bán", "partner": "Tìm đối tác"}


class Refusal(Exception):
    """A value that can't be used beside the others of its row: the field, and what was expected."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name, self.reason = name, reason


def build(kind: Kind, told: Told) -> tuple[tuple[Record | FigureRecord, ...], tuple[Problem, ...]]:
    """The records of a row, the one it is about first, and what must be said of them. Raises Refusal."""
    if kind == "accounts":
        return _account(told)
    if kind == "listings":
        return _listing(told)
    if kind == "requests":
        return (_request(told),), ()
    return (_figure(told),), ()


def _account(told: Told) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    values = Values(told["ref"])
    code = clean.tax_code(told.get("tax_code") or "")
    if code is not None and code.kind == "unknown":
        values.note("bad_value", f"mã số thuế {code.digits}: chữ số kiểm tra không khớp; giữ như tệp ghi")
    account = SellerRecord(
        ref=told["ref"],
        name=told["name"],
        url=told.get("url"),
        kind=told.get("kind"),
        phone=told.get("phone"),
        email=told.get("email"),
        website=told.get("website"),
        contact=told.get("contact"),
        tax_code=told.get("tax_code"),
        address=_address(told),
        province=told.get("province"),
        joined_on=told.get("joined_on"),
        certificates=told.get("certificates"),
        status=told.get("status"),
        product_count=told.get("product_count"),
        description=told.get("description"),
    )
    return (account,), tuple(values.problems)


def _listing(told: Told) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    """The listing and its seller. Its ref is empty where the row tells its address alone."""
    ref = told.get("ref", "")
    values = Values(ref)
    price = PriceFields()
    if "price" in told or "unit" in told:
        price = values.price(told.get("price"), told.get("unit"))
        if price.get("price_status") == "unreadable":
            raise Refusal("price", "cần một mức giá, ví dụ 25.000 hoặc “Liên hệ”")
    path = tuple(part for part in (clean.text(one) for one in (told.get("category") or "").split(">")) if part)
    listing = ListingRecord(
        ref=ref,
        title=told["title"],
        url=told.get("url"),
        seller_ref=told.get("seller_ref"),
        seller_name=told.get("seller_name"),
        category=path[-1] if path else None,
        category_path=path if len(path) > 1 else None,
        certificates=told.get("certificates"),
        description=told.get("description"),
        image_url=told.get("image_url"),
        sold=told.get("sold"),
        origin=told.get("origin"),
        **price,
    )
    # Without a price column nothing is wrong with the row: the file does not tell it.
    problems = tuple(one for one in values.problems if one.code != "bad_row")
    if not told.get("seller_ref") or not told.get("seller_name"):
        return (listing,), problems
    seller = SellerRecord(
        ref=told["seller_ref"],
        name=told["seller_name"],
        phone=told.get("phone"),
        address=_address(told),
        province=told.get("province"),
    )
    return (listing, seller), problems


def _request(told: Told) -> RequestRecord:
    side, product = told["side"], told["product"]
    quantity = " ".join(filter(None, (told.get("quantity"), told.get("unit"))))
    lines = [told.get("body"), f"Tiêu chuẩn: {told['certificates']}" if told.get("certificates") else None]
    who = told.get("unit_name") or told.get("contact") or ""
    return RequestRecord(
        ref=told.get("ref") or _stable_ref(side, who, told.get("phone") or "", product, told.get("posted_on")),
        title=told.get("title") or f"{_TITLES[side]} {product[:1].lower() + product[1:]}",
        side=side,
        url=told.get("url"),
        body="\n".join(filter(None, lines)) or None,
        product=product,
        quantity_text=quantity or None,
        price_text=told.get("price_text"),
        place=_address(told),
        address=told.get("address"),
        contact=" – ".join(filter(None, dict.fromkeys((told.get("unit_name"), told.get("contact")))))[:200] or None,
        phone=told.get("phone"),
        posted_on=told.get("posted_on"),
        expires_on=told.get("expires_on"),
    )


def _stable_ref(side: str, who: str, phone: str, product: str, posted: date | None) -> str:
    """A key for a post without a code: the same post in next month's file must be the same record, whatever its row,
    its quantity or its price. The day belongs to it, since the same product may be offered again."""
    day = posted.isoformat() if posted else ""
    parts = (side, clean.fold(who), clean.phone(phone) or "", clean.fold(product), day)
    return f"{MADE_REF}{hashlib.blake2b('|'.join(parts).encode(), digest_size=8).hexdigest()}"


def _figure(told: Told) -> FigureRecord:
    value, qualifier = told["value"]
    return FigureRecord(
        indicator=told["indicator"],
        value=value,
        qualifier=qualifier,
        as_of=told["as_of"],
        scope=told.get("scope") or "",
        note=clean.mask_person_ids(told.get("note") or ""),
        document=clean.mask_person_ids(told.get("document") or ""),
    )


def _address(told: Told) -> str | None:
    """The address line; parts that stand in columns of their own are added where the line lacks them."""
    line = told.get("address") or ""
    for name in ("hamlet", "commune", "district", "province"):
        part = told.get(name)
        if part and clean.fold(part) not in clean.fold(line):
            line = f"{line}, {part}" if line else part
    return line or None
