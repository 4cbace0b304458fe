"""A product's own page, which also tells about its seller."""

from __future__ import annotations

import re
from collections.abc import Mapping

from connectors import clean, reading
from connectors.contract import Get, ListingRecord, SellerRecord, Yield
from connectors.markup import attribute, every, parent, text, text_without
from connectors.platforms.nongsanantoan.addresses import own_ref, slug
from connectors.platforms.nongsanantoan.parts import Facility, facility_row, product_numbers, titled, two_columns
from connectors.reading import Document, label_key
from connectors.values import Values

SELECTORS: Mapping[str, str] = {
    "product.title": "h1.title.none-mobile",
    "product.row": "#tab1 .product-info div.row",
    "product.fact": ".group-size-sx .row-sx",
    "product.fact_label": "label.label-sx",
    "product.breadcrumb": "ul.breadcrumb li a",
    "product.stamp": "i.fa-check-circle-sp",
    "product.price": ".price-detail",
    "product.old_price": ".price-old",
    # Without a price the page only says to ask for it, in a place that is not certain. Cards tell of other products.
    "product.ask_price": '[class*="price"]:not(.thumb-product *)',
    "product.order": '[onclick*="addItemToCart"]:not(.thumb-product *)',
    "product.ask": ".send-request[data-id]:not(.thumb-product *)",
    "product.seller": ".product-page-seller-info__shop-name",
    "product.seller_fact": ".product-page-seller-info__item",
    "product.seller_label": ".product-page-seller-info__complement-text",
    "product.seller_value": ".product-page-seller-info__primary-text",
}
STAMPED = "da co tem truy xuat nguon goc san pham"
STOCK = {"con hang": True, "het hang": False}
# Of the seller's rows on a product page: printed shorter than, or unlike, on the seller's own page.
SHORTENED = ("dia chi", "so giay phep dang ky", "giay phep dang ky")
PRODUCT_ROWS = {
    "ten san pham",
    "ma san pham",
    "don vi tinh",
    "trang thai",
    "ma vach",
    "ma truy xuat nguon goc",
    "san luong",
    "quy cach dong goi",
    "cach bao quan",
}
_CODE = re.compile(r"SP0*(\d+)", re.IGNORECASE)


def product_page(document: Document) -> list[Yield]:
    """Left out: barcode, output, packing and storage rows; the seller's address and licence, shortened here."""
    root, css = document.root, document.css
    if not every(root, css["product.title"]):
        raise document.missing("tên sản phẩm", "product.title")
    ref = own_ref(document, "products")
    values = Values(ref)
    facility, rows = Facility(), {}
    about_seller = False
    for left, right in two_columns(document, every(root, css["product.row"]), values):
        label, printed = text(left), text(right)
        about_seller = about_seller or label_key(label) == "ten co so"
        if not about_seller:
            rows[label_key(label)] = printed
            if label_key(label) not in PRODUCT_ROWS:
                values.note("unknown_label", f"{label} {printed}")
        elif label_key(label) not in SHORTENED:
            facility_row(facility, label, printed, values)
    for row in every(root, css["product.fact"]):
        for node in every(row, css["product.fact_label"]):
            label, printed = text(node), text_without(row, node)
            if label_key(label) in ("trang thai", "don vi tinh"):
                if clean.fold(rows.get(label_key(label), printed)) != clean.fold(printed):
                    values.note("bad_row", f"{label} {printed}, trong bảng ghi {rows[label_key(label)]}")
                rows[label_key(label)] = printed
            elif label_key(label) not in ("nha cung cap", "dia chi"):
                values.note("unknown_label", f"{label} {printed}")
    _check_number(document, rows.get("ma san pham"), values)
    crumbs = [(text(a), attribute(a, "href")) for a in every(root, css["product.breadcrumb"])]
    path = [crumb for crumb in crumbs if label_key(crumb[0]) not in ("trang chu", "san pham", "")]
    seller = _seller_box(document, facility, values)
    stamp = titled(root, css["product.stamp"], "data-original-title", STAMPED)
    trace = rows.get("ma truy xuat nguon goc")
    old_price = values.text(root, css["product.old_price"]) or ""
    printed_price = values.text(root, css["product.price"])
    if printed_price is None:
        printed_price = _contact_price(document)
    elif old_price and printed_price != old_price:
        printed_price = clean.text(printed_price.replace(old_price, " "))  # the old price may stand inside
    listing = ListingRecord(
        ref=ref,
        title=reading.name_at(root, css["product.title"], ref),
        url=document.address,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        category=path[-1][0] if path else None,
        category_path=tuple(label for label, _ in path) or None,
        category_ref=slug(document, "categories", path[-1][1]) if path else None,
        traceable=True if stamp or trace else (False if trace == "" else None),
        in_stock=_in_stock(rows.get("trang thai"), values),
        own_page=True,
        # The page of the product itself: no old price on it means that there is none.
        **values.price(printed_price, rows.get("don vi tinh"), old_price),
    )
    own: list[Yield] = []
    if seller is not None:
        own = [seller]
        if seller.url:
            own.append(Get(url=seller.url, kind="seller", record="seller", ref=seller.ref))
    return [listing, *own, *values.problems]


def _check_number(document: Document, code: str | None, values: Values) -> None:
    """The code "SP00000473" is the number the page's own buttons use; cards of other products do not count."""
    found = _CODE.fullmatch(code or "")
    buttons = product_numbers(document.root, document.css["product.order"], document.css["product.ask"])
    if code and not found:
        values.note("bad_value", f"mã sản phẩm: {code}")
    elif found and buttons and found[1] not in buttons:
        values.note("id_mismatch", f"mã sản phẩm {code}, nút đặt hàng ghi {', '.join(buttons)}")


def _contact_price(document: Document) -> str | None:
    """What the page says in place of a price: to ask for it."""
    places = every(document.root, document.css["product.ask_price"])
    return next((text(n) for n in places if clean.fold(text(n)).endswith("lien he")), None)


def _in_stock(printed: str | None, values: Values) -> bool | None:
    if not printed:
        return None
    if clean.fold(printed) not in STOCK:
        values.note("unknown_label", f"trạng thái: {printed}")
    return STOCK.get(clean.fold(printed))


def _seller_box(document: Document, facility: Facility, values: Values) -> SellerRecord | None:
    """The seller as the product page tells it: the day it joined stands nowhere else."""
    css = document.css
    names = every(document.root, css["product.seller"])
    told = {(attribute(parent(node), "href"), text(node)) for node in names}
    if len(told) != 1:
        values.note("seller_missing" if not told else "id_mismatch", f"trang có {len(told)} khung người bán")
        return None
    href, name = told.pop()
    ref = slug(document, "sellers", href)
    if ref is None or not name:
        values.note("seller_missing", f"khung người bán không có tên hoặc địa chỉ: {name}")
        return None
    products = reviews = joined = None
    for item in every(document.root, css["product.seller_fact"]):
        label = values.text(item, css["product.seller_label"]) or ""
        printed = values.text(item, css["product.seller_value"])
        match label_key(label):
            case "san pham":
                products = values.count(label, printed)
            case "danh gia":
                reviews = values.count(label, printed)
            case "ngay tham gia":
                joined = values.day(label, printed)
            case "luot hoi dap":
                pass  # questions asked by visitors, not a fact about the seller
            case _:
                values.note("unknown_label", f"{label} {printed or ''}")
    return SellerRecord(
        ref=ref,
        name=name,
        url=document.own(href),
        product_count=products,
        review_count=reviews,
        joined_on=joined,
        **facility,
    )
