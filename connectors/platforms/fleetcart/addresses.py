"""Where the pages of a FleetCart shop are. `Source.paths` may rename them: shops do."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from connectors.contract import Source
from connectors.reading import path_of

# `product` is the whole address of a product: {slug} and {id} stand for what differs.
PATHS = {
    "products": "/products",
    "categories": "/categories",
    "product": "/products/{slug}",
}


class Key(NamedTuple):
    """What the address of a product tells, `slug` in small letters; `number` is "" where it tells none."""

    slug: str
    number: str


def path(source: Source, name: str) -> str:
    """The path of a list, or the shape of a product's address."""
    return "/" + source.paths.get(name, PATHS[name]).strip("/")


@lru_cache(maxsize=64)
def _shape(template: str) -> re.Pattern[str]:
    """A number is read only before ".html": "/p/man-loai-1-5" is a slug that ends in a digit. Addresses without the
    number are older ones of the same shop."""
    return re.compile(
        re.escape(template.partition("{")[0]) + r"(?P<slug>[^/]+?)(?:(?:-(?P<id>\d{1,15}))?\.html)?", re.I
    )


def key_of(source: Source, url: str | None) -> Key | None:
    """What an address tells about the product it leads to, None for any other address. The host is not looked at."""
    found = _shape(path(source, "product")).fullmatch(path_of(source, url)) if url else None
    return Key(found["slug"].lower(), found["id"] or "") if found else None


def product_url(source: Source, slug: str, number: str) -> str:
    """The address of a product: lists tell its parts only."""
    return source.home + path(source, "product").replace("{slug}", quote(slug, safe="")).replace("{id}", number)


def category_of(source: Source, url: str | None) -> str | None:
    """The slug of the category whose list an address leads to, in small letters: shops mix the case."""
    parts = path_of(source, url).lower().split("/") if url else []
    top = path(source, "categories").lower().split("/")
    below = parts[len(top) :]
    return below[0] if parts[: len(top)] == top and below[1:] == ["products"] and below[0] else None


def kind_of(source: Source, url: str) -> str | None:
    """The kind of page an address leads to; None for pages that are not read."""
    if path_of(source, url).rstrip("/").lower() == path(source, "products").lower() or category_of(source, url):
        return "products.json"
    return "product" if key_of(source, url) else None
