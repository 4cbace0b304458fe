"""The words a catalogue is mostly about, taken from its own titles. Pure.

A Vietnamese title begins with its head ("thanh long ruột đỏ", "khoai mỡ Thạnh Hóa"), so titles are read from the left.
A beginning grows as long as nearly all titles go on with the same syllable ("chanh" → "chanh không hạt"), or with one
of two: then it is no full name yet, and the more frequent one is taken ("thanh long ruột" → "thanh long ruột đỏ"). It
stops where titles part into many.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from connectors import clean

_DEEPEST = 5  # syllables
_GOES_ON = 0.8  # share of titles that go on with the same syllable
_PARTS_IN_TWO = 0.6  # share of titles that go on with one of the two most frequent syllables
# Beginnings that say nothing of the goods.
_EMPTY = frozenset({"combo", "set", "hộp", "túi", "gói", "bịch", "thùng", "chai", "đặc", "sản", "hàng", "quà", "giỏ"})

Phrase = tuple[str, ...]


def frequent(titles: Iterable[str], limit: int) -> list[str]:
    """The most frequent beginnings, in lower case, most frequent first; none for each first syllable but its best."""
    counts: Counter[Phrase] = Counter()
    for title in titles:
        words = _beginning(title)
        counts.update(words[:length] for length in range(1, len(words) + 1))
    longer: dict[Phrase, Counter[Phrase]] = defaultdict(Counter)
    for phrase, count in counts.items():
        longer[phrase[:-1]][phrase] = count
    grown = {_grow(first, counts, longer) for first in longer[()]}
    best = sorted(grown, key=lambda phrase: (-counts[phrase], phrase))
    return [" ".join(phrase) for phrase in best[:limit] if counts[phrase] > 1]


def _beginning(title: str) -> Phrase:
    words: list[str] = []
    for word in clean.text(title).lower().split(" ")[:_DEEPEST]:
        bare = word.strip("“”\"'()[],.;:!?-–")
        if not bare.isalpha():
            break
        words.append(bare)
        if bare != word:
            break  # a sign ends the phrase
    return () if not words or words[0] in _EMPTY else tuple(words)


def _grow(phrase: Phrase, counts: Mapping[Phrase, int], longer: Mapping[Phrase, Counter[Phrase]]) -> Phrase:
    while phrase in longer:
        (first, count), *second = longer[phrase].most_common(2)
        both = count + sum(other for _, other in second)
        if count < _GOES_ON * counts[phrase] and both < _PARTS_IN_TWO * counts[phrase]:
            break
        phrase = first
    return phrase
