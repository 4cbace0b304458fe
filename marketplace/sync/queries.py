"""Reads of the runs: how each source stands, and what one run found. Each makes a fixed number of SQL statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.contract import Source
from marketplace.catalogue.models import Listing, Seller
from marketplace.config import Config
from marketplace.sync.budget import pages_used as pages_used_on
from marketplace.sync.models import READINGS, Run, RunProblem
from marketplace.sync.quarantine import Quarantine, quarantines
from marketplace.web.formats import day

LAST_RUNS = 12
EXAMPLES = 5  # of one problem code, on the page of a run


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """One connected source.

    `last` is its newest finished run, `good` the newest that was complete and believed (who is there and who went is
    as old as that), `fresh` the newest that brought what is new without a fault: a good one, or an incremental one.
    """

    source: Source
    mode: str
    last: Run | None
    good: Run | None
    fresh: Run | None
    quarantine: Quarantine | None  # resting, since its last readings all failed
    stale: bool
    gap: str  # a sentence for the reader, "" when nothing is missing

    @property
    def slug(self) -> str:
        return self.source.slug

    @property
    def read_at(self) -> datetime | None:
        """The age of what is said of who is there."""
        return self.good.finished_at if self.good else None

    @property
    def fresh_at(self) -> datetime | None:
        """The age of the newest news."""
        return self.fresh.finished_at if self.fresh else None


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """The problems of one code in a run. `examples` are the first few."""

    code: str
    count: int
    examples: tuple[RunProblem, ...]


def newest_run_id(session: Session) -> int:
    """Changes whenever a run has ended; 0 when none has."""
    return session.scalar(select(func.max(Run.id)).where(Run.finished_at.is_not(None))) or 0


def holds_invented(session: Session) -> bool:
    """Does the catalogue hold records read from a sandbox?"""
    return session.scalar(select(Run.id).where(Run.mode == "sandbox").limit(1)) is not None


def states(session: Session, config: Config, now: datetime) -> dict[str, SourceState]:
    """How every connected source stands, by slug, in the order of the registry. Two statements."""
    newest, resting = _newest(session), quarantines(session)
    found = {}
    for slug in REGISTRY:
        source, mode, runs = config.source(slug), config.mode(slug), newest.get(slug, _NEVER)
        rest = resting.get(slug)
        stale = _stale(source, runs, now, config.sync.full_every_days)
        gap = _gap(source, mode, runs, stale, rest)
        found[slug] = SourceState(source=source, mode=mode, **runs._asdict(), quarantine=rest, stale=stale, gap=gap)
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
    return list(session.scalars(finished.order_by(Run.id.desc()).limit(limit)))


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


def pages_used(session: Session, slug: str, day: date) -> int:
    """Own pages of a source's records asked for on a day of Vietnam's (`budget.day_of`). One statement."""
    return pages_used_on(session.connection(), slug, day)


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


class _Newest(NamedTuple):
    """The newest finished run of a source, the newest good one, the newest that brought what is new."""

    last: Run | None = None
    good: Run | None = None
    fresh: Run | None = None


_NEVER = _Newest()


def _newest(session: Session) -> dict[str, _Newest]:
    """By slug. The order is that of the numbers: the clock may have been set back.

    A file or a replay says nothing of how the site stands: it is the newest only where nothing else was read.
    """
    rows = session.execute(_newest_runs())
    found: dict[str, _Newest] = defaultdict(_Newest)
    for run, *is_newest in rows:
        told = {name: run for name, is_it in zip(_Newest._fields, is_newest, strict=True) if is_it}
        found[run.source] = found[run.source]._replace(**told)
    return found


@cache
def _newest_runs() -> Select[Run, bool, bool, bool]:
    """The statement of `_newest`: nearly every page makes it."""
    good = Run.verdict == "ok"
    fresh = or_(good, and_(Run.kind == "incremental", Run.reason == "incremental"))
    order = (Run.kind.not_in(READINGS), Run.id.desc())
    places = [
        func.row_number().over(partition_by=partition, order_by=order).label(name)
        for name, partition in (("last", (Run.source,)), ("good", (Run.source, good)), ("fresh", (Run.source, fresh)))
    ]
    ranked = select(Run.id, *places, good.label("is_good"), fresh.label("is_fresh"))
    place = ranked.where(Run.finished_at.is_not(None)).subquery()
    is_good = and_(place.c.good == 1, place.c.is_good)
    is_fresh = and_(place.c.fresh == 1, place.c.is_fresh)
    return (
        select(Run, place.c.last == 1, is_good, is_fresh)
        .join(place, place.c.id == Run.id)
        .where(or_(place.c.last == 1, is_good, is_fresh))
    )


def _stale(source: Source, runs: _Newest, now: datetime, full_every_days: int) -> bool:
    """Is what we show of a source too old? Its news may be `stale_after_hours` old; who is there, where only a full run
    tells that, as much older as full runs lie apart."""
    if runs.good is None or runs.good.finished_at is None:
        return runs.last is not None
    if runs.fresh is None or runs.fresh.finished_at is None:  # a good run is a fresh one
        return True
    limit = timedelta(hours=source.stale_after_hours)
    apart = timedelta(days=full_every_days) if runs.fresh.kind == "incremental" else timedelta()
    # Told to be far in the future: the clock was wrong then, and the true age is not known.
    return not (
        -limit <= now - runs.fresh.finished_at <= limit and -limit <= now - runs.good.finished_at <= limit + apart
    )


def _gap(source: Source, mode: str, runs: _Newest, stale: bool, rest: Quarantine | None) -> str:
    last, good = runs.last, runs.good
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
    if rest:
        return (
            f"{source.title} không đọc được từ {day(rest.since)} nên đang tạm nghỉ đọc, thử lại mỗi tuần. "
            f"Số ở đây giữ theo lần đọc đủ ngày {since}, không có nghĩa là người bán đã ngừng bán."
        )
    if last.verdict == "failed":
        return f"{source.title} chưa đọc lại được từ {since}. Số này không có nghĩa là người bán đã ngừng bán."
    if last.verdict == "held":
        held = f"Lần đọc mới nhất của {source.title} thiếu nhiều tin nên đang tạm giữ"
        return f"{held}; số giữ theo lần đọc đủ ngày {since}."
    return f"{source.title} chưa có lần đọc đủ nào từ {since}." if stale else ""
