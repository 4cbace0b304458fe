"""The step line of a price."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.charts import BandPoint, band_chart, range_strip, step_chart
from tests.marketplace.web.catalogue import NOW

amounts = st.lists(st.integers(1, 500_000_000), min_size=2, max_size=20)


def test_one_price_is_no_history() -> None:
    assert step_chart([(NOW, 5)], NOW, 720, 220) is None


def test_a_rise_goes_up_at_its_day_and_holds_until_the_end() -> None:
    points = [(NOW - timedelta(days=20), 20_000), (NOW - timedelta(days=10), 30_000)]
    chart = step_chart(points, NOW, 720, 220)
    assert chart is not None
    (left, low), (middle, high) = chart.dots
    assert left == chart.left
    assert middle == (chart.left + chart.right) / 2
    assert high < low
    assert chart.path == f"M{left:g} {low:g}H{middle:g}V{high:g}H{chart.right:g}"
    assert [mark.label for mark in chart.columns] == ["03/11/2026", "23/11/2026"]
    assert chart.rows[0].label == "20.000"


@given(amounts)
def test_every_drawing_stays_inside_its_frame(values: list[int]) -> None:
    points = [(NOW + timedelta(days=day), value) for day, value in enumerate(values)]
    chart = step_chart(points, points[-1][0], 340, 200)
    assert chart is not None
    assert all(chart.left <= x <= chart.right and 0 <= y <= chart.bottom for x, y in chart.dots)
    assert all(0 <= mark.at <= chart.bottom for mark in chart.rows)
    assert 2 <= len(chart.rows) <= 8


def test_a_strip_marks_every_place_once_and_the_middle_half() -> None:
    strip = range_strip([20_000, 20_000, 30_000], (20_000, 30_000), (22_000, 28_000))
    assert (strip.low, strip.high) == (20_000, 30_000)
    assert strip.ticks == "M0 3v18M300 3v18"
    assert strip.box == (60.0, 180.0)
    assert range_strip([5], (5, 5), None).box is None


@given(st.lists(st.integers(1, 500_000_000), min_size=1, max_size=40))
def test_every_tick_lies_on_the_strip(prices: list[int]) -> None:
    prices.sort()
    strip = range_strip(prices, (prices[0], prices[-1]), (prices[0], prices[-1]))
    places = [float(tick.split(" ")[0]) for tick in strip.ticks.split("M")[1:]]
    assert all(0 <= place <= 300 for place in places)
    assert strip.box is not None
    assert strip.box[0] >= 0


def test_a_band_is_broken_where_nothing_is_known() -> None:
    days = [NOW + timedelta(days=7 * week) for week in range(5)]
    known = [BandPoint(days[0], 10, (8, 12)), BandPoint(days[1], 12, (9, 14), part=True)]
    chart = band_chart([*known, BandPoint(days[2], None), BandPoint(days[3], 11), BandPoint(days[4], 13)], 720, 240)
    assert chart is not None
    assert len(chart.lines) == 2
    assert len(chart.areas) == 1
    assert chart.areas[0].endswith("Z")
    assert len(chart.dots) == 3
    assert len(chart.hollow) == 1
    assert band_chart(known[:1], 720, 240) is None
    assert band_chart([known[0], BandPoint(days[1], None)], 720, 240) is None


@given(st.lists(st.one_of(st.none(), st.integers(1, 500_000_000)), min_size=2, max_size=30))
def test_every_band_stays_inside_its_frame(values: list[int | None]) -> None:
    points = [BandPoint(NOW + timedelta(days=7 * week), value) for week, value in enumerate(values)]
    chart = band_chart(points, 340, 220)
    assert (chart is None) == (sum(value is not None for value in values) < 2)
    if chart is not None:
        assert all(chart.left <= x <= chart.right and 0 <= y <= chart.bottom for x, y in chart.dots)
        assert len(chart.dots) == sum(value is not None for value in values)
