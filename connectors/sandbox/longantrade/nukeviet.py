"""NukeViet with its shops module, and the line that names the company of a product in older templates."""

from __future__ import annotations

from html import escape

from ..floor import Floor
from ..paging import Slice, cut
from ..records import Listing
from ..reply import Reply, Request
from ..site import drawing
from ..vocabulary import NONGSAN_LABELS, NONGSAN_TREE
from . import shell, told

item_classes: tuple[str, ...] = ("thumbnail",)
robots = "User-agent: *\nDisallow: /admin/\nDisallow: /vi/users/\nDisallow: /vi/shops/cart/\n"

_A_PAGE = 8
_SHOP = "/vi/shops"
_SCRIPT = '<script src="/themes/default/js/nv_main.js"></script><meta name="generator" content="NukeViet v4.5">'


def page(floor: Floor, request: Request) -> Reply | None:
    """The page at an address, None where there is none."""
    match [part for part in request.path.split("/") if part]:
        case [] | ["vi"]:
            return _page(request, "Sàn Long An", "<h2>Tin mới</h2>")
        case ["uploads", *_, name]:
            return drawing(name)
        case ["vi", "shops"]:
            return _grid(floor, request, "", "1")
        case ["vi", "shops", number] if number.startswith("page-"):
            return _grid(floor, request, "", number.removeprefix("page-"))
        case ["vi", "shops", slug] if floor.has_category(slug):
            return _grid(floor, request, slug, "1")
        case ["vi", "shops", slug, number] if number.startswith("page-") and floor.has_category(slug):
            return _grid(floor, request, slug, number.removeprefix("page-"))
        case ["vi", "shops", slug, file] if file.endswith(".html"):
            alias = file.removesuffix(".html")
            listing = next((one for one in floor.in_category("") if one.slug == alias), None)
            return _product(floor, request, listing) if listing and slug == listing.category else None
        case ["vi", "doanh-nghiep", slug]:
            seller = next((one for one in floor.all_sellers() if one.slug == slug), None)
            return _page(request, seller.name, f"<h1>{escape(seller.name)}</h1>") if seller else None
    return None


def not_found(request: Request) -> Reply:
    """The 404 page."""
    return _page(request, "Lỗi 404", "<p>Trang không tồn tại.</p>", 404)


def _page(request: Request, title: str, content: str, status: int = 200) -> Reply:
    links = "".join(
        f'<li><a href="{_SHOP}/{slug}/">{escape(label)}</a></li>'
        for top, top_slug, parts in NONGSAN_TREE
        for label, slug in ((top, top_slug), *parts)
    )
    menu = f'<ul class="menu">{links}<li><a href="{_SHOP}/cart/">Giỏ hàng</a></li></ul>'
    return shell.page(request, title, f"{menu}\n{content}", head=_SCRIPT, status=status)


def _grid(floor: Floor, request: Request, slug: str, number: str) -> Reply:
    """The front page shows all products, a category those of the ones below it, too."""
    shown = cut(floor.in_category(slug), {"page": number}, _A_PAGE, request.bend)
    cards = "".join(_card(request.base, one) for one in shown.items)
    here = f"{_SHOP}/{slug}" if slug else _SHOP
    title = NONGSAN_LABELS.get(slug, "Cửa hàng")
    content = f"""<h1>{escape(title)}</h1><div class="row viewgrid shops-viewgrid">{cards}
<div class="text-center gen-page">{_numbers(here, shown)}</div></div>"""
    return _page(request, title, content)


def _numbers(here: str, shown: Slice[Listing]) -> str:
    """As the system writes it: "next" on every later page, and the marked item left open."""
    if shown.pages < 2:
        return ""
    steps = ""
    for number in range(1, shown.pages + 1):
        if number == shown.page:
            steps += f'<li class="page-item active"><a class="page-link" href="#">{number}</a><li>'
        else:
            rel = "next" if number > shown.page else "prev"
            link = f"{here}/" if number == 1 else f"{here}/page-{number}/"
            steps += f'<li class="page-item"><a class="page-link" rel="{rel}" href="{link}">{number}</a></li>'
    if shown.page < shown.pages:
        steps += f'<li class="page-item"><a rel="next" href="{here}/page-{shown.page + 1}/">&raquo;</a></li>'
    else:
        steps += '<li class="page-item disabled"><a href="#">&raquo;</a></li>'
    return f'<ul class="pagination">{steps}</ul>'


def _link(listing: Listing) -> str:
    return f"{_SHOP}/{listing.category}/{listing.slug}.html"


def _card(base: str, listing: Listing) -> str:
    old = told.old_price(listing)
    struck = f' <span class="discounts_money">{old}</span>' if old else ""
    link, title = _link(listing), escape(listing.title)
    label = "" if listing.price_vnd else "Giá: "
    order = f'<a href="javascript:void(0)" id="{listing.ref}" onclick="cartorder(this)">Đặt hàng</a>'
    return f"""
<div class="col-md-6"><div class="thumbnail">
<div class="item-image"><a href="{link}"><img src="{base}/uploads/shops/{listing.picture}.jpg" alt=""></a></div>
<div class="caption text-center"><h3><a href="{link}" title="{title}">{title}</a></h3>
<p class="price">{label}<span class="money">{told.price(base, listing)}</span>{struck}</p>
<div class="clearfix">{order if listing.price_vnd else ""}</div></div></div></div>"""


def _product(floor: Floor, request: Request, listing: Listing) -> Reply:
    base, seller = request.base, floor.sellers.get(listing.seller_ref or "")
    now, old = told.price(base, listing), told.old_price(listing)
    company = (
        f'<li class="info-company">Đơn vị: <a href="/vi/doanh-nghiep/{seller.slug}/">{escape(seller.name)}</a></li>'
        if seller
        else ""
    )
    if listing.price_vnd:
        less = f' <span class="discounts_money">{old}</span> <span class="money">1.000 ₫</span>' if old else ""
        price = f'<li class="info-price">Giá bán: <span class="money">{now}</span>{less}</li>'
        offer = f'<span itemprop="price">{listing.price_vnd}</span><span itemprop="priceCurrency">VND</span>'
    else:
        price, offer = f'<li class="info-priceno">Giá bán: <span class="money">{now}</span></li>', ""
    customs = "".join(
        f"<p><strong>{label}:</strong> {escape(value)}</p>" for label, value in told.product_lines(listing)
    )
    crumbs = "".join(
        f'<li><a href="{_SHOP}/{slug}/"><span>{escape(label)}</span></a></li>' for slug, label in told.steps(listing)
    )
    stock = "http://schema.org/" + ("InStock" if listing.in_stock else "OutOfStock")
    content = f"""<ol class="breadcrumb"><li><a href="/">Trang chủ</a></li>
<li><a href="{_SHOP}/">Cửa hàng</a></li>{crumbs}</ol>
<div class="product-detail" itemtype="http://schema.org/Product" itemscope>
<span class="hidden" itemprop="sku" content="S{listing.ref}"></span>
<div class="hidden" itemprop="offers" itemtype="http://schema.org/Offer" itemscope>{offer}
<a itemprop="url" href="{_link(listing)}"></a><span itemprop="availability">{stock}</span></div>
<img itemprop="image" src="{base}/uploads/shops/{listing.picture}.jpg" alt="">
<ul class="product-info"><li class="info-title"><h1 itemprop="name">{escape(listing.title)}</h1></li>
<li class="info-code">Mã sản phẩm: <strong>S{listing.ref}</strong></li>{price}{company}
<li class="info-hometext"><p itemprop="description">{escape(listing.title)} của nhà vườn.</p></li></ul>
<div class="info-customs">{customs}</div></div>"""
    return _page(request, listing.title, content)
