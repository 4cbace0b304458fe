"""The default backend, on tantivy (a compiled library; fast and small).

`tantivy_parts` puts a plan into its query objects, `tantivy_matches` orders and pages what they match,
`tantivy_facets` counts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Self

import tantivy
from tantivy import DocAddress, Occur, Searcher
from tantivy import Query as Part

from search_index.analysis import FLAT, MAX_WEIGHT, POSITIONAL, WEIGHT_STEP, Entry, Phrase, Plan
from search_index.backend import sorted_counts, tie_key
from search_index.documents import SORTS, Hit, Near, Results
from search_index.errors import Damaged
from search_index.generations import Signature, file_signature
from search_index.tantivy_facets import counted
from search_index.tantivy_matches import ORDER_DIGITS, WEIGHT_SCALE, Matches
from search_index.tantivy_parts import FACETS, VALUE_SIGN, bearing_any, sort_field

# One thread, whose memory is bounded: the text comes slower than it writes. What it holds back becomes one segment.
_HEAP_BYTES = 15_000_000
_BUILD_HEAP_BYTES = 120_000_000
_KEPT_PHRASES = 20_000
_FEW = 50  # hits are few when they are less than such a part of all documents


@dataclass(frozen=True, slots=True)
class _Seen:
    """One state of the index, and the phrases that may stand in it."""

    signature: Signature
    searcher: Searcher
    has_deleted: bool
    phrases: dict[Phrase, bool] = field(default_factory=dict)


class TantivyBackend:
    """An index in one folder. `backend.Backend` says what the methods promise."""

    def __init__(self, folder: Path, index: tantivy.Index) -> None:
        index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        index.config_reader("manual")
        self._state_file = folder / "meta.json"  # replaced with every commit and every merge
        self._index = index
        self._schema = index.schema
        self._seen = self._look()

    @classmethod
    def create(cls, folder: Path) -> Self:
        return cls(folder, tantivy.Index(_schema(), path=str(folder), reuse=False))

    @classmethod
    def open(cls, folder: Path) -> Self:
        with _damage():
            index = tantivy.Index.open(str(folder))
        backend = cls(folder, index)
        backend.search(Plan(), {}, 0, 1, ())  # reads something, so that damage shows now
        return backend

    def write(self, upserts: Iterable[Entry], deletes: Iterable[str]) -> None:
        empty = not self.count()
        writer = self._index.writer(heap_size=_BUILD_HEAP_BYTES if empty else _HEAP_BYTES, num_threads=1)
        try:
            for id in deletes:
                self._delete(writer, id)
            placed: set[int] = set()  # by hash: taking one for another costs a removal of nothing
            for entry in upserts:
                if not empty or hash(entry.id) in placed:
                    self._delete(writer, entry.id)
                placed.add(hash(entry.id))
                writer.add_document(_document(entry))
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()  # also ends the writer and frees its heap
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
        seen, schema = self._seen, self._schema
        searcher = seen.searcher
        if len(seen.phrases) > _KEPT_PHRASES:
            seen.phrases.clear()
        passed = {name: (Occur.Must, bearing_any(schema, name, values)) for name, values in filters.items()}
        matches = Matches(searcher, schema, plan, seen.phrases, tuple(passed.values()))
        with _damage():
            # Facets without a filter of their own are counted over the hits, all at once.
            total, counts = counted(searcher, schema, matches.part, [name for name in facets if name not in passed])
            matches = replace(matches, few=total * _FEW < self.count())
            if sort:
                page = matches.by_key(sort, offset, limit)
            elif near:
                page = matches.by_nearness(near, offset, limit)
            else:
                page = matches.by_score(offset, limit)
            hits = tuple(_hit(searcher, address, score) for score, address in page)
            for name in facets:
                if name in passed:
                    others = tuple(clause for other, clause in passed.items() if other != name)
                    part = Matches(searcher, schema, plan, seen.phrases, others).part
                    counts |= counted(searcher, schema, part, [name])[1]
        return Results(total=total, hits=hits, facets={name: sorted_counts(counts[name]) for name in facets})

    @property
    def state(self) -> object:
        return self._seen.signature

    def vocabulary(self, field: str) -> Collection[str]:
        # Leaving out the terms of deleted documents takes twenty times as long.
        with _damage():
            return [term for term, _ in self._seen.searcher.terms_with_prefix(field, "")]

    def frequency(self, field: str, term: str) -> int:
        seen = self._seen
        with _damage():
            number = int(seen.searcher.doc_freq(field, term))
            if not number or not seen.has_deleted:
                return number
            return int(seen.searcher.search(Part.term_query(self._schema, field, term, "basic"), limit=1).count)  # type: ignore[attr-defined]  # the package's own stub leaves it out

    def count(self) -> int:
        return int(self._seen.searcher.num_docs)

    def refresh(self) -> None:
        if file_signature(self._state_file) != self._seen.signature:
            self._seen = self._look()

    def close(self) -> None:
        """Nothing to do: tantivy gives up its files with the last reference."""

    def _look(self) -> _Seen:
        while True:
            signature = file_signature(self._state_file)
            if signature is None:
                raise Damaged("the file meta.json is gone")
            with _damage():
                self._index.reload()
                segments = json.loads(self._state_file.read_bytes())["segments"]
                has_deleted = any(segment["deletes"] for segment in segments)
                seen = _Seen(signature, self._index.searcher(), has_deleted)
            if file_signature(self._state_file) == signature:
                return seen  # else it may be of two states

    def _delete(self, writer: tantivy.IndexWriter, id: str) -> None:
        # By query: deleting by term deletes nothing on some field types, without a word.
        writer.delete_documents_by_query(Part.term_query(self._schema, "key", id, "basic"))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("hit", stored=True)
    for name in POSITIONAL:
        builder.add_text_field(name, tokenizer_name="terms", index_option="position")
    for name in FLAT:
        builder.add_text_field(name, tokenizer_name="terms", index_option="basic")
    builder.add_json_field(FACETS, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_float_field("weight", fast=True)
    builder.add_unsigned_field("tie", fast=True)
    builder.add_text_field("order", fast=True, tokenizer_name="raw", index_option="basic")
    for name in SORTS:
        builder.add_unsigned_field(sort_field(name), fast=True, indexed=True)
    return builder.build()


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("key", entry.id)
    document.add_bytes("hit", json.dumps([entry.id, entry.kind, entry.title, entry.source, entry.ref]).encode())
    for name, runs in entry.terms.items():
        for run in runs:
            document.add_text(name, " ".join(run))  # tantivy leaves a gap between two values of a field
    document.add_json(FACETS, f"{{{','.join(map(_facet, entry.facets, entry.facets.values()))}}}")
    document.add_float("weight", 2.0 ** (entry.weight * WEIGHT_SCALE) - 2.0)
    document.add_unsigned("tie", tie_key(entry.id))
    steps = round((MAX_WEIGHT - entry.weight) / WEIGHT_STEP)
    document.add_text("order", f"{steps:0{ORDER_DIGITS}}{entry.id}")
    for name, key in entry.sort_keys.items():
        document.add_unsigned(sort_field(name), key)
    return document


@lru_cache(maxsize=32_768)
def _facet(name: str, values: tuple[str, ...]) -> str:
    """A facet as a member of a JSON object: most documents share theirs with others."""
    return f"{json.dumps(name)}:{json.dumps([VALUE_SIGN + value for value in values])}"


def _hit(searcher: Searcher, address: DocAddress, score: float) -> Hit:
    stored = searcher.doc(address)["hit"][0]
    id, kind, title, source, ref = json.loads(bytes(stored))
    return Hit(id=id, kind=kind, title=title, source=source, ref=ref, score=score)


@contextmanager
def _damage() -> Iterator[None]:
    """Tell files that cannot be read from every other fault.

    What we ask is well-formed, so an error here comes from the files: an exception, or a panic of the
    library, which reaches Python as a BaseException of a class that cannot be imported.
    """
    try:
        yield
    except (ValueError, OSError) as fault:
        raise Damaged(_one_line(fault)) from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":
            raise
        raise Damaged(_one_line(fault)) from fault


def _one_line(fault: BaseException) -> str:
    return " ".join(str(fault).split())[:300]
