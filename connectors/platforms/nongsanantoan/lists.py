"""The seller list and the product lists of this family."""

from __future__ import annotations

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
from connectors.platforms.nongsanantoan.parts import APPROVED, card, picture, titled
from connectors.reading import Document, Row, label_key
from connectors.values import Values


def sellers(document: Document) -> list[Yield]:
    """Sellers, each with all its products: the one list that tells which products a seller has."""
    frame = at_most_one(document.root, ".cssxkd-wrap .cs-grid")
    if frame is None:
        raise document.missing("khung danh sách cơ sở “.cssxkd-wrap .cs-grid”")
    items = every(frame, ".media")
    # A seller without the mark is "not approved" only on a page that shows the mark at all.
    marked = any(_approved(item) for item in items)
    owners: dict[str, str] = {}
    rows = reading.read_list(
        document,
        frame,
        items,
        lambda item: _seller(document, item, marked, owners),
        lambda href: slug(document, "sellers", href),
    )
    return [*rows, *reading.next_page(document, "tiep", every(document.root, "ul.pagination"))]


def _approved(item: Node) -> bool:
    return titled(item, ".item-title i.fa-check-circle", "title", APPROVED)


def _seller(document: Document, item: Node, marked: bool, owners: dict[str, str]) -> Row:
    # The picture's link is the reliable one; the title's sometimes leads nowhere.
    links = [attribute_at(item, "a.item-img", "href"), attribute_at(item, ".item-title a", "href")]
    refs = {ref: href for href in links if (ref := slug(document, "sellers", href))}
    if len(refs) != 1:
        raise ReadError("id_mismatch" if refs else "bad_row", f"mục có {len(refs)} địa chỉ cơ sở")
    ref, href = refs.popitem()
    url = document.own(href) or ""
    name = reading.name_at(item, ".item-title a", ref)
    values = Values(ref)
    address: str | None = None
    products: list[Node] | None = None
    content = at_most_one(item, ".item-content")
    if content is None:
        values.note("bad_row", "mục không có khung nội dung")
    for label in every(content, "p > b") if content else ():
        match label_key(text(label)):
            case "dia chi":
                address = text_after(label)
            case "san pham cung cap":
                products = every(parent(label), "a")
            case _:
                values.note("unknown_label", f"{text(label)} {text_after(label)}")
    seller = SellerRecord(
        ref=ref,
        name=name,
        url=url,
        address=address,
        verified=_approved(item) if marked else None,
        rating=values.rating(values.attribute(item, "input.rating", "value")),
        review_count=values.count("số đánh giá", values.text(item, ".num_total")),
        product_count=None if products is None else len(products),
        image_url=picture(document, values.attribute(item, "a.item-img img", "src")),
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
    heading = text_at(document.root, ".toolbar .sortsoffer")
    items = every(document.root, ".thumb-product")
    if heading is None and not items:
        raise document.missing("tên danh mục “.toolbar .sortsoffer”")
    key = slug(document, "categories", document.address)
    named = (heading, key) if heading and key and key not in SELECTIONS else None
    rows = reading.read_list(
        document,
        document.root,
        items,
        lambda item: card(document, item, category=named),
        lambda href: slug(document, "products", href),
    )
    return [*rows, *reading.next_page(document, "tiep", every(document.root, "ul.pagination"))]
