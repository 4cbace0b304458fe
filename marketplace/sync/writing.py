"""One page's records into the catalogue: compare by content hash, write what changed, remember that it was seen.

Runs inside the caller's transaction and commits nothing. The number of SQL statements is constant per page, plus one
for each record that really changed. They are built once, here: measured, building them anew for every page costs more
than running them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import Date, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from connectors.contract import Problem, Record, RecordKind, Source
from marketplace.catalogue.models import IndexChange, PricePoint, Seller, Sighting
from marketplace.catalogue.rules import (
    FILE,
    LIVE,
    MODELS,
    NOISE,
    NOT_THE_SELLERS_ACT,
    PRICE,
    columns,
    content_hash,
    derived,
    kind_of,
)
from marketplace.db import UtcDateTime
from marketplace.sync.models import RecordChange

SIGHTING, INDEX_CHANGE, PRICE_POINT = (cast(Table, model.__table__) for model in (Sighting, IndexChange, PricePoint))
TABLES: dict[RecordKind, Table] = {kind: cast(Table, model.__table__) for kind, model in MODELS.items()}

_KNOWN = {
    kind: select(
        table.c.ref,
        table.c.id,
        table.c.hashes,
        table.c.gone_at,
        table.c.detailed_at,
        SIGHTING.c.run_id,
        SIGHTING.c.outcome,
    )
    .join(SIGHTING, (SIGHTING.c.record_id == table.c.id) & (SIGHTING.c.kind == kind), isouter=True)
    .where(table.c.source == bindparam("of_source"), table.c.ref.in_(bindparam("refs", expanding=True)))
    for kind, table in TABLES.items()
}
_CURRENT = {
    kind: select(table).where(table.c.id.in_(bindparam("ids", expanding=True))) for kind, table in TABLES.items()
}
_INSERT = {kind: insert(table).returning(table.c.id, table.c.ref) for kind, table in TABLES.items()}
# What is set are the columns given with each execution.
_UPDATE = {kind: update(table).where(table.c.id == bindparam("row_id")) for kind, table in TABLES.items()}
_DETAILED = {
    kind: update(table)
    .where(table.c.id.in_(bindparam("ids", expanding=True)))
    .values(detailed_at=bindparam("read_at", type_=table.c.detailed_at.type))
    for kind, table in TABLES.items()
}
_SELLERS = select(Seller.ref, Seller.id).where(
    Seller.source == bindparam("of_source"), Seller.ref.in_(bindparam("refs", expanding=True))
)
_FORGET_PRICES = delete(PRICE_POINT).where(
    PRICE_POINT.c.listing_id.in_(bindparam("ids", expanding=True)), PRICE_POINT.c.run_id == bindparam("this_run")
)
_SEE_AGAIN = update(SIGHTING).where(
    SIGHTING.c.kind == bindparam("of_kind"), SIGHTING.c.record_id == bindparam("of_record")
)
_NEW_PRICES, _FIRST_SIGHTS, _MOVED = insert(PRICE_POINT), insert(SIGHTING), insert(INDEX_CHANGE)

Outcome = Literal["new", "revived", "changed", "unchanged"]
# What a run says of a record that it met more than once: the strongest word.
RANK: dict[str, int] = {"unchanged": 0, "changed": 1, "revived": 2, "new": 3}


@dataclass(slots=True)
class Written:
    """What became of one record of the page."""

    id: int
    outcome: Outcome  # of this page alone
    detailed_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    hashes: dict[str, str]
    gone: bool
    detailed_at: datetime | None
    run_id: int | None  # of the sighting
    outcome: str | None


class PageWriter:
    """Writes the records of one source in one run. `secret` keys the hashes of personal ids."""

    def __init__(self, session: Session, source: Source, run_id: int, secret: bytes) -> None:
        self.session, self.source, self.run_id, self.secret = session, source, run_id, secret
        self.connection = session.connection()  # the hot path goes past the unit of work

    def write(
        self, records: Iterable[Record], page_kind: str, at: datetime
    ) -> tuple[dict[tuple[RecordKind, str], Written], list[Problem]]:
        """Write the records of one page fetched at `at`. Sellers go first, so that listings find them."""
        kinds: dict[RecordKind, dict[str, Record]] = {"seller": {}, "listing": {}, "request": {}}
        problems = []
        for record in records:
            same = kinds[kind_of(record)].setdefault(record.ref, record)
            if same is not record:
                if record.own_page and not same.own_page:
                    kinds[kind_of(record)][record.ref] = record
                elif not same.own_page and content_hash(same) != content_hash(record):
                    problems.append(
                        Problem(
                            code="duplicate_ref",
                            ref=record.ref,
                            detail=f"{kind_of(record)} stands twice on the page, differently",
                        )
                    )
        written: dict[tuple[RecordKind, str], Written] = {}
        for kind, by_ref in kinds.items():
            if by_ref:
                result = self._write_kind(kind, by_ref, page_kind, at)
                written.update({(kind, ref): item for ref, item in result.items()})
        return written, problems

    def _write_kind(
        self, kind: RecordKind, records: dict[str, Record], page_kind: str, at: datetime
    ) -> dict[str, Written]:
        known = self._known(kind, list(records))
        fresh = [record for ref, record in records.items() if ref not in known]
        hashes = {ref: content_hash(record) for ref, record in records.items()}
        touched = [
            record
            for ref, record in records.items()
            if ref in known and (known[ref].gone or known[ref].hashes.get(page_kind) != hashes[ref])
        ]
        rewritten = {record.ref for record in touched}  # with the time of their reading
        read = [known[ref].id for ref, r in records.items() if r.own_page and ref in known and ref not in rewritten]
        written = {
            ref: Written(item.id, "unchanged", at if records[ref].own_page else item.detailed_at)
            for ref, item in known.items()
        }
        if fresh:
            written.update(self._insert(kind, fresh, hashes, page_kind, at))
        if touched:
            for ref, outcome in self._update(kind, touched, known, hashes, page_kind, at).items():
                written[ref].outcome = outcome
        if read:
            self.connection.execute(_DETAILED[kind], {"ids": read, "read_at": at})
        self._sight(kind, written, known, at)
        moved = [item.id for item in written.values() if item.outcome != "unchanged"]
        if moved:
            self.connection.execute(_MOVED, [{"kind": kind, "record_id": item} for item in moved])
        return written

    def _known(self, kind: RecordKind, refs: Sequence[str]) -> dict[str, _Known]:
        rows = self.connection.execute(_KNOWN[kind], {"of_source": self.source.slug, "refs": refs})
        return {
            ref: _Known(id_, hashes, gone_at is not None, detailed_at, run_id, outcome)
            for ref, id_, hashes, gone_at, detailed_at, run_id, outcome in rows
        }

    def _insert(
        self, kind: RecordKind, fresh: list[Record], hashes: dict[str, str], page_kind: str, at: datetime
    ) -> dict[str, Written]:
        table = TABLES[kind]
        rows: list[dict[str, Any]] = []
        for record in fresh:
            row: dict[str, Any] = dict.fromkeys(table.c.keys())
            del row["id"]
            row.update(columns(record, self.source, self.secret))
            row.update(derived(kind, row))
            row.update(
                source=self.source.slug,
                ref=record.ref,
                hashes={page_kind: hashes[record.ref]},
                first_seen_at=at,
                changed_at=at,
                detailed_at=at if record.own_page else None,
            )
            rows.append(row)
        if kind == "listing":
            self._link(rows)
        made = self.connection.execute(_INSERT[kind], rows)
        ids: dict[str, int] = {ref: id_ for id_, ref in made}
        if kind == "listing":
            self._price_points([(ids[row["ref"]], row) for row in rows if row["price_text"]], at)
        return {row["ref"]: Written(ids[row["ref"]], "new", row["detailed_at"]) for row in rows}

    def _link(self, rows: list[dict[str, Any]]) -> None:
        refs = {row["seller_ref"] for row in rows if row.get("seller_ref")}
        if not refs:
            return
        found = self.connection.execute(_SELLERS, {"of_source": self.source.slug, "refs": list(refs)})
        ids = dict(found.all())
        for row in rows:
            if row.get("seller_ref"):
                row["seller_id"] = ids.get(row["seller_ref"])

    def _price_points(self, listings: Iterable[tuple[int, dict[str, Any]]], at: datetime) -> None:
        """The price from now on: one point a run, though a card and the page behind it may print it differently."""
        points = [
            {"listing_id": id_, "run_id": self.run_id, "at": at, **{name: row[name] for name in PRICE}}
            for id_, row in listings
        ]
        if points:
            again = [point["listing_id"] for point in points]
            self.connection.execute(_FORGET_PRICES, {"ids": again, "this_run": self.run_id})
            self.connection.execute(_NEW_PRICES, points)

    def _update(
        self,
        kind: RecordKind,
        touched: list[Record],
        known: dict[str, _Known],
        hashes: dict[str, str],
        page_kind: str,
        at: datetime,
    ) -> dict[str, Outcome]:
        ids = [known[record.ref].id for record in touched]
        current = {row["id"]: dict(row) for row in self.connection.execute(_CURRENT[kind], {"ids": ids}).mappings()}
        outcomes: dict[str, Outcome] = {}
        journal, prices = [], []
        tolds = [columns(record, self.source, self.secret) for record in touched]
        if kind == "listing":
            self._link(tolds)
        for record, told in zip(touched, tolds, strict=True):
            before = known[record.ref]
            row = current[before.id]
            if not record.own_page and before.detailed_at is not None:
                told = {name: value for name, value in told.items() if name in LIVE or row[name] is None}
            told.update(derived(kind, {**row, **told}))
            changes = {name: value for name, value in told.items() if row[name] != value}
            real = changes.keys() - NOISE
            outcome: Outcome = "revived" if before.gone else "changed" if real else "unchanged"
            outcomes[record.ref] = outcome
            values: dict[str, Any] = {**changes, "hashes": {**before.hashes, page_kind: hashes[record.ref]}}
            if before.gone:
                values["gone_at"] = None
            # The page behind a card that this very run met first adds facts; the seller changed nothing.
            met_now = before.run_id == self.run_id and before.outcome == "new"
            # The same goes for a file: what it tells for the first time is news to us, no act of the seller.
            first_told = page_kind.startswith(FILE) and page_kind not in before.hashes
            if before.gone or (real - NOT_THE_SELLERS_ACT and not met_now and not first_told):
                values["changed_at"] = at
            if record.own_page:
                values["detailed_at"] = at
            self.connection.execute(_UPDATE[kind], {"row_id": before.id, **values})
            if outcome != "unchanged" and not (before.run_id == self.run_id and before.outcome == "new"):
                journal.append(
                    {
                        "run_id": self.run_id,
                        "kind": kind,
                        "record_id": before.id,
                        "outcome": outcome,
                        "at": at,
                        "before": plain({name: row[name] for name in (*values, "detailed_at")}),
                    }
                )
            if kind == "listing" and any(name in changes for name in PRICE):
                prices.append((before.id, {**row, **changes}))
        self._journal(kind, journal)
        self._price_points(prices, at)
        return outcomes

    def _journal(self, kind: RecordKind, changes: list[dict[str, Any]]) -> None:
        """Note the old values. A record met on several pages has one entry a run, with the values before the run."""
        if not changes:
            return
        ids = [change["record_id"] for change in changes]
        noted = self.session.scalars(
            select(RecordChange).where(
                RecordChange.run_id == self.run_id, RecordChange.kind == kind, RecordChange.record_id.in_(ids)
            )
        )
        earlier = {entry.record_id: entry for entry in noted}
        for change in changes:
            entry = earlier.get(change["record_id"])
            if entry is not None:
                entry.before = {**change["before"], **entry.before}
        fresh = [change for change in changes if change["record_id"] not in earlier]
        if fresh:
            self.session.execute(insert(RecordChange), fresh)

    def _sight(self, kind: RecordKind, written: dict[str, Written], known: dict[str, _Known], at: datetime) -> None:
        first, again = [], []
        for ref, item in written.items():
            before = known.get(ref)
            row = {
                "kind": kind,
                "record_id": item.id,
                "run_id": self.run_id,
                "seen_at": at,
                "outcome": item.outcome,
            }
            if before is None or before.run_id is None:
                first.append(row)
            elif before.run_id != self.run_id or RANK[item.outcome] > RANK[before.outcome or "unchanged"]:
                again.append(row)
        if first:
            self.connection.execute(_FIRST_SIGHTS, first)
        if again:
            self.connection.execute(
                _SEE_AGAIN,
                [
                    {
                        "of_kind": row["kind"],
                        "of_record": row["record_id"],
                        "run_id": row["run_id"],
                        "seen_at": row["seen_at"],
                        "outcome": row["outcome"],
                    }
                    for row in again
                ],
            )


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON can hold them; `restored` is the way back."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def restored(kind: RecordKind, values: dict[str, Any]) -> dict[str, Any]:
    """What `plain` wrote, with dates and times as the columns of `kind` want them."""
    result = {}
    for name, value in values.items():
        column = TABLES[kind].c[name].type
        if isinstance(value, str) and isinstance(column, UtcDateTime):
            value = datetime.fromisoformat(value)
        elif isinstance(value, str) and isinstance(column, Date):
            value = date.fromisoformat(value)
        result[name] = value
    return result
