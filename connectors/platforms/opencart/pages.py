"""The pages of an OpenCart shop: the tree of categories, a category, a product, a seller."""

from __future__ import annotations

import re

from connectors import clean, reading
from connectors.contract import Get, ListingRecord, SellerRecord, Yield
from connectors.markup import Node, ReadError, attribute, every, inner_html, own_text, text
from connectors.platforms import told_lines
from connectors.platforms.opencart.addresses import kind_of, product_number, product_url, query, seller_key
from connectors.reading import Document, Row
from connectors.values import Values

_BUTTON = re.compile(r"(?:cart|wishlist|compare)\.add\(\s*['\"]?(\d+)")


def categories(document: Document) -> list[Yield]:
    links = [document.own(attribute(a, "href")) for a in every(document.root, document.css["category.link"])]
    found = dict.fromkeys(
        url for url in links if url and query(url).get("route", "product/category") == "product/category"
    )
    found.pop(document.url, None)
    if not found:
        raise document.missing("liên kết đến danh mục sản phẩm")
    return [Get(url=url, kind=kind_of(document.source, url) or "category") for url in found]


def group(document: Document) -> list[Yield]:
    """A top category. Its products may stand in the ones below again, so its cards tell no category: the two would
    contradict each other with every reading."""
    return _list(document, None)


def category(document: Document) -> list[Yield]:
    """A category below another one. A written address does not tell which it is."""
    found = every(document.root, document.css["category.name"])
    return _list(document, text(found[0]) or None if found and query(document.url).get("path") else None)


def _list(document: Document, category: str | None) -> list[Yield]:
    frame = next(iter(every(document.root, document.css["list"])), None)
    if frame is None:
        raise document.missing("khung danh mục", "list")
    items = every(frame, document.css["card"])
    rows = reading.read_list(
        document,
        frame,
        items,
        lambda item: _card(document, item, category),
        product_number,
        may_be_empty=document.page.get.kind == "group",
    )
    if not items:  # whatever a page without items says of further ones, following it could go on for ever
        return rows
    return [*rows, *reading.next_page(document, ">", every(document.root, document.css["next"]))]


def _card(document: Document, item: Node, category: str | None) -> Row:
    hrefs = [attribute(a, "href") for a in every(item, document.css["card.title"])]
    told = {product_number(href) for href in hrefs}
    told |= {
        found[1] for node in every(item, "[onclick]") for found in _BUTTON.finditer(attribute(node, "onclick") or "")
    }
    told |= {attribute(node, "value") or "" for node in every(item, 'input[name="product_id"]')}
    told -= {""}
    if len(told) != 1:
        raise ReadError(
            "id_mismatch" if told else "bad_row", f"thẻ có {len(told)} mã sản phẩm: {', '.join(sorted(told))}"
        )
    ref = told.pop()
    url, values = product_url(document, ref), Values(ref)
    printed = _price(document, item, values)
    record = ListingRecord(
        ref=ref,
        title=reading.name_at(item, document.css["card.title"], ref),
        url=url,
        category=category,
        image_url=document.picture(values.attribute(item, document.css["card.image"], "src")),
        **values.price(printed, old=values.text(item, document.css["card.old_price"]) or ""),
    )
    return record, [Get(url=url, kind="product", record="listing", ref=ref), *values.problems]


def _price(document: Document, item: Node, values: Values) -> str | None:
    """What is paid: the new price where there is one, else what stands beside old price and tax."""
    new = values.text(item, document.css["card.new_price"])
    if new is not None:
        return new
    return next((own_text(node) for node in every(item, document.css["card.price"])), None) or None


def product_page(document: Document) -> list[Yield]:
    """Left out: model number, reward points, prices by amount, options, related products."""
    root = document.root
    if not every(root, document.css["product"]):
        raise document.missing("khung sản phẩm", "product")
    forms = [attribute(node, "value") for node in every(root, document.css["product.number"])]
    ref = reading.same_ref(document, product_number(document.url), product_number(document.canonical), *forms)
    values = Values(ref)
    unit, facts = told_lines.product_facts(told_lines.lines(root, document.css["product.lines"]), values)
    about = every(root, document.css["product.description"])
    seller = _seller(document, values)
    listing = ListingRecord(
        ref=ref,
        title=reading.name_at(root, document.css["product.title"], ref),
        url=product_url(document, ref),
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        image_url=document.picture(values.attribute(root, document.css["product.image"], "href")),
        description=clean.html_to_text(inner_html(about[0]), told_lines.DESCRIPTION_LIMIT) if about else None,
        own_page=True,
        **facts,
        **values.price(
            values.text(root, document.css["product.price"]),
            unit,
            values.text(root, document.css["product.old_price"]) or "",
        ),
    )
    own: list[Yield] = []
    if seller is not None:
        own = [seller]
        if seller.url:
            own.append(Get(url=seller.url, kind="seller", record="seller", ref=seller.ref))
    return [listing, *own, *values.problems]


def _seller(document: Document, values: Values) -> SellerRecord | None:
    links = every(document.root, document.css["seller.link"])
    told = {
        ref: (text(a), document.own(attribute(a, "href")))
        for a in links
        if (ref := seller_key(attribute(a, "href"))) and text(a)
    }
    if len(told) != 1:
        detail = f"trang có {len(told)} liên kết đến người bán"
        values.note("id_mismatch" if told else "seller_missing", detail)
        return None
    ref, (name, url) = told.popitem()
    return SellerRecord(ref=ref, name=name, url=url)


def seller_page(document: Document) -> list[Yield]:
    """Left out: the seller's products, which the categories list."""
    if not every(document.root, document.css["seller.name"]):
        raise document.missing("tên người bán", "seller.name")
    ref = reading.same_ref(document, seller_key(document.url))
    facts = told_lines.seller_facts(told_lines.lines(document.root, document.css["seller.lines"]))
    if not facts:
        raise document.missing("thông tin người bán", "seller.lines")
    name = reading.name_at(document.root, document.css["seller.name"], ref)
    return [SellerRecord(ref=ref, name=name, url=document.url, own_page=True, **facts)]
