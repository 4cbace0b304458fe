"""Every commune of Long An, in the spellings in which marketplaces print addresses."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from marketplace import places
from marketplace.places.gazetteer import GAZETTEER, Commune, bare_name

SHORT = {"Thành phố": "TP.", "Thị xã": "TX.", "Thị trấn": "TT.", "Huyện": "H.", "Phường": "P.", "Xã": "X."}


def without_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in letters if not unicodedata.combining(char))


def short(name: str) -> str:
    type_ = name.removesuffix(f" {bare_name(name)}")
    return f"{SHORT[type_]} {bare_name(name)}"


def formal(commune: Commune) -> str:
    return f"12 ấp 3, {commune.name}, {GAZETTEER.districts[commune.district].name}, tỉnh Long An"


def old_style(tone_on_last_vowel: str) -> str:
    for ours, theirs in (("óa", "oá"), ("òa", "oà"), ("ủy", "uỷ")):
        tone_on_last_vowel = tone_on_last_vowel.replace(ours, theirs)
    return tone_on_last_vowel


def abbreviated(commune: Commune) -> str:
    return f"Ấp 3, {short(commune.name)}, {short(GAZETTEER.districts[commune.district].name)}, T. Long An"


def joined_by_dashes(commune: Commune) -> str:
    return f"12 Nguyễn Văn A - {commune.name}-{GAZETTEER.districts[commune.district].name}-Long An"


def unpunctuated(commune: Commune) -> str:
    return without_marks(f"ap 3 {commune.name} {GAZETTEER.districts[commune.district].name} tinh long an").lower()


OLD_STYLE: dict[str, Callable[[Commune], str]] = {
    "formal": formal,
    "abbreviated": abbreviated,
    "without marks": lambda commune: without_marks(formal(commune)),
    "capitals": lambda commune: formal(commune).upper(),
    "decomposed": lambda commune: unicodedata.normalize("NFD", formal(commune)),
    "joined by dashes": joined_by_dashes,
    "no punctuation, no marks": unpunctuated,
    "other place of the tone": lambda commune: old_style(formal(commune)),
    "reversed": lambda commune: ", ".join(reversed(formal(commune).split(", ")[1:])),
    "province twice": lambda commune: f"{formal(commune)}, Long An",
}


def wrong(place: places.Place, commune: Commune) -> bool:
    """Whether any field says something untrue; an empty one does not."""
    return (
        place.province not in (None, "Long An")
        or place.old_district not in (None, commune.district)
        or place.old_commune not in (None, commune.code)
        or (place.unit_2025 is not None and place.unit_2025 not in commune.units)
    )


@pytest.mark.parametrize("spelling", OLD_STYLE)
def test_communes_are_read_in_every_spelling(spelling: str) -> None:
    read = {code: places.read(OLD_STYLE[spelling](commune)) for code, commune in GAZETTEER.communes.items()}
    assert [code for code, place in read.items() if wrong(place, GAZETTEER.communes[code])] == []
    assert all(place.old_district == GAZETTEER.communes[code].district for code, place in read.items())
    right = sum(place.old_commune == code for code, place in read.items())
    assert right >= 0.97 * len(read)


@pytest.mark.parametrize("spelling", [lambda text: text, without_marks, str.upper], ids=["plain", "bare", "caps"])
def test_units_of_2025_are_read_under_the_new_province(spelling: Callable[[str], str]) -> None:
    read = {code: places.read(spelling(f"Ấp 3, {name}, tỉnh Tây Ninh")) for code, name in places.units()}
    assert all(place.unit_2025 in (None, code) for code, place in read.items())
    assert all(place.province in (None, "Long An") for place in read.values())
    assert all(place.old_district is None for place in read.values())  # a new unit is in no district
    assert sum(place.unit_2025 == code for code, place in read.items()) >= 0.97 * len(read)


@pytest.mark.parametrize(("code", "name"), places.districts())
def test_a_district_alone_is_read_in_every_spelling(code: str, name: str) -> None:
    for text in (name, short(name), bare_name(name), name.upper(), without_marks(name), without_marks(bare_name(name))):
        place = places.read(f"{text}, Long An")
        assert (place.province, place.old_district, place.old_commune) == ("Long An", code, None), text


def test_a_divided_commune_keeps_its_candidates() -> None:
    for commune in GAZETTEER.communes.values():
        place = places.read(formal(commune))
        if len(commune.units) == 1:
            assert (place.unit_2025, place.candidates) == (commune.units[0], ())
        else:
            assert (place.unit_2025, place.candidates) == (None, tuple(sorted(commune.units)))


def test_the_marketplaces_of_the_province_may_leave_it_out() -> None:
    for commune in GAZETTEER.communes.values():
        place = places.read(formal(commune).removesuffix(", tỉnh Long An"), "Long An")
        assert (place.old_district, place.old_commune) == (commune.district, commune.code)


def test_what_the_pages_write_is_read_back() -> None:
    for commune in GAZETTEER.communes.values():
        place = places.read(formal(commune))
        again = places.read(places.line(place), "Long An")
        assert again.old_district == place.old_district
        assert again.unit_2025 in (place.unit_2025, None)


def reviewed() -> list[dict[str, str]]:
    with Path(__file__).with_name("address_testset.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", reviewed(), ids=lambda row: row["text"])
def test_the_reviewed_addresses(row: dict[str, str]) -> None:
    place = places.read(row["text"])
    assert place.province == "Long An"
    assert (places.district_name(place.old_district) if place.old_district else "") == row["old_district"]
    assert (places.commune_name(place.old_commune) if place.old_commune else "") == row["old_ward"]
    if row["new_ward"]:
        assert place.unit_2025 is not None
        assert places.unit_name(place.unit_2025) == row["new_ward"]
    else:  # the table leaves out what follows from the commune
        units = places.units_of_commune(place.old_commune) if place.old_commune else ()
        assert place.unit_2025 == (units[0] if len(units) == 1 else None)
