"""What a query means to an index that knows no document for it as it was typed.

As little as possible is changed. What finds something is left alone, and at most doubted in `spellings`; quotes, what
is unwanted, codes and numbers are always taken as typed.

1. A word that the index does not know is taken for what it says on a Vietnamese keyboard ("gaoj"), for a known word one
   slip away, for several ("thanhlong"), or together with its neighbour for one or two ("tha nh", "than hlong").
2. When nothing is found so, and when every word is known, a word that only says what is counted is left out ("con cá
   lóc"), or else one known word is read so, if what comes out stands beside its neighbour in some title.

Of several readings that find something the likeliest is taken, weighed by how much it finds; those not much less likely
become `spellings`. Words for which nothing helps stay as they are: then nothing is found, and `spellings` tells what
finds something without them. A phrase in quotes stays, too, and `spellings` tells what it may have been meant for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import log2

from search_index import planning
from search_index.analysis import CONCEPTS, EXACT, WORDS, Phrase, Plan
from search_index.documents import Change, Query, Results
from search_index.fold import fold
from search_index.guesses import guessed, held_off, is_classifier, likely, stands_beside, without_classifier, worth
from search_index.lexicon import Lexicon
from search_index.marks import spelled
from search_index.slots import Slot, Slots, bare, text_of
from search_index.synonyms import Synonyms
from search_index.words import pieces

_CARRIED = 8  # readings carried on from one unknown word to the next
_LOOKED_UP = 12  # readings of which it is asked what they find
_REREAD = 3  # readings of the unknown words with which a known one is read otherwise
_TOLD = 5  # spellings told at most
_TOLD_SHARE = 0.5  # …and how much the least of them is worth beside the best
_FEW = 50  # more hits than these are hardly those of a slip
_READ_SLOTS = 12  # words of a longer query beyond these are taken as typed


@dataclass(frozen=True, slots=True)
class _Reading:
    """A way to read the query that finds something, written with marks where the typist uses them."""

    slots: Slots
    worth: float


def answer(query: Query, find: Callable[[Plan], Results], lexicon: Lexicon, synonyms: Synonyms) -> Results:
    """What `find` finds for the query as it is meant, with what was done to it.

    `find` carries out a plan with the query's own filters, order and page.
    """
    plan = planning.plan(query, synonyms)
    results = find(plan)
    if query.exact:
        return results
    asked = _Asked(query, lexicon, synonyms)
    slots: Slots = ()
    spellings: tuple[str, ...] = ()
    read_as = ""
    if not results.total:
        slots, spellings = asked.understood()
        if any(slot.kind for slot in slots):
            read_as = text_of(slots)
            query = replace(query, text=read_as)
            plan = planning.plan(query, synonyms)
            results = find(plan)
    elif results.total <= _FEW and not query.typing:
        spellings = asked.doubted()
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
        self._plans: dict[str, Plan] = {}
        self._begun = len(read) - 1 if query.typing and not query.text[-1:].isspace() else -1

    def understood(self) -> tuple[Slots, tuple[str, ...]]:
        """The parts of the query as they are read, and other texts that find something."""
        slots = self._slots
        if not slots or self._total(slots):
            return slots, ()
        unknown = [at for at in range(min(len(slots), _READ_SLOTS)) if self._unknown(at)]
        readings, hopeless = self._put_right(unknown)
        found = self._finding(readings, hopeless)
        for reread in (without_classifier, self._one_reread):
            found = found or self._finding(
                [other for reading in readings[:_REREAD] for other in reread(reading)], hopeless
            )
        texts = [text_of(_left(reading.slots, hopeless)) for reading in found]
        if found and not hopeless:
            return found[0].slots, tuple(text for text in dict.fromkeys(texts) if text != texts[0])[:_TOLD]
        texts += [*self._without_quotes(), *self._without(unknown)]
        return slots, tuple(dict.fromkeys(texts))[:_TOLD]

    def doubted(self) -> tuple[str, ...]:
        """What a query that finds something may have been meant for: with a word that stands beside none of the others
        in any title read as one that does."""
        slots = self._slots[:_READ_SLOTS]
        lonely = [at for at in range(len(slots)) if slots[at].word and not stands_beside(slots, at, self._lexicon)]
        if len(slots) == 1:
            return ()
        found = self._finding([other for at in lonely for other in guessed(self._slots, at, self._lexicon)], ())
        return tuple(dict.fromkeys(text_of(reading.slots) for reading in found))[:_TOLD]

    def _unknown(self, at: int) -> bool:
        slot = self._slots[at]
        if slot.literal or is_classifier(self._slots, at):
            return False
        folded = tuple(word.folded for word in slot.words)
        if len(folded) > 1:
            return not self._lexicon.total(Plan(required=((Phrase(WORDS, folded),),)))
        known = self._lexicon.count(folded[0]) or (at == self._begun and self._lexicon.begins(folded[0]))
        return not known

    def _put_right(self, unknown: list[int]) -> tuple[list[Slots], list[int]]:
        """Ways to read the unknown words, the best first, and the numbers of those for which there is none."""
        readings = [self._slots]
        hopeless = []
        for at in unknown:
            grown = [reading for reading in readings if reading[at].kind]  # joined to the one before
            for reading in readings:
                grown += guessed(reading, at, self._lexicon, begun=at == self._begun)
            if grown:
                readings = self._ranked(grown)[:_CARRIED]
            else:
                hopeless.append(at)
        return readings, hopeless

    def _one_reread(self, slots: Slots) -> Iterator[Slots]:
        """The readings with one known word taken for another."""
        for at in range(min(len(slots), _READ_SLOTS)):
            if len(slots) == 1 or self._total(slots, [at]):
                yield from guessed(slots, at, self._lexicon, begun=at == self._begun)

    def _finding(self, readings: Iterable[Slots], without: Sequence[int]) -> list[_Reading]:
        """The readings that find something and are not much worse than the best, which comes first."""
        found: list[_Reading] = []
        least = 0.0
        for slots in self._ranked(readings)[:_LOOKED_UP]:
            if worth(slots, self._lexicon) <= least:
                break
            if total := self._total(slots, without):
                weight = likely(slots, self._lexicon)
                slots, amiss = self._written(slots, without)
                found.append(_Reading(slots, weight * held_off(amiss) * log2(1 + total)))
                least = max(least, found[-1].worth * _TOLD_SHARE)
        found.sort(key=lambda reading: (-reading.worth, text_of(reading.slots)))
        return [reading for reading in found if reading.worth >= least]

    def _ranked(self, readings: Iterable[Slots]) -> list[Slots]:
        return sorted(readings, key=lambda slots: (-worth(slots, self._lexicon), text_of(slots)))

    def _total(self, slots: Slots, without: Sequence[int] = ()) -> int:
        """How many documents are found with some slots left out. None when nothing is left."""
        text = text_of(_left(slots, without))
        if text not in self._totals:
            plan = self._plan(text)
            self._totals[text] = self._lexicon.total(plan) if plan.required else 0
        return self._totals[text]

    def _plan(self, text: str) -> Plan:
        if text not in self._plans:
            self._plans[text] = planning.plan(replace(self._query, text=text), self._synonyms, ranked=False)
        return self._plans[text]

    def _written(self, slots: Slots, without: Sequence[int]) -> tuple[Slots, int]:
        """Guessed words with marks when the typist uses marks, or the keys for them; and how many marks are amiss."""
        if not any(slot.kind == "keyboard" or slot.marked for slot in slots):
            return slots, 0
        plan = self._plan(text_of(_left(slots, without)))

        def bearing(spelling: str) -> int:
            """The documents of the query that bear a spelling, which need not be asked for without marks besides."""
            folded = Phrase(WORDS, (fold(spelling),))
            others = (group for group in plan.required if folded not in group)
            return self._lexicon.total(replace(plan, required=(*others, (Phrase(EXACT, (spelling,)),))))

        done = list(slots)
        whole = 0
        for at, slot in enumerate(slots):
            if slot.guess:
                text, amiss = spelled(slot, self._lexicon, bearing)
                done[at] = replace(slot, text=text)
                whole += amiss
        return tuple(done), whole

    def _without(self, unknown: list[int]) -> list[str]:
        """What finds something without the unknown words; or, when all are known, without one."""
        slots = self._slots
        left_out = [unknown] if unknown else [[at] for at in range(len(slots[:_READ_SLOTS]))]
        totals = {text_of(_left(slots, out)): self._total(slots, out) for out in left_out}
        return sorted((text for text in totals if totals[text]), key=lambda text: -totals[text])

    def _without_quotes(self) -> Iterator[str]:
        """What finds something with a phrase in quotes read otherwise, or else with its words apart."""
        for at, slot in enumerate(self._slots):
            if not slot.literal or slot.text.startswith("-") or self._total((slot,)):
                continue
            inner = " ".join(piece.text for piece in pieces(slot.typed))
            if not inner:
                continue
            asked = _Asked(replace(self._query, text=inner, typing=False, filters={}), self._lexicon, self._synonyms)
            asked._totals = {}
            words = text_of(asked.understood()[0])
            for text in (f'"{words}"', words):
                read = (*self._slots[:at], replace(slot, text=text), *self._slots[at + 1 :])
                if self._total(read):
                    yield text_of(read)
                    break


def _left(slots: Slots, without: Sequence[int]) -> list[Slot]:
    return [slot for at, slot in enumerate(slots) if at not in without]


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
            if other.found and other.term != match.name.term and lexicon.frequency(CONCEPTS, other.term)
            if lexicon.total(replace(plan, required=(*plan.required, (Phrase(CONCEPTS, (other.term,)),))))
        ]
        if taken and end > told:  # "heo" is not told again of "thịt heo"
            told = end
            typed = " ".join(bare(piece.text) for piece in wanted[start:end])
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
