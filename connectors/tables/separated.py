"""CSV files: UTF-8 with or without its mark, UTF-16, Windows-1258; comma, semicolon, tab or bar between the values."""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from connectors.tables.labels import Kind
from connectors.tables.layout import SEARCHED, find_header
from connectors.tables.rows import Cell, FileRefused
from connectors.tables.workbook import MAX_COLUMNS, NOT_XLSX

_DELIMITERS: Final = (",", ";", "\t", "|")
_HEAD: Final = 4_096
# Control characters no text file holds.
_BINARY: Final = frozenset(range(0x09)) | frozenset(range(0x0E, 0x1A))


class Separated:
    """A CSV file as a workbook of one sheet. It is read once as a whole to learn its encoding and check its quotes."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self.name = ""
        self._path = path
        self._encoding = _encoding(path)
        self._delimiter = self._find_delimiter(kind)
        self.expected = self._check()
        self.sheets = [self]

    def close(self) -> None:
        """Nothing stays open between two readings."""

    def rows(self, width: int = MAX_COLUMNS) -> Iterator[Sequence[Cell]]:
        for row in self._read(self._delimiter):
            yield row[:width]

    def _read(self, delimiter: str) -> Iterator[list[str]]:
        with self._path.open(encoding=self._encoding, newline="") as file:
            lines = (unicodedata.normalize("NFC", line) for line in file)
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            for number, row in enumerate(reader, start=1):
                if number == 1 and 1 <= len(row) <= 2 and row[0].lower().startswith("sep="):
                    yield []
                else:
                    yield row

    def _find_delimiter(self, kind: Kind) -> str:
        best = (0, ",")
        for delimiter in _DELIMITERS:
            top: list[list[str]] = []
            try:
                for row in self._read(delimiter):
                    top.append(row)
                    if len(top) > SEARCHED:
                        break
            except (csv.Error, UnicodeError):
                pass  # the rows before the fault tell enough; the fault itself is told by the check of the whole file
            found = find_header(kind, top)
            known = len(found[1].places) if found else 0
            if known > best[0]:
                best = known, delimiter
        return best[1]

    def _check(self) -> int:
        """The number of rows. Refuses a file whose quotes don't match: rows would vanish inside one value."""
        count = 0
        try:
            for _ in self._read(self._delimiter):
                count += 1
        except csv.Error:
            raise FileRefused(f"tệp CSV có dấu ngoặc kép không khớp sau dòng {count}") from None
        except UnicodeError:
            raise FileRefused("không rõ bảng mã của tệp CSV; lưu lại dưới dạng CSV UTF-8") from None
        return count


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.count(0) > len(head) // 5:
        # Latin letters have a zero byte in every pair, before the letter or behind it.
        return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
    if any(byte in _BINARY for byte in head) or head.startswith(b"%PDF"):
        raise FileRefused(NOT_XLSX)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1258"
    return "utf-8"
