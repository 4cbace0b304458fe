"""The sandbox of voso.vn, as it looked in March 2021."""

from __future__ import annotations

import re

from ..records import VOSO
from ..reply import HTML, Reply, Request
from ..site import Site, drawing
from . import lists, product
from .frame import SITE_TITLE, breadcrumb, page

_RECORD = re.compile(r"/[a-z0-9-]*-(?:p(?P<product>\d+)\.html|c(?P<category>\d+)|s(?P<shop>\d+))")
_SEARCH = re.compile(r"/tim-kiem-(?P<words>[^/]*)(?:/[a-z0-9-]+-c(?P<category>\d+))?")
_LANDINGS = {
    "/mall": "Mall",
    "/gian-hang-viet": "Gian hàng Việt",
    "/bach-hoa-online.html": "Đi chợ",
    "/flash-sale.html": "Săn sale",
    "/ban-do-dac-san": "Bản đồ đặc sản",
    "/danh-muc-san-pham.html": "Danh mục sản phẩm",
}


class Voso(Site):
    """Start page, categories, search, shops, products."""

    slug = VOSO
    item_classes = ("f-items",)
    robots = "User-agent: *\nDisallow: /cart\nDisallow: /order\nDisallow: /auth/\n"

    def page(self, request: Request) -> Reply | None:
        path = request.path
        if path == "/":
            return lists.home(self.floor, request)
        if path.startswith(("/users/", "/static/")):
            return drawing(path.rpartition("/")[2])
        if path == "/ocop":
            return lists.ocop(self.floor, request)
        if found := _SEARCH.fullmatch(path):
            return lists.search(self.floor, request, found["words"], found["category"] or "")
        if found := _RECORD.fullmatch(path):
            if found["product"]:
                return product.product(self.floor, request, found["product"])
            if found["shop"]:
                return lists.shop(self.floor, request, found["shop"])
            return lists.category(self.floor, request, found["category"])
        if path in _LANDINGS:
            return self._plain(request, _LANDINGS[path], "Nội dung bịa.")
        if path == "/cart":
            return Reply(302, b"", HTML, (("Location", request.base),))
        return None

    def not_found(self, request: Request) -> Reply:
        return self._plain(request, "Không tìm thấy trang", "Trang bạn tìm không còn hoặc đã đổi địa chỉ.", 404)

    def _plain(self, request: Request, title: str, text: str, status: int = 200) -> Reply:
        content = f"""{breadcrumb([(request.base, "Trang chủ")], title)}
<div class="container"><h1>{title}</h1><p>{text}</p></div>"""
        return page(request.base, request.path, f"{title} | {SITE_TITLE}", content, status=status)
