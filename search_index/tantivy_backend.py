"""The default backend, on tantivy (a compiled library; fast and small).

tantivy's own similarity is not used: every part of a query counts a constant. It multiplies by log2(2 + field) in
single precision, off by a hair for a few weights; as every true score is a multiple of WEIGHT_STEP, rounding brings
it back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import tantivy
from tantivy import DocAddress, Occur, Order, Searcher
from tantivy import Query as Part

from search_index.analysis import FLAT, MAX_WEIGHT, POSITIONAL, WEIGHT_STEP, Entry, Phrase, Plan
from search_index.backend import page_of, sorted_counts, tie_key
from search_index.documents import FacetCount, Hit, Results
from search_index.errors import Damaged
from search_index.generations import Signature, file_signature

# One thread and a small heap: 75,000 documents take seconds anyway, and the writer's memory stays bounded.
_HEAP_BYTES = 15_000_000
_WEIGHT_SCALE = 4  # log2(2 + field) is never below one, and the smallest weight is a quarter
_ORDER_DIGITS = 3
_SPARE_HITS = 50  # fetched beyond the page, to hold the ties of its last hit


class TantivyBackend:
    """An index in one folder. `backend.Backend` says what the methods promise."""

    def __init__(self, folder: Path, index: tantivy.Index) -> None:
        index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
        index.config_reader("manual")
        self._folder = folder
        self._index = index
        self._schema = index.schema
        self._seen: Signature | None = None
        self._searcher: Searcher
        self.refresh()

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
        writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        try:
            for id in deletes:
                self._delete(writer, id)
            for entry in upserts:
                self._delete(writer, entry.id)
                writer.add_document(_document(entry))
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()  # also ends the writer and frees its heap
        self.refresh()

    def search(
        self, plan: Plan, filters: Mapping[str, tuple[str, ...]], offset: int, limit: int, facets: Sequence[str]
    ) -> Results:
        searcher = self._searcher
        if plan.nothing:
            return Results(total=0, facets=dict.fromkeys(facets, ()))
        text = self._text_part(plan)
        filter_parts = {name: self._filter_part(name, values) for name, values in filters.items()}
        matching = _all_of([text, *filter_parts.values()])
        with _damage():
            total: int
            page: list[tuple[float, DocAddress]]
            if not limit or offset >= searcher.num_docs:
                total, page = _total(searcher.search(matching, limit=1)), []
            elif plan.required:
                total, page = self._ranked(searcher, plan, matching, offset, limit)
            else:
                total, page = self._listed(searcher, matching, offset, limit)
            hits = tuple(_hit(searcher, address, score) for score, address in page)
            counts = {}
            for name in facets:
                others = [part for other, part in filter_parts.items() if other != name]
                counts[name] = _facet_counts(searcher, _all_of([text, *others]), name)
        return Results(total=total, hits=hits, facets=counts)

    def terms(self, field: str, prefix: str = "") -> Mapping[str, int]:
        with _damage():
            return dict(self._searcher.terms_with_prefix(field, prefix, Part.all_query()))

    def count(self) -> int:
        return int(self._searcher.num_docs)

    def refresh(self) -> None:
        # tantivy replaces this file with every commit. Looking before reloading costs at most one reload too many.
        signature = file_signature(self._folder / "meta.json")
        if signature is None:
            raise Damaged("the file meta.json is gone")
        if signature != self._seen:
            with _damage():
                self._index.reload()
                self._searcher = self._index.searcher()
            self._seen = signature

    def close(self) -> None:
        """Nothing to do: tantivy gives up its files with the last reference."""

    def _delete(self, writer: tantivy.IndexWriter, id: str) -> None:
        # By query: deleting by term deletes nothing on some field types, without a word.
        writer.delete_documents_by_query(Part.term_query(self._schema, "key", id, "basic"))

    def _text_part(self, plan: Plan) -> Part:
        parts = [(Occur.Must, self._group(group)) for group in plan.required]
        parts += [(Occur.MustNot, self._phrase(phrase)) for phrase in plan.excluded]
        if not plan.required:
            parts.append((Occur.Must, Part.all_query()))
        return Part.boolean_query(parts)

    def _filter_part(self, name: str, values: tuple[str, ...]) -> Part:
        return _any_of([Part.term_query(self._schema, "facet", f"{name}={value}", "basic") for value in values])

    def _group(self, alternatives: tuple[Phrase, ...]) -> Part:
        return _any_of([self._phrase(one) for one in alternatives])

    def _phrase(self, phrase: Phrase) -> Part:
        if len(phrase.terms) == 1:
            return Part.term_query(self._schema, phrase.field, phrase.terms[0], "basic")
        return Part.phrase_query(self._schema, phrase.field, list(phrase.terms))

    def _ranked(
        self, searcher: Searcher, plan: Plan, matching: Part, offset: int, limit: int
    ) -> tuple[int, list[tuple[float, DocAddress]]]:
        parts = [(Occur.Must, Part.const_score_query(matching, 1.0))]
        for bonus in plan.bonuses:
            part = _all_of([self._group(group) for group in bonus.all_of])
            parts.append((Occur.Should, Part.const_score_query(part, float(bonus.points))))
        scored = Part.boolean_query(parts)

        fetched = offset + limit + _SPARE_HITS
        while True:
            # tantivy sets aside room for all it is asked for, however few there are.
            found = searcher.search(scored, limit=min(fetched, int(searcher.num_docs) + 1), weight_by_field="weight")
            hits = [(_exact_score(score), address) for score, address in found.hits]
            last = offset + limit - 1
            if len(hits) < fetched or hits[-1][0] < hits[last][0]:
                break
            fetched *= 4  # the tie at the end of the page goes on beyond what was fetched

        def keys(addresses: list[DocAddress]) -> list[object]:
            return list(searcher.fast_field_values("tie", addresses))

        return _total(found), page_of(hits, offset, limit, keys)

    def _listed(
        self, searcher: Searcher, matching: Part, offset: int, limit: int
    ) -> tuple[int, list[tuple[float, DocAddress]]]:
        room = min(limit, int(searcher.num_docs))
        found = searcher.search(matching, limit=room, offset=offset, order_by_field="order", order=Order.Asc)
        # The key opens with the weight's distance from the greatest one, in steps.
        return _total(found), [
            (MAX_WEIGHT - int(str(key)[:_ORDER_DIGITS]) * WEIGHT_STEP, address) for key, address in found.hits
        ]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("hit", stored=True)
    for name in POSITIONAL:
        builder.add_text_field(name, tokenizer_name="terms", index_option="position")
    for name in FLAT:
        builder.add_text_field(name, tokenizer_name="terms", index_option="basic")
    builder.add_text_field("facet", tokenizer_name="raw", index_option="basic")
    builder.add_float_field("weight", fast=True)
    builder.add_unsigned_field("tie", fast=True)
    builder.add_text_field("order", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _document(entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("key", entry.id)
    document.add_bytes("hit", json.dumps([entry.id, entry.kind, entry.title, entry.source, entry.ref]).encode())
    for field, runs in entry.terms.items():
        for run in runs:
            document.add_text(field, " ".join(run))  # tantivy leaves a gap between two values of a field
    for name, values in entry.facets.items():
        for value in values:
            document.add_text("facet", f"{name}={value}")
    document.add_float("weight", 2.0 ** (entry.weight * _WEIGHT_SCALE) - 2.0)
    document.add_unsigned("tie", tie_key(entry.id))
    steps = round((MAX_WEIGHT - entry.weight) / WEIGHT_STEP)
    document.add_text("order", f"{steps:0{_ORDER_DIGITS}}{entry.id}")
    return document


def _hit(searcher: Searcher, address: DocAddress, score: float) -> Hit:
    stored = searcher.doc(address)["hit"][0]
    id, kind, title, source, ref = json.loads(bytes(stored))
    return Hit(id=id, kind=kind, title=title, source=source, ref=ref, score=score)


def _facet_counts(searcher: Searcher, matching: Part, name: str) -> tuple[FacetCount, ...]:
    # By the dictionary of terms: a terms aggregation stops at ten values unless told otherwise, and fails above 65,000.
    start = f"{name}="
    found = searcher.terms_with_prefix("facet", start, matching)
    return sorted_counts({term.removeprefix(start): count for term, count in found})


def _total(found: tantivy.SearchResult) -> int:
    total: int = found.count  # type: ignore[attr-defined]  # the package's own stub leaves it out
    return total


def _exact_score(score: float) -> float:
    return round(score / _WEIGHT_SCALE / WEIGHT_STEP) * WEIGHT_STEP


def _all_of(parts: Sequence[Part]) -> Part:
    return parts[0] if len(parts) == 1 else Part.boolean_query([(Occur.Must, part) for part in parts])


def _any_of(parts: Sequence[Part]) -> Part:
    return parts[0] if len(parts) == 1 else Part.boolean_query([(Occur.Should, part) for part in parts])


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
