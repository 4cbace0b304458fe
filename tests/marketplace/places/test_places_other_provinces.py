"""Addresses of the other provinces stay out, whatever names they share with Long An.

`other_provinces.csv` names at least one place of every other province of before 2025; its column `trap` says why a
place is there: "Đức Hòa" in four provinces, "Tân An" as a ward of Cần Thơ, the ten districts Châu Thành, Thanh Hóa.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from marketplace import places
from marketplace.places import gazetteer

TYPES = {
    "Thành phố": "TP.",
    "Thị xã": "TX.",
    "Thị trấn": "TT.",
    "Huyện": "H.",
    "Phường": "P.",
    "Xã": "X.",
    "Quận": "Q.",
}
CITIES = {"Hà Nội", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "Hồ Chí Minh"}
Row = Mapping[str, str]


def rows() -> list[dict[str, str]]:
    with Path(__file__).with_name("other_provinces.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def without_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in letters if not unicodedata.combining(char))


def split(name: str) -> tuple[str, str]:
    type_ = next(type_ for type_ in TYPES if name.startswith(f"{type_} "))
    return type_, name.removeprefix(f"{type_} ")


def short(name: str) -> str:
    type_, rest = split(name)
    return f"{TYPES[type_]}{rest}"


def formal(row: Row) -> str:
    province = f"{'thành phố' if row['province'] in CITIES else 'tỉnh'} {row['province']}"
    return f"số 5, {row['commune']}, {row['district']}, {province}"


def names_only(row: Row) -> str:
    return f"{split(row['commune'])[1]}, {split(row['district'])[1]}, {row['province']}"


SPELLINGS: dict[str, Callable[[Row], str]] = {
    "formal": formal,
    "abbreviated": lambda row: f"{short(row['commune'])}, {short(row['district'])}, {row['province']}",
    "without marks": lambda row: without_marks(formal(row)),
    "capitals": lambda row: formal(row).upper(),
    "decomposed": lambda row: unicodedata.normalize("NFD", formal(row)),
    "joined by dashes": lambda row: f"số 5 - {row['commune']}-{row['district']}-{row['province']}",
    "names only": names_only,
    "names only, without marks": lambda row: without_marks(names_only(row)),
    "no punctuation": lambda row: f"{row['commune']} {row['district']} {row['province']}",
    "a street with our name": lambda row: f"12 đường Long An, KP Bến Lức, {formal(row)}",
}


def test_every_other_province_is_tried() -> None:
    with (Path(gazetteer.__file__).parent / "provinces.csv").open(encoding="utf-8", newline="") as file:
        everywhere = {row["name"] for row in csv.DictReader(file)}
    assert {row["province"] for row in rows()} == everywhere - {"Long An"}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_other_provinces_are_not_taken_for_long_an(spelling: str) -> None:
    read = [(row, places.read(SPELLINGS[spelling](row))) for row in rows()]
    taken = [SPELLINGS[spelling](row) for row, place in read if place.province == "Long An"]
    assert taken == []
    assert sum(place.province == row["province"] for row, place in read) >= 0.98 * len(read)
    assert not any(place.old_district or place.old_commune for _, place in read)


@pytest.mark.parametrize("spelling", [s for s in SPELLINGS if s != "names only, without marks"])
def test_a_told_province_goes_before_the_one_of_the_source(spelling: str) -> None:
    read = [(row, places.read(SPELLINGS[spelling](row), "Long An")) for row in rows()]
    taken = [SPELLINGS[spelling](row) for row, place in read if place.province == "Long An"]
    assert len(taken) < 0.02 * len(read), taken


def test_without_a_province_nothing_of_another_one_is_believed() -> None:
    for row in rows():
        for address in (
            f"{row['commune']}, {row['district']}",
            f"{split(row['commune'])[1]}, {split(row['district'])[1]}",
            row["commune"],
        ):
            place = places.read(address)
            assert place.province in (None, row["province"]), address
            assert place.old_district is None, address


def test_units_of_the_old_tay_ninh_are_not_long_an() -> None:
    ours = dict(places.units())
    for code, name in places.units(long_an_only=False):
        if code not in ours:
            place = places.read(f"{name}, tỉnh Tây Ninh", "Long An")
            assert (place.province, place.unit_2025, place.old_district) == ("Tây Ninh", code, None)


@pytest.mark.parametrize(
    ("address", "province"),
    [
        ("TP.HCM", "Hồ Chí Minh"),
        ("12 Nguyễn Huệ, P1, Q.1, TPHCM", "Hồ Chí Minh"),
        ("Sài Gòn", "Hồ Chí Minh"),
        ("Bà Rịa-Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("TP. Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("TT Huế", "Thừa Thiên Huế"),
        ("Thừa Thiên - Huế", "Thừa Thiên Huế"),
        ("Đắc Lắc", "Đắk Lắk"),
        ("dak lak", "Đắk Lắk"),
        ("Hanoi, Vietnam", "Hà Nội"),
        ("huyện Vụ Bản Nam Định", "Nam Định"),
        ("SỐ 5, TỈNH SƠN LA", "Sơn La"),
    ],
)
def test_provinces_in_their_usual_spellings(address: str, province: str) -> None:
    place = places.read(address)
    assert (place.province, place.method, place.old_district) == (province, "elsewhere", None)
