"""Reads of the runs: how each source stands, and what one run found. Each makes a fixed number of SQL statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.contract import RecordKind, Source
from marketplace.catalogue.models import Listing, Seller, Sighting
from marketplace.catalogue.rules import MODELS, Row
from marketplace.config import Config
from marketplace.sync.models import READINGS, RecordChange, Run, RunProblem, StoredPage
from marketplace.sync.quarantine import Quarantine
from marketplace.web.formats import VIETNAM, day

LAST_RUNS = 12
EXAMPLES = 5  # of one problem code, on the page of a run
OUTCOMES = ("changed", "revived", "gone", "missing")


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """One connected source: `last` is its newest finished run, `good` the newest that was complete and believed."""

    source: Source
    mode: str
    last: Run | None
    good: Run | None
    stale: bool
    gap: str  # a sentence for the reader, "" when nothing is missing
    quarantine: Quarantine | None = None  # resting, since its last readings all failed

    @property
    def slug(self) -> str:
        return self.source.slug

    @property
    def read_at(self) -> datetime | None:
        return self.good.finished_at if self.good else None


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """The problems of one code in a run. `examples` are the first few."""

    code: str
    count: int
    examples: tuple[RunProblem, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A record a run changed. `fields`: column → (before, after); `title` is today's."""

    kind: RecordKind
    id: int
    title: str
    seller: str
    outcome: str
    fields: Mapping[str, tuple[Any, Any]]


def newest_run_id(session: Session) -> int:
    """Changes whenever a run has ended; 0 when none has."""
    return session.scalar(select(func.max(Run.id)).where(Run.finished_at.is_not(None))) or 0


def holds_invented(session: Session) -> bool:
    """Does the catalogue hold records read from a sandbox?"""
    return session.scalar(select(Run.id).where(Run.mode == "sandbox").limit(1)) is not None


def states(session: Session, config: Config, now: datetime) -> dict[str, SourceState]:
    """How every connected source stands, by slug, in the order of the registry. One statement."""
    last, good = _newest(session)
    found = {}
    for slug in REGISTRY:
        source = config.source(slug)
        mode = config.mode(slug)
        stale = _stale(last.get(slug), good.get(slug), now, source.stale_after_hours)
        found[slug] = SourceState(
            source=source,
            mode=mode,
            last=last.get(slug),
            good=good.get(slug),
            stale=stale,
            gap=_gap(source, mode, last.get(slug), good.get(slug), stale),
        )
    return found


def recent(session: Session) -> dict[str, list[Run]]:
    """The last twelve finished runs of every source, oldest first. One statement."""
    place = func.row_number().over(partition_by=Run.source, order_by=(Run.finished_at.desc(), Run.id.desc()))
    ranked = select(Run.id, place.label("place")).where(Run.finished_at.is_not(None)).subquery()
    rows = session.scalars(
        select(Run)
        .join(ranked, ranked.c.id == Run.id)
        .where(ranked.c.place <= LAST_RUNS)
        .order_by(ranked.c.place.desc())
    )
    runs: dict[str, list[Run]] = defaultdict(list)
    for run in rows:
        runs[run.source].append(run)
    return runs


def last_runs(session: Session, slug: str, limit: int) -> list[Run]:
    """The newest finished runs of a source, the newest first. One statement."""
    finished = select(Run).where(Run.source == slug, Run.finished_at.is_not(None))
    return list(session.scalars(finished.order_by(Run.finished_at.desc(), Run.id.desc()).limit(limit)))


def pages_used(session: Session, slug: str, day: date) -> int:
    """Pages of a source that were kept on a day of Vietnam's. One statement."""
    start = datetime.combine(day, time(0), VIETNAM)
    kept = select(func.count()).where(
        StoredPage.source == slug, StoredPage.fetched_at >= start, StoredPage.fetched_at < start + timedelta(days=1)
    )
    return session.scalar(kept) or 0


def histories(session: Session) -> dict[str, tuple[datetime | None, bool]]:
    """Per source: when its newest reading ended (None: never), and whether one was broken off. One statement.

    Newest by number, not by time: the clock may have been wrong. Saved pages and files a person took in are no
    reading: they don't put the next one off. A source that was never read is not in it.
    """
    sources = (
        select(
            Run.source,
            func.max(Run.id).filter(Run.finished_at.is_not(None)).label("newest"),
            func.count().filter(Run.finished_at.is_(None)).label("unfinished"),
        )
        .where(Run.kind.in_(READINGS))
        .group_by(Run.source)
        .subquery()
    )
    rows = session.execute(
        select(sources.c.source, Run.finished_at, sources.c.unfinished).outerjoin(Run, Run.id == sources.c.newest)
    )
    return {source: (ended, bool(unfinished)) for source, ended, unfinished in rows}


def history(session: Session, slug: str) -> tuple[datetime | None, bool]:
    """`histories` of one source."""
    return histories(session).get(slug, (None, False))


def running(session: Session) -> dict[str, Run]:
    """Sources that are being read, or whose reading was broken off. One statement."""
    rows = session.scalars(select(Run).where(Run.finished_at.is_(None)).order_by(Run.id))
    return {run.source: run for run in rows}


def record_counts(session: Session) -> dict[str, dict[str, int]]:
    """Visible sellers and listings per source. Two statements, each answered out of an index."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: {"seller": 0, "listing": 0})
    for kind, model in (("seller", Seller), ("listing", Listing)):
        rows = session.execute(select(model.source, func.count()).where(model.gone_at.is_(None)).group_by(model.source))
        for source, count in rows:
            counts[source][kind] = count
    return counts


def problem_counts(session: Session, run_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Problems by run and code. One statement."""
    rows = session.execute(
        select(RunProblem.run_id, RunProblem.code, func.count())
        .where(RunProblem.run_id.in_(run_ids))
        .group_by(RunProblem.run_id, RunProblem.code)
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for run_id, code, count in rows:
        counts[run_id][code] = count
    return counts


def run(session: Session, run_id: int) -> Run | None:
    return session.get(Run, run_id)


def problems(session: Session, run_id: int) -> list[ProblemGroup]:
    """What went wrong in a run, the most frequent code first, each with its first examples. Two statements."""
    counts = problem_counts(session, [run_id]).get(run_id, {})
    place = func.row_number().over(partition_by=RunProblem.code, order_by=RunProblem.id)
    ranked = select(RunProblem.id, place.label("place")).where(RunProblem.run_id == run_id).subquery()
    examples: dict[str, list[RunProblem]] = defaultdict(list)
    for problem in session.scalars(
        select(RunProblem)
        .join(ranked, ranked.c.id == RunProblem.id)
        .where(ranked.c.place <= EXAMPLES)
        .order_by(RunProblem.id)
    ):
        examples[problem.code].append(problem)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [ProblemGroup(code, count, tuple(examples[code])) for code, count in ordered]


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


def _newest(session: Session) -> tuple[dict[str, Run], dict[str, Run]]:
    """The newest finished and the newest good run of every source."""
    order = (Run.finished_at.desc(), Run.id.desc())
    ranked = (
        select(
            Run.id,
            func.row_number().over(partition_by=Run.source, order_by=order).label("any_place"),
            func.row_number().over(partition_by=(Run.source, Run.verdict == "ok"), order_by=order).label("same_place"),
        )
        .where(Run.finished_at.is_not(None))
        .subquery()
    )
    rows = session.execute(
        select(Run, ranked.c.any_place, ranked.c.same_place)
        .join(ranked, ranked.c.id == Run.id)
        .where(or_(ranked.c.any_place == 1, and_(ranked.c.same_place == 1, Run.verdict == "ok")))
    )
    last, good = {}, {}
    for one, any_place, same_place in rows:
        if any_place == 1:
            last[one.source] = one
        if same_place == 1 and one.verdict == "ok":
            good[one.source] = one
    return last, good


def _stale(last: Run | None, good: Run | None, now: datetime, limit_hours: int) -> bool:
    if good is None or good.finished_at is None:
        return last is not None
    return now - good.finished_at > timedelta(hours=limit_hours)


def _gap(source: Source, mode: str, last: Run | None, good: Run | None, stale: bool) -> str:
    if mode == "off":
        kept = f" Dữ liệu ở đây giữ theo lần đọc ngày {day(good.finished_at)}." if good else ""
        return f"{source.title} đang tắt, không được đọc.{kept}"
    if last is None:
        return f"{source.title} chưa được đọc lần nào."
    if good is None:
        if last.verdict == "failed":
            return f"{source.title} chưa đọc được. Điều này không có nghĩa là không có người bán."
        return f"{source.title} chưa có lần đọc đủ nào: số ở đây chỉ là phần đã thấy."
    since = day(good.finished_at)
    if last.verdict == "failed":
        return f"{source.title} chưa đọc lại được từ {since}. Số này không có nghĩa là người bán đã ngừng bán."
    if last.verdict == "held":
        held = f"Lần đọc mới nhất của {source.title} thiếu nhiều tin nên đang tạm giữ"
        return f"{held}; số giữ theo lần đọc đủ ngày {since}."
    return f"{source.title} chưa có lần đọc đủ nào từ {since}." if stale else ""
