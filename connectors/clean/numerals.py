"""Numbers as Vietnamese pages print them: "9.067" and "9,067" are thousands, "1,5" is one and a half."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from connectors.clean.plain_text import fold

NUMERAL: Final = r"[0-9]+(?:[.,][0-9]+)*"
"""Pattern of one printed number. A dot or comma belongs to it only between two digits."""

SCALES: Final = {
    "k": 1_000,
    "ng": 1_000,
    "nghin": 1_000,
    "ngan": 1_000,
    "tr": 1_000_000,
    "trieu": 1_000_000,
    "ty": 1_000_000_000,
    "ti": 1_000_000_000,
}
"""Words of magnitude, folded. "ngàn" is the southern "nghìn", "tỉ" the other spelling of "tỷ"."""

_COUNT: Final = re.compile(
    rf"(?P<number>{NUMERAL})"
    r"(?: ?(?P<scale>k|nghin|ngan|ng|trieu|tr|ty|ti)(?![a-z])(?P<tail>[0-9]{1,3})?(?![0-9a-z]))?"
)
_DIGITS_OF_A_COUNT: Final = 15  # longer is a code; also keeps the result inside a 64-bit column


def is_grouped(printed: str) -> bool:
    """Whether the number is printed with a group of thousands: "25.000" is, "25.50" and "0.500" are not."""
    head, *groups = re.split("[.,]", printed)
    return bool(groups) and len(head) <= 3 and not head.startswith("0") and len(groups[0]) == 3


def numeral(printed: str, *, decimal: bool = False) -> Decimal | None:
    """The value of a string that matches NUMERAL; None when its marks contradict each other ("1.000.00").

    A dot or comma before exactly three digits separates thousands, except after a zero ("0.500") and, with
    `decimal`, when it is the only mark: "1.250 triệu" is a decimal.
    """
    marks = [c for c in printed if c in ".,"]
    if not marks:
        return Decimal(printed)
    head, *groups = re.split("[.,]", printed)
    if len(marks) == 1:
        if decimal or len(groups[0]) != 3 or head.strip("0") == "":
            return Decimal(f"{head}.{groups[0]}")
        return Decimal(head + groups[0]) if is_grouped(printed) else None
    fraction = "0"
    if marks[-1] != marks[0]:  # "25,000.50": the last mark, another one than all before it, is the decimal mark
        fraction = groups.pop()
        marks.pop()
    if len(set(marks)) > 1 or not is_grouped(printed) or any(len(group) != 3 for group in groups):
        return None
    return Decimal(f"{head}{''.join(groups)}.{fraction}")


def number(raw: str) -> int | None:
    """The first count of a text: "9.067 lượt" → 9067, "( 12 người đánh giá )" → 12, "1,2k" → 1200.

    None without a digit, and for what is no whole count: "4,5", or a code of more than 15 digits.
    """
    found = _COUNT.search(fold(raw))
    if not found or len(found["number"]) > 2 * _DIGITS_OF_A_COUNT:
        return None
    scale = SCALES[found["scale"]] if found["scale"] else 1
    value = numeral(found["number"], decimal=scale >= 1_000_000)
    if value is None:
        return None
    value *= scale
    if found["tail"]:  # "1k2" is 1,200
        value += Decimal(f"0.{found['tail']}") * scale
    return int(value) if value == value.to_integral_value() and value < 10**_DIGITS_OF_A_COUNT else None
