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
from tantivy import DocAddress, FieldType, Occur, Order, Schema, Searcher
from tantivy import Query as Part

from search_index.analysis import MAX_WEIGHT, WEIGHT_STEP, Phrase, Plan, Tier
from search_index.backend import page_of
from search_index.documents import SORTS, Near
from search_index.tantivy_facets import TIES, counted
from search_index.tantivy_parts import (
    Clause,
    Groups,
    all_of,
    bearing_any,
    group_part,
    living_groups,
    living_tier,
    part_of,
    sort_field,
)

WEIGHT_SCALE = 4  # log2(2 + field) is never below one, and the smallest weight is a quarter
ORDER_DIGITS = 3
_SPARE_HITS = 400  # fetched beyond the page, to hold the ties of its last hit; asking again costs far more

Placed = tuple[float, DocAddress]


@dataclass(frozen=True, slots=True)
class Matches:
    """What the text of `plan` and the filters match in one state of the index.

    `known` keeps which phrases may stand in it (`tantivy_parts.living_groups`). `few`: so few documents match that
    looking up what each earns is faster than going through all that bear a bonus.
    """

    searcher: Searcher
    schema: Schema
    plan: Plan
    known: dict[Phrase, bool]
    filters: tuple[Clause, ...] = ()
    few: bool = False

    @property
    def part(self) -> Part:
        groups = living_groups(self.searcher, self.plan.required, self.known)
        return self._meeting(tuple(left or group[:1] for left, group in zip(groups, self.plan.required, strict=True)))

    def by_score(self, offset: int, limit: int) -> list[Placed]:
        """A page: scores first, ties by `backend.tie_key`; by weight and id without a text.

        Tier by tier: mostly the first one, which is small and quickly ordered, fills the page.
        """
        if not limit or offset >= self.searcher.num_docs:
            return []
        if not self.plan.required:
            return self._listed(offset, limit)
        placed: list[Placed] = []
        before = 0
        rest = self
        for tier in self.plan.tiers:
            if len(placed) == limit:
                break
            if living := living_tier(self.searcher, tier, self.known):
                size, hits = rest._ranked(living, max(offset - before, 0), limit - len(placed))
                placed += hits
                before += size
                rest = rest._but((Occur.MustNot, part_of(self.schema, living.required, ())))
        return placed

    def by_key(self, sort: str, offset: int, limit: int) -> list[Placed]:
        """As `by_score`, by a name of SORTS."""
        room = min(offset + limit, int(self.searcher.num_docs))
        if offset >= room:
            return []
        field = sort_field(sort)
        order = Order.Desc if SORTS[sort] else Order.Asc
        found = self.searcher.search(self.part, limit=room, order_by_field=field, order=order)  # no key: last
        keys: list[int | None] = [key for key, _ in found.hits]
        if offset >= len(keys):
            return []
        # Those of the first and the last key on the page may go on beyond it; those between are on it whole.
        first, last = keys[offset], keys[-1]
        start, inner, tail = keys.index(first), len(keys) - keys[::-1].index(first), keys.index(last)
        placed = self._with_key(field, first).by_score(offset - start, min(inner, len(keys)) - offset)
        if first != last:
            if inner < tail:
                placed += self._between(field, keys[inner], keys[tail - 1], tail - inner)
            placed += self._with_key(field, last).by_score(0, len(keys) - tail)
        return placed

    def by_nearness(self, near: Near, offset: int, limit: int) -> list[Placed]:
        """As `by_score`, group by group of the values of a facet, and then the rest."""
        total, counts = counted(self.searcher, self.schema, self.part, [near.facet])
        placed, before = list[Placed](), 0
        groups = [(group, sum(counts[near.facet].get(value, 0) for value in group)) for group in near.groups]
        for group, size in [*groups, ((), total)]:
            start = max(offset - before, 0)
            if start < size and len(placed) < limit:
                clause = self._bearing(near, group) if group else self._bearing_none(near)
                placed += self._but(*clause).by_score(start, limit - len(placed))
            before += size
        return placed

    def _but(self, *clauses: Clause) -> Matches:
        """What matches and meets further clauses."""
        return replace(self, filters=(*self.filters, *clauses))

    def _meeting(self, required: Groups) -> Part:
        return part_of(self.schema, required, self.plan.excluded, self.filters)

    def _bearing(self, near: Near, values: Sequence[str]) -> list[Clause]:
        return [(Occur.Must, bearing_any(self.schema, near.facet, values))]

    def _bearing_none(self, near: Near) -> list[Clause]:
        values = [value for group in near.groups for value in group]
        return [(Occur.MustNot, bearing_any(self.schema, near.facet, values))] if values else []

    def _with_key(self, field: str, key: int | None) -> Matches:
        if key is None:
            return self._but((Occur.MustNot, Part.exists_query(field)))
        return self._but((Occur.Must, Part.term_query(self.schema, field, key, "basic")))

    def _between(self, field: str, one: int | None, other: int | None, number: int) -> list[Placed]:
        """All with keys from `one` to `other`, in whichever of the two directions, of which there are `number`."""
        descending = (one or 0) > (other or 0)
        low, high = (other, one) if descending else (one, other)
        inside = Part.range_query(self.schema, field, FieldType.Unsigned, low, high)
        placed = self._but((Occur.Must, inside)).by_score(0, number)
        keys = self.searcher.fast_field_values(field, [address for _, address in placed])
        in_order = sorted(zip(keys, placed, strict=True), key=lambda pair: pair[0] or 0, reverse=descending)
        return [hit for _, hit in in_order]  # both directions leave those of one key by score

    def _ranked(self, tier: Tier, offset: int, limit: int) -> tuple[int, list[Placed]]:
        """The size of a tier of what matches, and a page of it."""
        end = offset + limit
        size, scores, addresses = self._scored(tier, end + _SPARE_HITS)
        if len(scores) < size and scores[-1] == scores[end - 1]:
            # The tie at the end of the page goes on beyond what was fetched.
            last = scores[-1]
            above = scores.index(last)
            addresses[above:] = self._first_tied(tier, last, end - above, size - above)
            scores[above:] = [last] * (len(addresses) - above)
        page = page_of(scores, addresses, offset, limit, self._tie_keys)
        return size, [(score + tier.lift, address) for score, address in page]

    def _first_tied(self, tier: Tier, score: float, wanted: int, most: int) -> list[DocAddress]:
        """The first by their tie keys of those of one score, of which there are at least `wanted` and at most `most`.

        Asked in a range of keys that will hold enough of them, as keys are spread evenly: to fetch them all takes
        seconds where half a catalogue scores the same.
        """
        expected = 2 * wanted + _SPARE_HITS // 4
        below, room = min(TIES * expected // most, TIES), 8 * expected
        while True:
            inside = Part.range_query(self.schema, "tie", FieldType.Unsigned, 0, below, include_upper=False)
            size, scores, addresses = replace(self._but((Occur.Must, inside)), few=below < TIES)._scored(tier, room)
            tied = [address for one, address in zip(scores, addresses, strict=True) if one == score]
            if len(scores) < size and scores[-1] >= score:
                room *= 8
            elif len(tied) < wanted and below < TIES:
                below = min(below * 8, TIES)
            else:
                keys = self._tie_keys(tied)
                return [tied[at] for at in sorted(range(len(tied)), key=keys.__getitem__)[:wanted]]

    def _scored(self, tier: Tier, number: int) -> tuple[int, list[float], list[DocAddress]]:
        """How many of a tier match, and the best of them with their scores; without what lifts the tier."""
        scored = Part.const_score_query(self._meeting(tier.required), 1.0 + tier.points)
        earned = [
            Part.const_score_query(all_of([group_part(self.schema, group) for group in bonus.all_of]), bonus.points)
            for bonus in tier.bonuses
        ]
        if self.few:
            for part in earned:
                scored = Part.boolean_query([(Occur.Must, scored), (Occur.Should, part)])
        else:
            scored = Part.boolean_query([(Occur.Must, scored), *((Occur.Should, part) for part in earned)])
        # tantivy sets aside room for all it is asked for, however few there are.
        room = min(number, int(self.searcher.num_docs) + 1)
        found = self.searcher.search(scored, limit=room, weight_by_field="weight")
        hits = found.hits
        exact = {score: _exact_score(score) for score in {score for score, _ in hits}}  # few, of many hits
        return _total(found), [exact[score] for score, _ in hits], [address for _, address in hits]

    def _tie_keys(self, addresses: Sequence[DocAddress]) -> list[int]:
        return cast("list[int]", self.searcher.fast_field_values("tie", list(addresses)))

    def _listed(self, offset: int, limit: int) -> list[Placed]:
        room = min(limit, int(self.searcher.num_docs))
        found = self.searcher.search(self.part, limit=room, offset=offset, order_by_field="order", order=Order.Asc)
        # The key opens with the weight's distance from the greatest one, in steps.
        return [(MAX_WEIGHT - int(str(key)[:ORDER_DIGITS]) * WEIGHT_STEP, address) for key, address in found.hits]


def _total(found: tantivy.SearchResult) -> int:
    total: int = found.count  # type: ignore[attr-defined]  # the package's own stub leaves it out
    return total


def _exact_score(score: float) -> float:
    return round(score / WEIGHT_SCALE / WEIGHT_STEP) * WEIGHT_STEP
