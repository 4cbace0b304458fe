"""Whether the counts of our search are right: every query of the set against a plain count over all documents.

    search_counts.py FOLDER CORPUS BACKEND

Prints one JSON object: how many queries were compared and which of them differ. What a query demands of a document (the
plan) is taken as the search itself hands it to its engine; which documents meet it is counted here without any index:
every document is taken apart into its terms, one after the other, and each phrase of each plan looked for in them.
That a plan demands the right thing is for the judged queries to show.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from pathlib import Path
from typing import Any, NamedTuple

from running import say
from search_corpus import FACETS, Asked, read
from search_side import SETS

from search_index import analysis
from search_index.analysis import Entry, Phrase, Plan
from search_index.documents import Query, Results
from search_index.index import Index

Filters = Mapping[str, tuple[str, ...]]


class Answered(NamedTuple):
    """A query, what was demanded of documents for it, and what was told."""

    asked: Asked
    plan: Plan
    filters: Filters
    results: Results


class Documents:
    """All documents as sets of bits: bit n of a phrase's or a facet value's number is set for the n-th document."""

    def __init__(self, corpus: Path, phrases: Iterable[Phrase]) -> None:
        self._looked_for = _LookedFor(phrases)
        standing: dict[Phrase, list[int]] = defaultdict(list)
        bearing: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.number = 0
        for document in read(corpus):
            entry = analysis.entry(document)
            for phrase in self._looked_for.standing(entry):
                standing[phrase].append(self.number)
            for name in FACETS:
                for value in entry.facets.get(name, ()):
                    bearing[name, value].append(self.number)
            self.number += 1
            if self.number % 100_000 == 0:
                say(f"  {self.number:,} documents looked through")
        self.all = (1 << self.number) - 1
        self._standing = {phrase: _bits(numbers, self.number) for phrase, numbers in standing.items()}
        self.bearing = {value: _bits(numbers, self.number) for value, numbers in bearing.items()}

    def meeting(self, plan: Plan) -> int:
        """The documents that meet a plan."""
        if plan.nothing:
            return 0
        groups = [reduce(or_, (self._standing.get(one, 0) for one in group), 0) for group in plan.required]
        excluded = reduce(or_, (self._standing.get(one, 0) for one in plan.excluded), 0)
        return reduce(and_, groups, self.all) & ~excluded

    def passing(self, filters: Filters, but: str = "") -> int:
        """The documents that pass all filters, or all but one."""
        every = [
            reduce(or_, (self.bearing.get((name, value), 0) for value in values), 0)
            for name, values in filters.items()
            if name != but
        ]
        return reduce(and_, every, self.all)


class _LookedFor:
    """Phrases, arranged so that one pass over a document's terms tells which of them stand in it."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._whole: dict[tuple[str, str], list[Phrase]] = defaultdict(list)  # by field and first term
        self._begun: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in dict.fromkeys(phrases):
            if phrase.begun:
                self._begun[phrase.field].append(phrase)
            else:
                self._whole[phrase.field, phrase.terms[0]].append(phrase)
        self._seen: dict[tuple[str, str], tuple[Phrase, ...]] = {}

    def standing(self, entry: Entry) -> set[Phrase]:
        found: set[Phrase] = set()
        for field, runs in entry.terms.items():
            for run in runs:
                for at, term in enumerate(run):
                    for phrase in self._of(field, term):
                        if phrase.begun or run[at : at + len(phrase.terms)] == phrase.terms:
                            found.add(phrase)
        return found

    def _of(self, field: str, term: str) -> tuple[Phrase, ...]:
        """The phrases that may stand where this term does."""
        key = field, term
        if key not in self._seen:
            begun = [phrase for phrase in self._begun[field] if term.startswith(phrase.terms[0])]
            self._seen[key] = (*self._whole.get(key, ()), *begun)
        return self._seen[key]


def _bits(numbers: Iterable[int], size: int) -> int:
    held = bytearray(size // 8 + 1)
    for number in numbers:
        held[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(held, "little")


def answered(folder: Path, backend: str) -> list[Answered]:
    """Every query of the set, asked of our search, with the plan its engine was given."""
    index = Index.open(folder, backend)
    handed: list[tuple[Plan, Filters]] = []
    with index._reading() as engine:
        search = engine.search

        def listen(plan: Plan, filters: Filters, offset: int, limit: int, facets: Sequence[str], *more: Any) -> Results:
            if facets:  # none are asked for where it only tries what a word may mean
                handed.append((plan, filters))
            return search(plan, filters, offset, limit, facets, *more)

        engine.search = listen  # type: ignore[method-assign]
        told = []
        for asked in (one for made in SETS.values() for one in made()):
            query = Query(text=asked.text, filters=asked.filters, typing=asked.typing, facets=FACETS)
            results = index.search(query)
            told.append(Answered(asked, *handed[-1], results))
    index.close()
    return told


def differing(every: Sequence[Answered], documents: Documents) -> list[dict[str, Any]]:
    """The queries whose total or counts are not what was counted here."""
    wrong = []
    for one in every:
        meeting = documents.meeting(one.plan)
        total = (meeting & documents.passing(one.filters)).bit_count()
        facets: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        for (name, value), bearing in documents.bearing.items():
            if count := (meeting & documents.passing(one.filters, but=name) & bearing).bit_count():
                facets[name][value] = count
        said = {name: {count.value: count.count for count in counts} for name, counts in one.results.facets.items()}
        if (total, facets) != (one.results.total, said):
            wrong.append({"query": one.asked.text, "total": one.results.total, "counted": total})
    return wrong


def main(folder: Path, corpus: Path, backend: str) -> int:
    every = answered(folder, backend)
    phrases = (phrase for one in every for group in (*one.plan.required, one.plan.excluded) for phrase in group)
    documents = Documents(corpus, phrases)
    wrong = differing(every, documents)
    print(json.dumps({"queries": len(every), "documents": documents.number, "differing": wrong}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
