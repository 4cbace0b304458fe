"""What an index knows: its words with their spellings, and how much a plan finds. Of one state of the index."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain, pairwise
from unicodedata import normalize

from search_index.analysis import BIGRAMS, CONCEPTS, EXACT, PLACES, PLACES_EXACT, TITLE_EXACT, WORDS, Plan, bigram
from search_index.fold import fold
from search_index.synonyms import Synonyms
from search_index.words import Word, words

# Of a field; as Backend.vocabulary. And of a term in a field; as Backend.frequency.
Vocabulary = Callable[[str], Collection[str]]
Frequency = Callable[[str, str], int]
_Bearers = Mapping[str, Collection[str]]

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WITHOUT_MARKS: dict[int, str | None] = {
    ord(marked): fold(letter)
    for letter in "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
    for marked in (letter, *(normalize("NFC", letter + tone) for tone in _TONES))
    if len(marked) == 1
} | dict.fromkeys(map(ord, _TONES))


class Lexicon:
    """Reads nothing before it is asked, and everything once.

    A word is known that stands in a living document, as a syllable of a place, or in a name under which goods with
    other names are found.
    """

    def __init__(
        self, vocabulary: Vocabulary, frequency: Frequency, total: Callable[[Plan], int], synonyms: Synonyms
    ) -> None:
        """`total`: how many documents meet a plan."""
        self._vocabulary = vocabulary
        self.frequency = frequency
        self.total = total
        self._synonyms = synonyms
        self._counts: dict[str, int] = {}
        self._pairs: dict[tuple[str, str], bool] = {}
        self._spellings: dict[str, Mapping[str, int]] = {}
        self._in_titles: dict[str, bool] = {}

    @cached_property
    def words(self) -> frozenset[str]:
        """Folded words, with some that are known no more: `count` tells."""
        return frozenset(chain(self._vocabulary(WORDS), self._in_places, self._in_names))

    def count(self, word: str) -> int:
        """How many documents bear a folded word; where none does, how many a name with it stands for."""
        found = self._counts.get(word)
        if found is None:
            found = self._counts[word] = self._counted(word, WORDS, PLACES, self._in_places, self._in_names)
        return found

    def beside(self, left: str, right: str) -> bool:
        """Whether two folded words stand side by side in a title, in the name of a place or of goods."""
        found = self._pairs.get((left, right))
        if found is None:
            pair = bigram(left, right)
            found = bool(self.frequency(BIGRAMS, pair) or self.frequency(PLACES, pair)) or any(
                self.frequency(CONCEPTS, group) for group in self._named_pairs.get((left, right), ())
            )
            self._pairs[left, right] = found
        return found

    def begins(self, start: str) -> bool:
        """Whether a word begins so."""
        at = bisect_left(self._sorted, start)
        while at < len(self._sorted) and self._sorted[at].startswith(start):
            if self.count(self._sorted[at]):
                return True
            at += 1
        return False

    def readings(self, folded: str) -> Mapping[str, int]:
        """The spellings of a folded word, as `fold.exact` writes them, with the number of documents that bear each."""
        found = self._spellings.get(folded)
        if found is None:
            counts = {
                spelling: self._counted(spelling, EXACT, PLACES_EXACT, self._spelled_in_places, self._spelled_in_names)
                for spelling in self._by_folded.get(folded, ())
            }
            found = self._spellings[folded] = {spelling: count for spelling, count in counts.items() if count}
        return found

    def names(self, spelling: str) -> bool:
        """Whether a spelling, as `fold.exact` writes it, stands in a title, in the name of a place or of goods."""
        found = self._in_titles.get(spelling)
        if found is None:
            found = self._in_titles[spelling] = bool(
                self._counted(spelling, TITLE_EXACT, PLACES_EXACT, self._spelled_in_places, self._spelled_in_names)
            )
        return found

    def _counted(self, word: str, field: str, places: str, in_places: _Bearers, in_names: _Bearers) -> int:
        """The documents with the word in the field, or else with one of the names it stands in."""
        return (
            self.frequency(field, word)
            or max((self.frequency(places, place) for place in in_places.get(word, ())), default=0)
            or max((self.frequency(CONCEPTS, group) for group in in_names.get(word, ())), default=0)
        )

    @cached_property
    def _in_places(self) -> _Bearers:
        """The syllables of places with the terms they stand in."""
        return _parts(self._vocabulary(PLACES))

    @cached_property
    def _spelled_in_places(self) -> _Bearers:
        return _parts(self._vocabulary(PLACES_EXACT))

    @cached_property
    def _in_names(self) -> _Bearers:
        """The words of goods' names with the groups of those names."""
        return _grouped((word.folded, group) for group, name in self._names() for word in name)

    @cached_property
    def _spelled_in_names(self) -> _Bearers:
        return _grouped((word.exact, group) for group, name in self._names() for word in name)

    @cached_property
    def _named_pairs(self) -> Mapping[tuple[str, str], Collection[str]]:
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for group, name in self._names():
            for left, right in pairwise(name):
                found[left.folded, right.folded].add(group)
        return found

    def _names(self) -> Iterator[tuple[str, list[Word]]]:
        for group, names in self._synonyms.groups.items():
            yield from ((group, words(name.text)) for name in names if name.asked)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.words)

    @cached_property
    def _by_folded(self) -> _Bearers:
        """The spellings of every folded word."""
        found: dict[str, list[str]] = {}
        for spelling in frozenset(chain(self._vocabulary(EXACT), self._spelled_in_places, self._spelled_in_names)):
            folded = spelling.translate(_WITHOUT_MARKS)  # as `fold`, which takes long for all words of an index
            if not folded.isascii():
                folded = fold(folded)
            if folded in found:
                found[folded].append(spelling)
            else:
                found[folded] = [spelling]
        return found


def _parts(places: Iterable[str]) -> _Bearers:
    return _grouped((part, place) for place in places for part in place.split("_"))


def _grouped(pairs: Iterable[tuple[str, str]]) -> _Bearers:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return found
