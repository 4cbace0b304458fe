"""A shop of one's own making: its lists are drawn by scripts, its sitemap and its pages speak to search engines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import date
from html import escape

from ..floor import Floor
from ..paging import cut
from ..records import Listing, Seller, dice
from ..reply import Reply, Request
from ..site import drawing
from . import shell, told

item_classes: tuple[str, ...] = ()  # nothing of it is found by its class
robots = "User-agent: *\nDisallow: /gio-hang\n\nSitemap: {base}/sitemap.xml\n"

_A_FILE = 10
_XML = "application/xml; charset=utf-8"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def page(floor: Floor, request: Request) -> Reply | None:
    """The page at an address, None where there is none."""
    match [part for part in request.path.split("/") if part]:
        case []:
            return shell.page(request, "Sàn Long An", '<div id="app"></div><script src="/app.js"></script>')
        case ["sitemap.xml"]:
            return _index(floor, request)
        case ["sitemap-san-pham.xml"]:
            return _products(floor, request)
        case ["sitemap-gian-hang.xml.gz"]:
            shown = cut(floor.all_sellers(), {}, 50_000, request.bend).items
            pages = [(f"{request.base}/gian-hang/{one.slug}", one.joined) for one in shown]
            return Reply(200, gzip.compress(_urls(pages).encode(), mtime=0), "application/gzip")
        case ["san-pham", file] if file.endswith(".html"):
            slug = file.removesuffix(".html")
            listing = next((one for one in floor.in_category("") if one.slug == slug), None)
            return _product(floor, request, listing) if listing else None
        case ["gian-hang", slug]:
            seller = next((one for one in floor.all_sellers() if one.slug == slug), None)
            return _seller(request, seller) if seller else None
        case ["anh", name]:
            return drawing(name)
        case ["tin-tuc", _] | ["san-pham"]:
            return shell.page(request, "Tin tức", "<h1>Tin tức</h1>")
    return None


def not_found(request: Request) -> Reply:
    """The 404 page."""
    return shell.page(request, "Không tìm thấy trang", "<h1>404</h1>", status=404)


def _index(floor: Floor, request: Request) -> Reply:
    files = range(1, max(1, -(-len(floor.in_category("")) // _A_FILE)) + 1)
    newest = max((one.updated for one in floor.in_category("")), default=date(2021, 12, 1))
    told_files = [f"sitemap-san-pham.xml?page={number}" for number in files] + ["sitemap-gian-hang.xml.gz"]
    rows = "".join(
        f"<sitemap><loc>{request.base}/{file}</loc><lastmod>{newest}</lastmod></sitemap>\n" for file in told_files
    )
    return Reply(200, f"{_HEAD}<sitemapindex {_SPACE}>\n{rows}</sitemapindex>\n".encode(), _XML)


def _products(floor: Floor, request: Request) -> Reply:
    shown = cut(floor.in_category(""), request.query, _A_FILE, request.bend)
    if request.bend == "paging_loop":  # an index where pages were expected, for ever
        following = f"{request.base}/sitemap-san-pham.xml?page={shown.page + 1}"
        body = f"{_HEAD}<sitemapindex {_SPACE}><sitemap><loc>{following}</loc></sitemap></sitemapindex>"
        return Reply(200, body.encode(), _XML)
    pages = [(f"{request.base}/san-pham/{one.slug}.html", one.updated) for one in shown.items]
    others = [(f"{request.base}/tin-tuc/hoi-cho", date(2026, 1, 5)), (f"{request.base}/san-pham", date(2026, 1, 5))]
    return Reply(200, _urls([*pages, *(others if shown.page == 1 and pages else ())]).encode(), _XML)


def _urls(pages: Iterable[tuple[str, date]]) -> str:
    rows = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{day}T08:00:00+07:00</lastmod></url>\n" for url, day in pages
    )
    return f"{_HEAD}<urlset {_SPACE}>\n{rows}</urlset>\n"


def _product(floor: Floor, request: Request, listing: Listing) -> Reply:
    """Most pages speak JSON-LD, in one of its notations; a few have nothing but OpenGraph."""
    base, seller = request.base, floor.sellers.get(listing.seller_ref or "")
    image = f"{base}/anh/{listing.picture}.jpg"
    graph = f"""<meta property="og:type" content="product"><meta property="og:title" content="{escape(listing.title)}">
<meta property="og:image" content="{image}">"""
    way = dice(listing.ref, 4) if seller else 3  # OpenGraph knows no seller
    if way == 3 and listing.price_vnd and not seller:
        graph += f"""<meta property="product:price:amount" content="{listing.price_vnd}">
<meta property="product:price:currency" content="VND">"""
    data = "" if not seller else _json(_ways(_thing(base, listing, seller, image), way))
    content = f"<h1>{escape(listing.title)}</h1><div id='app'>{told.price(base, listing)}</div>{data}"
    return shell.page(request, listing.title, content, head=graph)


def _thing(base: str, listing: Listing, seller: Seller, image: str) -> dict[str, object]:
    offer: dict[str, object] = {
        "@type": "Offer",
        "availability": "https://schema.org/" + ("InStock" if listing.in_stock else "OutOfStock"),
        "seller": {"@type": "Organization", "name": seller.name, "url": f"{base}/gian-hang/{seller.slug}"},
    }
    if listing.price_vnd:
        offer |= {"price": str(listing.price_vnd), "priceCurrency": "VND"}
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": listing.title,
        "sku": f"S{listing.ref}",
        "image": [image],
        "category": " > ".join(label for _, label in told.steps(listing)),
        "description": f"<p>{escape(listing.title)} của nhà vườn.</p>",
        "offers": offer,
        "additionalProperty": [
            {"@type": "PropertyValue", "name": label, "value": value} for label, value in told.product_lines(listing)
        ],
    }


def _ways(thing: dict[str, object], way: int) -> object:
    site = {"@type": "WebSite", "name": "Sàn Long An"}
    if way == 0:
        return [site, thing]
    if way == 1:
        return {"@context": "https://schema.org", "@graph": [site, thing]}
    return thing


def _json(value: object) -> str:
    told_json = json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{told_json}</script>'


def _seller(request: Request, seller: Seller) -> Reply:
    rows = "".join(f"<tr><th>{label}</th><td>{escape(value)}</td></tr>" for label, value in told.seller_lines(seller))
    return shell.page(request, seller.name, f"<h1>{escape(seller.name)}</h1><table>{rows}</table>")
