"""From the text of a query to what a backend must find: `plan`. The terms are those of `analysis`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from search_index.analysis import EXACT, GRAM_SIZES, WORDS, Phrase, Plan
from search_index.documents import Query
from search_index.synonyms import Match, Synonyms, packaged
from search_index.tiers import bonuses, first_tiers
from search_index.wanted import RANKED_WORDS, Place, Wanted, terms
from search_index.words import Piece, pieces


def plan(query: Query, synonyms: Synonyms | None = None, ranked: bool = True) -> Plan:
    """What a backend must find for the text of `query`. Filters, order and page are the backend's own.

    Without `synonyms` it takes the packaged ones; without `ranked` it says only what is a hit.
    """
    return _plan(query.text, query.exact, query.typing, synonyms or packaged(), ranked)


# The pages and filters of one search ask for the same text again and again.
@lru_cache(maxsize=512)
def _plan(text: str, as_typed: bool, typing: bool, synonyms: Synonyms, ranked: bool) -> Plan:
    read = list(pieces(text))
    excluded = dict.fromkeys(phrase for piece in read if piece.minus for phrase in _unwanted(piece, as_typed))
    wanted = [Wanted(piece.words) for piece in read if not piece.minus]
    if not as_typed:
        for match in concepts(read, synonyms):
            named = wanted[match.start : match.end]
            for one in named:
                one.names.append(match.name)
                one.whole = tuple(word for one in named for word in one.words) if match.name.whole else ()
    if typing and read and not (read[-1].quoted or read[-1].minus or text[-1:].isspace()):
        *before, last = wanted.pop().words
        if before:  # "ST2" may become "ST25"
            wanted.append(Wanted(tuple(before)))
        wanted.append(Wanted((last,), begun=True))
    _find_places(wanted)
    required = _required(wanted, as_typed)
    earned = bonuses(wanted) if ranked else ()
    return Plan(
        required=required,
        excluded=tuple(excluded),
        bonuses=earned,
        first=first_tiers(wanted, required, earned, as_typed) if ranked else (),
        nothing=not required and not excluded and bool(text.strip()),
    )


def concepts(read: Sequence[Piece], synonyms: Synonyms | None = None) -> list[Match]:
    """The names in a query that are searched for under others, too, by the numbers of its wanted pieces.

    Quotes, codes and what is unwanted are taken literally, and end a name.
    """
    known = synonyms or packaged()
    wanted = [piece for piece in read if not piece.minus]
    bare = not any(word.marked for piece in wanted for word in piece.words)
    found = []
    start = 0
    while start < len(wanted):
        end = start
        while end < len(wanted) and not wanted[end].quoted and len(wanted[end].words) == 1:
            end += 1
        run = [piece.words[0] for piece in wanted[start:end]]
        for match in known.matches(run, title=False, bare=bare):
            if match.name.asked:
                found.append(replace(match, start=match.start + start, end=match.end + start))
        start = end + 1
    return found


def _unwanted(piece: Piece, exact: bool) -> list[Phrase]:
    # "-gạo" must not hide "gáo": a word with marks is excluded only as typed.
    as_typed = exact or any(word.marked for word in piece.words)
    phrases = [Phrase(EXACT if as_typed else WORDS, terms(piece.words, as_typed))]
    if len(piece.words) in GRAM_SIZES or piece.words[0].marked:
        phrases.append(Place(piece.words).phrase(as_typed))
    return phrases


def _find_places(wanted: list[Wanted]) -> None:
    """Tell each word the names of places it may be part of: one to four neighbouring words.

    One word is a name when it bears marks or is all there is: "huế", but not the "long" of "thanh long".
    """
    typed = [(number, word) for number, one in enumerate(wanted) for word in one.words][:RANKED_WORDS]
    for size in (1, *GRAM_SIZES):
        for start in range(len(typed) - size + 1):
            numbers, window = zip(*typed[start : start + size], strict=True)
            if size == 1 and len(wanted) > 1 and not window[0].marked:
                continue
            for number in dict.fromkeys(numbers):
                if numbers.count(number) == len(wanted[number].words):  # the whole code stands in the name
                    wanted[number].places.append(Place(window, begun=wanted[numbers[-1]].begun))


def _required(wanted: list[Wanted], exact: bool) -> tuple[tuple[Phrase, ...], ...]:
    groups: dict[tuple[Phrase, ...], dict[Phrase, None]] = {}
    for one in wanted:
        phrase = one.as_typed() if exact else one.phrase()
        alternatives = groups.setdefault((phrase, *one.concepts), {})
        alternatives[phrase] = None
        for place in one.places:
            # A single syllable among other words is a place only as typed: without marks it may be anything.
            alternatives[place.phrase(exact or (len(place.words) == 1 and len(wanted) > 1))] = None
        alternatives |= dict.fromkeys(one.concepts)
    return tuple(dict.fromkeys(tuple(group) for group in groups.values()))
