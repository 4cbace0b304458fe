"""FleetCart, a shop system on Laravel and Vue.

Facts: connectors/sources/postmart.md. Lists are drawn by a script out of JSON, so the JSON is read and no list page.
A product's own page tells everything up to five times, in layers that are trusted in this order: JSON-LD, the object
in the `:product` attribute, the tags of the head, the visible page. The most trusted layer that tells a value wins;
layers that contradict it about number or price are reported.

The key of a product is its number, which lists always tell. A page that tells none is known by the key it was asked for
by its list, else by the slug of its address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors import answers, markup, reading
from connectors.contract import Get, Page, Source, Yield
from connectors.platforms.fleetcart.addresses import PATHS, kind_of, path
from connectors.platforms.fleetcart.lists import listing_json
from connectors.platforms.fleetcart.product import product_page
from connectors.platforms.fleetcart.selectors import SELECTORS

__all__ = ["fits", "kind_of", "parse", "paths", "probe", "selectors", "start"]

paths: Mapping[str, str] = PATHS
selectors: Mapping[str, str] = SELECTORS
probe = ""  # the theme's colours stand on every page

# Newest first; the most that a page of the list may hold.
_QUERY = "sort=latest&perPage=50"


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - no list tells what changed since
    """The list of all products."""
    yield Get(url=f"{source.home}{path(source, 'products')}?{_QUERY}", kind="products.json")


def parse(source: Source, page: Page) -> Iterator[Yield]:
    """Read one page of the shop."""
    if page.get.kind == "products.json":
        return answers.read(source, page, {"products.json": listing_json})
    return reading.read(source, page, {"product": product_page})


def fits(root: object, page: Page) -> bool:  # noqa: ARG001 - the markup tells
    """By the storefront theme: its colour on the body, the application's root inside."""
    return isinstance(root, markup.Node) and bool(
        markup.every(root, 'body[data-theme-color][style*="--color-primary"] #app')
    )
