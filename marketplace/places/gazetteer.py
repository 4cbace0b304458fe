"""The names an address can hold, read from the tables beside this file.

| table | holds | rule it serves |
| --- | --- | --- |
| districts.csv | the 15 districts of Long An until 2025-06-30 | `alone`: see `District` |
| communes.csv | their 186 communes | |
| commune_units.csv | commune → 2025 unit; several rows when a commune was divided | |
| former_communes.csv | communes merged away in 2020 and 2024 and the communes that took them over | |
| units_2025.csv | the 96 units of Tây Ninh since 2025-07-01, 60 of them on land of Long An | |
| tay_ninh_districts.csv | the 9 districts of Tây Ninh before the merger | keeps them apart from ours |
| provinces.csv | the 63 provinces before and the 34 after the merger | keeps other provinces out |

A commune and a 2025 unit may bear the same GSO code and be different places: the codes are two families.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NamedTuple

from marketplace.places.spelling import Syllable, likeness, syllables

Kind = Literal["province", "district", "tay_ninh_district", "commune", "former", "unit"]
Alone = Literal["bare", "typed", "marked", "never"]

LONG_AN: Final = "Long An"
TAY_NINH: Final = "Tây Ninh"
TYPES: Final = ("Thành phố", "Thị xã", "Thị trấn", "Huyện", "Phường", "Xã")

_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, slots=True)
class District:
    """A district of Long An. `alone`: what its name needs to be believed when the address tells no province.

    bare: nothing, no other place bears it; typed: the word for its type ("huyện"); marked: that word and the marks,
    since without marks it reads like another place; never: the province, since ten provinces have one.
    """

    code: str
    name: str
    alone: Alone


@dataclass(frozen=True, kw_only=True, slots=True)
class Commune:
    """A commune of Long An until 2025-06-30 and the 2025 units its land went to."""

    code: str
    name: str
    district: str
    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Former:
    """A commune merged away before 2025: `communes` are the codes of those that took it over."""

    name: str
    district: str
    communes: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A commune-level unit of Tây Ninh since 2025-07-01; `districts` are the old ones of Long An it lies in."""

    code: str
    name: str
    from_long_an: bool
    districts: tuple[str, ...]


class Name(NamedTuple):
    """One name without the word for its type. `code` is a province's name, or the place of a former commune."""

    kind: Kind
    code: str
    type: str
    syllables: tuple[Syllable, ...]


class Match(NamedTuple):
    """A name met in an address and how well it is written (see `spelling.likeness`)."""

    name: Name
    likeness: int


class Gazetteer:
    """All places and an index of their names. Built once; nothing changes it."""

    def __init__(self, folder: Path = _HERE) -> None:
        targets: dict[str, list[str]] = defaultdict(list)
        for row in _rows(folder / "commune_units.csv"):
            targets[row["commune_code"]].append(row["unit_code"])
        self.districts: Final[Mapping[str, District]] = {
            row["code"]: District(code=row["code"], name=row["name"], alone=_alone(row["alone"]))
            for row in _rows(folder / "districts.csv")
        }
        self.communes: Final[Mapping[str, Commune]] = {
            row["code"]: Commune(
                code=row["code"],
                name=row["name"],
                district=row["district_code"],
                units=tuple(targets[row["code"]]),
            )
            for row in _rows(folder / "communes.csv")
        }
        inside: dict[str, set[str]] = defaultdict(set)
        for commune in self.communes.values():
            for unit in commune.units:
                inside[unit].add(commune.district)
        self.units: Final[Mapping[str, Unit]] = {
            row["code"]: Unit(
                code=row["code"],
                name=row["name"],
                from_long_an=row["from_long_an"] == "1",
                districts=tuple(sorted(inside[row["code"]])),
            )
            for row in _rows(folder / "units_2025.csv")
        }
        self.former: Final[Mapping[str, Former]] = {
            f"{row['district_code']}/{row['name']}": Former(
                name=row["name"],
                district=row["district_code"],
                communes=tuple(row["successors"].split(";")),
                units=tuple(sorted({u for code in row["successors"].split(";") for u in self.communes[code].units})),
            )
            for row in _rows(folder / "former_communes.csv")
        }
        names: dict[tuple[str, ...], list[Name]] = defaultdict(list)
        for name in self._names(folder):
            names[tuple(s.fold for s in name.syllables)].append(name)
        self._by_fold: Final = {fold: tuple(found) for fold, found in names.items()}
        self.longest: Final = max(map(len, self._by_fold))

    def look_up(self, written: tuple[Syllable, ...]) -> tuple[Match, ...]:
        """Every name of exactly these syllables, in any spelling."""
        found = self._by_fold.get(tuple(s.fold for s in written), ())
        return tuple(Match(name, likeness(written, name.syllables)) for name in found)

    def _names(self, folder: Path) -> Iterator[Name]:
        for row in _rows(folder / "provinces.csv"):
            for spelling in (row["name"], *filter(None, row["aliases"].split(";"))):
                yield Name("province", row["name"], "", syllables(spelling))
        for row in _rows(folder / "districts.csv"):
            yield _name("district", row["code"], row["name"])
            for alias in filter(None, row["aliases"].split(";")):
                yield Name("district", row["code"], row["type"], syllables(alias))
        for row in _rows(folder / "tay_ninh_districts.csv"):
            yield _name("tay_ninh_district", row["code"], row["name"])
        for commune in self.communes.values():
            yield _name("commune", commune.code, commune.name)
        for key, former in self.former.items():
            yield _name("former", key, former.name)
        for unit in self.units.values():
            yield _name("unit", unit.code, unit.name)


def bare_name(name: str) -> str:
    """A unit's name without the word for its type: "Huyện Châu Thành" → "Châu Thành"."""
    return _split(name)[1]


def _split(name: str) -> tuple[str, str]:
    for type_ in TYPES:
        if name.startswith(f"{type_} "):
            return type_, name[len(type_) + 1 :]
    raise ValueError(f"the name of a unit begins with its type, this one does not: {name!r}")


def _name(kind: Kind, code: str, name: str) -> Name:
    type_, rest = _split(name)
    return Name(kind, code, type_, syllables(rest))


def _alone(value: str) -> Alone:
    match value:
        case "bare" | "typed" | "marked" | "never":
            return value
    raise ValueError(f"districts.csv: alone is bare, typed, marked or never, not {value!r}")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


GAZETTEER: Final = Gazetteer()
