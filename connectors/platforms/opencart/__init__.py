"""OpenCart shops, versions 2 to 4. Facts: connectors/sources/platforms.md.

A product's key is its `product_id`, which stands in addresses, in the buttons of cards and in the form of its page. It
is fetched by its plain address (`index.php?route=product/product&product_id=…`): written addresses ("/gao/gao-st25")
differ with the category it was found in, and the plain one works beside them.

Sellers are no part of OpenCart: every vendor extension has pages of its own. `seller.link` finds the link on a
product's page; the number in it is the seller's key.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connectors import reading
from connectors.contract import Get, Page, Source, Yield
from connectors.markup import Node, every
from connectors.platforms.opencart.addresses import DROPPED, kind_of, paths, selectors
from connectors.platforms.opencart.pages import categories, category, group, product_page, seller_page

__all__ = ["fits", "kind_of", "parse", "paths", "probe", "selectors", "start"]

probe = ""  # the home page tells
_READERS = {
    "categories": categories,
    "group": group,
    "category": category,
    "product": product_page,
    "seller": seller_page,
}


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - no list tells what changed since
    yield Get(url=source.home + source.paths.get("categories", paths["categories"]), kind="categories")


def parse(source: Source, page: Page) -> Iterator[Yield]:
    return reading.read(source, page, _READERS, dropped=DROPPED, selectors=selectors)


def fits(root: object, page: Page) -> bool:  # noqa: ARG001 - the markup tells
    """By links to its routes, or by the folder all its themes load from."""
    links = 'a[href*="index.php?route="], form[action*="index.php?route="]'
    files = '[src*="catalog/view/"], link[href*="catalog/view/"]'
    return isinstance(root, Node) and bool(every(root, links) or every(root, files))
