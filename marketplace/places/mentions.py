"""The parts of a clause → the names it mentions, each with everything it could stand for.

A part with the word for its type is looked up among the units of that level only. A part without one is taken when
names cover the whole of it ("Cần Đước", "Mỹ Lệ Cần Đước Long An"), or when it is the last part and ends in a
province ("HTX Long Trì Châu Thành Long An"): a name inside a line of other words is more often a road or a market.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from marketplace.places.gazetteer import GAZETTEER, TAY_NINH, Kind, Match
from marketplace.places.parts import STREET_WORDS, Level, Part
from marketplace.places.spelling import BARE, Syllable

_KINDS: Final[dict[Level, frozenset[Kind]]] = {
    "province": frozenset({"province"}),
    "city": frozenset({"province", "district", "tay_ninh_district"}),
    "district": frozenset({"district", "tay_ninh_district"}),
    "commune": frozenset({"commune", "former", "unit"}),
}
_WORDS: Final = 12  # of an untyped part are looked at: commune, district and province are at most ten


class Mention(NamedTuple):
    """A name in a clause. `level` is "" where no type was written; `matches` is empty for a name of no table."""

    level: Level
    type: str
    matches: tuple[Match, ...]

    def of(self, *kinds: Kind) -> tuple[Match, ...]:
        """What it could stand for among these kinds."""
        return tuple(match for match in self.matches if match.name.kind in kinds)


def mentions(parts: Sequence[Part]) -> list[Mention]:
    """Every name of the clause, in the order written."""
    found: list[Mention] = []
    for at, part in enumerate(parts):
        found += _typed(part) if part.level else _untyped(part.words, last=at == len(parts) - 1)
    return found


def _typed(part: Part) -> Iterator[Mention]:
    kinds = _KINDS[part.level]
    for length in range(min(GAZETTEER.longest, len(part.words)), 0, -1):
        matches = tuple(match for match in GAZETTEER.look_up(part.words[:length]) if _fits(match, part.level, kinds))
        if part.level == "city" and (provinces := tuple(m for m in matches if m.name.kind == "province")):
            matches = provinces  # "TP Thanh Hóa" is not huyện Thạnh Hóa
        if not matches:
            continue
        rest = part.words[length:]
        more = list(_untyped(rest, last=True)) if rest else []
        # "xã Tân Thành Đông" is no commune Tân Thành: what follows a name is another name, a number or a road.
        if rest and not more and not rest[0].fold.isdecimal() and rest[0].key not in STREET_WORDS:
            continue
        yield Mention(_level(part, matches), part.type, matches)
        yield from more
        return
    yield Mention("district" if part.level == "city" else part.level, part.type, ())
    # "huyện Vụ Bản Nam Định": at least one word is the unknown name.
    names, _ = _from_the_right(part.words[1:][-_WORDS:])
    if names and names[-1].of("province"):
        yield names[-1]


def _fits(match: Match, level: Level, kinds: frozenset[Kind]) -> bool:
    if match.name.kind not in kinds:
        return False
    if match.name.kind == "province":
        # "thành phố Tây Ninh" was a district; of the others the city lies in, or is, the province of its name.
        return match.likeness >= BARE and not (level == "city" and match.name.code == TAY_NINH)
    return True


def _level(part: Part, matches: tuple[Match, ...]) -> Level:
    if part.level != "city":
        return part.level
    return "province" if all(match.name.kind == "province" for match in matches) else "district"


def _untyped(words: tuple[Syllable, ...], *, last: bool) -> list[Mention]:
    words = words[-_WORDS:]
    names, left = _from_the_right(words)
    if not names or not left:
        return names
    if not names[-1].of("province") or not (last or len(names) > 1):
        return []
    # "ấp Bình Thạnh Mộc Hóa Long An", "12 cầu Sài Gòn"; but "Ba Đình Hà Nội" and "Xuân Trường Nam Định" are districts.
    street = words[left - 1].key in STREET_WORDS and (len(names) > 1 or all(map(_of_a_street, words[:left])))
    return names[1:] if street else names


def _of_a_street(word: Syllable) -> bool:
    return word.key in STREET_WORDS or word.fold in {"xa", "dai"} or word.fold.isdecimal()  # "xa lộ", "đại lộ"


def _from_the_right(words: tuple[Syllable, ...]) -> tuple[list[Mention], int]:
    """Names from the end of the words backwards, and how many words before them belong to none.

    A longer name is preferred, unless the shorter one lets names cover all the words.
    """
    best: tuple[list[Mention], int] = ([], len(words))
    for length in range(min(GAZETTEER.longest, len(words)), 0, -1):
        matches = tuple(
            match
            for match in GAZETTEER.look_up(words[-length:])
            if match.name.kind != "province" or match.likeness >= BARE
        )
        # "Phường 3" needs its type: a bare number is a house.
        if not matches or words[-1].fold.isdecimal():
            continue
        before, left = _from_the_right(words[:-length])
        if left < best[1]:
            best = ([*before, Mention("", "", matches)], left)
        if best[1] == 0:
            break
    return best
