"""From the text of a query to what a backend must find: `plan`. The terms are those of `analysis`."""

from __future__ import annotations

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
from search_index.synonyms import Match, Name, Synonyms, packaged
from search_index.words import Piece, Word, pieces

# Points per word of the query. The head of a Vietnamese name is its first word: "gạo lứt" is rice, "bánh gạo" a cake.
_FIELD_POINTS = {TITLE: 6, CATEGORY: 4, SELLER: 3}
_PLACE_POINTS = 4  # two words of the query side by side in the name of a place
_NEIGHBOURS_POINTS = 5  # two words of the query side by side in the title
_HEAD_POINTS = 4  # the title begins with the query's first word
_EXACT_TITLE_POINTS = 6  # the letters as typed, for a writer who uses marks
_EXACT_POINTS = 2
_BARE_EXACT_POINTS = 1  # …and for one who uses none: "thanh long" before "Thạnh Long", no more
_BEGUN_POINTS = 3  # a title with a word that begins as the one being typed; the whole word earns its points besides
_CONCEPT_POINTS = 3  # another name of the same goods, per word of the name typed: half of what the word itself earns
_CONCEPT_HEAD_POINTS = 2

_RANKED_WORDS = 16  # further words of a query must match like the others but earn no points


@dataclass(frozen=True, slots=True)
class _Place:
    """Neighbouring words that may be (part of) a place's name; `begun`: the last one may be its beginning only."""

    words: tuple[Word, ...]
    begun: bool

    def phrase(self, exact: bool) -> Phrase:
        return Phrase(PLACES_EXACT if exact else PLACES, (gram(self.words, exact),), self.begun)


@dataclass(slots=True)
class _Wanted:
    """A piece that must be found, the names of places it may be part of, and the names of goods it is part of."""

    piece: Piece
    begun: bool = False
    places: list[_Place] = field(default_factory=list)
    concepts: list[Name] = field(default_factory=list)


def plan(query: Query, synonyms: Synonyms | None = None) -> Plan:
    """What a backend must find for the text of `query`. Filters, order and page are the backend's own.

    Without `synonyms` it takes the packaged ones.
    """
    read = list(pieces(query.text))
    excluded = dict.fromkeys(phrase for piece in read if piece.minus for phrase in _unwanted(piece, query.exact))
    wanted = [_Wanted(piece) for piece in read if not piece.minus]
    if query.typing and read and not read[-1].quoted and not read[-1].minus and len(read[-1].words) == 1:
        wanted[-1].begun = not query.text[-1:].isspace()
    _find_places(wanted)
    if not query.exact:
        for match in concepts(read, synonyms):
            for one in wanted[match.start : match.end]:
                one.concepts.append(match.name)
    required = _required(wanted, query.exact)
    return Plan(
        required=required,
        excluded=tuple(excluded),
        bonuses=_bonuses(wanted, query.exact),
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
    phrases = [_phrase(EXACT if as_typed else WORDS, piece)]
    if len(piece.words) in GRAM_SIZES or piece.words[0].marked:
        phrases.append(_Place(piece.words, begun=False).phrase(as_typed))
    return phrases


def _required(wanted: list[_Wanted], exact: bool) -> tuple[tuple[Phrase, ...], ...]:
    groups: dict[tuple[Phrase, ...], dict[Phrase, None]] = {}
    for one in wanted:
        phrase = _phrase(EXACT if exact else WORDS, one.piece)
        named = [Phrase(CONCEPTS, (name.group,)) for name in one.concepts]
        alternatives = groups.setdefault((phrase, *named), {})
        alternatives[replace(phrase, begun=one.begun)] = None
        for place in one.places:
            # A single syllable among other words is a place only as typed: without marks it may be anything.
            as_typed = exact or (len(place.words) == 1 and len(wanted) > 1)
            alternatives[place.phrase(as_typed)] = None
        alternatives |= dict.fromkeys(named)
    return tuple(dict.fromkeys(tuple(group) for group in groups.values()))


def _find_places(wanted: list[_Wanted]) -> None:
    """Tell each piece the names of places it may be part of: one to four neighbouring words.

    One word is a name when it bears marks or is all there is: "huế", but not the "long" of "thanh long".
    """
    typed = [(number, word) for number, one in enumerate(wanted) for word in one.piece.words][:_RANKED_WORDS]
    for size in (1, *GRAM_SIZES):
        for start in range(len(typed) - size + 1):
            numbers, window = zip(*typed[start : start + size], strict=True)
            if size == 1 and len(wanted) > 1 and not window[0].marked:
                continue
            for number in dict.fromkeys(numbers):
                if numbers.count(number) == len(wanted[number].piece.words):  # the whole piece stands in the name
                    wanted[number].places.append(_Place(window, begun=wanted[numbers[-1]].begun))


def _bonuses(wanted: list[_Wanted], exact: bool) -> tuple[Bonus, ...]:
    typed = [word for one in wanted for word in one.piece.words]
    ranked = list(dict.fromkeys(word.folded for word in typed))[:_RANKED_WORDS]
    with_marks = any(word.marked for word in typed)
    points: dict[Phrase, int] = {}
    for term in ranked:
        for name, value in _FIELD_POINTS.items():
            points[Phrase(name, (term,))] = value
    for term in list(dict.fromkeys(word.exact for word in typed))[:_RANKED_WORDS]:
        points[Phrase(TITLE_EXACT, (term,))] = _EXACT_TITLE_POINTS if with_marks else _BARE_EXACT_POINTS
        if with_marks:
            points[Phrase(EXACT, (term,))] = _EXACT_POINTS
    for pair in list(bigrams([word.folded for word in typed]))[: _RANKED_WORDS - 1]:
        points[Phrase(BIGRAMS, (pair,))] = _NEIGHBOURS_POINTS
        points[Phrase(PLACES, (pair,))] = _PLACE_POINTS
    for first in ranked[:1]:
        points[Phrase(BIGRAMS, (bigram(TITLE_START, first),))] = _HEAD_POINTS
    if wanted and wanted[-1].begun and not exact:
        points[Phrase(TITLE, (typed[-1].folded,), begun=True)] = _BEGUN_POINTS
    for one in wanted[:_RANKED_WORDS]:
        for name in one.concepts:
            concept = Phrase(CONCEPTS, (name.group,))
            points[concept] = points.get(concept, 0) + _CONCEPT_POINTS
            if one is wanted[0]:
                points[Phrase(CONCEPTS, (TITLE_START + name.group,))] = _CONCEPT_HEAD_POINTS

    bonuses = [Bonus(((phrase,),), value) for phrase, value in points.items()]
    return (*bonuses, *_as_typed(wanted, sum(points.values())))


def _as_typed(wanted: list[_Wanted], others: int) -> list[Bonus]:
    """For whoever types marks, and means them: more than all other points can make up for, at the extremes of weight.

    Another name of the goods stands for the word as typed, too; but the word itself comes before it.
    """
    marked = [one for one in wanted if any(word.marked for word in one.piece.words)]
    if not marked:
        return []
    enough = round((1 + others) * MAX_WEIGHT / MIN_WEIGHT)
    literal, named = [], []
    for one in marked:
        group = [_phrase(EXACT, one.piece), *(place.phrase(exact=True) for place in one.places)]
        if one.begun:  # what is being typed has not got its marks yet
            group.append(replace(_phrase(WORDS, one.piece), begun=True))
        literal.append(tuple(group))
        named.append((*group, *dict.fromkeys(Phrase(CONCEPTS, (name.group,)) for name in one.concepts)))
    bonuses = [Bonus(tuple(named), enough)]
    if named != literal:
        bonuses.append(Bonus(tuple(literal), enough))
    return bonuses


def _phrase(name: str, piece: Piece) -> Phrase:
    return Phrase(name, tuple(word.exact if name == EXACT else word.folded for word in piece.words))
