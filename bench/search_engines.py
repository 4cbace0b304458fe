"""The two sides of `search.py`: our search, and tantivy called bare.

The bare side is what an author who knows tantivy would write: a text field for the title and one for everything else,
tantivy's own tokenizer with lower case and ASCII folding, BM25 with the title weighing double, every word required, a
raw fast field for each facet, one terms aggregation for all facets whose own filter is not set. It knows no places, no
marks, no keyboards and no regional names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import tantivy
from search_corpus import FACETS, Asked
from tantivy import Occur

from search_index.documents import Document, Query
from search_index.index import Index

TOP = 20
_FACET_FIELDS = (
    *FACETS, "unit", "certificate", "price", "stock", "seen", "seller", "commodity",
)  # fmt: skip
_SORT_FIELDS = ("price", "newest")  # kept as by_price, by_newest: a facet is called price, too
_EVERY_VALUE = 1_000  # a terms aggregation counts ten values unless told otherwise
_HEAP_BYTES = 256_000_000


class Answer(NamedTuple):
    """What a side found: how many, the first of them with their titles, and the counts of each facet."""

    total: int
    hits: Sequence[tuple[str, str]]
    facets: Mapping[str, Mapping[str, int]]


class Engine(Protocol):
    """One side, in an index of its own in a folder."""

    def build(self, documents: Iterable[Document]) -> None: ...
    def open(self) -> None: ...
    def ask(self, asked: Asked) -> Answer: ...
    def change(self, documents: Sequence[Document]) -> None: ...


class Ours:
    """Our whole layer, as the application calls it."""

    def __init__(self, folder: Path, backend: str) -> None:
        self.folder, self.backend = folder, backend

    def build(self, documents: Iterable[Document]) -> None:
        Index.build(self.folder, documents, self.backend)

    def open(self) -> None:
        self.index = Index.open(self.folder, self.backend)

    def ask(self, asked: Asked) -> Answer:
        query = Query(text=asked.text, filters=asked.filters, typing=asked.typing, facets=FACETS, limit=TOP)
        found = self.index.search(query)
        facets = {name: {one.value: one.count for one in counts} for name, counts in found.facets.items()}
        return Answer(found.total, [(hit.id, hit.title) for hit in found.hits], facets)

    def change(self, documents: Sequence[Document]) -> None:
        self.index.apply(documents, [])


class Bare:
    """tantivy by itself."""

    def __init__(self, folder: Path, *_: str) -> None:
        self.folder = folder
        self.analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.ascii_fold())
            .build()
        )

    def build(self, documents: Iterable[Document]) -> None:
        self.folder.mkdir(parents=True)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("title", stored=True, tokenizer_name="folded", index_option="position")
        builder.add_text_field("body", tokenizer_name="folded", index_option="position")
        for name in _FACET_FIELDS:
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        for name in _SORT_FIELDS:
            builder.add_unsigned_field(f"by_{name}", fast=True)
        self._use(tantivy.Index(builder.build(), path=str(self.folder)))
        writer = self.index.writer(heap_size=_HEAP_BYTES)
        for document in documents:
            writer.add_document(_bare_document(document))
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        self._use(tantivy.Index.open(str(self.folder)))
        self.index.config_reader("manual")
        self.index.reload()
        self.searcher = self.index.searcher()

    def _use(self, index: tantivy.Index) -> None:
        self.index, self.schema = index, index.schema
        index.register_tokenizer("folded", self.analyzer)

    def ask(self, asked: Asked) -> Answer:
        text = self._text(asked)
        parts = {
            name: tantivy.Query.boolean_query(
                [(Occur.Should, tantivy.Query.term_query(self.schema, name, value)) for value in values]
            )
            for name, values in asked.filters.items()
        }
        found = self.searcher.search(_all(text, *parts.values()), limit=TOP)
        hits = []
        for _, address in found.hits:
            stored = self.searcher.doc(address)
            hits.append((stored["id"][0], stored["title"][0]))
        facets = self._counts(_all(text, *parts.values()), [name for name in FACETS if name not in parts])
        for name in parts.keys() & set(FACETS):  # multiple choice: a facet's own filter does not count for it
            facets |= self._counts(_all(text, *(part for other, part in parts.items() if other != name)), [name])
        return Answer(found.count, hits, facets)  # type: ignore[attr-defined]  # the package's own stub leaves it out

    def change(self, documents: Sequence[Document]) -> None:
        writer = self.index.writer(heap_size=_HEAP_BYTES)
        for document in documents:
            writer.delete_documents_by_term("id", document.id)
            writer.add_document(_bare_document(document))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def _text(self, asked: Asked) -> tantivy.Query:
        words = self.analyzer.analyze(asked.text)
        if not words:
            return tantivy.Query.all_query()
        if asked.typing:
            return _any(tantivy.Query.phrase_prefix_query(self.schema, name, words) for name in ("title", "body"))
        unknown = [word for word in words if not self._known(word)]
        if not unknown:
            return self.index.parse_query(
                " ".join(words), ["title", "body"], field_boosts={"title": 2.0}, conjunction_by_default=True
            )
        return _all(*(self._word(word, fuzzy=word in unknown) for word in words))

    def _known(self, word: str) -> bool:
        return any(self.searcher.doc_freq(name, word) for name in ("title", "body"))

    def _word(self, word: str, fuzzy: bool) -> tantivy.Query:
        make = tantivy.Query.fuzzy_term_query if fuzzy else tantivy.Query.term_query
        return _any(
            tantivy.Query.boost_query(make(self.schema, name, word), boost)
            for name, boost in (("title", 2.0), ("body", 1.0))
        )

    def _counts(self, query: tantivy.Query, names: Sequence[str]) -> dict[str, dict[str, int]]:
        if not names:
            return {}
        asked = {name: {"terms": {"field": name, "size": _EVERY_VALUE}} for name in names}
        found = self.searcher.aggregate(query, asked)
        return {name: {one["key"]: one["doc_count"] for one in found[name]["buckets"]} for name in names}


ENGINES: Mapping[str, Any] = {"ours": Ours, "bare": Bare}


def _bare_document(document: Document) -> tantivy.Document:
    made = tantivy.Document()
    made.add_text("id", document.id)
    made.add_text("title", document.title)
    made.add_text("body", "\n".join((document.seller, document.category, document.body, *document.places)))
    for name, values in document.facets.items():
        for value in values:
            made.add_text(name, value)
    for name, key in document.sort_keys.items():
        made.add_unsigned(f"by_{name}", key)
    return made


def _all(*parts: tantivy.Query) -> tantivy.Query:
    return parts[0] if len(parts) == 1 else tantivy.Query.boolean_query([(Occur.Must, part) for part in parts])


def _any(parts: Iterable[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Should, part) for part in parts])
