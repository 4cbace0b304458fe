"""The amounts of money of a price text, told apart from quantities, percentages, dates and codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from connectors.clean.numerals import NUMERAL, SCALES, is_grouped, numeral
from connectors.clean.units import Measure, measure_at

_NUMBER: Final = re.compile(NUMERAL)
_VND: Final = r"(?:vnd|(?:vn )?dong|d)(?![a-z])(?!/c:)|₫"  # "đ/c:" is an address
# Behind a number, on text without marks: a percent sign, or a magnitude with the digits spoken after it ("1tr2"
# is 1.2 million). Digits that are a quantity or an amount of their own ("1tr 5kg", "1tr250k") are no such tail.
_BEHIND: Final = re.compile(
    rf""" [ ]?(?:(?P<percent>%|phan\ tram)
      |(?P<scale>k|nghin|ngan|ng|trieu|tr|ty|ti)(?![a-z])
       (?:[ ]?(?P<half>ruoi)(?![a-z])
        |(?P<tail>[0-9]{{1,3}})(?![0-9%]|(?!{_VND})[a-z]|[.,][0-9])
        |[ ](?P<spoken>[0-9]{{1,3}})(?![0-9]|[ ]?(?:%|(?!{_VND})[a-z])|[.,][0-9]))?)?""",
    re.VERBOSE,
)
_CURRENCY: Final = re.compile(rf"\.?[ ]?(?:{_VND})")
_CURRENCY_BEFORE: Final = re.compile(r"(?:(?<![a-z])(?:vnd|dong|d)|₫)[ .:]*$")
# On text with marks: "tệ" and "yên" are words of money only with theirs.
_FOREIGN: Final = re.compile(
    r"[ ]?(?:[$€£¥฿₩]|(?:usd|us\$|eur|euro|cny|rmb|thb|krw|jpy|yên|tệ|đô|đôla|đô la|baht|won)(?![^\W\d_]))"
)
_FOREIGN_BEFORE: Final = re.compile(r"(?:[$€£¥฿₩]|(?<![a-z])(?:usd|eur|euro))[ :]*$")
_PER: Final = re.compile(r"(?P<slash>[ ]?/[ ]?)|[ ]?\([ ]?|[ ]?(?:một|mỗi|trên|cho|per|mot|moi|tren)[ ]|[ ]")
_CONDITION: Final = re.compile(r"(?:\b(?:tu|tren|duoi|hon|mua|dat|toi thieu|con|den)|[<>≥≤=])[ ]*$")
_NO_PRICE_NUMBER: Final = re.compile(r"(?:(?<![a-z])(?:nam|vu|ngay|thang|so|ma|loai|size|sl|so luong)[ :#.]*|[/:#])$")
_PACK_BEFORE: Final = re.compile(r"(?:[ :=/-]|gia|la)*")


@dataclass(slots=True)
class Amount:
    """One amount. `lead` is the text without marks between the token before it and the amount itself."""

    start: int
    end: int  # behind its currency and unit
    value: Decimal
    scale: int  # 1 or the magnitude printed behind the number
    money: bool  # a currency or a magnitude is printed with it
    sure: bool  # printed as a price in some way: money, thousands, or "/kg"; not merely a bare number
    lead: str
    measure: Measure | None


@dataclass(slots=True)
class Reading:
    """What stands in a text: amounts, bare numbers that may be prices, and signs of things that are none."""

    amounts: list[Amount] = field(default_factory=list)
    percents: list[Decimal] = field(default_factory=list)
    foreign: bool = False
    unclear: bool = False  # a number that may be a quantity or a price


def read_amounts(low: str, flat: str) -> Reading:
    """Read the numbers of `low` (lower case, NFC) and `flat` (the same without marks, same length)."""
    reading = Reading()
    pack: Measure | None = None  # a quantity just read, which the next amount may be for: "5kg 120k"
    behind = 0  # end of the last token
    for found in _NUMBER.finditer(flat):
        start, end = found.span()
        if start < behind:
            continue
        printed, lead = found[0], flat[behind:start]
        tail = _BEHIND.match(flat, end)
        if tail and tail["percent"]:
            reading.percents.append(numeral(printed) or Decimal(0))
            behind = tail.end()
            continue
        scale = SCALES[tail["scale"]] if tail and tail["scale"] else 1
        end = _end_of_number(tail, scale, end)
        if _FOREIGN.match(low, end) or (lead and _FOREIGN_BEFORE.search(lead)):
            reading.foreign = True
            behind = end
            continue
        currency = _CURRENCY.match(flat, end)
        money = scale > 1 or currency is not None or bool(lead and _CURRENCY_BEFORE.search(lead))
        if not money and (named := measure_at(low, end + low.startswith(" ", end))):
            pack = None if _CONDITION.search(lead) else measure_at(low, start)
            reading.unclear |= len(printed) > 3  # "25.000 kg" may be a price per kg as well
            behind = max(named.end, pack.end if pack else 0)
            continue
        if not money and not _may_be_price(printed, lead, flat, start, end):
            behind = end
            continue
        value = _value(printed, scale, tail)
        if value is None:
            reading.unclear = True
            behind = end
            continue
        end = currency.end() if currency else end
        measure = _measure_behind(low, end)
        if measure is None and pack is not None and _PACK_BEFORE.fullmatch(lead):
            measure = pack
        elif measure is not None:
            end = measure.end
        pack = None
        last = reading.amounts[-1] if reading.amounts else None
        if last and 1 < scale < last.scale and not lead.strip() and last.measure is None:
            last.value += value  # "1 triệu 250 nghìn"
            last.end, last.measure = end, measure
        else:
            sure = money or is_grouped(printed) or measure is not None
            reading.amounts.append(Amount(start, end, value, scale, money, sure, lead, measure))
        behind = end
    return reading


def _end_of_number(tail: re.Match[str] | None, scale: int, end: int) -> int:
    """Where the number ends with its magnitude. A tail behind a blank is spoken of millions only: "1 triệu 2"."""
    if tail is None or scale == 1:
        return end
    return tail.end("scale") if tail["spoken"] and scale < 1_000_000 else tail.end()


def _value(printed: str, scale: int, tail: re.Match[str] | None) -> Decimal | None:
    """The ₫ of a number with its magnitude; None when it cannot be read with certainty."""
    if printed[0] == "0" and printed[1:2].isdigit() and printed.strip("0.,"):
        return None  # "0912", "01": a code or a piece of a telephone number
    if scale == 1_000 and is_grouped(printed):
        return None  # "25.000k": 25 million, or a slip
    value = numeral(printed, decimal=scale >= 1_000_000)
    if value is None or tail is None or scale == 1:
        return value
    value *= scale
    if tail["half"]:
        return value + Decimal(scale) / 2
    digits = tail["tail"] or (tail["spoken"] if scale >= 1_000_000 else None)
    return value + Decimal(f"0.{digits}") * scale if digits else value


def _may_be_price(printed: str, lead: str, flat: str, start: int, end: int) -> bool:
    """Whether a number without any sign of money can be a price at all: no code, year, count or time."""
    if is_grouped(printed):
        return True
    if (start and flat[start - 1].isalpha()) or _NO_PRICE_NUMBER.search(lead):
        return False
    after = flat[end : end + 2].lstrip()
    return not after[:1].isalpha() or lead.rstrip(" :").endswith("gia")


def _measure_behind(low: str, pos: int) -> Measure | None:
    """The measure an amount is told for: "/kg", "một ký", "(hộp 500g)"."""
    per = _PER.match(low, pos)
    begin, slash = (per.end(), per["slash"] is not None) if per else (pos, False)
    measure = measure_at(low, begin, unmarked=slash)
    if measure is None or slash:
        return measure
    # Without a slash it is a unit only where the phrase ends ("25k trái cây" names none), and not in one letter.
    after = low[measure.end : measure.end + 2].lstrip(" ")
    named = low[begin : measure.end]
    return None if (after[:1].isalpha() and measure.unit.kg is None) or len(named) < 2 else measure
