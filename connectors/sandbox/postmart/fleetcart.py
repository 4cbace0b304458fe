"""The FleetCart dress. A script draws the lists out of JSON, so their pages hold no product; a product's own page is
whole, and says everything five times."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from ..floor import Floor
from ..frame import Frame
from ..paging import cut
from ..records import Listing, Seller
from ..reply import HTML, Reply, Request
from ..vocabulary import NONGSAN_LABELS
from .facts import crumbs, description, found, inline, metas, picture, schema, shop_path, shown, sitemap

_FRAME = Frame(Path(__file__).with_name("fleetcart.html"), lambda base: {})  # noqa: ARG005 - nothing but the address
_JSON = "application/json"
_MOST, _USUAL = 50, 30  # products a page


def page(floor: Floor, request: Request) -> Reply | None:
    """The page at an address, None where there is none."""
    first, *rest = request.path.strip("/").split("/")
    if not first:
        return _home(request)
    if first == "products" and not rest:
        return _list(floor, request, "")
    if first == "categories" and rest[1:] == ["products"] and rest[0] in NONGSAN_LABELS:
        return _list(floor, request, rest[0])
    if first == "p" and len(rest) == 1:
        return _product(floor, request, rest[0])
    if first == "shop" and len(rest) == 1:
        number = rest[0].removesuffix(".html").rpartition("-")[2]
        return _shop(request, floor.sellers[number]) if number in floor.sellers else None
    if request.path == "/sitemap.xml":
        pages = ((request.base + product_path(listing), f"{listing.updated}") for listing in floor.in_category(""))
        return sitemap("urlset", pages)
    return None


def product_path(listing: Listing) -> str:
    return f"/p/{listing.slug}-{listing.ref}.html"


def _page(request: Request, title: str, content: str, path: str, head: str = "", status: int = 200) -> Reply:
    slots = {"title": escape(title), "content": content, "canonical": escape(request.base + path), "head": head}
    return Reply(status, _FRAME.fill(request.base, slots))


def plain(request: Request, title: str, text: str, status: int = 200) -> Reply:
    """A page with a heading and a paragraph."""
    return _page(request, title, f"  <h1>{title}</h1><p>{text}</p>", escape(request.path), status=status)


def _home(request: Request) -> Reply:
    content = f"""  <section class="banner-wrap three-column-banner"><div class="row">
   <a class="banner" href="{request.base}/products" target="_self"><img src="/media/a/b/c/banner.jpg" alt="banner"></a>
  </div></section>
  <section class="features-wrap"><p>Nông sản, đặc sản từ bà con</p></section>
  <product-tabs-one :data="[]"></product-tabs-one>"""
    about = f'''<meta property="og:url" content="{request.base}/">
 <meta property="og:site_name" content="Sàn nông sản">
 <meta property="og:locale" content="vi_VN">'''
    return _page(request, "Nông sản, đặc sản", content, "/", about)


def _money(vnd: int) -> dict[str, object]:
    told = {"amount": f"{vnd}.0000", "formatted": shown(vnd), "currency": "VND"}
    return {**told, "inCurrentCurrency": dict(told)}


def _item(base: str, listing: Listing) -> dict[str, Any]:
    """The object FleetCart makes of a product."""
    old, now = listing.list_price_vnd, listing.price_vnd
    former = f" <span class='previous-price'>{shown(old)}</span>" if old else ""
    return {
        "id": listing.number, "slug": listing.slug, "name": listing.title,
        "price": _money(old or now), "special_price": _money(now) if old else None, "special_price_type": "fixed",
        "special_price_start": None, "special_price_end": None, "selling_price": _money(now),
        "formatted_price": shown(now) + former, "manage_stock": False, "qty": None, "in_stock": listing.in_stock,
        "is_in_stock": listing.in_stock, "is_out_of_stock": not listing.in_stock, "is_new": False,
        "new_from": None, "new_to": None, "options_count": 0, "has_percentage_special_price": False,
        "special_price_percent": None, "rating_percent": listing.rating * 20, "reviews": [{}] * listing.reviews,
        "base_image": {"id": listing.number, "filename": "anh.jpg", "path": picture(base, listing.picture)},
        "additional_images": [], "translations": [], "files": [],
    }  # fmt: skip


def _list(floor: Floor, request: Request, category: str) -> Reply:
    """JSON for the script that asks for it, else the empty page that this script fills."""
    if _JSON not in request.headers.get("accept", ""):
        return _shell(request, NONGSAN_LABELS.get(category, "Sản phẩm"))
    asked = request.query.get("perPage", "")
    per_page = min(max(int(asked), 10), _MOST) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else _USUAL
    listings = sorted(floor.in_category(category), key=lambda listing: listing.number, reverse=True)
    part = cut(listings, request.query, per_page, request.bend)
    following = f"{request.base}{request.path}?page={part.page + 1}" if part.page < part.pages else None
    products = {
        "current_page": part.page,
        "data": [_item(request.base, listing) for listing in part.items],
        "last_page": part.pages,
        "next_page_url": following,
        "per_page": per_page,
        "total": part.total,
    }
    body = json.dumps({"products": products, "attributes": []}, ensure_ascii=False).encode()
    return Reply(200, body, _JSON, (("Vary", "Accept"),))


def _shell(request: Request, title: str) -> Reply:
    content = f"""  <product-index initial-category-name="{escape(title)}" inline-template>
   <div class="product-search-result"><div class="search-result-middle" :class="{{ empty: emptyProducts }}">
    <div v-if="viewMode === 'grid'" class="grid-view-products"><product-card-grid-view
     v-for="product in products.data" :key="product.id" :product-data="product"></product-card-grid-view></div>
   </div></div>
  </product-index>"""
    reply = _page(request, title, content, request.path)
    return reply._replace(headers=(*reply.headers, ("Vary", "Accept")))


def _product(floor: Floor, request: Request, name: str) -> Reply | None:
    """/p/<slug>-<number>.html; /p/<slug> is the older address of the same."""
    listing = found(floor, name)
    if listing is None:
        older = next((one for one in floor.in_category("") if one.slug == name), None)
        return Reply(301, b"", HTML, (("Location", request.base + product_path(older)),)) if older else None
    base, path = request.base, product_path(listing)
    url = base + path
    seller = floor.sellers.get(listing.seller_ref or "")
    item = {**_item(base, listing), "description": description(listing)}
    head = f"""{metas(url, base, listing)}
 <script type="application/ld+json">{inline(schema(base, url, listing, seller))}</script>"""
    steps = "".join(
        f'\n     <li><a href="{base}/categories/{slug}/products">{escape(label)}</a></li>'
        for slug, label in crumbs(listing)
    )
    former = f' <span class="previous-price">{shown(listing.list_price_vnd)}</span>' if listing.list_price_vnd else ""
    stock = "in-stock" if listing.in_stock else "out-of-stock"
    content = f"""  <product-show :product="{escape(json.dumps(item, ensure_ascii=False))}" inline-template>
   <section class="product-details-wrap">
    <div class="breadcrumb"><ul class="list-inline">
     <li><a href="{base}">Trang chủ</a></li>{steps}
     <li class="active">{escape(listing.title)}</li>
    </ul></div>
    <div class="base-image-slide" data-image="{picture(base, listing.picture)}">
     <img src="{picture(base, listing.picture)}" alt=""></div>
    <div class="details-info">
     <div class="details-info-top"><h1 class="product-name">{escape(listing.title)}</h1>
      <div class="availability {stock}">{"Còn hàng" if listing.in_stock else "Hết hàng"}</div>
      <div class="brief-description">{escape(listing.title)}, bán theo {escape(listing.unit)}.</div></div>
     <div class="details-info-middle"><div class="product-price">{shown(listing.price_vnd)}{former}</div></div>
    </div>{_seller_box(base, seller)}
   </section>
  </product-show>"""
    return _page(request, listing.title, content, path, head)


def _seller_box(base: str, seller: Seller | None) -> str:
    """Not FleetCart's: how Postmart showed its sellers is not known."""
    if seller is None:
        return ""
    address = ", ".join(part for part in (seller.street, seller.ward, seller.district, seller.province) if part)
    return f"""
    <div class="seller-info"><a class="seller-link" href="{base}{shop_path(seller)}"><span class="seller-name">{
        escape(seller.name)
    }</span></a>
     <p class="seller-address">{escape(address)}</p><p class="seller-province">{seller.province}</p></div>"""


def _shop(request: Request, seller: Seller) -> Reply:
    return plain(request, escape(seller.name), "Gian hàng trên trang mẫu.")
