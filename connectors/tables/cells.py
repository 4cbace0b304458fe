"""From a cell to a value. Every reader gets a cell that is not empty and raises CellFault, saying what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from openpyxl.utils.datetime import from_excel

from connectors import clean
from connectors.clean.numerals import NUMERAL
from connectors.contract import Side
from connectors.tables.rows import UNCOMPUTED, Cell, CellFault, as_text

Reader = Callable[[Cell], Any]

# What offices write where nothing is to be told: "-" nothing occurred, "…" no data, "x" not applicable.
_NOTHING: Final = frozenset(
    {"-", "--", "–", "—", "…", "...", "x", "khong", "khong co", "chua co", "n/a", "null", "none"}
)
_LONGEST_NOTHING: Final = 24  # letters and marks counted apart
_FORMULA_ERROR: Final = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!)")
_SCIENTIFIC: Final = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+")
_SERIALS: Final = range(18_264, 73_051)  # 1950-01-01 to 2099-12-31 in the calendar of 1900
_SERIAL: Final = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")
# Digits left of a tax code or id → how many it may have had.
_PADDED: Final = {8: (10,), 9: (10,), 11: (12, 13), 12: (13,)}
# A count and what is counted: "1.350 tài khoản", "(12)", "1k2". Nothing else stands in the cell.
_WHOLE_COUNT: Final = re.compile(
    rf"[(]? ?{NUMERAL}(?: ?(?:k|nghin|ngan|ng|trieu|tr|ty|ti)[0-9]{{0,3}}(?![a-z0-9]))?(?: ?[(]?[a-z][a-z /]*)?[)]?"
)
_FIRST_SIGN_UP: Final = date(2000, 1, 1)  # no marketplace is older
_LARGEST: Final = 2_147_483_647  # what every database holds in an integer column


def is_nothing(value: Cell) -> bool:
    """An empty cell, or a sign that there is nothing to tell."""
    if not isinstance(value, str):
        return value is None
    if len(value) > _LONGEST_NOTHING and value[0].isalnum() and value[-1].isalnum():
        return False  # most cells of a list are names and addresses: their marks need not be folded to know this
    return not (flat := clean.fold(value)) or flat in _NOTHING


def plain(limit: int) -> Reader:
    """A reader of texts of at most `limit` characters."""

    def read(value: Cell) -> str:
        printed = _readable(value)
        if len(printed) > limit:
            raise CellFault(f"cần tối đa {limit} ký tự, ô này có {len(printed)}")
        return printed

    return read


def code(value: Cell) -> str:
    """A code of the marketplace: 123.0 is "123"; one that the spreadsheet turned into 9,12E+08 is lost."""
    if isinstance(value, date | bool):
        raise CellFault("cần một mã, ô này là ngày hoặc đúng/sai; định dạng cột là văn bản rồi xuất lại")
    printed = _digits_kept(value)
    if len(printed) > 300:
        raise CellFault("cần một mã có tối đa 300 ký tự")
    return printed


def phone(value: Cell) -> str:
    """Telephone numbers as printed; a number that lost its leading zero gets it back."""
    printed = _digits_kept(value)
    found = clean.phones(printed)
    if not found or len(printed) > 120:
        raise CellFault("cần số điện thoại Việt Nam, ví dụ 0912 345 678")
    return found[0] if printed.isdigit() else printed


def email(value: Cell) -> str:
    printed = _readable(value)
    if not re.fullmatch(r"[^@\s]{1,100}@[^@\s.]+(?:\.[^@\s.]+)+", printed) or len(printed) > 200:
        raise CellFault("cần một địa chỉ thư điện tử, ví dụ htx@example.vn")
    return printed


def tax_code(value: Cell) -> str:
    """A tax code or a person's 12-digit id, digits only; the zeros in front are put back when the check holds.

    Ten digits whose check fails stay what they are: with two zeros in front they would often look like an id.
    """
    printed = _digits_kept(value)
    found = clean.tax_code(printed)
    if printed.isdigit() and (found is None or found.kind == "unknown"):
        for width in _PADDED.get(len(printed), ()):
            padded = clean.tax_code(printed.zfill(width))
            if padded is not None and padded.kind != "unknown":
                return padded.digits
    if found is None:
        raise CellFault("cần mã số thuế 10 số, 13 số hoặc số định danh 12 số")
    return printed if found.kind != "person12" else found.digits


def day(value: Cell) -> date:
    """A day, as a date cell, as a serial number of a spreadsheet, or in words."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    printed = _readable(value)
    if _SERIAL.fullmatch(printed) and int(printed[:5]) in _SERIALS:
        found = from_excel(int(printed[:5]))
        if isinstance(found, datetime):
            return found.date()
    read = None if isinstance(value, int | float) else clean.day(printed)
    if read is None:
        raise CellFault("cần một ngày, ví dụ 05/03/2025")
    return read


def sign_up_day(value: Cell) -> date:
    """The day an account was opened."""
    read = day(value)
    if read < _FIRST_SIGN_UP:
        raise CellFault("cần một ngày từ năm 2000 trở lại đây")
    return read


def count(value: Cell) -> int:
    """A whole number, zero or more."""
    printed = _readable(value)
    # Words behind a count ("12 sản phẩm") are read over; a second number ("300-400", "12/50", "1e3") is not.
    number = clean.number(printed) if _WHOLE_COUNT.fullmatch(clean.fold(printed)) else None
    if isinstance(value, float) and not value.is_integer():
        number = None
    if number is None:
        raise CellFault("cần một số nguyên từ 0 trở lên, ví dụ 1.350")
    if number > _LARGEST:
        raise CellFault("số quá lớn; dùng đơn vị lớn hơn, ví dụ triệu đồng")
    return number


def amount(value: Cell) -> str:
    """A price as printed; whether it can be read is found out together with its unit."""
    if isinstance(value, date | bool):
        raise CellFault("cần một mức giá, ô này là ngày hoặc đúng/sai")
    if isinstance(value, float) and not value.is_integer():
        value = round(value, 2)
    printed = _readable(value)
    if printed.startswith(("-", "−")):
        raise CellFault("cần giá từ 0 đồng trở lên")
    if len(printed) > 200:
        raise CellFault("cần một mức giá, ô này là một đoạn văn")
    return printed


def address(value: Cell) -> str:
    """An address of a web page; only http and https."""
    printed = _readable(value)
    if "://" not in printed and re.match(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/|$)", printed.lower()):
        printed = f"https://{printed}"
    try:
        parts = urlsplit(printed)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in printed
    except ValueError:
        good = False
    if not good or len(printed) > 2_000:
        raise CellFault("cần một địa chỉ trang, ví dụ https://example.vn/san-pham/1")
    return printed


def several(value: Cell) -> tuple[str, ...]:
    """A list in one cell, separated by ";", "," or line ends."""
    if isinstance(value, str):
        value = re.sub(r"[\r\n]+", ";", value)
    return tuple(dict.fromkeys(filter(None, (part.strip() for part in re.split("[;,]", _readable(value))))))


def side(value: Cell) -> Side:
    """Who looks for whom: a word of buying, of selling or of partnership."""
    flat = clean.fold(_readable(value))
    buys = re.search(r"(?<![a-z])(?:mua|tieu thu|thu gom|buy)(?![a-z])", flat)
    sells = re.search(r"(?<![a-z])(?:ban|cung cap|cung ung|cung|sell)(?![a-z])", flat)
    partner = re.search(r"(?<![a-z])(?:hop tac|lien ket|doi tac|partner)(?![a-z])", flat)
    found: list[Side] = [name for name, told in (("buy", buys), ("sell", sells), ("partner", partner)) if told]  # type: ignore[misc]  # the tuple's literals widen to str
    if len(found) != 1:
        raise CellFault("cần “mua”, “bán” hoặc “hợp tác”")
    return found[0]


def moment(value: Cell) -> str:
    """When a figure holds: a year, a quarter, a month or a day, in the order that sorts."""
    if isinstance(value, date | datetime):
        return day(value).isoformat()
    flat = clean.fold(_readable(value))
    year = r"(?P<year>(?:19|20)[0-9]{2})"
    if found := re.fullmatch(rf"(?:nam )?{year}", flat):
        return found["year"]
    if found := re.fullmatch(rf"(?:quy|q) ?(?P<quarter>[1-4]|iv|i{{1,3}})[ /\-,]*(?:nam )?{year}", flat):
        quarter = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}.get(found["quarter"], found["quarter"])
        return f"{found['year']}-Q{quarter}"
    months = (rf"(?:thang )?(?P<month>0?[1-9]|1[0-2])[ /\-,.]*(?:nam )?{year}", rf"{year}-(?P<month>0[1-9]|1[0-2])")
    for form in months:
        if found := re.fullmatch(form, flat):
            return f"{found['year']}-{int(found['month']):02}"
    try:
        return day(value).isoformat()
    except CellFault:
        raise CellFault("cần một năm, quý, tháng hoặc ngày, ví dụ 2023, 03/2023, 31/12/2023") from None


def figure(value: Cell) -> tuple[int, str]:
    """A published number and whether it is exact: "trên 350" is at least 350."""
    printed = _readable(value)
    bare = re.sub(r"^(?:hon|tren|it nhat|toi thieu|tu|>=?|≥) *", "", clean.fold(printed))
    least = bare != clean.fold(printed)
    return count(bare if least else value), "at_least" if least else "exact"


def _readable(value: Cell) -> str:
    printed = as_text(value)
    if printed == UNCOMPUTED:
        raise CellFault("công thức chưa có kết quả; mở tệp bằng Excel hoặc LibreOffice rồi lưu lại")
    if _FORMULA_ERROR.fullmatch(printed):
        raise CellFault("ô chứa lỗi công thức")
    return printed


def _digits_kept(value: Cell) -> str:
    printed = _readable(value)
    if _SCIENTIFIC.fullmatch(printed) or (isinstance(value, float) and not value.is_integer()):
        raise CellFault("bảng tính đã làm mất chữ số; định dạng cột là văn bản rồi xuất lại")
    return printed
