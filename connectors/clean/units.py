"""Units of trade: their names (data/units_of_trade.csv) and what they weigh.

Only masses are converted. A `chục` is 10 to 18 pieces by place, a `giạ` 20 to 22 kg of paddy, a bunch
anything: these keep their own unit.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

from connectors.clean.numerals import NUMERAL, is_grouped, numeral
from connectors.clean.plain_text import text, without_marks

DATA: Final = Path(__file__).parents[1] / "data"


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of units_of_trade.csv; `kg` only where the unit is a mass."""

    name: str
    dimension: str
    kg: Decimal | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a price is for: `count` × `unit` ("5 kg", "hộp"), with the mass of one unit where it is told."""

    unit: Unit
    count: Decimal | None  # None: not printed, one
    size_kg: Decimal | None  # "hộp 500g" → 0.5
    end: int  # position in the text behind the measure

    def per(self) -> tuple[str, Decimal]:
        """The unit to state the price in, and how many of it the measure holds: "hộp 500g" → kg, 0.5."""
        count = Decimal(1) if self.count is None else self.count
        if self.size_kg is not None:
            return "kg", count * self.size_kg
        if self.count is not None and self.unit.name in _LARGER:
            return _LARGER[self.unit.name], count / 1000
        return self.unit.name, count


# A price for "500g" or "750 ml" is told per kg or litre: nobody compares prices of one gram.
_LARGER: Final = {"g": "kg", "ml": "lít"}


def _read_units() -> tuple[dict[str, Unit], dict[str, Unit]]:
    """Units by printed name, and by name without marks where only one can be meant ("ta" is tá or tạ)."""
    printed: dict[str, Unit] = {}
    unmarked: dict[str, set[Unit]] = defaultdict(set)
    with (DATA / "units_of_trade.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            mass = row["dimension"] == "mass"
            unit = Unit(row["unit"], row["dimension"], Decimal(row["si_factor"].split()[0]) if mass else None)
            for name in (row["unit"], *filter(None, row["variants"].split(";"))):
                printed[name] = unit
                unmarked[without_marks(name)].add(unit)
    return printed, {name: next(iter(units)) for name, units in unmarked.items() if len(units) == 1}


_PRINTED, _UNMARKED = _read_units()

_WORDS: Final = r"[^\W\d_]+(?:[ -][^\W\d_]+){0,2}"
_LAST_WORD: Final = re.compile(r"[ -][^\W\d_]+$")
_NAMED: Final = re.compile(rf"(?:(?P<count>{NUMERAL}) ?)?(?P<name>{_WORDS})")
_SIZE: Final = re.compile(
    rf"[ ]?[(/]?[ ]?(?:(?P<times>[0-9]+) ?[x×*] ?)?(?P<size>{NUMERAL}) ?(?P<name>[^\W\d_]+)[ ]?\)?"
)
_LONGEST: Final = 80  # characters of a unit told in a field of its own
_DESCRIPTION: Final = re.compile(r"(?: [^\W\d_]+){1,3}(?= ?[(/]? ?[0-9])")
_PREFIX: Final = re.compile(
    r"(?:đơn vị tính|đvt|đơn vị|bán theo|theo|tính theo|mỗi|một|vnđ|vnd|đồng|₫|đ(?![^\W\d_]))[ :]*|[/(: ]+"
)


def unit_named(name: str, *, unmarked: bool = True) -> Unit | None:
    """The unit of a lower-case name; with `unmarked` also of a name typed without marks ("chuc")."""
    return _PRINTED.get(name) or (_UNMARKED.get(name) if unmarked else None)


def _quantity(printed: str | None, unit: Unit) -> Decimal | None:
    """A printed quantity; None when it is not there or not certain: "1.250 kg" may be a tonne or a bag."""
    if printed is None:
        return None
    if is_grouped(printed) and (unit.kg or Decimal(0)) >= 1:
        return Decimal("NaN")
    return numeral(printed)


def measure_at(low: str, pos: int = 0, *, unmarked: bool = True, described: bool = False) -> Measure | None:
    """The measure that begins exactly at `pos` of a lower-case text: "kg", "5kg", "thùng (24 x 180g)".

    None when there is none, or when its quantity is zero or cannot be read with certainty. With `described`
    words may stand between a pack and its size ("hũ thủy tinh 500g").
    """
    found = _NAMED.match(low, pos)
    if not found:
        return None
    name, end = found["name"], found.end("name")
    while (unit := unit_named(name, unmarked=unmarked)) is None:
        shorter = _LAST_WORD.sub("", name)  # "công tầm cắt" before "công"
        if shorter == name:
            return None
        name, end = shorter, found.start("name") + len(shorter)
    count = _quantity(found["count"], unit)
    if count is not None and (count.is_nan() or count == 0):
        return None
    size_kg = None
    size_at = described_end.end() if described and (described_end := _DESCRIPTION.match(low, end)) else end
    if unit.name not in ("kg", "g") and (size := _SIZE.match(low, size_at)):
        mass = unit_named(size["name"])
        amount = _quantity(size["size"], mass) if mass and mass.kg else None
        if mass and mass.kg and amount and not amount.is_nan():
            size_kg = amount * mass.kg * int(size["times"] or 1) or None
            end = size.end()
    return Measure(unit, count, size_kg, end)


def told_measure(raw: str) -> Measure | None:
    """The measure told in a field of its own: "Kg", "đồng/kg", "ĐVT: hộp (500g)"; None when it names none."""
    return _read_told(raw) if len(raw) <= _LONGEST else None  # longer is prose


@lru_cache(maxsize=1_024)
def _read_told(raw: str) -> Measure | None:
    low = text(raw).lower()
    pos = 0
    while prefix := _PREFIX.match(low, pos):
        pos = prefix.end()
    measure = measure_at(low, pos, described=True)
    if measure is None:
        return None
    # "Trái cây" and "Cây giống" are no units, "kg hơi" and "thùng xốp" are.
    certain = measure.unit.dimension == "pack" or low.startswith("kg", pos)
    return measure if certain or not low[measure.end :].lstrip()[:1].isalpha() else None


def unit(raw: str) -> str | None:
    """The canonical name of data/units_of_trade.csv: "ký" → "kg", "Hộp 500g" → "hộp"; None if unknown."""
    measure = told_measure(raw)
    return measure.unit.name if measure else None


def per_kg(vnd: int, unit: str) -> int | None:
    """₫ per kg of a price of `vnd` ₫ per `unit`, rounded; None unless the unit tells a mass ("hộp 500g")."""
    measure = told_measure(unit)
    if measure is None or any(c.isdigit() for c in text(unit)[measure.end :]):
        return None
    name, held = measure.per()
    mass = mass_of(name)
    return rounded(Decimal(vnd) / (held * mass)) if mass else None


def mass_of(name: str) -> Decimal | None:
    """kg of one unit of a canonical name; None for what is no mass."""
    return _PRINTED[name].kg


def rounded(amount: Decimal) -> int:
    """Whole ₫, half up."""
    return int(amount.to_integral_value(ROUND_HALF_UP))
