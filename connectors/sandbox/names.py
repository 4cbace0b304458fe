"""Invented names of people and facilities, and the slugs the sites make of names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from .records import SellerKind

Pick = Callable[[Sequence[str]], str]


def _words(text: str) -> tuple[str, ...]:
    """Words separated by white space; an underscore stands for a blank inside a word."""
    return tuple(word.replace("_", " ") for word in text.split())


_SURNAMES = _words("Nguyễn Trần Lê Phạm Huỳnh Võ Phan Trương Bùi Đặng Đỗ Ngô Hồ Dương Đoàn Lý Mai Cao Tô Châu")
_MALE = (
    _words("Văn Hữu Minh Thanh Quốc Công Đức Tấn Ngọc Hoàng Phước Chí"),
    _words(
        "An Bình Cường Danh Dũng Đạt Giàu Hải Hiếu Hòa Hùng Khánh Khoa Lâm Lộc Lợi Long Mẫn Nam Nghĩa Nhân Phát Phong "
        "Phú Phúc Quân Quý Sang Sơn Tài Tâm Thành Thắng Thịnh Tiến Toàn Trí Trung Tuấn Vinh Vũ"
    ),
)
_FEMALE = (
    _words("Thị Ngọc Kim Mỹ Thanh Bích Hồng Thúy Phương Thu"),
    _words(
        "Ánh Bích Chi Cúc Diễm Dung Đào Điệp Giang Hà Hạnh Hiền Hoa Hồng Huệ Hương Lan Liên Loan Ly Mai Ngân Nga Nhung "
        "Nương Oanh Phượng Sen Sương Thảo Thắm Thơm Thủy Trang Trúc Tuyết Vân Xuân Yến"
    ),
)
_NICKS = (
    _words("Hai Ba Tư Năm Sáu Bảy Tám Chín Mười Út"),
    _words("Thơm Lành Mến Hiền Đồng Sông Lúa Tràm Sen Nắng Gió Rẫy Ruộng Vườn Cần Chài"),
)
_CORE = (
    _words("Đồng Vườn Ruộng Sông Rạch Kênh Giồng Cánh Nắng Gió Mùa Hương Mưa Nước Hạt Lá Đất Mầm Bờ Nhịp Tiếng Suối"),
    _words(
        "Xanh Sớm Mới Lành Vàng Ngọt Cò Sen Tràm Nội Bưng Biếc Trong Thảo Mát Lúa Phù_Sa Ban_Mai Bình_Yên Quê_Mình "
        "Nở_Hoa Trĩu_Hạt Lên_Đòng Sum_Suê Thuận_Mùa"
    ),
)

_PATTERNS: dict[SellerKind, tuple[str, ...]] = {
    "htx": (
        "HTX Nông nghiệp {core}",
        "HTX {crop} {core}",
        "HTX DVNN {core}",
        "Hợp tác xã Nông nghiệp {core}",
        "HTX SX - TM - DV Nông nghiệp {core}",
        "HTX nông nghiệp công nghệ cao {core}",
        "HTX {core}",
    ),
    "tht": ("Tổ hợp tác {crop} {core}", "THT {crop} {core}", "Tổ liên kết sản xuất {crop} {core}"),
    "ho": (
        "Hộ kinh doanh {person}",
        "Hộ {person}",
        "{person}",
        "HKD {person}",
        "Hộ nông dân {person}",
        "Hộ sản xuất {person}",
    ),
    "trang_trai": ("Trang trại {core}", "Nông trại {core}", "Vườn {crop} {nick}", "{core} Farm"),
    "doanh_nghiep": (
        "Công ty TNHH {core}",
        "Công ty TNHH MTV SX TM DV {core}",
        "Công ty Cổ phần Nông sản {core}",
        "Công ty TNHH SX & TM {core}",
        "Cty TNHH XNK {core}",
        "DNTN {core}",
        "Công ty TNHH {core} & Cộng Sự",
        "Chi nhánh Công ty TNHH {core}",
    ),
    "co_so": ("Cơ sở {crop} {nick}", "CSSX {nick}", "Cơ sở chế biến {core}", "CS {crop} {nick}", "Lò {crop} {nick}"),
}
_SHOP_PATTERNS = ("{core} Store", "Gian hàng {core}", "Nông sản {core}", "Đặc sản {core} Long An", "Shop {core}")

_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slugify(text: str) -> str:
    """ "Gạo Nàng Thơm Chợ Đào" → "gao-nang-thom-cho-dao"."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d")).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", bare).strip("-")


def unmarked(text: str) -> str:
    """The text without diacritics, as people type on an old telephone."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return bare.encode("ascii", "ignore").decode()


def person(pick: Pick) -> str:
    middles, givens = _MALE if pick("mf") == "m" else _FEMALE
    return f"{pick(_SURNAMES)} {pick(middles)} {pick(givens)}"


def facility(kind: SellerKind, crop: str, pick: Pick) -> tuple[str, str, str]:
    """Name, core of the name, and the person who speaks for it."""
    director = person(pick)
    pattern = pick(_PATTERNS[kind])
    if "{person}" in pattern:
        return pattern.format(person=director), director, director
    if "{nick}" in pattern:
        core = f"{pick(_NICKS[0])} {pick(_NICKS[1])}"
        return pattern.format(nick=core, crop=crop.lower()), core, director
    core = f"{pick(_CORE[0])} {pick(_CORE[1])}"
    return pattern.format(core=core, crop=crop), core, director


def shop_name(seller_name: str, core: str, pick: Pick) -> str:
    """What a facility calls itself on its second site: seldom exactly the same."""
    return pick((*(pattern.format(core=core) for pattern in _SHOP_PATTERNS), seller_name, unmarked(seller_name)))
