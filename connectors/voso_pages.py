"""The pages of voso.vn about one product or one shop: what connectors.voso reads beside its lists."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, TypedDict

from connectors import clean, reading
from connectors.contract import Get, ListingRecord, SellerRecord, Yield
from connectors.markup import (
    Node,
    ReadError,
    attribute,
    every,
    inline_json,
    parent,
    text,
    text_after,
)
from connectors.reading import Document, label_key
from connectors.values import Values

# In any case: an address in capitals has the same number.
PRODUCT = re.compile(r"/(?P<slug>[a-z0-9-]*?)-p(?P<id>\d+)\.html", re.IGNORECASE)
CATEGORY = re.compile(r"/(?P<slug>[a-z0-9-]+)-c(?P<id>\d+)", re.IGNORECASE)
SHOP = re.compile(r"/(?P<slug>[a-z0-9-]+)-s(?P<id>\d+)", re.IGNORECASE)
IGNORED_ATTRIBUTES = ("danh muc", "thuong hieu", "trong luong")  # the breadcrumb has the category with its key
DESCRIPTION_LIMIT = 600  # characters: an excerpt that helps to find, not the seller's whole text


def id_of(document: Document, shape: re.Pattern[str], href: str | None) -> str | None:
    """The number in an address of the given shape, None when the address is another one."""
    found = shape.fullmatch(document.path(href))
    return found["id"] if found else None


class ShopFacts(TypedDict, total=False):
    """What the labelled lines about a shop tell, on its own page and in the box of a product page."""

    address: str
    province: str
    joined_on: date | None
    product_count: int | None
    rating: float | None
    review_count: int | None


def shop_facts(box: Node, values: Values) -> ShopFacts:
    facts = ShopFacts()
    for label in every(box, ".info-content > label"):
        printed = text_after(label)
        match label_key(text(label)):
            case "san pham" | "so san pham":
                facts["product_count"] = values.count("số sản phẩm", printed)
            case "ngay tham gia":
                facts["joined_on"] = values.day("ngày tham gia", printed)
            case "dia chi":
                facts["address"] = printed
            case "tinh - thanh pho":
                facts["province"] = printed
            case "danh gia":  # stars on the shop's page, a number of reviews in the box
                stars = values.attribute(parent(label), ".jstars", "data-value")
                if stars is None:
                    facts["review_count"] = values.count("số đánh giá", printed)
                else:
                    facts["rating"] = values.rating(stars)
            case _:
                values.note("unknown_label", f"{text(label)} {printed}")
    return facts


def product_page(document: Document) -> list[Yield]:
    """The record is the object in the page's script; of the visible page, only what the object does not hold.

    Left out: the object's fields on shipping, stock and affiliates, and its `rate` (the page shows the average); the
    visible prices (placeholders until a script runs); related products (they lead all over the country).
    """
    root = document.root
    data = inline_json(root, "product")
    if not isinstance(data, dict):
        raise document.missing("biến “product” trong trang")
    ref = reading.same_ref(
        document,
        id_of(document, PRODUCT, document.url),
        id_of(document, PRODUCT, document.canonical),
        str(data.get("id") or ""),
    )
    values = Values(ref)
    name = clean.text(str(data.get("name") or ""))
    if not name:
        raise ReadError("bad_row", "sản phẩm không có tên", ref)
    crumbs = [(text(a), id_of(document, CATEGORY, attribute(a, "href"))) for a in every(root, ".b__breadcrumb li a")]
    path = [(label, key) for label, key in crumbs if key]
    unit = origin = None
    for label in every(root, ".b__product-dt > label"):
        match label_key(text(label)):
            case "don vi tinh":
                unit = text_after(label)
            case "xuat xu":
                origin = text_after(label)
            case key if key not in IGNORED_ATTRIBUTES:
                values.note("unknown_label", f"{text(label)} {text_after(label)}")
    seller = _seller_box(document, data, values)
    price, old = values.whole("price", data.get("price")), values.whole("listPrice", data.get("listPrice"))
    ocop = values.whole("isOCOP", data.get("isOCOP"))
    listing = ListingRecord(
        ref=ref,
        title=name,
        url=document.address,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        category=path[-1][0] if path else None,
        category_path=tuple(label for label, _ in path) or None,
        category_ref=path[-1][1] if path else None,
        image_url=document.picture(values.attribute(root, 'meta[property="og:image"]', "content")),
        ocop_stars=values.stars(data.get("ratingOCOP")) if ocop else ocop,
        in_stock=_on_sale(data, values),
        sold=values.whole("sold", data.get("sold")),
        rating=values.rating(values.text(root, ".c-product-head__desc .num-big")),
        review_count=values.count("số đánh giá", values.text(root, ".c-product-head__desc label strong")),
        origin=origin,
        description=_excerpt(data.get("description")),
        updated_at=values.moment("updateTime", data.get("updateTime")),
        own_page=True,
        **values.price(_as_on_cards(price), unit, _as_on_cards(old) if old and price and old > price else ""),
    )
    own: list[Yield] = []
    if seller is not None:
        own = [seller]
        if seller.url:
            own.append(Get(url=seller.url, kind="shop", record="seller", ref=seller.ref))
    return [listing, *own, *values.problems]


def _excerpt(html: object) -> str | None:
    return clean.html_to_text(html, DESCRIPTION_LIMIT) if isinstance(html, str) else None


def _as_on_cards(vnd: int | None) -> str | None:
    """An amount as the cards print it, so that a card and a page never differ about an unchanged price."""
    return None if vnd is None else f"{vnd:,}₫"


def _on_sale(data: dict[str, Any], values: Values) -> bool | None:
    """Whether it can be ordered. The page's script has a variable `available` that means the opposite."""
    available = values.whole("available", data.get("available"))
    if available is None:
        return None
    shown = all(values.whole(flag, data.get(flag, 1)) != 0 for flag in ("activated", "approved"))
    return available == 1 and shown and values.whole("reject", data.get("reject")) != 1


def _seller_box(document: Document, data: dict[str, Any], values: Values) -> SellerRecord | None:
    links = [attribute(a, "href") for a in every(document.root, "a.go_to_shop[href]")]
    addresses = {ref: document.own(href) for href in links if (ref := id_of(document, SHOP, href))}
    merchant = values.whole("merchantId", data.get("merchantId"))
    refs = {*addresses, *([str(merchant)] if merchant else [])}
    if len(refs) > 1:
        values.note("id_mismatch", f"trang nói đến nhiều gian hàng: {', '.join(sorted(refs))}")
        return None
    name = values.text(document.root, ".b__shop--description .b__shop--name")
    if not (refs and name):
        values.note("seller_missing", "trang không có khung gian hàng")
        return None
    ref = refs.pop()
    if ref not in addresses:
        values.note("seller_missing", "trang không có đường dẫn đến gian hàng")
    facts = shop_facts(document.root, values)
    province = values.text(document.root, "p.detail-merchant-provice-mobile")
    if province is not None:
        facts["province"] = province
    return SellerRecord(ref=ref, name=name, url=addresses.get(ref), **facts)
