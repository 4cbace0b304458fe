"""Files a marketplace's operator exports: XLSX and CSV → records, the columns found by their labels.

    with open_table(path, "accounts") as table:
        for row in table:  # Row or RowFault, in the order of the file
            ...

Nothing is written and no network is used. What is no data (titles, totals, group headings, the foot of a form, empty
rows) is left out without a word; every other row is either a Row or a RowFault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, get_args

from connectors.contract import Problem, Record
from connectors.tables import cells, layout
from connectors.tables.labels import Column, Kind, columns
from connectors.tables.layout import Header
from connectors.tables.records import MADE_REF, Refusal, build
from connectors.tables.rows import (
    Cell,
    CellFault,
    FigureRecord,
    FileRefused,
    Row,
    RowFault,
    masked,
    person_id,
    shown,
)
from connectors.tables.separated import Separated
from connectors.tables.workbook import MAX_COLUMNS, NOT_XLSX, Sheet, Workbook

__all__ = [
    "KINDS",
    "MADE_REF",
    "MAX_BYTES",
    "MAX_ROWS",
    "FigureRecord",
    "FileRefused",
    "Kind",
    "Row",
    "RowFault",
    "Table",
    "masked",
    "open_table",
    "person_id",
    "shown",
]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
MAX_ROWS: Final = 300_000
"""Rows of data one file may hold."""

MAX_BYTES: Final = 100_000_000
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Table:
    """The rows of one file, in order. `expected` is about how many there are, for a progress bar.

    `unused` are the labels of columns that are not read; `sheets_without` the names of sheets that hold no table.
    """

    def __init__(self, kind: Kind, book: Workbook | Separated, expected: int, today: date | None) -> None:
        self.kind, self.expected, self._today = kind, expected, today
        self._book = book
        self._columns = {column.name: column for column in columns(kind)}
        self._found: list[tuple[Sheet | Separated, int, Header]] = []
        self.sheets_without: list[str] = []
        nearest: Header | None = None
        empty = True
        for sheet in book.sheets:
            top = list(islice(sheet.rows(), layout.SEARCHED + 1))
            empty = empty and all(cells.is_nothing(value) for row in top for value in row)
            found = layout.find_header(kind, top)
            if found is not None and not layout.lacking(kind, found[1]):
                self._found.append((sheet, *found))
                continue
            if found is not None and (nearest is None or len(found[1].places) > len(nearest.places)):
                nearest = found[1]
            if any(not cells.is_nothing(value) for row in top for value in row):
                self.sheets_without.append(sheet.name)
        if not self._found:
            self.close()
            raise FileRefused(_no_table(kind, nearest, empty))
        self.unused = tuple(dict.fromkeys(label for _, _, header in self._found for label in header.unused))

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._book.close()

    def __iter__(self) -> Iterator[Row | RowFault]:
        """Every row of data. Raises FileRefused when there are more than MAX_ROWS."""
        done = 0
        for sheet, last, header in self._found:
            where = f"trang tính “{sheet.name}”: " if len(self._found) > 1 else ""
            for item in self._rows(sheet, last, header, where):
                done += 1
                if done > MAX_ROWS:
                    raise FileRefused(
                        f"tệp có hơn {MAX_ROWS} dòng; {MAX_ROWS} dòng đầu đã đọc, chia phần còn lại sang tệp khác"
                    )
                yield item

    def _rows(self, sheet: Sheet | Separated, last: int, header: Header, where: str) -> Iterator[Row | RowFault]:
        width = min(max(header.width, (header.numbering or 0) + 1), MAX_COLUMNS)
        # A value with an unquoted separator pushes all behind it into the wrong columns: only a CSV has this fault.
        held = max(width, header.cells) if isinstance(sheet, Separated) else None
        rows = sheet.rows(MAX_COLUMNS if held else width)
        below: Iterator[tuple[int, Sequence[Cell]]] = islice(enumerate(rows, start=1), last + 1, None)
        first = next(below, None)
        if first is not None and not layout.is_ordinals(first[1]):
            below = chain([first], below)
        signed = False  # below "Người lập biểu" stand the names of those who signed
        for number, told in below:
            row = told[:width]
            if layout.is_no_data(self.kind, header, row) or layout.is_repeated(header, row):
                signed = signed or layout.is_foot(row)
                continue
            if signed and layout.is_names(row):
                continue
            if held and (over := [value for value in told[held:] if not cells.is_nothing(value)]):
                reason = f"{where}dòng có nhiều ô hơn dòng tiêu đề; đặt giá trị có dấu phân cách trong ngoặc kép"
                yield RowFault(number, f"thứ {held + 1}", shown(over[0]), reason)
                continue
            yield self._read(number, header, row, where)

    def _read(self, number: int, header: Header, row: Sequence[Cell], where: str) -> Row | RowFault:
        """One row: its record, or the first fault with the others behind it."""
        told: dict[str, Any] = {}
        printed = dict(layout.values_of(header, row))
        faults: list[tuple[str, str]] = []
        for name, column in self._columns.items():
            if name in printed:
                try:
                    told[name] = column.read(printed[name])
                except CellFault as fault:
                    faults.append((name, str(fault)))
            elif column.required and column.instead not in printed:
                other = f" hoặc {self._columns[column.instead].title.lower()}" if column.instead else ""
                faults.append((name, f"ô trống, cần có giá trị{other}"))
        joined = told.get("joined_on")
        if joined is not None and self._today is not None and joined > self._today:
            faults.append(("joined_on", "ngày này chưa tới"))
        records: tuple[Record | FigureRecord, ...] = ()
        problems: tuple[Problem, ...] = ()
        if not faults:
            _complete_price(header, told)
            try:
                records, problems = build(self.kind, told)
            except Refusal as refusal:
                faults.append((refusal.name, refusal.reason))
        if not faults:
            return Row(number, records, problems)
        name, reason = faults[0]
        others = "".join(f"; cột {self._label(header, other)}: {why}" for other, why in faults[1:])
        return RowFault(number, self._label(header, name), shown(printed.get(name)), f"{where}{reason}{others}")

    def label_of(self, *names: str) -> str:
        """What the file calls the first of these fields it has a column for; the last one's usual label if none."""
        header = self._found[0][2]
        return self._label(header, next((name for name in names if name in header.labels), names[-1]))

    def _label(self, header: Header, name: str) -> str:
        return header.labels.get(name) or self._columns[name].title


def open_table(path: Path, kind: Kind, today: date | None = None) -> Table:
    """Open a file and find its header. Raises FileRefused, one line, when it can't be read as a table of this kind.

    `today`, in Vietnam: a row that tells of an account opened later is refused.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(512)
            ole = head + file.read(4_000_000) if head.startswith(_OLE) else b""
    except OSError as error:
        raise FileRefused(f"không mở được tệp: {error.strerror}") from None
    if not size or not head.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise FileRefused("tệp trống")
    if size > MAX_BYTES:
        raise FileRefused(f"tệp quá lớn: {size // 1_000_000} MB, tối đa {MAX_BYTES // 1_000_000} MB")
    if ole:
        if "EncryptedPackage".encode("utf-16-le") in ole:
            raise FileRefused("tệp có mật khẩu: bỏ mật khẩu rồi lưu lại")
        raise FileRefused("tệp .xls kiểu cũ: mở bằng Excel hoặc LibreOffice rồi lưu dưới dạng .xlsx")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise FileRefused(f"{NOT_XLSX} mà là trang web: mở bằng Excel hoặc LibreOffice rồi lưu dưới dạng .xlsx")
    try:
        book = Workbook(path) if head.startswith(b"PK") else Separated(path, kind)
    except OSError as error:
        raise FileRefused(f"không mở được tệp: {error.strerror}") from None
    return Table(kind, book, book.expected, today)


def _complete_price(header: Header, told: dict[str, Any]) -> None:
    """What the label of a price column says of its numbers: "Giá (nghìn đồng/kg)" makes 25 into 25 nghìn per kg."""
    price = told.get("price")
    if price is None:
        return
    label = header.labels["price"]
    if price.replace(".", "").replace(",", "").isdigit():
        told["price"] = f"{price}{layout.scale_of(label)}"
    unit = layout.unit_of(label)
    if unit and "unit" not in told:
        told["unit"] = unit


def _no_table(kind: Kind, nearest: Header | None, empty: bool) -> str:
    if empty:
        return "tệp trống"
    if nearest is None:
        wanted = ", ".join(column.title for column in columns(kind) if column.required)
        return f"không thấy dòng tiêu đề trong {layout.SEARCHED} dòng đầu; cần các cột {wanted}"
    titles = {column.name: column.title for column in columns(kind)}
    missing: list[Column] = layout.lacking(kind, nearest)
    names = [f"{one.title} (hoặc {titles[one.instead]})" if one.instead else one.title for one in missing]
    return f"dòng tiêu đề thiếu cột {', '.join(names)}"
