"""What records can be filtered by: bands, days, and what a page makes of them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue import facets, filters
from marketplace.catalogue.facets import NEVER, NOT_PER_KG, OLDER, UNKNOWN, WITHIN

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("per_kg", "band", "label"),
    [
        (0, "duoi-10", "Dưới 10.000\u00a0₫"),
        (9_999, "duoi-10", "Dưới 10.000\u00a0₫"),
        (10_000, "10-20", "10.000 – 20.000\u00a0₫"),
        (26_000, "20-30", "20.000 – 30.000\u00a0₫"),
        (199_999, "100-200", "100.000 – 200.000\u00a0₫"),
        (200_000, "tu-200", "Từ 200.000\u00a0₫"),
        (90_000_000_000, "tu-200", "Từ 200.000\u00a0₫"),
    ],
)
def test_a_band_holds_its_lower_edge(per_kg: int, band: str, label: str) -> None:
    assert facets.price_band(per_kg, priced=True) == band
    assert facets.price_labels()[band] == label


def test_a_price_that_is_no_price_per_kg_has_a_value_of_its_own() -> None:
    assert facets.price_band(None, priced=True) == NOT_PER_KG
    assert facets.price_band(None, priced=False) == UNKNOWN


def test_unknown_stock_is_not_sold_out() -> None:
    assert [facets.stock(told) for told in (True, False, None)] == ["con-hang", "het-hang", UNKNOWN]


SEEN = st.lists(st.none() | st.integers(0, 90), max_size=30)


@given(SEEN)
def test_each_choice_of_seen_within_finds_what_its_count_says(ago: list[int | None]) -> None:
    seen = [UNKNOWN if days is None else (TODAY - timedelta(days=days)).isoformat() for days in ago]
    known = Counter(seen)
    counts = facets.seen_counts(known, TODAY)
    for value in facets.seen_labels():
        days = facets.seen_days([value], TODAY, known)
        assert sum(day in days for day in seen) == counts[value], value
    assert counts["30"] + counts[OLDER] + counts[UNKNOWN] == len(seen), "nothing is lost between the choices"
    assert counts["1"] <= counts["3"] <= counts["7"] <= counts["30"]


@given(st.sets(st.sampled_from([*WITHIN, OLDER, UNKNOWN]), min_size=1), SEEN)
def test_several_choices_are_their_union(values: set[str], ago: list[int | None]) -> None:
    known = [UNKNOWN if days is None else (TODAY - timedelta(days=days)).isoformat() for days in ago]
    each = [set(facets.seen_days([value], TODAY, known)) for value in values]
    assert set(facets.seen_days(values, TODAY, known)) - {NEVER} == set().union(*each) - {NEVER}


def test_a_choice_without_days_finds_nothing_rather_than_all() -> None:
    assert facets.seen_days([OLDER], TODAY, ["2026-11-20"]) == (NEVER,)


def test_time_passes_without_a_word_to_the_index() -> None:
    known = {"2026-11-20": 5}
    assert [facets.seen_counts(known, TODAY + timedelta(days=days))["7"] for days in (0, 4, 5)] == [5, 5, 0]


def test_every_filter_has_labels_for_what_it_counts() -> None:
    for one in filters.FILTERS:
        labels = one.labels()
        assert labels, one.param
        assert all(one.chip(label) for label in labels.values())
        assert list(labels)[-1] == UNKNOWN or UNKNOWN not in labels, "what is not known comes last"
    assert [one.index for one in filters.FILTERS] == list(facets.FACETS)
    assert filters.values_of("kind") == ("listing", "seller", "request")
