"""One segment of a Whoosh index as sets of document numbers.

A set is a whole number whose bit n stands for document n. Postings never change within a segment, so the sets are
kept; only the documents deleted since grow, and `live` holds them off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from whoosh.codec.whoosh3 import W3LeafMatcher
from whoosh.matching import WrappingMatcher

from search_index.analysis import WEIGHT_STEP, Phrase, Plan

NO_KEY = (1 << 64) - 1
_ONE = ord("1")
_KEPT_SETS = 512  # of some 9 kB each at 75,000 documents
_VALUES_AS_SETS = 256  # a facet of more values (sellers) is kept by document instead

# A facet's values with their sets, or the values of each document by its number.
_Facet = dict[str, int] | list[tuple[str, ...]]


class Segment:
    """Reads one segment. `ids` are by document number.

    `known` is the same segment as it was read before its last deletions.
    """

    def __init__(self, reader: Any, known: Segment | None) -> None:
        self._reader = reader
        self.name: str = reader.segment().segment_id()
        self.size: int = reader.doc_count_all()
        self._everything = (1 << self.size) - 1
        self.live: int = self._everything & ~set_of(reader.deleted_docs_set, self.size)
        if known is None:
            self.ids: list[str] = list(reader.column_reader("id"))
            self._weights = bytes(reader.column_reader("weight"))
            self._phrases: dict[Phrase, int] = {}
            self._facets: dict[str, _Facet] = {}
            self._order: list[int] = []
            self._vocabulary: dict[str, tuple[str, ...]] = {}
            self._by_key: dict[str, tuple[list[int], list[int]]] = {}
        else:
            self._by_key = known._by_key
            self.ids, self._weights, self._order = known.ids, known._weights, known._order
            self._phrases, self._facets, self._vocabulary = known._phrases, known._facets, known._vocabulary

    def weight(self, number: int) -> float:
        return self._weights[number] * WEIGHT_STEP

    def stored(self, number: int) -> tuple[str, str, str, str]:
        """Kind, title, source and ref of a document."""
        kind, title, source, ref = self._reader.stored_fields(number)["hit"]
        return kind, title, source, ref

    def matching(self, plan: Plan) -> int:
        """The documents that meet the text of a plan."""
        found = self.live
        for group in plan.required:
            found &= self.any_of(group)
        for phrase in plan.excluded:
            found &= ~self.phrase(phrase)
        return found

    def any_of(self, alternatives: Iterable[Phrase]) -> int:
        """The documents in which one of the phrases stands, or several."""
        found = 0
        for phrase in alternatives:
            found |= self.phrase(phrase)
        return found

    def phrase(self, phrase: Phrase) -> int:
        """The documents in which a phrase stands."""
        found = self._phrases.get(phrase)
        if found is None:
            if len(self._phrases) >= _KEPT_SETS:
                self._phrases.clear()
            if phrase.begun:
                found = self.any_of(
                    Phrase(phrase.field, (term,)) for term in self._begun(phrase.field, phrase.terms[0])
                )
            else:
                read = self._term if len(phrase.terms) == 1 else self._side_by_side
                found = read(phrase)
            self._phrases[phrase] = found
        return found

    def bearing_any(self, facet: str, values: Iterable[str]) -> int:
        """The documents that bear one of the values of a facet."""
        return self.any_of(Phrase("facet", (f"{facet}={value}",)) for value in values)

    def vocabulary(self, field: str) -> Collection[str]:
        """The terms of a field, those of deleted documents, too."""
        if field not in self._vocabulary:
            self._vocabulary[field] = tuple(self._begun(field, ""))
        return self._vocabulary[field]

    def frequency(self, field: str, term: str) -> int:
        """How many live documents bear a term."""
        if self.live == self._everything:
            return int(self._reader.doc_frequency(field, term))
        return (self.phrase(Phrase(field, (term,))) & self.live).bit_count()

    def facet_counts(self, facet: str, among: int) -> Mapping[str, int]:
        """How many of a set bear each value of a facet; values that none bears may be there with 0."""
        if facet not in self._facets:
            self._facets[facet] = self._read_facet(facet)
        known = self._facets[facet]
        if isinstance(known, dict):
            return {value: (mask & among).bit_count() for value, mask in known.items()}
        return Counter(chain.from_iterable(known[number] for number in document_numbers(among)))

    def listed(self, among: int) -> Iterator[int]:
        """Document numbers by weight, the greatest first, then by id."""
        if not self._order:
            self._order += sorted(range(self.size), key=lambda number: (-self._weights[number], self.ids[number]))
        bits = among.to_bytes(self.size // 8 + 1, "little")
        return (number for number in self._order if bits[number >> 3] >> (number & 7) & 1)

    def by_key(self, sort: str, greatest_first: bool, among: int) -> Iterator[tuple[int | None, int]]:
        """Sort keys with document numbers, in the order of the keys; those without a key last."""
        if sort not in self._by_key:
            keys = list(self._reader.column_reader(sort_column(sort)))
            numbers = sorted(
                range(self.size),
                key=lambda number: (keys[number] == NO_KEY, -keys[number] if greatest_first else keys[number]),
            )
            self._by_key[sort] = keys, numbers
        keys, numbers = self._by_key[sort]
        bits = among.to_bytes(self.size // 8 + 1, "little")
        return (
            (None if keys[number] == NO_KEY else keys[number], number)
            for number in numbers
            if bits[number >> 3] >> (number & 7) & 1
        )

    def _begun(self, field: str, beginning: str) -> Iterator[str]:
        return (term.decode() for term in self._reader.expand_prefix(field, beginning))

    def _read_facet(self, name: str) -> _Facet:
        start = f"{name}="
        terms = list(self._begun("facet", start))
        if len(terms) <= _VALUES_AS_SETS:
            return {term.removeprefix(start): self._term(Phrase("facet", (term,))) for term in terms}
        values: list[tuple[str, ...]] = [()] * self.size
        for term in terms:
            for number in _posted(self._reader.postings("facet", term)):
                values[number] += (term.removeprefix(start),)
        return values

    def _term(self, phrase: Phrase) -> int:
        term = (phrase.field, phrase.terms[0])
        if term not in self._reader:
            return 0
        return set_of(_posted(self._reader.postings(*term)), self.size)

    def _side_by_side(self, phrase: Phrase) -> int:
        candidates = self.live
        for term in phrase.terms:
            candidates &= self.phrase(Phrase(phrase.field, (term,)))
        if not candidates:
            return 0
        text = self._reader.column_reader(runs_column(phrase.field), translate=False)
        wanted = runs_text((phrase.terms,))
        return set_of((number for number in document_numbers(candidates) if wanted in text[number]), self.size)


def sort_column(name: str) -> str:
    """The column that holds the keys of one order, NO_KEY where a document has none."""
    return f"sort_{name}"


def runs_column(field: str) -> str:
    """The column that holds the runs of a field.

    Reading it for the few candidates of a phrase is faster than positions in the postings, which every other query
    would have to read too.
    """
    return f"{field}_runs"


def runs_text(runs: Iterable[Sequence[str]]) -> bytes:
    """Runs of terms as they stand in the column. The text of a phrase is part of that of any run it stands in."""
    return "\n".join(f" {' '.join(run)} " for run in runs).encode()


def document_numbers(mask: int) -> Iterator[int]:
    """The numbers in a set, the smallest first."""
    bits = bin(mask)[:1:-1]
    number = bits.find("1")
    while number >= 0:
        yield number
        number = bits.find("1", number + 1)


def set_of(numbers: Iterable[int], size: int) -> int:
    """The set of those numbers, of documents of a segment of `size`."""
    digits = bytearray(b"0") * (size + 1)
    for number in numbers:
        digits[number] = _ONE
    return int(digits[::-1], 2)


def _posted(matcher: Any) -> Iterable[int]:
    """The document numbers of a posting list.

    Whoosh's own way makes four calls per document and takes most of the time of a query; its postings come in blocks of
    hundreds, and this takes each block as a whole.
    """
    while not isinstance(matcher, W3LeafMatcher):
        if not isinstance(matcher, WrappingMatcher):
            short: Iterable[int] = matcher.all_ids()  # a list kept in the dictionary of terms
            return short
        matcher = matcher.child  # the wrapper holds off deleted documents, as `live` does
    return _blocks(matcher)


def _blocks(matcher: Any) -> Iterator[int]:
    while matcher.is_active():
        matcher.id()  # reads the block
        yield from matcher._ids
        matcher._next_block()
