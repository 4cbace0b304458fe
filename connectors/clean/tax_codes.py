"""Tax codes: 10 digits with a check digit, 13 for a branch, and since 2025-07-01 a person's 12-digit id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from connectors.clean.plain_text import fold
from connectors.clean.telephones import phones

TaxCodeKind = Literal["enterprise10", "branch13", "person12", "unknown"]


@dataclass(frozen=True, slots=True)
class TaxCode:
    """`digits` without any mark. "person12" is personal data: it is a citizen's id (Circular 86/2024/TT-BTC)."""

    digits: str
    kind: TaxCodeKind


_CODE: Final = re.compile(
    r"""(?<![0-9])(?<![0-9][.,])(?:
      (?P<ten>[0-9]{10}|[0-9]{4}[ .][0-9]{3}[ .][0-9]{3}|[0-9]{3}[ .][0-9]{3}[ .][0-9]{4})
        (?:(?P<branch>\ ?[-–]\ ?[0-9]{3}))?
      | [0-9]{13} | [0-9]{12} | [0-9]{3}(?:[ .][0-9]{3}){3} | [0-9]{4}(?:[ .][0-9]{4}){2}
    )(?![0-9]|[.,][0-9])""",
    re.VERBOSE,
)
_LABEL: Final = re.compile(r"(?:mst|ma so thue|ma so doanh nghiep|msdn|ma so dn|ma so)(?: ca nhan)?[^0-9]{0,12}$")
_WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def _check_digit_holds(ten: str) -> bool:
    """The tenth digit is 10 − Σ dᵢ·wᵢ mod 11; every weight is prime to 11, so any one wrong digit shows."""
    weighted = sum(int(digit) * weight for digit, weight in zip(ten, _WEIGHTS, strict=False))
    return int(ten[9]) == 10 - weighted % 11


def _kind(digits: str) -> TaxCodeKind:
    if len(digits) == 12:
        # Province of birth 001–096, then century and sex: 0–3 until the year 2099.
        return "person12" if 1 <= int(digits[:3]) <= 96 and digits[3] in "0123" else "unknown"
    if not _check_digit_holds(digits[:10]) or digits[2:9] == "0000000":
        return "unknown"
    if len(digits) == 10:
        return "enterprise10"
    return "branch13" if digits[10:] != "000" else "unknown"


def tax_code(raw: str) -> TaxCode | None:
    """The tax code of a text: the number behind a label ("MST: …") if there is one, else the first of that shape.

    A code whose check digit fails is returned with the kind "unknown"; a telephone number beside other words is none.
    """
    folded = fold(raw)
    unlabelled: TaxCode | None = None
    for found in _CODE.finditer(folded):
        code = re.sub("[^0-9]", "", found[0])
        tax = TaxCode(code, _kind(code))
        if _LABEL.search(folded, max(0, found.start() - 40), found.start()):
            return tax
        looks_like_phone = tax.kind == "unknown" and code[0] == "0" and code != folded and bool(phones(code))
        if unlabelled is None and not looks_like_phone:
            unlabelled = tax
    return unlabelled
