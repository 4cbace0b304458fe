"""The sandbox of postmart.vn (FleetCart, until 2024) and of buudien.vn, which followed it: two dresses of one floor.

How buudien.vn looks is not known: its dress is invented, with no more than what search engines ask of any shop.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, Protocol

from ..faults import Kind
from ..floor import Floor
from ..records import POSTMART
from ..reply import Reply, Request
from ..site import Site, drawing
from ..world import World
from . import buudien, fleetcart

Dress = Literal["fleetcart", "buudien"]


class _Pages(Protocol):
    def page(self, floor: Floor, request: Request) -> Reply | None: ...

    def plain(self, request: Request, title: str, text: str, status: int = 200) -> Reply: ...


_DRESSES: Mapping[str, _Pages] = {"fleetcart": fleetcart, "buudien": buudien}


class Postmart(Site):
    """Home page, lists, products; `dress` may be changed while the site is served."""

    slug = POSTMART
    item_classes = ("data",)  # lists are JSON: their key is what a class is to a page
    robots = "User-agent: *\nDisallow: /cart\nDisallow: /checkout\n\nSitemap: {base}/sitemap.xml\n"
    # Its machine-readable prices are what is read; one of zero means "to be asked for", not "unreadable".
    immune: Mapping[Kind, str] = MappingProxyType(
        {"price_picture": "its lists are JSON, which holds no pictures of prices"}
    )

    def __init__(self, world: World, dress: Dress = "fleetcart") -> None:
        super().__init__(world)
        self.dress: Dress = dress

    def robots_txt(self, request: Request) -> str:
        return self.robots.replace("{base}", request.base)

    def page(self, request: Request) -> Reply | None:
        if request.path.startswith("/media/"):
            return drawing(request.path.rpartition("/")[2])
        return _DRESSES[self.dress].page(self.floor, request)

    def not_found(self, request: Request) -> Reply:
        dress = _DRESSES[self.dress]
        return dress.plain(request, "Không tìm thấy trang", "Trang bạn tìm không còn hoặc đã đổi địa chỉ.", 404)
