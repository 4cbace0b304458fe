"""The walk over one source: fetch → keep the raw page → parse → write, one transaction per page.

A page is fetched while the one before it is written; it is asked for only when that one lies on disk. The pages still
to fetch stand in the database, so a run that is killed at any moment goes on from there: at most the page in flight is
fetched again.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from threading import Event, Lock

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from connectors.client import Fetched, FetchError, PoliteClient, Validators
from connectors.contract import Get, Page, Parser, Source
from marketplace.db import now
from marketplace.sync.budget import day_of, pages_used
from marketplace.sync.closing import close_run
from marketplace.sync.frontier import Frontier, Item
from marketplace.sync.models import READINGS, Run, StoredPage
from marketplace.sync.pages import PageStore, left_over, read_page
from marketplace.sync.taking import PageTaker

log = logging.getLogger(__name__)

# A run that was left longer than this is not taken up again: what it saw is too old to be one picture.
TAKE_UP_WITHIN = timedelta(hours=24)
_RENEW_S = 60.0  # the lease
# Answers that say "there is none for you": an end for most pages, but not for one that need not be there.
_NO_SUCH_PAGE = frozenset({"not_found", "robots", "http_error"})


class StoppedError(Exception):
    """The run was asked to stop. It is left open: the next start goes on where it was."""


@dataclass(slots=True)
class Progress:
    """How far a run is, in pages; `known` grows while lists are read. `records`: new ones so far."""

    source: str
    read: int = 0
    known: int = 0
    records: int = 0


@dataclass(kw_only=True)
class Sync:
    """One run of one source. `sessions` write; `lock` keeps the threads of this process from waiting on each other."""

    parser: Parser
    source: Source
    mode: str  # live or sandbox
    sessions: sessionmaker[Session]
    client: PoliteClient
    pages_folder: Path
    secret: bytes
    lock: Lock = field(default_factory=Lock)
    stop: Event = field(default_factory=Event)  # set: the walk ends after the page at hand, and can be taken up again
    full: bool = True  # False: only what is new on the lists, since `since`
    since: datetime | None = None
    details_a_day: int | None = None  # own pages of records that may be read on one day
    renew: Callable[[], None] = lambda: None  # puts the end of the source's lease off
    preview: bool = False  # everything will be rolled back: begin anew, and keep no page for good
    progress: Callable[[Progress], None] = lambda _: None
    clock: Callable[[], datetime] = now
    kept: Mapping[str, Page] = field(default_factory=dict)  # pages a killed run had fetched and not written

    def run(self) -> Run:
        """Walk the source to its end and close the run. Raises nothing that a site can cause."""
        self.state = Progress(self.source.slug)
        with self._transaction() as session:
            left = None if self.preview else self._take_up(session)
            run = left or self._begin(session, "full" if self.full else "incremental")
            self._open(run)
            if run.resumed:
                self.frontier.take_up(session.connection())
                self.kept = self._left_over(session, run)
                log.info("%s: run %d goes on where it was left", self.source.slug, run.id)
            else:
                self.frontier.add(session.connection(), self._start(run), {}, self.clock())
            self.state.read = run.pages + run.failed
        try:
            with self._connected():
                stopped_by = self._walk()
        finally:
            self.store.close()
            if self._scratch:
                self._scratch.cleanup()
        return self._close(stopped_by)

    def take_saved(self, pages: Iterable[tuple[Source, Page]]) -> Run:
        """Write what saved pages show, as a run of its own; nothing they link to is fetched.

        Each page comes with the source as it stands at the page's own address.
        """
        self.state = Progress(self.source.slug)
        with self._transaction() as session:
            self._open(self._begin(session, "pages"))
        try:
            with self._connected():
                for source, page in pages:
                    with self._page_transaction() as connection:
                        item = self.frontier.add_saved(connection, page.get)
                    self.pages.take(item, page, source, *self.pages.keep(page), follow=False)
        finally:
            self.store.close()
        return self._close("")

    def _start(self, run: Run) -> Iterator[Get]:
        return self.parser.start(self.source, None if run.kind == "full" else self.since)

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with self.lock, self.sessions.begin() as session:
            yield session

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """One connection for all pages: taking a session for each would cost more than what it runs."""
        bind: Engine | Connection = self.sessions.kw["bind"]
        if isinstance(bind, Connection):
            self.connection = bind
            yield
        else:
            with bind.connect() as self.connection:
                yield

    @contextmanager
    def _page_transaction(self) -> Iterator[Connection]:
        """The transaction of one page; inside a preview, which takes everything back, a savepoint."""
        one = self.connection
        with self.lock, one.begin_nested() if one.in_transaction() else one.begin():
            yield one

    def _take_up(self, session: Session) -> Run | None:
        """The run that was left unfinished, if it is recent; an older one is closed as abandoned."""
        at = self.clock()
        left = session.scalars(
            select(Run)
            .where(Run.source == self.source.slug, Run.finished_at.is_(None), Run.kind.in_(READINGS))
            .order_by(Run.id.desc())
        ).all()
        run = None
        for one in left:
            newest = select(func.max(StoredPage.fetched_at)).where(StoredPage.run_id == one.id)
            last_page = session.scalar(newest) or one.started_at
            wanted = one.kind == "full" or not self.full
            # A last page far ahead of now: the clock went back, and nobody knows how old it is.
            if run is None and wanted and abs(at - last_page) <= TAKE_UP_WITHIN:
                run = one
                run.resumed += 1
            else:
                close_run(session, self.source, one.id, "abandoned", at)
        return run

    def _begin(self, session: Session, kind: str) -> Run:
        last = session.scalar(select(func.max(Run.finished_at)).where(Run.source == self.source.slug))
        run = Run(source=self.source.slug, mode=self.mode, kind=kind, started_at=_not_before(last, self.clock()))
        session.add(run)
        session.flush()
        session.refresh(run)
        return run

    def _open(self, run: Run) -> None:
        self.run_id = run.id
        self.frontier = Frontier(self.source, run.id)
        self._scratch = tempfile.TemporaryDirectory() if self.preview else None
        folder = Path(self._scratch.name) if self._scratch else self.pages_folder
        self.store = PageStore(folder, self._file_name(run, run.resumed))
        self.pages = PageTaker(
            parser=self.parser,
            source=self.source,
            run_id=run.id,
            kind=run.kind,
            begun=run.started_at,
            secret=self.secret,
            frontier=self.frontier,
            store=self.store,
            transaction=self._page_transaction,
            clock=self.clock,
        )
        self._renewed = time.monotonic()

    def _file_name(self, run: Run, resumed: int) -> str:
        return f"{self.source.slug}/{run.started_at:%Y-%m-%d}-run{run.id}-{resumed}.warc.gz"

    def _left_over(self, session: Session, run: Run) -> dict[str, Page]:
        """The pages behind the last one that the killed run has written."""
        name = self._file_name(run, run.resumed - 1)
        last = session.scalar(select(func.max(StoredPage.offset)).where(StoredPage.file == name))
        return {page.get.url: page for page in left_over(self.pages_folder, name, last)}

    def _close(self, stopped_by: str) -> Run:
        with self._transaction() as session:
            return close_run(session, self.source, self.run_id, stopped_by, self.clock())

    def _walk(self) -> str:
        """Read page after page; returns the problem code that ended the walk early, or ""."""
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"fetch {self.source.slug}") as fetcher:
            while True:
                with self._page_transaction() as connection:
                    batch = self._within_limit(connection, self.frontier.todo(connection))
                if not batch:
                    return ""
                stopped_by = self._read_batch(fetcher, batch)
                if stopped_by:
                    return stopped_by

    def _within_limit(self, connection: Connection, batch: Sequence[Item]) -> Sequence[Item]:
        """As many of these pages as may be read today. Who is there stands on the lists: they have no limit."""
        if self.details_a_day is None or not batch or batch[0].is_list:
            return batch
        used = pages_used(connection, self.source.slug, day_of(self.clock()))
        return batch[: max(0, self.details_a_day - used)]

    def _read_batch(self, fetcher: ThreadPoolExecutor, batch: Sequence[Item]) -> str:
        """Read these pages; returns the problem code that ends the walk early, or ""."""
        coming: Future[Fetched] | None = None
        for item, following in zip_longest(batch, batch[1:]):
            if self.stop.is_set():
                raise StoppedError(f"{self.source.slug}: stopped after {self.state.read} pages")
            try:
                fetched = (coming or fetcher.submit(self._fetch, item)).result()
            except FetchError as error:
                coming = None
                if is_absence(item.get, error.code):
                    self.state.records += self.pages.take(
                        item, absent(item.get, error, self.clock()), self.source, None, []
                    )
                else:
                    self.pages.fail(item, error)
                    if error.stop:
                        return error.code
            else:
                page = Page(
                    get=item.get,
                    status=fetched.status,
                    headers=fetched.headers,
                    body=fetched.body,
                    fetched_at=fetched.fetched_at,
                )
                offset, problems = self.pages.keep(page)
                # Only with this page on disk: two pages that a kill could lose are never on the way.
                coming = fetcher.submit(self._fetch, following) if following and offset is not None else None
                self.state.records += self.pages.take(item, page, self.source, offset, problems)
            self.state.read += 1
            self.state.known = len(self.frontier)
            self.progress(self.state)
            if time.monotonic() - self._renewed > _RENEW_S:
                self._renewed = time.monotonic()
                self.renew()
        return ""

    def _fetch(self, item: Item) -> Fetched:
        """The page; with status 304 its body is the one we kept."""
        kept = self.kept.get(item.get.url)
        if kept is not None:
            return Fetched(
                url=kept.get.url, status=kept.status, headers=kept.headers, body=kept.body, fetched_at=kept.fetched_at
            )
        old = item.stored
        if old is not None and (old.etag or old.last_modified):
            validators = Validators(etag=old.etag, last_modified=old.last_modified)
            fetched = self.client.get(item.get.url, accept=item.get.accept, validators=validators)
            if fetched.status != 304:
                return fetched
            body = read_page(self.pages_folder, old.file, old.offset, item.get.url)
            if body is not None:
                return Fetched(
                    url=fetched.url, status=304, headers=fetched.headers, body=body, fetched_at=fetched.fetched_at
                )
        return self.client.get(item.get.url, accept=item.get.accept)


def _not_before(last: datetime | None, at: datetime) -> datetime:
    """`at`, or the end of the run before where the clock was set back a little: times of a source never go back.

    A clock that is days off is believed: it was wrong before.
    """
    return last if last is not None and at < last <= at + TAKE_UP_WITHIN else at


def is_absence(get: Get, code: str) -> bool:
    """Is this problem an answer: a page that need not be there is not?

    A shop may refuse (403) the address of software it does not run. Refusing the page of a record it refuses us.
    """
    return get.optional and (code in _NO_SUCH_PAGE or (code == "blocked" and get.record is None))


def absent(get: Get, error: FetchError, at: datetime) -> Page:
    """What `parse` is given where a page that need not be there is not."""
    return Page(get=get, status=error.status or 404, headers={}, body=b"", fetched_at=at)
