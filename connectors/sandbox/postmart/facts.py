"""What both dresses tell: addresses, pictures, and the product as schema.org writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape

from ..floor import Floor
from ..prices import dotted
from ..records import Listing, Seller
from ..reply import Reply
from ..vocabulary import NONGSAN_LABELS, NONGSAN_PARENT

XML = "application/xml; charset=utf-8"
PRODUCT = re.compile(r"(?:[a-z0-9-]*-)?(?P<number>\d+)\.html")


def shown(vnd: int) -> str:
    """An amount as the shop writes it, with the blank that does not break."""
    return f"{dotted(vnd)}\u00a0₫"


def picture(base: str, key: str) -> str:
    """Three folders of one digit, then forty letters."""
    return f"{base}/media/{key[0]}/{key[1]}/{key[2]}/{key}.jpg"


def found(floor: Floor, name: str) -> Listing | None:
    """The product of an address's last part: the number counts, not the words."""
    told = PRODUCT.fullmatch(name)
    return floor.listings.get(told["number"]) if told else None


def crumbs(listing: Listing) -> list[tuple[str, str]]:
    """Slug and label of the categories above a product, the root first."""
    top = NONGSAN_PARENT.get(listing.category, "")
    return [(slug, NONGSAN_LABELS[slug]) for slug in (top, listing.category) if slug in NONGSAN_LABELS]


def description(listing: Listing) -> str:
    return f"<p>{escape(listing.title)}, bán theo {escape(listing.unit)}.</p><p>Giao hàng qua bưu cục.</p>"


def shop_path(seller: Seller) -> str:
    return f"/shop/{seller.slug}-{seller.ref}.html"


def schema(base: str, url: str, listing: Listing, seller: Seller | None) -> dict[str, object]:
    """The product as JSON-LD."""
    offer: dict[str, object] = {
        "@type": "Offer",
        "price": f"{listing.price_vnd}.0000",
        "priceCurrency": "VND",
        "availability": "https://schema.org/" + ("InStock" if listing.in_stock else "OutOfStock"),
        "url": url,
    }
    if seller is not None:
        offer["seller"] = {"@type": "Organization", "name": seller.name, "url": base + shop_path(seller)}
    thing: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": listing.title,
        "sku": f"PM{listing.ref}",
        "url": url,
        "image": picture(base, listing.picture),
        "description": description(listing),
        "offers": offer,
    }
    if listing.reviews:
        rated = {"@type": "AggregateRating", "ratingValue": listing.rating, "ratingCount": listing.reviews}
        thing["aggregateRating"] = rated
    return thing


def inline(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def metas(url: str, base: str, listing: Listing) -> str:
    told = {
        "og:type": "product",
        "og:title": listing.title,
        "og:url": url,
        "og:image": picture(base, listing.picture),
        "og:description": f"{listing.title}, bán theo {listing.unit}.",
        "product:price:amount": f"{listing.price_vnd}.0000",
        "product:price:currency": "VND",
    }
    return "\n ".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in told.items())


def sitemap(root: str, entries: Iterable[tuple[str, str]]) -> Reply:
    """`urlset` of pages or `sitemapindex` of sitemaps, each with its address and the day of its last change."""
    item = {"urlset": "url", "sitemapindex": "sitemap"}[root]
    lines = "".join(f"\n <{item}><loc>{escape(url)}</loc><lastmod>{day}</lastmod></{item}>" for url, day in entries)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- Trang mẫu: dữ liệu bịa -->\n'
        f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{lines}\n</{root}>\n'
    )
    return Reply(200, text.encode(), XML)
