"""Filters of the lists over what records say once they are put right, as conditions of one statement.

Most rows say what they mean: the database compares their columns. The few a person has put right are compared here and
named in the statement by their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from marketplace.board.models import Request
from marketplace.catalogue.corrections import Overlay
from marketplace.catalogue.models import Listing, Seller

_PLACE = ("province", "old_district", "old_commune", "unit_2025")
_READ = {
    Seller: ("id", *_PLACE),
    Request: ("id", *_PLACE),
    Listing: ("id", "title", "category_path", "group_code", "seller_id", *_PLACE),
}


def sellers(session: Session, laid: Overlay, wanted: Mapping[str, str]) -> ColumnElement[bool]:
    """`wanted`: old_district, unit_2025. One statement where sellers were put right, else none."""
    if not wanted:
        return true()
    right = [row["id"] for row in _put_right(session, laid, "seller", Seller) if _fits(row, wanted)]
    return _either(Seller, _equal(Seller, wanted), laid.touched("seller"), right)


def requests(session: Session, laid: Overlay, wanted: Mapping[str, str]) -> ColumnElement[bool]:
    """`wanted`: old_district, unit_2025, group_code. One statement where posts were put right, else none."""
    if not wanted:
        return true()
    right = [row["id"] for row in _put_right(session, laid, "request", Request) if _fits(row, wanted)]
    return _either(Request, _equal(Request, wanted), laid.touched("request"), right)


def listings(session: Session, laid: Overlay, wanted: Mapping[str, str]) -> ColumnElement[bool]:
    """The same for a listing, joined with its seller, who tells its place where it does not itself. At most three
    statements, where records were put right."""
    if not wanted:
        return true()
    place = {name: value for name, value in wanted.items() if name in _PLACE}
    rest = {name: value for name, value in wanted.items() if name not in _PLACE}
    plain = _equal(Listing, rest)
    if place:
        silent = and_(Listing.old_district.is_(None), Listing.unit_2025.is_(None))
        plain = and_(plain, or_(_equal(Listing, place), and_(silent, sellers(session, laid, place))))
    rows = _put_right(session, laid, "listing", Listing)
    owners = _owners(session, laid, [row["seller_id"] for row in rows]) if place else {}
    right = []
    for row in rows:
        where = row if row["old_district"] or row["unit_2025"] else owners.get(row["seller_id"], {})
        if _fits(row, rest) and _fits(where, place):
            right.append(row["id"])
    return _either(Listing, plain, laid.touched("listing"), right)


def _either(model: Any, plain: ColumnElement[bool], touched: list[int], right: list[int]) -> ColumnElement[bool]:
    return or_(and_(plain, model.id.not_in(touched)), model.id.in_(right)) if touched else plain


def _equal(model: Any, wanted: Mapping[str, str]) -> ColumnElement[bool]:
    return and_(true(), *(getattr(model, name) == value for name, value in wanted.items()))


def _fits(row: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    return all(row.get(name) == value for name, value in wanted.items())


def _put_right(session: Session, laid: Overlay, kind: Any, model: Any) -> list[dict[str, Any]]:
    touched = laid.touched(kind)
    if not touched:
        return []
    columns = [getattr(model, name) for name in _READ[model]]
    rows = session.execute(select(*columns).where(model.id.in_(touched))).mappings()
    return [{**row, **laid.columns(kind, row)} for row in map(dict, rows)]


def _owners(session: Session, laid: Overlay, ids: list[int | None]) -> dict[int, dict[str, Any]]:
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    columns = [getattr(Seller, name) for name in _READ[Seller]]
    rows = session.execute(select(*columns).where(Seller.id.in_(wanted))).mappings()
    return {row["id"]: {**row, **laid.columns("seller", row)} for row in map(dict, rows)}
