"""What lies near: an order of the old districts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import places
from marketplace.places import nearness

CHAU_THANH, TAN_AN, TAN_HUNG, CAN_GIUOC = "808", "794", "796", "807"
DEGREES = st.tuples(st.floats(-85, 85), st.floats(-180, 180))


@pytest.mark.parametrize("start", nearness.starts())
def test_every_district_has_its_place_in_the_order(start: str) -> None:
    groups = nearness.districts_from(start)
    everywhere = [code for group in groups for code in group]
    assert sorted(everywhere) == [code for code, _ in places.districts()]


def test_the_order_is_the_one_on_the_map() -> None:
    from_chau_thanh = [group[0] for group in nearness.districts_from(CHAU_THANH)]
    assert from_chau_thanh[0] == CHAU_THANH
    assert from_chau_thanh.index(TAN_AN) < from_chau_thanh.index(CAN_GIUOC) < from_chau_thanh.index(TAN_HUNG)
    assert nearness.districts_from(TAN_HUNG)[1] == ("797",), "Vĩnh Hưng"


def test_a_new_unit_stands_where_its_districts_did() -> None:
    for code, _ in places.units():
        assert nearness.districts_from(code)[0] == places.districts_of_unit(code)
    crossing = [code for code, _ in places.units() if len(places.districts_of_unit(code)) == 2]
    assert len(crossing) == 5


def test_a_place_outside_is_no_start() -> None:
    outside = next(code for code, _ in places.units(long_an_only=False) if not places.districts_of_unit(code))
    assert outside not in nearness.starts()
    for code in (outside, "1", ""):
        with pytest.raises(KeyError):
            nearness.districts_from(code)


@given(DEGREES, DEGREES)
def test_a_distance_is_one(here: tuple[float, float], there: tuple[float, float]) -> None:
    assert nearness.distance_km(here, there) == pytest.approx(nearness.distance_km(there, here))
    assert 0 <= nearness.distance_km(here, there) <= 20_100
    assert nearness.distance_km(here, here) == 0


def test_a_known_distance_comes_out() -> None:
    hanoi, saigon = (21.028, 105.854), (10.776, 106.701)
    assert nearness.distance_km(hanoi, saigon) == pytest.approx(1_144, abs=5)
