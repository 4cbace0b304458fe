"""What the dresses without a JSON interface tell of a record: labelled lines, and prices as they print them."""

from __future__ import annotations

from html import escape

from ..prices import dotted
from ..records import Listing, Seller
from ..vocabulary import NONGSAN_LABELS, NONGSAN_PARENT


def product_lines(listing: Listing) -> list[tuple[str, str]]:
    """Label and value, both plain text."""
    told = [("Đơn vị tính", listing.unit), ("Xuất xứ", "Việt Nam"), ("Bảo quản", "Nơi khô mát")]
    if listing.certificates:
        told.append(("Chứng nhận", ", ".join(listing.certificates)))
    if listing.stars:
        told.append(("Hạng OCOP", f"{listing.stars} sao"))
    return told


def seller_lines(seller: Seller) -> list[tuple[str, str]]:
    """Label and value, both plain text; a line for each fact that is there."""
    told = [
        ("Địa chỉ", ", ".join(part for part in (seller.street, seller.ward, seller.district) if part)),
        ("Tỉnh", seller.province),
        ("Điện thoại", seller.phone),
        ("Mã số thuế", seller.tax_code),
        ("Người đại diện", seller.director),
        ("Ngày tham gia", f"{seller.joined:%d/%m/%Y}"),
    ]
    return [(label, value) for label, value in told if value]


def price(base: str, listing: Listing) -> str:
    """The price a buyer pays, as HTML: a text, or the picture of one."""
    if not listing.price_text:
        return f'<img src="{base}/image/{listing.picture}.png" alt="">'
    return escape(listing.price_text)


def old_price(listing: Listing) -> str:
    """The struck-out price; "" without one."""
    return f"{dotted(listing.list_price_vnd)} ₫" if listing.list_price_vnd else ""


def steps(listing: Listing) -> list[tuple[str, str]]:
    """Slug and label of the categories from the root to the listing's own."""
    above = NONGSAN_PARENT.get(listing.category, "")
    return [(slug, NONGSAN_LABELS[slug]) for slug in (above, listing.category) if slug]
