"""The verbs of the sync: read sources, preview, take saved pages in, release a held run, tidy up.

Command line, worker and pages call these; each opens its own transactions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Lock
from typing import Any, cast
from urllib.parse import quote

from sqlalchemy import Engine, delete, insert, literal, select
from sqlalchemy.orm import Session, sessionmaker

from connectors import REGISTRY, parser_of
from connectors.client import PoliteClient
from connectors.contract import Page, RecordKind, Source
from marketplace.catalogue.models import IndexChange, PricePoint, Seller, Sighting
from marketplace.catalogue.rules import BOOKKEEPING, MODELS, Row
from marketplace.config import Config
from marketplace.db import now, writer
from marketplace.sync.closing import release as release_run
from marketplace.sync.engine import Progress, StoppedError, Sync
from marketplace.sync.lease import Busy, lease
from marketplace.sync.models import RecordChange, Run, RunProblem, StoredPage
from marketplace.sync.uploads import Uploads


class ActionError(Exception):
    """A verb can't be carried out as asked. One line for the person who asked."""


class PartlyRefusedError(ActionError):
    """Some sources were read (`runs`), others could not be begun."""

    def __init__(self, runs: list[Run], reasons: str) -> None:
        super().__init__(reasons)
        self.runs = runs


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One line of a preview: a record and what would become of it."""

    kind: str
    ref: str
    title: str
    outcome: str  # new, changed, revived, gone, missing
    fields: dict[str, tuple[object, object]]  # column → (now, then)


def sync(
    config: Config,
    engine: Engine,
    slugs: Sequence[str] = (),
    progress: Callable[[Progress], None] = lambda _: None,
) -> list[Run]:
    """Read the sources (all that are switched on, when none is named), side by side. Returns their finished runs.

    Raises ActionError for an unknown or switched-off source, lease.Busy when another process reads one of them.
    """
    chosen = _chosen(config, slugs)
    sessions = writer(engine)
    lock, stop = Lock(), Event()

    def one(slug: str) -> Run:
        with lease(sessions, f"sync:{slug}"):
            switch_mode(config, sessions, slug)
            with _client(config, slug, stop) as client:
                return _sync(config, slug, sessions, client, lock=lock, stop=stop, progress=progress).run()

    with ThreadPoolExecutor(max_workers=len(chosen)) as pool:
        futures = {slug: pool.submit(one, slug) for slug in chosen}
        try:
            wait(futures.values())
        except BaseException:
            stop.set()  # Ctrl+C: the threads end after the page at hand, their runs stay open
            raise
    tidy(config, engine)
    refused = {slug: error for slug, future in futures.items() if (error := future.exception()) is not None}
    runs = [future.result() for slug, future in futures.items() if slug not in refused]
    for error in refused.values():
        if not runs or not isinstance(error, ActionError | Busy):
            raise error
    if refused:
        raise PartlyRefusedError(runs, "; ".join(str(error) for error in refused.values()))
    return runs


def preview(
    config: Config, engine: Engine, slug: str, progress: Callable[[Progress], None] = lambda _: None
) -> tuple[Run, list[Difference]]:
    """Read a source on the real path and take everything back: what would change, record by record.

    On SQLite other writers wait until the preview has ended.
    """
    _chosen(config, [slug])
    with lease(writer(engine), f"sync:{slug}"):
        outer = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        with outer.connect() as connection, connection.begin() as transaction:
            sessions = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
            switch_mode(config, sessions, slug)
            with _client(config, slug) as client:
                run = _sync(config, slug, sessions, client, preview=True, progress=progress).run()
            with sessions() as session:
                differences = list(_differences(session, run.id))
            transaction.rollback()
    return run, differences


def ingest(config: Config, engine: Engine, slug: str, pages: Iterable[tuple[Source, Page]]) -> Run:
    """Take saved pages through the engine as a partial run: what they show is written, nothing is removed.

    Each page comes with the source as it stands at the page's own address (`saved.saved_page`).
    """
    sessions = writer(engine)
    with lease(sessions, f"sync:{slug}"), _client(config, slug) as client:
        switch_mode(config, sessions, slug)
        return _sync(config, slug, sessions, client).take_saved(pages)


def release(engine: Engine, run_id: int) -> Run:
    """Let a held run remove what it did not see. Raises ActionError when it is not held."""
    sessions = writer(engine)
    with sessions.begin() as session:
        run = session.get(Run, run_id)
        if run is None:
            raise ActionError(f"there is no run {run_id}")
        if run.verdict != "held":
            raise ActionError(f"run {run_id} is not held: its verdict is {run.verdict or 'not given yet'}")
        release_run(session, run, now())
        return run


def never_read(config: Config, engine: Engine) -> list[str]:
    """Sandbox sources that have no complete reading yet: the first start fills them, a later one finds them filled."""
    with Session(engine) as session:
        good = set(session.scalars(select(Run.source).where(Run.verdict == "ok", Run.mode == "sandbox").distinct()))
    return [slug for slug in REGISTRY if config.mode(slug) == "sandbox" and slug not in good]


def tidy(config: Config, engine: Engine) -> int:
    """Remove raw pages older than the configuration keeps them, and files officers left. Returns the number of pages'
    files removed."""
    oldest = now() - timedelta(days=config.sync.keep_pages_days)
    with writer(engine).begin() as session:
        session.execute(delete(StoredPage).where(StoredPage.fetched_at < oldest))
        kept = set(session.scalars(select(StoredPage.file).distinct()))
        running = select(Run.id).where(Run.finished_at.is_(None))
        alive = {f"-run{run_id}-" for run_id in session.scalars(running)}
    removed = 0
    for path in config.pages_folder.glob("*/*.warc.gz"):
        name = str(path.relative_to(config.pages_folder))
        if name not in kept and path.stat().st_mtime < oldest.timestamp() and not any(mark in name for mark in alive):
            path.unlink()
            removed += 1
    Uploads(config.uploads_folder).tidy(now())
    return removed


def _chosen(config: Config, slugs: Sequence[str]) -> list[str]:
    for slug in slugs:
        if slug not in REGISTRY:
            raise ActionError(f"{slug}: no such marketplace; known: {', '.join(REGISTRY)}")
        if config.mode(slug) == "off":
            raise ActionError(f'{slug} is switched off; set mode = "live" under [sources.{slug}] in config.toml')
    chosen = list(dict.fromkeys(slugs)) or [slug for slug in REGISTRY if config.mode(slug) != "off"]
    if not chosen:
        raise ActionError("every source is switched off in config.toml")
    return chosen


def mode_of(config: Config, slug: str) -> str:
    """What the records are: invented (sandbox) or real (live); a switched-off source takes saved real pages in."""
    return "sandbox" if config.mode(slug) == "sandbox" else "live"


def _client(config: Config, slug: str, stop: Event | None = None) -> PoliteClient:
    source = config.source(slug)
    sandbox = config.mode(slug) == "sandbox"
    # A header holds ASCII only.
    contact = f" (+{quote(config.site.contact, safe='@:/+., ')})" if config.site.contact else ""

    def pause(seconds: float) -> None:
        if stop is None:
            time.sleep(seconds)
        elif stop.wait(seconds):
            raise StoppedError(f"{slug}: stopped while waiting")

    return PoliteClient(
        user_agent=f"{config.sync.user_agent}{contact}",
        delay_s=source.delay_s,
        allow_loopback=sandbox,
        # In the sandbox a redirect to the real host must not be followed out of it.
        hosts=() if sandbox else source.hosts,
        connect_timeout_s=config.sync.connect_timeout_s,
        read_timeout_s=config.sync.read_timeout_s,
        total_timeout_s=config.sync.total_timeout_s,
        max_bytes=config.sync.max_page_bytes,
        attempts=config.sync.attempts,
        sleep=pause,
    )


def _sync(config: Config, slug: str, sessions: sessionmaker[Session], client: PoliteClient, **more: Any) -> Sync:
    source = config.source(slug)
    return Sync(
        parser=parser_of(source),
        source=source,
        mode=mode_of(config, slug),
        sessions=sessions,
        client=client,
        pages_folder=config.pages_folder,
        secret=config.secret(),
        **more,
    )


def switch_mode(config: Config, sessions: sessionmaker[Session], slug: str) -> None:
    """Invented records leave when a source goes live; real ones are never replaced by invented ones."""
    mode = mode_of(config, slug)
    with sessions.begin() as session:
        last = session.scalar(select(Run.mode).where(Run.source == slug).order_by(Run.id.desc()).limit(1))
        if last in (None, mode):
            return
        if mode == "sandbox":
            raise ActionError(
                f"{slug}: the catalogue holds what the live site said; a sandbox needs an instance folder of its own"
            )
        forget(session, slug)


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
    session.execute(delete(Run).where(Run.source == slug))


def _differences(session: Session, run_id: int) -> Iterable[Difference]:
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
