"""What to try when a search found nothing: other searches that do find something."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from marketplace import places
from marketplace.catalogue.search_request import BY_PARAM, SearchRequest
from search_index.documents import Results

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


def ways_out(asked: SearchRequest, search: Callable[[SearchRequest], Results], told: Collection[str] = ()) -> list[Way]:
    """The searches near `asked` that find something: first those for the same words with one filter fewer or in a
    wider place, then those for fewer words, most hits first in each; without any filter at the end. `search` tells the
    hits of a search; texts that are `told` already are left out.
    """
    chips = asked.chips()
    wider = [*((f"Bỏ lọc “{chip.label}”", chip.without) for chip in chips[:_FILTERS]), *_wider_places(asked)]
    bare = [("Bỏ hết bộ lọc", asked.unfiltered())] if len(chips) > 1 else []
    return [
        *_found(wider, search),
        *_fewer_words(asked.unfiltered(), search, {asked.text, *told})[:_SHOWN_WORDS],
        *_found(bare, search),
    ]


def _found(ways: Iterable[tuple[str, SearchRequest]], search: Callable[[SearchRequest], Results]) -> list[Way]:
    found = [Way(label, asked, search(asked).total) for label, asked in ways]
    return sorted((way for way in found if way.hits), key=lambda way: -way.hits)


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


def _fewer_words(asked: SearchRequest, search: Callable[[SearchRequest], Results], told: Collection[str]) -> list[Way]:
    """The search with one word less, for each of its words, named by what is searched for then: "thanh lonh" finds
    thanh long. A quoted phrase is left as it is.
    """
    words = asked.text.split(" ")
    if len(words) < 2 or len(words) > _WORDS or '"' in asked.text:
        return []
    found: dict[str, Way] = {}
    for text in dict.fromkeys(" ".join((*words[:at], *words[at + 1 :])) for at in range(len(words))):
        results = search(replace(asked, text=text, exact=False, typing=False))
        read = results.read_as or text
        if results.total and read not in told and text not in told:
            found.setdefault(
                read, Way(f"Tìm “{read}”", replace(asked, text=read, exact=False, typing=False), results.total)
            )
    return sorted(found.values(), key=lambda way: -way.hits)
