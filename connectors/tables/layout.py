"""Where the table lies on a sheet: the header found by its labels, and the rows that are no data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from connectors import clean
from connectors.tables.cells import is_nothing
from connectors.tables.labels import Column, Kind, columns, key, ranks
from connectors.tables.rows import Cell, as_text

SEARCHED: Final = 60
"""Rows from the top of a sheet in which its header must stand."""

_NUMBERING: Final = frozenset({"stt", "tt", "so tt", "so thu tu", "no"})
_TOTAL: Final = re.compile(r"(?:tong|tong cong|tong so|cong|cong don|total|grand total)(?: [0-9]+)?")
_FOOT: Final = re.compile(
    r"(?:nguoi lap(?: bieu| bang| danh sach)?|thu truong(?: don vi)?|noi nhan|ke toan(?: truong)?|giam doc|ky ten"
    r"|ky ghi ro ho ten|ky dong dau|xac nhan cua .*|(?:.{0,40} )?ngay [0-9 ]*thang [0-9 ]*nam [0-9 ]*"
    r"|ghi chu .*)"
)
_ROMAN: Final = re.compile(r"[IVXLC]+\.?|[A-Z]\.?")
_LETTER: Final = re.compile(r"\(?([A-Za-z])\)?")
_ORDINAL: Final = re.compile(r"\(?([0-9]{1,2})\)?(?: ?= ?.*)?")


@dataclass(frozen=True, slots=True)
class Header:
    """Which column of the sheet holds which field. `labels` are as printed, by field."""

    places: dict[str, int]
    labels: dict[str, str]
    keys: frozenset[str]  # of every labelled column: to know a repeated header
    numbering: int | None  # the place of "STT"
    cells: int  # of the row, empty ones included
    unused: tuple[str, ...]  # labels of columns that are not read

    @property
    def width(self) -> int:
        return max(self.places.values()) + 1


def read_header(kind: Kind, row: Sequence[Cell], below: Sequence[Cell] = ()) -> Header:
    """What a row says as a header. `below`: the row under it, which may name the parts of a merged label."""
    known = ranks(kind)
    printed: dict[int, str] = {}
    for place, value in enumerate(row):
        own = as_text(value) if isinstance(value, str) else ""
        under = below[place] if place < len(below) else None
        part = as_text(under) if isinstance(under, str) else ""
        if part and key(part) in known and key(own) not in known:
            own = part
        if own:
            printed[place] = own
    for place in range(len(row), len(below)):
        if isinstance(below[place], str) and key(as_text(below[place])) in known:
            printed[place] = as_text(below[place])
    candidates = sorted(
        (rank, place, column.name) for place, label in printed.items() for rank, column in known.get(key(label), ())
    )
    places: dict[str, int] = {}
    for _, place, name in candidates:
        if name not in places and place not in places.values():
            places[name] = place
    numbering = next((place for place, label in printed.items() if key(label) in _NUMBERING), None)
    used = {*places.values(), numbering}
    return Header(
        places=places,
        labels={name: printed[place] for name, place in places.items()},
        keys=frozenset(key(label) for label in printed.values()),
        numbering=numbering,
        cells=max(len(row), len(below)) if below else len(row),
        unused=tuple(label for place, label in printed.items() if place not in used),
    )


def lacking(kind: Kind, header: Header) -> list[Column]:
    """The required columns a header does not have."""
    return [
        column
        for column in columns(kind)
        if column.required and not {column.name, column.instead} & header.places.keys()
    ]


def find_header(kind: Kind, top: Sequence[Sequence[Cell]]) -> tuple[int, Header] | None:
    """The header among the first rows of a sheet, and the index of the last row it takes.

    The best row is the one that lacks least and knows most labels; a row with one known label alone is a title.
    """
    best: tuple[tuple[int, int, int], int, Header] | None = None
    for index, row in enumerate(top[:SEARCHED]):
        alone = read_header(kind, row)
        below = top[index + 1] if index + 1 < len(top) else ()
        both = read_header(kind, row, below)
        # A row of data under the header seldom names a field; two rows are a header only when they know more.
        rows, header = (2, both) if len(both.places) > len(alone.places) and alone.keys else (1, alone)
        if len(header.places) < 2:
            continue
        worth = (-len(lacking(kind, header)), len(header.places), -rows)
        if best is None or worth > best[0]:
            best = worth, index + rows - 1, header
    return None if best is None else (best[1], best[2])


def is_repeated(header: Header, row: Sequence[Cell]) -> bool:
    """Whether a row prints the labels once more, as a new page of a printed list does."""
    there = [value for value in row if isinstance(value, str) and value.strip()]
    return len(there) >= 2 and all(key(value) in header.keys for value in there)


def is_ordinals(row: Sequence[Cell]) -> bool:
    """The row of "A, B, 1, 2, 3" that official forms carry under the header."""
    letters: list[str] = []
    numbers: list[int] = []
    for value in row:
        printed = as_text(value)
        if not printed:
            continue
        if letter := _LETTER.fullmatch(printed):
            if numbers:
                return False
            letters.append(letter[1].lower())
        elif ordinal := _ORDINAL.fullmatch(printed):
            numbers.append(int(ordinal[1]))
        else:
            return False
    steps = all(later == earlier + 1 for earlier, later in pairwise(numbers))
    return len(letters) + len(numbers) >= 2 and letters == sorted(set(letters)) and steps and numbers[:1] in ([], [1])


def is_no_data(kind: Kind, header: Header, row: Sequence[Cell]) -> bool:
    """A total, the heading of a group, or the foot of a form: never a row that has every required value.

    A row of which only a required value is missing is data, and will be refused.
    """
    filled = [place for place, value in enumerate(row) if not is_nothing(value)]
    if not filled or filled == [header.numbering]:
        return True
    texts = [place for place in filled if isinstance(row[place], str)]
    if all(place in texts and _FOOT.fullmatch(key(as_text(row[place]))) for place in filled):
        return True  # "Người lập | Giám đốc" fills two columns as a code and a name would
    required = [
        [header.places[name] for name in (column.name, column.instead) if name in header.places]
        for column in columns(kind)
        if column.required
    ]
    complete = all(any(place in filled for place in places) for places in required)
    first = key(as_text(row[texts[0]])) if texts else ""
    if _TOTAL.fullmatch(first) and (not complete or key(as_text(row[required[0][0]])) == first):
        return True
    if complete:
        return False
    if any(_FOOT.fullmatch(key(as_text(row[place]))) for place in texts):
        return True
    # "I | Huyện Bến Lức": a numeral that counts no rows, and one text beside it.
    mark = as_text(row[header.numbering]) if header.numbering is not None and header.numbering < len(row) else ""
    return bool(_ROMAN.fullmatch(mark)) and len(filled) <= 2


def is_foot(row: Sequence[Cell]) -> bool:
    """Whether a row belongs to the foot of a form: who made it, who signed it, where and when."""
    return any(isinstance(value, str) and _FOOT.fullmatch(key(as_text(value))) for value in row)


def is_names(row: Sequence[Cell]) -> bool:
    """Whether all a row holds are names of people, as under the words of who signs."""
    return all(isinstance(value, str) and _is_name(as_text(value)) for value in row if not is_nothing(value))


def _is_name(printed: str) -> bool:
    words = printed.split()
    return 2 <= len(words) <= 6 and all(word.isalpha() and word[0].isupper() for word in words)


def scale_of(label: str) -> str:
    """The word a number in a column gets whose label says "(nghìn đồng)" or "(1.000 đ)"; "" for others."""
    inside = " ".join(re.findall(r"[(\[]([^)\]]*)[)\]]", clean.fold(label)))
    if re.search(r"(?:trieu|tr|1[.,]?000[.,]?000) ?(?:dong|d|vnd)?(?![a-z])", inside):
        return " triệu"
    return " nghìn" if re.search(r"(?:nghin|ngan|1[.,]?000|k)(?: ?(?:dong|d|vnd))?(?![a-z0-9])", inside) else ""


def unit_of(label: str) -> str:
    """The unit a label tells in brackets: "Giá (đồng/kg)" → "kg"; "" when it tells none."""
    told = re.findall(r"/ ?([^)/\]]+)[)\]]", label)
    return told[0].strip() if told and clean.unit(told[0]) else ""


def values_of(header: Header, row: Sequence[Cell]) -> Iterable[tuple[str, Cell]]:
    """The filled cells of a row, by field."""
    for name, place in header.places.items():
        value = row[place] if place < len(row) else None
        if not is_nothing(value):
            yield name, value
