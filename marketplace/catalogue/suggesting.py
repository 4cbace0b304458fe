"""What to offer somebody who is still typing: names of products, sellers and places that a search would find.

Everything offered stands in the index; nothing is kept of what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple
from unicodedata import normalize

from marketplace import places
from marketplace.places.gazetteer import bare_name
from marketplace.web.privacy import without_contacts
from search_index.documents import Hit, Query, Results
from search_index.fold import fold, has_marks

SHORTEST = 2  # letters; fewer begin half of all names
LINES = 8
_OF_KIND = 3  # sellers, and places; products take what is left
_TITLES = 60  # looked through for products
_NAMES = 20  # looked through for sellers
_HEAD = 6  # syllables of a title that name the goods, at most
_LONGEST = 60  # letters of a product's name

_PACKING = frozenset({"tui", "hop", "goi", "bich", "thung", "chai", "bao", "hu", "lon", "combo", "set", "loai"})

_WORD = re.compile(r"\b[^\W\d_]+\b")
_TOKEN = re.compile(r"[^\W_]+(?:[.,/-][^\W_]+)*")


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

    `only_kind` "seller": no products, and places with sellers.
    """
    if len(text) < SHORTEST:
        return []
    sellers = search(_query(text, "seller", _NAMES))
    found = [] if only_kind else [search(_query(text, "listing", _TITLES))]
    readings = _readings(text, (sellers, *found))
    named = list(_sellers(sellers, readings))[:_OF_KIND]
    lying = _places(readings[0], search, only_kind)[:_OF_KIND]
    goods = [line for results in found for line in _products(results, readings)]
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


def _products(found: Results, readings: list[str]) -> Iterator[Suggestion]:
    """The distinct names of goods among the titles found, the most frequent first, then the best found."""
    counts: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for hit in found.hits:
        name = _product(without_contacts(hit.title), readings)
        if name:
            key = fold(name)
            counts[key] = counts.get(key, 0) + 1
            if key not in spelled or (has_marks(name) and not has_marks(spelled[key])):
                spelled[key] = name
    for key in sorted(counts, key=lambda key: -counts[key]):
        yield Suggestion("product", spelled[key])


def _product(title: str, readings: list[str]) -> str:
    """The name of the goods in a title: its head, and on as far as the words typed stand; in lower case but for codes
    ("ST25"). "" where the title was found by something else than its own words.
    """
    tokens = list(_TOKEN.finditer(title))
    reach = min((at for text in readings if (at := _reach(tokens, text))), default=0)
    if not reach or "***" in title:
        return ""
    name = title[: tokens[max(reach, _head(title, tokens)) - 1].end()]
    return _WORD.sub(lambda word: word[0].lower(), name) if len(name) <= _LONGEST else ""


def _reach(tokens: list[re.Match[str]], text: str) -> int:
    """How many tokens it takes until all words of `text` were met, the last one at least begun; 0: never."""
    *whole, begun = _words(text) or [""]
    folded = [fold(token[0]) for token in tokens]
    ends = [folded.index(word) + 1 if word in folded else 0 for word in whole]
    ends.append(next((at for at, word in enumerate(folded, 1) if word.startswith(begun)), 0))
    return max(ends) if all(ends) and begun else 0


def _head(title: str, tokens: list[re.Match[str]]) -> int:
    """How many tokens a title goes on before a sign or a number ends the name of the goods."""
    for at, token in enumerate(tokens):
        between = title[tokens[at - 1].end() : token.start()] if at else ""
        if at == _HEAD or between.strip() or token[0][0].isdigit():
            return at - 1 if at > 1 and fold(tokens[at - 1][0]) in _PACKING else max(at, 1)
    return len(tokens)


def _sellers(found: Results, readings: list[str]) -> Iterator[Suggestion]:
    """Sellers whose own name holds what was typed, one of each name."""
    told: set[str] = set()
    for hit in sorted(found.hits, key=lambda hit: not has_marks(hit.title)):
        name = without_contacts(hit.title)
        tokens = list(_TOKEN.finditer(name))
        if fold(name) not in told and any(_reach(tokens, text) for text in readings):
            told.add(fold(name))
            yield Suggestion("seller", name, hit=hit)


class _Place(NamedTuple):
    param: str
    facet: str
    code: str
    text: str
    names: tuple[str, ...]  # what it may be begun by, in lower case


@cache
def _known() -> tuple[_Place, ...]:
    """Old districts, units of 2025, and those again by the names of the communes they were made of."""
    districts = [
        _Place("huyen", "district", code, f"{_lower(name)} cũ", _names(name)) for code, name in places.districts()
    ]
    units = [_Place("xa", "unit", code, _lower(name), _names(name)) for code, name in places.units()]
    former = [
        _Place("xa", "unit", unit, f"{_lower(places.unit_name(unit))} ({_lower(name)} cũ)", _names(name))
        for code, name in places.communes()
        for unit in places.units_of_commune(code)
        if name != places.unit_name(unit)
    ]
    return (*districts, *units, *former)


def _names(name: str) -> tuple[str, ...]:
    return name.lower(), bare_name(name).lower()


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _places(text: str, search: Callable[[Query], Results], only_kind: str) -> list[Suggestion]:
    """Places whose name begins so and in which there is something, most of it first."""
    begun = normalize("NFC", " ".join(text.split())).lower()
    marked = has_marks(begun)
    begun = begun if marked else fold(begun)
    named = [
        place for place in _known() if any((name if marked else fold(name)).startswith(begun) for name in place.names)
    ]
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


def _words(text: str) -> list[str]:
    return _TOKEN.findall(fold(text))
