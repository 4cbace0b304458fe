"""How much of each source's records is filled in: what its pages tell, and what we could make of it.

One statement per kind of record, over every visible record of every source: answers are remembered until a run ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import ColumnElement, Text, case, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from connectors.contract import RecordKind
from marketplace.board.models import Request
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.rules import MODELS


@dataclass(frozen=True, slots=True)
class Fill:
    """Of `total` visible records, `filled` have this field."""

    field: str
    label: str
    filled: int
    total: int

    @property
    def share(self) -> float | None:
        """0 to 1; None without records."""
        return self.filled / self.total if self.total else None


Fills = Mapping[RecordKind, tuple[Fill, ...]]


def _text(column: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
    return func.coalesce(column, "") != ""


def _list(column: InstrumentedAttribute[list[str] | None]) -> ColumnElement[bool]:
    """JSON that holds something: a list that is empty is told to be none."""
    return func.coalesce(cast(column, Text), "null").not_in(("[]", "null"))


# kind → (name, label, what counts as filled)
_FIELDS: Mapping[RecordKind, tuple[tuple[str, str, ColumnElement[bool]], ...]] = MappingProxyType(
    {
        "seller": (
            ("phone", "Điện thoại gọi được", Seller.phone_key.is_not(None)),
            ("address", "Địa chỉ", _text(Seller.address)),
            (
                "place",
                "Xã hoặc huyện đọc ra được",
                or_(Seller.old_district.is_not(None), Seller.unit_2025.is_not(None)),
            ),
            ("tax_code", "Mã số thuế", or_(Seller.tax_code.is_not(None), Seller.tax_code_hash.is_not(None))),
            ("certificates", "Chứng nhận", _list(Seller.certificates)),
            ("image_url", "Ảnh", _text(Seller.image_url)),
        ),
        "listing": (
            ("price_vnd", "Giá", Listing.price_vnd.is_not(None)),
            ("unit", "Đơn vị tính", _text(Listing.unit)),
            ("price_per_kg_vnd", "Giá quy ra kg", Listing.price_per_kg_vnd.is_not(None)),
            ("seller_id", "Người bán", Listing.seller_id.is_not(None)),
            ("group_code", "Nhóm hàng", Listing.group_code.is_not(None)),
            ("certificates", "Chứng nhận hoặc OCOP", or_(_list(Listing.certificates), Listing.ocop_stars > 0)),
            ("image_url", "Ảnh", _text(Listing.image_url)),
        ),
        "request": (
            ("side", "Cần mua hay cần bán", Request.side.is_not(None)),
            ("product", "Mặt hàng", _text(Request.product)),
            ("quantity_text", "Số lượng", _text(Request.quantity_text)),
            ("price_text", "Giá", _text(Request.price_text)),
            ("place", "Nơi", or_(_text(Request.place), _text(Request.address))),
            ("expires_on", "Hạn", Request.expires_on.is_not(None)),
        ),
    }
)


def fills(session: Session) -> dict[str, Fills]:
    """Per source and kind of record, every field with its counts; kinds of which a source has none are left out."""
    found: dict[str, dict[RecordKind, tuple[Fill, ...]]] = defaultdict(dict)
    for kind, columns in _FIELDS.items():
        model = MODELS[kind]
        counted = [func.sum(case((filled, 1), else_=0)) for _, _, filled in columns]
        rows = session.execute(
            select(model.source, func.count(), *counted).where(model.gone_at.is_(None)).group_by(model.source)
        )
        for source, total, *counts in rows:
            found[source][kind] = tuple(
                Fill(name, label, int(count), total) for (name, label, _), count in zip(columns, counts, strict=True)
            )
    return dict(found)
