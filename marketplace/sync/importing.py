"""Files of a marketplace's operator into the catalogue: the same records, the same writer, a run of its own.

What a file does not list is never removed: it may be one list of several. A preview takes the same path into
a copy of the catalogue, while others write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import cast

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from connectors.contract import ListingRecord, Record, RecordKind, RequestRecord, SellerRecord, Source
from connectors.tables import MADE_REF, FigureRecord, FileRefused, Kind, Row, RowFault, Table, masked, open_table, shown
from marketplace.catalogue.person_ids import keyed
from marketplace.catalogue.rules import BOOKKEEPING, FILE, MODELS, content_hash, kind_of
from marketplace.catalogue.rules import Row as CatalogueRow
from marketplace.config import Config
from marketplace.db import now, writer
from marketplace.onboarding.published import take_figures
from marketplace.sync import elsewhere
from marketplace.sync.closing import close_run
from marketplace.sync.errors import ActionError
from marketplace.sync.import_report import ImportReport, RowResult, left_out, refused
from marketplace.sync.known import Written
from marketplace.sync.lease import lease, renew
from marketplace.sync.matching import refs_by_address
from marketplace.sync.models import RecordChange, Run, RunProblem
from marketplace.sync.scratch import scratch
from marketplace.sync.setting import is_trial, mode_of, switch_mode
from marketplace.sync.writing import PageWriter

_BATCH = 500
_VIETNAM = timedelta(hours=7)  # before UTC
# Never shown: a keyed hash says nothing to a reader.
_UNSHOWN = BOOKKEEPING | {"tax_code_hash"}


Told = Callable[[RowResult], None]
Progress = Callable[[int, int], None]  # rows done, rows expected


def take_file(
    config: Config,
    engine: Engine,
    slug: str,
    kind: Kind,
    path: Path,
    *,
    preview: bool = False,
    told: Told = lambda _: None,
    progress: Progress = lambda _done, _expected: None,
    clock: Callable[[], datetime] = now,
) -> ImportReport:
    """Take the good rows of a file in, 500 to a transaction; tell what became of every row.

    Raises ActionError when the file can't be read as a table of this kind, lease.Busy when the source is being read.
    """
    try:
        with (
            open_table(path, kind, (clock() + _VIETNAM).date()) as table,
            lease(writer(engine), f"sync:{slug}"),
            scratch(engine) if preview else nullcontext(writer(engine)) as sessions,
        ):
            leaving = switch_mode(config, sessions, slug)
            taking = _Taking(config, slug, kind, path, table, sessions, told, clock, preview=preview)
            taking.report.leaving, taking.report.trial = leaving, is_trial(config, slug, kind)
            return taking.run(progress)
    except FileRefused as error:
        raise ActionError(f"{path}: {error}") from None


class _Taking:
    """One file on its way in."""

    def __init__(
        self,
        config: Config,
        slug: str,
        kind: Kind,
        path: Path,
        table: Table,
        sessions: sessionmaker[Session],
        told: Told,
        clock: Callable[[], datetime],
        *,
        preview: bool,
    ) -> None:
        self.source: Source = config.source(slug)
        self.mode, self.secret = mode_of(config, slug), config.secret()
        self.kind, self.path, self.table = kind, path, table
        self.sessions, self.told, self.clock, self.preview = sessions, told, clock, preview
        self.at = clock()
        self.report = ImportReport(unused=table.unused, sheets_without=tuple(table.sheets_without))
        self._met: dict[str, tuple[int, str]] = {}  # ref → its first row and what that told
        self._sellers: set[str] = set()
        self._elsewhere: dict[str, RowFault] = {}  # ref → why its first row was refused

    def run(self, progress: Progress) -> ImportReport:
        run_id = self.report.run_id = None if self.kind == "figures" else self._begin()
        done = 0
        try:
            rows = iter(self.table)
            while batch := list(islice(rows, _BATCH)):
                with self.sessions.begin() as session:
                    results = self._take(session, run_id, batch)
                # Counted only now: what a broken transaction held was not taken in.
                for result in results:
                    self._count(result)
                done += len(batch)
                progress(done, max(done, self.table.expected))
        finally:
            if run_id is not None:
                self._close(run_id)
        return self.report

    def _begin(self) -> int:
        with self.sessions.begin() as session:
            # We hold the lease, so an import that is still open was killed.
            left = update(Run).where(Run.source == self.source.slug, Run.kind == "file", Run.finished_at.is_(None))
            session.execute(left.values(finished_at=self.at, verdict="partial", reason="abandoned"))
            run = Run(source=self.source.slug, mode=self.mode, kind="file", detail=self._detail, started_at=self.at)
            session.add(run)
            session.flush()
            return run.id

    def _close(self, run_id: int) -> None:
        with self.sessions.begin() as session:
            run = close_run(session, self.source, run_id, "", self.clock())
            run.detail, run.pages, run.bytes = self._detail, 1, self.path.stat().st_size

    @property
    def _detail(self) -> str:
        return f"{self.kind}: {masked(self.path.name)}"

    def _take(self, session: Session, run_id: int | None, batch: Sequence[Row | RowFault]) -> list[RowResult]:
        rows: list[Row] = []
        again: list[Row] = []
        results: list[RowResult] = []
        for item in self._found(session, batch) if run_id is not None else batch:
            if isinstance(item, RowFault):
                results.append(refused(item))
            elif run_id is not None and not self._is_first(item):
                again.append(item)
            else:
                rows.append(item)
        if run_id is None:
            figures = [(row.row, cast(FigureRecord, row.records[0])) for row in rows]
            for (row, figure), (outcome, fields) in zip(
                figures, take_figures(session, self.source.slug, [one for _, one in figures]), strict=True
            ):
                results.append(RowResult(row=row, outcome=outcome, title=figure.indicator, fields=fields))
        else:
            results += self._write(session, run_id, rows)
            results += [self._said_again(row) for row in again]
            self._note(session, run_id, results, rows)
            renew(session, f"sync:{self.source.slug}", self.clock())
        return sorted(results, key=lambda result: result.row)

    def _found(self, session: Session, batch: Sequence[Row | RowFault]) -> Iterator[Row | RowFault]:
        """The rows with the refs of the records they are about; a row that tells no code is found by its address."""
        addresses = {
            record.url
            for item in batch
            if isinstance(item, Row)
            for record in item.records[:1]
            if isinstance(record, ListingRecord) and not record.ref and record.url
        }
        known = refs_by_address(session, self.source.slug, addresses) if addresses else {}
        for item in batch:
            if isinstance(item, RowFault):
                yield item
                continue
            records = [cast(Record, record) for record in item.records]
            main = records[0]
            if not main.ref:
                refs = known.get(main.url or "", set())
                if len(refs) != 1:
                    yield self._without_ref(item.row, main.url or "", len(refs))
                    continue
                # Its address stays as the site spells it.
                records[0] = replace(main, ref=refs.pop(), url=None)
            yield replace(item, records=tuple(keyed(record, self.secret) for record in records))

    def _without_ref(self, row: int, url: str, known: int) -> RowFault:
        why = f"có {known} sản phẩm ở địa chỉ này" if known else "chưa biết sản phẩm nào ở địa chỉ này"
        return RowFault(row, self.table.label_of("url"), shown(url), f"{why}; cần thêm mã sản phẩm")

    def _is_first(self, row: Row) -> bool:
        """Is it the first row of its code?"""
        record = cast(Record, row.records[0])
        return self._met.setdefault(record.ref, (row.row, content_hash(record)))[0] == row.row

    def _said_again(self, row: Row) -> RowResult:
        """What to say of a row whose code stands in an earlier one: the same again, or a contradiction."""
        record = cast(Record, row.records[0])
        first, before = self._met[record.ref]
        if content_hash(record) != before:
            if isinstance(record, RequestRecord) and record.ref.startswith(MADE_REF):
                alike = f"cùng đơn vị, sản phẩm và ngày đăng với dòng {first} nhưng nội dung khác"
                reason = f"{alike}; thêm cột mã tin để phân biệt"
                return refused(RowFault(row.row, self.table.label_of("product"), shown(record.title), reason))
            column = self.table.label_of("ref")
            reason = f"trùng mã với dòng {first} nhưng nội dung khác"
            return refused(RowFault(row.row, column, shown(record.ref), reason))
        if fault := self._elsewhere.get(record.ref):
            return left_out(replace(fault, row=row.row))
        return RowResult(row=row.row, outcome="unchanged", title=_title(record))

    def _write(self, session: Session, run_id: int, rows: Sequence[Row]) -> list[RowResult]:
        records = [record for row in rows for record in self._records(row)]
        writer_ = PageWriter(session.connection(), self.source, run_id, self.secret)
        written, _ = writer_.write(records, f"{FILE}{self.kind}", self.at)
        changes = self._changes(session, run_id, written) if self.preview else {}
        main_kind = kind_of(cast(Record, rows[0].records[0])) if rows else "seller"
        left = [one.id for (kind, _), one in written.items() if kind == main_kind and one.outcome == "outside"]
        provinces = elsewhere.provinces(session, main_kind, left)
        results = []
        for row in rows:
            own = [cast(Record, record) for record in row.records]
            keys = [key for key in ((kind_of(record), record.ref) for record in own) if key in written]
            main = written[keys[0]].outcome
            if main == "outside":
                fault = elsewhere.fault(self.table, row, provinces[written[keys[0]].id])
                self._elsewhere[own[0].ref] = fault
                results.append(left_out(fault))
                continue
            # A row whose listing stands as it was but whose seller does not has changed something.
            moved = any(written[key].outcome not in ("unchanged", "outside") for key in keys[1:])
            fields = {name: pair for key in keys for name, pair in changes.get(key, {}).items()}
            outcome = "changed" if main == "unchanged" and moved else main
            results.append(RowResult(row=row.row, outcome=outcome, title=_title(own[0]), fields=fields))
        return results

    def _records(self, row: Row) -> Iterator[Record]:
        """The records of a row. A seller is taken from its first row: the others of a long list may differ by a blank,
        and would be written to and fro with every import."""
        main, *others = cast(tuple[Record, ...], row.records)
        yield main
        for record in others:
            if record.ref not in self._sellers:
                self._sellers.add(record.ref)
                yield record

    def _changes(
        self, session: Session, run_id: int, written: dict[tuple[RecordKind, str], Written]
    ) -> dict[tuple[RecordKind, str], dict[str, tuple[object, object]]]:
        """Old and new values of the records the batch changed."""
        changed = {(kind, one.id): (kind, ref) for (kind, ref), one in written.items() if one.outcome == "changed"}
        found: dict[tuple[RecordKind, str], dict[str, tuple[object, object]]] = {}
        for kind in {kind for kind, _ in changed}:
            ids = [id_ for of_kind, id_ in changed if of_kind == kind]
            noted = select(RecordChange).where(
                RecordChange.run_id == run_id, RecordChange.kind == kind, RecordChange.record_id.in_(ids)
            )
            model = MODELS[kind]
            rows = cast(Iterable[CatalogueRow], session.scalars(select(model).where(model.id.in_(ids))))
            now_there = {row.id: row for row in rows}
            for change in session.scalars(noted):
                row = now_there[change.record_id]
                pairs = {name: (old, getattr(row, name)) for name, old in change.before.items()}
                found[changed[kind, change.record_id]] = {
                    name: pair for name, pair in pairs.items() if name not in _UNSHOWN
                }
        return found

    def _note(self, session: Session, run_id: int, results: Iterable[RowResult], rows: Sequence[Row]) -> None:
        problems = [
            {
                "run_id": run_id,
                "code": one.code,
                "ref": cast(Record, row.records[0]).ref,
                "url": "",
                "detail": masked(one.detail)[:1000],
            }
            for row in rows
            for one in row.problems
        ]
        problems += [
            {
                "run_id": run_id,
                "code": "row_refused",
                "ref": "",
                "url": "",
                "detail": f"dòng {fault.row}, cột {fault.column}, “{fault.value}”: {fault.reason}"[:1000],
            }
            # What is of another province is counted by the run, and nothing else about it is kept.
            for fault in (result.fault for result in results if not result.outside)
            if fault is not None
        ]
        if problems:
            session.execute(insert(RunProblem), problems)

    def _count(self, result: RowResult) -> None:
        if result.fault is not None:
            self.report.refused.append(result.fault)
        elif result.outcome == "unchanged":
            self.report.unchanged += 1
        else:
            self.report.accepted += 1
        self.told(result)


def _title(record: Record) -> str:
    return masked(record.name if isinstance(record, SellerRecord) else record.title)
