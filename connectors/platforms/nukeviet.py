"""The "shops" module of NukeViet, a Vietnamese system. Facts: connectors/sources/platforms.md.

A product's key is its alias, the last part of its address (`<shop>/<category>/<alias>.html`, or the same as `op` where
addresses are not rewritten): its number stands in buttons only, which a product without a price does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from connectors import clean, reading, structured
from connectors.contract import Get, ListingRecord, Page, Problem, SellerRecord, Source, Yield
from connectors.markup import Node, ReadError, attribute, every, inner_html, one, text
from connectors.platforms import told_lines
from connectors.reading import Document, Row
from connectors.values import Values

paths: Mapping[str, str] = {"shop": "/vi/shops"}  # the module's page; its last part is the module's name
selectors: Mapping[str, str] = {
    "list": ".viewgrid, .product-viewlist, #products",
    "card": ".viewgrid .thumbnail, .product-viewlist > .panel, #products .thumbnail",
    "card.title": "h3 a",
    "card.price": ".price .money",
    "card.old_price": ".price .discounts_money",
    "card.image": "a img",
    "next": "ul.pagination",
    "product": '.product-detail[itemtype*="schema.org/Product"]',
    "product.title": 'h1[itemprop="name"]',
    # With a reduced price a second ".money" stands behind it: what is saved.
    "product.price": ".info-price .money:first-of-type, .info-priceno .money",
    "product.old_price": ".info-price .discounts_money",
    "product.category": ".breadcrumb a",
    "product.description": ".info-hometext",
    "product.lines": ".product-info li, .info-customs p, .info-customs li",
    "product.seller": ".product-info .info-company a",  # the line with the company, in older templates
}
probe = ""  # the home page tells

# Pages of the module that look like categories.
_NO_CATEGORIES = frozenset(
    {"ajax", "blockcat", "cart", "checkout", "compare", "download", "group", "history", "order", "payment", "point"}
    | {"print", "profile", "review", "rss", "search", "search_result", "shippingajax", "sitemap", "tag", "viewcat"}
    | {"wishlist"}
)
_PRODUCT = re.compile(r"(?P<category>[^/]+)/(?P<alias>[^/]+)\.html")
_CATEGORY = re.compile(r"(?P<alias>[^/.]+)(?:/page-\d+)?")
_PAGE = re.compile(r"page-(\d{1,8})$")
_NUMBER = re.compile(r"[0-9]{1,8}")
_NO_WAY_ON = Problem(code="paging_unreadable", detail="danh sách còn trang nhưng thiếu liên kết sang trang sau")


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - no list tells what changed since
    yield Get(url=f"{source.home}{_shop(source)}/", kind="shop")


def parse(source: Source, page: Page) -> Iterator[Yield]:
    readers = {"shop": _shop_page, "category": _grid, "product": _product}
    never = {f"{_shop(source).lower()}/{name}" for name in _NO_CATEGORIES}
    return reading.read(source, page, readers, never=never, selectors=selectors)


def kind_of(source: Source, url: str) -> str | None:
    inside = _inside(source, url)
    if inside is None:
        return None
    if inside == "" or _PAGE.fullmatch(inside):
        return "shop"
    if _PRODUCT.fullmatch(inside):
        return "product"
    found = _CATEGORY.fullmatch(inside)
    return "category" if found and found["alias"] not in _NO_CATEGORIES else None


def fits(root: object, page: Page) -> bool:  # noqa: ARG001 - the markup tells
    """By what its pages load and link to."""
    marks = 'script[src*="nv_"], script[src*="/nukeviet"], a[href*="index.php?language="][href*="nv="]'
    return isinstance(root, Node) and bool(every(root, f'{marks}, meta[name="generator"][content*="NukeViet" i]'))


def _shop(source: Source) -> str:
    return "/" + source.paths.get("shop", paths["shop"]).strip("/")


def _inside(source: Source, url: str) -> str | None:
    """What an address names within the shop: "" its own page, "gao/page-2", "gao/gao-st25.html"; None for others.

    In small letters: the system makes its aliases so and finds them in any case.
    """
    path, top = reading.path_of(source, url).lower(), _shop(source).lower()
    if path.endswith("/index.php"):
        told = parse_qs(urlsplit(url.lower()).query)
        named = told.get("nv", [""])[-1] == top.rpartition("/")[2]
        return told.get("op", [""])[-1].strip("/") if named else None
    return path.removeprefix(top).strip("/") if reading.below(path.rstrip("/"), (top,)) else None


def _alias(document: Document, href: str | None) -> str | None:
    """The key of the product an address leads to."""
    url = document.own(href)
    found = _PRODUCT.fullmatch(_inside(document.source, url) or "") if url else None
    return found["alias"] if found else None


def _categories(document: Document) -> list[Yield]:
    """Links to categories, from wherever on the page: menus and headings."""
    urls = dict.fromkeys(url for a in every(document.root, "a[href]") if (url := document.own(attribute(a, "href"))))
    found = [url for url in urls if kind_of(document.source, url) == "category"]
    return [Get(url=url, kind="category") for url in found if not _PAGE.search(url)]


def _shop_page(document: Document) -> list[Yield]:
    """All products in pages, or the first ones of every category: its categories are read in either case."""
    categories = _categories(document)
    return [*_grid(document, front=bool(categories)), *categories]


def _grid(document: Document, front: bool = False) -> list[Yield]:
    """A list; on the front page a product may stand in several blocks, and all may be in the categories."""
    frames = every(document.root, document.css["list"])
    if not frames:
        raise document.missing("khung danh sách", "list")
    items = every(document.root, document.css["card"])
    rows = reading.read_list(
        document,
        frames[0],
        items,
        lambda item: _card(document, item),
        lambda href: _alias(document, href),
        repeats=front,
        may_be_empty=front,
    )
    # Whatever a page without items says of further ones, following it could go on for ever.
    return [*rows, *_next(document)] if items else rows


def _next(document: Document) -> list[Yield]:
    """The page behind the one that is marked. Its `rel` does not help: every later page has "next"."""
    for bar in every(document.root, document.css["next"])[:1]:
        steps = every(bar, "li")
        active = next((text(li) for li in steps if "active" in (attribute(li, "class") or "").split()), "")
        shown = {text(a): document.own(attribute(a, "href")) for a in every(bar, "a[href]")}
        here = int(active) if _NUMBER.fullmatch(active) else 0
        url = shown.get(str(here + 1))
        if here and url and url != document.url:
            return [Get(url=url, kind=document.page.get.kind)]
        if not here or any(_NUMBER.fullmatch(words) and int(words) > here for words in shown):
            return [_NO_WAY_ON]
    return [_NO_WAY_ON] if not every(document.root, document.css["next"]) and _goes_on(document) else []


def _goes_on(document: Document) -> bool:
    """Whether the page links to later pages of its own list."""
    here = _inside(document.source, document.url) or ""
    mine = _PAGE.search(here)
    top = _PAGE.sub("", here).strip("/")
    urls = [document.own(attribute(a, "href")) for a in every(document.root, 'a[href*="page-"]')]
    told = [_inside(document.source, url) or "" for url in urls if url]
    pages = [found for one in told if (found := _PAGE.search(one)) and one[: found.start()].strip("/") == top]
    return any(int(found[1]) > int(mine[1] if mine else 1) for found in pages)


def _card(document: Document, item: Node) -> Row:
    link = one(item, document.css["card.title"])
    ref, url = _alias(document, attribute(link, "href")), document.own(attribute(link, "href"))
    if ref is None or url is None:
        raise ReadError("bad_row", "thẻ không có địa chỉ sản phẩm")
    values = Values(ref)
    record = ListingRecord(
        ref=ref,
        title=reading.name_at(item, document.css["card.title"], ref),
        url=url,
        image_url=document.picture(values.attribute(item, document.css["card.image"], "src")),
        **values.price(
            values.text(item, document.css["card.price"]),
            old=values.text(item, document.css["card.old_price"]) or "",
        ),
    )
    return record, [Get(url=url, kind="product", record="listing", ref=ref), *values.problems]


def _product(document: Document) -> list[Yield]:
    """The visible price counts; stock, rating and picture are told in the page's microdata.

    Left out: code, weight, gifts, prices by amount, views; other products.
    """
    root = document.root
    if not every(root, document.css["product"]):
        raise document.missing("khung sản phẩm", "product")
    ref = reading.same_ref(document, _alias(document, document.url), _alias(document, document.canonical))
    values = Values(ref)
    told = structured.microdata(root).products
    facts = told[0] if told else structured.Product()
    for fault in facts.faults:
        values.note("bad_value", fault)
    unit, lines = told_lines.product_facts(told_lines.lines(root, document.css["product.lines"]), values)
    if facts.in_stock is not None:
        lines["in_stock"] = facts.in_stock
    crumbs = [(text(a), document.own(attribute(a, "href"))) for a in every(root, document.css["product.category"])]
    path = [(label, url) for label, url in crumbs if url and kind_of(document.source, url) == "category"]
    about = every(root, document.css["product.description"])
    seller = _seller(document, values)
    listing = ListingRecord(
        ref=ref,
        title=reading.name_at(root, document.css["product.title"], ref),
        url=document.address if "?" not in document.url or "op=" not in document.url else document.url,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        category=path[-1][0] if path else None,
        category_path=tuple(label for label, _ in path) or None,
        category_ref=_inside(document.source, path[-1][1]) if path else None,
        image_url=document.picture(facts.image),
        rating=facts.rating,
        review_count=facts.review_count,
        description=clean.html_to_text(inner_html(about[0]), told_lines.DESCRIPTION_LIMIT) if about else None,
        own_page=True,
        **lines,
        **values.price(
            values.text(root, document.css["product.price"]),
            unit,
            values.text(root, document.css["product.old_price"]) or "",
        ),
    )
    return [listing, *([seller] if seller else []), *values.problems]


def _seller(document: Document, values: Values) -> SellerRecord | None:
    """The company a product is of. Where its link leads is not known, so nothing is fetched."""
    links = [a for a in every(document.root, document.css["product.seller"]) if text(a)]
    refs = {reading.key_of(document.source, url): a for a in links if (url := document.own(attribute(a, "href")))}
    if len(refs) != 1:
        values.note("id_mismatch" if refs else "seller_missing", f"trang có {len(refs)} liên kết đến người bán")
        return None
    ref, link = refs.popitem()
    return SellerRecord(ref=ref, name=text(link), url=document.own(attribute(link, "href")))
