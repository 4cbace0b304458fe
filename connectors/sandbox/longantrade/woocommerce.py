"""WordPress with WooCommerce and Dokan: the Store API, the stores of the stall keepers, and plain pages.

Field names as in the plug-ins' own sources; values as WordPress writes them: entities in names, `[]` for an empty
object, prices in minor units as texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TypeVar

from ..floor import Floor
from ..paging import cut
from ..prices import dotted
from ..records import Listing, Seller
from ..reply import Reply, Request
from ..site import drawing
from ..vocabulary import NONGSAN_LABELS, NONGSAN_PARENT
from . import shell

T = TypeVar("T")

item_classes: tuple[str, ...] = ("id",)
robots = "User-agent: *\nDisallow: /wp-admin/\nAllow: /wp-admin/admin-ajax.php\n"

_API = "/wp-json"
_MOST = 100  # a page of the API holds at most so many
_NUMBERS = {slug: 300 + number for number, slug in enumerate(NONGSAN_LABELS)}


def page(floor: Floor, request: Request) -> Reply | None:
    """The page at an address, None where there is none."""
    first, _, rest = request.path.strip("/").partition("/")
    match first, rest:
        case "", "":
            return _home(floor, request)
        case "wp-json", route:
            return _route(floor, request, route)
        case "wp-content", name:
            return drawing(name.rpartition("/")[2])
        case "product", slug:
            found = next((one for one in floor.in_category("") if one.slug == slug), None)
            return _html(request, found.title) if found else None
        case "store", slug:
            shop = next((one for one in floor.all_sellers() if one.slug == slug), None)
            return _html(request, shop.name) if shop else None
    return None


def not_found(request: Request) -> Reply:
    """The 404 page, in JSON where JSON was asked for."""
    if request.path.startswith(_API + "/"):
        told = {"code": "rest_no_route", "message": "Không tìm thấy đường dẫn.", "data": {"status": 404}}
        return shell.answer(told, status=404)
    return _html(request, "Không tìm thấy trang", 404)


def _route(floor: Floor, request: Request, route: str) -> Reply | None:
    match route.split("/"):
        case [""]:
            return shell.answer(
                {
                    "name": "Sàn thương mại điện tử Long An",
                    "url": request.base,
                    "home": request.base,
                    "namespaces": ["oembed/1.0", "dokan/v1", "wc/store", "wc/store/v1", "wc/v3", "wp/v2"],
                    "authentication": [],
                }
            )
        case ["wc", "store", "v1", "products"]:
            return _pages(request, floor.in_category(""), lambda one: _product(request.base, one))
        case ["dokan", "v1", "stores"]:
            return _pages(request, floor.all_sellers(), lambda one: _store(request.base, one))
        case ["dokan", "v1", "stores", ref, "products"] if ref in floor.sellers:
            seller = floor.sellers[ref]
            return _pages(request, floor.listings_of(ref), lambda one: _product_of(request.base, one, seller))
    return None


def _pages(request: Request, items: Sequence[T], write: Callable[[T], object]) -> Reply:
    asked = request.query.get("per_page", "10")
    size = min(int(asked), _MOST) if asked.isdecimal() and asked != "0" else 10
    shown = cut(items, request.query, size, request.bend)
    totals = (("X-WP-Total", str(shown.total)), ("X-WP-TotalPages", str(shown.pages)))
    return shell.answer([write(one) for one in shown.items], headers=totals)


def _product(base: str, listing: Listing) -> dict[str, object]:
    price, old = listing.price_vnd, listing.list_price_vnd
    shown = listing.price_text and escape(listing.price_text)
    if price:
        now = _money(price)
        shown = f'<del aria-hidden="true">{_money(old)}</del> <ins aria-hidden="true">{now}</ins>' if old else now
    attributes = [("Đơn vị tính", listing.unit)]
    attributes += [("Chứng nhận", name) for name in listing.certificates[:1]]
    attributes += [("OCOP", f"{listing.stars} sao")] if listing.stars else []
    return {
        "id": listing.number,
        "name": escape(listing.title),
        "slug": listing.slug,
        "type": "simple",
        "permalink": f"{base}/product/{listing.slug}/",
        "sku": "",
        "short_description": "",
        "description": f"<p>{escape(listing.title)} &#8211; h&agrave;ng của nhà vườn.</p>\n",
        "on_sale": bool(old),
        "prices": {
            "price": str(price),
            "regular_price": str(old or price),
            "sale_price": str(price),
            "price_range": None,
            "currency_code": "VND",
            "currency_symbol": "₫",
            "currency_minor_unit": 0,
            "currency_decimal_separator": ",",
            "currency_thousand_separator": ".",
            "currency_prefix": "",
            "currency_suffix": "\u00a0₫",
        },
        "price_html": shown,
        "average_rating": str(listing.rating),
        "review_count": listing.reviews,
        "images": [{"id": listing.number, "src": f"{base}/wp-content/uploads/{listing.picture}.jpg", "alt": ""}],
        "categories": _categories(base, listing.category),
        "tags": [],
        "attributes": [
            {"id": 0, "name": name, "taxonomy": None, "has_variations": False, "terms": [{"id": 0, "name": value}]}
            for name, value in attributes
        ],
        "variations": [],
        "has_options": False,
        "is_purchasable": bool(price),
        "is_in_stock": listing.in_stock,
        "extensions": {},
    }


def _money(amount: int) -> str:
    sign = '<span class="woocommerce-Price-currencySymbol">&#8363;</span>'
    return f'<span class="woocommerce-Price-amount amount"><bdi>{dotted(amount)}&nbsp;{sign}</bdi></span>'


def _categories(base: str, slug: str) -> list[dict[str, object]]:
    above = NONGSAN_PARENT.get(slug, "")
    told: list[dict[str, object]] = []
    for name in (slug, above):
        if name:
            path = f"{above}/{name}" if name == slug and above else name
            link = f"{base}/product-category/{path}/"
            told.append({"id": _NUMBERS[name], "name": escape(NONGSAN_LABELS[name]), "slug": name, "link": link})
    return told


def _store(base: str, seller: Seller) -> dict[str, object]:
    address = {
        "street_1": seller.street,
        "street_2": seller.ward,
        "city": seller.district,
        "zip": "",
        "country": "VN",
        "state": seller.province,
    }
    return {
        "id": seller.number,
        "store_name": escape(seller.name),
        "first_name": "",
        "last_name": seller.director,
        "social": [],
        "phone": seller.phone,
        "show_email": False,
        "address": address if seller.street or seller.ward else [],
        "location": "",
        "banner": "",
        "gravatar": f"{base}/wp-content/uploads/{seller.picture}.jpg",
        "shop_url": f"{base}/store/{seller.slug}/",
        "featured": False,
        "rating": {"rating": f"{seller.rating}.00", "count": seller.reviews},
        "enabled": seller.active,
        "registered": f"{seller.joined} 08:00:00",
        "trusted": seller.approved,
    }


def _product_of(base: str, listing: Listing, seller: Seller) -> dict[str, object]:
    return {
        "id": listing.number,
        "name": listing.title,
        "slug": listing.slug,
        "permalink": f"{base}/product/{listing.slug}/",
        "status": "publish",
        "price": str(listing.price_vnd or ""),
        "store": {"id": seller.number, "name": seller.name, "url": f"{base}/store/{seller.slug}/"},
    }


def _html(request: Request, title: str, status: int = 200, content: str = "") -> Reply:
    return shell.page(
        request,
        title,
        f'<div class="site-content"><h1>{escape(title)}</h1>{content}</div>',
        head=f'<meta name="generator" content="WooCommerce 9.3.3">\n'
        f'<link rel="https://api.w.org/" href="{request.base}{_API}/">',
        body="theme-shop woocommerce woocommerce-page dokan-theme",
        status=status,
    )


def _home(floor: Floor, request: Request) -> Reply:
    cards = "".join(
        f'\n<li class="product type-product"><a href="{request.base}/product/{one.slug}/">{escape(one.title)}</a></li>'
        for one in reversed(floor.in_category("")[-12:])
    )
    return _html(request, "Sàn thương mại điện tử Long An", content=f'<ul class="products">{cards}</ul>')
