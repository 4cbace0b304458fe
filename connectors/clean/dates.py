"""Days as Vietnamese pages print them. The day stands before the month, always."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from connectors.clean.plain_text import fold

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("gieng", "mot"),
            ("hai",),
            ("ba",),
            ("tu",),
            ("nam",),
            ("sau",),
            ("bay",),
            ("tam",),
            ("chin",),
            ("muoi",),
            ("muoi mot",),
            ("muoi hai", "chap"),
        ),
        start=1,
    )
    for name in names
}
_MONTH_NAME: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH: Final = rf"(?:thang|thg|th)\.? ?(?P<month>[0-9]{{1,2}}|{_MONTH_NAME})"
_YEAR: Final = r"(?P<year>[0-9]{4})(?![0-9])"
_DAY: Final = r"(?<![0-9])(?P<day>[0-9]{1,2})"

_BEGIN: Final = r"(?<![0-9])(?<![0-9][./-])"
_END: Final = r"(?![0-9]|(?P=mark)[0-9])"

_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        # 2025-03-05, also before a time of day
        rf"{_BEGIN}(?P<year>[0-9]{{4}})(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark)(?P<day>[0-9]{{1,2}}){_END}",
        # 05/03/2025, 5-3-25, 05 / 03 / 2025
        rf"{_BEGIN}(?P<day>[0-9]{{1,2}}) ?(?P<mark>[-/.]) ?(?P<month>[0-9]{{1,2}}) ?(?P=mark) ?"
        rf"(?P<year>[0-9]{{4}}|[0-9]{{2}}){_END}",
        # ngày 5 tháng 3 năm 2025; 12 Tháng Sáu, 2023
        rf"{_DAY}[ ,]*{_MONTH}[ ,]*(?:nam )?{_YEAR}",
        # Tháng Sáu 12, 2023
        rf"(?<![a-z]){_MONTH} {_DAY}[ ,]+(?:nam )?{_YEAR}",
    )
)
_WORDS: Final = {"hom nay": 0, "vua xong": 0, "moi day": 0, "hom qua": -1, "hom kia": -2, "ngay mai": 1}
_WORD: Final = re.compile(rf"(?<![a-z])(?:{'|'.join(_WORDS)})(?![a-z])")
_AGO: Final = re.compile(r"(?<![0-9.,])([0-9]{1,4}) (giay|phut|gio|tieng|ngay|tuan) truoc(?![a-z])")
_AHEAD: Final = re.compile(
    r"(?:con (?:lai )?([0-9]{1,4}) (ngay|tuan)|(?<![0-9.,])([0-9]{1,4}) (ngay|tuan) nua)(?![a-z])"
)
_DAYS: Final = {"ngay": 1, "tuan": 7}


def day(raw: str, today: date | None = None) -> date | None:
    """The first day a text names; None when it names none, or an impossible one ("31/02/2025").

    Two-digit years are 1970 to 2069. A month, or "2 tháng trước", is no day. Relative words need `today`, the
    day on which the page was fetched, in Vietnam; some hours ago counts as that day.
    """
    folded = fold(raw)
    printed = [found for form in _FORMS if (found := form.search(folded))]
    if printed:
        return _printed_day(min(printed, key=lambda found: found.start()))
    return _relative_day(folded, today) if today else None


def _printed_day(found: re.Match[str]) -> date | None:
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 2000 if year < 70 else 1900
    month = _MONTHS.get(found["month"]) or int(found["month"])
    try:
        return date(year, month, int(found["day"])) if 1900 <= year < 2100 else None
    except ValueError:
        return None


def _relative_day(folded: str, today: date) -> date | None:
    if word := _WORD.search(folded):
        days = _WORDS[word[0]]
    elif ago := _AGO.search(folded):
        days = -int(ago[1]) * _DAYS.get(ago[2], 0)
        if ago[2] in ("gio", "tieng") and int(ago[1]) >= 24:
            days = -(int(ago[1]) // 24)
    elif ahead := _AHEAD.search(folded):
        days = int(ahead[1] or ahead[3]) * _DAYS[ahead[2] or ahead[4]]
    else:
        return None
    try:
        return today + timedelta(days=days)
    except OverflowError:
        return None
