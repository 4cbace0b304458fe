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
from typing import cast

from sqlalchemy import Connection, Engine, Table, bindparam, func, insert, select, update
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session, sessionmaker

from connectors.client import Fetched, FetchError, PoliteClient, Validators
from connectors.contract import (
    Get,
    ListingRecord,
    Page,
    Parser,
    Problem,
    Record,
    RequestRecord,
    SellerRecord,
    Source,
)
from connectors.problems import PROBLEMS
from marketplace.db import now
from marketplace.sync.closing import close_run
from marketplace.sync.frontier import Frontier, Item
from marketplace.sync.lease import renew
from marketplace.sync.models import Run, RunProblem, StoredPage
from marketplace.sync.pages import Kept, PageStore, left_over, read_page
from marketplace.sync.writing import PageWriter

log = logging.getLogger(__name__)

# A run that was left longer than this is not taken up again: what it saw is too old to be one picture.
TAKE_UP_WITHIN = timedelta(hours=24)
_RENEW_S = 60.0  # the lease

# Built once: they run for every page.
_RUN, _PROBLEM, _STORED = (cast(Table, model.__table__) for model in (Run, RunProblem, StoredPage))
_NOTE_PROBLEMS, _STORE = insert(_PROBLEM), insert(_STORED)
_STORE_AGAIN = update(_STORED).where(_STORED.c.source == bindparam("of_source"), _STORED.c.url == bindparam("of_url"))
_COUNT_PAGE = (
    update(_RUN)
    .where(_RUN.c.id == bindparam("this_run"))
    .values(
        pages=_RUN.c.pages + bindparam("read"),
        failed=_RUN.c.failed + bindparam("not_read"),
        bytes=_RUN.c.bytes + bindparam("size"),
    )
)


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
    preview: bool = False  # everything will be rolled back: begin anew, and keep no page for good
    progress: Callable[[Progress], None] = lambda _: None
    clock: Callable[[], datetime] = now
    kept: Mapping[str, Kept] = field(default_factory=dict)  # pages a killed run had fetched and not written

    def run(self) -> Run:
        """Walk the source to its end and close the run. Raises nothing that a site can cause."""
        self.state = Progress(self.source.slug)
        with self._transaction() as session:
            left = None if self.preview else self._take_up(session)
            run = left or self._begin(session, "full")
            self._open(run)
            if run.resumed:
                self.frontier.take_up(session.connection())
                self.kept = self._left_over(session, run)
                log.info("%s: run %d goes on where it was left", self.source.slug, run.id)
            else:
                self.frontier.add(session.connection(), self.parser.start(self.source, None), {}, self.clock())
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
                    self._take(item, page, source, *self._keep(page), follow=False)
        finally:
            self.store.close()
        return self._close("")

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
            .where(Run.source == self.source.slug, Run.finished_at.is_(None), Run.kind == "full")
            .order_by(Run.id.desc())
        ).all()
        run = None
        for one in left:
            newest = select(func.max(StoredPage.fetched_at)).where(StoredPage.run_id == one.id)
            last_page = session.scalar(newest) or one.started_at
            if run is None and at - last_page <= TAKE_UP_WITHIN:
                run = one
                run.resumed += 1
            else:
                close_run(session, self.source, one.id, "abandoned", at)
        return run

    def _begin(self, session: Session, kind: str) -> Run:
        run = Run(source=self.source.slug, mode=self.mode, kind=kind, started_at=self.clock())
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
        self._renewed = time.monotonic()

    def _file_name(self, run: Run, resumed: int) -> str:
        return f"{self.source.slug}/{run.started_at:%Y-%m-%d}-run{run.id}-{resumed}.warc.gz"

    def _left_over(self, session: Session, run: Run) -> dict[str, Kept]:
        """The pages behind the last one that the killed run has written."""
        name = self._file_name(run, run.resumed - 1)
        last = session.scalar(select(func.max(StoredPage.offset)).where(StoredPage.file == name))
        return {page.url: page for page in left_over(self.pages_folder, name, last)}

    def _close(self, stopped_by: str) -> Run:
        with self._transaction() as session:
            return close_run(session, self.source, self.run_id, stopped_by, self.clock())

    def _walk(self) -> str:
        """Read page after page; returns the problem code that ended the walk early, or ""."""
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"fetch {self.source.slug}") as fetcher:
            while True:
                with self._page_transaction() as connection:
                    batch = self.frontier.todo(connection)
                if not batch:
                    return ""
                stopped_by = self._read_batch(fetcher, batch)
                if stopped_by:
                    return stopped_by

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
                self._fail(item, error)
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
                offset, problems = self._keep(page)
                # Only with this page on disk: two pages that a kill could lose are never on the way.
                coming = fetcher.submit(self._fetch, following) if following and offset is not None else None
                self._take(item, page, self.source, offset, problems)
            self.state.read += 1
            self.state.known = len(self.frontier)
            self.progress(self.state)
            if time.monotonic() - self._renewed > _RENEW_S:
                self._renewed = time.monotonic()
                with self._page_transaction() as connection, Session(connection) as session:
                    renew(session, f"sync:{self.source.slug}", self.clock())
                    session.flush()
        return ""

    def _keep(self, page: Page) -> tuple[int | None, list[Problem]]:
        """The raw page on disk: its offset in the file; None for one that lies there already or can't be kept."""
        if page.status == 304:
            return None, []
        try:
            return self.store.add(page.get.url, page.status, page.headers, page.body, page.fetched_at), []
        except OSError as error:
            problem = Problem(code="page_not_kept", ref=page.get.ref, detail=error.strerror or str(error))
            return None, [problem]

    def _fetch(self, item: Item) -> Fetched:
        """The page; with status 304 its body is the one we kept."""
        kept = self.kept.get(item.get.url)
        if kept is not None:
            return Fetched(
                url=kept.url, status=kept.status, headers=kept.headers, body=kept.body, fetched_at=kept.fetched_at
            )
        old = item.stored
        if old is not None and (old.etag or old.last_modified):
            validators = Validators(etag=old.etag, last_modified=old.last_modified)
            fetched = self.client.get(item.get.url, validators=validators)
            if fetched.status != 304:
                return fetched
            body = read_page(self.pages_folder, old.file, old.offset, item.get.url)
            if body is not None:
                return Fetched(
                    url=fetched.url, status=304, headers=fetched.headers, body=body, fetched_at=fetched.fetched_at
                )
        return self.client.get(item.get.url)

    def _fail(self, item: Item, error: FetchError) -> None:
        # The page of one record may vanish between the list and us: told, but no failure of the run.
        vanished = error.code == "not_found" and item.get.record is not None
        problem = Problem(code=error.code, ref=item.get.ref, detail=error.detail)
        with self._page_transaction() as connection:
            self._settle(connection, item, [problem], "" if vanished else error.code, 0)

    def _take(
        self,
        item: Item,
        page: Page,
        source: Source,
        offset: int | None,
        noted: Sequence[Problem],
        follow: bool = True,
    ) -> None:
        """Parse a page and write what it says, in one transaction. `source`: as it stands at the page's address.

        `offset`: where the raw page lies, if it was kept now; `noted`: problems met before.
        """
        at = page.fetched_at.replace(microsecond=0)
        records, gets, problems = self._read(page, source)
        failure = failure_of(item.get, records, problems)
        further = [get for get in gets if get.record is None]
        empty = any(one.code == "empty_list" for one in problems)
        if item.get.record is None and self.frontier.repeats(item.get.url, records, empty) and further:
            problems.append(Problem(code="paging_loop", detail="this page of the list repeats an earlier one"))
            gets = [get for get in gets if get.record is not None]
        try:
            with self._page_transaction() as connection:
                writer = PageWriter(connection, self.source, self.run_id, self.secret)
                written, more = writer.write(records, item.get.kind, at, historic=not follow)
                if follow:
                    self.frontier.add(connection, gets, written, self.clock())
                    if offset is not None:
                        self._remember(connection, item, page, offset, at)
                self._settle(connection, item, [*noted, *problems, *more], failure, len(page.body))
        except (DataError, ValueError) as error:
            # A value the database refuses: this page is not read; without this it would end every later start, too.
            log.exception("%s: %s could not be written", self.source.slug, page.get.url)
            refused = Problem(code="parser_error", ref=item.get.ref, detail=f"{type(error).__name__}: {error}"[:300])
            with self._page_transaction() as connection:
                self._settle(connection, item, [refused], "parser_error", len(page.body))
            return
        self.state.records += sum(1 for one in written.values() if one.outcome == "new")

    def _read(self, page: Page, source: Source) -> tuple[list[Record], list[Get], list[Problem]]:
        """What the connector makes of a page, sorted by kind; a parser's own fault becomes a problem."""
        records: list[Record] = []
        gets: list[Get] = []
        problems: list[Problem] = []
        try:
            for item in self.parser.parse(source, page):
                if isinstance(item, SellerRecord | ListingRecord | RequestRecord):
                    records.append(item)
                elif isinstance(item, Get):
                    gets.append(item)
                else:
                    problems.append(item)
        except Exception as error:
            log.exception("%s: the parser failed on %s", self.source.slug, page.get.url)
            problems.append(Problem(code="parser_error", ref=page.get.ref, detail=f"{type(error).__name__}: {error}"))
        return records, gets, problems

    def _remember(self, connection: Connection, item: Item, page: Page, offset: int, at: datetime) -> None:
        values = {
            "run_id": self.run_id,
            "fetched_at": at,
            "etag": page.headers.get("etag", ""),
            "last_modified": page.headers.get("last-modified", ""),
            "file": self.store.name,
            "offset": offset,
        }
        if item.stored is None:
            connection.execute(_STORE, {"source": self.source.slug, "url": item.get.url, **values})
        else:
            connection.execute(_STORE_AGAIN, {"of_source": self.source.slug, "of_url": item.get.url, **values})

    def _settle(self, connection: Connection, item: Item, problems: list[Problem], failure: str, size: int) -> None:
        """The page is done: its problems, its state, the run's counters."""
        if problems:
            url = item.get.url
            rows = [
                {"run_id": self.run_id, "code": one.code, "ref": one.ref, "url": url, "detail": one.detail[:1000]}
                for one in problems
            ]
            connection.execute(_NOTE_PROBLEMS, rows)
        self.frontier.settle(connection, item, failure)
        failed = int(bool(failure))
        connection.execute(_COUNT_PAGE, {"this_run": self.run_id, "read": 1 - failed, "not_read": failed, "size": size})


def failure_of(get: Get, records: Sequence[Record], problems: Iterable[Problem]) -> str:
    """The problem code for which a page counts as not read, or "".

    A list that was not read to its end is one of those, whatever stands on it; the page of one record that was read
    is not. An empty list was read: whether it is believed is the verdict's matter.
    """
    if get.record is not None and records:
        return ""
    faults = (one.code for one in problems if one.code not in ("empty_list", "paging_loop"))
    return next((code for code in faults if PROBLEMS[code].scope != "item"), "")
