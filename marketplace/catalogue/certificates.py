"""Is a certificate told with its number, or is it only claimed? Pure.

A name such as "ISO 22000:2018" or "TCVN 11041" holds digits that number the standard, not the paper: they are set aside
before a number is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from connectors import clean

_STANDARDS = re.compile(
    r"\biso(?:/iec)?\s*\d{3,5}(?:\s*[:\-–]\s*\d{4})?"
    r"|\bfssc\s*\d{4,5}"
    r"|\b(?:tcvn|qcvn|tcn|tccs)\s*[\d-]+(?:\s*[:\-–/]\s*\d{1,4})*"
    r"|\bocop\s*:?\s*\d\s*(?:sao|\*|★)|\b[3-5]\s*(?:sao|★)"
    r"|\b(?:thong tu|nghi dinh|quyet dinh|tt|nd)\s*(?:so\s*)?\d{1,4}/\d{4}(?:/[\w-]+)*"
    r"|\b(?:ngay\s*)?\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\b(?:ngay\s*)?\d{1,2}\s*thang\s*\d{1,2}\s*nam\s*\d{4}"
    r"|\b(?:nam|den|tu)\s*(?:thang\s*)?(?:\d{1,2}/)?(?:19|20)\d{2}\b"
    r"|\b\d{1,2}/(?:19|20)\d{2}\b(?!/)|\b(?:19|20)\d{2}\b(?![/-])"
    r"|\b\d+(?:[.,]\d+)?\s*(?:ha|m2|kg|tan|%)(?!\w)"
)
_NUMBER = re.compile(
    r"\b\d{4,}\b"  # a serial, a GGN
    r"|\b\d+/[\w-]*\d{2,4}(?:/[\w-]+)*"  # 123/2024/NNPTNT-LAN
    r"|\b\d+/(?:qd|gcn|gxn|cn|ubnd|snn)[\w/-]*"  # 1185/QĐ-UBND
    r"|\b[a-z]+(?:-[a-z]+)*-\d[\d-]{2,}"  # VietGAP-TT-13-05-80-0042
    r"|\bvn-?[a-z]{2,4}(?:or|ph)?-?\d{3,}"  # growing-area and packing-house codes
    r"|\b(?:so|ma so|no\.?|gcn)\s*:?\s*[\w/-]*\d[\w/-]*"
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as the source tells it. `numbered` is False for a mere claim ("tự công bố")."""

    text: str
    numbered: bool


def is_numbered(text: str) -> bool:
    """Does the text hold the number of a paper that can be asked for?"""
    return _NUMBER.search(_STANDARDS.sub(" ", clean.fold(text))) is not None


def read(texts: Iterable[str] | None) -> tuple[Certificate, ...]:
    """The certificates of a record, each once, numbered ones first."""
    plain = dict.fromkeys(clean.text(text) for text in texts or ())
    found = [Certificate(text, is_numbered(text)) for text in plain if text]
    return tuple(sorted(found, key=lambda item: not item.numbered))
