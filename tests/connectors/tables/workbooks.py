"""Files as offices make them, made for a test."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

ACCOUNTS = ("STT", "Mã tài khoản", "Tên", "Loại hình", "Mã số thuế", "Điện thoại", "Địa chỉ", "Ngày đăng ký")


def xlsx(path: Path, rows: Iterable[Sequence[Any]], *, merged: Iterable[str] = ()) -> Path:
    """Write rows as the one sheet of a workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for span in merged:
        sheet.merge_cells(span)
    book.save(path)
    return path


def rewritten(path: Path, parts: Mapping[str, bytes]) -> Path:
    """The workbook with some of its parts replaced."""
    with zipfile.ZipFile(path) as package:
        all_parts = {entry: package.read(entry) for entry in package.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for entry, content in {**all_parts, **parts}.items():
            package.writestr(entry, content)
    return path


def with_shared_strings(path: Path) -> Path:
    """The workbook as Excel writes it: texts in a table of their own, cells that hold their numbers."""
    texts: list[str] = []

    def shared(cell: re.Match[str]) -> str:
        texts.append(cell[2])
        return f'<c r="{cell[1]}" t="s"><v>{len(texts) - 1}</v></c>'

    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as package:
        sheet, types = package.read(name).decode(), package.read("[Content_Types].xml").decode()
    inline = r'<c r="([A-Z]+[0-9]+)" t="inlineStr"><is><t>([^<]*)</t></is></c>'
    sheet = re.sub(inline, shared, sheet)
    assert texts
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    table = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{items}</sst>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    if kind not in types:
        part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>'
        types = types.replace("</Types>", f"{part}</Types>")
    parts = {name: sheet, "xl/sharedStrings.xml": table, "[Content_Types].xml": types}
    return rewritten(path, {entry: content.encode() for entry, content in parts.items()})
