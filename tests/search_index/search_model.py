"""What every backend must answer, written in the plainest way: go through all documents and look.

It takes the terms and the plan from `analysis` and `planning`, as backends do, and shares nothing else with them. How a
query is understood is shared, too; what it is understood by, the words and totals of an index, is counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b

from search_index import analysis, understanding
from search_index.analysis import Entry, Phrase, Plan
from search_index.documents import SORTS, Document, FacetCount, Hit, Near, Query, Results
from search_index.lexicon import Lexicon
from search_index.synonyms import Synonyms, packaged


def answer(documents: Iterable[Document], query: Query, synonyms: Synonyms | None = None) -> Results:
    known = synonyms or packaged()
    entries = [analysis.entry(document, known) for document in documents]

    @cache
    def terms(field: str) -> Counter[str]:
        bearing = ({term for run in entry.terms.get(field, ()) for term in run} for entry in entries)
        return Counter(term for terms in bearing for term in terms)

    def total(plan: Plan) -> int:
        return 0 if plan.nothing else sum(meets(entry, plan) for entry in entries)

    lexicon = Lexicon(terms, lambda field, term: terms(field)[term], total, known)
    return understanding.answer(query, lambda plan: _found(entries, plan, query), lexicon, known)


def _found(entries: list[Entry], plan: Plan, query: Query) -> Results:
    filters = {name: values for name, given in query.filters.items() if (values := analysis.facet_values(given))}
    meeting = [entry for entry in entries if not plan.nothing and meets(entry, plan)]
    matching = [entry for entry in meeting if _passes(entry, filters)]
    scored = [(_score(entry, plan), entry) for entry in matching]
    if plan.required:
        scored.sort(key=lambda pair: (-pair[0], _mixed(pair[1].id)))
    else:
        scored.sort(key=lambda pair: (-pair[0], pair[1].id))
    if query.sort:
        greatest_first = SORTS[query.sort]
        scored.sort(key=lambda pair: _place_by_key(pair[1].sort_keys.get(query.sort), greatest_first))
    if query.near:
        near = query.near
        scored.sort(key=lambda pair: _place_by_nearness(pair[1], near))
    page = scored[query.offset : query.offset + query.limit]
    return Results(
        total=len(matching),
        hits=tuple(Hit(entry.id, entry.kind, entry.title, entry.source, entry.ref, score) for score, entry in page),
        facets={name: _counts(meeting, filters, name) for name in query.facets},
    )


def meets(entry: Entry, plan: Plan) -> bool:
    """Whether a document is a hit of a plan."""
    return all(_one_stands(entry, group) for group in plan.required) and not _one_stands(entry, plan.excluded)


def _one_stands(entry: Entry, phrases: tuple[Phrase, ...]) -> bool:
    return any(_stands(entry, phrase) for phrase in phrases)


def _stands(entry: Entry, phrase: Phrase) -> bool:
    size = len(phrase.terms)
    if phrase.begun:
        return any(term.startswith(phrase.terms[0]) for run in entry.terms.get(phrase.field, ()) for term in run)
    return any(
        run[start : start + size] == phrase.terms
        for run in entry.terms.get(phrase.field, ())
        for start in range(len(run) - size + 1)
    )


def _passes(entry: Entry, filters: dict[str, tuple[str, ...]]) -> bool:
    return all(set(values) & set(entry.facets.get(name, ())) for name, values in filters.items())


def _score(entry: Entry, plan: Plan) -> float:
    if not plan.required:
        return entry.weight
    tier = next(tier for tier in plan.tiers if all(_one_stands(entry, group) for group in tier.required))
    earned = sum(bonus.points for bonus in tier.bonuses if all(_one_stands(entry, group) for group in bonus.all_of))
    return (1 + tier.points + earned) * entry.weight + tier.lift


def _counts(meeting: list[Entry], filters: dict[str, tuple[str, ...]], name: str) -> tuple[FacetCount, ...]:
    others = {other: values for other, values in filters.items() if other != name}
    counter = Counter(value for entry in meeting if _passes(entry, others) for value in entry.facets.get(name, ()))
    return tuple(FacetCount(*pair) for pair in sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))


def _place_by_key(key: int | None, greatest_first: bool) -> tuple[bool, int]:
    return key is None, (-key if greatest_first else key) if key is not None else 0


def _place_by_nearness(entry: Entry, near: Near) -> int:
    own = entry.facets.get(near.facet, ())
    return next((place for place, group in enumerate(near.groups) if set(group) & set(own)), len(near.groups))


def _mixed(id: str) -> int:
    return int.from_bytes(blake2b(id.encode(), digest_size=8).digest(), "big") >> 1
