"""Whether two accounts bear the same name: what is left of a name without legal form, trade words and goods. Pure.

Names are compared without marks. A person's name ("Phan Thị Mai", "Út Rẫy") is one only whole, in its order; of two
business names one may be a part of the other: "Đồng Xanh" and "Đồng Xanh Cần Đước".
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from marketplace.catalogue.categories import classify
from marketplace.catalogue.commodities import Word, find, words
from marketplace.places.gazetteer import GAZETTEER
from marketplace.places.spelling import syllables

# Legal forms, and what marketplaces and sellers put around a name.
_FORMS = (
    *("liên hiệp hợp tác xã", "hợp tác xã", "lh htx", "lhhtx", "htx", "htxnn", "tổ hợp tác", "tổ liên kết", "tht"),
    *("công ty", "cty", "tnhh", "mtv", "một thành viên", "hai thành viên", "trách nhiệm hữu hạn", "cổ phần", "ctcp"),
    *("cp", "doanh nghiệp tư nhân", "doanh nghiệp", "dntn", "chi nhánh", "hộ kinh doanh", "hkd", "hộ nông dân"),
    *("nông hộ", "hộ sản xuất", "hộ gia đình", "hộ", "cơ sở sản xuất", "cơ sở chế biến", "cơ sở", "cssx", "cs"),
    *("trang trại", "nông trại", "nông trang", "nhà vườn", "vườn", "farm", "shop", "cửa hàng", "gian hàng", "official"),
    *("store", "sản xuất", "thương mại", "dịch vụ", "xuất nhập khẩu", "chế biến", "nông nghiệp", "nông sản"),
    *("công nghệ cao", "ứng dụng công nghệ cao", "đặc sản", "nông sản sạch", "sạch", "sx", "tm", "dv", "dvnn", "nn"),
    *("xnk", "ns", "và", "long an", "tây ninh", "việt nam", "hữu cơ"),
)
_FORM_WORDS = tuple(sorted((words(form) for form in _FORMS), key=len, reverse=True))

# Family names with which nearly every Vietnamese name begins, and what people are called by instead of one.
_FAMILIES = frozenset(
    (
        *("nguyen", "tran", "le", "pham", "huynh", "hoang", "phan", "vu", "vo", "dang", "bui", "do", "ho", "ngo"),
        *("duong", "ly", "dinh", "truong", "lam", "mai", "cao", "chau", "ta", "thai", "doan", "trinh", "dao", "luu"),
        *("luong", "ha", "to", "ton", "ong", "quach", "kieu", "diep", "la", "tang", "van", "vuong", "nghiem", "thach"),
    )
)
_CALLED = frozenset(("ba", "co", "chu", "anh", "chi", "ong", "di", "bac", "cau", "ut", "mo", "thim", "thay"))
_LONGEST_PERSON = 5  # words


class Core(NamedTuple):
    """The words of a name that are its own. `person`: it is somebody's; `said`: with the goods it names."""

    words: tuple[str, ...]
    person: bool
    said: tuple[str, ...]


@lru_cache(maxsize=4_096)
def core(name: str) -> Core:
    """What is left of a name: "HTX Thanh long Đồng Xanh" → ("dong", "xanh"), "Hộ Lê Thị Mẫu" → ("le", "thi", "mau")."""
    said = tuple(word for word in words(name) if word.bare.isalnum())
    start = 0
    while form := _form(said[start:]):
        start += form
    end = len(said)
    while end > start and (form := _form_before(said[start:end])):
        end -= form
    rest = said[start:end]
    for at in range(len(rest)):
        if _is_person(rest[at:]) and (at == 0 or classify(" ".join(word.text for word in rest[:at])) is not None):
            own = tuple(word.bare for word in rest[at:])
            return Core(own, person=True, said=own)
    goods = {at for found in find(rest) for at in range(found.start, found.end)}
    kept: list[str] = []
    at = 0
    while at < len(rest):
        form = 0 if at in goods else _form(rest[at:])
        if not form and at not in goods:
            kept.append(rest[at].bare)
        at += form or 1
    return Core(tuple(kept), person=False, said=tuple(word.bare for word in rest))


def alike(one: str, other: str) -> bool:
    """Are two names those of one seller, as far as names can tell? Never for names of which nothing is left."""
    mine, theirs = core(one).words, core(other).words
    if mine == theirs:
        return bool(mine)
    if core(one).person or core(other).person:
        return False
    short, long = sorted((mine, theirs), key=len)
    numbered = any(word.isdecimal() for word in set(long) - set(short))  # "Đồng Xanh 2" is a sister, or another
    if len(short) < 2 or numbered or _is_place(short):
        return False
    return any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1))


def _is_person(said: tuple[Word, ...]) -> bool:
    first = said[0].bare
    if first == "ho" and said[0].marked and said[0].exact != _HO:
        return False
    return 2 <= len(said) <= _LONGEST_PERSON and (first in _FAMILIES or first in _CALLED)


def _form(said: tuple[Word, ...]) -> int:
    """The number of words of the longest form that `said` begins with."""
    for form in _FORM_WORDS:
        if len(form) <= len(said) and _same(said[: len(form)], form):
            return 0 if form == _HOUSEHOLD and _is_family_name(said) else len(form)
    return 0


def _form_before(said: tuple[Word, ...]) -> int:
    """The number of words of the longest form that `said` ends with, if anything stands before it."""
    for form in _FORM_WORDS:
        if len(form) < len(said) and _same(said[-len(form) :], form):
            return len(form)
    return 0


def _same(said: tuple[Word, ...], form: tuple[Word, ...]) -> bool:
    return all(
        word.exact == wanted.exact or (not word.marked and word.bare == wanted.bare)
        for word, wanted in zip(said, form, strict=True)
    )


_HOUSEHOLD = words("hộ")
_HO = words("hồ")[0].exact


def _is_family_name(said: tuple[Word, ...]) -> bool:
    """Of a name without marks: is "ho" a family name here ("Ho Kim Lien"), not a household ("Ho Le Thi Mau")?"""
    return not said[0].marked and 2 < len(said) <= _LONGEST_PERSON and said[1].bare not in _FAMILIES


def _is_place(core_words: tuple[str, ...]) -> bool:
    """A place says where a seller is, not who."""
    return bool(GAZETTEER.look_up(syllables(" ".join(core_words))))
