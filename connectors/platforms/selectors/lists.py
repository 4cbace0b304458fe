"""Lists of products and of sellers, and the way from one of their pages to the next."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

from connectors import paging, reading
from connectors.contract import Get, ListingRecord, Problem, SellerRecord, Yield
from connectors.markup import Node, ReadError, attribute, every
from connectors.platforms.selectors.parts import link_at, picture_at, prices_at, seller_at, with_page
from connectors.platforms.selectors.settings import css, found_at, kind_of
from connectors.reading import Document, Row
from connectors.values import Values

_NUMBER = re.compile(r"[0-9]{1,8}")
_NO_WAY_ON = Problem(code="paging_unreadable", detail="danh sách còn trang nhưng thiếu liên kết sang trang sau")


def products(document: Document) -> list[Yield]:
    return _rows(document, "item", lambda item: _item(document, item), "product")


def sellers(document: Document) -> list[Yield]:
    if not css(document.source, "seller.item"):
        raise ReadError("layout", f"chưa cấu hình [sources.{document.source.slug}.selectors] seller.item")
    return _rows(document, "seller.item", lambda item: _seller_item(document, item), "seller")


def _rows(document: Document, name: str, read_row: Callable[[Node], Row], kind: str) -> list[Yield]:
    items, frames = found_at(document, document.root, name), found_at(document, document.root, "list")
    if not items and not frames:
        raise document.missing(f"mục nào đúng “{css(document.source, name)}” (bộ chọn {name})")
    rows = reading.read_list(
        document,
        frames[0] if frames else document.root,
        items,
        read_row,
        lambda href: (url := document.own(href)) and url != document.url and kind_of(document.source, url) == kind,
    )
    # Whatever a page without items says of further ones, following it could go on for ever.
    return [*rows, *_next(document)] if items else rows


def _next(document: Document) -> list[Yield]:
    urls = {document.own(attribute(a, "href")) for a in found_at(document, document.root, "next")}
    if not urls:  # none is configured, or this is the last page, or the page was redesigned: other signs tell
        found = paging.next_page(document)
        return [_NO_WAY_ON] if not found and _goes_on(document) else found
    url = urls.pop()
    if urls or url is None or url == document.url:
        return [Problem(code="paging_loop", detail="liên kết sang trang sau không dẫn sang một trang khác")]
    return [Get(url=url, kind=document.page.get.kind)]


def _goes_on(document: Document) -> bool:
    """Whether the page links to its own list with a number one higher: "?trang=2" on the first page."""
    here = urlsplit(document.url)
    mine = dict(parse_qsl(here.query))
    for a in every(document.root, 'a[href*="?"]'):
        there = urlsplit(document.own(attribute(a, "href")) or "")
        for name, told in parse_qsl(there.query) if there.path == here.path else ():
            before = mine.get(name, "1")
            if _NUMBER.fullmatch(told) and _NUMBER.fullmatch(before) and int(told) == int(before) + 1:
                return True
    return False


def _item(document: Document, item: Node) -> Row:
    url = link_at(document, item, "item.link", "product")
    if url is None:
        raise ReadError("bad_row", "mục không có một địa chỉ sản phẩm")
    ref = reading.key_of(document.source, url)
    values = Values(ref)
    seller = seller_at(document, item, "item.seller", values)
    record = ListingRecord(
        ref=ref,
        title=reading.name_at(item, css(document.source, "item.title"), ref),
        url=url,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        image_url=picture_at(document, item, "item.image"),
        **prices_at(document, item, "item", values),
    )
    return record, [Get(url=url, kind="product", record="listing", ref=ref), *with_page(seller), *values.problems]


def _seller_item(document: Document, item: Node) -> Row:
    url = link_at(document, item, "seller.item_link", "seller")
    if url is None:
        raise ReadError("bad_row", "mục không có một địa chỉ người bán")
    ref = reading.key_of(document.source, url)
    seller = SellerRecord(ref=ref, name=reading.name_at(item, css(document.source, "seller.item_link"), ref), url=url)
    return seller, with_page(seller)[1:]
