"""Invented telephone numbers and tax codes that are formally right.

Every mobile number has the form 0pp d000 ddd: a valid prefix, and a block of zeros that shows it is made up.
"""

from __future__ import annotations

# Today's prefix → the four-digit prefix it had before 2018-09-15 ("" where it always had three digits).
_MOBILE: tuple[tuple[str, str], ...] = (
    ("090", ""),
    ("098", ""),
    ("091", ""),
    ("097", ""),
    ("093", ""),
    ("094", ""),
    ("096", ""),
    ("088", ""),
    ("089", ""),
    ("086", ""),
    ("038", "0168"),
    ("039", "0169"),
    ("035", "0165"),
    ("032", "0162"),
    ("079", "0121"),
    ("077", "0122"),
    ("083", "0123"),
    ("081", "0127"),
    ("056", "0186"),
    ("059", "0199"),
)
_SPREAD = 7919  # a prime that divides no factor of the number space: neighbours get numbers far apart
_SPACE = len(_MOBILE) * 10 * 1000

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def mobile(index: int) -> tuple[str, str]:
    """The `index`-th mobile number: ten digits today, and eleven before 2018 ("" where nothing changed)."""
    place = index * _SPREAD % _SPACE
    place, tail = divmod(place, 1000)
    prefix, digit = divmod(place, 10)
    new, old = _MOBILE[prefix]
    line = f"{digit}000{tail:03d}"
    return new + line, old + line if old else ""


def landline(index: int) -> tuple[str, str]:
    """A Long An number: eleven digits today (0272…), and the ten it had before 2017 (072…)."""
    line = f"3000{index % 1000:03d}"
    return "0272" + line, "072" + line


def printed_phone(digits: str, old: str, style: int) -> str:
    """One of the ways people write a number; `style` 0…15 chooses, most are plain."""
    match style:
        case 0 | 1 if old:
            return old
        case 2:
            return digits + "_"
        case 3:
            return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}"
        case 4:
            return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
        case 5:
            return f"(+84) {digits[1:]}"
        case _:
            return digits


def enterprise_code(index: int, province: str = "11") -> str:
    """A ten-digit tax code of a province (11 = Long An) whose last digit is the right check digit."""
    serial = index * 7 % 10_000_000
    while True:
        body = f"{province}{serial:07d}"
        rest = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
        if rest:  # a rest of 0 would need the check digit 10: no such code is given out
            return body + str(10 - rest)
        serial = (serial + 1) % 10_000_000


def personal_code(index: int) -> str:
    """A twelve-digit personal number of somebody born in Long An (080), which households use as tax code."""
    return f"080{index % 2}{60 + index % 40:02d}{index * 13 % 1_000_000:06d}"
