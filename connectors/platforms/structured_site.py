"""Any shop that lists its pages in a sitemap and describes its products by JSON-LD, microdata or OpenGraph.

Facts: connectors/sources/platforms.md. A sitemap tells addresses only, so the address is the key of a product and of a
seller, and who is there is known from the pages themselves: a full run asks for every one of them (unchanged ones are
answered with 304), and one for what is new only for those that changed since by the sitemap's own word. A page that is
listed and gone is no fault: sitemaps are made at night.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from connectors import clean, reading, structured
from connectors.contract import Get, ListingRecord, Page, Problem, SellerRecord, Source, Yield
from connectors.markup import Node, ReadError, every
from connectors.platforms import told_lines
from connectors.reading import Document
from connectors.sitemaps import read_sitemap, told_by_robots
from connectors.structured import Party, Product
from connectors.values import PriceFields, Values

paths: Mapping[str, str] = {
    "sitemap": "/sitemap.xml",  # where robots.txt names none
    # Words that a part of such an address is, or that its last part begins with.
    "products": "san-pham product products hang-hoa",
    "sellers": "shop gian-hang nha-cung-cap doanh-nghiep htx",
}
selectors: Mapping[str, str] = {"seller.name": "h1", "seller.lines": "li, tr, p"}
probe = "/sitemap.xml"

_SITEMAP = re.compile(r"\.xml(?:\.gz)?$", re.IGNORECASE)
_A_DAY = timedelta(days=1)  # `lastmod` may be told in any zone of time


def start(source: Source, since: datetime | None) -> Iterator[Get]:
    """robots.txt names the sitemaps. With `since`, the kinds of their pages say from which day on pages are wanted."""
    yield Get(url=f"{source.home}/robots.txt", kind=_kind("robots", since.date() - _A_DAY if since else None) + "?")


def _kind(name: str, day: date | None) -> str:
    return f"{name}@{day}" if day else name


def parse(source: Source, page: Page) -> Iterator[Yield]:
    name, _, told = page.get.kind.removesuffix("?").partition("@")
    if page.status not in (200, 304) and name != "robots":
        code = {401: "blocked", 403: "blocked", 404: "not_found", 410: "not_found"}.get(page.status, "http_error")
        yield Problem(code=code, ref=page.get.ref, detail=f"máy chủ trả lời {page.status}")
        return
    try:
        day = date.fromisoformat(told) if told else None
    except ValueError:
        name, day = page.get.kind, None
    if name in ("robots", "sitemap", "urls"):
        yield from _listed(source, page, name, day)
        return
    readers = {"product": _product, "seller": _seller_page}
    yield from reading.read(source, replace(page, get=replace(page.get, kind=name)), readers)


def kind_of(source: Source, url: str) -> str | None:
    path = reading.path_of(source, url)
    if path == "/robots.txt":
        return "robots?"
    if _SITEMAP.search(path):
        return "sitemap" if path.lower() == source.paths.get("sitemap", paths["sitemap"]).lower() else "urls"
    return "product?" if _is_one(source, "products", path) else "seller?" if _is_one(source, "sellers", path) else None


def fits(root: object, page: Page) -> bool:
    """By a sitemap that lists something, or a home page that describes a product to machines."""
    if isinstance(root, Node):
        return bool(structured.products(root).products)
    try:
        # An unchanged one is answered with 304, and read from what was kept.
        return page.status in (200, 304) and root is None and bool(read_sitemap(page).entries)
    except ReadError:
        return False


def _is_one(source: Source, name: str, path: str) -> bool:
    """Whether it is the address of one such thing: "/san-pham/gao", "/san-pham-gao.html", and not "/san-pham"."""
    parts = [part for part in path.lower().split("/") if part]
    words = source.paths.get(name, paths[name]).lower().split()
    if not parts:
        return False
    return any(word in parts[:-1] or parts[-1].startswith(f"{word}-") for word in words)


def _listed(source: Source, page: Page, name: str, day: date | None) -> Iterator[Yield]:
    try:
        document = _Listing(source, page, day)
        yield from document.robots() if name == "robots" else document.sitemap(may_be_index=name == "sitemap")
    except ReadError as error:
        yield error.problem()


class _Listing:
    """A file that lists pages. `day`: pages that changed before are left out."""

    def __init__(self, source: Source, page: Page, day: date | None) -> None:
        self.source, self.page, self.day = source, page, day
        self.links = reading.Links(source, page)

    def robots(self) -> Iterator[Yield]:
        named = told_by_robots(self.page.body) if self.page.status in (200, 304) else ()
        urls = dict.fromkeys(url for href in named if (url := self.links.own(href)))
        if not urls:
            urls = {self.source.home + self.source.paths.get("sitemap", paths["sitemap"]): None}
        for url in urls:
            yield Get(url=url, kind=_kind("sitemap", self.day))

    def sitemap(self, *, may_be_index: bool) -> Iterator[Yield]:
        found = read_sitemap(self.page)
        if found.of_sitemaps:
            if not may_be_index:  # the protocol knows one level; more of them could go on for ever
                raise ReadError("paging_loop", "sơ đồ trang trong một mục lục lại là mục lục")
            urls = [url for one in found.since(self.day) if (url := self.links.own(one.url))]
            for url in dict.fromkeys(urls):
                yield Get(url=url, kind=_kind("urls", self.day))
            return
        if not found.entries:
            yield Problem(code="empty_list", detail="sơ đồ trang không có địa chỉ nào")
        seen: set[str] = set()
        for one in found.since(self.day):
            url = self.links.own(one.url)
            kind = kind_of(self.source, url) if url else None
            if url is None or kind not in ("product?", "seller?") or url in seen:
                continue
            seen.add(url)
            yield Get(url=url, kind=kind)


def _told(document: Document) -> Product:
    """The product a page is about, by the notation that tells most. Raises ReadError layout when none tells one."""
    found = structured.products(document.root)
    for fault in found.faults:
        document.report("bad_value", fault)
    several = list(found.products or structured.microdata(document.root).products)
    named = [one for one in several if one.name]
    if len(named) > 1:
        here = reading.key_of(document.source, document.url)
        mine = [one for one in named if (url := document.own(one.url)) and reading.key_of(document.source, url) == here]
        if len(mine) != 1:
            raise ReadError("bad_row", f"trang tả {len(named)} sản phẩm, không rõ là trang của sản phẩm nào")
        return mine[0]
    product = named[0] if named else structured.open_graph(document.root)
    if product is None:
        raise document.missing("dữ liệu sản phẩm dạng JSON-LD, microdata hoặc OpenGraph")
    return product


def _product(document: Document) -> list[Yield]:
    """Left out: brand and manufacturer, which are no accounts that sell; code, parent things, reviews."""
    product = _told(document)
    ref = reading.same_ref(document, reading.key_of(document.source, document.url))
    if not product.name:
        raise ReadError("bad_row", "sản phẩm không có tên", ref)
    values = Values(ref)
    for fault in product.faults:
        values.note("bad_value", fault)
    lines = ((reading.label_key(label), printed) for label, printed in product.properties)
    unit, facts = told_lines.product_facts(lines, values)
    if product.in_stock is not None:
        facts["in_stock"] = product.in_stock
    if product.origin is not None:
        facts["origin"] = product.origin
    seller = _party(document, product.seller)
    if seller is None:
        values.note("seller_missing", "dữ liệu sản phẩm không nói ai bán")
    own = [seller] if seller else []
    path = tuple(part for part in re.split(r"\s*[>/]\s*", product.category or "") if part)
    # Data without a price says nothing of it; a shop that wants to be asked often leaves it out.
    price = values.price(product.price_text, unit) if product.price_text else PriceFields()
    listing = ListingRecord(
        ref=ref,
        title=product.name,
        url=document.url,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        category=path[-1] if path else None,
        category_path=path or None,
        image_url=document.picture(product.image),
        rating=product.rating,
        review_count=product.review_count,
        description=clean.html_to_text(product.description, told_lines.DESCRIPTION_LIMIT)
        if product.description
        else None,
        own_page=True,
        **facts,
        **price,
    )
    gets = [Get(url=one.url, kind="seller?", record="seller", ref=one.ref) for one in own if one.url]
    return [listing, *own, *gets, *values.problems]


def _party(document: Document, told: Party | None) -> SellerRecord | None:
    """Who sells. The key is the address of its page here; its name where it has none."""
    if told is None or not told.name:
        return None
    url = document.own(told.url)
    if url is not None and not _is_one(document.source, "sellers", document.path(url)):
        url = None  # the shop itself, or a page of which nothing is known
    ref = reading.key_of(document.source, url) if url else told_lines.key_of_name(told.name)
    return SellerRecord(ref=ref, name=told.name, url=url, phone=told.phone, address=told.address) if ref else None


def _seller_page(document: Document) -> list[Yield]:
    css = document.source.selectors.get("seller.name", selectors["seller.name"])
    if not every(document.root, css):
        raise document.missing(f"tên người bán “{css}”")
    ref = reading.same_ref(document, reading.key_of(document.source, document.url))
    lines = told_lines.lines(document.root, document.source.selectors.get("seller.lines", selectors["seller.lines"]))
    facts = told_lines.seller_facts(lines)
    if not facts:
        raise document.missing("thông tin người bán (địa chỉ, điện thoại…)")
    name = reading.name_at(document.root, css, ref)
    return [SellerRecord(ref=ref, name=name, url=document.url, own_page=True, **facts)]
