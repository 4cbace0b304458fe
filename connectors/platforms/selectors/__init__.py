"""A site of which only an administrator knows where things stand: everything comes from the configuration.

The last resort, for a platform nobody has written a parser for. What the names below mean is described in
CONTRIBUTING.md; the ones in NEEDED must be set. A thing's address is its key, as addresses are all that every site has.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connectors import reading
from connectors.contract import Get, Page, Problem, Source, Yield
from connectors.platforms.selectors.lists import products, sellers
from connectors.platforms.selectors.pages import product_page, seller_page
from connectors.platforms.selectors.settings import NEEDED, css, kind_of, lists_of, paths, selectors

__all__ = ["fits", "kind_of", "parse", "paths", "probe", "selectors", "start"]

probe = ""


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - no list tells what changed since
    """The lists; without any, the home page, whose reading says what is missing."""
    lists = [("list", path) for path in lists_of(source, "lists")] + [
        ("sellers", path) for path in lists_of(source, "sellers")
    ]
    for kind, path in lists or [("list", "/")]:
        yield Get(url=source.home + path, kind=kind)


def parse(source: Source, page: Page) -> Iterator[Yield]:
    missing = [f"selectors.{name}" for name in NEEDED if not css(source, name)]
    if not lists_of(source, "lists"):
        missing.insert(0, "paths.lists")
    if missing:
        names = ", ".join(f"[sources.{source.slug}.{name.replace('.', '] ', 1)}" for name in missing)
        yield Problem(code="layout", detail=f"chưa cấu hình {names}")
        return
    readers = {"list": products, "sellers": sellers, "product": product_page, "seller": seller_page}
    yield from reading.read(source, page, readers)


def fits(root: object, page: Page) -> bool:  # noqa: ARG001 - nothing on a page could tell
    """Never: it reads what configuration names."""
    return False
