"""What a search engine must offer to carry an index, and what every backend must keep.

A backend owns one folder, made by `create` and never renamed. It does no text analysis: terms, points and
weights come from `analysis`, and every backend must reach the same hits, in the same order, with the same
scores and counts:

- a hit meets `Plan.required`, none of `Plan.excluded`, and the filters; values within a filter are
  alternatives;
- score = (1 + points of the bonuses that hold) × weight; higher first, equal scores by `tie_key`;
- a plan without requirements lists by weight, higher first, then by id; its scores are the weights;
- a `sort` puts the keys of that name first, a nearness its groups; what is equal by them stays in the order above;
- `total` and the facet counts are exact, counted over the same state of the index as the hits;
- `write` is all or nothing, also when the process is killed in it; writing the same again changes nothing.

One writer at a time: `index` holds the lock, so a backend need not guard against a second one. Searches may
come from any number of threads, during a write too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from operator import neg
from pathlib import Path
from typing import Protocol, Self, TypeVar

from search_index.analysis import Entry, Plan
from search_index.documents import FacetCount, Near, Results

T = TypeVar("T")


class Backend(Protocol):
    @classmethod
    def create(cls, folder: Path) -> Self:
        """A new, empty index in `folder`, which exists and is empty."""

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index in `folder`. Raises errors.Damaged when it cannot be read."""

    def write(self, upserts: Iterable[Entry], deletes: Iterable[str]) -> None:
        """Remove `deletes`, then put in `upserts`, replacing entries of the same id, in one commit.

        Of several upserts with one id the last counts; unknown ids in `deletes` are no fault. `upserts` is
        read once and may be long. An exception out of it leaves the index as it was.
        """

    def search(
        self,
        plan: Plan,
        filters: Mapping[str, tuple[str, ...]],
        offset: int,
        limit: int,
        facets: Sequence[str],
        sort: str = "",
        near: Near | None = None,
    ) -> Results:
        """One page of hits, as of the last `refresh`.

        Filters without values are left out by the caller, and a value stands in one group of `near` only.
        """

    @property
    def state(self) -> object:
        """Equal as long as `refresh` saw nothing new."""

    def vocabulary(self, field: str) -> Collection[str]:
        """The terms of `field`, perhaps with some that no document bears any more. Each once, in no order."""

    def frequency(self, field: str, term: str) -> int:
        """How many documents bear a term, exactly, as of the last `refresh`."""

    def count(self) -> int:
        """Documents in the index, as of the last `refresh`."""

    def refresh(self) -> None:
        """See what was committed since, here or by another process. Cheap when nothing was."""

    def close(self) -> None:
        """Give up files. No search may be under way, and none may follow."""


def tie_key(id: str) -> int:
    """Orders documents of equal score: 63 bits that depend on the id alone.

    A plain order by id would put the same source, and in it the oldest listing, first in every tie.
    """
    return int.from_bytes(blake2b(id.encode(), digest_size=8).digest(), "big") >> 1


def page_of(
    scores: Sequence[float], hits: Sequence[T], offset: int, limit: int, keys: Callable[[Sequence[T]], Sequence[int]]
) -> list[tuple[float, T]]:
    """The page of `hits`, which come by score and hold every tie of the page's last hit, with ties in order.

    `keys` gives the tie keys of some hits; it is asked only for those that can stand on the page.
    """
    page: list[tuple[float, T]] = []
    at, end = offset, min(offset + limit, len(hits))
    while at < end:
        score = scores[at]
        start, stop = bisect_left(scores, -score, key=neg), bisect_right(scores, -score, key=neg)
        tied = hits[start:stop]
        if len(tied) > 1:
            known = keys(tied)
            tied = [tied[place] for place in sorted(range(len(tied)), key=known.__getitem__)]
        page += [(score, hit) for hit in tied[at - start : end - start]]
        at = stop
    return page


def sorted_counts(counts: Mapping[str, int]) -> tuple[FacetCount, ...]:
    """Facet values that occur, the most frequent first, then by value."""
    found = ((value, count) for value, count in counts.items() if count)
    return tuple(FacetCount(*pair) for pair in sorted(found, key=lambda pair: (-pair[1], pair[0])))
