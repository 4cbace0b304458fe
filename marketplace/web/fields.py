"""How a changed column of a record reads: its Vietnamese name, its values in words, and which are nobody's business."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketplace import places
from marketplace.catalogue import categories
from marketplace.catalogue.corrections import Corrected
from marketplace.web.formats import day, decimal, excerpt, number, vnd
from marketplace.web.privacy import masked_phones, without_contacts

_SHOWN = 160  # characters of a long value


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a difference. `hidden`: the values are personal, only that they changed is told."""

    label: str
    before: str
    after: str
    hidden: bool = False


def _text(value: Any) -> str:
    return excerpt(without_contacts(str(value)), _SHOWN)


def _named(name: Callable[[str], str]) -> Callable[[Any], str]:
    """The name of a code; an unknown code stands for itself."""

    def show(value: Any) -> str:
        try:
            return name(str(value))
        except KeyError:
            return str(value)

    return show


def _yes_no(value: Any) -> str:
    return "có" if value else "không"


def _date(value: Any) -> str:
    return day(datetime.fromisoformat(value) if isinstance(value, str) else value)


_GROUP = _named(lambda code: categories.group(code).name)
_SIDES = {"buy": "cần mua", "sell": "cần bán", "partner": "tìm đối tác"}

# In the order they are shown. Columns worked out of others (`_DERIVED`) are not shown beside those.
SHOWN: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "name": ("tên", _text),
    "title": ("tên", _text),
    "side": ("loại tin", lambda value: _SIDES.get(str(value), str(value))),
    "price_text": ("giá ghi trên sàn", _text),
    "price_vnd": ("giá", lambda value: vnd(int(value))),
    "list_price_vnd": ("giá niêm yết", lambda value: vnd(int(value))),
    "unit": ("đơn vị", _text),
    "in_stock": ("còn hàng", _yes_no),
    "quantity_text": ("số lượng", _text),
    "product": ("mặt hàng", _text),
    "product_count": ("số sản phẩm", lambda value: number(int(value))),
    "kind": ("loại người bán", _text),
    "seller_name": ("người bán", _text),
    "category": ("danh mục trên sàn", _text),
    "group_code": ("nhóm hàng", _GROUP),
    "ocop_stars": ("sao OCOP", _text),
    "certificates": ("chứng nhận", lambda value: _text("; ".join(value) if isinstance(value, list) else value)),
    "traceable": ("tem truy xuất", _yes_no),
    "origin": ("xuất xứ", _text),
    "old_district": ("huyện cũ", _named(places.district_name)),
    "old_commune": ("xã cũ", _named(places.commune_name)),
    "unit_2025": ("xã, phường hiện nay", _named(places.unit_name)),
    "province": ("tỉnh", _text),
    "joined_on": ("ngày tham gia", _date),
    "posted_on": ("ngày đăng", _date),
    "expires_on": ("hạn tin", _date),
    "verified": ("sàn đã kiểm duyệt", _yes_no),
    "status": ("tình trạng", _text),
    "authority": ("cơ quan quản lý", _text),
    "website": ("trang web", _text),
    "sold": ("đã bán", lambda value: number(int(value))),
    "rating": ("điểm đánh giá", lambda value: decimal(float(value))),
    "review_count": ("số đánh giá", lambda value: number(int(value))),
    "description": ("mô tả", _text),
    "body": ("nội dung", _text),
}
# Law 91/2025/QH15: that they changed may be told, their values are not shown.
PERSONAL: Mapping[str, str] = {
    "phone": "điện thoại",
    "email": "email",
    "contact": "người liên hệ",
    "address": "địa chỉ",
    "place": "nơi ghi trên tin",
    "tax_code": "mã số thuế",
    "tax_code_tail": "mã số thuế",
    "licence": "giấy phép",
}


def differences(fields: Mapping[str, tuple[Any, Any]]) -> list[Difference]:
    """The lines of a difference: column → (before, after), in a fixed order, derived columns left out."""
    lines = []
    for name, (label, show) in SHOWN.items():
        if name not in fields or (name == "price_vnd" and "price_text" in fields):
            continue
        before, after = (_shown(show, value) for value in fields[name])
        if before != after:
            lines.append(Difference(label, before, after))
    hidden = dict.fromkeys(label for name, label in PERSONAL.items() if name in fields)
    lines.extend(Difference(label, "", "", hidden=True) for label in hidden)
    return lines


def corrected(one: Corrected) -> str:
    """ "tên đã sửa bởi …, ngày 20/11/2026; sàn ghi: …": what the marketplace says, masked where it is personal."""
    label = PERSONAL.get(one.field) or SHOWN["seller_name" if one.field == "seller" else one.field][0]
    said = "; ".join(one.said) if isinstance(one.said, list) else one.said
    if not said:
        told = "sàn không ghi"
    elif one.field == "phone":
        told = f"sàn ghi: {', '.join(masked_phones(said)) or 'một số chưa đọc được'}"
    else:
        told = "sàn ghi khác" if one.field in PERSONAL else f"sàn ghi: {_text(said)}"
    return f"{label} đã sửa bởi {_text(one.who)}, ngày {day(one.at)}; {told}"


def _shown(show: Callable[[Any], str], value: Any) -> str:
    return "chưa có" if value is None or value in ("", []) else show(value)
