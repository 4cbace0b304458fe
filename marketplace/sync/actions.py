"""The verbs of the sync: read sources, preview, take saved pages in, release a held run, tidy up.

Command line, worker and pages call these; each opens its own transactions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext
from threading import Event, Lock

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from connectors import REGISTRY, parser_of
from connectors.contract import Page, Source
from marketplace.config import Config
from marketplace.db import now, writer
from marketplace.sync import decisions
from marketplace.sync.budget import note_pages_used, pages_used_by_day
from marketplace.sync.differences import Difference, differences
from marketplace.sync.engine import Progress
from marketplace.sync.errors import ActionError
from marketplace.sync.lease import Busy, lease
from marketplace.sync.models import READINGS, Run
from marketplace.sync.quarantine import Quarantine, quarantines
from marketplace.sync.replaying import Replay, files_of
from marketplace.sync.scratch import scratch
from marketplace.sync.setting import client_of, how_far, mode_of, switch_mode, sync_of
from marketplace.sync.tidying import tidy

__all__ = [
    "ActionError",
    "Difference",
    "PartlyRefusedError",
    "dismiss",
    "ingest",
    "never_read",
    "preview",
    "quarantined",
    "release",
    "replay",
    "sync",
    "tidy",
]


class DatabaseAwayError(ActionError):
    """The database could not be written: another program holds it, or its disk is full."""


@contextmanager
def _told_when_away() -> Iterator[None]:
    """One line instead of the driver's error; what was committed stays, the run is left open for the next start."""
    try:
        yield
    except OperationalError as error:
        kept = "what was read is kept, the same command goes on from here"
        raise DatabaseAwayError(f"the database can't be written: {error.orig}; {kept}") from error


class PartlyRefusedError(ActionError):
    """Some sources were read (`runs`), others could not be begun."""

    def __init__(self, runs: list[Run], reasons: str) -> None:
        super().__init__(reasons)
        self.runs = runs


@_told_when_away()
def sync(
    config: Config,
    engine: Engine,
    slugs: Sequence[str] = (),
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    full: bool | None = None,
    stop: Event | None = None,
) -> list[Run]:
    """Read the sources (all that are switched on, when none is named), side by side. Returns their finished runs.

    `full`: every list to its end, or (False) only what is new; None decides for each source (`_is_full_due`). `stop`:
    once set, the runs end after the page at hand and are left open.
    Raises ActionError for an unknown or switched-off source, lease.Busy when another process reads one of them,
    StoppedError when it was told to stop.
    """
    chosen = _chosen(config, slugs)
    sessions = writer(engine)
    lock, stop = Lock(), stop or Event()

    def one(slug: str) -> Run:
        with lease(sessions, f"sync:{slug}") as renew:
            switch_mode(config, sessions, slug)
            how = how_far(config, sessions, slug, full)
            more = {"lock": lock, "stop": stop, "progress": progress, "renew": renew}
            with client_of(config, slug, stop) as client:
                return sync_of(config, slug, sessions, client, **more, **how).run()

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


@_told_when_away()
def preview(
    config: Config,
    engine: Engine,
    slug: str,
    progress: Callable[[Progress], None] = lambda _: None,
    *,
    full: bool | None = None,
) -> tuple[Run, list[Difference]]:
    """Read a source on the real path, but into a copy of the catalogue: what would change, record by record.

    Others write meanwhile. The pages it asks for count against the day's limit: the site was asked.
    """
    _chosen(config, [slug])
    sessions = writer(engine)
    with lease(sessions, f"sync:{slug}") as renew, scratch(engine) as copy:
        switch_mode(config, copy, slug)
        how = how_far(config, copy, slug, full)
        with client_of(config, slug) as client:
            walk = sync_of(config, slug, copy, client, preview=True, progress=progress, renew=renew, **how)
            run = walk.run()
        with copy() as session:
            found = list(differences(session, run.id))
            used = pages_used_by_day(session, slug)
        with sessions.begin() as session:
            note_pages_used(session, slug, used)
    return run, found


@_told_when_away()
def replay(config: Config, engine: Engine, run_id: int, *, write: bool = False) -> tuple[Run, list[Difference]]:
    """Read the stored pages of a finished run again with today's parser: what would change, or (`write`) has changed.

    Pages the site answered with "unchanged" lie with the run that fetched them. Raises ActionError for a run that is
    not there, still open, of another mode than its source, or without stored pages.
    """
    sessions = writer(engine)
    with sessions() as session:
        of_run = _replayable(config, session, run_id)
    source = config.source(of_run.source)
    with lease(sessions, f"sync:{source.slug}") as renew, nullcontext(sessions) if write else scratch(engine) as target:
        again = Replay(
            parser=parser_of(source),
            source=source,
            of_run=of_run,
            sessions=target,
            pages_folder=config.pages_folder,
            secret=config.secret(),
            clock=now,
            renew=renew,
        )
        run = again.run()
        with target() as session:
            return run, list(differences(session, run.id))


def _replayable(config: Config, session: Session, run_id: int) -> Run:
    run = session.get(Run, run_id)
    if run is None:
        raise ActionError(f"there is no run {run_id}")
    if run.kind not in READINGS:
        raise ActionError(f"run {run_id} is no reading of the site (it is of kind {run.kind})")
    if run.finished_at is None:
        raise ActionError(f"run {run_id} has not ended")
    if run.mode != mode_of(config, run.source):
        raise ActionError(f"run {run_id} is of mode {run.mode}, not the one {run.source} is in now")
    if not files_of(config.pages_folder, run):
        raise ActionError(f"the pages of run {run_id} are not kept any more (or it met none that had changed)")
    return run


@_told_when_away()
def ingest(config: Config, engine: Engine, slug: str, pages: Iterable[tuple[Source, Page]]) -> Run:
    """Take saved pages through the engine as a partial run: what they show is written, nothing is removed.

    Each page comes with the source as it stands at the page's own address (`saved.saved_page`).
    """
    sessions = writer(engine)
    with lease(sessions, f"sync:{slug}"), client_of(config, slug) as client:
        switch_mode(config, sessions, slug)
        return sync_of(config, slug, sessions, client).take_saved(pages)


@_told_when_away()
def release(engine: Engine, run_id: int, who: str = "", why: str = "") -> Run:
    """Let a held run remove what it did not see. Raises ActionError when it is not held."""
    with writer(engine).begin() as session:
        run = _held(session, run_id)
        decisions.release(session, run, now(), who, why)
        return run


@_told_when_away()
def dismiss(engine: Engine, run_id: int, who: str, why: str) -> Run:
    """Keep what a held run did not see: it becomes a partial run; the next full one is judged anew.

    Raises ActionError when it is not held, or nobody says why.
    """
    if not why.strip():
        raise ActionError("say why: the reason is kept with the run")
    with writer(engine).begin() as session:
        run = _held(session, run_id)
        decisions.dismiss(session, run, now(), who, why.strip())
        return run


def _held(session: Session, run_id: int) -> Run:
    run = session.get(Run, run_id)
    if run is None:
        raise ActionError(f"there is no run {run_id}")
    if run.verdict != "held":
        raise ActionError(f"run {run_id} is not held: its verdict is {run.verdict or 'not given yet'}")
    return run


def quarantined(engine: Engine) -> Mapping[str, Quarantine]:
    """Sources the schedule leaves alone, but for a probe (`Quarantine.is_probe_due`). Read by hand, one run ends it."""
    with Session(engine) as session:
        return quarantines(session)


def never_read(config: Config, engine: Engine) -> list[str]:
    """Sandbox sources that have no complete reading yet: the first start fills them, a later one finds them filled."""
    with Session(engine) as session:
        good = set(session.scalars(select(Run.source).where(Run.verdict == "ok", Run.mode == "sandbox").distinct()))
    return [slug for slug in REGISTRY if config.mode(slug) == "sandbox" and slug not in good]


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
