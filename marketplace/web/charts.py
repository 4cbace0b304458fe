"""The price history as a step line: numbers in, coordinates out; the template draws them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor, log10

from marketplace.web.formats import day, number

_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 12.0, 12.0, 28.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick: where it is and what it says."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class StepChart:
    """A drawing of `width` × `height` units. `path` is the line, `dots` where the price changed."""

    width: int
    height: int
    path: str
    dots: tuple[tuple[float, float], ...]
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    left: float
    right: float
    bottom: float


def step_chart(points: Sequence[tuple[datetime, int]], until: datetime, width: int, height: int) -> StepChart | None:
    """A price (₫) holds from its moment until the next one, the last until `until`. None for fewer than two points."""
    if len(points) < 2:
        return None
    ticks = _ticks(min(value for _, value in points), max(value for _, value in points))
    start, end = points[0][0], max(until, points[-1][0])
    seconds = (end - start).total_seconds() or 1.0
    right, bottom = width - _RIGHT, height - _BOTTOM

    def across(at: datetime) -> float:
        return round(_LEFT + (right - _LEFT) * (at - start).total_seconds() / seconds, 1)

    def down(value: int) -> float:
        return round(bottom - (bottom - _TOP) * (value - ticks[0]) / (ticks[-1] - ticks[0]), 1)

    dots = tuple((across(at), down(value)) for at, value in points)
    steps = "".join(f"H{x:g}V{y:g}" for x, y in dots[1:])
    return StepChart(
        width=width,
        height=height,
        path=f"M{dots[0][0]:g} {dots[0][1]:g}{steps}H{right:g}",
        dots=dots,
        rows=tuple(Mark(down(tick), number(tick)) for tick in ticks),
        columns=(Mark(_LEFT, day(start)), Mark(right, day(end))),
        left=_LEFT,
        right=right,
        bottom=bottom,
    )


def _ticks(low: int, high: int) -> list[int]:
    """Three to six round values around `low`…`high`."""
    if low == high:
        low, high = floor(low * 0.9), ceil(high * 1.1) + 1
    raw = (high - low) / 4
    unit = 10.0 ** floor(log10(raw)) if raw > 0 else 1.0
    step = max(1, round(unit * next(factor for factor in (1, 2, 5, 10) if unit * factor >= raw)))
    first, last = floor(low / step) * step, ceil(high / step) * step
    return list(range(first, last + 1, step))
