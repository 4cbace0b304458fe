"""What a person has put right, laid over what the marketplaces say: the one door for everybody who reads records.

The records keep what their source said, so no sync erases a correction and none is mistaken for the source's word.
Prices are observed facts: they are not corrected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from connectors import REGISTRY, clean
from connectors.contract import RecordKind
from marketplace.catalogue import rules
from marketplace.catalogue.categories import classify
from marketplace.catalogue.models import Correction, Listing, Seller

# What may be put right. `seller` of a listing is the ref of an account of the same source.
FIELDS: Mapping[RecordKind, tuple[str, ...]] = {
    "seller": ("name", "phone", "address", "certificates"),
    "listing": ("title", "address", "category", "unit", "certificates", "seller"),
    "request": ("title", "phone", "address"),
}


@dataclass(frozen=True, slots=True)
class Corrected:
    """A field a person has put right: what it is now, and what the marketplace says."""

    field: str
    value: Any
    said: Any
    who: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Overlay:
    """All corrections in force."""

    _of: Mapping[tuple[str, int], Mapping[str, Correction]] = field(default_factory=dict)
    owners: Mapping[int, Seller] = field(default_factory=dict)  # listing → the account that sells it in truth

    def columns(self, kind: RecordKind, row: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a record that read otherwise than its row says. `row`: the columns it has, `id` among them."""
        told: dict[str, Any] = {}
        for name, one in self._of.get((kind, row["id"]), {}).items():
            told.update(_columns(name, one, row))
        owner = self.owners.get(row["id"]) if kind == "listing" else None
        if owner is not None:
            told.update(seller_id=owner.id, seller_ref=owner.ref, seller_name=self.name_of(owner))
        if told and kind == "listing":
            whole = {**row, **told}
            if whole.keys() >= {"price_vnd", "unit", "price_status"}:
                told.update(rules.derived("listing", whole))
        return {name: value for name, value in told.items() if name in row}

    def name_of(self, seller: Seller) -> str:
        """The seller's name, put right where it was."""
        one = self._of.get(("seller", seller.id), {}).get("name")
        return one.value if one is not None else seller.name

    def lay_over(self, kind: RecordKind, record: rules.Row) -> tuple[Corrected, ...]:
        """Put a loaded record right, for reading only: nothing of it is ever written. Tells what was put right."""
        row = {column.key: getattr(record, column.key) for column in record.__table__.columns}
        found = self._of.get((kind, record.id), {})
        said = {"seller": row.get("seller_name"), **row}
        for name, value in self.columns(kind, row).items():
            set_committed_value(record, name, value)
        if record.id in self.owners and isinstance(record, Listing):
            set_committed_value(record, "seller", self.owners[record.id])
        return tuple(
            Corrected(name, one.value, said[name], one.who, one.at, one.note) for name, one in sorted(found.items())
        )

    def owner(self) -> ColumnElement[int | None]:
        """Who sells a listing, as a column of its statement."""
        if not self.owners:
            return Listing.seller_id.expression
        return case({id_: seller.id for id_, seller in self.owners.items()}, value=Listing.id, else_=Listing.seller_id)

    def sold_by(self, sellers: Collection[int]) -> ColumnElement[bool]:
        """Is a listing sold by one of these accounts?"""
        plain = Listing.seller_id.in_(sellers)
        if not self.owners:
            return plain
        here = [id_ for id_, seller in self.owners.items() if seller.id in sellers]
        return or_(and_(plain, Listing.id.not_in(list(self.owners))), Listing.id.in_(here))


def overlay(session: Session) -> Overlay:
    """The corrections in force. One statement, and one more where a listing was given another seller."""
    parts = [
        select(Correction.id, model.id.label("record_id"))
        .join(model, and_(model.source == Correction.source, model.ref == Correction.ref))
        .where(Correction.kind == kind, Correction.ended_at.is_(None))
        for kind, model in rules.MODELS.items()
    ]
    records = union_all(*parts).subquery()
    found: dict[tuple[str, int], dict[str, Correction]] = defaultdict(dict)
    wanted: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows = session.execute(
        select(Correction, records.c.record_id).join(records, records.c.id == Correction.id).order_by(Correction.id)
    )
    for one, record_id in rows:
        found[one.kind, record_id][one.field] = one
        if one.field == "seller":
            wanted[one.source, one.value].append(record_id)
    return Overlay(found, _owners(session, wanted) if wanted else {})


def _owners(session: Session, wanted: Mapping[tuple[str, str], list[int]]) -> dict[int, Seller]:
    refs = [ref for _, ref in wanted]
    sellers = session.scalars(select(Seller).where(Seller.ref.in_(refs)))
    return {id_: seller for seller in sellers for id_ in wanted.get((seller.source, seller.ref), ())}


def _columns(name: str, one: Correction, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns a corrected field stands for, those that follow from it included."""
    value = one.value
    if name == "seller":
        return {}  # see `Overlay.columns`
    if name == "phone":
        return {"phone": value, "phone_key": clean.phone(value or "")}
    if name == "address":
        return {"address": value, **rules.place_columns(value or "", REGISTRY[one.source].source)}
    if name == "category":
        path = [value] if value else []
        return {"category": value, "category_path": path, "group_code": classify(row.get("title") or "", tuple(path))}
    return {name: value}
