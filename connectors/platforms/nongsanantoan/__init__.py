"""The "Kết nối cung cầu nông sản an toàn" family: provincial sites with one markup.

Facts: connectors/sources/nongsanantoanlongan.md. A site of the family is a module with its `source` and these three:
`start`, `parse`, `kind_of`.

Keys are slugs, of sellers as of products: the slug is the only key that stands on every page, while the seller list
knows no numbers. Numbers are still read, to see that the parts of a page agree. Only a card that links nowhere, on a
page saved by hand, is known by its number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors import markup, reading
from connectors.contract import Get, Page, Source, Yield
from connectors.platforms.nongsanantoan.addresses import NEVER, PATHS, kind_of, prefix
from connectors.platforms.nongsanantoan.board import board, post
from connectors.platforms.nongsanantoan.lists import category, sellers
from connectors.platforms.nongsanantoan.product import product_page
from connectors.platforms.nongsanantoan.seller import seller_page

__all__ = ["fits", "kind_of", "parse", "paths", "probe", "selectors", "start"]

paths: Mapping[str, str] = PATHS
selectors: Mapping[str, str] = {}
probe = ""  # the home page shows the family's cards

_LISTS = 'a[href$="/shop"], a[href*="/danh-muc-san-pham"]'
_READERS = {
    "sellers": sellers,
    "seller": seller_page,
    "category": category,
    "product": product_page,
    "board": board,
    "post": post,
}


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - no list tells what changed since
    """The three lists; the product list of all categories at once."""
    for name, kind in (("sellers", "sellers"), ("categories", "category"), ("board", "board")):
        yield Get(url=source.home + prefix(source, name), kind=kind)


def parse(source: Source, page: Page) -> Iterator[Yield]:
    """Read one page of the family."""
    return reading.read(source, page, _READERS, never=NEVER)


def fits(root: object, page: Page) -> bool:  # noqa: ARG001 - the markup tells
    """By the cards of products together with a link to the list of sellers or of products."""
    return isinstance(root, markup.Node) and bool(markup.every(root, ".thumb-product") and markup.every(root, _LISTS))
