"""Which certificates a record names, and is one told with its number or only claimed? Pure.

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

# Which certificate a text names: code, name, and how it is written once marks and capitals are gone.
_KINDS = (
    ("vietgap", "VietGAP", re.compile(r"\bviet\s?gah?p\b")),
    ("globalgap", "GlobalG.A.P.", re.compile(r"\bglobal\s?g\.?\s?a\.?\s?p\b|\bggn\b")),
    ("haccp", "HACCP", re.compile(r"\bhaccp\b")),
    ("iso-22000", "ISO 22000", re.compile(r"\biso\s?22000\b")),
    ("huu-co", "Hữu cơ", re.compile(r"\bhuu co\b|\borganic\b|\btcvn 11041\b")),
)
# "OCOP năm 2023 đạt 4 sao", "OCOP: ★★★★", "5 sao OCOP"; no "OCOP, khách chấm 5 sao".
_BESIDE_OCOP = (
    r"(?:[\s:,()–-]|(?:19|20)\d{2}|nam|dat|duoc|cong nhan|xep|hang|chuan|tieu|cap|tinh|huyen|quoc gia|san pham|"
    r"chung nhan|long an|tay ninh)*"
)
_OCOP = re.compile(rf"\bocop\b{_BESIDE_OCOP}(?:([3-5])\s?(?:sao|★|\*)|(★{{3,5}})(?!★))|\b([3-5])\s?(?:sao|★)\s?ocop\b")
# What is said before or after a certificate that is not there: "Chưa có chứng nhận VietGAP", "VietGAP: chưa có", "đang
# chuyển đổi sang hữu cơ". It holds for a list of them: "không có VietGAP, GlobalGAP". Of a text without marks "chua" is
# believed only before such a word, and not after one that makes it sour: "cà chua đạt VietGAP", "sữa chua hữu cơ".
_NOT_YET = re.compile(r"(?<!\w)chưa(?!\w)")
_BETWEEN = (
    r"(?:[\s:,/()–-]|he|phai|la|co|dat|duoc|cap|giay|to|chung|nhan|chuan|tieu|theo|ap|dung|san|xuat|kip|ky|dang|hoac|hay|"
    r"nao|viet\s?gah?p|global\s?g\.?\s?a\.?\s?p\.?|haccp|iso\s?22000|huu co|organic|ocop)*"
)
_DENIED_BEFORE = re.compile(
    r"(?:\bkhong\b|(?<!ca )(?<!sua )(?<!dua )\bchua\b(?=\s+(?:co|dat|duoc)\b)"
    r"|\b(?:dang|sap|se)\s+(?:(?:trong|qua|trinh|giai|doan|thoi|ky|lam|xin|cho|xay|dung|huong|toi|den|ho|so|dang)\s+)*"
    r"(?:chuyen\s+doi(?:\s+sang)?|cap|(?<!dang )(?:dat|co)|dang\s+ky|xin|cho|lam\s+ho\s+so)\b"
    r"|\bchuyen\s+doi(?:\s+sang)?\b)"
    rf"{_BETWEEN}$"
)
_DENIED_AFTER = re.compile(
    r"\s*(?:[:=(–-]\s*(?:khong\b(?=\s*(?:co|dat|[).,;]|$))|dang\s+(?:cho|xin|lam|chuyen)\b|sap\b)"
    r"|[:=(–-]?\s*(?:khong|chua)\s+(?:co|dat|duoc)\b|[:=(–-]?\s*(?:da\s+)?het\s+(?:han|hieu luc)\b)"
)
# "Phân hữu cơ" is a fertiliser, not organic goods.
_FERTILISER = re.compile(
    r"\b(?:phan|che pham|vi sinh|dinh duong|gia the|dat)\b.{0,40}\bhuu co\b|\bhuu co (?:vi sinh|khoang)\b"
)
_NUMBERED = "-co-so"
_STARS = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as the source tells it. `numbered` is False for a mere claim ("tự công bố")."""

    text: str
    numbered: bool


def is_numbered(text: str) -> bool:
    """Does the text hold the number of a paper that can be asked for?"""
    return _NUMBER.search(_STANDARDS.sub(" ", clean.fold(text))) is not None


def read(texts: Iterable[str] | None) -> tuple[Certificate, ...]:
    """The certificates of a record, each once, numbered ones first; not what it says it has not."""
    plain = dict.fromkeys(clean.text(text) for text in texts or ())
    found = [Certificate(text, is_numbered(text)) for text in plain if text and not _is_denial(text)]
    return tuple(sorted(found, key=lambda item: not item.numbered))


def codes(texts: Iterable[str] | None, title: str = "", ocop_stars: int | None = None) -> tuple[str, ...]:
    """What a record can be filtered by: the codes of `names` it bears.

    A certificate that is only named ("VietGAP", in the title too) bears its code; one told with its number bears the
    code and the one of numbered papers as well ("vietgap-co-so"): a claim stays a claim. OCOP stars are as the source
    shows them or names them.
    """
    found: dict[str, None] = {}
    stars = {ocop_stars}
    for text in (*(texts or ()), title):
        folded = _folded(text)
        for code, _, pattern in _KINDS:
            if not _told(pattern, folded) or (code == "huu-co" and _FERTILISER.search(folded)):
                continue
            found[code] = None
            if text is not title and is_numbered(text):
                found[code + _NUMBERED] = None
        stars.update(int(one[1] or one[3] or len(one[2])) for one in _told(_OCOP, folded))
    found.update((f"ocop-{count}", None) for count in _STARS if count in stars)
    return tuple(found)


def _is_denial(text: str) -> bool:
    """Does a text name certificates only to say that they are missing?"""
    folded = _folded(text)
    named = [pattern for pattern in (*(pattern for _, _, pattern in _KINDS), _OCOP) if pattern.search(folded)]
    return bool(named) and not any(_told(pattern, folded) for pattern in named)


def _folded(text: str) -> str:
    """Without marks, "chưa" (not yet) as "khong", since without its marks it reads like "chua" (sour)."""
    return clean.fold(_NOT_YET.sub("không", clean.text(text).lower()))


def _told(pattern: re.Pattern[str], folded: str) -> list[re.Match[str]]:
    """Where a text names a certificate that it does not say is missing."""
    return [
        found
        for found in pattern.finditer(folded)
        if not _DENIED_BEFORE.search(folded[: found.start()]) and not _DENIED_AFTER.match(folded, found.end())
    ]


def names() -> dict[str, str]:
    """Every code with its name, as the filters show it."""
    stars = {f"ocop-{count}": f"OCOP {count} sao" for count in _STARS}
    named = {code: name for code, name, _ in _KINDS}
    return {**stars, **named, **{code + _NUMBERED: f"{name}, có ghi số" for code, name in named.items()}}
