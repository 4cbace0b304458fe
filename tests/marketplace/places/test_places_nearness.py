"""What lies near: an order of the old districts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace import places
from marketplace.places import nearness

CHAU_THANH, TAN_AN, TAN_HUNG, CAN_GIUOC = "808", "794", "796", "807"
DEGREES = st.tuples(st.floats(-85, 85), st.floats(-180, 180))


def district_order(start: str) -> list[str]:
    return [value for group in nearness.spots_from(start) for value in group if value in dict(places.districts())]


@pytest.mark.parametrize("start", nearness.starts())
def test_every_spot_has_one_place_in_the_order(start: str) -> None:
    """Whatever a record tells of its place, as far as it lies on land of Long An."""
    values = [value for group in nearness.spots_from(start) for value in group]
    assert len(values) == len(set(values))
    spots = {nearness.spot(code, None) for code, _ in places.districts()}
    for unit, _ in places.units():
        spots |= {nearness.spot(district, unit) for district in (None, *places.districts_of_unit(unit))}
    assert set(values) == spots
    assert all(nearness.spots_from(start)), "no group is empty"


def test_the_order_is_the_one_on_the_map() -> None:
    from_chau_thanh = district_order(CHAU_THANH)
    assert from_chau_thanh[0] == CHAU_THANH
    assert from_chau_thanh.index(TAN_AN) < from_chau_thanh.index(CAN_GIUOC) < from_chau_thanh.index(TAN_HUNG)
    assert district_order(TAN_HUNG)[1] == "797", "Vĩnh Hưng"


def test_a_unit_comes_first_by_itself_then_its_districts() -> None:
    for code, _ in places.units():
        itself, around, *_ = nearness.spots_from(code)
        own = places.districts_of_unit(code)
        assert {value.partition(":")[0] for value in itself} == {code}
        assert set(own) <= set(around)
        others = {unit for district in own for unit, _ in places.units() if district in places.districts_of_unit(unit)}
        assert others - {code} <= set(around)


def test_a_unit_over_two_districts_goes_with_the_nearer_one() -> None:
    crossing = [code for code, _ in places.units() if len(places.districts_of_unit(code)) == 2]
    assert len(crossing) == 5
    for unit in crossing:
        for district in places.districts_of_unit(unit):
            (other,) = (one for one in places.districts_of_unit(unit) if one != district)
            nearest = nearness.spots_from(district)[0]
            assert {unit, nearness.spot(district, unit)} <= set(nearest)
            assert nearness.spot(other, unit) not in nearest, "told to lie in the other one"


def test_a_place_outside_is_no_start() -> None:
    outside = next(code for code, _ in places.units(long_an_only=False) if not places.districts_of_unit(code))
    assert outside not in nearness.starts()
    for code in (outside, "1", ""):
        with pytest.raises(KeyError):
            nearness.spots_from(code)


@given(DEGREES, DEGREES)
def test_a_distance_is_one(here: tuple[float, float], there: tuple[float, float]) -> None:
    assert nearness.distance_km(here, there) == pytest.approx(nearness.distance_km(there, here))
    assert 0 <= nearness.distance_km(here, there) <= 20_100
    assert nearness.distance_km(here, here) == 0


def test_a_known_distance_comes_out() -> None:
    hanoi, saigon = (21.028, 105.854), (10.776, 106.701)
    assert nearness.distance_km(hanoi, saigon) == pytest.approx(1_144, abs=5)
