"""The documents that a query of tantivy matches, page by page, in each order a query may ask for.

tantivy's own similarity is not used: every part of a query counts a constant. It multiplies by log2(2 + field) in
single precision, off by a hair for a few weights; as every true score is a multiple of WEIGHT_STEP, rounding brings
it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import tantivy
from tantivy import DocAddress, FieldType, Order, Schema, Searcher
from tantivy import Query as Part

from search_index.analysis import MAX_WEIGHT, WEIGHT_STEP, Plan
from search_index.backend import page_of
from search_index.documents import SORTS, Near
from search_index.tantivy_facets import facet_counts
from search_index.tantivy_parts import all_of, bearing_any, group_part, sort_field, without

WEIGHT_SCALE = 4  # log2(2 + field) is never below one, and the smallest weight is a quarter
ORDER_DIGITS = 3
_SPARE_HITS = 400  # fetched beyond the page, to hold the ties of its last hit; asking again costs far more

Placed = tuple[float, DocAddress]


@dataclass(frozen=True, slots=True)
class Matches:
    """What `part`, which holds the text of `plan` and the filters, matches in one state of the index."""

    searcher: Searcher
    schema: Schema
    plan: Plan
    part: Part

    def total(self) -> int:
        return _total(self.searcher.search(self.part, limit=1))

    def by_score(self, offset: int, limit: int) -> tuple[int, list[Placed]]:
        """The total and one page of it, scores first, ties by `backend.tie_key`; by weight and id without a text."""
        if not limit or offset >= self.searcher.num_docs:
            return self.total(), []
        return self._ranked(offset, limit) if self.plan.required else self._listed(offset, limit)

    def by_key(self, sort: str, offset: int, limit: int) -> tuple[int, list[Placed]]:
        """As `by_score`, by a name of SORTS."""
        room = min(offset + limit, int(self.searcher.num_docs))
        if offset >= room:
            return self.total(), []
        field = sort_field(sort)
        order = Order.Desc if SORTS[sort] else Order.Asc
        found = self.searcher.search(self.part, limit=room, order_by_field=field, order=order)  # no key: last
        keys: list[int | None] = [key for key, _ in found.hits]
        if offset >= len(keys):
            return _total(found), []
        # Those of the first and the last key on the page may go on beyond it; those between are on it whole.
        first, last = keys[offset], keys[-1]
        start, inner, tail = keys.index(first), len(keys) - keys[::-1].index(first), keys.index(last)
        placed = self._with_key(field, first)._placed(offset - start, min(inner, len(keys)) - offset)
        if first != last:
            if inner < tail:
                placed += self._between(field, keys[inner], keys[tail - 1], tail - inner)
            placed += self._with_key(field, last)._placed(0, len(keys) - tail)
        return _total(found), placed

    def by_nearness(self, near: Near, offset: int, limit: int) -> tuple[int, list[Placed]]:
        """As `by_score`, group by group of the values of a facet, and then the rest."""
        counts = facet_counts(self.searcher, self.schema, self.part, [near.facet])[near.facet]
        total, placed, before = self.total(), list[Placed](), 0
        tiers = [(group, sum(counts.get(value, 0) for value in group)) for group in near.groups]
        for group, size in [*tiers, ((), total)]:
            start = max(offset - before, 0)
            if start < size and len(placed) < limit:
                tier = self._bearing(near.facet, group) if group else self._bearing_none(near)
                placed += tier._placed(start, limit - len(placed))
            before += size
        return total, placed

    def _placed(self, offset: int, limit: int) -> list[Placed]:
        return self.by_score(offset, limit)[1]

    def _bearing(self, facet: str, values: Sequence[str]) -> Matches:
        return replace(self, part=all_of([self.part, bearing_any(self.schema, facet, values)]))

    def _bearing_none(self, near: Near) -> Matches:
        values = [value for group in near.groups for value in group]
        return replace(self, part=without(self.part, bearing_any(self.schema, near.facet, values))) if values else self

    def _with_key(self, field: str, key: int | None) -> Matches:
        if key is None:
            return replace(self, part=without(self.part, Part.exists_query(field)))
        return replace(self, part=all_of([self.part, Part.term_query(self.schema, field, key, "basic")]))

    def _between(self, field: str, one: int | None, other: int | None, number: int) -> list[Placed]:
        """All with keys from `one` to `other`, in whichever of the two directions, of which there are `number`."""
        descending = (one or 0) > (other or 0)
        low, high = (other, one) if descending else (one, other)
        inside = Part.range_query(self.schema, field, FieldType.Unsigned, low, high)
        placed = replace(self, part=all_of([self.part, inside]))._placed(0, number)
        keys = self.searcher.fast_field_values(field, [address for _, address in placed])
        in_order = sorted(zip(keys, placed, strict=True), key=lambda pair: pair[0] or 0, reverse=descending)
        return [hit for _, hit in in_order]  # both directions leave those of one key by score

    def _ranked(self, offset: int, limit: int) -> tuple[int, list[Placed]]:
        parts = [(tantivy.Occur.Must, Part.const_score_query(self.part, 1.0))]
        for bonus in self.plan.bonuses:
            part = all_of([group_part(self.schema, group) for group in bonus.all_of])
            parts.append((tantivy.Occur.Should, Part.const_score_query(part, float(bonus.points))))
        scored = Part.boolean_query(parts)

        fetched = offset + limit + _SPARE_HITS
        while True:
            # tantivy sets aside room for all it is asked for, however few there are.
            room = min(fetched, int(self.searcher.num_docs) + 1)
            found = self.searcher.search(scored, limit=room, weight_by_field="weight")
            hits = found.hits
            scores = [score for score, _ in hits]
            exact = {score: _exact_score(score) for score in set(scores)}  # few, of many hits
            if len(hits) < fetched or exact[scores[-1]] < exact[scores[offset + limit - 1]]:
                break
            fetched *= 8  # the tie at the end of the page goes on beyond what was fetched

        def keys(addresses: Sequence[DocAddress]) -> list[int]:
            return cast("list[int]", self.searcher.fast_field_values("tie", list(addresses)))

        addresses = [address for _, address in hits]
        return _total(found), page_of([exact[score] for score in scores], addresses, offset, limit, keys)

    def _listed(self, offset: int, limit: int) -> tuple[int, list[Placed]]:
        room = min(limit, int(self.searcher.num_docs))
        found = self.searcher.search(self.part, limit=room, offset=offset, order_by_field="order", order=Order.Asc)
        # The key opens with the weight's distance from the greatest one, in steps.
        return _total(found), [
            (MAX_WEIGHT - int(str(key)[:ORDER_DIGITS]) * WEIGHT_STEP, address) for key, address in found.hits
        ]


def _total(found: tantivy.SearchResult) -> int:
    total: int = found.count  # type: ignore[attr-defined]  # the package's own stub leaves it out
    return total


def _exact_score(score: float) -> float:
    return round(score / WEIGHT_SCALE / WEIGHT_STEP) * WEIGHT_STEP
