"""The seller list and the product lists of this family."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import reading
from connectors.contract import Get, ListingRecord, Problem, SellerRecord, Yield
from connectors.markup import (
    Node,
    ReadError,
    at_most_one,
    attribute,
    attribute_at,
    every,
    parent,
    text,
    text_after,
    text_at,
)
from connectors.platforms.nongsanantoan.addresses import SELECTIONS, slug
from connectors.platforms.nongsanantoan.parts import APPROVED, card, next_page, picture, titled
from connectors.reading import Document, Row, label_key
from connectors.values import Values

SELECTORS: Mapping[str, str] = {
    "sellers.frame": ".cssxkd-wrap .cs-grid",
    "sellers.row": ".media",
    "sellers.link": "a.item-img",  # the reliable one; the title's sometimes leads nowhere
    "sellers.name": ".item-title a",
    "sellers.approved": ".item-title i.fa-check-circle",
    "sellers.content": ".item-content",
    "sellers.label": "p > b",
    "sellers.product": "a",  # beside the label of the products
    "sellers.rating": "input.rating",
    "sellers.reviews": ".num_total",
    "sellers.image": "a.item-img img",
    "category.heading": ".toolbar .sortsoffer",
}


def sellers(document: Document) -> list[Yield]:
    """Sellers, each with all its products: the one list that tells which products a seller has."""
    frame = at_most_one(document.root, document.css["sellers.frame"])
    if frame is None:
        raise document.missing("khung danh sách cơ sở", "sellers.frame")
    items = every(frame, document.css["sellers.row"])
    # A seller without the mark is "not approved" only on a page that shows the mark at all.
    marked = any(_approved(document, item) for item in items)
    owners: dict[str, str] = {}
    rows = reading.read_list(
        document,
        frame,
        items,
        lambda item: _seller(document, item, marked, owners),
        lambda href: slug(document, "sellers", href),
    )
    return [*rows, *next_page(document, document.root)]


def _approved(document: Document, item: Node) -> bool:
    return titled(item, document.css["sellers.approved"], "title", APPROVED)


def _seller(document: Document, item: Node, marked: bool, owners: dict[str, str]) -> Row:
    css = document.css
    links = [attribute_at(item, css[name], "href") for name in ("sellers.link", "sellers.name")]
    refs = {ref: href for href in links if (ref := slug(document, "sellers", href))}
    if len(refs) != 1:
        raise ReadError("id_mismatch" if refs else "bad_row", f"mục có {len(refs)} địa chỉ cơ sở")
    ref, href = refs.popitem()
    url = document.own(href) or ""
    name = reading.name_at(item, css["sellers.name"], ref)
    values = Values(ref)
    address: str | None = None
    products: list[Node] | None = None
    content = at_most_one(item, css["sellers.content"])
    if content is None:
        values.note("bad_row", "mục không có khung nội dung")
    for label in every(content, css["sellers.label"]) if content else ():
        match label_key(text(label)):
            case "dia chi":
                address = text_after(label)
            case "san pham cung cap":
                products = every(parent(label), css["sellers.product"])
            case _:
                values.note("unknown_label", f"{text(label)} {text_after(label)}")
    seller = SellerRecord(
        ref=ref,
        name=name,
        url=url,
        address=address,
        verified=_approved(document, item) if marked else None,
        rating=values.rating(values.attribute(item, css["sellers.rating"], "value")),
        review_count=values.count("số đánh giá", values.text(item, css["sellers.reviews"])),
        product_count=None if products is None else len(products),
        image_url=picture(document, values.attribute(item, css["sellers.image"], "src")),
    )
    rest: list[Yield] = [Get(url=url, kind="seller", record="seller", ref=ref)]
    for link in products or ():
        rest += _product(document, link, seller, owners)
    return seller, [*rest, *values.problems]


def _product(document: Document, link: Node, seller: SellerRecord, owners: dict[str, str]) -> list[Yield]:
    """A product in its seller's line: an address and a name that ends in a semicolon."""
    href = attribute(link, "href")
    ref, url, title = slug(document, "products", href), document.own(href), text(link).rstrip("; ")
    if ref is None or not title:
        return [Problem(code="bad_row", ref=seller.ref, detail=f"sản phẩm không có địa chỉ hoặc tên: {title}")]
    if owners.setdefault(ref, seller.ref) != seller.ref:
        return [Problem(code="duplicate_ref", ref=ref, detail=f"có ở cả “{owners[ref]}” và “{seller.ref}”")]
    listing = ListingRecord(ref=ref, title=title, url=url, seller_ref=seller.ref, seller_name=seller.name)
    return [listing, Get(url=url or "", kind="product", record="listing", ref=ref)]


def category(document: Document) -> list[Yield]:
    """Products of one category, of a selection, or of all.

    Only the address of one category tells a category, and no run reads these: the list of all products would
    otherwise contradict them with every reading.
    """
    heading = text_at(document.root, document.css["category.heading"])
    items = every(document.root, document.css["card.frame"])
    if heading is None and not items:
        raise document.missing("tên danh mục", "category.heading")
    key = slug(document, "categories", document.address)
    named = (heading, key) if heading and key and key not in SELECTIONS else None
    rows = reading.read_list(
        document,
        document.root,
        items,
        lambda item: card(document, item, category=named),
        lambda href: slug(document, "products", href),
    )
    return [*rows, *next_page(document, document.root)]
