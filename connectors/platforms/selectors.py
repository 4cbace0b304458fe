"""A site of which only an administrator knows where things stand: everything comes from the configuration.

The last resort, for a platform nobody has written a parser for. What the names below mean is described in
CONTRIBUTING.md; the ones in NEEDED must be set. A thing's address is its key, as addresses are all that every site has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from connectors import clean, paging, reading
from connectors.contract import Get, ListingRecord, Page, Problem, SellerRecord, Source, Yield
from connectors.markup import Node, ReadError, attribute, every, inner_html, text
from connectors.platforms import told_lines
from connectors.reading import Document, Row
from connectors.values import PriceFields, Values

paths: Mapping[str, str] = {
    "lists": "",  # addresses of lists of products, with blanks between them
    "sellers": "",  # addresses of lists of sellers, likewise
    "product": "",  # what the address of a product's page begins with; needed where lists may be empty
    "seller": "",  # what the address of a seller's page begins with
}
selectors: Mapping[str, str] = {
    "list": "",  # what holds the items, also when there are none
    "item": "",
    "item.link": "a",
    "item.title": "",
    "item.price": "",
    "item.old_price": "",
    "item.image": "img",
    "item.seller": "",  # link or name
    "next": "",  # the link to the next page; without it, what commonly leads there
    "product.title": "h1",
    "product.price": "",
    "product.old_price": "",
    "product.category": "",  # the steps of the breadcrumb
    "product.image": "",
    "product.description": "",
    "product.seller": "",
    "product.lines": "",  # "label: value", or rows of two cells
    "seller.item": "",
    "seller.item_link": "a",
    "seller.name": "h1",
    "seller.lines": "",
}
NEEDED = ("item", "item.title")
probe = ""
_NUMBER = re.compile(r"[0-9]{1,8}")
_NO_WAY_ON = Problem(code="paging_unreadable", detail="danh sách còn trang nhưng thiếu liên kết sang trang sau")
_PARTS = tuple(name for name in selectors if name.startswith("product.") and name != "product.title")


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - no list tells what changed since
    """The lists; without any, the home page, whose reading says what is missing."""
    lists = [("list", path) for path in _paths(source, "lists")] + [
        ("sellers", path) for path in _paths(source, "sellers")
    ]
    for kind, path in lists or [("list", "/")]:
        yield Get(url=source.home + path, kind=kind)


def parse(source: Source, page: Page) -> Iterator[Yield]:
    missing = [f"selectors.{name}" for name in NEEDED if not _css(source, name)]
    if not _paths(source, "lists"):
        missing.insert(0, "paths.lists")
    if missing:
        names = ", ".join(f"[sources.{source.slug}.{name.replace('.', '] ', 1)}" for name in missing)
        yield Problem(code="layout", detail=f"chưa cấu hình {names}")
        return
    readers = {"list": _list, "sellers": _sellers, "product": _product, "seller": _seller_page}
    yield from reading.read(source, page, readers)


def kind_of(source: Source, url: str) -> str | None:
    path = reading.path_of(source, url)
    for name, kind in (("lists", "list"), ("sellers", "sellers")):
        if any(path.rstrip("/") == own.partition("?")[0].rstrip("/") for own in _paths(source, name)):
            return kind
    for kind in ("seller", "product"):
        top = _top(source, kind)
        if top and path.startswith(top) and path != top:
            return kind
    return None if _top(source, "product") else "product"


def fits(root: object, page: Page) -> bool:  # noqa: ARG001 - nothing on a page could tell
    """Never: it reads what configuration names."""
    return False


def _css(source: Source, name: str) -> str:
    return source.selectors.get(name, selectors[name])


def _paths(source: Source, name: str) -> list[str]:
    return ["/" + told.lstrip("/") for told in source.paths.get(name, paths[name]).split()]


def _top(source: Source, name: str) -> str:
    told = source.paths.get(name, paths[name]).strip()
    return "/" + told.lstrip("/") if told else ""


def _found(document: Document, node: Node, name: str) -> list[Node]:
    css = _css(document.source, name)
    return every(node, css) if css else []


def _link(document: Document, node: Node, name: str, kind: str) -> str | None:
    """The one address of such a thing among the links that match; None when there is none, or several."""
    links = [document.own(attribute(part, "href")) for part in _found(document, node, name)]
    urls = {url for url in links if url and kind_of(document.source, url) == kind}
    return urls.pop() if len(urls) == 1 else None


def _value(document: Document, node: Node, name: str, values: Values) -> str | None:
    css = _css(document.source, name)
    return values.text(node, css) if css else None


def _prices(document: Document, node: Node, of: str, values: Values, unit: str | None = None) -> PriceFields:
    """Nothing where no place of a price is configured: then pages do not tell one."""
    if not _css(document.source, f"{of}.price"):
        return PriceFields()
    old = _value(document, node, f"{of}.old_price", values)
    return values.price(_value(document, node, f"{of}.price", values), unit, old or "")


def _picture(document: Document, node: Node, name: str) -> str | None:
    found = _found(document, node, name)
    told = [attribute(found[0], attr) for attr in ("data-src", "src", "href", "content")] if found else []
    return document.picture(next(filter(None, told), None))


def _list(document: Document) -> list[Yield]:
    return _rows(document, "item", lambda item: _item(document, item), "product")


def _sellers(document: Document) -> list[Yield]:
    if not _css(document.source, "seller.item"):
        raise ReadError("layout", f"chưa cấu hình [sources.{document.source.slug}.selectors] seller.item")
    return _rows(document, "seller.item", lambda item: _seller_item(document, item), "seller")


def _rows(document: Document, name: str, read_row: Callable[[Node], Row], kind: str) -> list[Yield]:
    items, frames = _found(document, document.root, name), _found(document, document.root, "list")
    if not items and not frames:
        raise document.missing(f"mục nào đúng “{_css(document.source, name)}” (bộ chọn {name})")
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
    urls = {document.own(attribute(a, "href")) for a in _found(document, document.root, "next")}
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
    url = _link(document, item, "item.link", "product")
    if url is None:
        raise ReadError("bad_row", "mục không có một địa chỉ sản phẩm")
    ref = reading.key_of(document.source, url)
    values = Values(ref)
    seller = _seller(document, item, "item.seller", values)
    record = ListingRecord(
        ref=ref,
        title=reading.name_at(item, _css(document.source, "item.title"), ref),
        url=url,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        image_url=_picture(document, item, "item.image"),
        **_prices(document, item, "item", values),
    )
    return record, [Get(url=url, kind="product", record="listing", ref=ref), *_with_page(seller), *values.problems]


def _seller_item(document: Document, item: Node) -> Row:
    url = _link(document, item, "seller.item_link", "seller")
    if url is None:
        raise ReadError("bad_row", "mục không có một địa chỉ người bán")
    ref = reading.key_of(document.source, url)
    seller = SellerRecord(ref=ref, name=reading.name_at(item, _css(document.source, "seller.item_link"), ref), url=url)
    return seller, _with_page(seller)[1:]


def _seller(document: Document, node: Node, name: str, values: Values) -> SellerRecord | None:
    """Who sells, by the configured link or name. The key is the address of its page, or the name where it has none."""
    told = {(attribute(part, "href"), text(part)) for part in _found(document, node, name) if text(part)}
    if len(told) != 1:
        if told:
            values.note("id_mismatch", f"có {len(told)} người bán ở “{_css(document.source, name)}”")
        elif _css(document.source, name):
            values.note("seller_missing", f"không thấy người bán ở “{_css(document.source, name)}”")
        return None
    href, shown = told.pop()
    url = document.own(href)
    url = url if url and kind_of(document.source, url) == "seller" else None
    ref = reading.key_of(document.source, url) if url else told_lines.key_of_name(shown)
    return SellerRecord(ref=ref, name=shown, url=url) if ref else None


def _with_page(seller: SellerRecord | None) -> list[Yield]:
    if seller is None:
        return []
    return [seller, *([Get(url=seller.url, kind="seller", record="seller", ref=seller.ref)] if seller.url else [])]


def _product(document: Document) -> list[Yield]:
    root, source = document.root, document.source
    if not _found(document, root, "product.title"):
        raise document.missing(f"tên sản phẩm “{_css(source, 'product.title')}” (bộ chọn product.title)")
    # Every page has a heading, also one that says the site is being repaired.
    if not any(_found(document, root, name) for name in _PARTS) and any(_css(source, name) for name in _PARTS):
        raise document.missing("phần nào khác của trang sản phẩm ngoài tên")
    ref = reading.same_ref(document, reading.key_of(source, document.url))
    values = Values(ref)
    unit, facts = told_lines.product_facts(told_lines.lines(root, _css(source, "product.lines")), values)
    about = _found(document, root, "product.description")
    path = tuple(dict.fromkeys(words for node in _found(document, root, "product.category") if (words := text(node))))
    seller = _seller(document, root, "product.seller", values)
    listing = ListingRecord(
        ref=ref,
        title=reading.name_at(root, _css(source, "product.title"), ref),
        url=document.url,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        category=path[-1] if path else None,
        category_path=path or None,
        image_url=_picture(document, root, "product.image"),
        description=clean.html_to_text(inner_html(about[0]), told_lines.DESCRIPTION_LIMIT) if about else None,
        own_page=True,
        **facts,
        **_prices(document, root, "product", values, unit),
    )
    return [listing, *_with_page(seller), *values.problems]


def _seller_page(document: Document) -> list[Yield]:
    css = _css(document.source, "seller.name")
    if not every(document.root, css):
        raise document.missing(f"tên người bán “{css}” (bộ chọn seller.name)")
    ref = reading.same_ref(document, reading.key_of(document.source, document.url))
    facts = told_lines.seller_facts(told_lines.lines(document.root, _css(document.source, "seller.lines")))
    if not facts and _css(document.source, "seller.lines"):
        raise document.missing(f"thông tin người bán ở “{_css(document.source, 'seller.lines')}” (seller.lines)")
    name = reading.name_at(document.root, css, ref)
    return [SellerRecord(ref=ref, name=name, url=document.url, own_page=True, **facts)]
