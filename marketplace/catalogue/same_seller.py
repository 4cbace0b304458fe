"""Which accounts on the marketplaces are the same seller: by telephone number or tax code, the name as support.

A telephone number that more than three accounts of one marketplace bear is no one's own (a post office's, a hotline):
it is no evidence. Two tax codes that differ are evidence against.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, false, or_, select
from sqlalchemy.orm import Session

from connectors import clean
from marketplace.catalogue.corrections import Overlay
from marketplace.catalogue.models import Seller

MOST_OF_ONE_NUMBER = 3  # accounts of one marketplace
# More accounts than this cannot all be one seller's: five marketplaces, three each, and their tax codes.
_LOOKED_AT = 60
_OWN_NUMBER = re.compile(r"0\d{9,10}")  # a hotline (1900…) is nobody's own
_COMPARED = ("phone_key", "tax_code", "tax_code_hash")

# Legal forms and what marketplaces put before a name, long ones first; the rest of a name is its core.
_FORMS = re.compile(
    r"\b(?:lien hiep hop tac xa|hop tac xa|lh ?htx|htx ?nn|htx|to hop tac|to lien ket|tht|cong ty|cty|tnhh|mtv|"
    r"mot thanh vien|trach nhiem huu han|co phan|ctcp|cp|doanh nghiep tu nhan|dntn|chi nhanh|ho kinh doanh|hkd|"
    r"ho nong dan|nong ho|ho|co so san xuat|co so che bien|co so|cssx|trang trai|nong trai|nong trang|vuon|farm|"
    r"shop|cua hang|gian hang|official|store|san xuat|thuong mai|dich vu|xuat nhap khau|nong nghiep|nong san|"
    r"cong nghe cao|dac san|sach|sx|tm|dv|dvnn|nn|xnk|ns)\b"
)


@dataclass(frozen=True, slots=True)
class Account:
    """Another account of a seller, and why we think so: "cùng số điện thoại; tên giống nhau"."""

    id: int
    source: str
    name: str
    why: str


def core_name(name: str) -> tuple[str, ...]:
    """The words of a name without marks, legal form and trade words: "HTX NN Đồng Xanh" → ("dong", "xanh")."""
    plain = re.sub(r"[^a-z0-9]+", " ", clean.fold(name))
    return tuple(_FORMS.sub(" ", plain).split())


def names_alike(one: str, other: str) -> bool:
    """Is the core of one name the other's, or a part of it of two words or more?"""
    cores = sorted((core_name(one), core_name(other)), key=len)
    short, long = set(cores[0]), set(cores[1])
    return short == long != set() or (len(short) > 1 and short <= long)


def sellers_alike(session: Session, seller: Seller, laid: Overlay | None = None) -> tuple[Account, ...]:
    """The other visible accounts of this seller, on every marketplace. One statement, none where it tells neither
    number nor code.

    `laid`: corrections, which count before what the marketplaces say.
    """
    tests = {name: getattr(Seller, name) == value for name in _COMPARED if (value := getattr(seller, name))}
    if not _OWN_NUMBER.fullmatch(seller.phone_key or ""):
        tests.pop("phone_key", None)
    if not tests:
        return ()
    by_code = [test for name, test in tests.items() if name != "phone_key"]
    rows = session.execute(
        select(Seller.id, Seller.source, Seller.name, *(getattr(Seller, name) for name in _COMPARED))
        .where(or_(*tests.values()), Seller.gone_at.is_(None), ~Seller.outside, Seller.id != seller.id)
        .order_by(case((_any(by_code), 0), else_=1), Seller.id)
        .limit(_LOOKED_AT)
    ).mappings()
    others = [{**row, **(laid.columns("seller", row) if laid else {})} for row in map(dict, rows)]
    shared = {name: getattr(seller, name) for name in _COMPARED}
    if not _own_number(seller, others):
        shared["phone_key"] = None
    found = ((other, _why(seller.name, shared, other)) for other in others)
    return tuple(Account(other["id"], other["source"], other["name"], why) for other, why in found if why)


def _any(tests: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(*tests) if tests else false()


def _own_number(seller: Seller, others: Iterable[dict[str, Any]]) -> bool:
    """Is the seller's number borne by few enough accounts of every marketplace?"""
    bearers = Counter(other["source"] for other in others if other["phone_key"] == seller.phone_key)
    bearers[seller.source] += 1
    return max(bearers.values()) <= MOST_OF_ONE_NUMBER


def _why(name: str, shared: dict[str, Any], other: dict[str, Any]) -> str:
    """ "" where the two are not told to be one."""
    codes = [key for key in ("tax_code", "tax_code_hash") if shared[key] and other[key]]
    same_code = any(shared[key] == other[key] for key in codes)
    if codes and not same_code:
        return ""
    same_phone = bool(shared["phone_key"]) and shared["phone_key"] == other["phone_key"]
    signs = [("cùng mã số thuế", same_code), ("cùng số điện thoại", same_phone)]
    told = [words for words, holds in signs if holds]
    if told and names_alike(name, other["name"]):
        told.append("tên giống nhau")
    return ", ".join(told)
