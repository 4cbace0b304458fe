"""Records of a nation's floor that leave former Long An, or come back: listings go with their sellers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, select, update
from sqlalchemy.orm import Session

from connectors.contract import RecordKind, Source
from marketplace.catalogue.models import IndexChange, Listing, Seller, Sighting
from marketplace.catalogue.rules import MODELS
from marketplace.catalogue.scope import BLANK
from marketplace.places.gazetteer import LONG_AN
from marketplace.sync.models import RecordChange
from marketplace.sync.undoing import restore
from marketplace.sync.writing import plain


def follow_sellers(session: Session, source: Source, run_id: int, at: datetime) -> None:
    """A listing is where its seller is: what was read before its seller was placed leaves or comes back now."""
    of_source = select(Seller.id).where(Seller.source == source.slug)
    leaving = and_(Listing.seller_id.in_(of_source.where(Seller.outside)), ~Listing.outside, Listing.gone_at.is_(None))
    here = of_source.where(~Seller.outside, Seller.province == LONG_AN)
    coming = and_(Listing.seller_id.in_(here), Listing.outside)
    met_now = select(Sighting.record_id).where(
        Sighting.kind == "listing", Sighting.run_id == run_id, Sighting.outcome == "new"
    )
    lost = ("outside", "gone_at", *BLANK["listing"])
    columns = [Listing.__table__.c[name] for name in ("id", *lost)]
    journal = [
        {
            "run_id": run_id,
            "kind": "listing",
            "record_id": row["id"],
            "outcome": "outside",
            "at": at,
            "before": plain({name: row[name] for name in lost}),
        }
        for row in session.execute(select(*columns).where(leaving, Listing.id.not_in(met_now))).mappings()
    ]
    if journal:
        session.execute(insert(RecordChange), journal)
    # A listing that comes back was emptied: without hashes its next reading fills it.
    changes: tuple[tuple[ColumnElement[bool], dict[str, Any], str], ...] = (
        (leaving, {**BLANK["listing"], "outside": True, "gone_at": at}, "outside"),
        (coming, {"hashes": {}, "outside": False, "gone_at": None}, "revived"),
    )
    for which, values, outcome in changes:
        ids = session.scalars(select(Listing.id).where(which)).all()
        if not ids:
            continue
        session.execute(insert(IndexChange), [{"kind": "listing", "record_id": id_} for id_ in ids])
        session.execute(update(Listing).where(which).values(values).execution_options(synchronize_session=False))
        session.execute(
            update(Sighting),
            [{"kind": "listing", "record_id": id_, "outcome": outcome} for id_ in ids],
        )


def keep_here(session: Session, run_id: int) -> None:
    """So many do not move at once: what the run read of where they are is not believed."""
    keys = restore(session, RecordChange.run_id == run_id, RecordChange.outcome == "outside")
    if keys:
        session.execute(update(Sighting), [{**key, "outcome": "unchanged"} for key in keys])
        session.execute(insert(IndexChange), keys)


def left(session: Session, run_id: int) -> dict[str, int]:
    """How many known records of each kind this run found to be of another province."""
    rows = session.execute(
        select(RecordChange.kind, func.count())
        .where(RecordChange.run_id == run_id, RecordChange.outcome == "outside")
        .group_by(RecordChange.kind)
    )
    return dict(rows.all())


def scope_counts(session: Session, source: Source, run_id: int, kind: RecordKind) -> dict[str, int]:
    """`unplaced`: visible, and nobody tells where; `left`: known, and of another province from this run on."""
    return {"unplaced": _unplaced(session, source, kind), "left": left(session, run_id).get(kind, 0)}


def _unplaced(session: Session, source: Source, kind: RecordKind) -> int:
    """How many visible records nobody has told the province of: kept, since they may be ours."""
    model = MODELS[kind]
    count = select(func.count()).select_from(model).where(model.source == source.slug, model.gone_at.is_(None))
    if kind == "listing":
        count = count.outerjoin(Seller, Seller.id == Listing.seller_id).where(Seller.province.is_(None))
    return session.scalar(count.where(model.province.is_(None))) or 0
