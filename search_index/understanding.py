"""What a query means to an index that knows no document for it as it was typed.

As little as possible is changed. What finds something is left alone; quotes, what is unwanted, codes, numbers and
single letters are always taken as typed.

1. A word that the index does not know and that was typed for a Vietnamese keyboard ("gaoj") is decoded.
2. One still unknown is taken for a known word one slip away, for two of them ("thanhlong"), or together with its
   neighbour for one ("tha nh"). Of several readings that one is taken which finds most, each slip weighed by how likely
   it is (`spelling`); the others become `spellings`.
3. When every word is known and still nothing is found, one of them is read so.

Words for which nothing helps stay as they are: then nothing is found, and `spellings` tells what finds something
without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from math import log2

from search_index import planning
from search_index.analysis import CONCEPTS, EXACT, WORDS, Phrase, Plan
from search_index.documents import Change, Query, Results
from search_index.guesses import Guess, Slot, Slots, decoded, guessed, spelled, text_of
from search_index.lexicon import Lexicon
from search_index.synonyms import Synonyms
from search_index.words import pieces

_CARRIED = 6  # readings carried on from one unknown word to the next
_TOLD = 5  # spellings told at most
_READ_SLOTS = 12  # words of a longer query beyond these are taken as typed


@dataclass(frozen=True, slots=True)
class _Reading:
    """A way to read the query, and what speaks for it: how likely it is, and how many documents it finds.

    Ten times as many documents make no reading ten times as likely: the common words would win over every slip.
    """

    slots: Slots
    likely: float = 1.0
    total: int = 0

    @property
    def worth(self) -> float:
        return self.likely * log2(1 + self.total)


def answer(query: Query, find: Callable[[Plan], Results], lexicon: Lexicon, synonyms: Synonyms) -> Results:
    """What `find` finds for the query as it is meant, with what was done to it.

    `find` carries out a plan with the query's own filters, order and page.
    """
    plan = planning.plan(query, synonyms)
    results = find(plan)
    if query.exact:
        return results
    slots: Slots = ()
    spellings: tuple[str, ...] = ()
    read_as = ""
    if not results.total:
        slots, spellings = _Asked(query, lexicon, synonyms).understood()
        if any(slot.kind for slot in slots):
            read_as = text_of(slots)
            query = replace(query, text=read_as)
            plan = planning.plan(query, synonyms)
            results = find(plan)
    return replace(
        results,
        read_as=read_as,
        changes=_in_order(slots, _other_names(query, plan, lexicon, synonyms) if results.total else ()),
        spellings=spellings,
    )


class _Asked:
    """A query that finds nothing as typed."""

    def __init__(self, query: Query, lexicon: Lexicon, synonyms: Synonyms) -> None:
        self._query = query
        self._lexicon = lexicon
        self._synonyms = synonyms
        read = list(pieces(query.text))
        self._slots = tuple(Slot.of(piece) for piece in read)
        # Without filters it is known that nothing is found.
        self._totals = {} if any(query.filters.values()) else {text_of(self._slots): 0}
        self._begun = len(read) - 1 if query.typing and not query.text[-1:].isspace() else -1

    def understood(self) -> tuple[Slots, tuple[str, ...]]:
        """The parts of the query as they are read, and other texts that find something."""
        slots = self._slots
        if not slots or self._total(slots):
            return slots, ()
        unknown = [at for at in range(min(len(slots), _READ_SLOTS)) if self._unknown(at)]
        slots, unknown = self._decoded(slots, unknown)
        if unknown:
            readings = self._corrected(slots, unknown)
        elif total := self._total(slots):
            readings = [_Reading(slots, 1.0, total)]
        else:
            readings = self._one_read(slots)
        if not readings:
            return self._slots, self._without(slots, unknown)
        best, *others = [self._written(reading.slots, best=number == 0) for number, reading in enumerate(readings)]
        told = dict.fromkeys(text for text in map(text_of, others) if text != text_of(best))
        return best, tuple(told)[:_TOLD]

    def _unknown(self, at: int) -> bool:
        slot = self._slots[at]
        if slot.literal:
            return False
        folded = tuple(word.folded for word in slot.words)
        if len(folded) > 1:
            return not self._lexicon.total(Plan(required=((Phrase(WORDS, folded),),)))
        known = folded[0] in self._lexicon.words or (at == self._begun and self._lexicon.begins(folded[0]))
        return not known

    def _decoded(self, slots: Slots, unknown: list[int]) -> tuple[Slots, list[int]]:
        for at in unknown:
            if found := decoded(slots, at, self._lexicon, begun=at == self._begun):
                others = [other for other in unknown if other != at and not slots[other].kind]
                slots = max(found, key=lambda guess: self._total(guess.slots, others)).slots
        return slots, [at for at in unknown if not slots[at].kind]

    def _corrected(self, slots: Slots, unknown: list[int]) -> list[_Reading]:
        """The readings that find something with all of the unknown words put right, the best first."""
        readings = [_Reading(slots)]
        for number, at in enumerate(unknown, 1):
            grown = [reading for reading in readings if reading.slots[at].kind]  # joined to the one before
            for reading in readings:
                if not reading.slots[at].kind:
                    grown += self._finding(guessed(reading.slots, at, self._lexicon), reading.likely, unknown[number:])
            readings = _best(grown)
        return readings

    def _one_read(self, slots: Slots) -> list[_Reading]:
        """The readings that find something with one known word taken for another."""
        found: list[_Reading] = []
        for at, slot in enumerate(slots[:_READ_SLOTS]):
            if slot.literal or slot.kind:
                continue
            if len(slots) == 1 or self._total(slots, [at]):
                found += self._finding(decoded(slots, at, self._lexicon, begun=at == self._begun)[:1], 1.0, [])
                found += self._finding(guessed(slots, at, self._lexicon), 1.0, [])
        return _best(found)

    def _finding(self, guesses: Iterable[Guess], likely: float, without: list[int]) -> Iterator[_Reading]:
        for guess in guesses:
            if total := self._total(guess.slots, without):
                weight = 1.0 if any(slot.kind == "keyboard" for slot in guess.slots) else guess.likely
                yield _Reading(guess.slots, likely * weight, total)

    def _total(self, slots: Slots, without: Iterable[int] = ()) -> int:
        """How many documents are found with some slots left out. None when nothing is left."""
        left = [slot for at, slot in enumerate(slots) if at not in set(without)]
        text = text_of(left)
        if text not in self._totals:
            plan = self._plan(text)
            self._totals[text] = self._lexicon.total(plan) if plan.required else 0
        return self._totals[text]

    def _plan(self, text: str) -> Plan:
        return planning.plan(replace(self._query, text=text), self._synonyms, ranked=False)

    def _without(self, slots: Slots, unknown: list[int]) -> tuple[str, ...]:
        """What finds something without the words that nothing helps for; or, when all are known, without one."""
        left_out = [unknown] if unknown else [[at] for at in range(len(slots[:_READ_SLOTS]))]
        totals = {
            text_of([slot for at, slot in enumerate(slots) if at not in out]): self._total(slots, out)
            for out in left_out
        }
        return tuple(sorted((text for text in totals if totals[text]), key=lambda text: -totals[text]))[:_TOLD]

    def _written(self, slots: Slots, best: bool) -> Slots:
        """Guessed words with marks when the typist uses marks, or the keys for them."""
        if not any(slot.kind == "keyboard" or any(word.marked for word in slot.words) for slot in slots):
            return slots
        counted = self._bearing(slots) if best else None
        done = list(slots)
        for at, slot in enumerate(slots):
            if slot.kind == "spelling" and slot.text:
                parts = [
                    spelled(word, slot, self._lexicon, counted or self._lexicon.readings(word).__getitem__)
                    for word in slot.text.split()
                ]
                done[at] = replace(slot, text=" ".join(parts))
        return tuple(done)

    def _bearing(self, slots: Slots) -> Callable[[str], int]:
        """Counts the documents of the query that bear a spelling."""
        plan = self._plan(text_of(slots))

        def bearing(spelling: str) -> int:
            return self._lexicon.total(replace(plan, required=(*plan.required, (Phrase(EXACT, (spelling,)),))))

        return bearing


def _best(readings: list[_Reading]) -> list[_Reading]:
    return sorted(readings, key=lambda reading: (-reading.worth, text_of(reading.slots)))[:_CARRIED]


def _other_names(query: Query, plan: Plan, lexicon: Lexicon, synonyms: Synonyms) -> Iterator[tuple[int, Change]]:
    """The other names that hits were found by, with the number of the wanted piece at which each change stands."""
    read = list(pieces(query.text))
    wanted = [piece for piece in read if not piece.minus]
    told = 0
    for (start, end), same in groupby(planning.concepts(read, synonyms), key=lambda match: (match.start, match.end)):
        taken = [
            other.text
            for match in same
            for other in synonyms.groups[match.name.group]
            if other.found and other.term != match.name.term and lexicon.concepts.get(other.term)
            if lexicon.total(replace(plan, required=(*plan.required, (Phrase(CONCEPTS, (other.term,)),))))
        ]
        if taken and end > told:  # "heo" is not told again of "thịt heo"
            told = end
            typed = " ".join(piece.text for piece in wanted[start:end])
            yield start, Change("synonym", typed, tuple(dict.fromkeys(taken)))


def _in_order(slots: Slots, others: Iterable[tuple[int, Change]]) -> tuple[Change, ...]:
    """All changes as they stand in the query."""
    placed = list(others)
    at = 0
    for slot in slots:
        if slot.kind and slot.text:
            placed.append((at, Change(slot.kind, slot.typed, (slot.text,))))
        at += sum(not piece.minus for piece in pieces(slot.text))
    return tuple(change for _, change in sorted(placed, key=lambda pair: (pair[0], pair[1].kind == "synonym")))
