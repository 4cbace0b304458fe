"""The words of htx.cooplink.com.vn as clean.fold writes them: labels, roles, product groups."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from connectors.contract import Side
from connectors.labelled import Labels, label_of

_FIELDS: Mapping[str, str] = {
    "ignored": "stt|tt|so tt|#|thao tac|xem|chi tiet",  # known and left out: a row's number changes with every sorting
    "name": "ten don vi|don vi|ten htx|ten hop tac xa|htx|ten co so|co so|dau moi|ten dau moi|ten to chuc",
    "kind": "loai hinh|loai hinh don vi",
    "contact": "nguoi lien he|dai dien|nguoi dai dien|ho ten|ho va ten",
    "phone": "so dien thoai|dien thoai|sdt|so dt|dt|lien he|dien thoai lien he|so dien thoai lien he",
    "province": "tinh|tinh/tp|tinh/thanh pho|tinh thanh|tinh, thanh pho",
    "district": "huyen|quan/huyen|quan huyen|huyen/thi xa",
    "commune": "xa|xa/phuong|phuong/xa|phuong xa",
    "address": "dia chi",
    "title": "tieu de|noi dung",
    "product": "san pham|ten san pham|mat hang|ten mat hang|nong san|ten nong san",
    "group": "nhom hang|loai|nhom|nhom san pham|nhom nong san|nhom mat hang",
    "quantity": "san luong|so luong|khoi luong",
    "unit": "don vi tinh|dvt",
    "price": "gia|gia ban|gia mua|gia de nghi|don gia",
    "role": "nhu cau|mua/ban|ban/mua|loai dang ky|vai tro",
    "period": "thoi gian|thoi gian cung ung|thoi gian cung cap",
    "posted": "ngay dang|ngay dang ky",
    "expires": "het han|ngay het han|han",
    "standard": "tieu chuan|chung nhan|tieu chuan/chung nhan|chat luong",
    "note": "ghi chu",
}
# As `Source.selectors` holds them: "label.phone" and the words for it.
LABELS: Mapping[str, str] = {f"label.{name}": labels for name, labels in _FIELDS.items()}
MEASURED = ("quantity", "price")  # whose unit may stand behind the label: "Sản lượng (tấn/ngày)"
KEYS = ("name", "product")  # without one of these a table or card is about something else

_SELL = "ban|can ban|dang ky ban|chao ban|don vi ban|ben ban|nguoi ban|don vi dang ky ban|nhu cau ban"
_BUY = "mua|can mua|dang ky mua|chao mua|don vi mua|ben mua|nguoi mua|don vi dang ky mua|nhu cau mua|thu mua"
SIDES: Mapping[str, Side] = {
    **dict.fromkeys(_SELL.split("|"), "sell"),
    **dict.fromkeys(_BUY.split("|"), "buy"),
    "tim doi tac": "partner",
}
# Registered with the site, but neither seller nor buyer: folded role → its name where they are counted.
_STATE, _ORGANISATION = "cơ quan nhà nước hỗ trợ", "tổ chức hỗ trợ nông dân"
HELPERS: Mapping[str, str] = {
    "co quan ho tro": _STATE,
    "co quan nha nuoc": _STATE,
    "co quan nha nuoc ho tro": _STATE,
    "don vi nha nuoc ho tro": _STATE,
    "to chuc ho tro": _ORGANISATION,
    "to chuc ho tro nong dan": _ORGANISATION,
    "to chuc ho tro mua ban": _ORGANISATION,
    "to chuc ho tro nong dan mua ban": _ORGANISATION,
}
GROUPS = frozenset(
    {
        "rau cu",
        "trai cay",
        "thuy hai san, chan nuoi",
        "thuy hai san",
        "luong thuc",
        "cac mat hang khac",
    }
)
# How a page says that its list is empty.
NOTHING = ("khong co du lieu", "chua co du lieu", "chua co tin", "khong co tin", "khong tim thay tin", "no data")


def labels_by_word(css: Mapping[str, str]) -> Labels:
    """The field of each label, by what a source's table of selectors says."""
    return _by_word(tuple(css[name] for name in LABELS))


@lru_cache(maxsize=16)
def _by_word(told: tuple[str, ...]) -> Labels:
    """`told` has the labels of each field in the order of _FIELDS, separated by "|", written in any way."""
    names = ("" if name == "ignored" else name for name in _FIELDS)
    found = {label_of(label): name for name, labels in zip(names, told, strict=True) for label in labels.split("|")}
    found.pop("", None)
    return found
