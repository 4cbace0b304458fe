"""Facts of an address → a place.

The rules, in the order they are asked:
1. another province told: the place is there, and nothing of Long An is looked for;
2. "Tây Ninh" told without "Long An": a district of Long An makes it old style under the new name; a district of
   Tây Ninh before 2025 makes it that; else the name is one of the 96 units of 2025;
3. "Long An" told, or the source is one of Long An, or a name no other province has: district, then commune in it;
4. what stays open is left empty, with the candidates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import Final, Literal

from marketplace.places.gazetteer import GAZETTEER, LONG_AN, TAY_NINH, bare_name
from marketplace.places.inference import known_without_province
from marketplace.places.mentions import mentions
from marketplace.places.parts import clauses
from marketplace.places.readings import Agreed, Reading, agreed, anywhere, in_district, misspelt, new_units
from marketplace.places.roles import Facts, facts
from marketplace.places.spelling import BARE, DIFFERENT, EXACT

Method = Literal[
    "commune",  # an old commune, with its district or the only one of its name
    "district",  # an old district and nothing below it
    "unit",  # a unit of 2025
    "both",  # the old commune or district and the 2025 unit are told, and agree
    "province",  # no more than the province
    "default",  # nothing told; the province is the one of the source
    "elsewhere",  # another province, or Tây Ninh as it was before it took in Long An
    "ambiguous",  # several readings: what they share is filled
    "conflict",  # the told parts contradict each other
    "none",  # no place found
]

_SPELLING: Final = {EXACT: 1.0, BARE: 0.95, DIFFERENT: 0.75}
_TOLD, _SOURCE, _INFERRED = 1.0, 0.95, 0.85  # how we know that the address lies in Long An
_DEFAULT: Final = 0.5  # nothing but the province of the source
_OPEN: Final = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What an address tells. Empty fields are unknown, never guessed.

    `province` is the one of before 2025-07-01 ("Long An", "Tây Ninh" for the old Tây Ninh, or another's name). The
    codes of `old_district` and `old_commune` are those of before that day, `unit_2025` is one of the 96 units since.
    `old_district` is empty where only a 2025 unit is told: `districts_of_unit` tells where that lies. `candidates`
    are the 2025 units to choose from when `unit_2025` is open. `confidence` runs from 0 (nothing) to 1.
    """

    province: str | None = None
    old_district: str | None = None
    old_commune: str | None = None
    unit_2025: str | None = None
    method: Method = "none"
    confidence: float = 0.0
    candidates: tuple[str, ...] = ()


@lru_cache(maxsize=8_192)  # pure, and a marketplace's sellers share the same few thousand lines
def read(address: str, default_province: str | None = None) -> Place:
    """Read an address in any of its spellings. Never raises.

    `default_province` is the province a source is limited to; it counts only where the address tells none.
    """
    default = (default_province or "").strip() or None
    told = [facts(mentions(clause), prefer_long_an=default == LONG_AN) for clause in clauses(address)]
    told = [clause for clause in told if not clause.empty]
    if not told:
        return _only_source(default)
    main, *others = told
    for other in others:
        if not other.names_commune:
            main.complete(other)
    place = _resolve(main, default)
    for other in others:
        if other.names_commune:
            place = _joined(place, _resolve(other, default))
    return place


def _resolve(told: Facts, default: str | None) -> Place:
    if told.province not in (None, LONG_AN, TAY_NINH):
        return _other_province(told)
    if LONG_AN in told.said:
        return _long_an(told, _TOLD)
    if TAY_NINH in told.said or (default == TAY_NINH and not told.said):
        return _tay_ninh(told, default)
    if told.unknown_district:
        return Place()
    if default == LONG_AN:
        return _long_an(told, _SOURCE)
    if known_without_province(told):
        return _long_an(told, _INFERRED)
    if default:
        return _only_source(default)
    return _open(_anywhere(told))


def _other_province(told: Facts) -> Place:
    for mention in told.districts:
        for match in mention.of("district"):
            # "huyện Bến Lức, Bình Dương": the one name is as good as the other.
            if mention.level and match.likeness == EXACT and GAZETTEER.districts[match.name.code].alone != "never":
                return Place(method="conflict", confidence=_OPEN)
    if told.doubtful is None:
        return Place(province=told.province, method="elsewhere", confidence=0.95)
    for match in told.doubtful.of("district"):
        if in_district(told.communes, told.untyped, match.name.code, new_style=False):
            return Place(method="ambiguous", confidence=_OPEN)
    return Place(province=told.province, method="elsewhere", confidence=0.7)


def _tay_ninh(told: Facts, default: str | None) -> Place:
    ours, theirs = (told.codes(kind, at_least=BARE) for kind in ("district", "tay_ninh_district"))
    # huyện Châu Thành: both provinces had one, so its commune decides.
    if theirs and not any(in_district(told.communes, told.untyped, code, new_style=True) for code in ours):
        return Place(province=TAY_NINH, method="elsewhere", confidence=0.9)
    if ours:
        units = [r for mention in told.districts for r in new_units(mention, long_an_only=False)]
        outside = any(not ours & set(GAZETTEER.units[code].districts) for r in units for code in r.units)
        if outside and not told.names_commune:
            return _open(units)  # "tan thanh": huyện Tân Thạnh of Long An, or xã Tân Thành of Tây Ninh
        return _long_an(told, _TOLD)
    return Place() if told.unknown_district else _new_style(told, default)


def _new_style(told: Facts, default: str | None) -> Place:
    """A 2025 unit of Tây Ninh, told without a district."""
    in_long_an = LONG_AN in told.said
    found = [r for mention in told.names for r in new_units(mention, long_an_only=in_long_an)]
    if not found:
        if in_long_an or default == LONG_AN:
            return _without_district(told, _TOLD if in_long_an else _SOURCE)
        # "Tây Ninh" alone: since 2025 that may be Long An.
        return _open(_anywhere(told)) if told.names else Place(method="ambiguous", confidence=_OPEN)
    result = agreed(found)
    if result.unit is None:
        return _open(found)
    province = LONG_AN if GAZETTEER.units[result.unit].from_long_an else TAY_NINH
    sure = _sure(_SPELLING[result.likeness])
    return Place(province=province, unit_2025=result.unit, method="unit", confidence=sure)


def _long_an(told: Facts, sure: float) -> Place:
    """A place known to lie in Long An."""
    new_style = TAY_NINH in told.said or (told.aside and LONG_AN not in told.said)
    districts = told.codes("district")
    if len(districts) > 1:
        return Place(province=LONG_AN, method="conflict", confidence=0.5)
    if not districts:
        if told.unknown_district:
            return Place(province=LONG_AN, method="province", confidence=0.5)
        return _new_style(told, LONG_AN) if new_style else _without_district(told, sure)
    (district,) = districts
    sure *= _SPELLING[max(m.likeness for mention in told.districts for m in mention.of("district"))]
    found = in_district(told.communes, told.untyped, district, new_style=new_style)
    if found:
        return _placed(agreed(found, district), sure)
    near = misspelt(told.communes, district)
    away = [r for r in _anywhere(told) if told.communes and r.commune and r.likeness == EXACT]
    if near and not away:
        return _placed(agreed(near, district), sure)
    if away and not near:  # "xã Long Trì, huyện Bến Lức": one of the two is wrong
        return replace(_open(away), province=LONG_AN, method="conflict")
    untyped = not any(mention.level for mention in told.districts)
    return Place(
        province=LONG_AN,
        old_district=district,
        method="district",
        # "Bến Lức, Tây Ninh" is the old district or the 2025 unit of its name, which lies in it.
        candidates=_unit_named_as(district) if new_style and untyped and not told.names_commune else (),
        confidence=_sure(0.9, sure, 0.8 if untyped and _also_commune_outside(told, district) else 1.0),
    )


def _without_district(told: Facts, sure: float) -> Place:
    found = _anywhere(told)
    if not found:
        if LONG_AN in told.said:
            return Place(province=LONG_AN, method="province", confidence=0.9)
        return _only_source(LONG_AN)
    return _placed(agreed(found), 0.9 * sure)


def _placed(result: Agreed, sure: float) -> Place:
    method: Method = "ambiguous"
    if result.commune:
        method = "commune"
    elif result.unit and result.new_style:
        method = "both" if result.district else "unit"
    return Place(
        province=LONG_AN,
        old_district=result.district,
        old_commune=result.commune,
        unit_2025=result.unit,
        method=method,
        confidence=_sure(0.5 if method == "ambiguous" else 1.0, sure, _SPELLING[result.likeness]),
        candidates=result.candidates,
    )


def _open(found: list[Reading]) -> Place:
    """Names without anything that says where: only candidates, for a person to choose from."""
    if not found:
        return Place()
    candidates = tuple(sorted({unit for reading in found for unit in reading.units}))
    return Place(method="ambiguous", confidence=_OPEN, candidates=candidates)


def _only_source(default: str | None) -> Place:
    return Place(province=default, method="default", confidence=_DEFAULT) if default else Place()


def _joined(first: Place, second: Place) -> Place:
    """Two statements of one place, one old and one new ("…, Long An (nay là xã …, tỉnh Tây Ninh)")."""
    if first.province is None:
        return second if second.province else first
    if first.province != LONG_AN or second.province != LONG_AN or first.method == "conflict":
        return first
    old, new = (first, second) if first.old_district else (second, first)
    if not old.old_district or new.old_district or not new.unit_2025:
        return first
    possible = (old.unit_2025,) if old.unit_2025 else old.candidates or _units_in(old.old_district)
    if new.unit_2025 in possible:
        sure = max(old.confidence, new.confidence)
        return replace(old, unit_2025=new.unit_2025, candidates=(), method="both", confidence=sure)
    candidates = tuple(sorted({*possible, new.unit_2025})) if old.old_commune else ()
    return replace(old, unit_2025=None, candidates=candidates, method="conflict", confidence=0.4)


def _anywhere(told: Facts) -> list[Reading]:
    return [r for mention in told.names for r in anywhere(mention, old_style=LONG_AN in told.said)]


def _also_commune_outside(told: Facts, district: str) -> bool:
    """ "Tan An, Long An" stands where a district stands, but without marks is also xã Tân Ân of Cần Đước."""
    return any(
        GAZETTEER.communes[match.name.code].district != district and match.likeness >= BARE
        for mention in told.districts
        for match in mention.of("commune")
    )


def _units_in(district: str) -> tuple[str, ...]:
    return tuple(code for code, unit in GAZETTEER.units.items() if district in unit.districts)


def _unit_named_as(district: str) -> tuple[str, ...]:
    name = bare_name(GAZETTEER.districts[district].name)
    return tuple(code for code in _units_in(district) if bare_name(GAZETTEER.units[code].name) == name)


def _sure(*factors: float) -> float:
    return round(prod(factors), 2)
