"""From the printed values of one notice of htx.cooplink.com.vn to its records.

No number of a unit or a notice is known. A notice is known by the number in its link where it has one, else by a digest
of who offers or seeks what, and since when: a row's place changes with every sorting, these do not. The day belongs to
it, since a unit may register the same product again. A unit is known by its name and telephone.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from connectors import clean
from connectors.contract import RequestRecord, SellerRecord, Yield
from connectors.cooplink_labels import GROUPS, SIDES
from connectors.labelled import Item
from connectors.markup import ReadError, attribute, every, text
from connectors.reading import Document, Row
from connectors.values import Values

_NUMBER = re.compile(r"(?:^|[/_-])p?(\d+)(?:\.\w+)?/?$|[?&]id=(\d+)")
_PICTURED = {"price": "giá", "phone": "số điện thoại", "quantity": "số lượng", "product": "sản phẩm"}
_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")


@dataclass(frozen=True, slots=True)
class _Unit:
    """Who stands behind a notice, as far as it tells."""

    name: str | None
    phone: str | None

    @property
    def key(self) -> tuple[str, str]:
        phone = self.phone or ""
        return clean.fold(self.name or ""), clean.phone(phone) or re.sub(r"\D", "", phone)


def notice(document: Document, item: Item, role: str | None) -> Row:
    """The request of one row, and the seller behind it. Raises ReadError when it tells too little to be used."""
    told = {name: value for name, value in item.values.items() if value}
    if item.fault:
        raise ReadError("bad_row", item.fault)
    # A card's heading is the unit's name where no line tells one.
    named_by_heading = "name" not in item.values and "product" in told and "title" not in told
    unit = _Unit(told.get("name") or (told.get("heading") if named_by_heading else None), told.get("phone"))
    heading = None if named_by_heading or told.get("heading") == unit.name else told.get("heading")
    product = told.get("product") or told.get("group")
    title = told.get("title") or heading or product
    if not title or not any(unit.key):
        raise ReadError("bad_row", "tin không có tên đơn vị và điện thoại, hoặc không có sản phẩm")
    side = SIDES.get(role or "")
    posted, expires = told.get("posted"), told.get("expires")
    days = _DAY.findall(told.get("period", ""))
    if len(days) == 2:  # "từ … đến …"
        expires = days[1]
    elif "period" in told:
        posted = told["period"]
    ref, url = _link(document, item, unit)
    ref = ref or digest(*unit.key, clean.fold(product or title), side or "", clean.fold(posted or ""))
    if side is None:
        raise ReadError("unknown_label" if role else "bad_row", f"vai trò: {role or 'không rõ mua hay bán'}", ref)
    values = Values(ref)
    for words in item.unknown:
        values.note("unknown_label", words)
    for name in item.pictured:
        code = "price_unreadable" if name == "price" else "bad_value"
        values.note(code, f"{_PICTURED.get(name, name)} là hình, không có chữ để đọc")
    values.expect("nhóm hàng", told.get("group"), GROUPS)
    request = RequestRecord(
        ref=ref,
        title=title,
        side=side,
        url=url,
        body=_body(told),
        product=product,
        quantity_text=_quantity(item.values),
        price_text=item.values.get("price"),
        place=_joined(told, "place", "commune", "district", "province"),
        address=_joined(told, "address", "commune", "district", "province") if "address" in told else None,
        contact=", ".join(dict.fromkeys(part for part in (unit.name, told.get("contact")) if part)) or None,
        phone=item.values.get("phone"),
        posted_on=values.day("ngày đăng", posted),
        expires_on=values.day("hết hạn", expires),
    )
    rest: list[Yield] = []
    if side == "sell" and unit.name:
        rest.append(_seller(unit, told, request))
    elif side == "sell":
        values.note("seller_missing", "tin bán không có tên đơn vị")
    return request, [*rest, *values.problems]


def _seller(unit: _Unit, told: dict[str, str], request: RequestRecord) -> SellerRecord:
    return SellerRecord(
        ref=digest(*unit.key),
        name=unit.name or "",
        kind=told.get("kind"),
        phone=unit.phone,
        contact=told.get("contact"),
        address=request.address or request.place,
        province=told.get("province"),
    )


def digest(*parts: str) -> str:
    """A key made of what a notice says: it stays when rows change places, which a row's number does not."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest()


def _link(document: Document, item: Item, unit: _Unit) -> tuple[str | None, str]:
    """The number of the notice and its address, by a link that is not the unit's; else no number and the list."""
    links: dict[str, str] = {}
    for a in every(item.node, "a[href]"):
        url = document.own(attribute(a, "href"))
        number = number_of(url)
        if url and number and clean.fold(text(a)) != clean.fold(unit.name or ""):
            links[number] = url
    return next(iter(links.items())) if len(links) == 1 else (None, document.address)


def number_of(url: str | None) -> str | None:
    """The number of a notice in its address, None when there is none."""
    found = _NUMBER.search(url or "")
    return (found[1] or found[2]) if found else None


def _quantity(values: dict[str, str]) -> str | None:
    """Amount and unit as printed; the unit's own column is joined where the amount tells none."""
    amount, unit = values.get("quantity"), values.get("unit")
    return f"{amount} {unit}" if amount and unit and clean.fold(unit) not in clean.fold(amount) else amount


def _joined(told: dict[str, str], *names: str) -> str | None:
    """Parts of an address in one line. A part that the line already ends with is not told twice; one that merely
    stands in it is, since there is a commune called Long An, too."""
    line = ""
    for part in (told[name] for name in names if name in told):
        if clean.fold(part) != clean.fold(line.rpartition(",")[2]):
            line = f"{line}, {part}" if line else part
    return line or None


def _body(told: dict[str, str]) -> str | None:
    """What a request has no field for, a line each, with its label."""
    names = (("group", "Nhóm hàng"), ("standard", "Tiêu chuẩn"), ("period", "Thời gian"), ("note", "Ghi chú"))
    lines = [f"{label}: {told[name]}" for name, label in names if name in told]
    return "\n".join(lines) or None
