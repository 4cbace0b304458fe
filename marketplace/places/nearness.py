"""What lies near: old districts and 2025 units in the order of their distance from a place.

The distance is that of the old districts' seats, as the crow flies: good enough for an order, and never printed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from math import asin, cos, hypot, radians, sin
from pathlib import Path

from marketplace.places.gazetteer import GAZETTEER

_FILE = Path(__file__).with_name("district_seats.csv")
_EARTH_KM = 6371.0

Seat = tuple[float, float]  # latitude and longitude in degrees


@cache
def _seats() -> dict[str, Seat]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: (float(row["latitude"]), float(row["longitude"])) for row in csv.DictReader(lines)}


def distance_km(here: Seat, there: Seat) -> float:
    """As the crow flies."""
    (north, east), (other_north, other_east) = ([radians(degree) for degree in seat] for seat in (here, there))
    along = sin((other_north - north) / 2)
    across = sin((other_east - east) / 2) * (cos(north) * cos(other_north)) ** 0.5
    return 2 * _EARTH_KM * asin(min(1.0, hypot(along, across)))


@cache
def starts() -> tuple[str, ...]:
    """The codes of all places an order can start from: the old districts, then the 2025 units on their land."""
    units = (code for code, unit in sorted(GAZETTEER.units.items()) if unit.districts)
    return (*sorted(GAZETTEER.districts), *units)


def spot(district: str | None, unit: str | None) -> str:
    """Where a record lies, as `spots_from` orders it: its 2025 unit, else its old district; "" for neither.

    Of a unit over several districts, with the district where that is known: "28225:799".
    """
    if not unit:
        return district or ""
    return f"{unit}:{district}" if district and district in _shared(unit) else unit


def spots_from(code: str) -> tuple[tuple[str, ...], ...]:
    """The values of `spot` in groups, the nearest first, seen from an old district or a 2025 unit.

    A unit comes first by itself, then what lies in its districts, then the other districts by their distance. A unit
    over several districts stands with the nearest of them. KeyError for a code not in `starts`.
    """
    own = (code,) if code in GAZETTEER.districts else _districts(code)
    if not own:
        raise KeyError(code)
    seats = _seats()
    away = {
        district: min(distance_km(seats[one], seat) for one in own)
        for district, seat in seats.items()
        if district not in own
    }
    first = [spot(None, code), *(spot(one, code) for one in own)] if code not in GAZETTEER.districts else []
    placed = dict.fromkeys(first)
    groups = [tuple(placed)] if placed else []
    for districts in (own, *((one,) for one in sorted(away, key=lambda one: (away[one], one)))):
        here = dict.fromkeys(value for district in districts for value in _within(district) if value not in placed)
        placed |= here
        groups.append(tuple(here))
    return tuple(groups)


def _districts(unit: str) -> tuple[str, ...]:
    found = GAZETTEER.units.get(unit)
    return found.districts if found else ()


def _shared(unit: str) -> tuple[str, ...]:
    """The districts of a unit that lies in several."""
    districts = _districts(unit)
    return districts if len(districts) > 1 else ()


def _within(district: str) -> Iterator[str]:
    """Every value of `spot` that may lie in an old district."""
    yield district
    for code, unit in sorted(GAZETTEER.units.items()):
        if district in unit.districts:
            if district in _shared(code):
                yield spot(district, code)
            yield code
