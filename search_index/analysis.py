"""The one chain from text to what a backend stores and looks up.

Backends never see raw text: `entry` turns a document into terms by field, `plan` turns a query into phrases of such
terms to require, to exclude and to reward. A backend only stores, intersects and adds up, so two backends give the
same answer.

Ranking knows no word statistics. Where every query word must match, how often a word stands in a text mostly measures
how loudly it was written; what counts is where it stands and how it is spelled. A score is

    (1 + points of every bonus that holds) × weight of the document

with whole points and weights in steps of 1/64: exact in single precision, so equal in every backend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile, pairwise
from typing import NamedTuple

from search_index.documents import MAX_BOOST, MIN_BOOST, Document, Query
from search_index.fold import MARKS, caseless, exact, fold, has_marks

# Raise it with every change to fields, terms or weights: indexes of another version are then rebuilt.
SCHEMA_VERSION = 4

# Fields. The first two hold every text of the document and keep positions; the others only tell that a term is there.
WORDS, EXACT = "words", "exact"
TITLE, TITLE_EXACT, BIGRAMS = "title", "title_exact", "bigrams"
SELLER, CATEGORY = "seller", "category"
# Two to four syllables of a place's name, joined to one term; the single one of a name that has no more.
PLACES, PLACES_EXACT = "places", "places_exact"
POSITIONAL = (WORDS, EXACT)
FLAT = (TITLE, TITLE_EXACT, BIGRAMS, SELLER, CATEGORY, PLACES, PLACES_EXACT)

# Points per word of the query. The head of a Vietnamese name is its first word: "gạo lứt" is rice, "bánh gạo" a cake.
_FIELD_POINTS = {TITLE: 6, CATEGORY: 4, SELLER: 3}
_PLACE_POINTS = 4  # two words of the query side by side in the name of a place
_NEIGHBOURS_POINTS = 5  # two words of the query side by side in the title
_HEAD_POINTS = 4  # the title begins with the query's first word
_EXACT_TITLE_POINTS = 6  # the letters as typed, for a writer who uses marks
_EXACT_POINTS = 2
_BARE_EXACT_POINTS = 1  # …and for one who uses none: "thanh long" before "Thạnh Long", no more

WEIGHT_STEP = 1 / 64
MAX_WEIGHT = MAX_BOOST
_SHORT_TITLE, _LONG_TITLE, _LONG_TITLE_FACTOR = 20, 100, 0.5
_MIN_WEIGHT = MIN_BOOST * _LONG_TITLE_FACTOR

_RANKED_WORDS = 16  # further words of a query must match like the others but earn no points
_LONGEST_TERM = 60  # letters; the rest of a longer word is no word of any language
_LONGEST_RUN = 4 * _LONGEST_TERM  # code points that can matter to it: a letter and up to three marks
_TITLE_START = "^"
_GRAM_SIZES = (2, 3, 4)
# Folded words a place's name may begin with, and which are no part of it: "Thành phố Huế" is Huế.
_PLACE_KINDS = frozenset({"tinh", "thanh", "pho", "tp", "thi", "xa", "tran", "huyen", "quan", "phuong"})

_WORD = rf"\d++|(?:[^\W\d_][{MARKS}]*+)++"
_PART = re.compile(_WORD)
# Parts of one code or number, with at most one sign between them: "C/O", "ST-25". A comma joins digits only: "0,5kg"
# is a number, "gạo,nếp" a list written in haste.
_CODE = re.compile(rf"(?:{_WORD})(?:[-/⁄._&'’+×*]?(?:{_WORD})|(?<=\d),\d++)*+")
_QUERY_PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))')
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»＂"), '"')


class Word(NamedTuple):
    """One word of a text in both spellings, and whether it was written with marks."""

    folded: str
    exact: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms side by side in `field`, in this order; in a field without positions always a single term.

    `begun`: the last term need only begin so. Only of a single term.
    """

    field: str
    terms: tuple[str, ...]
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Bonus:
    """`points` for a document that meets each group by at least one of the group's phrases, as in Plan.required."""

    all_of: tuple[tuple[Phrase, ...], ...]
    points: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A query as a backend carries it out.

    A document is a hit when it meets each group of `required` by at least one of the group's phrases, and none of
    `excluded`. `nothing`: the text asks for something that no index holds ("???"), so there is no hit.
    """

    required: tuple[tuple[Phrase, ...], ...] = ()
    excluded: tuple[Phrase, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as a backend stores it.

    `terms` maps a field to runs of terms; no phrase reaches from one run into the next. Every text can be encoded.
    """

    id: str
    kind: str
    title: str
    source: str
    ref: str
    terms: Mapping[str, tuple[tuple[str, ...], ...]]
    facets: Mapping[str, tuple[str, ...]]
    sort_keys: Mapping[str, int]
    weight: float


def words(text: str) -> list[Word]:
    """The words of `text`: runs of letters and runs of digits, so that "5kg" and "5 kg" have the same ones."""
    return [_word(part[:_LONGEST_RUN]) for part in _PART.findall(caseless(text))]


def entry(document: Document) -> Entry:
    """The terms of a document, by field, and how much it weighs."""
    title, seller, category, body = (
        words(text) for text in (document.title, document.seller, document.category, document.body)
    )
    names = [words(name) for name in document.places]
    everything = [run for run in (title, seller, category, body) if run]
    folded_title = tuple(word.folded for word in title)
    terms = {
        WORDS: tuple(tuple(word.folded for word in run) for run in everything),
        EXACT: tuple(tuple(word.exact for word in run) for run in everything),
        TITLE: (folded_title,),
        TITLE_EXACT: (tuple(word.exact for word in title),),
        BIGRAMS: (tuple(_bigrams((_TITLE_START, *folded_title))),),
        SELLER: (tuple(word.folded for word in seller),),
        CATEGORY: (tuple(word.folded for word in category),),
        PLACES: (tuple(_gram(part, exact=False) for name in names for part in _parts(name)),),
        PLACES_EXACT: (tuple(_gram(part, exact=True) for name in names for part in _parts(name)),),
    }
    return Entry(
        id=document.id,
        kind=storable(document.kind),
        title=storable(document.title),
        source=storable(document.source),
        ref=storable(document.ref),
        terms={field: runs for field, runs in terms.items() if any(runs)},
        facets={name: facet_values(values) for name, values in document.facets.items()},
        sort_keys=document.sort_keys,
        weight=_weight(document.boost, len(title)),
    )


def plan(query: Query) -> Plan:
    """What a backend must find for the text of `query`. Filters and the page are the backend's own."""
    field = EXACT if query.exact else WORDS
    wanted: list[list[Word]] = []
    excluded: dict[Phrase, None] = {}
    for phrase, minus in _phrases(query.text):
        if minus:
            # "-gạo" must not hide "gáo": a word with marks is excluded only as typed.
            as_typed = query.exact or any(word.marked for word in phrase)
            excluded[_phrase(EXACT if as_typed else WORDS, phrase)] = None
            if len(phrase) in _GRAM_SIZES or phrase[0].marked:
                excluded[_place(phrase, as_typed)] = None
        else:
            wanted.append(phrase)
    names = _place_names(wanted)
    required: dict[Phrase, dict[Phrase, None]] = {}
    for phrase, parts in zip(wanted, names, strict=True):
        alternatives = required.setdefault(_phrase(field, phrase), {})
        for part in parts:
            # A single syllable among other words is a place only as typed: without marks it may be anything.
            as_typed = query.exact or (len(part) == 1 and len(wanted) > 1)
            alternatives[_place(part, as_typed)] = None
    return Plan(
        required=tuple((phrase, *names) for phrase, names in required.items()),
        excluded=tuple(excluded),
        bonuses=_bonuses([word for phrase in wanted for word in phrase], wanted, names),
        nothing=not required and not excluded and bool(query.text.strip()),
    )


def _place_names(wanted: list[list[Word]]) -> list[list[list[Word]]]:
    """For each phrase of a query, the names of places it may be part of: one to four neighbouring words.

    One word is a name when it bears marks or is all there is: "huế", but not the "long" of "thanh long".
    """
    typed = [(number, word) for number, phrase in enumerate(wanted) for word in phrase][:_RANKED_WORDS]
    names: list[list[list[Word]]] = [[] for _ in wanted]
    for size in (1, *_GRAM_SIZES):
        for start in range(len(typed) - size + 1):
            numbers, window = zip(*typed[start : start + size], strict=True)
            if size == 1 and len(wanted) > 1 and not window[0].marked:
                continue
            for number in dict.fromkeys(numbers):
                if numbers.count(number) == len(wanted[number]):  # the whole phrase stands in the name
                    names[number].append(list(window))
    return names


def storable(text: str) -> str:
    """`text` with half characters (lone surrogates, as broken JSON brings them) replaced, so that it can be encoded."""
    return text.encode("utf-8", "replace").decode("utf-8")


def facet_values(values: tuple[str, ...]) -> tuple[str, ...]:
    """The values of one facet as they are stored and filtered by: each once, no empty one."""
    return tuple(dict.fromkeys(storable(value) for value in values if value))


def _phrases(text: str) -> Iterator[tuple[list[Word], bool]]:
    """The phrases of a query with their minus; a code such as "ST25" is a phrase although nobody quoted it."""
    for piece in _QUERY_PIECE.finditer(text.translate(_QUOTES)):
        minus = piece["minus"] is not None
        if piece["quoted"] is not None:
            quoted = words(piece["quoted"])
            if quoted:
                yield quoted, minus
            continue
        for code in _CODE.findall(caseless(piece["bare"])):
            yield words(code), minus


def _bonuses(typed: list[Word], phrases: list[list[Word]], names: list[list[list[Word]]]) -> tuple[Bonus, ...]:
    ranked = list(dict.fromkeys(word.folded for word in typed))[:_RANKED_WORDS]
    with_marks = any(word.marked for word in typed)
    points: dict[Phrase, int] = {}
    for term in ranked:
        for field, value in _FIELD_POINTS.items():
            points[Phrase(field, (term,))] = value
    for term in list(dict.fromkeys(word.exact for word in typed))[:_RANKED_WORDS]:
        points[Phrase(TITLE_EXACT, (term,))] = _EXACT_TITLE_POINTS if with_marks else _BARE_EXACT_POINTS
        if with_marks:
            points[Phrase(EXACT, (term,))] = _EXACT_POINTS
    for pair in list(_bigrams(tuple(word.folded for word in typed)))[: _RANKED_WORDS - 1]:
        points[Phrase(BIGRAMS, (pair,))] = _NEIGHBOURS_POINTS
        points[Phrase(PLACES, (pair,))] = _PLACE_POINTS
    for first in ranked[:1]:
        points[Phrase(BIGRAMS, (_bigram(_TITLE_START, first),))] = _HEAD_POINTS

    bonuses = [Bonus(((phrase,),), value) for phrase, value in points.items()]
    as_typed = tuple(
        (_phrase(EXACT, phrase), *(_place(part, exact=True) for part in parts))
        for phrase, parts in zip(phrases, names, strict=True)
        if any(word.marked for word in phrase)
    )
    if as_typed:
        # Whoever types marks means them: more than all other points can make up for, at the extremes of weight.
        others = 1 + sum(points.values())
        bonuses.append(Bonus(as_typed, round(others * MAX_WEIGHT / _MIN_WEIGHT)))
    return tuple(bonuses)


def _phrase(field: str, phrase: list[Word]) -> Phrase:
    return Phrase(field, tuple(word.exact if field == EXACT else word.folded for word in phrase))


def _place(part: list[Word], exact: bool) -> Phrase:
    return Phrase(PLACES_EXACT if exact else PLACES, (_gram(part, exact),))


def _gram(part: list[Word], exact: bool) -> str:
    return "_".join(word.exact if exact else word.folded for word in part)


def _parts(name: list[Word]) -> Iterator[list[Word]]:
    """What a place is found by: two to four neighbouring syllables of its name, or the one it is called by."""
    for size in _GRAM_SIZES:
        for start in range(len(name) - size + 1):
            yield name[start : start + size]
    called = list(dropwhile(lambda word: word.folded in _PLACE_KINDS, name[:-1])) + name[-1:]
    if len(called) == 1 and not called[0].folded.isdecimal():  # "Phường 1" is not called 1
        yield called


def _bigram(left: str, right: str) -> str:
    return f"{left}_{right}"  # "_" is in no term


def _bigrams(terms: tuple[str, ...]) -> Iterator[str]:
    return (_bigram(left, right) for left, right in pairwise(terms))


def _weight(boost: float, title_words: int) -> float:
    """The boost, less for a title so long that it matches everything; a multiple of WEIGHT_STEP."""
    stuffed = min(max(title_words - _SHORT_TITLE, 0) / (_LONG_TITLE - _SHORT_TITLE), 1.0)
    brevity = 1.0 - stuffed * (1.0 - _LONG_TITLE_FACTOR)
    held = min(max(boost, MIN_BOOST), MAX_BOOST)
    return round(held * brevity / WEIGHT_STEP) * WEIGHT_STEP


@lru_cache(maxsize=32_768)
def _word(part: str) -> Word:
    return Word(fold(part)[:_LONGEST_TERM], exact(part)[:_LONGEST_TERM], has_marks(part))
