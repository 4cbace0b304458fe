"""The one chain from text to what a backend stores and looks up.

Backends never see raw text: `entry` turns a document into terms by field, `planning.plan` turns a query into phrases of
such terms to require, to exclude and to reward. A backend only stores, intersects and adds up, so two backends give the
same answer.

Ranking knows no word statistics. Where every query word must match, how often a word stands in a text mostly measures
how loudly it was written; what counts is where it stands and how it is spelled. A score is

    (1 + points of every bonus that holds) × weight of the document

with whole points and weights in steps of 1/64: exact in single precision, so equal in every backend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile, pairwise

from search_index.documents import MAX_BOOST, MIN_BOOST, Document
from search_index.synonyms import Synonyms, packaged
from search_index.words import Word, words

# Raise it with every change to fields, terms or weights: indexes of another version are then rebuilt.
SCHEMA_VERSION = 5

# Fields. The first two hold every text of the document and keep positions; the others only tell that a term is there.
WORDS, EXACT = "words", "exact"
TITLE, TITLE_EXACT, BIGRAMS = "title", "title_exact", "bigrams"
SELLER, CATEGORY = "seller", "category"
# Two to four syllables of a place's name, joined to one term; the single one of a name that has no more.
PLACES, PLACES_EXACT = "places", "places_exact"
# The groups of synonyms ("75") and the names of them ("75.1") in title and category; "^75" at the head of the title.
CONCEPTS = "concepts"
POSITIONAL = (WORDS, EXACT)
FLAT = (TITLE, TITLE_EXACT, BIGRAMS, SELLER, CATEGORY, PLACES, PLACES_EXACT, CONCEPTS)

WEIGHT_STEP = 1 / 64
MAX_WEIGHT = MAX_BOOST
_SHORT_TITLE, _LONG_TITLE, _LONG_TITLE_FACTOR = 20, 100, 0.5
MIN_WEIGHT = MIN_BOOST * _LONG_TITLE_FACTOR

TITLE_START = "^"
GRAM_SIZES = (2, 3, 4)
# Folded words a place's name may begin with, and which are no part of it: "Thành phố Huế" is Huế.
_PLACE_KINDS = frozenset({"tinh", "thanh", "pho", "tp", "thi", "xa", "tran", "huyen", "quan", "phuong"})


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


def version(synonyms: Synonyms) -> str:
    """What an index was made with; one of another version is rebuilt."""
    return f"{SCHEMA_VERSION}-{synonyms.digest}"


def entry(document: Document, synonyms: Synonyms | None = None) -> Entry:
    """The terms of a document, by field, and how much it weighs. Without `synonyms` it takes the packaged ones."""
    title, body = words(document.title), words(document.body)
    seller, category = _few_words(document.seller), _few_words(document.category)
    known = synonyms or packaged()
    runs = [_spellings(run) for run in (title, seller, category, body) if run]
    folded_title, exact_title = _spellings(title)
    places = [_place_terms(name) for name in document.places]
    named = _concepts(known, title, head=True, seller=document.kind == "seller")
    concepts = dict.fromkeys((*named, *_category_concepts(known, document.category)))
    terms = {
        WORDS: tuple(folded for folded, _ in runs),
        EXACT: tuple(exact for _, exact in runs),
        TITLE: (folded_title,),
        TITLE_EXACT: (exact_title,),
        BIGRAMS: (tuple(bigrams((TITLE_START, *folded_title))),),
        SELLER: (_spellings(seller)[0],),
        CATEGORY: (_spellings(category)[0],),
        CONCEPTS: (tuple(concepts),),
        PLACES: (tuple(term for folded, _ in places for term in folded),),
        PLACES_EXACT: (tuple(term for _, exact in places for term in exact),),
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


def storable(text: str) -> str:
    """`text` with half characters (lone surrogates, as broken JSON brings them) replaced, so that it can be encoded."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=32_768)
def facet_values(values: tuple[str, ...]) -> tuple[str, ...]:
    """The values of one facet as they are stored and filtered by: each once, no empty one."""
    return tuple(dict.fromkeys(storable(value) for value in values if value))


# Sellers, categories and places come again and again: kept, they cost a third of what reading each anew does.
@lru_cache(maxsize=32_768)
def _few_words(text: str) -> tuple[Word, ...]:
    return tuple(words(text))


@lru_cache(maxsize=4_096)
def _category_concepts(synonyms: Synonyms, category: str) -> tuple[str, ...]:
    return tuple(_concepts(synonyms, _few_words(category)))


@lru_cache(maxsize=32_768)
def _place_terms(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms of a place's name, folded and exact."""
    parts = list(_parts(words(name)))
    return tuple(gram(part, exact=False) for part in parts), tuple(gram(part, exact=True) for part in parts)


def _spellings(run: Sequence[Word]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of a run, folded and exact."""
    folded, exact, _ = zip(*run, strict=True) if run else ((), (), ())
    return folded, exact


def _parts(name: list[Word]) -> Iterator[list[Word]]:
    """What a place is found by: two to four neighbouring syllables of its name, or the one it is called by."""
    for size in GRAM_SIZES:
        for start in range(len(name) - size + 1):
            yield name[start : start + size]
    called = list(dropwhile(lambda word: word.folded in _PLACE_KINDS, name[:-1])) + name[-1:]
    if len(called) == 1 and not called[0].folded.isdecimal():  # "Phường 1" is not called 1
        yield called


def _concepts(synonyms: Synonyms, text: Sequence[Word], head: bool = False, seller: bool = False) -> Iterator[str]:
    """What a text is found by under other names, with the groups that stand at its head; `seller`: it names one."""
    for match in synonyms.matches(text, title=True, seller=seller):
        if match.name.found:
            yield match.name.group
            yield match.name.term
            if head and not match.start:
                yield f"{TITLE_START}{match.name.group}"


def gram(part: Sequence[Word], exact: bool) -> str:
    """Neighbouring words of a place's name as one term."""
    return "_".join(word.exact if exact else word.folded for word in part)


def bigram(left: str, right: str) -> str:
    return f"{left}_{right}"  # "_" is in no term


def bigrams(terms: Sequence[str]) -> Iterator[str]:
    return (bigram(left, right) for left, right in pairwise(terms))


def _weight(boost: float, title_words: int) -> float:
    """The boost, less for a title so long that it matches everything; a multiple of WEIGHT_STEP."""
    stuffed = min(max(title_words - _SHORT_TITLE, 0) / (_LONG_TITLE - _SHORT_TITLE), 1.0)
    brevity = 1.0 - stuffed * (1.0 - _LONG_TITLE_FACTOR)
    held = min(max(boost, MIN_BOOST), MAX_BOOST)
    return round(held * brevity / WEIGHT_STEP) * WEIGHT_STEP
