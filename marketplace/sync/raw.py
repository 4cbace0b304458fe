"""The raw pages behind a run: where each lies, and how a person gets at one.

They hold telephone numbers in clear, so no page of the site shows them: the command line does, to whoever may read the
instance folder anyway.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from marketplace.sync.models import Run, StoredPage
from marketplace.sync.pages import read_page


@dataclass(frozen=True, slots=True)
class RawPage:
    """A stored page. `run_id` is the run that fetched it: an earlier one, where the site said "unchanged" since."""

    body: bytes
    run_id: int
    file: str


def stored(session: Session, slug: str, urls: Iterable[str]) -> dict[str, StoredPage]:
    """Where the newest raw pages of these addresses lie. One statement."""
    rows = session.scalars(select(StoredPage).where(StoredPage.source == slug, StoredPage.url.in_(set(urls))))
    return {row.url: row for row in rows}


def raw_page(session: Session, folder: Path, run: Run, url: str) -> RawPage | None:
    """The page as this run fetched it; where it fetched none, the newest before it. None when none is kept."""
    row = stored(session, run.source, [url]).get(url)
    if row is None or row.run_id != run.id:
        # A later run fetched the address again: only this run's own files tell.
        for path in sorted(folder.glob(f"{run.source}/*-run{run.id}-*.warc.gz"), reverse=True):
            body = _search(path, url)
            if body is not None:
                return RawPage(body, run.id, str(path.relative_to(folder)))
    if row is None or row.run_id > run.id:
        return None
    body = read_page(folder, row.file, row.offset, url)
    return None if body is None else RawPage(body, row.run_id, row.file)


def _search(path: Path, url: str) -> bytes | None:
    """The page's body out of a file that is read record by record; None when it is not there or the file is torn."""
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == "response" and record.rec_headers.get_header("WARC-Target-URI") == url:
                    body: bytes = record.content_stream().read()
                    return body
    except (OSError, EOFError, zlib.error, ArchiveLoadFailed):
        return None
    return None
