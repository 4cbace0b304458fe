"""The communes and 2025 units a name can stand for, and what several such readings agree on.

Where one name allows several readings none is picked: a field is filled when all of them fill it alike, and every
2025 unit they lead to stays as a candidate for a person to choose from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from marketplace.places.gazetteer import GAZETTEER, Match
from marketplace.places.mentions import Mention
from marketplace.places.spelling import BARE, DIFFERENT, EXACT


class Reading(NamedTuple):
    """One way to understand a name. `commune` is None for a 2025 unit and for a commune merged into several."""

    district: str | None
    commune: str | None
    units: tuple[str, ...]
    likeness: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreed:
    """What all readings share. `new_style`: a 2025 unit is among them, so that an open commune is no fault.
    `likeness` is that of the worst."""

    district: str | None
    commune: str | None
    unit: str | None
    candidates: tuple[str, ...]
    likeness: int
    new_style: bool


def in_district(
    typed: Sequence[Mention], untyped: Sequence[Mention], district: str, *, new_style: bool
) -> list[Reading]:
    """Readings of the commune's name inside a known old district; none when it names no place there.

    `new_style`: the address tells the province of after 2025-07-01, so the name may be old or new.
    """
    found: list[Reading] = []
    for mention in typed or untyped:
        old = _communes(mention, district, at_least=BARE, type_matters=True)
        found += old
        if new_style or not old:
            found += _units(mention, district)
        if not old:
            found += _communes(mention, district, at_least=BARE, type_matters=False)
        if found and not typed:  # of several names left of the district the nearest one that fits is the commune
            break
    return found


def misspelt(mentions: Iterable[Mention], district: str) -> list[Reading]:
    """Communes of the district whose marks only differ from what is written ("Hiệp Thành" for Hiệp Thạnh)."""
    return [
        reading
        for mention in mentions
        for reading in _communes(mention, district, at_least=DIFFERENT, type_matters=False)
    ]


def anywhere(mention: Mention, *, old_style: bool) -> list[Reading]:
    """Readings of a commune's name that stands without a district somewhere in Long An.

    `old_style`: the address says "Long An", so a commune of before 2025-07-01 goes before a unit of after it.
    """
    old = _communes(mention, None, at_least=BARE, type_matters=True)
    if old and old_style:
        return old
    new = _units(mention, None)
    return [*old, *new] or _communes(mention, None, at_least=EXACT, type_matters=False)


def new_units(mention: Mention, *, long_an_only: bool) -> list[Reading]:
    """The 2025 units of the name, in the whole of today's Tây Ninh or only on land of Long An."""
    return _units(mention, None, elsewhere=not long_an_only)


def agreed(readings: Sequence[Reading], district: str | None = None) -> Agreed:
    """What the readings share, starting from a district the address tells itself."""
    units = sorted({unit for reading in readings for unit in reading.units})
    communes = {reading.commune for reading in readings}
    districts = {district or reading.district for reading in readings}
    unit = units[0] if len(units) == 1 else None
    return Agreed(
        district=district or _only(districts),
        commune=_only(communes),
        unit=unit,
        candidates=() if unit else tuple(units),
        likeness=min((reading.likeness for reading in readings), default=EXACT),
        new_style=any(reading.commune is None and len(reading.units) == 1 for reading in readings),
    )


def _only(values: set[str | None]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None


def _communes(mention: Mention, district: str | None, *, at_least: int, type_matters: bool) -> list[Reading]:
    fitting: list[tuple[Match, Reading]] = []
    for match in mention.of("commune", "former"):
        if match.likeness < at_least:
            continue
        if type_matters and mention.type and match.name.type != mention.type:
            continue
        reading = _old(match)
        if district is None or reading.district == district:
            fitting.append((match, reading))
    best = max((match.likeness for match, _ in fitting), default=0)
    return [reading for match, reading in fitting if match.likeness == best]


def _old(match: Match) -> Reading:
    if match.name.kind == "commune":
        commune = GAZETTEER.communes[match.name.code]
        return Reading(commune.district, commune.code, commune.units, match.likeness)
    former = GAZETTEER.former[match.name.code]
    successor = former.communes[0] if len(former.communes) == 1 else None
    return Reading(former.district, successor, former.units, match.likeness)


def _units(mention: Mention, district: str | None, *, elsewhere: bool = False) -> list[Reading]:
    fitting: list[Match] = []
    for match in mention.of("unit"):
        unit = GAZETTEER.units[match.name.code]
        if match.likeness < BARE or (mention.type and match.name.type != mention.type):
            continue
        if (unit.from_long_an or elsewhere) and (district is None or district in unit.districts):
            fitting.append(match)
    best = max((match.likeness for match in fitting), default=0)
    return [Reading(district, None, (match.name.code,), match.likeness) for match in fitting if match.likeness == best]
