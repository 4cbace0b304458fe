"""The pages a run has still to fetch, kept in the database so that a killed run knows where it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from connectors.contract import Get, Record, RecordKind, Source
from marketplace.catalogue.rules import MODELS
from marketplace.sync.models import FrontierPage, StoredPage
from marketplace.sync.writing import Written

_BATCH = 50

# Built once: they run for every page.
_PAGE = cast(Table, FrontierPage.__table__)
_QUEUE = insert(_PAGE)
_SETTLE = update(_PAGE).where(_PAGE.c.id == bindparam("page_id"))


@dataclass(frozen=True, slots=True)
class Stored:
    """The newest raw page of an address: its validators and where it lies."""

    etag: str
    last_modified: str
    file: str
    offset: int


@dataclass(frozen=True, slots=True)
class Item:
    """A page to fetch."""

    id: int
    get: Get
    stored: Stored | None


class Frontier:
    """The pages of one run. Lists come first: what stands on them decides which records' own pages are due."""

    def __init__(self, source: Source, run_id: int) -> None:
        self.source, self.run_id = source, run_id
        self._queued: set[str] = set()
        self._lists: dict[str, set[bytes]] = defaultdict(set)  # list → digests of its pages

    def __len__(self) -> int:
        return len(self._queued)

    def take_up(self, session: Session) -> None:
        """Remember what a run that was left had queued."""
        self._queued.update(session.scalars(select(FrontierPage.url).where(FrontierPage.run_id == self.run_id)))

    def todo(self, session: Session) -> list[Item]:
        """The next pages, lists first; empty when none is left."""
        found = session.execute(
            select(FrontierPage, StoredPage)
            .join(
                StoredPage,
                (StoredPage.source == self.source.slug) & (StoredPage.url == FrontierPage.url),
                isouter=True,
            )
            .where(FrontierPage.run_id == self.run_id, FrontierPage.state == "todo")
            .order_by(FrontierPage.rank, FrontierPage.id)
            .limit(_BATCH)
        )
        rows: Iterable[tuple[FrontierPage, StoredPage | None]] = found
        return [
            Item(
                page.id,
                Get(url=page.url, kind=page.kind, record=page.record, ref=page.ref),  # type: ignore[arg-type]  # kept as text
                Stored(old.etag, old.last_modified, old.file, old.offset) if old else None,
            )
            for page, old in rows
        ]

    def add(
        self,
        session: Session,
        gets: Iterable[Get],
        written: Mapping[tuple[RecordKind, str], Written],
        now: datetime,
    ) -> None:
        """Queue every list, and the own pages of records that are due. `written`: the records of the page at hand."""
        fresh = {get.url: get for get in gets if get.url not in self._queued}
        due = self._due(session, [get for get in fresh.values() if get.record is not None], written, now)
        rows = [
            {
                "run_id": self.run_id,
                "url": get.url,
                "kind": get.kind,
                "record": get.record,
                "ref": get.ref,
                "rank": 0 if get.record is None else 1,
                "state": "todo",
            }
            for get in fresh.values()
            if get.record is None or get.url in due
        ]
        if rows:
            session.connection().execute(_QUEUE, rows)
            self._queued.update(str(row["url"]) for row in rows)

    def add_saved(self, session: Session, get: Get) -> Item:
        """A saved page as if it had been queued. Two files may bear one address: the fragment keeps them apart."""
        url = f"{get.url}#{len(self._queued)}"
        self._queued.add(url)
        row = FrontierPage(run_id=self.run_id, url=url, kind=get.kind, rank=0)
        session.add(row)
        session.flush()
        return Item(row.id, get, None)

    def settle(self, session: Session, item: Item, failure: str) -> None:
        """The page is done: read, or failed with a problem code."""
        state = "failed" if failure else "read"
        session.connection().execute(_SETTLE, {"page_id": item.id, "state": state, "failure": failure})

    def repeats(self, url: str, records: Iterable[Record]) -> bool:
        """Does this page of a list repeat an earlier one of the same list, or is the list longer than any can be?"""
        pages = self._lists[_list_of(url)]
        refs = "\n".join(record.ref for record in records)
        digest = blake2b(refs.encode(), digest_size=12).digest()
        loop = (bool(refs) and digest in pages) or len(pages) >= self.source.max_pages
        pages.add(digest)
        return loop

    def _due(
        self,
        session: Session,
        gets: list[Get],
        written: Mapping[tuple[RecordKind, str], Written],
        now: datetime,
    ) -> set[str]:
        """Addresses of own pages to be read: the record is new, changed, or its page was read long ago."""
        oldest = now - timedelta(days=self.source.detail_max_age_days)
        due: set[str] = set()
        elsewhere: dict[RecordKind, list[Get]] = defaultdict(list)
        for get in gets:
            if get.record is None:
                continue
            item = written.get((get.record, get.ref))
            if item is None:
                elsewhere[get.record].append(get)
            elif item.outcome != "unchanged" or item.detailed_at is None or item.detailed_at < oldest:
                due.add(get.url)
        for kind, some in elsewhere.items():
            model = MODELS[kind]
            recent = select(model.ref).where(
                model.source == self.source.slug,
                model.ref.in_([get.ref for get in some]),
                model.detailed_at >= oldest,
            )
            read = set(session.scalars(recent))
            due.update(get.url for get in some if get.ref not in read)
        return due


def _list_of(url: str) -> str:
    """The address of a list without its page number: what its pages have in common."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "page"]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
