"""Handing the pages of one source over to platforms: the kind of such a page begins with the platform's name.

"fleetcart/product" is FleetCart's "product". A source may so be read by several platforms, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from connectors.contract import Get, Page, Platform, Source, Yield


def named(name: str, found: Iterable[Yield]) -> Iterator[Yield]:
    """What a platform found, its name before the kinds of the pages to fetch."""
    for one in found:
        yield replace(one, kind=f"{name}/{one.kind}") if isinstance(one, Get) else one


def parse(name: str, platform: Platform, source: Source, page: Page) -> Iterator[Yield]:
    """Read a page of a platform. `source`: as that platform knows it."""
    own = replace(page.get, kind=page.get.kind.removeprefix(f"{name}/"))
    yield from named(name, platform.parse(source, replace(page, get=own)))
