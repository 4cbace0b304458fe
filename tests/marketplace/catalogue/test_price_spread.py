"""The spread of a commodity's prices, from listings in to figures out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.catalogue import offers
from marketplace.catalogue.price_spread import FRESH, Offered, middle_half, spread

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def offer(id_: int, per_kg: int | None, **told: Any) -> Offered:
    given = {"source": "voso", "seller": str(id_), "fault": "", "seen_at": NOW - timedelta(hours=3)}
    return Offered(listing_id=id_, per_kg_vnd=per_kg, **{**given, **told})


def test_the_figures_of_some_listings() -> None:
    told = spread(
        [
            offer(1, 30_000),
            offer(2, 20_000, source="postmart"),
            offer(3, 24_000, seller="1"),
            offer(4, 26_000, seen_at=NOW - timedelta(days=3)),
            offer(5, 22_000),
        ],
        NOW,
    )
    whole = told.whole
    assert whole is not None
    assert (whole.low, whole.middle, whole.high) == (20_000, 24_000, 30_000)
    assert whole.half == (22_000, 26_000)
    assert (whole.listings, whole.sellers) == (5, 4)
    assert (whole.oldest, whole.newest) == (NOW - timedelta(days=3), NOW - timedelta(hours=3))
    assert told.sellers == (20_000, 22_000, 26_000, 27_000)
    assert told.ordered == (2, 5, 3, 4, 1)
    assert list(told.by_source) == ["postmart", "voso"], "in the fixed order of the marketplaces"
    one = told.by_source["postmart"]
    assert one is not None
    assert (one.low, one.half) == (20_000, None)


def test_what_cannot_be_compared_is_left_out_with_its_reason() -> None:
    old = offer(1, 20_000, seen_at=NOW - FRESH - timedelta(seconds=1))
    cards = [
        old,
        offer(2, None, seen_at=None, fault=offers.NO_KG),
        offer(3, None, fault=offers.SEVERAL),
        offer(4, None, fault=offers.DOUBTFUL),
        offer(5, None, fault=offers.NO_PRICE),
        offer(6, None, fault=offers.NO_KG, source="longantrade"),
        offer(7, None, fault=offers.NO_PRICE),
        offer(8, None, fault=offers.SOLD_OUT),
    ]
    told = spread(cards, NOW)
    assert told.whole is None
    assert told.sellers == ()
    assert dict(told.left_out) == {
        "đọc đã quá 7 ngày": 2,
        "bán nhiều mặt hàng trong một tin": 1,
        "hết hàng": 1,
        "giá đáng ngờ": 1,
        "không ghi giá": 2,
        "không quy ra kg": 1,
    }
    assert told.by_source == {"voso": None, "longantrade": None}
    assert told.ordered == (1, 2, 3, 4, 5, 6, 7, 8), "shown, though not counted"
    assert spread([old._replace(seen_at=NOW - FRESH)], NOW).left_out == ()


def test_nothing_offered() -> None:
    told = spread([], NOW)
    assert (told.whole, told.listings, dict(told.by_source)) == (None, 0, {})


def test_three_listings_have_no_middle_half() -> None:
    told = spread([offer(n, 20_000, seller=seller) for n, seller in enumerate("aab")], NOW)
    assert told.whole is not None
    assert (told.whole.sellers, told.whole.half) == (2, None)


@settings(deadline=None)  # the first example reads the tables
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=60))
def test_the_figures_stand_in_order(prices: list[int]) -> None:
    whole = spread([offer(number, price) for number, price in enumerate(prices)], NOW).whole
    assert whole is not None
    first, third = whole.half or (whole.middle, whole.middle)
    assert whole.low <= first <= whole.middle <= third <= whole.high
    assert whole.low == min(prices)
    assert whole.high == max(prices)
    assert (whole.half is None) == (len(prices) < 4)


@settings(deadline=None)  # the first example reads the tables
@given(st.lists(st.integers(1, 10**9), min_size=4, max_size=60))
def test_the_middle_half_holds_half_of_the_prices(prices: list[int]) -> None:
    half = middle_half(sorted(prices))
    assert half is not None
    inside = sum(half[0] <= price <= half[1] for price in prices)
    assert inside * 2 >= len(prices)
