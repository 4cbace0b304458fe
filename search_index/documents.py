"""What goes into the index and what comes out of it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# A document's boost is held within these: it multiplies the score, and may reorder but never bury.
MIN_BOOST = 0.5
MAX_BOOST = 2.0

MAX_SORT_KEY = 2**40 - 1
MAX_TEXT = 1_000  # characters of a query; nobody types more
# What hits can be ordered by instead of their score, and whether the greatest key comes first.
SORTS = {"price": False, "newest": True}

_FACET_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """Something to be found. `id` is unique in the index, e.g. "listing:17"; `ref` is the source's own
    reference.

    `kind`: the title of a "seller" is read as somebody's name, in which hardly a syllable stands for goods.
    `places`: names of places, each a name by itself. A place is found by its name or by two or more of its
    syllables side by side, never by single ones: nearly every commune has a "long", "thanh" or "an" in it. One
    whose name is a single syllable (Huế, Thành phố Huế) is found by it when it is typed with marks, or alone.
    `facets` maps a facet's name (lower-case letters, digits and "_") to the document's values; empty values
    are left out. `sort_keys` maps a name of SORTS to a whole number from 0 to MAX_SORT_KEY. `boost` (freshness,
    completeness) multiplies the score; it is held within MIN_BOOST and MAX_BOOST. Raises ValueError for an id or a
    facet name that cannot be indexed, for a boost that is no number and for a sort key that is none of those.
    """

    id: str
    kind: str
    source: str
    ref: str
    title: str
    seller: str = ""
    category: str = ""
    body: str = ""
    places: tuple[str, ...] = ()
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort_keys: Mapping[str, int] = field(default_factory=dict)
    boost: float = 1.0

    def __post_init__(self) -> None:
        if not self.id or not self.id.isprintable() or len(self.id) > 200:
            raise ValueError(f"document id {self.id!r}: expected 1 to 200 printable characters")
        if not math.isfinite(self.boost):
            raise ValueError(f"document {self.id}: boost {self.boost!r} is not a finite number")
        for name, key in self.sort_keys.items():
            if name not in SORTS or not 0 <= key <= MAX_SORT_KEY:
                expected = f"one of {', '.join(SORTS)} and a whole number from 0 to {MAX_SORT_KEY}"
                raise ValueError(f"document {self.id}: sort key {name}={key!r}: expected {expected}")
        _check_facets(self.facets)


@dataclass(frozen=True, slots=True)
class Near:
    """An order by nearness: groups of values of one facet, the nearest first.

    A document bears one value of that facet at most.
    """

    facet: str
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """What is asked for. An empty `text` lists everything that passes the filters.

    In `text`, of at most MAX_TEXT characters, every word must be found; "words in quotes" stand next to each other;
    -word is not there, nor is -"a place".
    `filters`: a document passes a facet when it bears one of the values, and must pass every facet named; a
    facet without values does not filter. `facets` names those to be counted. `exact` finds only the letters
    as typed, marks included (capitals and the tone's placement in oà/òa still make no difference), and nothing
    else is read into them. `typing`: the last word may be only the beginning of one; with `exact` its marks count,
    but not its tone, which is often typed last.

    `sort` is "" (by score) or a name of SORTS; documents without that key come last, equal ones by score.
    `near`: first the hits that bear one of the first group of values of the named facet, then those of the
    second…, then the rest; within a group by score. It can't be joined with a sort. Raises ValueError for a negative
    `offset` or `limit`, for an impossible facet name and for an unknown sort.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    offset: int = 0
    limit: int = 20
    facets: tuple[str, ...] = ()
    exact: bool = False
    typing: bool = False
    sort: str = ""
    near: Near | None = None

    def __post_init__(self) -> None:
        if self.offset < 0 or self.limit < 0:
            raise ValueError(f"offset {self.offset} and limit {self.limit} must not be negative")
        if self.sort and (self.sort not in SORTS or self.near):
            raise ValueError(f"sort {self.sort!r}: expected one of {', '.join(SORTS)}, and then no nearness")
        _check_facets(self.filters)
        _check_facets(dict.fromkeys(self.facets, ()))
        if self.near:
            _check_facets(dict.fromkeys([self.near.facet], sum(self.near.groups, ())))


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found. `score` compares hits of one query, never those of two."""

    id: str
    kind: str
    title: str
    source: str
    ref: str
    score: float


@dataclass(frozen=True, slots=True)
class FacetCount:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Change:
    """Something read into a query: `typed` words of it, and what they were `taken` for.

    `kind`: "keyboard" (typed for a Vietnamese keyboard that was off: "gaoj"), "spelling" (one letter amiss), or
    "synonym" (also searched for by these other names; `taken` lists them).
    """

    kind: str
    typed: str
    taken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. `total` counts all of them, exactly.

    `read_as` is the text that was searched for when it is another than was typed, "" otherwise; `changes` says what
    was done to get there and which other names were searched for, too. `spellings`: texts near the one typed that
    have hits, the likeliest first, at most five; told when nothing was found, when the text was changed and when little
    was found for a word that stands beside no other of the query in any title, though one like it does.

    `facets` has every facet asked for, each with all its values that occur, the most frequent first, then by
    value. A facet's counts ignore that facet's own filter: they tell how many hits each further choice would
    bring.
    """

    total: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    read_as: str = ""
    changes: tuple[Change, ...] = ()
    spellings: tuple[str, ...] = ()


def _check_facets(facets: Mapping[str, tuple[str, ...]]) -> None:
    for name, values in facets.items():
        if not _FACET_NAME.fullmatch(name):
            raise ValueError(f"facet name {name!r}: expected lower-case letters, digits and '_', at most 50")
        if isinstance(values, str):
            raise ValueError(f"facet {name}: expected a tuple of values, not the text {values!r}")
