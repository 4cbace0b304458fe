"""XLSX files, streamed. A package is checked whole before its first row is read: a bad one is not half read."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from openpyxl import load_workbook
from openpyxl.utils.cell import column_index_from_string, range_boundaries

from connectors.tables.rows import UNCOMPUTED, Cell, FileRefused

MAX_COLUMNS: Final = 200
_MAX_ENTRIES: Final = 2_000
_MAX_UNPACKED: Final = 250_000_000  # bytes: five times a file of 66,000 sellers
_MAX_STRINGS: Final = 100_000_000  # the table of shared texts is held in memory
_MAX_RATIO: Final = 150  # text packs ten to forty times; a bomb a thousand times
_SMALL: Final = 5_000_000  # below this a ratio says nothing
_CHUNK: Final = 1 << 16
_BATCH: Final = 1_000
MAX_ROW: Final = 1_048_576  # the last row a spreadsheet program knows
_GAP: Final = 10_000  # empty rows in a row, with which a sheet ends
_PASSED: Final = 10 * MAX_ROW  # empty rows below such gaps, of all sheets: some ten seconds
_ROW: Final = re.compile(rb"<(?:\w+:)?row\s(?:[^>]*?\s)?r\s*=\s*[\"']([0-9]+)[\"']")
_MERGED: Final = re.compile(rb"<(?:\w+:)?mergeCell [^>]*?ref=\"([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})\"")
# A cell with a formula and no value. Only a text may be empty.
_FORMULA: Final = re.compile(
    rb"<(?:\w+:)?c r=\"([A-Z]{1,3})([0-9]{1,7})\"([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_OVERLAP: Final = 10_000  # bytes of one piece read again with the next: a formula has at most 8,192 characters
_Merged = dict[int, list[tuple[int, int]]]  # row → (column, last row)
_Uncomputed = dict[int, set[int]]  # row → columns

NOT_XLSX: Final = "không phải tệp XLSX hay CSV"
CORRUPT: Final = "tệp XLSX bị hỏng: mở bằng Excel hoặc LibreOffice rồi lưu lại"
BEYOND: Final = f"tệp có số dòng vượt quá {MAX_ROW}: mở bằng Excel hoặc LibreOffice rồi lưu lại"
TOO_EMPTY: Final = "tệp có quá nhiều dòng trống: xóa các dòng trống rồi lưu lại"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A visible sheet. `rows` gives each row once, from the first row of the sheet, empty ones included."""

    name: str
    workbook: Workbook
    index: int

    def rows(self, width: int = MAX_COLUMNS) -> Iterator[Sequence[Cell]]:
        return self.workbook.rows(self.index, width)


class Workbook:
    """An opened XLSX file. Close it after use."""

    def __init__(self, path: Path) -> None:
        self.merged, self.uncomputed = _check(path)
        self._passed = 0
        with _quiet(), _refusing():
            self._book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
            found = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
            self._sheets: list[Any] = found  # openpyxl's own type of read-only sheets lacks what we call
        self.sheets = [Sheet(sheet.title, self, index) for index, sheet in enumerate(self._sheets)]
        self.expected = sum(self._size(sheet) for sheet in self._sheets)

    def close(self) -> None:
        self._book.close()

    @staticmethod
    def _size(sheet: Any) -> int:
        return min(int(sheet.max_row or 0), MAX_ROW)

    def rows(self, index: int, width: int) -> Iterator[Sequence[Cell]]:
        """The rows of a sheet; a value of cells merged downwards stands in each of them.

        It ends with _GAP empty rows. Raises FileRefused where something stands below them.
        """
        sheet = self._sheets[index]
        spans = self.merged.get(sheet._worksheet_path.lstrip("/"), {})
        sheet.reset_dimensions()  # what the file says of its own size is often wrong
        unknown = self.uncomputed.get(sheet._worksheet_path.lstrip("/"), {})
        number = empty = 0
        held: dict[int, tuple[int, Cell]] = {}  # column → last row it is held for, value
        with _refusing(), closing(sheet.iter_rows(max_col=width, values_only=True)) as source:
            while True:
                with _quiet():
                    batch: list[tuple[Cell, ...]] = list(islice(source, _BATCH))
                if not batch:
                    return
                for place, row in enumerate(batch, 1):
                    number += 1
                    # A few bytes number a row at will, and openpyxl makes up every row in between.
                    if number > MAX_ROW:
                        raise FileRefused(BEYOND)
                    empty = empty + 1 if all(cell is None for cell in row) and number not in unknown else 0
                    if empty > _GAP:
                        self._end(sheet, chain(batch[place:], source), number)
                        return
                    if number in unknown:
                        marked = dict.fromkeys(unknown[number], UNCOMPUTED)
                        row = tuple(marked.get(column, value) for column, value in enumerate(row))
                    yield _filled(row, spans.get(number, ()), held, number) if held or number in spans else row

    def _end(self, sheet: Any, rows: Iterator[tuple[Cell, ...]], number: int) -> None:
        """Look at what follows a long gap: formats alone are the end of a sheet, values must not be lost."""
        with _quiet():
            for below, row in enumerate(rows, number + 1):
                self._passed += 1
                if below > MAX_ROW or self._passed > _PASSED:
                    raise FileRefused(BEYOND if below > MAX_ROW else TOO_EMPTY)
                if any(cell is not None for cell in row):
                    where = f"trang tính “{sheet.title}”, dòng {below}"
                    raise FileRefused(f"{where}: đứng sau hơn {_GAP} dòng trống; xóa các dòng trống rồi lưu lại")


def _filled(
    row: tuple[Cell, ...],
    begins: Sequence[tuple[int, int]],
    held: dict[int, tuple[int, Cell]],
    number: int,
) -> Sequence[Cell]:
    cells = list(row)
    for column, (last, value) in list(held.items()):
        if number > last:
            del held[column]
        elif column < len(cells) and cells[column] is None:
            cells[column] = value
    for column, last in begins:
        if column < len(cells) and cells[column] is not None:
            held[column] = last, cells[column]
    return cells


@contextmanager
def _quiet() -> Iterator[None]:
    """openpyxl warns of styles and extensions it does not keep; nothing of that concerns the values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _refusing() -> Iterator[None]:
    """openpyxl fails on a package that contradicts itself with whatever comes; all of it means one thing."""
    try:
        yield
    except (FileRefused, GeneratorExit, MemoryError):
        raise
    except Exception as error:
        raise FileRefused(f"{CORRUPT} ({type(error).__name__})") from error


def _check(path: Path) -> tuple[dict[str, _Merged], dict[str, _Uncomputed]]:
    """Refuse what is damaged, too large or no workbook.

    Returns the cells merged downwards and those with a formula but no result, by part of the package.
    """
    merged: dict[str, _Merged] = {}
    uncomputed: dict[str, _Uncomputed] = {}
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            names = {entry.filename for entry in entries}
            unpacked = sum(entry.file_size for entry in entries)
            packed = sum(entry.compress_size for entry in entries)
            if len(entries) > _MAX_ENTRIES or unpacked > _MAX_UNPACKED:
                raise FileRefused("tệp giải nén ra quá lớn nên không mở; chia tệp ra rồi nhập từng phần")
            if unpacked > _SMALL and unpacked > packed * _MAX_RATIO:
                raise FileRefused("tệp nén bất thường nên không mở; lưu lại bảng tính rồi thử lại")
            if any(entry.flag_bits & 1 for entry in entries):
                raise FileRefused("tệp có mật khẩu: bỏ mật khẩu rồi lưu lại")
            if "xl/workbook.xml" not in names:
                raise FileRefused(f"{NOT_XLSX}: mở tệp rồi lưu dưới dạng .xlsx")
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    merged[entry.filename], uncomputed[entry.filename] = _check_part(package, entry)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise FileRefused(CORRUPT) from error
    return merged, uncomputed


def _check_part(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[_Merged, _Uncomputed]:
    """Read one XML part to its end: its checksum, its well-formedness, no entities of its own; its merged cells, and
    the formulas of its cells that no program has computed."""
    if entry.filename.endswith("sharedStrings.xml") and entry.file_size > _MAX_STRINGS:
        raise FileRefused("tệp giải nén ra quá lớn nên không mở; chia tệp ra rồi nhập từng phần")
    parser = expat.ParserCreate()

    def no_doctype(*_: object) -> None:
        raise FileRefused("tệp XLSX khai báo thực thể XML nên không mở")

    parser.StartDoctypeDeclHandler = no_doctype
    is_sheet = entry.filename.startswith("xl/worksheets/")
    spans: _Merged = {}
    uncomputed: _Uncomputed = {}
    tail = b""
    try:
        with package.open(entry) as file:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
                if is_sheet:
                    part = tail + chunk
                    if any(len(found[1]) > 7 or int(found[1]) > MAX_ROW for found in _ROW.finditer(part)):
                        raise FileRefused(BEYOND)
                    _note_merged(part, spans)
                    _note_uncomputed(part, uncomputed)
                    tail = part[-_OVERLAP:]
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FileRefused(CORRUPT) from error
    return spans, uncomputed


def _note_uncomputed(part: bytes, uncomputed: _Uncomputed) -> None:
    if b"<f" not in part and b":f" not in part:
        return
    for found in _FORMULA.finditer(part):
        if b't="str"' not in found[3]:  # a text that came out empty
            uncomputed.setdefault(int(found[2]), set()).add(column_index_from_string(found[1].decode()) - 1)


def _note_merged(part: bytes, spans: _Merged) -> None:
    for found in _MERGED.finditer(part):
        left, first, _, last = range_boundaries(found[1].decode())
        if left is None or first is None or last is None or last == first:
            continue
        known = spans.setdefault(first, [])
        if (left - 1, last) not in known:  # the pieces overlap: one may be met twice
            known.append((left - 1, last))
