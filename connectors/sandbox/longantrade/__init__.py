"""The sandbox of longantrade.com. Nobody knows what the site runs on: the same records in the dress of each platform.

A dress is a module with the four names of `Dress`; DRESSES holds every one by the name of its platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Protocol

from ..faults import Kind
from ..floor import Floor
from ..records import LONGANTRADE
from ..reply import Reply, Request
from ..site import Site
from ..world import World
from . import haravan, nukeviet, opencart, selectors, structured, woocommerce, wordpress


class Dress(Protocol):
    """How one platform shows the records of a floor."""

    item_classes: tuple[str, ...]  # classes, or JSON keys, without which no item is known: for the fault that renames
    robots: str  # robots.txt; "{base}" stands for the address of the site

    def page(self, floor: Floor, request: Request) -> Reply | None:
        """The page at an address, None where there is none."""
        ...

    def not_found(self, request: Request) -> Reply:
        """The 404 page."""
        ...


DRESSES: Mapping[str, Dress] = MappingProxyType(
    {
        "woocommerce": woocommerce,
        "wordpress": wordpress,
        "haravan": haravan,
        "opencart": opencart,
        "nukeviet": nukeviet,
        "structured": structured,
        "selectors": selectors,
    }
)


class Longantrade(Site):
    """The site in one dress; `dress` may be changed while it is served."""

    slug = LONGANTRADE
    item_classes = tuple(dict.fromkeys(chain.from_iterable(dress.item_classes for dress in DRESSES.values())))
    robots = ""
    # Its machine-readable prices are what is read; one of zero means "to be asked for", not "unreadable".
    immune: Mapping[Kind, str] = MappingProxyType(
        {"price_picture": "its lists are JSON, which holds no pictures of prices"}
    )

    def __init__(self, world: World, dress: str = "woocommerce") -> None:
        """Raises KeyError for a dress there is none of."""
        super().__init__(world)
        self.dress = dress
        self._worn()

    def _worn(self) -> Dress:
        return DRESSES[self.dress]

    def robots_txt(self, request: Request) -> str:
        return self._worn().robots.replace("{base}", request.base)

    def page(self, request: Request) -> Reply | None:
        return self._worn().page(self.floor, request)

    def not_found(self, request: Request) -> Reply:
        return self._worn().not_found(request)
