"""OpenCart with a marketplace extension: categories by their `path`, products and sellers by number."""

from __future__ import annotations

from html import escape

from ..floor import Floor
from ..paging import Slice, cut
from ..records import Listing
from ..reply import Reply, Request
from ..site import drawing
from ..vocabulary import NONGSAN_LABELS, NONGSAN_TREE
from . import shell, told

item_classes: tuple[str, ...] = ("product-thumb",)
robots = "User-agent: *\nDisallow: /*&sort=\nDisallow: /*route=account/\nDisallow: /*route=checkout/\n"

_A_PAGE = 6
_FILES = '<link href="catalog/view/theme/default/stylesheet/stylesheet.css" rel="stylesheet">'
_PATHS = {slug: str(20 + number) for number, (_, slug, _) in enumerate(NONGSAN_TREE)}
_PATHS |= {slug: f"{_PATHS[top]}_{60 + n}" for _, top, parts in NONGSAN_TREE for n, (_, slug) in enumerate(parts)}
_BY_PATH = {path: slug for slug, path in _PATHS.items()}


def page(floor: Floor, request: Request) -> Reply | None:
    """The page at an address, None where there is none."""
    if request.path.startswith("/image/"):
        return drawing(request.path.rpartition("/")[2])
    route = request.query.get("route", "common/home") if request.path in ("/", "/index.php") else ""
    match route:
        case "common/home":
            shown = "".join(_thumb(request.base, one) for one in floor.in_category("")[-6:])
            return _page(request, "Sàn Long An", f'<div id="common-home">{shown}</div>')
        case "information/sitemap":
            return _page(request, "Sơ đồ trang", _tree(request.base))
        case "product/category":
            return _category(floor, request)
        case "product/product":
            listing = floor.listings.get(request.query.get("product_id", ""))
            return _product(floor, request, listing) if listing else None
        case "customerpartner/profile":
            return _seller(floor, request)
    return None


def not_found(request: Request) -> Reply:
    """The 404 page."""
    return _page(request, "Không tìm thấy trang", '<div id="error-not-found"></div>', 404)


def _page(request: Request, title: str, content: str, status: int = 200) -> Reply:
    links = "".join(
        f'<li><a href="{_link(request.base, "product/category", path=_PATHS[slug])}">{escape(label)}</a></li>'
        for label, slug, _ in NONGSAN_TREE
    )
    account = f'<a href="{_link(request.base, "account/login")}">Đăng nhập</a>'
    menu = f'<nav id="top">{account}</nav><nav id="menu"><ul>{links}</ul></nav>'
    return shell.page(request, title, f"{menu}\n{content}", head=_FILES, status=status)


def _link(base: str, route: str, **more: str) -> str:
    return f"{base}/index.php?route={route}" + "".join(f"&amp;{name}={value}" for name, value in more.items())


def _tree(base: str) -> str:
    def link(slug: str) -> str:
        return f'<a href="{_link(base, "product/category", path=_PATHS[slug])}">{escape(NONGSAN_LABELS[slug])}</a>'

    rows = "".join(
        f"<li>{link(slug)}<ul>{''.join(f'<li>{link(part)}</li>' for _, part in parts)}</ul></li>"
        for _, slug, parts in NONGSAN_TREE
    )
    aside = f'<ul><li><a href="{_link(base, "account/account")}">Tài khoản</a></li></ul>'
    return f"""<div id="information-sitemap" class="container"><div id="content"><h1>Sơ đồ trang</h1>
<div class="row"><div class="col-sm-6"><ul>{rows}</ul></div><div class="col-sm-6">{aside}</div></div></div></div>"""


def _category(floor: Floor, request: Request) -> Reply | None:
    slug = _BY_PATH.get(request.query.get("path", ""))
    if slug is None:
        return None
    shown = cut(floor.in_category(slug), request.query, _A_PAGE, request.bend)
    parts = next((parts for _, top, parts in NONGSAN_TREE if top == slug), ())
    finer = "".join(
        f'<li><a href="{_link(request.base, "product/category", path=_PATHS[part])}">{escape(label)}</a></li>'
        for label, part in parts
    )
    things = "".join(f'<div class="product-layout">{_thumb(request.base, one)}</div>' for one in shown.items)
    content = f"""<div id="product-category" class="container"><div id="content">
<h2>{escape(NONGSAN_LABELS[slug])}</h2>
{f'<h3>Chọn thêm</h3><div class="row"><ul>{finer}</ul></div>' if finer else ""}
<div class="row">{things or "<p>Không có sản phẩm nào.</p>"}</div>
<div class="row">{_numbers(request.base, _PATHS[slug], shown)}</div></div></div>"""
    return _page(request, NONGSAN_LABELS[slug], content)


def _numbers(base: str, path: str, shown: Slice[Listing]) -> str:
    def link(number: int, label: str) -> str:
        more = {} if number == 1 else {"page": str(number)}
        return f'<li><a href="{_link(base, "product/category", path=path, **more)}">{label}</a></li>'

    if shown.pages < 2:
        return ""
    before = link(1, "|&lt;") + link(shown.page - 1, "&lt;") if shown.page > 1 else ""
    numbers = "".join(
        f'<li class="active"><span>{number}</span></li>' if number == shown.page else link(number, str(number))
        for number in range(1, shown.pages + 1)
    )
    behind = link(shown.page + 1, "&gt;") + link(shown.pages, "&gt;|") if shown.page < shown.pages else ""
    return f'<ul class="pagination">{before}{numbers}{behind}</ul>'


def _thumb(base: str, listing: Listing) -> str:
    link = _link(base, "product/product", path=_PATHS[listing.category], product_id=listing.ref)
    old = told.old_price(listing)
    now = told.price(base, listing)
    price = f'<span class="price-new">{now}</span> <span class="price-old">{old}</span>' if old else now
    return f"""
<div class="product-thumb">
<div class="image"><a href="{link}"><img src="{base}/image/{listing.picture}.jpg" alt=""></a></div>
<div class="caption"><h4><a href="{link}">{escape(listing.title)}</a></h4>
<p class="price">{price} <span class="price-tax">Trước thuế: {now}</span></p></div>
<div class="button-group"><button type="button" onclick="cart.add('{listing.ref}', '1');">Thêm vào giỏ</button>
<button type="button" onclick="wishlist.add('{listing.ref}');">Yêu thích</button></div></div>"""


def _product(floor: Floor, request: Request, listing: Listing) -> Reply:
    base, seller = request.base, floor.sellers.get(listing.seller_ref or "")
    old, now = told.old_price(listing), told.price(base, listing)
    struck = f'<li><span style="text-decoration: line-through;">{old}</span></li>' if old else ""
    stock, image = "Còn hàng" if listing.in_stock else "Hết hàng", f"{base}/image/{listing.picture}.jpg"
    sold_by = ""
    if seller:
        link = _link(base, "customerpartner/profile", id=seller.ref)
        sold_by = f'<li>Người bán: <a href="{link}">{escape(seller.name)}</a></li>'
    rows = "".join(f"<tr><td>{label}</td><td>{escape(value)}</td></tr>" for label, value in told.product_lines(listing))
    others = "".join(_thumb(base, one) for one in floor.in_category(listing.category)[:3] if one.ref != listing.ref)
    content = f"""<div id="product-product" class="container"><div id="content"><div class="row"><div class="col-sm-8">
<ul class="thumbnails"><li><a class="thumbnail" href="{image}"><img src="{image}" alt=""></a></li></ul>
<div class="tab-content">
<div class="tab-pane active" id="tab-description"><p>{escape(listing.title)}, h&agrave;ng nhà vườn.</p></div>
<div class="tab-pane" id="tab-specification"><table class="table">
<thead><tr><td colspan="2"><strong>Thông tin</strong></td></tr></thead><tbody>{rows}</tbody></table></div></div></div>
<div class="col-sm-4"><h1>{escape(listing.title)}</h1>
<ul class="list-unstyled">{sold_by}<li>Dòng sản phẩm: SP{listing.ref}</li><li>Tình trạng: {stock}</li></ul>
<ul class="list-unstyled">{struck}<li><h2>{now}</h2></li></ul>
<div id="product"><input type="text" name="quantity" value="1">
<input type="hidden" name="product_id" value="{listing.ref}">
<button type="button" id="button-cart">Thêm vào giỏ</button></div></div></div>
<h3>Sản phẩm liên quan</h3><div class="row">{others}</div></div></div>"""
    return _page(request, listing.title, content)


def _seller(floor: Floor, request: Request) -> Reply | None:
    seller = floor.sellers.get(request.query.get("id", ""))
    if seller is None:
        return None
    rows = "".join(f"<li>{label}: {escape(value)}</li>" for label, value in told.seller_lines(seller))
    goods = "".join(_thumb(request.base, one) for one in floor.listings_of(seller.ref))
    content = f'<div id="content"><h1>{escape(seller.name)}</h1><ul class="profile">{rows}</ul>{goods}</div>'
    return _page(request, seller.name, content)
