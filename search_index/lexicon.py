"""What an index knows: its words with their spellings, and how much a plan finds. Of one state of the index."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property

from search_index.analysis import CONCEPTS, EXACT, PLACES, PLACES_EXACT, WORDS, Plan
from search_index.fold import fold

# The terms of a field with the number of documents that bear each, e.g. Backend.terms.
Terms = Callable[[str], Mapping[str, int]]


class Lexicon:
    """Reads nothing before it is asked, and each field once."""

    def __init__(self, terms: Terms, total: Callable[[Plan], int]) -> None:
        """`total`: how many documents meet a plan."""
        self._terms = terms
        self.total = total

    @cached_property
    def words(self) -> Mapping[str, int]:
        """Folded words with the number of documents that bear each, the syllables of places among them."""
        return _with_parts(self._terms(WORDS), self._terms(PLACES))

    @cached_property
    def concepts(self) -> Mapping[str, int]:
        """Groups and names of synonyms with the number of documents they are found in."""
        return self._terms(CONCEPTS)

    def begins(self, start: str) -> bool:
        """Whether a word begins so."""
        at = bisect_left(self._sorted, start)
        return at < len(self._sorted) and self._sorted[at].startswith(start)

    def readings(self, folded: str) -> Mapping[str, int]:
        """The spellings of a folded word, as `fold.exact` writes them, with the number of documents that bear each."""
        return self._readings.get(folded, {})

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.words)

    @cached_property
    def _readings(self) -> Mapping[str, Mapping[str, int]]:
        readings: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for spelling, count in _with_parts(self._terms(EXACT), self._terms(PLACES_EXACT)).items():
            readings[fold(spelling)][spelling] = count
        return readings


def _with_parts(terms: Mapping[str, int], places: Mapping[str, int]) -> Mapping[str, int]:
    """The terms, and the syllables that stand in names of places only."""
    parts: Counter[str] = Counter()
    for name, count in places.items():
        for part in set(name.split("_")):
            parts[part] = max(parts[part], count)
    return {**parts, **terms}
