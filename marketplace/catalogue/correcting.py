"""Putting a record right, and taking that back. Each change is signed, reasoned, and told to the search index."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from connectors import REGISTRY, clean
from connectors.contract import RecordKind
from marketplace.catalogue.corrections import FIELDS
from marketplace.catalogue.models import Correction, IndexChange, Listing, Seller
from marketplace.catalogue.rules import MODELS

_REQUIRED = frozenset({"name", "title", "seller"})  # the others may be put right to "there is none"


class CorrectionError(Exception):
    """It can't be put right so. One line for the person who asked."""


def correct(
    session: Session,
    kind: str,
    source: str,
    ref: str,
    values: Mapping[str, str],
    *,
    who: str,
    note: str,
    at: datetime,
) -> list[Correction]:
    """Put fields of a record right; "" means "there is none". Ends earlier corrections of the same fields.

    Raises CorrectionError for a record or field that is not there, a value that can't be, or without `who` and `note`.
    """
    record_id = _record_id(session, kind, source, ref)
    if not values:
        raise CorrectionError(f"say what to put right: {', '.join(FIELDS[cast(RecordKind, kind)])}")
    if not who.strip() or not note.strip():
        raise CorrectionError("say who puts it right, and how they know: both are kept and shown")
    told = {name: _value(session, cast(RecordKind, kind), source, name, text) for name, text in values.items()}
    _end(session, kind, source, ref, told, who, at)
    made = [
        Correction(
            kind=kind,
            source=source,
            ref=ref,
            field=name,
            value=value,
            note=clean.mask_person_ids(note.strip()),
            who=who.strip(),
            at=at,
        )
        for name, value in told.items()
    ]
    session.add_all(made)
    _tell_index(session, kind, record_id)
    return made


def undo(
    session: Session, kind: str, source: str, ref: str, fields: Collection[str], *, who: str, at: datetime
) -> list[Correction]:
    """End the corrections of these fields, of all when none is named: what the marketplace says is shown again.

    Raises CorrectionError when there is nothing to end.
    """
    record_id = _record_id(session, kind, source, ref)
    ended = _end(session, kind, source, ref, fields, who, at)
    if not ended:
        what = ", ".join(fields) or "anything"
        raise CorrectionError(f"{kind} {ref} of {source}: nobody has put {what} of it right")
    _tell_index(session, kind, record_id)
    return ended


def _record_id(session: Session, kind: str, source: str, ref: str) -> int:
    if kind not in FIELDS:
        raise CorrectionError(f"{kind}: expected one of {', '.join(FIELDS)}")
    if source not in REGISTRY:
        raise CorrectionError(f"{source}: no such marketplace; known: {', '.join(REGISTRY)}")
    model = MODELS[cast(RecordKind, kind)]
    found = session.scalar(select(model.id).where(model.source == source, model.ref == ref))
    if found is None:
        raise CorrectionError(f"{source} has no {kind} with the ref {ref}")
    return found


def _value(session: Session, kind: RecordKind, source: str, name: str, text: str) -> Any:
    """The value of a field as it is kept. Raises CorrectionError."""
    if name not in FIELDS[kind]:
        raise CorrectionError(f"{name} of a {kind} is not put right by hand; what is: {', '.join(FIELDS[kind])}")
    text = clean.mask_person_ids(" ".join(text.split()))
    if not text and name in _REQUIRED:
        raise CorrectionError(f"{name}: a {kind} has one")
    if len(text) > 1000:
        raise CorrectionError(f"{name}: {len(text)} characters, at most 1000 are kept")
    if name == "certificates":
        return [part.strip() for part in text.split(";") if part.strip()]
    if name == "phone" and text and clean.phone(text) is None:
        raise CorrectionError(f"phone: {text} can't be read as a Vietnamese telephone number")
    if name == "seller" and not session.scalar(select(Seller.id).where(Seller.source == source, Seller.ref == text)):
        raise CorrectionError(f"seller: {source} has no account with the ref {text}")
    return text or None


def _end(
    session: Session, kind: str, source: str, ref: str, fields: Collection[str], who: str, at: datetime
) -> list[Correction]:
    """`fields`: none named means all."""
    here = select(Correction).where(
        Correction.kind == kind, Correction.source == source, Correction.ref == ref, Correction.ended_at.is_(None)
    )
    ended = session.scalars(here.where(Correction.field.in_(fields)) if fields else here).all()
    for one in ended:
        one.ended_at, one.ended_by = at, who
    session.flush()
    return list(ended)


def _tell_index(session: Session, kind: str, record_id: int) -> None:
    session.add(IndexChange(kind=kind, record_id=record_id))
    if kind == "seller":  # its name and place stand with its listings
        mine = select(literal("listing"), Listing.id).where(Listing.seller_id == record_id)
        session.execute(insert(IndexChange).from_select(["kind", "record_id"], mine))
        given = (
            select(literal("listing"), Listing.id)
            .join(Correction, (Correction.source == Listing.source) & (Correction.ref == Listing.ref))
            .where(Correction.kind == "listing", Correction.field == "seller", Correction.ended_at.is_(None))
        )
        session.execute(insert(IndexChange).from_select(["kind", "record_id"], given))
