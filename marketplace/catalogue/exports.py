"""Search results as JSON and CSV. No contact is in them, nor in the texts of sellers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from marketplace.board.queries import Post
from marketplace.board.views import NAMES as SIDE_NAMES
from marketplace.catalogue import categories
from marketplace.catalogue.hits import Card
from marketplace.catalogue.queries import ListingCard, SellerCard, place_line
from marketplace.catalogue.search_request import KIND_NAMES, SearchRequest
from marketplace.web import floors
from marketplace.web.addresses import listing_address, request_address, seller_address
from marketplace.web.formats import iso
from marketplace.web.paging import Paging
from marketplace.web.privacy import without_contacts
from marketplace.web.twins import Cell
from search_index.documents import Results

MAX_ROWS = 5_000
HEADER = (
    "Loại",
    "Loại tin",
    "Mã",
    "Tên",
    "Người bán",
    "Loại người bán",
    "Số sản phẩm đang thấy",
    "Giá ghi trên sàn",
    "Giá từ (đồng)",
    "Giá đến (đồng)",
    "Đơn vị",
    "Giá mỗi kg (đồng)",
    "Nhóm hàng",
    "Sao OCOP",
    "Chứng nhận ghi trên sàn",
    "Số lượng",
    "Ngày đăng",
    "Hết hạn",
    "Nơi",
    "Sàn",
    "Trang trên sàn",
    "Thấy lần cuối",
    "Trang ở đây",
)


def search_json(asked: SearchRequest, results: Results, paging: Paging, found: Iterable[Card]) -> dict[str, Any]:
    """The page a visitor sees, as plain data, with what was read into the query. Facet counts ignore the facet's own
    filter.
    """
    return {
        "query": asked.text,
        "exact": asked.exact,
        "sort": asked.sort,
        "near": asked.near,
        "read_as": results.read_as,
        "changes": [
            {"kind": change.kind, "typed": change.typed, "taken": list(change.taken)} for change in results.changes
        ],
        "spellings": list(results.spellings),
        "filters": {name: list(values) for name, values in asked.filters.items()},
        "total": results.total,
        "page": paging.number,
        "pages": paging.pages,
        "per_page": paging.size,
        "facets": {
            one.param: [
                {"value": value.value, "label": value.label, "count": value.count, "chosen": value.chosen}
                for value in asked.values(one, results.facets[one.index])
            ]
            for one in asked.facets
        },
        "results": plain(found),
    }


def plain(found: Iterable[Card]) -> list[dict[str, Any]]:
    """Records as plain data."""
    return [_plain(item) for item in found]


def rows(found: Iterable[Card]) -> Iterator[Sequence[Cell]]:
    """The rows below `HEADER`. Numbers are numbers, times ISO 8601 in Vietnam time."""
    for item in found:
        data = _plain(item)
        price = data.get("price") or {}
        yield (
            KIND_NAMES[data["kind"]],
            SIDE_NAMES.get(data.get("side") or ""),
            data["id"],
            data["title"],
            data.get("seller"),
            data.get("seller_kind"),
            data.get("listings"),
            price.get("text"),
            price.get("min_vnd"),
            price.get("max_vnd"),
            price.get("unit"),
            price.get("per_kg_vnd"),
            data.get("group"),
            data.get("ocop_stars"),
            "; ".join(data.get("certificates", ())),
            data.get("quantity"),
            data.get("posted_on"),
            data.get("expires_on"),
            data["place"],
            data["source"],
            data["source_url"],
            data["last_seen"],
            data["url"],
        )


def _plain(item: Card) -> dict[str, Any]:
    if isinstance(item, ListingCard):
        return _listing(item)
    return _seller(item) if isinstance(item, SellerCard) else _post(item)


def _listing(card: ListingCard) -> dict[str, Any]:
    return {
        **_common("san-pham", card.id, card.title, card.source, card.url, card.seen_at, card.gone_at),
        "seller": without_contacts(card.seller_name),
        "place": card.place,
        "group": _group(card.group_code),
        "price": {
            "text": without_contacts(card.price_text or ""),
            "status": card.price_status,
            "min_vnd": card.price_vnd,
            "max_vnd": card.price_max_vnd,
            "unit": card.unit,
            "per_kg_vnd": card.price_per_kg_vnd,
        },
        "ocop_stars": card.ocop_stars,
        "certificates": [without_contacts(text) for text in card.certificates],
        "url": listing_address(card.id, card.title),
    }


def _seller(card: SellerCard) -> dict[str, Any]:
    return {
        **_common("nguoi-ban", card.id, card.name, card.source, card.url, card.seen_at, card.gone_at),
        "seller_kind": card.kind,
        "place": card.place,
        "listings": card.listings,
        "url": seller_address(card.id, card.name),
    }


def _post(item: Post) -> dict[str, Any]:
    row = item.request
    return {
        **_common("tin", row.id, row.title, row.source, row.url, item.seen_at, row.gone_at),
        "side": row.side,
        "quantity": without_contacts(row.quantity_text or ""),
        "price": {"text": without_contacts(row.price_text or "")},
        "place": place_line(row),
        "group": _group(row.group_code),
        "posted_on": iso(row.posted_on) if row.posted_on else None,
        "expires_on": iso(row.expires_on) if row.expires_on else None,
        "url": request_address(row.id),
    }


def _group(code: str | None) -> str | None:
    return categories.group(code).name if code else None


def _common(
    kind: str,
    id_: int,
    title: str,
    source: str,
    source_url: str | None,
    seen_at: datetime | None,
    gone_at: datetime | None,
) -> dict[str, Any]:
    return {
        "kind": kind,
        "id": id_,
        "title": without_contacts(title),
        "source": floors.floor(source).title,
        "source_url": source_url,
        "last_seen": iso(seen_at) if seen_at else None,
        "gone_since": iso(gone_at) if gone_at else None,
    }
