"""Which hits stand before which: the tiers of a query, and the points within each.

1. Every word stands in the title or in a place's name, or names goods that are there under another name. A word typed
   with marks must bear them.
2. Only for a query with marks, which are meant: its marked words stand somewhere as typed.
3. All others.

So no mention in a description comes before a title, and no "gáo" before "gạo", however fresh it is; within a tier the
weight of a document counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from search_index.analysis import (
    BIGRAMS,
    CATEGORY,
    CONCEPTS,
    MAX_WEIGHT,
    SELLER,
    TITLE,
    TITLE_EXACT,
    TITLE_START,
    Bonus,
    Phrase,
    Tier,
    bigram,
    bigrams,
)
from search_index.wanted import RANKED_WORDS, Place, Wanted, terms, toneless
from search_index.words import Word, words

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
# …unless the word is also the name of goods that are spelled otherwise: "cam" is an orange before it is bran ("cám").
_OTHER_GOODS_POINTS = 3
_BEGUN_POINTS = 3  # a title with a word that begins as the one being typed; the whole word earns its points besides

Group = tuple[Phrase, ...]
Groups = tuple[Group, ...]


def bonuses(wanted: Sequence[Wanted]) -> tuple[Bonus, ...]:
    """The points of hits that no first tier takes."""
    points: Counter[Groups] = Counter()
    spelling = _spelling_points(wanted)
    for one, word, near, literal in _ranked(wanted):
        points[near,] += _TITLE_OR_PLACE_POINTS - _NAME_POINTS
        points[(*near, *one.concepts),] += _NAME_POINTS
        for name, value in _FIELD_POINTS.items():
            points[(Phrase(name, (word.folded,)),),] += value
        points[literal,] += spelling
        if _names_another(one, word):
            points[literal,] += _OTHER_GOODS_POINTS
        if one.begun:
            points[(Phrase(TITLE, (word.folded,), begun=True),),] += _BEGUN_POINTS
    return _with_points(points + _of_names(wanted))


def first_tiers(wanted: Sequence[Wanted], required: Groups, rest: tuple[Bonus, ...], exact: bool) -> tuple[Tier, ...]:
    """The tiers before the last one, which requires `required` and has the bonuses `rest`."""
    if not wanted or sum(len(one.words) for one in wanted) > RANKED_WORDS:
        return ()
    tiers = [Tier(required, bonuses=rest)]
    if not exact and any(one.marked for one in wanted):
        marked = (
            (one.as_typed(), *(place.phrase(exact=True) for place in one.places), *one.concepts)
            for one in wanted
            if one.marked
        )
        tiers.insert(0, _above(tiers[0], tuple(dict.fromkeys((*required, *marked))), 0, rest))
    titled = dict.fromkeys(group for one in wanted for group in _in_title(one, exact, len(wanted) == 1))
    if any(len(one.together) > 2 or (exact and len(one.together) > 1) for one in wanted):
        titled |= dict.fromkeys(required)  # words by twos in a title are not yet all of them side by side
    points, earned = _titled(wanted, exact)
    tiers.insert(0, _above(tiers[0], tuple(titled), points, earned))
    return tuple(tiers[:-1])


def _above(lower: Tier, required: Groups, points: int, earned: tuple[Bonus, ...]) -> Tier:
    best = (1 + lower.points + sum(bonus.points for bonus in lower.bonuses)) * MAX_WEIGHT
    return Tier(required, points, earned, lower.lift + best)


def _in_title(one: Wanted, exact: bool, alone: bool) -> Iterator[Group]:
    """What a document of the first tier must meet for a part of the query."""
    literal = exact or one.marked
    size = len(one.together)
    places = [
        place.phrase(literal or (len(place.words) == 1 and not alone))
        for place in one.places
        if (place.words == one.together if size > 1 else len(place.words) <= 2)
    ]
    others = (*places, *one.concepts)
    if size > 1:
        for pair_of_words in bigrams(terms(one.together, exact=False)):
            yield (Phrase(BIGRAMS, (pair_of_words,)), *others)
    if size == 1 or literal:
        for word in one.words:
            yield (_title(word, literal, one.begun), *others)


def _titled(wanted: Sequence[Wanted], exact: bool) -> tuple[int, tuple[Bonus, ...]]:
    """What every document of the first tier has, and what it may earn: what is sold by whom tells nothing more."""
    points: Counter[Groups] = Counter()
    spelling = _spelling_points(wanted)
    sure = unsure = unspelled = 0
    themselves: dict[Group, None] = {}
    as_typed: dict[Group, None] = {}
    for one, word, near, literal in _ranked(wanted):
        sure += _TITLE_OR_PLACE_POINTS
        if one.begun:
            sure += _BEGUN_POINTS - _TITLE_OR_PLACE_POINTS
            points[near,] += _TITLE_OR_PLACE_POINTS
        elif one.concepts:
            sure -= _NAME_POINTS
            unsure += _NAME_POINTS
            themselves[near] = None
        if not (exact or one.marked):
            unspelled += spelling
            as_typed[literal] = None
            if _names_another(one, word):
                points[literal,] += _OTHER_GOODS_POINTS
    if parts := _parts(wanted):
        points[(Phrase(CATEGORY, (parts[0][1].folded,)),),] += _FIELD_POINTS[CATEGORY]
    # Each is one question instead of one for every word.
    if themselves:
        points[tuple(themselves)] += unsure
    if as_typed:
        points[tuple(as_typed)] += unspelled
    return sure, _with_points(points + _of_names(wanted))


def _ranked(wanted: Sequence[Wanted]) -> Iterator[tuple[Wanted, Word, Group, Group]]:
    """The words that earn points, each once, with what finds it in title or place, folded and as typed."""
    parts = _parts(wanted)
    typed = [word for _, word in parts]
    with_marks = any(word.marked for word in typed)
    seen: set[str] = set()
    for at, (one, word) in enumerate(parts):
        if word.folded in seen:
            continue
        seen.add(word.folded)
        places = [
            Place(tuple(typed[start : start + 2]), parts[start + 1][0].begun)
            for start in (at - 1, at)
            if 0 <= start < len(typed) - 1
        ]
        near = (Phrase(TITLE, (word.folded,)), *(place.phrase(exact=False) for place in places))
        literal = (Phrase(TITLE_EXACT, (word.exact,)),)
        yield one, word, near, (*literal, *(place.phrase(exact=True) for place in places)) if with_marks else literal


def _of_names(wanted: Sequence[Wanted]) -> Counter[Groups]:
    """The points for what the words are to each other: goods, neighbours, the head of a name."""
    parts = _parts(wanted)
    points: Counter[Groups] = Counter()
    for one in {word.folded: one for one, word in reversed(parts)}.values():
        if own := tuple(dict.fromkeys(Phrase(CONCEPTS, (name.group,)) for name in one.names if name.found)):
            points[own,] += _GOODS_POINTS
    begun = bool(parts) and parts[-1][0].begun
    together = list(bigrams([word.folded for _, word in parts]))
    for at, pair_of_words in enumerate(together):
        group = (Phrase(BIGRAMS, (pair_of_words,), begun and at == len(together) - 1),)
        points[group,] = _NEIGHBOURS_POINTS
    if parts:
        one, word = parts[0]
        head = Phrase(BIGRAMS, (bigram(TITLE_START, word.folded),), one.begun)
        named = dict.fromkeys(Phrase(CONCEPTS, (TITLE_START + name.group,)) for name in one.names)
        points[(head,),] += _HEAD_POINTS - _NAMED_HEAD_POINTS
        points[(head, *named),] += _NAMED_HEAD_POINTS
    return points


def _parts(wanted: Sequence[Wanted]) -> list[tuple[Wanted, Word]]:
    return [(one, word) for one in wanted for word in one.words][:RANKED_WORDS]


def _spelling_points(wanted: Sequence[Wanted]) -> int:
    return _EXACT_POINTS if any(word.marked for _, word in _parts(wanted)) else _BARE_EXACT_POINTS


def _names_another(one: Wanted, word: Word) -> bool:
    """Whether a word without marks is read as part of a name that bears some."""
    names = [name for name in one.names if name.found]
    return (
        bool(names) and not word.marked and all(word.exact not in terms(words(name.text), exact=True) for name in names)
    )


def _title(word: Word, literal: bool, begun: bool) -> Phrase:
    if literal:
        return Phrase(TITLE_EXACT, ((toneless(word) if begun else word).exact,), begun)
    return Phrase(TITLE, (word.folded,), begun)


def _with_points(points: Counter[Groups]) -> tuple[Bonus, ...]:
    return tuple(Bonus(groups, value) for groups, value in points.items())
