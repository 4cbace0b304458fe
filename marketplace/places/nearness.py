"""What lies near: the old districts in the order of their distance from a place.

The distance is that of the districts' seats, as the crow flies. It is good enough for an order, and is never printed.
"""

from __future__ import annotations

import csv
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


def districts_from(code: str) -> tuple[tuple[str, ...], ...]:
    """The old districts in groups, the nearest first, seen from an old district or a 2025 unit.

    A unit stands where its districts do, the first group: those it was made of. KeyError for a code not in `starts`.
    """
    unit = GAZETTEER.units.get(code)
    own = (code,) if code in GAZETTEER.districts else unit.districts if unit else ()
    if not own:
        raise KeyError(code)
    seats = _seats()
    away = {
        district: min(distance_km(seats[one], seat) for one in own)
        for district, seat in seats.items()
        if district not in own
    }
    return (tuple(own), *((district,) for district in sorted(away, key=lambda one: (away[one], one))))
