"""From the text of a query to what a backend must find: `plan`. The terms are those of `analysis`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from search_index.analysis import (
    BIGRAMS,
    CATEGORY,
    CONCEPTS,
    EXACT,
    GRAM_SIZES,
    MAX_WEIGHT,
    MIN_WEIGHT,
    PLACES,
    PLACES_EXACT,
    SELLER,
    TITLE,
    TITLE_EXACT,
    TITLE_START,
    WORDS,
    Bonus,
    Phrase,
    Plan,
    bigram,
    bigrams,
    gram,
)
from search_index.documents import Query
from search_index.syllables import parted
from search_index.synonyms import Match, Name, Synonyms, packaged
from search_index.words import Piece, Word, pieces

# Points per word of the query. A place is named beside the goods: "gạo Cần Đước" stands in the title, or the rice lies
# there. Another name of the goods earns half of what the word itself does.
_TITLE_OR_PLACE_POINTS = 6
_NAME_POINTS = 3
_FIELD_POINTS = {CATEGORY: 3, SELLER: 2}
_NEIGHBOURS_POINTS = 5  # two words of the query side by side in the title
# The head of a Vietnamese name is its first word: "gạo lứt" is rice, "bánh gạo" a cake.
_HEAD_POINTS = 9
_NAMED_HEAD_POINTS = 4
_GOODS_POINTS = 2  # the name stands for the goods here, not for what else it may be: "bắp" that is no "bắp chuối"
_EXACT_POINTS = 6  # the letters as typed in title or place, for a writer who uses marks
_BARE_EXACT_POINTS = 1  # …and for one who uses none: "thanh long" before "Thạnh Long", no more
_BEGUN_POINTS = 3  # a title with a word that begins as the one being typed; the whole word earns its points besides

_RANKED_WORDS = 16  # further words of a query must match like the others but earn no points


@dataclass(frozen=True, slots=True)
class _Place:
    """Neighbouring words that may be (part of) a place's name; `begun`: the last one may be its beginning only."""

    words: tuple[Word, ...]
    begun: bool = False

    def phrase(self, exact: bool) -> Phrase:
        words = (*self.words[:-1], _toneless(self.words[-1])) if self.begun and exact else self.words
        return Phrase(PLACES_EXACT if exact else PLACES, (gram(words, exact),), self.begun)


@dataclass(slots=True)
class _Wanted:
    """Words that must be found side by side, and what they may be part of.

    `places`: names of places; `names`: names of goods; `whole`: such a name when its words must stand together.
    `begun`: the word is still being typed.
    """

    words: tuple[Word, ...]
    begun: bool = False
    places: list[_Place] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    whole: tuple[Word, ...] = ()

    @property
    def marked(self) -> bool:
        return any(word.marked for word in self.words)

    @property
    def concepts(self) -> tuple[Phrase, ...]:
        """What finds the goods by their other names."""
        return tuple(dict.fromkeys(Phrase(CONCEPTS, (name.group,)) for name in self.names))

    def phrase(self) -> Phrase:
        words = self.whole or self.words
        return Phrase(WORDS, _terms(words, exact=False), self.begun and len(words) == 1)


def plan(query: Query, synonyms: Synonyms | None = None, ranked: bool = True) -> Plan:
    """What a backend must find for the text of `query`. Filters, order and page are the backend's own.

    Without `synonyms` it takes the packaged ones; without `ranked` it says only what is a hit.
    """
    read = list(pieces(query.text))
    excluded = dict.fromkeys(phrase for piece in read if piece.minus for phrase in _unwanted(piece, query.exact))
    wanted = [_Wanted(piece.words) for piece in read if not piece.minus]
    if not query.exact:
        for match in concepts(read, synonyms):
            named = wanted[match.start : match.end]
            for one in named:
                one.names.append(match.name)
                one.whole = tuple(word for one in named for word in one.words) if match.name.whole else ()
    if query.typing and read and not (read[-1].quoted or read[-1].minus or query.text[-1:].isspace()):
        *before, last = wanted.pop().words
        if before:  # "ST2" may become "ST25"
            wanted.append(_Wanted(tuple(before)))
        wanted.append(_Wanted((last,), begun=True))
    _find_places(wanted)
    required = _required(wanted, query.exact)
    return Plan(
        required=required,
        excluded=tuple(excluded),
        bonuses=_bonuses(wanted) if ranked else (),
        nothing=not required and not excluded and bool(query.text.strip()),
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
    phrases = [Phrase(EXACT if as_typed else WORDS, _terms(piece.words, as_typed))]
    if len(piece.words) in GRAM_SIZES or piece.words[0].marked:
        phrases.append(_Place(piece.words).phrase(as_typed))
    return phrases


def _find_places(wanted: list[_Wanted]) -> None:
    """Tell each word the names of places it may be part of: one to four neighbouring words.

    One word is a name when it bears marks or is all there is: "huế", but not the "long" of "thanh long".
    """
    typed = [(number, word) for number, one in enumerate(wanted) for word in one.words][:_RANKED_WORDS]
    for size in (1, *GRAM_SIZES):
        for start in range(len(typed) - size + 1):
            numbers, window = zip(*typed[start : start + size], strict=True)
            if size == 1 and len(wanted) > 1 and not window[0].marked:
                continue
            for number in dict.fromkeys(numbers):
                if numbers.count(number) == len(wanted[number].words):  # the whole code stands in the name
                    wanted[number].places.append(_Place(window, begun=wanted[numbers[-1]].begun))


def _required(wanted: list[_Wanted], exact: bool) -> tuple[tuple[Phrase, ...], ...]:
    groups: dict[tuple[Phrase, ...], dict[Phrase, None]] = {}
    for one in wanted:
        phrase = _as_typed(one) if exact else one.phrase()
        alternatives = groups.setdefault((phrase, *one.concepts), {})
        alternatives[phrase] = None
        for place in one.places:
            # A single syllable among other words is a place only as typed: without marks it may be anything.
            alternatives[place.phrase(exact or (len(place.words) == 1 and len(wanted) > 1))] = None
        alternatives |= dict.fromkeys(one.concepts)
    return tuple(dict.fromkeys(tuple(group) for group in groups.values()))


def _bonuses(wanted: list[_Wanted]) -> tuple[Bonus, ...]:
    parts = [(one, word) for one in wanted for word in one.words]
    begun = bool(parts) and parts[-1][0].begun and len(parts) <= _RANKED_WORDS
    parts = parts[:_RANKED_WORDS]
    typed = [word for _, word in parts]
    with_marks = any(word.marked for word in typed)
    points: Counter[tuple[Phrase, ...]] = Counter()
    seen: set[str] = set()
    for at, (one, word) in enumerate(parts):
        if word.folded in seen:
            continue
        seen.add(word.folded)
        places = [
            _Place(tuple(typed[start : start + 2]), begun and start + 2 == len(typed))
            for start in (at - 1, at)
            if 0 <= start < len(typed) - 1
        ]
        near = (Phrase(TITLE, (word.folded,)), *(place.phrase(exact=False) for place in places))
        points[near] += _TITLE_OR_PLACE_POINTS - _NAME_POINTS
        points[*near, *one.concepts] += _NAME_POINTS
        if own := dict.fromkeys(Phrase(CONCEPTS, (name.group,)) for name in one.names if name.found):
            points[*own,] += _GOODS_POINTS
        for name, value in _FIELD_POINTS.items():
            points[Phrase(name, (word.folded,)),] = value
        literal = Phrase(TITLE_EXACT, (word.exact,))
        if with_marks:
            points[literal, *(place.phrase(exact=True) for place in places)] = _EXACT_POINTS
        else:
            points[literal,] = _BARE_EXACT_POINTS
    together = list(bigrams([word.folded for word in typed]))
    for at, pair_of_words in enumerate(together):
        points[Phrase(BIGRAMS, (pair_of_words,), begun and at == len(together) - 1),] = _NEIGHBOURS_POINTS
    if parts:
        head = Phrase(BIGRAMS, (bigram(TITLE_START, typed[0].folded),), begun and len(typed) == 1)
        named = dict.fromkeys(Phrase(CONCEPTS, (TITLE_START + name.group,)) for name in parts[0][0].names)
        points[head,] += _HEAD_POINTS - _NAMED_HEAD_POINTS
        points[head, *named] += _NAMED_HEAD_POINTS
    if begun:
        points[Phrase(TITLE, (typed[-1].folded,), begun=True),] = _BEGUN_POINTS
    bonuses = [Bonus((group,), value) for group, value in points.items()]
    return (*bonuses, *_for_marks(wanted, points.total()))


def _for_marks(wanted: list[_Wanted], others: int) -> list[Bonus]:
    """For whoever types marks, and means them: more than all other points can make up for, at the extremes of weight.

    Another name of the goods stands for the word as typed, too, and the beginning of a word for all of it; but the word
    itself comes before both.
    """
    marked = [one for one in wanted if one.marked]
    if not marked:
        return []
    enough = round((1 + others) * MAX_WEIGHT / MIN_WEIGHT)
    literal, meant = [], []
    for one in marked:
        places = [place.phrase(exact=True) for place in one.places]
        literal.append((Phrase(EXACT, _terms(one.words, exact=True)), *places))
        meant.append((_as_typed(one), *places, *one.concepts))
    bonuses = [Bonus(tuple(meant), enough)]
    if meant != literal:
        bonuses.append(Bonus(tuple(literal), enough))
    return bonuses


def _as_typed(one: _Wanted) -> Phrase:
    if one.begun:
        return Phrase(EXACT, (_toneless(one.words[0]).exact,), begun=True)
    return Phrase(EXACT, _terms(one.words, exact=True))


def _toneless(word: Word) -> Word:
    """A word still being typed: its tone comes last in the terms of the index, after letters that are not typed yet."""
    return word._replace(exact=parted(word.exact)[0])


def _terms(words: Sequence[Word], exact: bool) -> tuple[str, ...]:
    return tuple(word.exact if exact else word.folded for word in words)
