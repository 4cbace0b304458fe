"""voso.vn as it stood in March 2021. Facts: connectors/sources/voso.md.

The number in an address is the key, its slug decoration. A card never tells a category: a root category lists what
its branches list, and a product would change its category with every list it is found on. The product page tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from connectors.voso_pages import CATEGORY, PRODUCT, SHOP, id_of, product_page, shop_facts

source = Source(
    slug="voso",
    title="voso.vn",
    short="VS",
    home="https://voso.vn",
    hosts=("voso.vn", "www.voso.vn"),
    scope="nation",
    lists_sellers=False,  # shops are reached from their products only
    note="Sàn nhiều khả năng đã ngừng từ năm 2023. Chỉ đọc trang đã lưu hoặc tệp do Viettel Post xuất ra.",
)

# The categories with farm produce, food, crafts and farm supplies; the site's other roots are out of scope.
CATEGORIES = (
    "san-dac-san-c137",
    "dac-san-mien-bac-c138",
    "dac-san-mien-trung-c139",
    "dac-san-mien-tay-c140",
    "dac-san-nam-bo-c141",
    "dac-san-tay-nguyen-c142",
    "dac-san-trai-cay-c225",
    "hang-tieu-dung-thuc-pham-c165",
    "bach-hoa-c84",
    "thu-cong-my-nghe-c143",
    "vat-tu-nong-nghiep-c237",
    "giong-cay-trong-c238",
    "giong-vat-nuoi-c239",
    "phan-bon-c240",
    "thuc-an-chan-nuoi-thuy-san-c241",
    "thuoc-bao-ve-thuc-vat-c242",
    "thuoc-thu-y-c243",
    "che-pham-sinh-hoc-c244",
    "thuc-pham-chuc-nang-c69",
)
SEARCH = re.compile(r"/tim-kiem-[^/]*(?:/[a-z0-9-]+-c\d+)?")
KINDS = {"home": re.compile("/"), "search": SEARCH, "product": PRODUCT, "category": CATEGORY, "shop": SHOP}
AFFILIATE = frozenset({"o2o"})  # who sent the visitor
STATUSES = ("dang hoat dong", "ngung hoat dong")


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - the site cannot be asked for changes
    for category in CATEGORIES:
        yield Get(url=f"{source.home}/{category}", kind="category")


def kind_of(source: Source, url: str) -> str | None:
    path = reading.path_of(source, url)
    return next((kind for kind, shape in KINDS.items() if shape.fullmatch(path)), None)


def parse(source: Source, page: Page) -> Iterator[Yield]:
    readers = {"home": _home, "category": _grid, "search": _grid, "shop": _shop, "product": product_page}
    return reading.read(source, page, readers, dropped=AFFILIATE)


def _home(document: Document) -> list[Yield]:
    items = every(document.root, ".f-items")
    if not items:
        raise document.missing("thẻ sản phẩm “.f-items”")
    return reading.read_list(
        document,
        document.root,
        items,
        lambda item: _card(document, item),
        lambda href: id_of(document, PRODUCT, href),
        repeats=True,
    )


def _grid(document: Document) -> list[Yield]:
    return [*_cards(document), *_next(document)]


def _cards(document: Document, seller: SellerRecord | None = None) -> list[Yield]:
    frames = every(document.root, ".b__browser--content_info")
    items = every(document.root, ".b__browser--content_info .f-items" if frames else ".f-items")
    if not items and not frames:
        raise document.missing("khung lưới sản phẩm “.b__browser--content_info”")
    return reading.read_list(
        document,
        frames[0] if frames else document.root,
        items,
        lambda item: _card(document, item, seller),
        lambda href: id_of(document, PRODUCT, href),
        may_be_empty=seller is not None and seller.product_count == 0,
    )


def _next(document: Document) -> list[Yield]:
    return reading.next_page(document, "sau", every(document.root, "ul.pagination"))


def _card(document: Document, item: Node, seller: SellerRecord | None = None) -> Row:
    links = [attribute(a, "href") for a in every(item, "a[href]")]
    refs = {ref: href for href in links if (ref := id_of(document, PRODUCT, href))}
    if len(refs) != 1:
        raise ReadError("id_mismatch" if refs else "bad_row", f"thẻ có {len(refs)} mã sản phẩm: {', '.join(refs)}")
    ref, href = refs.popitem()
    url = document.own(href) or ""
    values = Values(ref)
    old = every(item, ".listed-price, .listPrice")  # the second form nests: div.listPrice > del.listPrice
    sold = values.text(item, ".f-items__ls label")
    if sold is not None and not clean.fold(sold).endswith("da ban"):
        values.note("unknown_label", f"ô đã bán: {sold}")
        sold = None
    record = ListingRecord(
        ref=ref,
        title=reading.name_at(item, ".f-items_name > a", ref),
        url=url,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else None,
        image_url=document.picture(_thumbnail(item, values)),
        # Two kinds of stars; OCOP's stand on the picture. Without them a card does not tell, whatever its name.
        ocop_stars=values.stars(values.attribute(item, ".jstars__ocop", "data-value")),
        rating=values.rating(values.attribute(item, ".f-items__ls .jstars:not(.jstars__ocop)", "data-value")),
        sold=values.count("đã bán", sold),
        **values.price(values.text(item, ".b__price strong"), old=text(old[0]) if old else None),
    )
    return record, [Get(url=url, kind="product", record="listing", ref=ref), *values.problems]


def _thumbnail(item: Node, values: Values) -> str | None:
    """The picture's signed address: loaded by script on the home page, a plain image elsewhere."""
    lazy = values.attribute(item, ".f-product-item__thumb-img", "data-href")
    return lazy or values.attribute(item, ".f-product-item__thumb-img img:not(.preview)", "src")


def _shop(document: Document) -> list[Yield]:
    box = at_most_one(document.root, ".b__shop--info.shop-own")
    if box is None:
        raise document.missing("khung gian hàng “.b__shop--info.shop-own”")
    listed = inline_json(document.root, "dataSearch")
    keyword = listed.get("keyword") if isinstance(listed, dict) else None
    ref = reading.same_ref(
        document, *(id_of(document, SHOP, told) for told in (document.url, document.canonical, keyword))
    )
    values = Values(ref)
    said = [text(p) for p in every(box, ".b__shop--description p:not(.detail-merchant-provice-mobile)")]
    for words in said:
        values.expect("trạng thái", words, STATUSES)
    seller = SellerRecord(
        ref=ref,
        name=reading.name_at(box, ".b__shop--description h3", ref),
        url=document.address,
        status=next((words for words in said if clean.fold(words) in STATUSES), None),
        image_url=document.picture(values.attribute(box, ".b__shop--avatar img", "src")),
        own_page=True,
        **shop_facts(box, values),
    )
    return [seller, *values.problems, *_cards(document, seller), *_next(document)]
