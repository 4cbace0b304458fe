"""The sandbox of nongsanantoanlongan.vn."""

from __future__ import annotations

from ..records import NONGSAN
from ..reply import HTML, Reply, Request
from ..site import Site, drawing
from . import board, lists, plain, product, seller

_PLAIN = {
    "/tro-giup": "Trợ giúp",
    "/lien-he": "Liên hệ, phản hồi",
    "/map": "Bản đồ phân bố cơ sở",
    "/danh-muc-tin-tuc": "Tin ATTP",
    "/van-ban-qppl": "Văn bản về ATTP",
    "/video": "Thư viện video",
    "/thu-vien-anh": "Thư viện ảnh",
}
_MEMBERS_ONLY = ("user", "get-cart", "messenger", "user-activity")


class Nongsanantoan(Site):
    """Every page kind of the family, and the pages a reader should leave alone."""

    slug = NONGSAN
    item_classes = ("media", "thumb-product", "buy-li")
    robots = "User-agent: *\nDisallow: /login\nDisallow: /register\nDisallow: /user\nDisallow: /get-cart\n"

    def page(self, request: Request) -> Reply | None:
        first, _, rest = request.path.strip("/").partition("/")
        match first, rest:
            case "", "":
                return plain.home(self.floor, request)
            case "shop", "":
                return lists.sellers(self.floor, request)
            case "shop", slug:
                return seller.seller(self.floor, request, slug)
            case "danh-muc-san-pham", slug:
                return lists.products(self.floor, request, slug)
            case "san-pham", slug:
                return product.product(self.floor, request, slug)
            case "ket-noi", "":
                return board.board(self.floor, request)
            case "ket-noi", ref:
                return board.post(self.floor, request, ref)
            case (("image" | "css"), name):
                return drawing(name.rpartition("/")[2])
        return self._aside(request, first, rest)

    def _aside(self, request: Request, first: str, rest: str) -> Reply | None:
        match first, rest:
            case "vung-san-xuat", "":
                return lists.areas(self.floor, request)
            case "dia-diem-kinh-doanh", "":
                return lists.places(self.floor, request)
            case (("vung-san-xuat" | "dia-diem-kinh-doanh" | "about"), _):
                return plain.plain(request, "Trang mẫu", "Nội dung bịa.")
            case "login", "":
                return plain.login(request, "Đăng nhập")
            case "register", "":
                return plain.login(request, "Đăng ký")
        if first in _MEMBERS_ONLY:
            return Reply(302, b"", HTML, (("Location", f"{request.base}/login"),))
        if request.path in _PLAIN:
            return plain.plain(request, _PLAIN[request.path], "Nội dung bịa.")
        return None

    def not_found(self, request: Request) -> Reply:
        return plain.plain(request, "Không tìm thấy trang", "Trang bạn tìm không còn hoặc đã đổi địa chỉ.", 404)
