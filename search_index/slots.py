"""The parts of a query, each with what it is read as."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from search_index.fold import fold
from search_index.words import Piece, Word

_AROUND = re.compile(r"^\W+|\W+$")


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a query: what was `typed`, the `text` searched for in its place, and why (`Change.kind`, or "").

    A slot that was joined to its neighbour is empty. `words` are those typed, one for each that is read where they are
    as many. A `literal` slot is never read otherwise. `guess`: the text is folded words that are still to be spelled.
    `likely`: the weight of the slip, beside others for this slot; `amiss`: marks that a typist of marks would have
    missed besides, at least.
    """

    typed: str
    text: str
    kind: str = ""
    words: tuple[Word, ...] = ()
    literal: bool = False
    guess: bool = False
    likely: float = 1.0
    amiss: int = 0

    @classmethod
    def of(cls, piece: Piece) -> Slot:
        return cls(bare(piece.text), piece.text, "", piece.words, literal=piece.minus or piece.quoted)

    @property
    def word(self) -> str:
        """The folded word that may be misspelt, or "" for codes, numbers and what was read already."""
        if self.literal or self.kind or len(self.words) != 1:
            return ""
        word = self.words[0].folded
        return word if word.isalpha() else ""

    @property
    def letters(self) -> str:
        """The letters of `word` as typed, one for each of its own; "" when they are not as many."""
        letters = normalize("NFC", self.typed)
        return letters if self.word and len(letters) == len(self.word) else ""

    @property
    def read(self) -> tuple[str, ...]:
        """The folded words it is read as."""
        if not self.kind:
            return tuple(word.folded for word in self.words)
        return tuple(fold(self.text).split())

    @property
    def marked(self) -> bool:
        return any(word.marked for word in self.words)


Slots = tuple[Slot, ...]
JOINED = Slot("", "", "spelling")  # what is left of a slot that was joined to the one before


def bare(text: str) -> str:
    """Without the signs around it: "heo" of "(heo,"."""
    return _AROUND.sub("", normalize("NFC", text)) or text


def text_of(slots: Sequence[Slot]) -> str:
    """The query's text."""
    return " ".join(slot.text for slot in slots if slot.text)
