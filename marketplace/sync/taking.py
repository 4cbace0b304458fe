"""One page taken in: kept raw, parsed, written, and settled, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, bindparam, insert, update
from sqlalchemy.exc import DataError

from connectors import clean
from connectors.client import FetchError
from connectors.contract import Get, ListingRecord, Page, Parser, Problem, Record, RequestRecord, SellerRecord, Source
from connectors.problems import PROBLEMS
from marketplace.catalogue.person_ids import is_keyed, keyed, keyed_ref
from marketplace.sync.budget import count_page
from marketplace.sync.frontier import Frontier, Item, list_of
from marketplace.sync.models import Run, RunProblem, StoredPage
from marketplace.sync.pages import PageStore
from marketplace.sync.writing import PageWriter

log = logging.getLogger(__name__)

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


@dataclass(kw_only=True)
class PageTaker:
    """Takes the pages of one run in. `transaction` opens the one of a page, `clock` tells the present moment."""

    parser: Parser
    source: Source
    run_id: int
    kind: str  # of the run
    begun: datetime  # the run
    secret: bytes
    frontier: Frontier
    store: PageStore
    transaction: Callable[[], AbstractContextManager[Connection]]
    clock: Callable[[], datetime]

    def keep(self, page: Page) -> tuple[int | None, list[Problem]]:
        """The raw page on disk: its offset in the file; None for one that lies there already or can't be kept."""
        if page.status == 304:
            return None, []
        try:
            return self.store.add(page), []
        except OSError as error:
            problem = Problem(code="page_not_kept", ref=page.get.ref, detail=error.strerror or str(error))
            return None, [problem]

    def fail(self, item: Item, error: FetchError) -> None:
        """Note that a page could not be had."""
        # The page of one record may vanish between the list and us: told, but no failure of the run.
        vanished = error.code == "not_found" and not item.is_list
        problem = Problem(code=error.code, ref=item.get.ref, detail=error.detail)
        with self.transaction() as connection:
            self._settle(connection, item, [problem], "" if vanished else error.code, 0)
            self._count(connection, item)

    def take(
        self,
        item: Item,
        page: Page,
        source: Source,
        offset: int | None,
        noted: Sequence[Problem],
        follow: bool = True,
    ) -> int:
        """Parse a page and write what it says, in one transaction. Returns the number of new records.

        `source`: as it stands at the page's address; `offset`: where the raw page lies, if it was kept now; `noted`:
        problems met before.
        """
        at = page.fetched_at.replace(microsecond=0)
        if follow:
            at = max(at, self.begun)  # the clock may have been set back
        records, gets, problems = read(self.parser, source, page, self.secret)
        failure = failure_of(item.get, records, problems)
        further = [get for get in gets if get.record is None]
        empty = any(one.code == "empty_list" for one in problems)
        if item.is_list and self.frontier.repeats(item.get.url, records, empty) and further:
            problems.append(Problem(code="paging_loop", detail="trang này của danh sách lặp lại một trang trước"))
            gets = [get for get in gets if get.record is not None]
        try:
            with self.transaction() as connection:
                writer = PageWriter(connection, self.source, self.run_id, self.secret)
                written, more = writer.write(records, item.get.kind, at, historic=not follow)
                if follow:
                    if self._may_end(item, records) and not any(one.moved for one in written.values()):
                        this = list_of(item.get.url)
                        gets = [get for get in gets if get.record is not None or list_of(get.url) != this]
                    self.frontier.add(connection, gets, written, self.clock())
                    if offset is not None:
                        self._remember(connection, item, page, offset, at)
                    self._count(connection, item)
                self._settle(connection, item, [*noted, *problems, *more], failure, len(page.body))
        except (DataError, OverflowError, ValueError) as error:
            # A value the database refuses: this page is not read; without this it would end every later start, too.
            log.exception("%s: %s could not be written", self.source.slug, page.get.url)
            why = f"cơ sở dữ liệu không nhận một giá trị của trang ({type(error).__name__}: {error})"
            refused = Problem(code="parser_error", ref=item.get.ref, detail=why[:300])
            with self.transaction() as connection:
                self._settle(connection, item, [refused], "parser_error", len(page.body))
            return 0
        return sum(1 for one in written.values() if one.outcome == "new")

    def _may_end(self, item: Item, records: Sequence[Record]) -> bool:
        """May this list end here, once everything on the page is known and unchanged?

        Only where what is new or changed stands first, and never on a page nothing could be read from.
        """
        return self.kind == "incremental" and self.source.newest_first and item.is_list and bool(records)

    def _count(self, connection: Connection, item: Item) -> None:
        if not item.is_list:
            count_page(connection, self.source.slug, self.clock())

    def _remember(self, connection: Connection, item: Item, page: Page, offset: int, at: datetime) -> None:
        values = {
            "run_id": self.run_id,
            "last_run_id": self.run_id,
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

    def _settle(self, connection: Connection, item: Item, problems: Sequence[Problem], failure: str, size: int) -> None:
        """The page is done: its problems, its state, the run's counters."""
        note_problems(connection, self.run_id, item.get.url, problems)
        self.frontier.settle(connection, item, failure)
        count_in_run(connection, self.run_id, bool(failure), size)


def note_problems(connection: Connection, run_id: int, url: str, problems: Sequence[Problem]) -> None:
    """Keep the problems met on one page, citizens' ids in them masked."""
    if problems:
        rows = [
            {
                "run_id": run_id,
                "code": one.code,
                "ref": clean.mask_person_ids(one.ref),
                "url": url,
                "detail": clean.mask_person_ids(one.detail)[:1000],
            }
            for one in problems
        ]
        connection.execute(_NOTE_PROBLEMS, rows)


def count_in_run(connection: Connection, run_id: int, failed: bool, size: int) -> None:
    """One page more in the counters of a run; `size` in bytes."""
    connection.execute(
        _COUNT_PAGE, {"this_run": run_id, "read": int(not failed), "not_read": int(failed), "size": size}
    )


def read(parser: Parser, source: Source, page: Page, secret: bytes) -> tuple[list[Record], list[Get], list[Problem]]:
    """What the connector makes of a page, sorted by kind; a parser's own fault becomes a problem. A citizen's id in a
    ref is replaced by a hash with the key `secret`, everywhere alike."""
    if is_keyed(page.get.ref):  # the page tells the ref as the site has it
        page = replace(page, get=replace(page.get, ref=""))
    records: list[Record] = []
    gets: list[Get] = []
    problems: list[Problem] = []
    try:
        for item in parser.parse(source, page):
            if isinstance(item, SellerRecord | ListingRecord | RequestRecord):
                records.append(keyed(item, secret))
                continue
            ref = keyed_ref(item.ref, secret)
            item = item if ref == item.ref else replace(item, ref=ref)
            if isinstance(item, Get):
                gets.append(item)
            else:
                problems.append(item)
    except Exception as error:
        log.exception("%s: the parser failed on %s", source.slug, page.get.url)
        why = f"bộ đọc dừng giữa trang ({type(error).__name__}: {error})"
        problems.append(Problem(code="parser_error", ref=page.get.ref, detail=why))
    return records, gets, problems


def failure_of(get: Get, records: Sequence[Record], problems: Iterable[Problem]) -> str:
    """The problem code for which a page counts as not read, or "".

    A list that was not read to its end is one of those, whatever stands on it; the page of one record that was read
    is not. An empty list was read: whether it is believed is the verdict's matter.
    """
    if get.record is not None and records:
        return ""
    faults = (one.code for one in problems if one.code not in ("empty_list", "paging_loop"))
    return next((code for code in faults if PROBLEMS[code].scope != "item"), "")
