"""Prices as drawings: numbers in, coordinates out; the template draws them. Pure.

The history of one listing is a step line, that of a commodity a line of medians in the band of its middle half, the
prices of today a strip with a tick for each seller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor, log10
from typing import TypeVar

from marketplace.web.formats import day, number

T = TypeVar("T")

_LEFT, _RIGHT, _TOP, _BOTTOM = 64.0, 12.0, 12.0, 28.0
_STRIP = 300.0


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


@dataclass(frozen=True, slots=True)
class RangeStrip:
    """A strip of 300 × 24 units from `low` to `high` (round ₫). `ticks` is the path of the prices, `box` where the
    middle half begins and how wide it is."""

    low: int
    high: int
    ticks: str
    box: tuple[float, float] | None


def range_strip(prices: Sequence[int], whole: tuple[int, int], half: tuple[int, int] | None) -> RangeStrip:
    """A strip over the `whole` range, with a tick for each of the prices in it; those at one place are one tick."""
    marks = _ticks(*whole)
    low, high = marks[0], marks[-1]

    def across(value: int) -> float:
        return round(_STRIP * (value - low) / (high - low), 1)

    places = sorted({across(price) for price in prices})
    box = (across(half[0]), round(max(1.0, across(half[1]) - across(half[0])), 1)) if half else None
    return RangeStrip(low, high, "".join(f"M{x:g} 3v18" for x in places), box)


@dataclass(frozen=True, slots=True)
class BandPoint:
    """One moment of a band. `value` None is a gap; `part`: it is known to miss something."""

    at: datetime
    value: int | None
    band: tuple[int, int] | None = None
    part: bool = False


@dataclass(frozen=True, slots=True)
class BandChart:
    """A drawing of `width` × `height` units. Lines and areas end at gaps; `hollow` are the dots that miss something."""

    width: int
    height: int
    lines: tuple[str, ...]
    areas: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    hollow: tuple[tuple[float, float], ...]
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    left: float
    right: float
    bottom: float


def band_chart(points: Sequence[BandPoint], width: int, height: int) -> BandChart | None:
    """Points in the order of time. None for fewer than two that have a value."""
    values = [price for point in points if point.value is not None for price in (point.value, *(point.band or ()))]
    if sum(point.value is not None for point in points) < 2:
        return None
    ticks = _ticks(min(values), max(values))
    start, end = points[0].at, points[-1].at
    right, bottom = width - _RIGHT, height - _BOTTOM

    def across(at: datetime) -> float:
        return round(_LEFT + (right - _LEFT) * (at - start).total_seconds() / (end - start).total_seconds(), 1)

    def down(value: int) -> float:
        return round(bottom - (bottom - _TOP) * (value - ticks[0]) / (ticks[-1] - ticks[0]), 1)

    dots = {point: (across(point.at), down(point.value)) for point in points if point.value is not None}
    bands = [
        (across(point.at), down(point.band[1]), down(point.band[0])) if point.band and point in dots else None
        for point in points
    ]
    middle = start + (end - start) / 2
    return BandChart(
        width=width,
        height=height,
        lines=tuple(_line(part) for part in _unbroken([dots.get(point) for point in points]) if len(part) > 1),
        areas=tuple(
            _line([*((x, top) for x, top, _ in part), *((x, low) for x, _, low in reversed(part))]) + "Z"
            for part in _unbroken(bands)
            if len(part) > 1
        ),
        dots=tuple(place for point, place in dots.items() if not point.part),
        hollow=tuple(place for point, place in dots.items() if point.part),
        rows=tuple(Mark(down(tick), number(tick)) for tick in ticks),
        columns=(Mark(_LEFT, day(start)), Mark(across(middle), day(middle)), Mark(right, day(end))),
        left=_LEFT,
        right=right,
        bottom=bottom,
    )


def _line(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)


def _unbroken(items: Sequence[T | None]) -> list[list[T]]:
    """The runs of items between the gaps."""
    runs: list[list[T]] = [[]]
    for item in items:
        if item is None:
            runs.append([])
        else:
            runs[-1].append(item)
    return [run for run in runs if run]


def _ticks(low: int, high: int) -> list[int]:
    """Three to six round values around `low`…`high`."""
    if low == high:
        low, high = floor(low * 0.9), ceil(high * 1.1) + 1
    raw = (high - low) / 4
    unit = 10.0 ** floor(log10(raw)) if raw > 0 else 1.0
    step = max(1, round(unit * next(factor for factor in (1, 2, 5, 10) if unit * factor >= raw)))
    first, last = floor(low / step) * step, ceil(high / step) * step
    return list(range(first, last + 1, step))
