"""Which accounts on the marketplaces are the same seller: those with the same tax code, and those with the same
telephone number whose names are alike. A number alone is no proof: families, cooperatives and agents share theirs.

A number that more than three sellers bear, over all marketplaces, is no one's own (a post office's, a helper's): it is
no evidence. Tax codes that differ, and for those told by their number old districts that differ, are evidence against.

postmart.vn and voso.vn show neither number nor code (`SILENT`): an account there is never recognised from its pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, case, false, or_, select
from sqlalchemy.orm import Session

from marketplace import places
from marketplace.catalogue import seller_names
from marketplace.catalogue.corrections import Overlay
from marketplace.catalogue.models import Seller

# Marketplaces whose pages show neither telephone nor tax code of who sells: connectors/sources tells what each shows.
SILENT: Final = ("postmart", "voso")

MOST_OF_ONE_NUMBER = 3  # sellers, on all marketplaces together
# More accounts than this cannot all be one seller's: five marketplaces, three each, and their tax codes.
_LOOKED_AT = 60
_OWN_NUMBER = re.compile(r"0\d{9,10}")  # a hotline (1900…) is nobody's own
_CODES = ("tax_code", "tax_code_hash")
_COMPARED = ("phone_key", *_CODES)
_READ = ("id", "source", "name", *_COMPARED, "old_district", "unit_2025")

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """Another account of a seller, and why we say so: "cùng số điện thoại, tên giống nhau"."""

    id: int
    source: str
    name: str
    why: str


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
        select(*(getattr(Seller, name) for name in _READ))
        .where(or_(*tests.values()), Seller.gone_at.is_(None), ~Seller.outside, Seller.id != seller.id)
        .order_by(case((_any(by_code), 0), else_=1), Seller.id)
        .limit(_LOOKED_AT)
    ).mappings()
    others: list[_Row] = [{**row, **(laid.columns("seller", row) if laid else {})} for row in map(dict, rows)]
    here: dict[str, Any] = {name: getattr(seller, name) for name in _READ}
    if "phone_key" not in tests or not _own_number(here, others):
        here["phone_key"] = None
    found = ((other, _why(here, other)) for other in others)
    return tuple(Account(other["id"], other["source"], other["name"], why) for other, why in found if why)


def _any(tests: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(*tests) if tests else false()


def _own_number(here: _Row, others: Sequence[_Row]) -> bool:
    """Is the number borne by few enough sellers? Accounts of one name or tax code count as one."""
    sellers: list[list[_Row]] = []
    for row in (here, *(other for other in others if other["phone_key"] == here["phone_key"])):
        same = [bearers for bearers in sellers if any(_one(row, bearer) for bearer in bearers)]
        sellers = [bearers for bearers in sellers if bearers not in same]
        sellers.append([row, *(bearer for bearers in same for bearer in bearers)])
    return len(sellers) <= MOST_OF_ONE_NUMBER


def _one(one: _Row, other: _Row) -> bool:
    return _codes_agree(one, other) or seller_names.alike(one["name"], other["name"])


def _codes_agree(one: _Row, other: _Row) -> bool | None:
    """None where one of the two tells none."""
    both = [name for name in _CODES if one[name] and other[name]]
    return any(one[name] == other[name] for name in both) if both else None


def _why(here: _Row, other: _Row) -> str:
    """ "" where the two are not told to be one."""
    codes = _codes_agree(here, other)
    if codes is False:
        return ""
    named = seller_names.alike(here["name"], other["name"])
    called = bool(here["phone_key"]) and here["phone_key"] == other["phone_key"]
    if not codes and not (called and named and _may_be_neighbours(here, other)):
        return ""
    signs = (("cùng mã số thuế", codes), ("cùng số điện thoại", called), ("tên giống nhau", named))
    return ", ".join(words for words, holds in signs if holds)


def _may_be_neighbours(one: _Row, other: _Row) -> bool:
    """Not where both tell their old district, and other ones."""
    mine, theirs = _districts(one), _districts(other)
    return not (mine and theirs and mine.isdisjoint(theirs))


def _districts(row: _Row) -> set[str]:
    if row["old_district"]:
        return {row["old_district"]}
    return set(places.districts_of_unit(row["unit_2025"])) if row["unit_2025"] else set()
