"""What the invented world is made of: goods, places, and the category trees of the two sites.

`communes.csv`: the 186 communes of Long An before 2025-07-01 with their unit since (empty where one went to several);
GSO codes and Resolution 1682/NQ-UBTVQH15. `goods.csv`: what grows or is made in which old district, with plausible
prices.
Category labels and numbers are the sites' own.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent


class Commune(NamedTuple):
    ward: str  # "Xã Long Trì"
    district: str  # "Huyện Châu Thành"
    unit_2025: str  # "" when the old commune went to several units


class Offer(NamedTuple):
    unit: str  # "kg", "túi 5kg", "chục"
    low: int  # ₫ for one unit
    high: int


class Good(NamedTuple):
    name: str
    districts: frozenset[str]  # short names; empty: everywhere
    nongsan_category: str
    voso_category: str
    offers: tuple[Offer, ...]
    variants: tuple[str, ...]


class VosoCategory(NamedTuple):
    number: str
    slug: str
    label: str
    parent: str  # "" for a root


# Province outside Long An → a ward, a district. Names that also exist in Long An or Tây Ninh are there on purpose.
ELSEWHERE: tuple[tuple[str, str, str], ...] = (
    ("Phường 5", "Thành phố Mỹ Tho", "Tiền Giang"),
    ("Xã Tân Hương", "Huyện Châu Thành", "Tiền Giang"),
    ("Xã An Hiệp", "Huyện Châu Thành", "Bến Tre"),
    ("Phường 11", "Thành phố Cao Lãnh", "Đồng Tháp"),
    ("Xã Tân Hội Trung", "Huyện Cao Lãnh", "Đồng Tháp"),
    ("Phường Hiệp Ninh", "Thành phố Tây Ninh", "Tây Ninh"),
    ("Xã Thái Bình", "Huyện Châu Thành", "Tây Ninh"),
    ("Phường Cái Khế", "Quận Ninh Kiều", "Cần Thơ"),
    ("Phường Đông Vệ", "Thành phố Thanh Hóa", "Thanh Hóa"),
    ("Phường Hiệp Bình Chánh", "Thành phố Thủ Đức", "TP. Hồ Chí Minh"),
    ("Xã Tân Kiên", "Huyện Bình Chánh", "TP. Hồ Chí Minh"),
    ("Phường Hải Tân", "Thành phố Hải Dương", "Hải Dương"),
    ("Phường 2", "Thành phố Đà Lạt", "Lâm Đồng"),
    ("Phường Tân Lợi", "Thành phố Buôn Ma Thuột", "Đắk Lắk"),
)

# What a cooperative of the district puts in its name.
CROPS: dict[str, tuple[str, ...]] = {
    "Tân An": ("Thanh long", "Rau an toàn", "Hoa kiểng"),
    "Kiến Tường": ("Lúa", "Khô cá", "Mật ong tràm"),
    "Tân Hưng": ("Lúa gạo", "Sen", "Cá đồng"),
    "Vĩnh Hưng": ("Lúa gạo", "Cà na"),
    "Mộc Hóa": ("Lúa", "Tràm", "Cá đồng"),
    "Tân Thạnh": ("Nấm", "Lúa", "Mít"),
    "Thạnh Hóa": ("Khoai mỡ", "Chanh", "Mật ong"),
    "Đức Huệ": ("Chuối", "Chanh", "Mía"),
    "Đức Hòa": ("Đậu phộng", "Bò sữa", "Rau an toàn"),
    "Bến Lức": ("Chanh không hạt", "Khóm", "Rượu đế"),
    "Thủ Thừa": ("Nếp", "Bánh tét", "Thanh long"),
    "Tân Trụ": ("Thanh long", "Chùm ngây", "Tôm"),
    "Cần Đước": ("Gạo đặc sản", "Lạp xưởng", "Tôm"),
    "Cần Giuộc": ("Rau an toàn", "Cốm ngò", "Tôm"),
    "Châu Thành": ("Thanh long", "Dưa hấu", "Tôm"),
}

# label, slug, children
NONGSAN_TREE: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("Rau, củ, quả", "rau-cu-qua", (("Rau, củ, quả tươi", "rau-cu-qua-tuoi"), ("Hoa quả tươi", "hoa-qua-tuoi"))),
    (
        "Thịt gia súc, gia cầm",
        "thit-gia-suc-gia-cam",
        (
            ("Thịt lợn", "thit-lon"),
            ("Thịt bò", "thit-bo"),
            ("Thịt gà, vịt", "thit-ga-vit"),
            ("Trứng gà, vịt, chim", "trung-gia-cam"),
        ),
    ),
    (
        "Ngũ cốc, gia vị",
        "ngu-coc-gia-vi",
        (
            ("Lương thực", "luong-thuc"),
            ("Ngũ cốc sơ chế", "ngu-coc-so-che"),
            ("Muối, đường", "muoi-duong"),
            ("Cacao, điều, hồ tiêu", "cacao-dieu-ho-tieu"),
            ("Nước mắm", "nuoc-mam"),
        ),
    ),
    (
        "Đồ uống, dược liệu",
        "do-uong-duoc-lieu",
        (("Nước giải khát", "nuoc-giai-khat"), ("Sữa và các SP từ sữa", "sua-va-cac-sp-tu-sua")),
    ),
    ("Sản phẩm đóng gói", "san-pham-dong-goi", (("Bánh, kẹo", "banh-keo"),)),
    (
        "Thủy, hải sản",
        "thuy-hai-san",
        (("Tôm, cua, ốc", "tom-cua-oc"), ("Cá ao hồ", "ca-ao-ho"), ("Cá biển", "ca-bien")),
    ),
    ("Các sản phẩm khác", "cac-san-pham-khac", ()),
)

# Lists that look like categories and are none.
NONGSAN_PSEUDO: tuple[tuple[str, str], ...] = (
    ("Sản phẩm khuyến mại", "khuyen-mai"),
    ("Sản phẩm mới", "moi-ban"),
    ("Sản phẩm được mua nhiều", "mua-nhieu"),
    ("Sản phẩm được xem nhiều", "quan-tam"),
)

VOSO_CATEGORIES: tuple[VosoCategory, ...] = (
    VosoCategory("137", "san-dac-san", "Sàn đặc sản", ""),
    VosoCategory("138", "dac-san-mien-bac", "Đặc sản miền Bắc", "137"),
    VosoCategory("139", "dac-san-mien-trung", "Đặc sản miền Trung", "137"),
    VosoCategory("140", "dac-san-mien-tay", "Đặc sản miền Tây", "137"),
    VosoCategory("141", "dac-san-nam-bo", "Đặc sản Nam Bộ", "137"),
    VosoCategory("142", "dac-san-tay-nguyen", "Đặc sản Tây Nguyên", "137"),
    VosoCategory("225", "dac-san-trai-cay", "Đặc sản trái cây", "137"),
    VosoCategory("84", "bach-hoa", "Bách hóa", ""),
    VosoCategory("27", "thiet-bi-dien-tu", "Thiết bị điện tử", ""),
    VosoCategory("74", "me-be", "Mẹ & Bé", ""),
    VosoCategory("63", "suc-khoe-lam-dep", "Sức khỏe - Làm đẹp", ""),
    VosoCategory("69", "thuc-pham-chuc-nang", "Thực phẩm chức năng", "63"),
    VosoCategory("53", "dien-gia-dung", "Điện gia dụng", ""),
    VosoCategory("41", "phu-kien-thiet-bi-so", "Phụ kiện thiết bị số", ""),
    VosoCategory("94", "thoi-trang-nam", "Thời trang Nam", ""),
    VosoCategory("104", "thoi-trang-nu", "Thời trang Nữ", ""),
    VosoCategory("114", "the-thao-du-lich", "Thể thao - Du lịch", ""),
    VosoCategory("122", "oto-xe-may", "Ôtô - Xe máy", ""),
    VosoCategory("130", "hang-nhap-khau", "Hàng nhập khẩu", ""),
    VosoCategory("143", "thu-cong-my-nghe", "Thủ công mỹ nghệ", ""),
    VosoCategory("153", "co-khi-xay-dung", "Cơ khí - Xây dựng", ""),
    VosoCategory("167", "voucher-dich-vu", "Voucher - Dịch vụ", ""),
    VosoCategory("199", "vat-lieu-xay-dung", "Vật liệu xây dựng", ""),
    VosoCategory("237", "vat-tu-nong-nghiep", "Vật tư nông nghiệp", ""),
    VosoCategory("238", "giong-cay-trong", "Giống cây trồng", "237"),
    VosoCategory("239", "giong-vat-nuoi", "Giống vật nuôi", "237"),
    VosoCategory("240", "phan-bon", "Phân bón", "237"),
    VosoCategory("241", "thuc-an-chan-nuoi-thuy-san", "Thức ăn chăn nuôi - thủy sản", "237"),
    VosoCategory("242", "thuoc-bao-ve-thuc-vat", "Thuốc bảo vệ thực vật", "237"),
    VosoCategory("243", "thuoc-thu-y", "Thuốc thú y", "237"),
    VosoCategory("244", "che-pham-sinh-hoc", "Chế phẩm sinh học", "237"),
    # Linked from the home page only; no menu names it.
    VosoCategory("165", "hang-tieu-dung-thuc-pham", "Hàng tiêu dùng - Thực phẩm", ""),
)

NONGSAN_LABELS: dict[str, str] = {
    slug: label for top_label, top_slug, children in NONGSAN_TREE for label, slug in ((top_label, top_slug), *children)
}
NONGSAN_PARENT: dict[str, str] = {slug: top for _, top, children in NONGSAN_TREE for _, slug in children}
VOSO_BY_NUMBER: dict[str, VosoCategory] = {category.number: category for category in VOSO_CATEGORIES}


def short_district(district: str) -> str:
    """ "Huyện Châu Thành" → "Châu Thành"."""
    for prefix in ("Thành phố ", "Thị xã ", "Huyện "):
        if district.startswith(prefix):
            return district[len(prefix) :]
    return district


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def communes() -> tuple[Commune, ...]:
    """The 186 old communes."""
    return tuple(Commune(row["commune"], row["district"], row["unit_2025"]) for row in _rows("communes.csv"))


def _offer(text: str) -> Offer:
    unit, low, high = text.rsplit(":", 2)
    return Offer(unit, int(low), int(high))


@cache
def goods() -> tuple[Good, ...]:
    """Everything the world sells."""
    return tuple(
        Good(
            name=row["name"],
            districts=frozenset(filter(None, row["districts"].split(";"))),
            nongsan_category=row["nongsan_category"],
            voso_category=row["voso_category"],
            offers=tuple(_offer(text) for text in row["offers"].split(";")),
            variants=tuple(filter(None, row["variants"].split(";"))),
        )
        for row in _rows("goods.csv")
    )


@cache
def goods_of(district: str) -> tuple[Good, ...]:
    """Goods of an old district (short name): its own twice as often as those at home everywhere.

    For a district we know nothing of: those at home everywhere, and some of all others.
    """
    own = tuple(good for good in goods() if district in good.districts)
    anywhere = tuple(good for good in goods() if not good.districts)
    return own + own + anywhere if own else anywhere + goods()[::5]
