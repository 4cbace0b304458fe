"""What every voso page repeats: frame, menu, breadcrumb, row of page numbers, and the cards in their three forms."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from ..frame import Frame
from ..paging import Slice
from ..records import Listing, dice
from ..reply import Reply
from ..vocabulary import VOSO_CATEGORIES

SITE_TITLE = "Sàn thương mại điện tử của khách hàng Viettelpost"
_TOKEN = "0" * 64  # the place of a picture's signature, not a secret
_IN_NO_MENU = "165"
_BUTTONS = 10  # page numbers shown at once


def _cfemail(address: str, key: int = 0x5A) -> str:
    """The address the way Cloudflare hides it: hexadecimal, the key first, every byte xor the key."""
    return bytes([key, *(byte ^ key for byte in address.encode())]).hex()


def _menu(base: str) -> str:
    rows = []
    for root in VOSO_CATEGORIES:
        if root.parent or root.number == _IN_NO_MENU:
            continue
        below = "".join(
            f"""
                        <li><a href="{base}/{child.slug}-c{child.number}">{escape(child.label)}</a></li>"""
            for child in VOSO_CATEGORIES
            if child.parent == root.number
        )
        rows.append(
            f"""                <li class="b__menu--item">
                    <a href="{base}/{root.slug}-c{root.number}">{escape(root.label)}</a>
                    <ul class="b__menu--sub">{below}
                    </ul>
                </li>"""
        )
    return "\n".join(rows)


_FRAME = Frame(
    Path(__file__).with_name("frame.html"), lambda base: {"menu": _menu(base), "cfemail": _cfemail("hotro@example.vn")}
)


def page(
    base: str, path: str, title: str, content: str, *, picture: str = "", about: str = "", status: int = 200
) -> Reply:
    """A whole page. `content` is HTML, the other texts are plain."""
    image = escape(picture or f"{base}/static/images/logo/avatar_voso.png")
    url = base + escape(path)
    social = (
        f'<meta property="og:description" content="{escape(about or SITE_TITLE)}" />'
        f'<meta property="og:url" content="{url}" /><meta property="og:image" content="{image}" />'
        f'<meta property="og:title" content="{escape(title)}" /><meta property="og:site_name" content="Voso.vn" />'
        f'<meta property="og:locale" content="vi_VN" /><link rel="canonical" href="{url}" />'
    )
    return Reply(status, _FRAME.fill(base, {"social": social, "title": escape(title), "content": content}))


def breadcrumb(steps: Sequence[tuple[str, str]], last: str) -> str:
    """Steps are (address, label), plain text; the page itself is the last."""
    links = "".join(
        f"""
            <li class="breadcrumb-item"><a href="{address}">{escape(label)}</a></li>"""
        for address, label in steps
    )
    return f"""<nav class="b__breadcrumb" aria-label="breadcrumb">
    <div class="container">
        <ol class="breadcrumb">{links}
            <li class="breadcrumb-item active" aria-current="page">{escape(last)}</li>
        </ol>
    </div>
</nav>"""


def page_numbers(address: str, shown: Slice[Listing], order: str) -> str:
    """`« Trước 1 2 3 Sau »`; an empty wrapper for a single page."""

    def item(number: int, label: str, kind: str) -> str:
        query = urlencode({**({"order": order} if order else {}), "page": number})
        if kind == "disabled":
            return f'<li class="page-item disabled"><a class="page-link">{label}</a></li>'
        mark = " active" if kind == "active" else ""
        return f'<li class="page-item{mark}"><a class="page-link" href="{address}?{escape(query)}">{label}</a></li>'

    row = ""
    if shown.pages > 1:
        first = max(1, min(shown.page - _BUTTONS // 2, shown.pages - _BUTTONS + 1))
        last = min(shown.pages, first + _BUTTONS - 1)
        items = [item(shown.page - 1, "« Trước", "" if shown.page > 1 else "disabled")]
        items += [
            item(number, str(number), "active" if number == shown.page else "") for number in range(first, last + 1)
        ]
        items.append(item(shown.page + 1, "Sau »", "" if shown.page < shown.pages else "disabled"))
        row = f'<ul class="pagination">{"".join(items)}</ul>'
    return f"""<div class="pagination-router">{row}</div>"""


def picture_url(base: str, listing: Listing) -> str:
    """The signed address of a thumbnail."""
    return (
        f"{base}/users/vosoimage/images/{listing.picture[:32]}?t%5B0%5D=maxSize%3Awidth%3D320%2Cheight%3D320"
        f"&t%5B1%5D=compress%3Alevel%3D100&accessToken={_TOKEN}"
    )


def product_path(listing: Listing) -> str:
    return f"/{listing.slug}-p{listing.ref}.html"


def _money(vnd: int) -> str:
    return f"{vnd:,}<sup>₫</sup>"


def _price(listing: Listing) -> str:
    if not listing.price_text:
        return f'<img src="/users/vosoimage/images/{listing.picture[:32]}" alt="">'
    return escape(listing.price_text) + ("<sup>₫</sup>" if listing.price_vnd else "")


def _sold(listing: Listing) -> str:
    # A few counters carry a thousands mark.
    return f"{listing.sold:,}".replace(",", ".") if dice(listing.ref + "s", 12) == 0 else str(listing.sold)


def _ocop(listing: Listing) -> tuple[str, str]:
    """The icon on the picture, and the stars: which are not the rating of the customers."""
    if not listing.stars:
        return "", ""
    stars = f'<span class="jstars jstars__ocop" data-value="{listing.stars}"></span>'
    return '<span class="icon-ocop"></span>', stars


def home_card(base: str, listing: Listing, *, hidden: bool = False, tracked: bool = False, boxed: bool = False) -> str:
    """A card of the start page. `hidden`: left out on telephones only. `tracked`: its link names who recommends it.
    `boxed`: with one more box around, as among the suggestions."""
    url = base + product_path(listing) + ("?o2o=20731" if tracked else "")
    name = escape(listing.title)
    icon, stars = _ocop(listing)
    cut = 100 - listing.price_vnd * 100 // listing.list_price_vnd if listing.list_price_vnd else 0
    percent = (
        f"""
                        <div class='product-item-price product-item-price-mall'>
                            <span class="product-price">-{cut}%</span>
                        </div>"""
        if cut
        else ""
    )
    sold = f'<label class="ml-auto">{_sold(listing)} đã bán</label>' if listing.sold else ""
    old = _money(listing.list_price_vnd) if listing.list_price_vnd else ""
    return f"""
                <div class="f-items{" f-hidden" if hidden else ""}">{'<div class="box-pr-suggest">' if boxed else ""}
                    <div class="f-product-item__thumb">
                        <a href="{url}">
                            <div class="f-product-item__thumb-img progressive replace"
                                data-href="{picture_url(base, listing)}">
                                {icon}
                                <img class="preview" src="{base}/static/v2/images/loader.gif" alt="image">
                            </div>
                            {stars}{percent}
                        </a>
                    </div>
                    <div class="f-items_description f-items_show-name">
                        <div class="f-items_name">
                            <div class="tag-mall">
                            </div>
                            <a href="{url}">
                            {name} </a>
                        </div>
                        <div class="f-items__ls main-rating b-sold-rating">
                            <span class="jstars" data-value="{listing.rating}"></span>
                            {sold}
                        </div>
                        <div class="b-price">
                            <div class="b__price">
                                <strong>{_price(listing)}</strong>
                            </div>
                            <div class="listed-price">
                                {old}
                            </div>
                        </div>
                    </div>{"</div>" if boxed else ""}
                </div>"""


def grid_card(base: str, listing: Listing, *, province: bool = False) -> str:
    """A card of a list (with the shop's province) or of the related products."""
    path, name = product_path(listing), escape(listing.title)
    icon, stars = _ocop(listing)
    old = ""
    if listing.list_price_vnd:
        struck = '<del class="listPrice">' if dice(listing.ref + "l", 3) == 0 else "<del>"
        old = f"""
                                <div class="listPrice">{struck}{_money(listing.list_price_vnd)}</del></div>"""
    where = (
        f"""
                        <div class="rate-address-mc"><span class="f-items_province">{listing.province}</span></div>"""
        if province
        else ""
    )
    return f"""
                <div class="f-items">
                    <div class="f-items__info">
                        <div class="f-product-item__thumb">
                            <a href="{path}">
                                <div class="f-product-item__thumb-img" title="{name}">
                                    {icon}<img src="{picture_url(base, listing)}">
                                </div>{stars}
                            </a>
                        </div>
                        <div class="f-items_description">
                            <div class="f-items_name">
                                <a href="{path}">{name}</a>
                            </div>
                            <div class="b__price">
                                <div class="price"><strong>{_price(listing)}</strong></div>{old}
                            </div>
                            <div class="f-items__ls main-rating">
                                <span class="jstars" data-value="{listing.rating}"></span>
                                <label class="ml-auto">{_sold(listing)} đã bán</label>
                            </div>{where}
                        </div>
                    </div>
                </div>"""
