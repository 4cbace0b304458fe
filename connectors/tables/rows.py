"""What the file readers pass on: cells, good rows, refused rows, refused files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from connectors import clean
from connectors.contract import Problem, Record

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""A cell as a workbook gives it; a CSV gives texts alone."""

UNCOMPUTED: Final = "=?"
"""Stands in a cell whose formula the file holds without its result."""

_SHOWN: Final = 200  # characters of a refused value: enough to find it in the file
# Eleven digits that begin with a province (10–96) and a century: an id whose zero the spreadsheet lost. "843…" is a
# telephone number with its country code.
_ZERO_LOST: Final = re.compile(r"(?<![0-9])(?!843[2-9])(?:[1-8][0-9]|9[0-6])[0-3][0-9]{8}(?![0-9])")


class FileRefused(Exception):
    """A file can't be read at all. The text is one line, in Vietnamese, for the person who handed it in."""


class CellFault(Exception):
    """A cell can't be read; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class RowFault:
    """A refused row. `row` is the number the spreadsheet program shows; `value` has personal ids masked."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureRecord:
    """A number somebody published, as a row of a file tells it."""

    indicator: str  # the label as printed
    value: int
    qualifier: str  # exact, at_least
    as_of: str  # "2023", "2023-Q1", "2023-03" or "2023-03-05"
    scope: str
    note: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A good row. `records` begins with the one the row is about; its seller may follow."""

    row: int
    records: tuple[Record | FigureRecord, ...]
    problems: tuple[Problem, ...] = ()


def masked(told: str) -> str:
    """The text with personal ids masked but for their last three digits."""
    return _ZERO_LOST.sub(lambda found: clean.mask_person_ids(f"0{found[0]}"), clean.mask_person_ids(told))


def shown(value: Cell) -> str:
    """A cell as one short line, for a message: personal ids masked."""
    plain = masked(as_text(value))
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


def person_id(code: str) -> str | None:
    """The twelve digits of a code that is a citizen's id, also of one that lost its zero; None for other codes."""
    if not code.isdecimal() or len(code) not in (11, 12):
        return None
    found = clean.tax_code(code.zfill(12))
    return found.digits if found is not None and found.kind == "person12" else None


def as_text(value: Cell) -> str:
    """A cell as a person reads it: whole numbers without ".0", days as 05/03/2025, white space collapsed."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean.text(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y}" if value.time() == time() else f"{value:%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
