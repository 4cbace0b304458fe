"""WordPress without a shop: products and stalls as posts of a theme's own types, told in lines of their text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TypeVar

from ..floor import Floor
from ..paging import cut
from ..records import Listing, Seller
from ..reply import Reply, Request
from ..site import drawing
from ..vocabulary import NONGSAN_LABELS
from . import shell

T = TypeVar("T")

item_classes: tuple[str, ...] = ("id",)
robots = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"

_MOST = 100
_TYPES = {
    "post": ("Bài viết", "posts"),
    "page": ("Trang", "pages"),
    "attachment": ("Tệp tin", "media"),
    "san-pham": ("Sản phẩm", "san-pham"),
    "gian-hang": ("Gian hàng", "gian-hang"),
}


def page(floor: Floor, request: Request) -> Reply | None:
    """The page at an address, None where there is none."""
    first, _, rest = request.path.strip("/").partition("/")
    match first, rest:
        case "", "":
            return _html(request, "Sàn thương mại điện tử Long An")
        case "wp-json", "":
            return shell.answer({"name": "Sàn Long An", "namespaces": ["oembed/1.0", "wp/v2"], "authentication": []})
        case "wp-json", "wp/v2/types":
            told = {
                slug: {"name": name, "slug": slug, "rest_base": base, "rest_namespace": "wp/v2", "taxonomies": []}
                for slug, (name, base) in _TYPES.items()
            }
            return shell.answer(told)
        case "wp-json", "wp/v2/san-pham":
            return _posts(request, floor.in_category(""), lambda one: _product(floor, request.base, one))
        case "wp-json", "wp/v2/gian-hang":
            return _posts(request, floor.all_sellers(), lambda one: _stall(request.base, one))
        case "wp-content", name:
            return drawing(name.rpartition("/")[2])
        case (("san-pham" | "gian-hang"), slug) if slug:
            records: list[Listing | Seller] = [*floor.in_category(""), *floor.all_sellers()]
            return _html(request, slug) if any(one.slug == slug for one in records) else None
    return None


def not_found(request: Request) -> Reply:
    """The 404 page, in JSON where JSON was asked for."""
    if request.path.startswith("/wp-json/"):
        return shell.answer({"code": "rest_no_route", "data": {"status": 404}}, status=404)
    return _html(request, "Không tìm thấy trang", 404)


def _posts(request: Request, items: Sequence[T], write: Callable[[T], object]) -> Reply:
    asked = request.query.get("per_page", "10")
    size = min(int(asked), _MOST) if asked.isdecimal() and asked != "0" else 10
    shown = cut(items, request.query, size, request.bend)
    if shown.page > shown.pages:
        return shell.answer({"code": "rest_post_invalid_page_number", "data": {"status": 400}}, status=400)
    totals = (("X-WP-Total", str(shown.total)), ("X-WP-TotalPages", str(shown.pages)))
    return shell.answer([write(one) for one in shown.items], headers=totals)


def _post(base: str, kind: str, record: Listing | Seller, title: str, lines: dict[str, str]) -> dict[str, object]:
    text = "".join(f"<p><strong>{label}:</strong> {value}</p>\n" for label, value in lines.items())
    picture = {"id": record.number, "source_url": f"{base}/wp-content/uploads/{record.picture}.jpg"}
    return {
        "id": record.number,
        "slug": record.slug,
        "type": kind,
        "link": f"{base}/{kind}/{record.slug}/",
        "title": {"rendered": escape(title)},
        "content": {"rendered": text, "protected": False},
        "meta": [],
        "_embedded": {"wp:featuredmedia": [picture]},
    }


def _product(floor: Floor, base: str, listing: Listing) -> dict[str, object]:
    seller = floor.sellers.get(listing.seller_ref or "")
    lines = {"Giá": escape(listing.price_text), "Đơn vị tính": listing.unit}
    if seller:
        lines["Người bán"] = f'<a href="{base}/gian-hang/{seller.slug}/">{escape(seller.name)}</a>'
    told = _post(base, "san-pham", listing, listing.title, lines)
    term = {"id": 1, "name": escape(NONGSAN_LABELS[listing.category]), "slug": listing.category, "taxonomy": "nhom"}
    embedded = told["_embedded"]
    return {
        **told,
        "modified_gmt": f"{listing.updated}T01:30:00",
        "_embedded": {**(embedded if isinstance(embedded, dict) else {}), "wp:term": [[term]]},
    }


def _stall(base: str, seller: Seller) -> dict[str, object]:
    lines = {
        "Người đại diện": seller.director,
        "Điện thoại": seller.phone,
        "Địa chỉ": ", ".join(filter(None, (seller.street, seller.ward, seller.district, seller.province))),
        "Mã số thuế": seller.tax_code,
    }
    return _post(base, "gian-hang", seller, seller.name, {label: escape(text) for label, text in lines.items() if text})


def _html(request: Request, title: str, status: int = 200) -> Reply:
    return shell.page(
        request,
        title,
        f"<main><h1>{escape(title)}</h1></main>",
        head=f'<meta name="generator" content="WordPress 6.6">\n'
        f'<link rel="https://api.w.org/" href="{request.base}/wp-json/">',
        body="home blog",
        status=status,
    )
