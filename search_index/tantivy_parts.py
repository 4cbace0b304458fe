"""Plans and filters in tantivy's own query objects, and the names of the fields they ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tantivy import Occur, Schema
from tantivy import Query as Part

from search_index.analysis import Phrase, Plan

FACETS = "facets"
# tantivy reads a text in a JSON field that looks like a time as one; a value behind this sign looks like nothing.
VALUE_SIGN = "="


def facet_field(name: str) -> str:
    """The field that holds the values of one facet."""
    return f"{FACETS}.{name}"


def sort_field(name: str) -> str:
    """The field that holds the keys of one order."""
    return f"sort_{name}"


def text_part(schema: Schema, plan: Plan) -> Part:
    """What meets the text of a plan."""
    parts = [(Occur.Must, group_part(schema, group)) for group in plan.required]
    parts += [(Occur.MustNot, phrase_part(schema, phrase)) for phrase in plan.excluded]
    if not plan.required:
        parts.append((Occur.Must, Part.all_query()))
    return parts[0][1] if len(parts) == 1 else Part.boolean_query(parts)


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


def without(part: Part, unwanted: Part) -> Part:
    return Part.boolean_query([(Occur.Must, part), (Occur.MustNot, unwanted)])
