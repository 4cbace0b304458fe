"""What a query wants: words that must be found side by side, and what they may be part of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from search_index.analysis import CONCEPTS, EXACT, PLACES, PLACES_EXACT, WORDS, Phrase, gram
from search_index.syllables import parted
from search_index.synonyms import Name
from search_index.words import Word

RANKED_WORDS = 16  # further words of a query must match like the others but earn no points


@dataclass(frozen=True, slots=True)
class Place:
    """Neighbouring words that may be (part of) a place's name; `begun`: the last one may be its beginning only."""

    words: tuple[Word, ...]
    begun: bool = False

    def phrase(self, exact: bool) -> Phrase:
        words = (*self.words[:-1], toneless(self.words[-1])) if self.begun and exact else self.words
        return Phrase(PLACES_EXACT if exact else PLACES, (gram(words, exact),), self.begun)


@dataclass(slots=True)
class Wanted:
    """Words that must be found side by side, and what they may be part of.

    `places`: names of places; `names`: names of goods; `whole`: such a name when its words must stand together.
    `begun`: the word is still being typed.
    """

    words: tuple[Word, ...]
    begun: bool = False
    places: list[Place] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    whole: tuple[Word, ...] = ()

    @property
    def marked(self) -> bool:
        return any(word.marked for word in self.words)

    @property
    def together(self) -> tuple[Word, ...]:
        """All words that must stand side by side with these."""
        return self.whole or self.words

    @property
    def concepts(self) -> tuple[Phrase, ...]:
        """What finds the goods by their other names."""
        return tuple(dict.fromkeys(Phrase(CONCEPTS, (name.group,)) for name in self.names))

    def phrase(self) -> Phrase:
        return Phrase(WORDS, terms(self.together, exact=False), self.begun and len(self.together) == 1)

    def as_typed(self) -> Phrase:
        if self.begun:
            return Phrase(EXACT, (toneless(self.words[0]).exact,), begun=True)
        return Phrase(EXACT, terms(self.words, exact=True))


def toneless(word: Word) -> Word:
    """A word still being typed: its tone comes last in the terms of the index, after letters that are not typed yet."""
    return word._replace(exact=parted(word.exact)[0])


def terms(words: Sequence[Word], exact: bool) -> tuple[str, ...]:
    return tuple(word.exact if exact else word.folded for word in words)
