"""Price texts: from "25,000 VNĐ/kg" and "1tr2" to "Giá sỉ 18k, lẻ 22k" and "LH 0912345678"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from connectors.clean.amounts import Amount, Reading, read_amounts
from connectors.clean.plain_text import text, without_marks
from connectors.clean.telephones import find_phones
from connectors.clean.units import Measure, mass_of, rounded, told_measure

PriceStatus = Literal["ok", "from", "upto", "contact", "negotiable", "market", "suspicious", "foreign", "unreadable"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """A price in whole ₫ per `unit` (a name of units_of_trade.csv; None: not told).

    status      min_vnd, max_vnd
    ok          the price, or both ends of a range
    from        the lower end, None
    upto        0, the upper end
    all others  None, None: no price is told, or none that can be believed

    A price told for several units or for a pack of known mass is divided: "120k/5kg" is 24,000 per kg.
    `list_vnd` is the struck-out or former price per the same unit, `per_kg_vnd` the lower end per kg where the
    unit is a mass. `text` is the text read, with its white space collapsed.
    """

    text: str
    min_vnd: int | None
    max_vnd: int | None
    unit: str | None
    status: PriceStatus
    per_kg_vnd: int | None
    list_vnd: int | None


_LONGEST: Final = 300  # characters; longer is a description
_CEILING: Final = 10**11  # ₫: nothing on these marketplaces costs more
_BARE_CEILING: Final = 10**8  # ₫: longer rows of digits without any mark are codes
_FLOOR: Final = 100  # ₫: cane and straw cost hundreds; less is a placeholder ("1đ")
_KG_FLOOR: Final = 20  # ₫ per kg: less means that quantity and unit were read together wrongly
_PLACEHOLDERS: Final = frozenset({123_456, 1_234_567, 12_345_678, 123_456_789, 1_234_567_890})

_STRUCK: Final = re.compile(r"~~(.{1,80}?)~~")
_LONG_DIGITS: Final = re.compile(r"(?:[0-9][ .\-–—()/_]{0,4}){7}[0-9]")  # what a telephone number or a date needs
_PHONE_LIKE: Final = re.compile(r"(?<![\w.,])(?:\+84|\+[0-9]{1,3}[ -][0-9]{3}|0[0-9])[0-9 .\-()/]{5,}[0-9]")
_DATE: Final = re.compile(
    r"(?<![0-9])(?:[0-3]?[0-9]([/.-])[01]?[0-9]\1(?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9])(?![0-9])"
)
_SPACED_THOUSANDS: Final = re.compile(r"(?<=[0-9])(?: [.,]? ?|[.,] )(?=000(?![0-9]))")

_NEGOTIABLE: Final = re.compile(r"tho?a ?thuan|thuong luong|thuong thao")
_MARKET: Final = re.compile(r"thi truong|thoi gia")
_CONTACT: Final = re.compile(
    r"lien he|(?<![a-z])(?:lh|l/h|ib|inbox|call|goi|contact|zalo|hotline|sdt|dt|tel)(?![a-z])"
    r"|dien thoai|bao gia|hoi gia|nhan tin|cap nhat|mien phi"
)
_BEFORE: Final = r"(?:(?<![a-z])(?:{words})(?![a-z])|{signs})(?: (?:gia|chi|la|khoang|tam))*[ :]*$"
_FROM: Final = re.compile(_BEFORE.format(words="tu|tren|hon|it nhat|toi thieu|thap nhat", signs=">=?|≥"))
_FROM_BEHIND: Final = re.compile(r"[ ]*(?:\+|tro len|do len)")
_UPTO: Final = re.compile(_BEFORE.format(words="duoi|toi da|khong qua|cao nhat|den|toi", signs="<=?|≤"))
_UPTO_BEHIND: Final = re.compile(r"[ ]*(?:tro xuong|tro lai|do lai)")
_RANGE: Final = re.compile(r"[ ]*(?:-|–|—|~|÷|den|toi|to|->|→)[ ]*(?:gia )?")
_REDUCED: Final = re.compile(
    r"(?:giam con|chi con|giam xuong|xuong con|con|nay|khuyen mai|uu dai|km|sale|->|→|=>)"
    r"(?: (?:chi|con|la))*[ :]*$"
)
_FORMER: Final = re.compile(r"(?:gia cu|gia goc|niem yet|gia bia|gia truoc|thi truong|truoc day)(?: la)?[ :]*$")
_NOT_THE_PRICE: Final = re.compile(
    r"(?<![a-z])(?:giam|tiet kiem|ship|freeship|van chuyen|giao hang|phi|coc|voucher|hoan|tang)(?![a-z])"
    r"[a-z :]{0,20}$"
)


def price(raw: str, unit: str | None = None) -> Price:
    """Read a price text. `unit` is one told beside the price ("kg", "hộp 500g"), used when the text has none.

    Never raises. No text at all has the status "contact"; what is not understood is "unreadable".
    """
    short = len(raw) + len(unit or "") <= _LONGEST
    return _read_cached(raw, unit) if short else _read(raw, unit)


def _read(raw: str, told: str | None) -> Price:
    shown = text(raw)
    if len(shown) > _LONGEST:
        return _no_price(shown, "unreadable", None)
    low = shown.lower()
    struck: list[Amount] = []
    if "~~" in low:
        for former in _STRUCK.finditer(low):
            struck += read_amounts(former[1], without_marks(former[1])).amounts
        low = _STRUCK.sub(_blanked, low)
    if " " in low and "000" in low:
        low = _SPACED_THOUSANDS.sub(".", low)
    phone_found = False
    if _LONG_DIGITS.search(low):
        low, phone_found = _without_phones(low)
        low = _DATE.sub(_blanked, low)
    flat = without_marks(low)
    reading = read_amounts(low, flat)
    told_unit = told_measure(told) if told else None
    return _decide(shown, flat, reading, struck, told_unit, phone_found)


_read_cached = lru_cache(maxsize=16_384)(_read)


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _without_phones(low: str) -> tuple[str, bool]:
    """The text with telephone numbers, and what looks like them, blanked out; whether there was a real one."""
    phone_found = False
    for found in find_phones(low):
        printed = low[found.start : found.end]
        if not _is_money_rather(printed):
            low = low[: found.start] + " " * len(printed) + low[found.end :]
            phone_found = True
    return _PHONE_LIKE.sub(lambda m: _blanked(m) if sum(c.isdigit() for c in m[0]) >= 8 else m[0], low), phone_found


def _is_money_rather(printed: str) -> bool:
    """Whether what may be a telephone number is an amount: "350.000.000", "16200 - 18000", "18000000"."""
    if printed.startswith(("0", "+", "84")):
        return False
    if printed.startswith(("1800", "1900")):
        return printed.isdigit() and printed.endswith("0000")
    digits = [c for c in printed if c.isdigit()]
    return printed.endswith("000") or len(set(digits)) == 1 or any(c in printed for c in "-–—/")


def _decide(
    shown: str, flat: str, reading: Reading, struck: list[Amount], told: Measure | None, phone_found: bool
) -> Price:
    amounts, former = _current_and_former(reading, struck)
    zero = [amount for amount in amounts if amount.value == 0]
    believed = [amount for amount in amounts if _believable(amount)]
    unit = _common_measure(believed, told)
    if not believed:
        return _no_price(shown, _why_no_price(shown, flat, reading, amounts, phone_found=phone_found), told)
    name, believed = _same_unit(believed, unit)
    values = sorted(_per_unit(amount.value, amount.measure or unit) for amount in believed)
    low_end, high_end = values[0], values[-1]
    status: PriceStatus = "ok"
    if len(believed) == 1:
        status = _open_end(believed[0], flat, after_zero=bool(zero) and zero[0].start < believed[0].start)
    mass = mass_of(name) if name else None
    first = rounded(Decimal(low_end) / mass) if mass else None
    if low_end < 1 or (first is not None and first < _KG_FLOOR):
        return _no_price(shown, "suspicious", told)
    list_vnd = max((_per_unit(amount.value, amount.measure or unit) for amount in former), default=0)
    return Price(
        text=shown,
        min_vnd=0 if status == "upto" else low_end,
        max_vnd=None if status == "from" else high_end,
        unit=name,
        status=status,
        per_kg_vnd=None if status == "upto" else first,
        list_vnd=list_vnd if list_vnd > high_end else None,
    )


def _no_price(shown: str, status: PriceStatus, told: Measure | None) -> Price:
    unit = told.unit.name if told else None
    return Price(text=shown, min_vnd=None, max_vnd=None, unit=unit, status=status, per_kg_vnd=None, list_vnd=None)


def _why_no_price(shown: str, flat: str, reading: Reading, amounts: list[Amount], *, phone_found: bool) -> PriceStatus:
    zero = any(amount.value == 0 for amount in amounts)
    if _NEGOTIABLE.search(flat):
        return "negotiable"
    if _MARKET.search(flat):
        return "market"
    if reading.foreign:
        return "foreign"
    if zero or phone_found or _CONTACT.search(flat) or not shown.strip(" -–—._/"):
        return "contact"
    return "suspicious" if amounts or reading.unclear else "unreadable"


def _current_and_former(reading: Reading, struck: list[Amount]) -> tuple[list[Amount], list[Amount]]:
    """The amounts that are the price, both ends of a range in the same magnitude, and the former prices."""
    current: list[Amount] = []
    former = list(struck)
    for amount in reading.amounts:
        last = current[-1] if current else None
        if last and _RANGE.fullmatch(amount.lead):
            _share_magnitude(last, amount)
        if last and _REDUCED.search(amount.lead) and last.value > amount.value:
            former.append(current.pop())
        elif _FORMER.search(amount.lead):
            former.append(amount)
            continue
        elif _NOT_THE_PRICE.search(amount.lead) and not _REDUCED.search(amount.lead):
            continue
        current.append(amount)
    if any(amount.sure for amount in current):
        current = [amount for amount in current if amount.sure]
    if former and current:  # "50.000đ Giá gốc: 50.000đ 35.000đ": the first is the former price told twice
        repeated = {amount.value for amount in former}
        current = [amount for amount in current if amount.value not in repeated] or current
        former = [] if {amount.value for amount in current} == repeated else former
    if not former and len(current) == 2 and len(reading.percents) == 1:  # "35.000đ 50.000đ -30%"
        less, more = sorted(current, key=lambda amount: amount.value)
        if more.value and abs((more.value - less.value) * 100 / more.value - reading.percents[0]) <= 1:
            return [less], [more]
    return (current, former) if current else (former, [])


def _share_magnitude(low: Amount, high: Amount) -> None:
    """Give a bare end of a range the magnitude of the other: "20-25k", "5 - 10.000.000đ", "500 - 1 triệu"."""
    if low.scale == 1 and low.value < 1_000 and high.sure:
        for scale in (high.scale, 1_000_000, 1_000):
            if scale > 1 and low.value * scale <= high.value:
                low.value *= scale
                low.scale = scale
                break
    elif high.scale == 1 and high.value < 1_000 and high.value * low.scale >= low.value:
        high.value *= low.scale
        high.scale = low.scale
    low.sure = high.sure = low.sure or high.sure
    low.money = high.money = low.money or high.money


def _believable(amount: Amount) -> bool:
    """Whether somebody can have meant it: no bare "85", no "999.999.999", no "1đ"."""
    value = amount.value
    if not _FLOOR <= value < _CEILING or (value < 1_000 and not amount.money):
        return False
    if value >= _BARE_CEILING and not amount.sure:
        return False
    digits = str(int(value))
    all_the_same = len(digits) >= 7 and len(set(digits)) == 1
    return not all_the_same and (amount.measure is not None or value not in _PLACEHOLDERS)


def _common_measure(amounts: list[Amount], told: Measure | None) -> Measure | None:
    """The measure of amounts printed without one: the only one in the text, else the one told beside it."""
    printed = [amount.measure for amount in amounts if amount.measure]
    if not printed:
        return told
    return printed[-1] if len({measure.per() for measure in printed}) == 1 else None


def _same_unit(amounts: list[Amount], common: Measure | None) -> tuple[str | None, list[Amount]]:
    """The unit of the price, and the amounts that are told in it: prices per kg and per crate are not compared."""
    names = [measure.per()[0] if (measure := amount.measure or common) else None for amount in amounts]
    name = next(filter(None, names), None)
    return name, [amount for amount, its in zip(amounts, names, strict=True) if its == name]


def _per_unit(value: Decimal, measure: Measure | None) -> int:
    return rounded(value / measure.per()[1] if measure else value)


def _open_end(amount: Amount, flat: str, *, after_zero: bool) -> PriceStatus:
    if after_zero or _UPTO.search(amount.lead) or _UPTO_BEHIND.match(flat, amount.end):
        return "upto"
    if _FROM.search(amount.lead) or _FROM_BEHIND.match(flat, amount.end):
        return "from"
    return "ok"
