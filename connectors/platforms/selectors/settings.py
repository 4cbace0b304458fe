"""The names an administrator may set, and how they are read."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import reading
from connectors.contract import Source
from connectors.markup import Node, every
from connectors.reading import Document

paths: Mapping[str, str] = {
    "lists": "",  # addresses of lists of products, with blanks between them
    "sellers": "",  # addresses of lists of sellers, likewise
    "product": "",  # what the address of a product's page begins with; needed where lists may be empty
    "seller": "",  # what the address of a seller's page begins with
}
selectors: Mapping[str, str] = {
    "list": "",  # what holds the items, also when there are none
    "item": "",
    "item.link": "a",
    "item.title": "",
    "item.price": "",
    "item.old_price": "",
    "item.image": "img",
    "item.seller": "",  # link or name
    "next": "",  # the link to the next page; without it, what commonly leads there
    "product.title": "h1",
    "product.price": "",
    "product.old_price": "",
    "product.category": "",  # the steps of the breadcrumb
    "product.image": "",
    "product.description": "",
    "product.seller": "",
    "product.lines": "",  # "label: value", or rows of two cells
    "seller.item": "",
    "seller.item_link": "a",
    "seller.name": "h1",
    "seller.lines": "",
}
NEEDED = ("item", "item.title")


def kind_of(source: Source, url: str) -> str | None:
    path = reading.path_of(source, url).lower()  # shops mix the case
    for name, kind in (("lists", "list"), ("sellers", "sellers")):
        if any(path.rstrip("/") == own.lower().partition("?")[0].rstrip("/") for own in lists_of(source, name)):
            return kind
    for kind in ("seller", "product"):
        top = top_of(source, kind).lower()
        if top and path.startswith(top) and path != top:
            return kind
    return None if top_of(source, "product") else "product"


def css(source: Source, name: str) -> str:
    """The selector of that name, "" where none is set."""
    return source.selectors.get(name, selectors[name])


def lists_of(source: Source, name: str) -> list[str]:
    """The addresses of the lists of that name."""
    return ["/" + told.lstrip("/") for told in source.paths.get(name, paths[name]).split()]


def top_of(source: Source, name: str) -> str:
    """What the addresses of such pages begin with, "" where that is not set."""
    told = source.paths.get(name, paths[name]).strip()
    return "/" + told.lstrip("/") if told else ""


def found_at(document: Document, node: Node, name: str) -> list[Node]:
    """The elements at the selector of that name; none where it is not set."""
    wanted = css(document.source, name)
    return every(node, wanted) if wanted else []
