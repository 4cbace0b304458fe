"""Which spelling of a word a typist of marks meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from unicodedata import combining, normalize

from search_index.lexicon import Lexicon
from search_index.slots import Slot
from search_index.syllables import respelled
from search_index.words import Word

_BARE = 2  # a spelling without any mark is one of a writer who uses none, and seldom what one who does has meant


def least_amiss(typed: Sequence[Word], word: str, lexicon: Lexicon) -> int:
    """How many typed marks differ from that spelling of a folded word that comes nearest."""
    if not any(one.marked for one in typed):
        return 0
    return min((_amiss(typed, reading) for reading in lexicon.readings(word)), default=0)


def spelled(slot: Slot, lexicon: Lexicon, total: Callable[[str], int]) -> tuple[str, int]:
    """The guessed words of a slot with marks, and how many of them differ from those typed.

    `total`: how many documents of the query bear a spelling in their texts.
    """
    parts = slot.text.split()
    typed = [(word,) for word in slot.words] if len(slot.words) == len(parts) else [slot.words] * len(parts)
    found = [_spelled(word, own, lexicon, total) for word, own in zip(parts, typed, strict=True)]
    return " ".join(text for text, _ in found), sum(amiss for _, amiss in found)


def _spelled(word: str, typed: Sequence[Word], lexicon: Lexicon, total: Callable[[str], int]) -> tuple[str, int]:
    """Of the spellings with most of the typist's own marks the commonest.

    One that no document of the query bears is taken only when that is so of all: then it stands in the name of a place.
    """
    known = lexicon.readings(word)
    readings = sorted(known, key=lambda reading: (_amiss(typed, reading), -known[reading], reading))
    for amiss, equal in groupby(readings, key=lambda reading: _amiss(typed, reading)):
        best, most = "", 0
        for reading in equal:  # the commonest first
            if known[reading] <= most:
                break
            if (number := total(reading)) > most:
                best, most = reading, number
        if best:
            return respelled(best), amiss
    return (respelled(readings[0]), _amiss(typed, readings[0])) if readings else (word, 0)


def _amiss(typed: Sequence[Word], reading: str) -> int:
    if not any(one.marked for one in typed):
        return 0
    own, its = _marks("".join(one.exact for one in typed)), _marks(reading)
    return ((own - its) + (its - own)).total() + (0 if its else _BARE)


def _marks(exact: str) -> Counter[str]:
    return Counter(c for c in normalize("NFD", exact) if combining(c) or c == "đ")
