"""What an index knows: its words with their spellings, and how much a plan finds. Of one state of the index."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from search_index.analysis import CONCEPTS, EXACT, PLACES, PLACES_EXACT, WORDS, Plan
from search_index.fold import fold
from search_index.synonyms import Synonyms
from search_index.words import Word, words

# The terms of a field with the number of documents that bear each, e.g. Backend.terms.
Terms = Callable[[str], Mapping[str, int]]


class Lexicon:
    """Reads nothing before it is asked, and each field once."""

    def __init__(self, terms: Terms, total: Callable[[Plan], int], synonyms: Synonyms) -> None:
        """`total`: how many documents meet a plan."""
        self._terms = terms
        self.total = total
        self._synonyms = synonyms
        self._read: dict[str, Mapping[str, int]] = {}

    @cached_property
    def words(self) -> Mapping[str, int]:
        """Folded words with the number of documents that bear each.

        The syllables of places are among them, and those of names under which goods with other names are found.
        """
        named = {word.folded: count for word, count in self._named()}
        return named | _with_parts(self._terms(WORDS), self._terms(PLACES))

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
        found = self._read.get(folded)
        if found is None:
            same = self._by_initial.get(folded[:1], {})
            found = {spelling: count for spelling, count in same.items() if fold(spelling) == folded}
            self._read[folded] = found
        return found

    def _named(self) -> Iterator[tuple[Word, int]]:
        for group, names in self._synonyms.groups.items():
            if count := self.concepts.get(group):
                for name in names:
                    if name.asked:
                        yield from ((word, count) for word in words(name.text))

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.words)

    @cached_property
    def _by_initial(self) -> Mapping[str, Mapping[str, int]]:
        """The spellings by the first letter of their folded word: folding all of them takes long."""
        named = {word.exact: count for word, count in self._named()}
        every: defaultdict[str, dict[str, int]] = defaultdict(dict)
        initial: dict[str, str] = {}
        for spelling, count in (named | _with_parts(self._terms(EXACT), self._terms(PLACES_EXACT))).items():
            first = spelling[0]
            if first not in initial:
                initial[first] = fold(first)[:1]
            every[initial[first]][spelling] = count
        return every


def _with_parts(terms: Mapping[str, int], places: Mapping[str, int]) -> dict[str, int]:
    """The terms, and the syllables that stand in names of places only."""
    parts: Counter[str] = Counter()
    for name, count in places.items():
        for part in set(name.split("_")):
            parts[part] = max(parts[part], count)
    return {**parts, **terms}
