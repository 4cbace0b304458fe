"""Reads of what a run did to the records of the catalogue. Each makes a fixed number of SQL statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from connectors.contract import RecordKind
from marketplace.catalogue.models import Listing, Seller, Sighting
from marketplace.catalogue.rules import MODELS, Row
from marketplace.sync.models import RecordChange

OUTCOMES = ("changed", "revived", "gone", "missing", "kept")


@dataclass(frozen=True, slots=True)
class Change:
    """A record a run changed. `fields`: column → (before, after); `title` is today's."""

    kind: RecordKind
    id: int
    title: str
    seller: str
    outcome: str
    fields: Mapping[str, tuple[Any, Any]]


def change_counts(session: Session, run_id: int) -> dict[str, int]:
    """Records by what the run did to them: new, changed, revived, gone, missing. Two statements.

    New records are counted while this run is the last that saw them: after the next run the counts of the run itself
    (`Run.counts`) tell how many there were.
    """
    rows = session.execute(
        select(RecordChange.outcome, func.count()).where(RecordChange.run_id == run_id).group_by(RecordChange.outcome)
    )
    counts = dict.fromkeys(("new", *OUTCOMES), 0)
    counts.update(dict(rows.all()))
    counts["new"] = (
        session.scalar(
            select(func.count())
            .select_from(Sighting)
            .where(Sighting.run_id == run_id, Sighting.kind.in_(MODELS), Sighting.outcome == "new")
        )
        or 0
    )
    return counts


def changes(session: Session, run_id: int, outcome: str, offset: int, limit: int) -> list[Change]:
    """A page of the records a run changed, with what stood there before and what it wrote. At most six statements."""
    if outcome == "new":
        return _new_records(session, run_id, offset, limit)
    rows = session.scalars(
        select(RecordChange)
        .where(RecordChange.run_id == run_id, RecordChange.outcome == outcome)
        .order_by(RecordChange.id)
        .offset(offset)
        .limit(limit)
    ).all()
    records = _records(session, ((row.kind, row.record_id) for row in rows))
    later = _later(session, rows)
    found = []
    for row in rows:
        record = records.get((row.kind, row.record_id))
        if record is None:
            continue
        fields = {}
        for name, before in row.before.items():
            after = next((one[name] for one in later[row.kind, row.record_id] if name in one), getattr(record, name))
            fields[name] = (before, after)
        found.append(_change(record, row.kind, row.outcome, fields))
    return found


def _new_records(session: Session, run_id: int, offset: int, limit: int) -> list[Change]:
    rows = session.execute(
        select(Sighting.kind, Sighting.record_id)
        .where(Sighting.run_id == run_id, Sighting.kind.in_(MODELS), Sighting.outcome == "new")
        .order_by(Sighting.kind, Sighting.record_id)
        .offset(offset)
        .limit(limit)
    )
    keys = rows.all()
    records = _records(session, keys)
    return [_change(records[key], key[0], "new", {}) for key in keys if key in records]


def _change(record: Row, kind: str, outcome: str, fields: Mapping[str, tuple[Any, Any]]) -> Change:
    title = record.name if isinstance(record, Seller) else record.title
    seller = (record.seller_name or "") if isinstance(record, Listing) else ""
    return Change(cast(RecordKind, kind), record.id, title, seller, outcome, fields)


def _records(session: Session, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Row]:
    wanted: dict[str, list[int]] = defaultdict(list)
    for kind, id_ in keys:
        wanted[kind].append(id_)
    found: dict[tuple[str, int], Row] = {}
    for kind, ids in wanted.items():
        model = MODELS[cast(RecordKind, kind)]
        for record in cast(Iterable[Row], session.scalars(select(model).where(model.id.in_(ids)))):
            found[kind, record.id] = record
    return found


def _later(session: Session, rows: Sequence[RecordChange]) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """What later runs found in these records before they changed them again, oldest first."""
    found: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    wanted: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        wanted[row.kind].append(row.record_id)
    if not wanted:
        return found
    here = or_(*(and_(RecordChange.kind == kind, RecordChange.record_id.in_(ids)) for kind, ids in wanted.items()))
    after = {(row.kind, row.record_id): row.id for row in rows}
    first = min(after.values())
    for change in session.scalars(select(RecordChange).where(here, RecordChange.id > first).order_by(RecordChange.id)):
        key = (change.kind, change.record_id)
        if change.id > after[key]:
            found[key].append(change.before)
    return found
