"""What else a part of a query may have been meant for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from math import log2

from search_index import keyboards, spelling
from search_index.fold import exact, fold
from search_index.lexicon import Lexicon
from search_index.marks import least_amiss
from search_index.slots import JOINED, Slot, Slots
from search_index.syllables import parted
from search_index.words import Word, words

_LONGEST = 20  # letters of a word that may be misspelt; no word of the language is so long
_LONGEST_JOINED = 35
_MOST_PARTS = 5
_TRIED = 6  # guesses for one part that are carried on

# How likely each is, beside the slips of `spelling`.
_JOINED = 3.0  # a blank left out, put in, or hit one letter too early or late
_TYPED = 40.0  # keys for a Vietnamese keyboard that make a word of some title
_TYPED_RARE = 10.0  # …or one that stands in other texts only, or that lacks its tone
_TYPED_UNKNOWN = 1.0  # …or one that nobody spells so
_BESIDE = 4.0  # what is read stands beside its neighbour in some title
_A_SLIP = 0.25  # each: one that explains two words goes before two
_MARK_AMISS = 0.25  # for each mark that a typist of marks would have missed besides
_LIKELY_SLIP = 1.2  # a known word is taken for another by no slip less likely than a near key for its first letter

# "con cá lóc" is a "cá lóc", "trái bưởi" a "bưởi". A leaf (lá) or a seed (hạt) is other goods than the fruit.
_COUNTED_BY = frozenset(word.exact for word in words("con trái trai quả qua củ cu cây cay"))


def guessed(slots: Slots, at: int, lexicon: Lexicon, begun: bool = False) -> list[Slots]:
    """The query with one of its slots read otherwise, the best guesses first.

    A word that the index knows, or a single letter, is read otherwise only as what stands beside its neighbour in some
    title. `begun`: the slot may be the beginning of a word.
    """
    slot = slots[at]
    if slot.literal or slot.kind:
        return []
    known = len(slot.words) == 1 and bool(lexicon.count(slot.words[0].folded))
    found = [(guess, True) for guess in _decoded(slots, at, lexicon, begun, known)]
    if slot.word:
        strict = known or len(slot.word) == 1
        found += [(guess, not strict) for guess in _one_slip_away(slots, at, lexicon, known)]
        found += [(guess, not known) for guess in _split(slots, at, lexicon)]
        found += [(guess, not both) for guess, both in _with_neighbours(slots, at, lexicon)]
    allowed = [guess for guess, free in found if free or _fits(guess, at, lexicon)]
    ranked = sorted(allowed, key=lambda guess: (-worth(guess, lexicon), [slot.text for slot in guess]))
    return ranked[:_TRIED]


def is_classifier(slots: Slots, at: int) -> bool:
    """Whether a word only says what is counted of the one behind it."""
    slot, after = slots[at], slots[at + 1 : at + 2]
    return bool(slot.word and after and after[0].words and not after[0].literal) and (
        slot.words[0].exact in _COUNTED_BY
    )


def without_classifier(slots: Slots) -> Iterator[Slots]:
    """The query without a word that only says what is counted."""
    for at in range(len(slots) - 1):
        if is_classifier(slots, at):
            slot, after = slots[at], slots[at + 1]
            merged = replace(after, typed=f"{slot.typed} {after.typed}", kind=after.kind or "spelling")
            yield (*slots[:at], merged, JOINED, *slots[at + 2 :])


def likely(slots: Slots, lexicon: Lexicon) -> float:
    """How likely a reading is beside others of the same query, whatever it finds and however it is spelled."""
    weight = 1.0
    for at, slot in enumerate(slots):
        if slot.kind and slot.text:
            weight *= _A_SLIP * slot.likely * (_BESIDE if stands_beside(slots, at, lexicon) else 1.0)
    return weight


def held_off(amiss: int) -> float:
    """What a reading loses by its marks."""
    return float(_MARK_AMISS**amiss)


def worth(slots: Slots, lexicon: Lexicon) -> float:
    """What a reading is worth at most, judging by what the rarest of its words finds.

    Ten times as many documents make no reading ten times as likely: the common words would win over every slip.
    """
    counts = (lexicon.count(word) for slot in slots if not slot.literal for word in slot.read if word.isalpha())
    rarest = min((count for count in counts if count), default=1)
    return likely(slots, lexicon) * held_off(sum(slot.amiss for slot in slots)) * log2(1 + rarest)


def stands_beside(slots: Slots, at: int, lexicon: Lexicon) -> bool:
    """Whether what the slot is read as stands beside a word of the query in a title, or its words beside each other."""
    before = next((slot.read[-1:] for slot in reversed(slots[:at]) if slot.read and not slot.literal), ())
    after = next((slot.read[:1] for slot in slots[at + 1 :] if slot.read and not slot.literal), ())
    return any(lexicon.beside(*pair) for pair in pairwise((*before, *slots[at].read, *after)))


def _decoded(slots: Slots, at: int, lexicon: Lexicon, begun: bool, known: bool) -> Iterator[Slots]:
    """What the slot says on a Vietnamese keyboard."""
    slot = slots[at]
    for text in keyboards.decode(slot.typed, begun):
        folded, spelling = fold(text), exact(text)
        readings = lexicon.readings(folded)
        if spelling in readings:
            weight = _TYPED if lexicon.names(spelling) else _TYPED_RARE
        elif any(parted(reading)[0] == spelling for reading in readings) or (begun and lexicon.begins(folded)):
            weight = _TYPED_RARE
        elif lexicon.count(folded) and not known:
            weight = _TYPED_UNKNOWN
        else:
            continue
        yield _with(slots, at, Slot(slot.typed, text, "keyboard", slot.words, likely=weight))


def _one_slip_away(slots: Slots, at: int, lexicon: Lexicon, known: bool) -> Iterator[Slots]:
    slot = slots[at]
    if len(slot.word) > _LONGEST:
        return
    for other, weight in spelling.neighbours(slot.word, lexicon.words).items():
        if len(other) > 1 and (weight >= _LIKELY_SLIP or not known) and lexicon.count(other):
            amiss = least_amiss(slot.words, other, lexicon)
            yield _with(slots, at, Slot(slot.typed, other, "spelling", slot.words, False, True, weight, amiss))


def _split(slots: Slots, at: int, lexicon: Lexicon) -> Iterator[Slots]:
    """The slot as two words that are known, or as up to five that stand side by side in titles."""
    slot = slots[at]
    if len(slot.word) > _LONGEST_JOINED:
        return
    for parts in _parts(slot.word, "", _MOST_PARTS, lexicon):
        if len(parts) > 1:
            yield _with(slots, at, _read(slot.typed, slot.letters, parts, slot.words, lexicon))


def _parts(rest: str, before: str, most: int, lexicon: Lexicon) -> Iterator[tuple[str, ...]]:
    if rest and _stands(rest, lexicon):
        yield (rest,)
    for cut in range(2, len(rest) - 1) if most > 1 else ():
        first = rest[:cut]
        if not _stands(first, lexicon) or (before and not lexicon.beside(before, first)):
            continue
        for parts in _parts(rest[cut:], first, most - 1, lexicon):
            if (not before and len(parts) == 1) or lexicon.beside(first, parts[0]):
                yield (first, *parts)


def _with_neighbours(slots: Slots, at: int, lexicon: Lexicon) -> Iterator[tuple[Slots, bool]]:
    """The slot and its neighbour as one word, or with the blank between them elsewhere; and whether both are known."""
    for first in (at - 1, at):
        if not 0 <= first < len(slots) - 1:
            continue
        left, right = slots[first : first + 2]
        if not (left.word and right.word) or len(left.word + right.word) > _LONGEST_JOINED:
            continue
        together, typed = left.word + right.word, f"{left.typed} {right.typed}"
        letters = left.letters + right.letters if left.letters and right.letters else ""
        cuts = [len(left.word) - 1, len(left.word) + 1]
        ways = [(together,), *((together[:cut], together[cut:]) for cut in cuts if 1 < cut < len(together) - 1)]
        for parts in ways:
            if all(_stands(part, lexicon) for part in parts):
                merged = _read(typed, letters, parts, left.words + right.words, lexicon)
                both = all(lexicon.count(slot.word) for slot in (left, right))
                yield (*slots[:first], merged, JOINED, *slots[first + 2 :]), both


def _read(typed: str, letters: str, parts: tuple[str, ...], own: tuple[Word, ...], lexicon: Lexicon) -> Slot:
    """A slot read as `parts`; its typed letters are cut as they are."""
    cut: list[Word] = []
    at = 0
    for part in parts:
        cut += words(letters[at : at + len(part)])
        at += len(part)
    fitting = tuple(cut) if len(cut) == len(parts) else own
    amiss = sum(least_amiss((word,), part, lexicon) for word, part in zip(fitting, parts, strict=False))
    return Slot(typed, " ".join(parts), "spelling", fitting, False, True, _JOINED, amiss)


def _stands(word: str, lexicon: Lexicon) -> bool:
    return len(word) > 1 and word in lexicon.words and bool(lexicon.count(word))


def _fits(slots: Slots, at: int, lexicon: Lexicon) -> bool:
    """Whether what was made of the slot, or of it and the one before, stands beside its neighbour in some title."""
    read = at if slots[at].text else at - 1
    return stands_beside(slots, read, lexicon)


def _with(slots: Slots, at: int, slot: Slot) -> Slots:
    return (*slots[:at], slot, *slots[at + 1 :])
