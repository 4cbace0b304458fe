"""What to offer somebody who is still typing: names of products, sellers and places that a search would find.

Everything offered stands in the index; nothing is kept of what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple

from marketplace import places
from marketplace.catalogue.naming import Syllable, begun_by, names_of_goods, reach, syllables
from marketplace.catalogue.search_request import BY_PARAM
from marketplace.places.gazetteer import bare_name
from marketplace.web.privacy import without_contacts
from search_index.documents import Hit, Query, Results
from search_index.fold import fold, has_marks

SHORTEST = 2  # letters; fewer begin half of all names
LINES = 8
_OF_KIND = 3  # sellers, and places; products take what is left
_TITLES = 50  # looked through for products
_NAMES = 15  # looked through for sellers
_ASKS_MORE = re.compile(r"[\"“”„‟«»＂]|(?:^|\s)[-−–]\S")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`hit`: the seller. `params`, `hits`: what a place adds to the address of a search, and how much lies there."""

    kind: Literal["product", "seller", "place"]
    text: str
    hit: Hit | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    hits: int = 0


def suggestions(text: str, search: Callable[[Query], Results], only_kind: str = "") -> list[Suggestion]:
    """At most LINES of them: products, then sellers, then places; two or three index searches.

    `only_kind` "seller": no products, and places with sellers. Nor are products offered for a text with a quote or an
    unwanted word: a product takes the place of the text, which asks for more than that.
    """
    if len(text) < SHORTEST:
        return []
    sellers = search(_query(text, "seller", _NAMES))
    found = [] if only_kind or _ASKS_MORE.search(text) else [search(_query(text, "listing", _TITLES))]
    typed = [syllables(reading) for reading in _readings(text, (sellers, *found))]
    named = list(_sellers(sellers, typed))[:_OF_KIND]
    lying = _places(typed[0], search, only_kind)[:_OF_KIND]
    titles = [without_contacts(hit.title) for results in found for hit in results.hits]
    goods = [Suggestion("product", name) for name in names_of_goods(titles, typed)]
    return [*goods[: LINES - len(named) - len(lying)], *named, *lying]


def _query(text: str, kind: str, limit: int) -> Query:
    return Query(text=text, filters={"kind": (kind,)}, limit=limit, typing=True)


def _readings(text: str, found: tuple[Results, ...]) -> list[str]:
    """The text as the index took it, then with other names for the same thing in it."""
    read = next((results.read_as for results in reversed(found) if results.read_as), "") or text
    others = [
        fold(read).replace(fold(change.typed), fold(name))
        for results in found
        for change in results.changes
        if change.kind == "synonym"
        for name in change.taken
    ]
    return list(dict.fromkeys((read, *others)))


def _sellers(found: Results, typed: list[list[Syllable]]) -> Iterator[Suggestion]:
    """Sellers whose own name holds what was typed, one of each name."""
    told: set[str] = set()
    for hit in sorted(found.hits, key=lambda hit: not has_marks(hit.title)):
        name = without_contacts(hit.title)
        if fold(name) not in told and any(reach(syllables(name), one) for one in typed):
            told.add(fold(name))
            yield Suggestion("seller", name, hit=hit)


class _Place(NamedTuple):
    param: str
    facet: str
    code: str
    text: str
    names: tuple[list[Syllable], ...]  # whole, and without the word for its type


@cache
def _known() -> tuple[_Place, ...]:
    """Old districts, units of 2025, and those again by the names of the communes they were made of."""
    districts = [_place("huyen", code, f"{_lower(name)} cũ", name) for code, name in places.districts()]
    units = [_place("xa", code, _lower(name), name) for code, name in places.units()]
    former = [
        _place("xa", unit, f"{_lower(places.unit_name(unit))} ({_lower(name)} cũ)", name)
        for code, name in places.communes()
        for unit in places.units_of_commune(code)
        if name != places.unit_name(unit)
    ]
    return (*districts, *units, *former)


def _place(param: str, code: str, text: str, name: str) -> _Place:
    return _Place(param, BY_PARAM[param].index, code, text, (syllables(name), syllables(bare_name(name))))


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _places(typed: list[Syllable], search: Callable[[Query], Results], only_kind: str) -> list[Suggestion]:
    """Places whose name begins so and in which there is something, most of it first."""
    named = [place for place in _known() if any(begun_by(name, typed) for name in place.names)]
    if not named:
        return []
    filters = {"kind": (only_kind,)} if only_kind else {}
    counted = search(Query(filters=filters, limit=0, facets=tuple({place.facet for place in named}))).facets
    hits = {(facet, count.value): count.count for facet, counts in counted.items() for count in counts}
    best: dict[tuple[str, str], Suggestion] = {}
    for place in named:
        key = (place.facet, place.code)
        if hits.get(key) and key not in best:
            best[key] = Suggestion("place", place.text, params={place.param: place.code}, hits=hits[key])
    return sorted(best.values(), key=lambda line: -line.hits)
