"""What to try when a search found nothing: other searches that do find something."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from marketplace import places
from marketplace.catalogue.search_request import BY_PARAM, Chip, SearchRequest

# Every way is searched once: a page without hits must not cost more than one with them.
_FILTERS = 6
_WORDS = 6
_SHOWN_WORDS = 2


@dataclass(frozen=True, slots=True)
class Way:
    """Another search, how a link to it is worded, and its hits."""

    label: str
    asked: SearchRequest
    hits: int


def ways_out(asked: SearchRequest, count: Callable[[SearchRequest], int], told: Collection[str] = ()) -> list[Way]:
    """The searches near `asked` that find something: first those for the same words with fewer filters or in a wider
    place, then those for fewer words; most hits first in each. `count` tells the hits of a search; texts that are
    `told` already are left out.
    """
    chips = asked.chips()
    wider = [*_without_filters(asked, chips[:_FILTERS]), *_wider_places(asked)]
    shorter = [way for way in _without_words(asked.unfiltered()) if way[1].text not in told]
    return [*_found(wider, count), *_found(shorter, count)[:_SHOWN_WORDS]]


def _found(ways: list[tuple[str, SearchRequest]], count: Callable[[SearchRequest], int]) -> list[Way]:
    told = [Way(label, asked, count(asked)) for label, asked in ways]
    return sorted((way for way in told if way.hits), key=lambda way: -way.hits)


def _without_filters(asked: SearchRequest, chips: list[Chip]) -> list[tuple[str, SearchRequest]]:
    found = [(f"Bỏ lọc “{chip.label}”", chip.without) for chip in chips]
    if len(chips) > 1:
        found.append(("Bỏ hết bộ lọc", asked.unfiltered()))
    return found


def _wider_places(asked: SearchRequest) -> Iterator[tuple[str, SearchRequest]]:
    """A unit of 2025 widened to the old districts it lies in."""
    districts = tuple(dict.fromkeys(code for unit in asked.filters.get("xa", ()) for code in _districts(unit)))
    if districts and "huyen" not in asked.filters:
        kept = {name: values for name, values in asked.filters.items() if name != "xa"}
        names = " và ".join(BY_PARAM["huyen"].labels()[code] for code in districts)
        yield f"Tìm trong cả {names} cũ", replace(asked, filters={**kept, "huyen": districts}, page=1)


def _districts(unit: str) -> tuple[str, ...]:
    try:
        return places.districts_of_unit(unit)
    except KeyError:  # "not known" can be chosen, too
        return ()


def _without_words(asked: SearchRequest) -> list[tuple[str, SearchRequest]]:
    """The search with one word less, for each of its words. A quoted phrase is left as it is."""
    words = asked.text.split(" ")
    if len(words) < 2 or len(words) > _WORDS or '"' in asked.text:
        return []
    shorter = [" ".join((*words[:at], *words[at + 1 :])) for at in range(len(words))]
    return [(f"Tìm “{text}”", replace(asked, text=text, exact=False, typing=False)) for text in dict.fromkeys(shorter)]
