"""What a run changed, record by record, as a preview shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.contract import RecordKind
from marketplace.catalogue.models import Seller, Sighting
from marketplace.catalogue.rules import BOOKKEEPING, MODELS, Row
from marketplace.sync.models import RecordChange


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One line of a preview: a record and what would become of it."""

    kind: str
    ref: str
    title: str
    outcome: str  # new, changed, revived, gone, missing
    fields: dict[str, tuple[object, object]]  # column → (now, then)


def differences(session: Session, run_id: int) -> Iterable[Difference]:
    """Every record the run changed, then the new ones."""
    changes = session.scalars(select(RecordChange).where(RecordChange.run_id == run_id).order_by(RecordChange.id))
    for change in changes.all():
        kind: RecordKind = change.kind  # type: ignore[assignment]  # kept as text
        row = cast(Row, session.get_one(MODELS[kind], change.record_id))
        fields = {name: (old, getattr(row, name)) for name, old in change.before.items() if name not in BOOKKEEPING}
        yield Difference(kind=kind, ref=row.ref, title=_title(row), outcome=change.outcome, fields=fields)
    for kind, model in MODELS.items():
        fresh = (
            select(model)
            .join(Sighting, (Sighting.kind == kind) & (Sighting.record_id == model.id))
            .where(Sighting.run_id == run_id, Sighting.outcome == "new")
            .order_by(model.id)
        )
        for row in cast(Iterable[Row], session.scalars(fresh)):
            yield Difference(kind=kind, ref=row.ref, title=_title(row), outcome="new", fields={})


def _title(row: Row) -> str:
    return row.name if isinstance(row, Seller) else row.title
