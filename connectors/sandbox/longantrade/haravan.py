"""A shop of the Shopify shape as Haravan serves it: products.json, the vendor of a product its only seller."""

from __future__ import annotations

from html import escape

from ..floor import Floor
from ..paging import cut
from ..records import Listing
from ..reply import Reply, Request
from ..site import drawing
from ..vocabulary import NONGSAN_LABELS
from . import shell

item_classes: tuple[str, ...] = ("id",)
robots = "User-agent: *\nDisallow: /cart\nDisallow: /checkouts\nDisallow: /account\n"

_MOST = 250


def page(floor: Floor, request: Request) -> Reply | None:
    """The page at an address, None where there is none."""
    first, _, rest = request.path.strip("/").partition("/")
    match first, rest:
        case "", "":
            return _html(request, "Sàn thương mại điện tử Long An")
        case "products.json", "":
            asked = request.query.get("limit", "50")
            size = min(int(asked), _MOST) if asked.isdecimal() and asked != "0" else 50
            shown = cut(floor.in_category(""), request.query, size, request.bend)
            return shell.answer({"products": [_product(floor, request.base, one) for one in shown.items]})
        case "images", name:
            return drawing(name)
        case "products", slug if any(one.slug == slug for one in floor.in_category("")):
            return _html(request, slug)
        case "collections", "vendors":
            return _html(request, request.query.get("q", ""))
    return None


def not_found(request: Request) -> Reply:
    """The 404 page."""
    return _html(request, "Không tìm thấy trang", 404)


def _product(floor: Floor, base: str, listing: Listing) -> dict[str, object]:
    seller = floor.sellers.get(listing.seller_ref or "")
    variant = {
        "id": listing.number * 10,
        "title": "Default Title",
        "sku": "",
        "price": f"{listing.price_vnd}.00",
        "compare_at_price": f"{listing.list_price_vnd}.00" if listing.list_price_vnd else None,
        "available": listing.in_stock,
    }
    return {
        "id": listing.number,
        "title": listing.title,
        "handle": listing.slug,
        "body_html": f"<p>{escape(listing.title)} của nhà vườn.</p>",
        "vendor": seller.name if seller else "",
        "product_type": NONGSAN_LABELS[listing.category],
        "tags": [f"OCOP {listing.stars} sao"] if listing.stars else [],
        "updated_at": f"{listing.updated}T08:30:00+07:00",
        "variants": [variant],
        "options": [{"name": "Đơn vị tính", "position": 1, "values": [listing.unit]}],
        "images": [{"id": listing.number, "src": f"{base}/images/{listing.picture}.jpg"}],
    }


def _html(request: Request, title: str, status: int = 200) -> Reply:
    return shell.page(
        request,
        title,
        f"<h1>{escape(title)}</h1>",
        head='<script src="//theme.hstatic.net/1000000000/scripts.js"></script>',
        status=status,
    )
