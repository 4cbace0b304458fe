"""Rows of a file about records of other provinces: a floor of the whole nation exports them, the catalogue leaves
them out (`catalogue.scope`), and whoever handed the file in is told so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from connectors.contract import ListingRecord, Record, RecordKind, RequestRecord, SellerRecord
from connectors.tables import Row, RowFault, Table, shown
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.rules import MODELS

_PLACE = ("address", "province", "district", "commune", "hamlet")


def provinces(session: Session, kind: RecordKind, ids: Collection[int]) -> dict[int, str | None]:
    """Where records that were left out belong: a listing where its seller does, if that decided."""
    model = MODELS[kind]
    found = select(model.id, model.province).where(model.id.in_(ids))
    if kind == "listing":
        place = case((Seller.outside, Seller.province), else_=Listing.province)
        found = select(Listing.id, place).outerjoin(Seller, Seller.id == Listing.seller_id).where(Listing.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(found)} if ids else {}


def fault(table: Table, row: Row, province: str | None) -> RowFault:
    """What to say of such a row: the address it tells, or its name where the file has no column for addresses."""
    records = [cast(Record, record) for record in row.records]
    belongs = f"thuộc {province}, " if province else ""
    reason = f"{belongs}ngoài Long An cũ nên không lấy vào"
    for record in reversed(records):  # the seller's address comes before the listing's own
        fields, told = _address(record)
        if told:
            return RowFault(row.row, table.label_of(*fields), shown(told), reason)
    name, told = _name(records[0])
    column = table.label_of(*_PLACE, "origin", name)
    return RowFault(row.row, column, shown(told) if column == table.label_of(name) else "", reason)


def _address(record: Record) -> tuple[tuple[str, ...], str | None]:
    """The fields a record's address may stand in, and the address."""
    if isinstance(record, ListingRecord):
        return ("origin",), record.origin
    return _PLACE, record.address or (record.place if isinstance(record, RequestRecord) else None)


def _name(record: Record) -> tuple[str, str]:
    """The main field of a row, and what it tells."""
    if isinstance(record, SellerRecord):
        return "name", record.name
    return ("title", record.title) if isinstance(record, ListingRecord) else ("product", record.product or "")
