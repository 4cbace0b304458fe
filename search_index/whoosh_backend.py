"""The second backend, on Whoosh (pure Python): for machines where no tantivy wheel runs.

Whoosh keeps the postings, merges segments and commits; queries are worked out here, on sets of document
numbers held as the bits of whole numbers. Python intersects and counts those in C, where Whoosh's own
matchers take a method call per posting.

Whoosh stores its table of contents as a pickle: never open an index that came from elsewhere.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Self
from weakref import WeakSet

from whoosh.analysis import IDAnalyzer
from whoosh.codec.whoosh3 import W3Codec
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, ID, STORED, FieldType, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.formats import Existence
from whoosh.reading import SegmentReader

from search_index.analysis import FLAT, POSITIONAL, WEIGHT_STEP, Entry, Plan
from search_index.backend import sorted_counts
from search_index.documents import SORTS, Hit, Near, Results
from search_index.errors import Damaged
from search_index.whoosh_matches import Matched, by_key, by_nearness, by_score, in_all
from search_index.whoosh_segment import NO_KEY, Segment, runs_column, runs_text, sort_column

_MEMORY_MB = 256  # with 48, a first build sorts on disk and takes more than twice as long
_POSTINGS_IN_BLOCK = 512
_MERGED_AT_ONCE = 8  # segments of about one size are merged when there are so many
_DELETED_SHARE = 1 / 3  # a segment is rewritten when more than this of it is deleted


class WhooshBackend:
    """An index in one folder. `backend.Backend` says what the methods promise."""

    def __init__(self, index: Any) -> None:
        self._index = index
        # Whoosh's readers share a position in their files, so they cannot be used by two threads at once.
        self._lock = threading.Lock()
        self._generation = -1
        self._reader: Any = None
        self._segments: list[Segment] = []
        self.refresh()

    @classmethod
    def create(cls, folder: Path) -> Self:
        return cls(_Storage(str(folder)).create_index(_schema()))

    @classmethod
    def open(cls, folder: Path) -> Self:
        storage = _Storage(str(folder))
        try:
            with _damage():
                index = storage.open_index()
            backend = cls(index)
            backend.search(Plan(), {}, 0, 1, ())  # reads something, so that damage shows now
        except Damaged:
            storage.close_files()
            raise
        return backend

    def write(self, upserts: Iterable[Entry], deletes: Iterable[str]) -> None:
        writer = self._index.writer(limitmb=_MEMORY_MB, codec=_codec())
        try:
            with writer.searcher() as searcher:
                for id in deletes:
                    writer.delete_by_term("id", id, searcher=searcher)
                placed: dict[str, int] = {}
                for entry in upserts:
                    # What this writer added is not committed, so Whoosh itself would not find it again.
                    if entry.id in placed:
                        writer.newsegment.delete_document(placed[entry.id])
                    else:
                        writer.delete_by_term("id", entry.id, searcher=searcher)
                    placed[entry.id] = writer.docnum
                    writer.add_document(**_fields(entry))
            writer.commit(mergetype=_merge)
        except BaseException:
            if not writer.is_closed:
                writer.cancel()
            raise
        self.refresh()

    def search(
        self,
        plan: Plan,
        filters: Mapping[str, tuple[str, ...]],
        offset: int,
        limit: int,
        facets: Sequence[str],
        sort: str = "",
        near: Near | None = None,
    ) -> Results:
        if plan.nothing:
            return Results(total=0, facets=dict.fromkeys(facets, ()))
        total = 0
        counts: dict[str, Counter[str]] = {name: Counter() for name in facets}
        matched: Matched = []
        with self._lock, _damage():
            for segment in self._segments:
                text = segment.matching(plan)
                passed = {name: segment.bearing_any(name, values) for name, values in filters.items()}
                hits = in_all(text, passed.values())
                total += hits.bit_count()
                matched.append((segment, hits))
                for name, counter in counts.items():
                    base = in_all(text, (mask for other, mask in passed.items() if other != name))
                    counter.update(segment.facet_counts(name, base))
            if sort:
                found = by_key(plan, matched, sort, offset, limit)
            elif near:
                found = by_nearness(plan, matched, near, offset, limit)
            else:
                found = by_score(plan, matched, offset, limit)
            page = tuple(_hit(segment, number, score) for score, (segment, number) in found)
        return Results(
            total=total, hits=page, facets={name: sorted_counts(counter) for name, counter in counts.items()}
        )

    @property
    def state(self) -> object:
        return self._generation

    def vocabulary(self, field: str) -> Collection[str]:
        with self._lock, _damage():
            return frozenset(chain.from_iterable(segment.vocabulary(field) for segment in self._segments))

    def frequency(self, field: str, term: str) -> int:
        with self._lock, _damage():
            return sum(segment.frequency(field, term) for segment in self._segments)

    def count(self) -> int:
        return sum(segment.live.bit_count() for segment in self._segments)

    def refresh(self) -> None:
        with self._lock, _damage():
            generation = self._index.latest_generation()
            if generation == self._generation:
                return
            reader = self._index.reader()
            known = {segment.name: segment for segment in self._segments}
            self._segments = [
                Segment(leaf, known.get(leaf.segment().segment_id()))
                for leaf, _ in reader.leaf_readers()
                if leaf.doc_count_all()
            ]
            if self._reader is not None:
                self._reader.close()
            self._reader, self._generation = reader, generation

    def close(self) -> None:
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
            self._segments = []


class _Storage(FileStorage):  # type: ignore[misc]  # Whoosh has no types
    """Remembers the files it opened: Whoosh leaves them open when it cannot make sense of them."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._opened: WeakSet[Any] = WeakSet()

    def open_file(self, name: str, **kwargs: Any) -> Any:
        file = super().open_file(name, **kwargs)
        self._opened.add(file)
        return file

    def close_files(self) -> None:
        for file in list(self._opened):
            if not file.is_closed:
                file.close()


def _schema() -> Schema:
    fields: dict[str, Any] = {
        "id": ID(unique=True, sortable=True),
        "hit": STORED(),
        "facet": FieldType(Existence(), IDAnalyzer()),
        "weight": COLUMN(NumericColumn("B")),
    }
    fields |= {sort_column(name): COLUMN(NumericColumn("Q", default=NO_KEY)) for name in SORTS}
    fields |= {name: FieldType(Existence(), IDAnalyzer()) for name in (*POSITIONAL, *FLAT)}
    fields |= {runs_column(name): COLUMN(VarBytesColumn()) for name in POSITIONAL}
    return Schema(**fields)


def _codec() -> W3Codec:
    """Whoosh's own format. Without length statistics, which we do not use: gathering them doubles the time to write."""
    codec = W3Codec(blocklimit=_POSTINGS_IN_BLOCK)
    codec.length_stats = False
    return codec


def _fields(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": entry.id,
        "hit": (entry.kind, entry.title, entry.source, entry.ref),
        "facet": [f"{name}={value}" for name, values in entry.facets.items() for value in values],
        "weight": round(entry.weight / WEIGHT_STEP),
    }
    fields |= {sort_column(name): key for name, key in entry.sort_keys.items()}
    for field, runs in entry.terms.items():
        fields[field] = list(chain.from_iterable(runs))
        if field in POSITIONAL:
            fields[runs_column(field)] = runs_text(runs)
    return fields


def _merge(writer: Any, segments: list[Any]) -> list[Any]:
    """The segments to keep as they are; the others are written into the new one.

    Whoosh's own rule leaves a large segment alone however much of it is deleted.
    """
    sizes = defaultdict(list)
    for segment in segments:
        sizes[len(str(segment.doc_count()))].append(segment)
    kept = []
    for segment in segments:
        crowd = sizes[len(str(segment.doc_count()))]
        wasted = segment.deleted_count() > segment.doc_count_all() * _DELETED_SHARE
        if len(crowd) < _MERGED_AT_ONCE and not wasted:
            kept.append(segment)
            continue
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return kept


def _hit(segment: Segment, number: int, score: float) -> Hit:
    kind, title, source, ref = segment.stored(number)
    return Hit(id=segment.ids[number], kind=kind, title=title, source=source, ref=ref, score=score)


@contextmanager
def _damage() -> Iterator[None]:
    """Whoosh trusts its files: damage shows as whatever exception the misread bytes lead to."""
    try:
        yield
    except Exception as fault:
        raise Damaged(" ".join(f"{type(fault).__name__}: {fault}".split())[:300]) from fault
