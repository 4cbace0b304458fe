"""Where the pages of an OpenCart shop are, and what configuration may change of it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from connectors.contract import Source
from connectors.reading import Document

paths: Mapping[str, str] = {"categories": "/index.php?route=information/sitemap"}  # a page that links to all of them
selectors: Mapping[str, str] = {
    "category.link": '#information-sitemap #content .row > :first-child a[href], a[href*="route=product/category"]',
    "category.name": "#content > h1, #content > h2",
    "list": "#product-category #content",
    "card": ".product-thumb",
    "card.title": "h4 a",
    "card.price": ".price",
    "card.new_price": ".price .price-new",
    "card.old_price": ".price .price-old",
    "card.image": ".image img",
    "next": "ul.pagination",
    "product": "#product-product",
    "product.title": "#product-product h1",
    "product.number": '#product input[name="product_id"], #form-product input[name="product_id"]',
    "product.price": "#product-product ul.list-unstyled h2",
    "product.old_price": '#product-product .list-unstyled :is([style*="line-through"], .price-old)',
    "product.image": ".thumbnails li:first-child a",
    "product.description": "#tab-description",
    "product.lines": "#product-product #content ul.list-unstyled > li, #tab-specification table tr",
    "seller.link": 'a[href*="customerpartner/profile"], a[href*="seller_id="], a[href*="vendor_id="]',
    "seller.name": "#content h1",
    "seller.lines": "#content li, #content tr, #content p",
}

DROPPED = frozenset({"sort", "order", "limit", "tracking", "filter"})  # the same list in another order
_ROUTES = {"product/product": "product", "product/category": "category", "information/sitemap": "categories"}
_SELLER_ROUTES = ("customerpartner/", "seller", "vendor")
_SELLER_KEYS = ("seller_id", "vendor_id", "seller_store_id", "id")


def kind_of(source: Source, url: str) -> str | None:
    """By the route; the written address of a page does not tell what it shows."""
    told = query(url)
    if url.removeprefix(source.home) == source.paths.get("categories", paths["categories"]):
        return "categories"
    route = told.get("route", "")
    if any(word in route for word in _SELLER_ROUTES) and seller_key(url):
        return "seller"
    kind = _ROUTES.get(route)
    return "group" if kind == "category" and "_" not in told.get("path", "") else kind


def query(url: str | None) -> dict[str, str]:
    """The parameters of an address; of one that stands twice, the last."""
    try:
        told = parse_qs(urlsplit(url or "").query)
    except ValueError:
        return {}
    return {name: shown[-1] for name, shown in told.items()}


def product_number(href: str | None) -> str:
    """The number of the product an address leads to, "" for any other address."""
    told = query(href)
    number = told.get("product_id", "")
    return number if told.get("route") == "product/product" and number.isdecimal() else ""


def seller_key(href: str | None) -> str:
    """The number of the seller an address leads to, "" for any other address."""
    told = query(href)
    return next((told[name] for name in _SELLER_KEYS if told.get(name, "").isdecimal()), "")


def product_url(document: Document, number: str) -> str:
    """The plain address of a product."""
    return f"{document.source.home}/index.php?route=product/product&product_id={number}"
