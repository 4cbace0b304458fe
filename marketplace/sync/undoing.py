"""What a run wrote, taken back: it turned out not to be believed."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from connectors.contract import RecordKind
from marketplace.catalogue.models import IndexChange, Listing, PricePoint, Sighting
from marketplace.catalogue.rules import MODELS
from marketplace.sync.models import RecordChange
from marketplace.sync.statements import UPDATE
from marketplace.sync.writing import restored


def restore(session: Session, *noted: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Put the records of these journal lines back as they stood, drop the lines; returns their kinds and numbers."""
    changes = session.execute(
        select(RecordChange.kind, RecordChange.record_id, RecordChange.before)
        .where(*noted)
        .order_by(RecordChange.id.desc())
    )
    stood: dict[tuple[RecordKind, int], dict[str, Any]] = defaultdict(dict)
    for of_kind, id_, before in changes:
        stood[cast(RecordKind, of_kind), id_].update(before)  # the newest change first: the oldest has the last word
    alike: dict[tuple[RecordKind, frozenset[str]], list[dict[str, Any]]] = defaultdict(list)  # one statement each
    for (kind, id_), values in stood.items():
        if values:
            alike[kind, frozenset(values)].append({"row_id": id_, **restored(kind, values)})
    for (kind, _), rows in alike.items():
        session.execute(UPDATE[kind], rows)
    session.execute(delete(RecordChange).where(*noted))
    return [{"kind": kind, "record_id": id_} for kind, id_ in stood]


def take_back(session: Session, run_id: int) -> None:
    """Undo what a run wrote: it turned out not to be believed."""
    touched = restore(session, RecordChange.run_id == run_id)
    session.execute(delete(PricePoint).where(PricePoint.run_id == run_id))
    in_order: tuple[RecordKind, ...] = ("listing", "request", "seller")  # listings refer to sellers
    for kind in in_order:
        new = select(Sighting.record_id).where(
            Sighting.run_id == run_id, Sighting.kind == kind, Sighting.outcome == "new"
        )
        touched += [{"kind": kind, "record_id": id_} for id_ in session.scalars(new)]
        model = MODELS[kind]
        if kind == "seller":
            session.execute(
                update(Listing)
                .where(Listing.seller_id.in_(new))
                .values(seller_id=None)
                .execution_options(synchronize_session=False)
            )
        session.execute(delete(model).where(model.id.in_(new)).execution_options(synchronize_session=False))
    session.execute(delete(Sighting).where(Sighting.run_id == run_id, Sighting.outcome == "new"))
    session.execute(
        update(Sighting)
        .where(Sighting.run_id == run_id, Sighting.prior_run_id.is_not(None))
        .values(run_id=Sighting.prior_run_id, seen_at=Sighting.prior_seen_at, outcome="unchanged", prior_run_id=None)
        .execution_options(synchronize_session=False)
    )
    if touched:
        session.execute(insert(IndexChange), touched)
