"""The list of products, as the JSON that FleetCart's script asks for."""

from __future__ import annotations

from connectors.answers import Answer, page_number, with_query
from connectors.contract import Get, Problem, Yield
from connectors.markup import ReadError
from connectors.platforms.fleetcart.addresses import product_url
from connectors.platforms.fleetcart.item import Item, item_layer, number_of, whole_number
from connectors.platforms.fleetcart.layers import listing
from connectors.reading import Links, Row, read_rows
from connectors.values import Values


def listing_json(answer: Answer) -> list[Yield]:
    """One page of a list: `{"products": {"data": […], "current_page": …, "last_page": …}}`."""
    value = answer.value
    box = value.get("products") if isinstance(value, dict) else None
    rows = box.get("data") if isinstance(box, dict) else None
    if not isinstance(box, dict) or not isinstance(rows, list):
        raise answer.missing("khoá “products.data”")
    current, last = whole_number(box.get("current_page")), whole_number(box.get("last_page"))
    if not rows:
        # A list that grew shorter while it was read ends behind its end.
        behind = current is not None and last is not None and current > last
        return [] if behind else [Problem(code="empty_list", detail="danh sách không có mục nào")]
    return [*read_rows(rows, lambda item: _row(answer, item)), *_next(answer, box, current, last)]


def _row(links: Links, item: object) -> Row:
    ref = number_of(item) if isinstance(item, dict) else ""
    if not isinstance(item, dict) or not ref:
        raise ReadError("bad_row", "mục không phải là một sản phẩm có mã")
    values = Values(ref)
    url = _address(links, item, ref)
    record = listing(ref, url, [item_layer(links, item, "danh sách", values)], values)
    return record, [Get(url=url, kind="product", record="listing", ref=ref), *values.problems]


def _address(links: Links, item: Item, ref: str) -> str:
    """Where the product's own page is: as told, else made of its slug."""
    told = item.get("url")
    url = links.own(told) if isinstance(told, str) else None
    slug = item.get("slug")
    if url is None and not (isinstance(slug, str) and slug.strip()):
        raise ReadError("bad_row", "sản phẩm không có đường dẫn", ref)
    return url or product_url(links.source, str(slug).strip(), ref)


def _next(answer: Answer, box: Item, current: int | None, last: int | None) -> list[Yield]:
    if last is None and "next_page_url" not in box:
        return [Problem(code="paging_unreadable", detail="danh sách không nói có bao nhiêu trang")]
    page = page_number(answer.url)
    if current is not None and current != page:
        return [Problem(code="paging_loop", detail=f"trang {page} trả lời bằng trang {current}")]
    if not (box.get("next_page_url") if last is None else page < last):
        return []
    return [Get(url=with_query(answer.url, page=str(page + 1)), kind=answer.page.get.kind)]
