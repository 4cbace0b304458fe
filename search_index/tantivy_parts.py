"""Plans and filters in tantivy's own query objects, and the names of the fields they ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tantivy import Occur, Schema, Searcher
from tantivy import Query as Part

from search_index.analysis import Bonus, Phrase, Tier

Groups = tuple[tuple[Phrase, ...], ...]
Clause = tuple[Occur, Part]

FACETS = "facets"
# tantivy reads a text in a JSON field that looks like a time as one; a value behind this sign looks like nothing.
VALUE_SIGN = "="


def facet_field(name: str) -> str:
    """The field that holds the values of one facet."""
    return f"{FACETS}.{name}"


def sort_field(name: str) -> str:
    """The field that holds the keys of one order."""
    return f"sort_{name}"


def living_groups(searcher: Searcher, groups: Groups, known: dict[Phrase, bool]) -> Groups:
    """The groups without alternatives that stand in no document.

    Most places and names that words may be part of are in no index at all. `known` keeps what was looked up in this
    state of the index.
    """

    def stands(phrase: Phrase) -> bool:
        found = known.get(phrase)
        if found is None:
            found = phrase.begun or all(searcher.doc_freq(phrase.field, term) for term in phrase.terms)
            known[phrase] = found
        return found

    return tuple([tuple([phrase for phrase in group if stands(phrase)]) for group in groups])


def living_tier(searcher: Searcher, tier: Tier, known: dict[Phrase, bool]) -> Tier | None:
    """The same tier of `living_groups`, None when no document can be in it.

    Bonuses that became one are put together.
    """
    required = living_groups(searcher, tier.required, known)
    if not all(required):
        return None
    points: Counter[Groups] = Counter()
    for bonus in tier.bonuses:
        groups = living_groups(searcher, bonus.all_of, known)
        if all(groups):
            points[groups] += bonus.points
    return replace(tier, required=required, bonuses=tuple(Bonus(groups, value) for groups, value in points.items()))


def part_of(schema: Schema, required: Groups, excluded: Iterable[Phrase], filters: Iterable[Clause] = ()) -> Part:
    """What meets groups and filters, and bears nothing that is excluded."""
    clauses = [(Occur.Must, group_part(schema, group)) for group in required]
    clauses += [(Occur.MustNot, phrase_part(schema, phrase)) for phrase in excluded]
    clauses += filters
    if all(occur != Occur.Must for occur, _ in clauses):
        clauses.append((Occur.Must, Part.all_query()))
    return clauses[0][1] if len(clauses) == 1 else Part.boolean_query(clauses)


def group_part(schema: Schema, alternatives: Iterable[Phrase]) -> Part:
    return any_of([phrase_part(schema, one) for one in alternatives])


def phrase_part(schema: Schema, phrase: Phrase) -> Part:
    if phrase.begun:
        # No letter may differ: of tantivy's ways to ask for a beginning the fastest that leaves no term out.
        return Part.fuzzy_term_query(schema, phrase.field, phrase.terms[0], distance=0, prefix=True)
    if len(phrase.terms) == 1:
        return Part.term_query(schema, phrase.field, phrase.terms[0], "basic")
    return Part.phrase_query(schema, phrase.field, list(phrase.terms))


def bearing_any(schema: Schema, facet: str, values: Iterable[str]) -> Part:
    """What bears one of the values of a facet."""
    field = facet_field(facet)
    return any_of([Part.term_query(schema, field, VALUE_SIGN + value, "basic") for value in values])


def all_of(parts: Sequence[Part]) -> Part:
    return parts[0] if len(parts) == 1 else Part.boolean_query([(Occur.Must, part) for part in parts])


def any_of(parts: Sequence[Part]) -> Part:
    return parts[0] if len(parts) == 1 else Part.boolean_query([(Occur.Should, part) for part in parts])
