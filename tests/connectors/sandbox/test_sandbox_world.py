from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sandbox import World
from connectors.sandbox.records import LONGANTRADE, NONGSAN, POSTMART, VOSO, Listing

REPORTED_SELLERS, REPORTED_LISTINGS = 66_426, 8_385  # both floors together, as the province told in 2023


def contents(world: World) -> tuple[object, ...]:
    return tuple(world.sellers()), tuple(world.listings()), tuple(world.posts()), tuple(world.notices())


def with_products(world: World, source: str) -> float:
    floor = world.floors[source]
    return sum(1 for ref in floor.sellers if floor.listings_of(ref)) / len(floor.sellers)


def test_the_same_seed_makes_the_same_world_and_another_seed_another() -> None:
    assert contents(World(3, 50, 80)) == contents(World(3, 50, 80))
    assert contents(World(3, 50, 80)) != contents(World(4, 50, 80))


@given(sellers=st.integers(1, 90), listings=st.integers(0, 120), share=st.sampled_from([0.0, 0.35, 1.0]))
@settings(max_examples=40, deadline=None)
def test_the_totals_are_exact_whatever_the_size(sellers: int, listings: int, share: float) -> None:
    world = World(2, sellers, listings, posts=3, voso_share=share)
    told = [world.floors[source] for source in (VOSO, NONGSAN)]
    assert sum(len(floor.sellers) for floor in told) == sellers
    assert sum(len(floor.listings) for floor in told) == listings
    for source, ratio in ((POSTMART, (0.2, 0.25)), (LONGANTRADE, (0.12, 0.18))):
        there = world.floors[source]
        assert len(there.sellers) == round(sellers * ratio[0])
        assert len(there.listings) == (round(listings * ratio[1]) if there.sellers else 0)
    assert len(list(world.posts())) == 3
    assert len(list(world.notices())) == max(24, sellers // 10), "on top, whatever the totals of the others"
    for floor in world.floors.values():
        assert {listing.seller_ref for listing in floor.in_category("")} <= {*floor.sellers, None}
    voso = world.floors[VOSO]
    assert all(voso.listings_of(ref) for ref in voso.sellers), "a visitor would never find a shop without products"


def test_at_the_default_size_the_shares_are_those_the_province_reported(shared_world: World) -> None:
    voso, nongsan = shared_world.floors[VOSO], shared_world.floors[NONGSAN]
    assert len(voso.sellers) + len(nongsan.sellers) == 800
    assert len(voso.listings) == 420
    assert len(nongsan.listings) == 780
    assert with_products(shared_world, NONGSAN) == pytest.approx(350 / 800, abs=0.01)
    stars = sum(1 for listing in shared_world.listings() if listing.stars)
    assert 0.03 < stars / 1200 < 0.08
    assert max(len(voso.listings_of(ref)) for ref in voso.sellers) > 24, "some shop needs a second page"
    assert max(len(nongsan.listings_of(ref)) for ref in nongsan.sellers) > 12


def test_the_world_of_all_reported_sellers() -> None:
    world = World(1, REPORTED_SELLERS, REPORTED_LISTINGS)
    told = [world.floors[source] for source in (VOSO, NONGSAN)]
    assert sum(len(floor.sellers) for floor in told) == REPORTED_SELLERS
    assert sum(len(floor.listings) for floor in told) == REPORTED_LISTINGS
    assert 0.06 < with_products(world, NONGSAN) < 0.11
    phones = Counter(seller.phone_digits for seller in world.sellers() if seller.phone_digits)
    assert phones.most_common(1)[0][1] > 3, "somebody signed many households up with one telephone"
    assert sum(1 for times in phones.values() if times == 1) > REPORTED_SELLERS / 2


@pytest.mark.parametrize(
    "wrong", [{"sellers": -1}, {"listings": -1}, {"day": -1}, {"posts": -1}, {"notices": -1}, {"voso_share": 1.5}]
)
def test_a_size_that_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        World(**wrong)  # type: ignore[arg-type]  # one of the named numbers each


def test_listings_need_a_seller() -> None:
    with pytest.raises(ValueError, match="at least one seller"):
        World(sellers=0, listings=1)
    assert contents(World(sellers=0, listings=0, posts=0, notices=0)) == ((), (), (), ())


def test_tax_codes_and_telephones_are_formally_right(shared_world: World) -> None:
    weights = (31, 29, 23, 19, 17, 13, 7, 5, 3)
    lengths: Counter[int] = Counter()
    for seller in shared_world.sellers():
        code = seller.tax_code.partition("-")[0]
        lengths[len(code)] += 1
        if len(code) == 10:
            rest = sum(int(digit) * weight for digit, weight in zip(code[:9], weights, strict=True)) % 11
            assert int(code[9]) == 10 - rest, code
        digits = seller.phone_digits
        if digits:
            kind = "service" if digits.startswith("1900") else "landline" if digits.startswith("02") else "mobile"
            assert len(digits) == {"service": 8, "landline": 11, "mobile": 10}[kind], seller
            assert "000" in digits, "an invented number shows that it is one"
    assert lengths.keys() == {0, 10, 12}


def test_telephones_are_written_in_many_ways(shared_world: World) -> None:
    printed = [seller.phone for seller in shared_world.sellers() if seller.phone]
    assert any(phone.endswith("_") for phone in printed), "the residue of an input mask"
    assert any(len(phone) == 11 and phone.startswith("01") for phone in printed), "eleven digits, as before 2018"
    assert any(phone.startswith("072") and len(phone) == 10 for phone in printed), "the area code of before 2017"
    assert any(phone.startswith("(+84)") for phone in printed)


def test_some_facilities_sell_on_both_sites_under_another_name(shared_world: World) -> None:
    nongsan = {seller.facility: seller for seller in shared_world.floors[NONGSAN].all_sellers()}
    pairs = [
        (seller, nongsan[seller.facility])
        for seller in shared_world.floors[VOSO].all_sellers()
        if seller.facility in nongsan
    ]
    assert 20 < len(pairs) < 60
    for one, other in pairs:
        assert (one.phone_digits, one.tax_code) == (other.phone_digits, other.tax_code)
    assert sum(1 for one, other in pairs if one.name != other.name) > len(pairs) / 2


def test_names_come_in_both_normal_forms_in_capitals_and_with_ampersands(shared_world: World) -> None:
    names = [seller.name for seller in shared_world.sellers()] + [item.title for item in shared_world.listings()]
    decomposed = [name for name in names if unicodedata.normalize("NFC", name) != name]
    assert 0.015 < len(decomposed) / len(names) < 0.06
    assert any(name.isupper() for name in names)
    assert any(" & " in name for name in names)


def test_addresses_come_in_old_and_new_style_and_with_holes(shared_world: World) -> None:
    sellers = list(shared_world.floors[NONGSAN].all_sellers())
    assert any(seller.province == "Tây Ninh" and not seller.district for seller in sellers)
    assert any(not seller.ward for seller in sellers)
    assert any(" - " in seller.street for seller in sellers)
    assert all(seller.province in ("Long An", "Tây Ninh") for seller in sellers)
    assert {seller.province for seller in shared_world.floors[VOSO].all_sellers()} - {"Long An", "Tây Ninh"}


def test_equal_titles_get_numbered_slugs(shared_world: World) -> None:
    floor = shared_world.floors[NONGSAN]
    assert any(ref.endswith("-1") and ref[:-2] in floor.listings for ref in floor.listings)
    assert any(ref.endswith("-2") and ref[:-2] in floor.listings for ref in floor.listings)


def test_prices_come_in_many_forms_and_some_tell_none(shared_world: World) -> None:
    texts = [listing.price_text for listing in shared_world.floors[NONGSAN].in_category("")]
    for part in ("Giá: Liên hệ", "đ/kg", " - ", "từ ", "k", "thỏa thuận", "0 ₫"):
        assert any(part in text for text in texts), part
    assert any(text.isdigit() and len(text) < 4 for text in texts), "a bare number, probably thousands"
    assert {"Liên hệ", "999,999,999"} <= {item.price_text for item in shared_world.floors[VOSO].in_category("")}
    assert "" in texts, "a price that is a picture"


def test_notices_change_nothing_on_the_other_sites() -> None:
    """Not even on later days: they have a chance of their own."""
    few, many = World(3, 50, 80, notices=0, day=3), World(3, 50, 80, notices=200, day=3)
    assert contents(few)[:3] == contents(many)[:3]
    assert few.changed_at == many.changed_at
    assert len(list(many.notices())) == 200


def test_notices_have_all_roles_provinces_and_units_of_another_site(shared_world: World) -> None:
    notices = list(World(1, 800, 1200, notices=400).notices())
    roles = Counter(notice.registrant.role for notice in notices)
    assert roles.keys() == {"sell", "buy", "state_body", "organisation"}
    assert 0.7 < roles["sell"] / 400 < 0.85
    here = Counter(notice.registrant.here for notice in notices)
    assert 0.1 < here[False] / 400 < 0.4
    assert {"", "Long An", "Tỉnh Long An", "Tây Ninh"} <= {notice.registrant.province for notice in notices}
    sellers = {(seller.name, seller.phone) for seller in shared_world.floors[NONGSAN].all_sellers()}
    assert any((notice.registrant.name, notice.registrant.phone) in sellers for notice in notices)
    assert len({(notice.registrant.number, notice.product) for notice in notices if notice.product}) == (
        roles["sell"] + roles["buy"]
    ), "no unit offers one product twice"
    assert {notice.number: notice.registrant.number for notice in notices}.keys() == set(range(1, 401))


# Changes


def any_listing(world: World, source: str) -> Listing:
    return next(listing for listing in world.floors[source].in_category("") if listing.seller_ref)


@pytest.mark.parametrize("source", [VOSO, NONGSAN])
def test_a_removed_listing_is_gone(world: World, source: str) -> None:
    listing = any_listing(world, source)
    world.remove_listing(listing.ref)
    assert listing not in list(world.listings())
    assert listing not in world.floors[source].listings_of(listing.seller_ref or "")
    with pytest.raises(KeyError):
        world.remove_listing(listing.ref)


def test_a_changed_price_keeps_its_text_and_its_first_number(world: World) -> None:
    listing = any_listing(world, VOSO)
    world.change_price(listing.ref, "1,250,000")
    changed = world.floors[VOSO].listings[listing.ref]
    assert (changed.price_text, changed.price_vnd, changed.list_price_vnd) == ("1,250,000", 1_250_000, 0)
    world.change_price(listing.ref, "Liên hệ")
    assert world.floors[VOSO].listings[listing.ref].price_vnd == 0


def test_an_added_listing_belongs_to_its_seller(world: World) -> None:
    seller = world.floors[NONGSAN].all_sellers()[0]
    first = world.add_listing(seller.ref, "Chanh đào", "30.000 ₫", unit="kg", category="hoa-qua-tuoi")
    second = world.add_listing(seller.ref, "Chanh đào")
    assert (first.ref, second.ref) == ("chanh-dao", "chanh-dao-1")
    assert (first.title, first.price_text, first.price_vnd, first.unit) == ("Chanh đào", "30.000 ₫", 30_000, "kg")
    assert first in world.floors[NONGSAN].listings_of(seller.ref)
    assert first in world.floors[NONGSAN].in_category("rau-cu-qua"), "the category above shows it too"
    with pytest.raises(KeyError):
        world.add_listing("nobody")
    with pytest.raises(KeyError):
        world.add_listing(seller.ref, category="no-such-category")


def test_slugs_stay_unique_when_a_title_looks_like_a_numbered_one(world: World) -> None:
    seller = world.floors[NONGSAN].all_sellers()[0]
    titles = ["Cà pháo 1", "Cà pháo", "Cà pháo", "Cà pháo 1", "Cà pháo"]
    refs = [world.add_listing(seller.ref, title).ref for title in titles]
    assert refs == ["ca-phao-1", "ca-phao", "ca-phao-2", "ca-phao-1-1", "ca-phao-3"]


def test_a_removed_seller_takes_its_listings_along(world: World) -> None:
    listing = any_listing(world, VOSO)
    assert listing.seller_ref is not None
    world.remove_seller(listing.seller_ref)
    assert listing.seller_ref not in {seller.ref for seller in world.sellers()}
    assert listing.seller_ref not in {other.seller_ref for other in world.listings()}
    with pytest.raises(KeyError):
        world.remove_seller(listing.seller_ref)


def test_every_change_moves_the_time_of_the_last_change(world: World) -> None:
    before = world.changed_at
    world.change_price(any_listing(world, NONGSAN).ref, "1.000 ₫")
    assert world.changed_at > before


# Drift


def test_a_later_day_is_gently_different_and_always_the_same(shared_world: World) -> None:
    later = World(day=1)
    assert contents(later) == contents(World(day=1))
    assert later.today == shared_world.today + timedelta(days=1)
    before = {listing.ref: listing for listing in shared_world.listings()}
    after = {listing.ref: listing for listing in later.listings()}
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    changed = [ref for ref in before.keys() & after.keys() if before[ref].price_text != after[ref].price_text]
    assert 1 <= len(gone) <= 60
    assert 1 <= len(new) <= 12
    assert 1 <= len(changed) <= 20
    assert any(after[ref].sold > before[ref].sold for ref in before.keys() & after.keys())
    sellers, later_sellers = set(shared_world.sellers()), set(later.sellers())
    assert sellers - later_sellers
    assert later_sellers - sellers
    assert set(shared_world.posts()) != set(later.posts())
    assert set(shared_world.notices()) - set(later.notices())
    assert set(later.notices()) - set(shared_world.notices())


def test_two_days_are_one_day_and_another() -> None:
    one, two = ({listing.ref for listing in World(5, 60, 150, day=day).listings()} for day in (1, 2))
    assert len(one ^ two) < 60
    assert one != two
