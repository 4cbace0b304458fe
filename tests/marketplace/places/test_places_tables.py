"""The facts beside the code are whole, agree with each other and name their source."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from marketplace import places
from marketplace.places import gazetteer
from marketplace.places.gazetteer import GAZETTEER

FOLDER = Path(gazetteer.__file__).parent
TABLES = sorted(FOLDER.glob("*.csv"))


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_fact_names_its_source(table: Path) -> None:
    assert all(row["source"] for row in rows(table.name))


def test_the_old_system_has_15_districts_and_186_communes() -> None:
    types = Counter(row["type"] for row in rows("communes.csv"))
    assert types == {"Xã": 160, "Thị trấn": 15, "Phường": 11}
    assert len(GAZETTEER.districts) == 15
    assert {commune.district for commune in GAZETTEER.communes.values()} == set(GAZETTEER.districts)


def test_the_new_system_has_96_units_and_60_lie_in_long_an() -> None:
    assert len(GAZETTEER.units) == 96
    ours = {code for code, unit in GAZETTEER.units.items() if unit.from_long_an}
    assert len(ours) == 60
    assert {unit for commune in GAZETTEER.communes.values() for unit in commune.units} == ours


def test_every_commune_went_to_a_unit_and_eleven_were_divided() -> None:
    assert all(commune.units for commune in GAZETTEER.communes.values())
    divided = [commune.name for commune in GAZETTEER.communes.values() if len(commune.units) > 1]
    assert len(divided) == 11


def test_five_units_cross_a_district_line() -> None:
    crossing = {unit.name for unit in GAZETTEER.units.values() if len(unit.districts) > 1}
    assert crossing == {"Phường Long An", "Xã Bình Hiệp", "Xã Tuyên Thạnh", "Xã Bình Thành", "Xã Nhựt Tảo"}


def test_former_communes_name_communes_of_their_own_district() -> None:
    for former in GAZETTEER.former.values():
        assert {GAZETTEER.communes[code].district for code in former.communes} == {former.district}


def test_63_provinces_became_34() -> None:
    provinces = rows("provinces.csv")
    assert len({row["name"] for row in provinces}) == len(provinces) == 63
    assert len({row["since_2025"] for row in provinces}) == 34
    assert {row["name"] for row in provinces if row["since_2025"] == "Tây Ninh"} == {"Tây Ninh", "Long An"}


def test_districts_come_in_the_official_order() -> None:
    listed = places.districts()
    assert [code for code, _ in listed] == [str(code) for code in range(794, 809)]
    assert (listed[0], listed[-1]) == (("794", "Thành phố Tân An"), ("808", "Huyện Châu Thành"))


def test_units_are_listed_for_long_an_or_for_all_of_tay_ninh() -> None:
    assert len(places.units()) == 60
    assert len(places.units(long_an_only=False)) == 96
    assert ("28243", "Xã An Lục Long") in places.units()


def test_one_code_names_two_things_in_the_two_systems() -> None:
    assert places.commune_name("28243") == "Xã Long Trì"
    assert places.unit_name("28243") == "Xã An Lục Long"
    assert places.district_name("808") == "Huyện Châu Thành"


def test_an_unknown_code_is_an_error() -> None:
    for name in (places.district_name, places.commune_name, places.unit_name, places.units_of_commune):
        with pytest.raises(KeyError, match="99999"):
            name("99999")


def test_old_and_new_units_lead_to_each_other() -> None:
    assert places.units_of_commune("28063") == ("27694", "28036")  # xã Bình Thạnh, Thủ Thừa, was divided
    assert places.districts_of_unit("27694") == ("794", "804")
    assert places.districts_of_unit("25489") == ()  # xã Tân Lập lies in the old Tây Ninh
    for code, commune in GAZETTEER.communes.items():
        for unit in places.units_of_commune(code):
            assert commune.district in places.districts_of_unit(unit)
