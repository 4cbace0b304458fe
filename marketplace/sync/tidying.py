"""What an installation does not keep for ever, and runs nobody will go on with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.contract import RecordKind
from marketplace.catalogue.models import Correction, IndexChange, PricePoint, SearchMiss, Sighting
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config
from marketplace.db import now, writer
from marketplace.sync.budget import day_of
from marketplace.sync.closing import close_run
from marketplace.sync.engine import TAKE_UP_WITHIN
from marketplace.sync.lease import is_held
from marketplace.sync.models import PageUse, RecordChange, Run, RunProblem, StoredPage
from marketplace.sync.uploads import Uploads


@dataclass(frozen=True, kw_only=True)
class Tidied:
    """What was removed and closed, or would be."""

    files: int  # of raw pages
    bytes: int
    changes: int  # lines of the journals of runs
    problems: int
    misses: int  # counts of searches without hits
    closed: tuple[int, ...]  # runs that nobody went on with

    def __bool__(self) -> bool:
        return bool(self.files or self.changes or self.problems or self.misses or self.closed)

    def __str__(self) -> str:
        runs = f"; runs closed as abandoned: {', '.join(map(str, self.closed))}" if self.closed else ""
        return (
            f"{self.files} files of raw pages ({self.bytes} bytes), {self.changes} changes, "
            f"{self.problems} problems, {self.misses} counts of searches without hits removed{runs}"
        )


def tidy(config: Config, engine: Engine, *, dry_run: bool = False) -> Tidied:
    """Remove raw pages, changes, problems and counts of searches older than the configuration keeps them, and files
    officers left; close abandoned runs.

    `dry_run`: tell what would be done, and do nothing. What a held run waits with is kept until a person has decided.
    """
    at = now()
    pages_since = at - timedelta(days=config.sync.keep_pages_days)
    changes_since = at - timedelta(days=config.sync.keep_changes_days)
    session = writer(engine)()
    try:
        closed = tuple(_close_abandoned(session, config, at))
        session.execute(delete(StoredPage).where(StoredPage.fetched_at < pages_since))
        held = select(Run.id).where(Run.verdict == "held")
        changes = delete(RecordChange).where(RecordChange.at < changes_since, RecordChange.run_id.not_in(held))
        ended = select(Run.id).where(Run.finished_at < changes_since, Run.verdict != "held")
        problems = delete(RunProblem).where(RunProblem.run_id.in_(ended))
        misses = delete(SearchMiss).where(SearchMiss.day < day_of(at - timedelta(days=config.search.keep_misses_days)))
        counts = [session.execute(one).rowcount for one in (changes, problems, misses)]  # type: ignore[attr-defined]  # of a DELETE it is a CursorResult
        session.execute(delete(PageUse).where(PageUse.day < day_of(changes_since)))
        files = list(_old_files(config, session, pages_since))
        size = sum(path.stat().st_size for path in files)
        if dry_run:
            session.rollback()
        else:
            session.commit()
            for path in files:
                path.unlink(missing_ok=True)
            Uploads(config.uploads_folder).tidy(at)
    finally:
        session.close()
    return Tidied(files=len(files), bytes=size, changes=counts[0], problems=counts[1], misses=counts[2], closed=closed)


def _close_abandoned(session: Session, config: Config, at: datetime) -> Iterator[int]:
    """Close runs that were left open too long to be taken up, and that nobody works on; yields their numbers."""
    for run in session.scalars(select(Run).where(Run.finished_at.is_(None)).order_by(Run.id)).all():
        newest = select(func.max(StoredPage.fetched_at)).where(StoredPage.run_id == run.id)
        last_page = session.scalar(newest) or run.started_at
        recent = abs(at - last_page) <= TAKE_UP_WITHIN
        if not recent and run.source in REGISTRY and not is_held(session, f"sync:{run.source}", at):
            close_run(session, config.source(run.source), run.id, "abandoned", at)
            yield run.id


def _old_files(config: Config, session: Session, oldest: datetime) -> Iterator[Path]:
    """Files of raw pages that are old and hold no newest page, nor belong to a run that goes on."""
    kept = set(session.scalars(select(StoredPage.file).distinct()))
    alive = {f"-run{run_id}-" for run_id in session.scalars(select(Run.id).where(Run.finished_at.is_(None)))}
    for path in config.pages_folder.glob("*/*.warc.gz"):
        name = str(path.relative_to(config.pages_folder))
        if name not in kept and path.stat().st_mtime < oldest.timestamp() and not any(mark in name for mark in alive):
            yield path


def forget(session: Session, slug: str) -> None:
    """Remove every record and run of a source."""
    runs = select(Run.id).where(Run.source == slug)
    order: tuple[RecordKind, ...] = ("listing", "request", "seller")  # listings refer to sellers
    for kind in order:
        model = MODELS[kind]
        ids = select(model.id).where(model.source == slug)
        session.execute(
            insert(IndexChange).from_select(["kind", "record_id"], select(literal(kind), ids.subquery().c.id))
        )
        if kind == "listing":
            session.execute(delete(PricePoint).where(PricePoint.listing_id.in_(ids)))
        session.execute(delete(Sighting).where(Sighting.kind == kind, Sighting.record_id.in_(ids)))
        session.execute(delete(model).where(model.source == slug))
    for table in (RecordChange, RunProblem, StoredPage):
        session.execute(delete(table).where(table.run_id.in_(runs)))
    for owned in (PageUse, Correction):
        session.execute(delete(owned).where(owned.source == slug))
    session.execute(delete(Run).where(Run.source == slug))
