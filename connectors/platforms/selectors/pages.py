"""A product's own page, and a seller's."""

from __future__ import annotations

from connectors import clean, reading
from connectors.contract import ListingRecord, SellerRecord, Yield
from connectors.markup import every, inner_html, text
from connectors.platforms import told_lines
from connectors.platforms.selectors.parts import picture_at, prices_at, seller_at, with_page
from connectors.platforms.selectors.settings import css, found_at, selectors
from connectors.reading import Document
from connectors.values import Values

_PARTS = tuple(name for name in selectors if name.startswith("product.") and name != "product.title")


def product_page(document: Document) -> list[Yield]:
    root, source = document.root, document.source
    if not found_at(document, root, "product.title"):
        raise document.missing(f"tên sản phẩm “{css(source, 'product.title')}” (bộ chọn product.title)")
    # Every page has a heading, also one that says the site is being repaired.
    if not any(found_at(document, root, name) for name in _PARTS) and any(css(source, name) for name in _PARTS):
        raise document.missing("phần nào khác của trang sản phẩm ngoài tên")
    ref = reading.same_ref(document, reading.key_of(source, document.url))
    values = Values(ref)
    unit, facts = told_lines.product_facts(told_lines.lines(root, css(source, "product.lines")), values)
    about = found_at(document, root, "product.description")
    path = tuple(dict.fromkeys(words for node in found_at(document, root, "product.category") if (words := text(node))))
    seller = seller_at(document, root, "product.seller", values)
    listing = ListingRecord(
        ref=ref,
        title=reading.name_at(root, css(source, "product.title"), ref),
        url=document.url,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        category=path[-1] if path else None,
        category_path=path or None,
        image_url=picture_at(document, root, "product.image"),
        description=clean.html_to_text(inner_html(about[0]), told_lines.DESCRIPTION_LIMIT) if about else None,
        own_page=True,
        **facts,
        **prices_at(document, root, "product", values, unit),
    )
    return [listing, *with_page(seller), *values.problems]


def seller_page(document: Document) -> list[Yield]:
    wanted = css(document.source, "seller.name")
    if not every(document.root, wanted):
        raise document.missing(f"tên người bán “{wanted}” (bộ chọn seller.name)")
    ref = reading.same_ref(document, reading.key_of(document.source, document.url))
    facts = told_lines.seller_facts(told_lines.lines(document.root, css(document.source, "seller.lines")))
    if not facts and css(document.source, "seller.lines"):
        raise document.missing(f"thông tin người bán ở “{css(document.source, 'seller.lines')}” (seller.lines)")
    name = reading.name_at(document.root, wanted, ref)
    return [SellerRecord(ref=ref, name=name, url=document.url, own_page=True, **facts)]
