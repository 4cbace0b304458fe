"""voso.vn as it stood in March 2021. Facts: connectors/sources/voso.md.

A card never tells a category: a root category lists what its branches list, and a product would change its category
with every list it is found on. The product page tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors import clean, reading
from connectors.contract import Get, ListingRecord, Page, SellerRecord, Source, Yield
from connectors.markup import (
    Node,
    ReadError,
    at_most_one,
    attribute,
    every,
    inline_json,
    text,
)
from connectors.reading import Document, Row
from connectors.values import Values
from connectors.voso_addresses import CATEGORIES, PATHS, id_of, kind_of, prefix
from connectors.voso_pages import PAGE_SELECTORS, product_page, shop_facts

__all__ = ["kind_of", "parse", "source", "start"]

SELECTORS: Mapping[str, str] = {
    "list.frame": ".b__browser--content_info",
    "card.frame": ".f-items",
    "card.link": "a[href]",
    "card.title": ".f-items_name > a",
    "card.price": ".b__price strong",
    "card.old_price": ".listed-price, .listPrice",  # the second form nests: div.listPrice > del.listPrice
    "card.sold": ".f-items__ls label",
    # Two kinds of stars; OCOP's stand on the picture.
    "card.ocop": ".jstars__ocop",
    "card.rating": ".f-items__ls .jstars:not(.jstars__ocop)",
    # The picture's signed address: loaded by script on the home page, a plain image elsewhere.
    "card.lazy_image": ".f-product-item__thumb-img",
    "card.image": ".f-product-item__thumb-img img:not(.preview)",
    "pages.bar": "ul.pagination",
    "pages.step": "li",
    "shop.frame": ".b__shop--info.shop-own",
    "shop.name": ".b__shop--description h3",
    "shop.status": ".b__shop--description p:not(.detail-merchant-provice-mobile)",
    "shop.image": ".b__shop--avatar img",
    **PAGE_SELECTORS,
}

source = Source(
    slug="voso",
    title="voso.vn",
    short="VS",
    home="https://voso.vn",
    hosts=("voso.vn", "www.voso.vn"),
    scope="nation",
    lists_sellers=False,  # shops are reached from their products only
    note="Sàn nhiều khả năng đã ngừng từ năm 2023. Chỉ đọc trang đã lưu hoặc tệp do Viettel Post xuất ra.",
    paths=PATHS,
    selectors=SELECTORS,
)

AFFILIATE = frozenset({"o2o"})  # who sent the visitor
STATUSES = ("dang hoat dong", "ngung hoat dong")


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - the site cannot be asked for changes
    for category in CATEGORIES:
        yield Get(url=source.home + prefix(source, "category") + category, kind="category")


def parse(source: Source, page: Page) -> Iterator[Yield]:
    readers = {"home": _home, "category": _grid, "search": _grid, "shop": _shop, "product": product_page}
    return reading.read(source, page, readers, dropped=AFFILIATE, selectors=SELECTORS)


def _home(document: Document) -> list[Yield]:
    items = every(document.root, document.css["card.frame"])
    if not items:
        raise document.missing("thẻ sản phẩm", "card.frame")
    return reading.read_list(
        document,
        document.root,
        items,
        lambda item: _card(document, item),
        lambda href: id_of(document, "product", href),
        repeats=True,
    )


def _grid(document: Document) -> list[Yield]:
    return [*_cards(document), *_next(document)]


def _cards(document: Document, seller: SellerRecord | None = None) -> list[Yield]:
    css = document.css
    frames = every(document.root, css["list.frame"])
    items = [item for frame in frames or [document.root] for item in every(frame, css["card.frame"])]
    if not items and not frames:
        raise document.missing("khung lưới sản phẩm", "list.frame")
    return reading.read_list(
        document,
        frames[0] if frames else document.root,
        items,
        lambda item: _card(document, item, seller),
        lambda href: id_of(document, "product", href),
        may_be_empty=seller is not None and seller.product_count == 0,
    )


def _next(document: Document) -> list[Yield]:
    bars = every(document.root, document.css["pages.bar"])
    return reading.next_page(document, "sau", bars, document.css["pages.step"])


def _card(document: Document, item: Node, seller: SellerRecord | None = None) -> Row:
    css = document.css
    links = [attribute(a, "href") for a in every(item, css["card.link"])]
    refs = {ref: href for href in links if (ref := id_of(document, "product", href))}
    if len(refs) != 1:
        raise ReadError("id_mismatch" if refs else "bad_row", f"thẻ có {len(refs)} mã sản phẩm: {', '.join(refs)}")
    ref, href = refs.popitem()
    url = document.own(href) or ""
    values = Values(ref)
    old = every(item, css["card.old_price"])
    sold = values.text(item, css["card.sold"])
    if sold is not None and not clean.fold(sold).endswith("da ban"):
        values.note("unknown_label", f"ô đã bán: {sold}")
        sold = None
    record = ListingRecord(
        ref=ref,
        title=reading.name_at(item, css["card.title"], ref),
        url=url,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        image_url=document.picture(_thumbnail(document, item, values)),
        # Without these stars a card does not tell, whatever its name.
        ocop_stars=values.stars(values.attribute(item, css["card.ocop"], "data-value")),
        rating=values.rating(values.attribute(item, css["card.rating"], "data-value")),
        sold=values.count("đã bán", sold),
        **values.price(values.text(item, css["card.price"]), old=text(old[0]) if old else None),
    )
    return record, [Get(url=url, kind="product", record="listing", ref=ref), *values.problems]


def _thumbnail(document: Document, item: Node, values: Values) -> str | None:
    lazy = values.attribute(item, document.css["card.lazy_image"], "data-href")
    return lazy or values.attribute(item, document.css["card.image"], "src")


def _shop(document: Document) -> list[Yield]:
    css = document.css
    box = at_most_one(document.root, css["shop.frame"])
    if box is None:
        raise document.missing("khung gian hàng", "shop.frame")
    listed = inline_json(document.root, "dataSearch")
    told = listed.get("keyword") if isinstance(listed, dict) else None
    keyword = told if isinstance(told, str) else None  # a number of the page's script is no address
    ref = reading.same_ref(
        document, *(id_of(document, "shop", told) for told in (document.url, document.canonical, keyword))
    )
    values = Values(ref)
    said = [text(p) for p in every(box, css["shop.status"])]
    for words in said:
        values.expect("trạng thái", words, STATUSES)
    seller = SellerRecord(
        ref=ref,
        name=reading.name_at(box, css["shop.name"], ref),
        url=document.address,
        status=next((words for words in said if clean.fold(words) in STATUSES), None),
        image_url=document.picture(values.attribute(box, css["shop.image"], "src")),
        own_page=True,
        **shop_facts(document, box, values),
    )
    return [seller, *values.problems, *_cards(document, seller), *_next(document)]
