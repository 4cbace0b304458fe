"""Files as offices make them, made for a test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
