"""The documents that match in a Whoosh index, page by page, in each order a query may ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from heapq import merge, nlargest
from itertools import groupby, islice

from search_index.analysis import MAX_WEIGHT, Plan, Tier
from search_index.backend import page_of, tie_key
from search_index.documents import SORTS, Near
from search_index.whoosh_segment import Segment, document_numbers, set_of

# The matching documents of each segment, and one of them with its score.
Matched = list[tuple[Segment, int]]
Placed = tuple[float, tuple[Segment, int]]
Page = Callable[[Matched, int, int], list[Placed]]


def by_score(plan: Plan, matched: Matched, offset: int, limit: int) -> list[Placed]:
    """One page: tier by tier, by score, ties by `backend.tie_key`; by weight and id without a text."""
    if not plan.required:
        return _listed(matched, offset, limit)

    def tiers() -> Iterator[tuple[Tier, Matched]]:
        rest = matched
        for tier in plan.tiers:
            taken = [(segment, in_all(hits, map(segment.any_of, tier.required))) for segment, hits in rest]
            yield tier, taken
            rest = [(segment, hits & ~of_tier) for (segment, hits), (_, of_tier) in zip(rest, taken, strict=True)]

    return _one_by_one(((hits, partial(_ranked, tier)) for tier, hits in tiers()), offset, limit)


def by_key(plan: Plan, matched: Matched, sort: str, offset: int, limit: int) -> list[Placed]:
    """As `by_score`, by a name of SORTS."""
    sign = -1 if SORTS[sort] else 1

    def one(place: int, segment: Segment, hits: int) -> Iterator[tuple[bool, int, int, int]]:
        return (
            (key is None, sign * (key or 0), place, number) for key, number in segment.by_key(sort, SORTS[sort], hits)
        )

    in_order = merge(*(one(place, segment, hits) for place, (segment, hits) in enumerate(matched)))

    def parts() -> Iterator[Matched]:
        for _, tier in groupby(in_order, key=lambda one: one[:2]):
            numbers: dict[int, list[int]] = defaultdict(list)
            for _, _, place, number in tier:
                numbers[place].append(number)
            yield [(matched[place][0], set_of(found, matched[place][0].size)) for place, found in numbers.items()]

    return _one_by_one(((part, partial(by_score, plan)) for part in parts()), offset, limit)


def by_nearness(plan: Plan, matched: Matched, near: Near, offset: int, limit: int) -> list[Placed]:
    """As `by_score`, group by group of the values of a facet, and then the rest."""

    def parts() -> Iterator[Matched]:
        rest = matched
        for group in near.groups:
            bearing = [(segment, segment.bearing_any(near.facet, group)) for segment, _ in matched]
            yield [(segment, hits & of_group) for (segment, hits), (_, of_group) in zip(rest, bearing, strict=True)]
            rest = [(segment, hits & ~of_group) for (segment, hits), (_, of_group) in zip(rest, bearing, strict=True)]
        yield rest

    return _one_by_one(((part, partial(by_score, plan)) for part in parts()), offset, limit)


def _one_by_one(parts: Iterable[tuple[Matched, Page]], offset: int, limit: int) -> list[Placed]:
    """A page of all parts, one behind the other; each with what gives pages of it."""
    page: list[Placed] = []
    before = 0
    for part, page_of_part in parts:
        if len(page) >= limit:
            break
        size = sum(hits.bit_count() for _, hits in part)
        start = max(offset - before, 0)
        if start < size:
            page += page_of_part(part, start, limit - len(page))
        before += size
    return page


def _ranked(tier: Tier, matched: Matched, offset: int, limit: int) -> list[Placed]:
    groups = [
        (points, segment, mask) for segment, hits in matched for points, mask in _by_points(tier, segment, hits).items()
    ]
    groups.sort(key=lambda group: -group[0])
    scored: list[Placed] = []
    needed = offset + limit
    worst = 0.0
    for points, segment, mask in groups:
        if len(scored) >= needed and points * MAX_WEIGHT < worst:
            break  # no document of this or a later group can reach the page
        scored += [(points * segment.weight(number), (segment, number)) for number in document_numbers(mask)]
        if len(scored) >= needed:
            worst = nlargest(needed, (score for score, _ in scored))[-1]
    scored.sort(key=lambda hit: -hit[0])
    page = page_of(
        [score for score, _ in scored],
        [hit for _, hit in scored],
        offset,
        limit,
        lambda tied: [tie_key(segment.ids[number]) for segment, number in tied],
    )
    return [(score + tier.lift, hit) for score, hit in page]


def _by_points(tier: Tier, segment: Segment, hits: int) -> dict[int, int]:
    """The hits of one segment, all of one tier, split by the points they earn."""
    groups = {1 + tier.points: hits} if hits else {}
    for bonus in tier.bonuses:
        holds = in_all(hits, (segment.any_of(group) for group in bonus.all_of))
        if not holds:
            continue
        split: dict[int, int] = defaultdict(int)
        for points, mask in groups.items():
            if won := mask & holds:
                split[points + bonus.points] |= won
            if rest := mask & ~holds:
                split[points] |= rest
        groups = split
    return groups


def _listed(matched: Matched, offset: int, limit: int) -> list[Placed]:
    def one(segment: Segment, mask: int) -> Iterator[tuple[float, str, Segment, int]]:
        return ((-segment.weight(number), segment.ids[number], segment, number) for number in segment.listed(mask))

    in_order = merge(*(one(segment, hits) for segment, hits in matched))
    return [(-weight, (segment, number)) for weight, _, segment, number in islice(in_order, offset, offset + limit)]


def in_all(mask: int, others: Iterable[int]) -> int:
    """The documents that are in each of the sets."""
    for other in others:
        mask &= other
    return mask
