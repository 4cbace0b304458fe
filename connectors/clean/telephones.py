"""Vietnamese telephone numbers: found in any text, converted to the numbers in force today.

Two renumberings matter, both in `data/`: the area codes of 2017 (072 → 0272) and the eleven-digit mobiles of 2018
(0168 → 038). Old area codes that are mobile prefixes today (076, 083 …) are read as mobiles: that is what is in use.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from connectors.clean.plain_text import fold, text
from connectors.clean.units import DATA


def _codes(name: str, old: str, new: str) -> dict[str, str]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return {row[old]: row[new] for row in csv.DictReader(file)}


_MOBILE_2018: Final = _codes("phone_prefix_2018.csv", "old_prefix", "new_prefix")
_AREA_2017: Final = _codes("area_code_2017.csv", "old_code", "new_code")
_AREAS: Final = frozenset(_AREA_2017.values())
_MOBILE: Final = re.compile(r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}")
_SERVICE: Final = re.compile(r"1[89]00(?:[0-9]{4}|[0-9]{6})")
_SUBSCRIBER: Final = re.compile(r"[2-9][0-9]{6,7}")  # no subscriber's number begins with 0 or 1

_DIGITS: Final = re.compile(r"(?P<plus>\+ ?)?(?P<digits>[0-9]+)")
_WITHIN: Final = re.compile(r"[ .\-–—()/_]{0,4}")  # what may stand between two groups of digits of one number
_LETTER_O: Final = re.compile(r"(?<![^\W\d_])[oO](?=[0-9]{2})")  # "O912…", typed with the letter
_BEGINNINGS: Final = (*(f"0{digit}" for digit in range(10)), "84", "1800", "1900")
_LONGEST: Final = 14  # digits of "0084" and a ten-digit number

# Digits that are no telephone number although they may look like one, as long runs or dates do.
_NOT_A_PHONE: Final = re.compile(
    r"""(?<![0-9])[0-3]?[0-9]([/.-])[01]?[0-9]\1(?:19|20)[0-9]{2}(?![0-9]|\1[0-9])
    | (?<![^\W\d_])(?:mst|msdn|mã\ số(?:\ thuế|\ doanh\ nghiệp)?|stk|số\ tài\ khoản|cccd|cmnd|gpkd|đkkd)
      (?:\ số)?[ :.#]{0,4}[0-9]+(?:[.-][0-9]+)*""",
    re.VERBOSE | re.IGNORECASE,
)
_MONEY_BEHIND: Final = re.compile(
    r" ?(?:₫|/ ?[^\W\d_]|(?:đồng|đ|dong|vn[dđ]|k|nghìn|ngàn|triệu|tr)(?![^\W\d_]))", re.IGNORECASE
)
_LABELS: Final = re.compile(
    r"dien thoai|so dt|sdt|dt|didong|di dong|tel|phone|mobile|hotline|zalo|lien he|lh|fax|va|hoac"
)


@dataclass(frozen=True, slots=True)
class FoundPhone:
    """A number in national form and the span of the text it was printed in."""

    number: str
    start: int
    end: int


def _in_force(number: str) -> str | None:
    """Today's form of a national number written with its leading 0; None when no such number was ever assigned."""
    if len(number) == 10:
        if _MOBILE.fullmatch(number):
            return number
        if number.startswith("04") and _SUBSCRIBER.fullmatch(number[2:]):
            return "024" + number[2:]
        area, subscriber = _AREA_2017.get(number[:3]), number[3:]
        return area + subscriber if area and len(area) == 4 and _SUBSCRIBER.fullmatch(subscriber) else None
    if len(number) != 11:
        return None
    if number[:4] in _MOBILE_2018:
        return _MOBILE_2018[number[:4]] + number[4:]
    if number[:3] in ("024", "028") and _SUBSCRIBER.fullmatch(number[3:]):
        return number
    subscriber = number[4:]
    if not _SUBSCRIBER.fullmatch(subscriber):
        return None
    if number[:4] in _AREAS:
        return number
    area = _AREA_2017.get(number[:4])
    return area + subscriber if area else None


def _national(digits: str, *, plus: bool, only_digits: bool) -> str | None:
    """The number meant by the digits as printed: with country code, national, service, or (when the text holds
    nothing but digits, as a spreadsheet leaves them) without the leading 0."""
    if plus or digits.startswith("0084"):
        country = digits.removeprefix("00") if not plus else digits
        return _in_force("0" + country[2:].removeprefix("0")) if country.startswith("84") else None
    if digits.startswith("0"):
        return _in_force(digits)
    if _SERVICE.fullmatch(digits):
        return digits
    if len(digits) >= 11 and digits.startswith("84"):
        return _in_force("0" + digits[2:].removeprefix("0"))
    return _in_force("0" + digits) if only_digits and len(digits) in (9, 10) else None


def _runs(plain: str) -> Iterator[list[re.Match[str]]]:
    """Groups of digits that may belong to one number, or to several written side by side."""
    run: list[re.Match[str]] = []
    for group in _DIGITS.finditer(plain):
        if run and (group["plus"] or not _WITHIN.fullmatch(plain, run[-1].end(), group.start())):
            yield run
            run = []
        run.append(group)
    if run:
        yield run


def find_phones(plain: str) -> list[FoundPhone]:
    """Every number of a text in printed order; spans refer to `plain` as given."""
    masked = _NOT_A_PHONE.sub(lambda m: "|" * len(m[0]), _LETTER_O.sub("0", plain))
    only_digits = len(plain) < 200 and not any(c.isalpha() for c in _LABELS.sub("", fold(masked)))
    found: list[FoundPhone] = []
    for run in _runs(masked):
        plus = run[0]["plus"] is not None
        if plus and not run[0]["digits"].startswith("84"):
            continue  # another country's
        first = 0
        while first < len(run):
            with_plus = plus and first == 0
            taken = None
            if with_plus or only_digits or run[first]["digits"].startswith(_BEGINNINGS):
                taken = _longest(masked, run, first, plus=with_plus, only_digits=only_digits)
            if taken is None:
                first += 1
                continue
            number, last = taken
            found.append(FoundPhone(number, run[first].start(), run[last].end()))
            first = last + 1
    return found


def _longest(
    masked: str, run: list[re.Match[str]], first: int, *, plus: bool, only_digits: bool
) -> tuple[str, int] | None:
    """The longest number that begins with the group `first` of the run, and the index of its last group."""
    digits, best = "", None
    for index in range(first, len(run)):
        digits += run[index]["digits"]
        if len(digits) > _LONGEST:
            break
        number = _national(digits, plus=plus, only_digits=only_digits)
        if number is None:
            continue
        if run[first]["digits"][0] != "0" and not plus and _MONEY_BEHIND.match(masked, run[index].end()):
            continue  # "19000000 đ" is money; no price begins with 0
        best = number, index
    return best


def phones(raw: str) -> tuple[str, ...]:
    """Every valid Vietnamese number of a text, each once, in printed order, in the national form in force today.

    Mobiles have 10 digits, landlines 11 ("02723826123"), service numbers stay as they are ("19001234").
    Country codes, brackets, dots, input-mask residue ("0989312345_") and old prefixes are understood; a number
    without its leading 0 only in a text that holds nothing else. Tax codes, account numbers and dates are left out.
    """
    return tuple(dict.fromkeys(found.number for found in find_phones(text(raw))))


def phone(raw: str) -> str | None:
    """The first of `phones`."""
    return next(iter(phones(raw)), None)
