"""Parts of a query, and what else each of them may have been meant for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log2
from unicodedata import combining, normalize

from search_index import keyboards, spelling
from search_index.fold import fold
from search_index.lexicon import Lexicon
from search_index.syllables import respelled
from search_index.words import Piece, Word

_LONGEST = 20  # letters of a word that may be misspelt; no word of the language is so long
_TRIED = 6  # guesses for one word that are looked up: the commonest and likeliest
_MARK_AMISS = 0.25  # for each mark that a typist of marks would have missed besides
_JOINED = 3.0  # two words written as one, or one as two; beside the slips of `spelling`


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a query: what was `typed`, the `text` searched for in its place, and why (`Change.kind`, or "").

    A slot that was joined to its neighbour is empty. `words` are those typed; a `literal` slot is never read otherwise.
    """

    typed: str
    text: str
    kind: str = ""
    words: tuple[Word, ...] = ()
    literal: bool = False

    @classmethod
    def of(cls, piece: Piece) -> Slot:
        return cls(piece.text, piece.text, "", piece.words, literal=piece.minus or piece.quoted)

    @property
    def word(self) -> str:
        """The folded word that may be misspelt, or "" for codes, numbers, single letters and what was read already."""
        if self.literal or self.kind or len(self.words) != 1:
            return ""
        word = self.words[0].folded
        return word if word.isalpha() and 1 < len(word) <= _LONGEST else ""


Slots = tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """A query with one of its slots read otherwise, and how likely that is beside others for this slot."""

    slots: Slots
    likely: float


def decoded(slots: Slots, at: int, lexicon: Lexicon, begun: bool) -> list[Guess]:
    """What the slot says on a Vietnamese keyboard, as far as the index knows it; the commonest first.

    `begun`: it may be the beginning of a word.
    """
    slot = slots[at]
    if slot.literal or slot.kind:
        return []
    found = []
    for text in keyboards.decode(slot.typed, begun):
        if (folded := fold(text)) in lexicon.words or (begun and lexicon.begins(folded)):
            taken = Slot(slot.typed, text, "keyboard", slot.words)
            found.append(Guess(_with(slots, at, taken), float(lexicon.words.get(folded, 0))))
    return sorted(found, key=lambda guess: -guess.likely)


def guessed(slots: Slots, at: int, lexicon: Lexicon) -> list[Guess]:
    """Known words that the slot may be misspelt for: those one slip away, two of them, or one with its neighbour."""
    word = slots[at].word
    if not word:
        return []
    slot = slots[at]
    found: list[tuple[float, Guess]] = []

    def add(slots: Slots, likely: float, count: int) -> None:
        found.append((likely * log2(1 + count), Guess(slots, likely)))

    known = lexicon.words
    for other, likely in spelling.neighbours(word, known).items():
        likely *= _MARK_AMISS ** _marks_amiss(slot, other, lexicon)
        add(_with(slots, at, Slot(slot.typed, other, "spelling", slot.words)), likely, known[other])
    for cut in range(1, len(word)):
        left, right = word[:cut], word[cut:]
        if left in known and right in known and len(left) > 1 and len(right) > 1:
            parted = Slot(slot.typed, f"{left} {right}", "spelling", slot.words)
            add(_with(slots, at, parted), _JOINED, min(known[left], known[right]))
    for first in (at - 1, at):
        joined = _joined(slots[first], slots[first + 1]) if 0 <= first < len(slots) - 1 else None
        if joined and joined.text in known:
            merged = (*slots[:first], joined, Slot("", "", "spelling"), *slots[first + 2 :])
            add(merged, _JOINED, known[joined.text])
    found.sort(key=lambda pair: (-pair[0], [slot.text for slot in pair[1].slots]))
    return [guess for _, guess in found[:_TRIED]]


def spelled(word: str, slot: Slot, lexicon: Lexicon, total: Callable[[str], int]) -> str:
    """A guessed word of a slot with marks: of the spellings with most of the typist's own marks the commonest.

    `total`: how many documents of the query bear a spelling in their texts. One that none bears is taken only when
    that is so of all: then it stands in the name of a place.
    """
    known = lexicon.readings(word)
    readings = sorted(known, key=lambda reading: (_amiss(slot, reading), -known[reading], reading))
    for _, equal in groupby(readings, key=lambda reading: _amiss(slot, reading)):
        totals = {reading: total(reading) for reading in equal}
        if any(totals.values()):
            return respelled(max(totals, key=lambda reading: totals[reading]))
    return respelled(readings[0]) if readings else word


def _marks_amiss(slot: Slot, word: str, lexicon: Lexicon) -> int:
    """How many marks of the slot differ from that spelling of a word that comes nearest."""
    if not any(typed.marked for typed in slot.words):
        return 0
    return min((_amiss(slot, reading) for reading in lexicon.readings(word)), default=0)


def _amiss(slot: Slot, reading: str) -> int:
    if not any(typed.marked for typed in slot.words):
        return 0
    own, its = _marks("".join(typed.exact for typed in slot.words)), _marks(reading)
    return ((own - its) + (its - own)).total()


def _marks(exact: str) -> Counter[str]:
    return Counter(c for c in normalize("NFD", exact) if combining(c) or c == "đ")


def _joined(left: Slot, right: Slot) -> Slot | None:
    """Two neighbours as one word; either may be a single letter."""
    for slot in (left, right):
        if slot.literal or slot.kind or len(slot.words) != 1 or not slot.words[0].folded.isalpha():
            return None
    text = left.words[0].folded + right.words[0].folded
    return Slot(f"{left.typed} {right.typed}", text, "spelling", left.words + right.words)


def _with(slots: Slots, at: int, slot: Slot) -> Slots:
    return (*slots[:at], slot, *slots[at + 1 :])


def text_of(slots: Sequence[Slot]) -> str:
    """The query's text."""
    return " ".join(slot.text for slot in slots if slot.text)
