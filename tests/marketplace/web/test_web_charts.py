"""The step line of a price."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.charts import step_chart
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
