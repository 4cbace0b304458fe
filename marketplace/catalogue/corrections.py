"""What a person has put right, laid over what the marketplaces say: the one door for everybody who reads records.

The records keep what their source said, so no sync erases a correction and none is mistaken for the source's word.
Prices are observed facts: they are not corrected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Pool, and_, case, func, or_, select, union_all
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.attributes import set_committed_value

from connectors import REGISTRY, clean
from connectors.contract import RecordKind
from marketplace.catalogue import rules
from marketplace.catalogue.categories import classify
from marketplace.catalogue.models import Correction, Listing, Seller
from marketplace.web.memory import Memory

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


class _Word(NamedTuple):
    """What a person said of one field: the columns of a `Correction` that readers need."""

    source: str
    value: Any
    who: str
    at: datetime
    note: str


class _Owner(NamedTuple):
    """The account that sells a listing in truth: the columns of a `Seller` that cards need."""

    source: str
    id: int
    ref: str
    name: str
    province: str | None
    old_district: str | None
    old_commune: str | None
    unit_2025: str | None


@dataclass(frozen=True, slots=True)
class _InForce:
    """The corrections of one database, and the listings that were given to (source, ref of an account)."""

    of: Mapping[tuple[str, int], Mapping[str, _Word]]
    given: Mapping[tuple[str, str], list[int]]


# Per connection pool, i.e. per database: pages read thousands of corrections, which seldom change.
_KEPT: WeakKeyDictionary[Pool, Memory] = WeakKeyDictionary()
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Overlay:
    """All corrections in force."""

    _of: Mapping[tuple[str, int], Mapping[str, _Word]] = field(default_factory=dict)
    owners: Mapping[int, _Owner] = field(default_factory=dict)  # listing → the account that sells it in truth

    def columns(self, kind: RecordKind, row: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a record that read otherwise than its row says. `row`: the columns it has, `id` among them."""
        told: dict[str, Any] = {}
        found = self._of.get((kind, row["id"]), {})
        for name, one in found.items():
            told.update(_columns(name, one))
        owner = self.owners.get(row["id"]) if kind == "listing" else None
        if owner is not None:
            told.update(seller_id=owner.id, seller_ref=owner.ref, seller_name=self.name_of(owner))
        if told and kind == "listing":
            whole = {**row, **told}
            if "group_code" in row and not found.keys().isdisjoint(("title", "category")):
                told["group_code"] = classify(whole["title"], whole.get("category_path") or ())
            if whole.keys() >= {"price_vnd", "unit", "price_status"}:
                told.update(rules.derived("listing", whole))
        return {name: value for name, value in told.items() if name in row}

    def name_of(self, seller: _Owner) -> str:
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
        session = object_session(record)
        if record.id in self.owners and isinstance(record, Listing) and session is not None:
            set_committed_value(record, "seller", session.get(Seller, self.owners[record.id].id))
        return tuple(
            Corrected(name, one.value, said[name], one.who, one.at, one.note) for name, one in sorted(found.items())
        )

    def touched(self, kind: RecordKind) -> list[int]:
        """The records that read otherwise than their rows say, or may."""
        found = {id_ for of, id_ in self._of if of == kind}
        return sorted(found.union(self.owners) if kind == "listing" else found)

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
    """The corrections in force. One small statement, and one more where a listing was given another seller; one more
    when the corrections changed.
    """
    # The newest records stand in the key, too: records that are tidied away and read again have other numbers.
    newest = [select(func.max(model.id)).scalar_subquery() for model in rules.MODELS.values()]
    key = session.execute(
        select(
            func.max(Correction.id),
            func.max(Correction.at),
            func.max(Correction.ended_at),
            *newest,
            func.count().filter(Correction.ended_at.is_(None)),
        )
    ).one()
    with _LOCK:
        memory = _KEPT.setdefault(session.connection().engine.pool, Memory())
    if not key[-1]:
        return Overlay()
    kept = memory.get("corrections", tuple(key), lambda: _in_force(session))
    return Overlay(kept.of, _owners(session, kept.given) if kept.given else {})


def _in_force(session: Session) -> _InForce:
    parts = [
        select(Correction.id, model.id.label("record_id"))
        .join(model, and_(model.source == Correction.source, model.ref == Correction.ref))
        .where(Correction.kind == kind, Correction.ended_at.is_(None))
        for kind, model in rules.MODELS.items()
    ]
    records = union_all(*parts).subquery()
    told = [getattr(Correction, name) for name in _Word._fields]
    rows = session.execute(
        select(Correction.kind, Correction.field, records.c.record_id, *told)
        .join(records, records.c.id == Correction.id)
        .order_by(Correction.id)
    )
    found: dict[tuple[str, int], dict[str, _Word]] = defaultdict(dict)
    given: dict[tuple[str, str], list[int]] = defaultdict(list)
    for kind, name, record_id, *values in rows:
        word = found[kind, record_id][name] = _Word(*values)
        if name == "seller":
            given[word.source, word.value].append(record_id)
    return _InForce(dict(found), dict(given))


def _owners(session: Session, given: Mapping[tuple[str, str], list[int]]) -> dict[int, _Owner]:
    refs = {ref for _, ref in given}
    told = [getattr(Seller, name) for name in _Owner._fields]
    sellers = [_Owner(*row) for row in session.execute(select(*told).where(Seller.ref.in_(refs)))]
    return {listing: one for one in sellers for listing in given.get((one.source, one.ref), ())}


def _columns(name: str, one: _Word) -> dict[str, Any]:
    """The columns a corrected field stands for, those that follow from it alone included."""
    value = one.value
    if name == "seller":
        return {}  # see `Overlay.columns`
    if name == "phone":
        return {"phone": value, "phone_key": clean.phone(value or "")}
    if name == "address":
        return {"address": value, **rules.place_columns(value or "", REGISTRY[one.source].source)}
    if name == "category":
        return {"category": value, "category_path": [value] if value else []}
    return {name: value}
