"""The sandbox of htx.cooplink.com.vn. What a notice says is known, its markup is invented: two dresses of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from ..faults import Kind
from ..records import COOPLINK
from ..reply import Reply, Request
from ..site import Site
from ..world import World
from . import pages

Dress = Literal["table", "cards"]


class Cooplink(Site):
    """One list of notices, in pages: a table, or cards by `dress` or by `?dress=cards`; and the page of a notice."""

    slug = COOPLINK
    item_classes = ("notice-row", "notice-card")
    robots = "User-agent: *\nDisallow: /dang-nhap\nDisallow: /dang-ky\n"
    immune: Mapping[Kind, str] = MappingProxyType(
        {
            "renamed_class": "its tables and cards are read by their labels, no class is looked at",
            "other_case": "its notices are known by what they say, and have no address of their own in the table",
            "price_picture": "it has notices and no listings; a price is part of the text of a notice",
            "no_seller": "it has notices and no listings; each is about the unit that registered it",
        }
    )

    def __init__(self, world: World, dress: Dress = "table") -> None:
        super().__init__(world)
        self.dress: Dress = dress

    def page(self, request: Request) -> Reply | None:
        first, _, rest = request.path.strip("/").partition("/")
        if not first:
            asked = request.query.get("dress", "")
            cards = (asked or self.dress) == "cards"
            return pages.notices(self.floor, request, cards=cards, more={"dress": asked} if asked else {})
        if first == "tin" and rest.isascii() and rest.isdecimal() and int(rest) in self.floor.notices:
            return pages.notice(request, self.floor.notices[int(rest)])
        if first in ("dang-ky", "dang-nhap"):
            return pages.plain(request, "Đăng ký mua - bán nông sản, hàng hóa", "Biểu mẫu không nhận dữ liệu.")
        return None

    def not_found(self, request: Request) -> Reply:
        return pages.plain(request, "Không tìm thấy trang", "Trang bạn tìm không còn.", 404)
