"""Exact counts of facet values, from tantivy's columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tantivy import FieldType, Schema, Searcher
from tantivy import Query as Part

from search_index.tantivy_parts import VALUE_SIGN, all_of, facet_field

_MOST_VALUES = 60_000  # in one answer; tantivy refuses to give more than 65,000
_TOTAL = ""  # no facet is called so
TIES = 1 << 63  # every tie key is below


def counted(
    searcher: Searcher, schema: Schema, part: Part, names: Sequence[str] = ()
) -> tuple[int, dict[str, Mapping[str, int]]]:
    """How many documents `part` matches, and how many of them bear each value of the facets."""
    # Without a size it would stop at ten values.
    size = _MOST_VALUES // max(len(names), 1)
    asked = {name: {"terms": {"field": facet_field(name), "size": size}} for name in names}
    told = searcher.aggregate(part, {_TOTAL: {"value_count": {"field": "tie"}}, **asked})
    counts: dict[str, Mapping[str, int]] = {}
    for name in names:
        if told[name]["sum_other_doc_count"]:
            counts[name] = _counts_of_many(searcher, schema, part, name, 0, TIES)
        else:
            counts[name] = _values(told[name])
    return int(told[_TOTAL]["value"]), counts


def _counts_of_many(
    searcher: Searcher, schema: Schema, part: Part, name: str, low: int, high: int
) -> Mapping[str, int]:
    """The counts of one facet over the documents with a tie key from `low` to below `high`, halved until they fit."""
    inside = Part.range_query(schema, "tie", FieldType.Unsigned, low, high, include_upper=False)
    asked = {"all": {"terms": {"field": facet_field(name), "size": _MOST_VALUES}}}
    told = searcher.aggregate(all_of([part, inside]), asked)["all"]
    if not told["sum_other_doc_count"]:
        return _values(told)
    middle = (low + high) // 2
    counts = Counter(_counts_of_many(searcher, schema, part, name, low, middle))
    counts.update(_counts_of_many(searcher, schema, part, name, middle, high))
    return counts


def _values(told: Mapping[str, list[dict[str, int | str]]]) -> Mapping[str, int]:
    return {str(bucket["key"])[len(VALUE_SIGN) :]: int(bucket["doc_count"]) for bucket in told["buckets"]}
