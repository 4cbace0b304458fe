"""The stored pages of a run, read again with today's parser: what a mended parser makes of what the site once said.

No page is fetched, nothing is removed, and nothing newer is set back: a page counts only while it is the newest of its
address, and a record only as far as no later run has met it elsewhere (`writing.Replayed`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session, sessionmaker

from connectors.contract import Get, Page, Parser, Problem, Source
from marketplace.sync.closing import close_run
from marketplace.sync.known import Replayed
from marketplace.sync.models import Run, StoredPage
from marketplace.sync.pages import stored_pages
from marketplace.sync.taking import count_in_run, failure_of, note_problems, read
from marketplace.sync.writing import PageWriter

_BATCH = 100  # pages of one transaction


@dataclass(frozen=True, kw_only=True)
class Replay:
    """The pages of `of_run`, a finished run of `source`, taken in again as a run of its own."""

    parser: Parser
    source: Source
    of_run: Run
    sessions: sessionmaker[Session]
    pages_folder: Path
    secret: bytes
    clock: Callable[[], datetime]
    renew: Callable[[], None] = lambda: None  # puts the end of the source's lease off

    def run(self) -> Run:
        """Read and write all pages. Returns the finished run."""
        with self.sessions.begin() as session:
            of = self.of_run
            made = Run(source=of.source, mode=of.mode, kind="replay", started_at=self.clock())
            made.detail = f"of run {of.id}"
            session.add(made)
            session.flush()
            run_id = made.id
        waiting = self._pages()
        while pages := list(islice(waiting, _BATCH)):
            self.renew()
            with self.sessions.begin() as session:
                self._take(session, run_id, pages)
        with self.sessions.begin() as session:
            return close_run(session, self.source, run_id, "", self.clock())

    def _pages(self) -> Iterator[tuple[Page, Replayed]]:
        """The run's pages that are still the newest of their addresses, in the order they were fetched."""
        with self.sessions() as session:
            confirmed = {
                run_id: Replayed(run_id=run_id, fetched_in=self.of_run.id)
                for run_id in session.scalars(
                    select(Run.id).where(Run.source == self.source.slug, Run.finished_at.is_not(None))
                )
            }
            newest = {
                (file, offset): last_run_id
                for file, offset, last_run_id in session.execute(
                    select(StoredPage.file, StoredPage.offset, StoredPage.last_run_id).where(
                        StoredPage.run_id == self.of_run.id
                    )
                )
            }
        for file in files_of(self.pages_folder, self.of_run):
            for offset, page in stored_pages(self.pages_folder, file):
                last_run = newest.get((file, offset))
                if last_run in confirmed:
                    yield page, confirmed[last_run]

    def _take(self, session: Session, run_id: int, pages: Iterable[tuple[Page, Replayed]]) -> None:
        connection = session.connection()
        writer = PageWriter(connection, self.source, run_id, self.secret)
        for page, reading in pages:
            page = replace(page, get=self._get(page))
            records, _, problems = read(self.parser, self.source, page, self.secret)
            failure = failure_of(page.get, records, problems)
            try:
                with connection.begin_nested():
                    at = page.fetched_at.replace(microsecond=0)
                    _, more = writer.write(records, page.get.kind, at, replayed=reading)
            except (
                DataError,
                OverflowError,
                ValueError,
            ) as error:  # a value the columns refuse: the other pages are read
                more, failure = [Problem(code="parser_error", detail=str(error)[:300])], "parser_error"
            note_problems(connection, run_id, page.get.url, [*problems, *more])
            count_in_run(connection, run_id, bool(failure), len(page.body))

    def _get(self, page: Page) -> Get:
        """What the page is to today's parser, which may know other kinds than the one it was fetched with."""
        return replace(page.get, kind=self.parser.kind_of(self.source, page.get.url) or page.get.kind)


def files_of(folder: Path, run: Run) -> list[str]:
    """The files with the raw pages of a run, in order: one for every time it was taken up."""
    paths = folder.glob(f"{run.source}/*-run{run.id}-*.warc.gz")
    number = {path: int(path.name.removesuffix(".warc.gz").rpartition("-")[2]) for path in paths}
    return [str(path.relative_to(folder)) for path in sorted(number, key=number.__getitem__)]
