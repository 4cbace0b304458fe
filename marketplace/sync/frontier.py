"""The pages a run has still to fetch, kept in the database so that a killed run knows where it was.

Lists come first and alone: what stands on them tells who is there, and which records' own pages are due. Those follow
as far as the day's limit goes, new records first, then changed ones, then the ones read longest ago. What is left when
the run ends stays, and the next run adopts it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import takewhile
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import Connection, Row, Table, bindparam, case, delete, exists, func, insert, select, update

from connectors.contract import Get, Record, RecordKind, Source
from marketplace.catalogue.rules import MODELS
from marketplace.sync.known import Written
from marketplace.sync.models import FrontierPage, Run, StoredPage

_BATCH = 50
_LOOK_AGAIN = timedelta(days=30)  # the own page of a record of another province
LIST, NEW, CHANGED, OLD = range(4)  # the ranks
# How shops number the pages of a list: "?page=2", "?trang=2", ".../page-2/", ".../page/2".
PAGE_NAMES = frozenset({"page", "trang", "paged", "p", "pg"})
_PAGE_IN_PATH = re.compile(r"/(?:page|trang)[-/]\d+/?$")

# Built once: they run for every page.
_PAGE, _STORED = cast(Table, FrontierPage.__table__), cast(Table, StoredPage.__table__)
_TODO = (
    select(
        *(_PAGE.c[name] for name in ("id", "url", "kind", "record", "ref")),
        *(_STORED.c[name] for name in ("etag", "last_modified", "file", "offset")),
    )
    .join(_STORED, (_STORED.c.source == bindparam("of_source")) & (_STORED.c.url == _PAGE.c.url), isouter=True)
    .where(_PAGE.c.run_id == bindparam("this_run"), _PAGE.c.state == "todo")
    .order_by(_PAGE.c.rank, _PAGE.c.read_at, _PAGE.c.id)
    .limit(_BATCH)
)
_QUEUE = insert(_PAGE)
_OF_RECORDS = select(_PAGE.c.url, _PAGE.c.record, _PAGE.c.ref)
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

    @property
    def is_list(self) -> bool:
        return self.get.record is None


@dataclass(frozen=True, slots=True)
class _Due:
    """Why the own page of a record is to be read."""

    rank: int
    read_at: datetime | None = None


class Frontier:
    """The pages of one run: an address is fetched once, and of the addresses of one record's own page the first."""

    def __init__(self, source: Source, run_id: int) -> None:
        self.source, self.run_id = source, run_id
        self._queued: set[str] = set()
        self._records: set[tuple[str, str]] = set()  # whose own page is queued
        self._lists: dict[str, set[bytes]] = defaultdict(set)  # list → digests of its pages
        self._lengths: Counter[str] = Counter()  # list → pages read
        self._adopted = False

    def __len__(self) -> int:
        return len(self._queued)

    def take_up(self, connection: Connection) -> None:
        """Remember what a run that was left had queued."""
        self._remember(connection.execute(_OF_RECORDS.where(_PAGE.c.run_id == self.run_id)))

    def _remember(self, pages: Iterable[Row[str, str | None, str]]) -> None:
        for url, record, ref in pages:
            self._queued.add(url)
            if record is not None:
                self._records.add((record, ref))

    def todo(self, connection: Connection) -> list[Item]:
        """The next pages, nothing but lists while there are any; empty when none is left."""
        items = self._next(connection)
        if not self._adopted and not (items and items[0].is_list):
            self._adopted = True
            self._adopt(connection)
            items = self._next(connection)
        return list(takewhile(lambda item: item.is_list, items)) or items

    def _next(self, connection: Connection) -> list[Item]:
        found = connection.execute(_TODO, {"of_source": self.source.slug, "this_run": self.run_id})
        return [
            Item(
                id_,
                Get(url=url, kind=kind, record=record, ref=ref),
                None if file is None else Stored(etag, last_modified, file, offset),
            )
            for id_, url, kind, record, ref, etag, last_modified, file, offset in found
        ]

    def _adopt(self, connection: Connection) -> None:
        """Take over the own pages that earlier runs put off, but for those this run has found due itself."""
        ended = select(Run.id).where(
            Run.source == self.source.slug, Run.id != self.run_id, Run.finished_at.is_not(None)
        )
        put_off = _PAGE.c.run_id.in_(ended) & (_PAGE.c.state == "todo")
        mine = _PAGE.alias()
        due = mine.c.run_id == self.run_id
        found = (mine.c.url == _PAGE.c.url) | ((mine.c.record == _PAGE.c.record) & (mine.c.ref == _PAGE.c.ref))
        newest = select(func.max(_PAGE.c.id)).where(put_off)
        of_record = case((_PAGE.c.record.is_(None), _PAGE.c.url), else_=_PAGE.c.ref)
        taken = update(_PAGE).where(
            _PAGE.c.id.in_(newest.group_by(_PAGE.c.url)),
            _PAGE.c.id.in_(newest.group_by(_PAGE.c.record, of_record)),
            ~exists().where(due, found),
        )
        told = taken.values(run_id=self.run_id).returning(_PAGE.c.url, _PAGE.c.record, _PAGE.c.ref)
        self._remember(connection.execute(told))
        connection.execute(delete(_PAGE).where(put_off))

    def add(
        self,
        connection: Connection,
        gets: Iterable[Get],
        written: Mapping[tuple[RecordKind, str], Written],
        now: datetime,
    ) -> None:
        """Queue every list, and the own pages of records that are due. `written`: the records of the page at hand."""
        fresh: dict[object, Get] = {}
        for get in gets:
            of = get.url if get.record is None else (get.record, get.ref)
            if get.url not in self._queued and of not in self._records:
                fresh.setdefault(of, get)
        due = self._due(connection, [get for get in fresh.values() if get.record is not None], written, now)
        rows = []
        for get in fresh.values():
            why = _Due(LIST) if get.record is None else due.get(get.url)
            if why:
                rows.append(
                    {
                        "run_id": self.run_id,
                        "url": get.url,
                        "kind": get.kind,
                        "record": get.record,
                        "ref": get.ref,
                        "rank": why.rank,
                        "read_at": why.read_at,
                        "state": "todo",
                    }
                )
        if rows:
            connection.execute(_QUEUE, rows)
            self._queued.update(str(row["url"]) for row in rows)
            self._records.update((str(row["record"]), str(row["ref"])) for row in rows if row["record"])

    def add_saved(self, connection: Connection, get: Get) -> Item:
        """A saved page as if it had been queued. Two files may bear one address: the fragment keeps them apart."""
        url = f"{get.url}#{len(self._queued)}"
        self._queued.add(url)
        row = {"run_id": self.run_id, "url": url, "kind": get.kind, "rank": LIST}
        made = connection.execute(_QUEUE.returning(_PAGE.c.id), row)
        return Item(made.scalar_one(), get, None)

    def settle(self, connection: Connection, item: Item, failure: str) -> None:
        """The page is done: read, or failed with a problem code."""
        state = "failed" if failure else "read"
        connection.execute(_SETTLE, {"page_id": item.id, "state": state, "failure": failure})

    def repeats(self, url: str, records: Iterable[Record], empty: bool = False) -> bool:
        """Does this page of a list repeat an earlier one of the same list, or is the list longer than any can be?

        A page whose every row was left out has no records either: only `empty` pages, which say so, repeat each other.
        """
        name = list_of(url)
        refs = "\n".join(record.ref for record in records)
        digest = blake2b(refs.encode(), digest_size=12).digest()
        loop = (digest in self._lists[name] and bool(refs or empty)) or self._lengths[name] >= self.source.max_pages
        if refs or empty:
            self._lists[name].add(digest)
        self._lengths[name] += 1
        return loop

    def _due(
        self,
        connection: Connection,
        gets: list[Get],
        written: Mapping[tuple[RecordKind, str], Written],
        now: datetime,
    ) -> dict[str, _Due]:
        """Addresses of own pages to be read: the record is new, changed, or its page was read long ago."""
        oldest = now - timedelta(days=self.source.detail_max_age_days)
        due: dict[str, _Due] = {}
        elsewhere: dict[RecordKind, list[Get]] = defaultdict(list)
        for get in gets:
            if get.record is None:
                continue
            item = written.get((get.record, get.ref))
            if item is None:
                elsewhere[get.record].append(get)
            elif item.outcome == "outside":
                # Another province: looked at again now and then, in case it has moved.
                if item.detailed_at is not None and _out_of_date(item.detailed_at, now - _LOOK_AGAIN, now):
                    due[get.url] = _Due(OLD, item.detailed_at)
            elif item.outcome == "new" or item.detailed_at is None:
                due[get.url] = _Due(NEW)
            elif item.moved:
                due[get.url] = _Due(CHANGED)
            elif _out_of_date(item.detailed_at, oldest, now):
                due[get.url] = _Due(OLD, item.detailed_at)
        for kind, some in elsewhere.items():
            model = MODELS[kind]
            known = select(model.ref, model.detailed_at, model.outside).where(
                model.source == self.source.slug, model.ref.in_([get.ref for get in some])
            )
            read_at = {ref: (at, outside) for ref, at, outside in connection.execute(known)}
            for get in some:
                at, outside = read_at.get(get.ref, (None, False))
                if at is None:
                    due[get.url] = _Due(NEW)
                elif _out_of_date(at, now - _LOOK_AGAIN if outside else oldest, now):
                    due[get.url] = _Due(OLD, at)
        return due


def _out_of_date(read_at: datetime, oldest: datetime, now: datetime) -> bool:
    """Read long ago, or later than now: the clock went back, and the page would seem fresh until it catches up."""
    return read_at < oldest or read_at > now + timedelta(days=1)


def list_of(url: str) -> str:
    """The address of a list without its page number: what its pages have in common."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in PAGE_NAMES]
    path = _PAGE_IN_PATH.sub("", parts.path).rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), ""))
