"""Where an address lies: the old districts and communes of Long An, and the units of Tây Ninh since 2025-07-01.

    place = read("Ấp 3, xã Long Trì, huyện Châu Thành, Long An")
    line(place)  # "xã An Lục Long (Châu Thành cũ)"

Pure: no database, no network. The facts are the tables beside this file.
"""

from __future__ import annotations

from marketplace.places.gazetteer import GAZETTEER, TAY_NINH, bare_name
from marketplace.places.reading import Method, Place, read

__all__ = [
    "Method",
    "Place",
    "commune_name",
    "communes",
    "district_name",
    "districts",
    "districts_of_unit",
    "line",
    "read",
    "unit_name",
    "units",
    "units_of_commune",
]


def districts() -> list[tuple[str, str]]:
    """Code and full name of the 15 old districts, in the official order (that of the codes)."""
    return [(code, district.name) for code, district in sorted(GAZETTEER.districts.items())]


def communes() -> list[tuple[str, str]]:
    """Code and full name of the 186 old communes, in the order of the codes."""
    return [(code, commune.name) for code, commune in sorted(GAZETTEER.communes.items())]


def units(*, long_an_only: bool = True) -> list[tuple[str, str]]:
    """Code and full name of the 2025 units, in the order of the codes: the 60 of Long An, or all 96."""
    return [
        (code, unit.name) for code, unit in sorted(GAZETTEER.units.items()) if unit.from_long_an or not long_an_only
    ]


def district_name(code: str) -> str:
    """ "808" → "Huyện Châu Thành". KeyError for a code that is no old district of Long An."""
    return GAZETTEER.districts[code].name


def commune_name(code: str) -> str:
    """ "28243" → "Xã Long Trì" (an old commune). KeyError for a code that is none."""
    return GAZETTEER.communes[code].name


def unit_name(code: str) -> str:
    """ "28243" → "Xã An Lục Long" (a unit of 2025). KeyError for a code that is none."""
    return GAZETTEER.units[code].name


def units_of_commune(code: str) -> tuple[str, ...]:
    """The 2025 units an old commune's land went to: mostly one. KeyError for a code that is no old commune."""
    return GAZETTEER.communes[code].units


def districts_of_unit(code: str) -> tuple[str, ...]:
    """The old districts of Long An a 2025 unit lies in: one for 55 of them, two for five, none for the other 36.

    KeyError for a code that is no 2025 unit.
    """
    return GAZETTEER.units[code].districts


def line(place: Place) -> str:
    """The place as the pages write it: "xã An Lục Long (Châu Thành cũ)"; "" when nothing is known.

    Without a 2025 unit what is known stands alone: "xã Tân Thành, huyện Thủ Thừa cũ", "huyện Bến Lức cũ", "Long An",
    "Tiền Giang". A unit on land of the old Tây Ninh is told with it: "xã Tân Lập, Tây Ninh".
    """
    district = GAZETTEER.districts[place.old_district].name if place.old_district else ""
    if place.unit_2025:
        unit = _lower(GAZETTEER.units[place.unit_2025].name)
        if district:
            return f"{unit} ({bare_name(district)} cũ)"
        return f"{unit}, {TAY_NINH}" if place.province == TAY_NINH else unit
    if district:
        old = f"{_lower(district)} cũ"
        return f"{_lower(GAZETTEER.communes[place.old_commune].name)}, {old}" if place.old_commune else old
    return place.province or ""


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
