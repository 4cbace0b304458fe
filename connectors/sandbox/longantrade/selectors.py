"""A site of no known platform: lists of goods and of sellers, each with the classes somebody once chose."""

from __future__ import annotations

from html import escape

from ..floor import Floor
from ..paging import Slice, cut
from ..records import Listing, Seller
from ..reply import Reply, Request
from ..site import drawing
from . import shell, told

item_classes: tuple[str, ...] = ("mat-hang", "nha-vuon")
robots = "User-agent: *\nDisallow: /quan-tri\n"

_A_PAGE = 8


def page(floor: Floor, request: Request) -> Reply | None:
    """The page at an address, None where there is none."""
    match [part for part in request.path.split("/") if part]:
        case []:
            return shell.page(request, "Sàn Long An", '<a href="/cho">Vào chợ</a>')
        case ["cho"]:
            return _goods(floor, request)
        case ["nha-vuon"]:
            return _sellers(floor, request)
        case ["cho", slug]:
            listing = next((one for one in floor.in_category("") if one.slug == slug), None)
            return _product(floor, request, listing) if listing else None
        case ["nha-vuon", slug]:
            seller = next((one for one in floor.all_sellers() if one.slug == slug), None)
            return _seller(request, seller) if seller else None
        case ["anh", name]:
            return drawing(name)
    return None


def not_found(request: Request) -> Reply:
    """The 404 page."""
    return shell.page(request, "Không tìm thấy trang", "<h1>404</h1>", status=404)


def _asked(request: Request) -> dict[str, str]:
    return {"page": request.query.get("trang", "1")}


def _numbers(path: str, shown: Slice[Listing] | Slice[Seller]) -> str:
    if shown.page >= shown.pages:
        return f'<p class="so-trang">Trang {shown.page}/{shown.pages}</p>'
    onward = f'<a class="trang-sau" href="{path}?trang={shown.page + 1}">Xem tiếp</a>'
    return f'<p class="so-trang">Trang {shown.page}/{shown.pages} {onward}</p>'


def _goods(floor: Floor, request: Request) -> Reply:
    shown = cut(floor.in_category(""), _asked(request), _A_PAGE, request.bend)
    rows = "".join(_item(floor, request.base, one) for one in shown.items)
    return shell.page(request, "Chợ", f'<h2>Chợ</h2><div class="ke-hang">{rows}</div>{_numbers("/cho", shown)}')


def _item(floor: Floor, base: str, listing: Listing) -> str:
    seller, old = floor.sellers.get(listing.seller_ref or ""), told.old_price(listing)
    sold_by = f'<a class="cua-ai" href="/nha-vuon/{seller.slug}">{escape(seller.name)}</a>' if seller else ""
    return f"""
<div class="mat-hang"><a href="/cho/{listing.slug}"><img src="{base}/anh/{listing.picture}.jpg" alt=""></a>
<a class="ten" href="/cho/{listing.slug}">{escape(listing.title)}</a>
<b class="gia">{told.price(base, listing)}</b>{f"<s>{old}</s>" if old else ""}{sold_by}</div>"""


def _sellers(floor: Floor, request: Request) -> Reply:
    shown = cut(floor.all_sellers(), _asked(request), _A_PAGE, request.bend)
    rows = "".join(
        f'\n<div class="nha-vuon"><a href="/nha-vuon/{one.slug}">{escape(one.name)}</a></div>' for one in shown.items
    )
    return shell.page(
        request, "Nhà vườn", f'<h2>Nhà vườn</h2><div class="ke-hang">{rows}</div>{_numbers("/nha-vuon", shown)}'
    )


def _product(floor: Floor, request: Request, listing: Listing) -> Reply:
    base, seller = request.base, floor.sellers.get(listing.seller_ref or "")
    old = told.old_price(listing)
    steps = "".join(f"<i>{escape(label)}</i>" for _, label in told.steps(listing))
    rows = "".join(f"<li>{label}: {escape(value)}</li>" for label, value in told.product_lines(listing))
    sold_by = f'<a class="cua-ai" href="/nha-vuon/{seller.slug}">{escape(seller.name)}</a>' if seller else ""
    content = f"""<p class="duong-dan">{steps}</p><h1>{escape(listing.title)}</h1>
<img class="anh-lon" src="{base}/anh/{listing.picture}.jpg" alt="">
<b class="gia">{told.price(base, listing)}</b>{f"<s>{old}</s>" if old else ""}
<ul class="chi-tiet">{rows}</ul><div class="gioi-thieu"><p>{escape(listing.title)} của nhà vườn.</p></div>{sold_by}"""
    return shell.page(request, listing.title, content)


def _seller(request: Request, seller: Seller) -> Reply:
    rows = "".join(f"<dd>{label}: {escape(value)}</dd>" for label, value in told.seller_lines(seller))
    return shell.page(request, seller.name, f'<h1>{escape(seller.name)}</h1><dl class="ho-so">{rows}</dl>')
