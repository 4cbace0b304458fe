"""What every page of the nongsanantoan family repeats: frame, menus, side column, row of page numbers, product card."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from html.entities import codepoint2name
from pathlib import Path
from urllib.parse import urlencode

from ..floor import Floor
from ..frame import Frame
from ..paging import Slice, window
from ..records import Listing, Seller
from ..reply import Reply
from ..vocabulary import NONGSAN_PSEUDO, NONGSAN_TREE


def loose(text: str) -> str:
    """Escaped as carelessly as the real card pages do: "&" stays bare."""
    return text.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def entities(text: str) -> str:
    """Letters of Latin-1 as named entities, the way the site's editor stores a text."""
    return "".join(
        f"&{codepoint2name[ord(letter)]};" if 191 < ord(letter) < 256 and ord(letter) in codepoint2name else letter
        for letter in text
    )


def dated(day: object) -> str:
    """dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def _menu(base: str) -> str:
    rows = []
    for number, (label, slug, children) in enumerate(NONGSAN_TREE):
        below = "".join(
            f"""
          <li >
           <a  href="{base}/danh-muc-san-pham/{child_slug}">
            {child_label}
           </a>
          </li>"""
            for child_label, child_slug in children
        )
        rows.append(
            f"""        <li  class="dropdown dropdown-submenu" >
         <a  class="dropdown-toggle"  href="{base}/danh-muc-san-pham/{slug}">
          {label}
         </a>
         <i class="fa fa-angle-right pull-right subDropdown"></i>
         <ul id="menu{number}" class="dropdown-menu">{below}
         </ul>
        </li>"""
        )
    return "\n".join(rows)


FRAME = Frame(Path(__file__).with_name("frame.html"), lambda base: {"menu": _menu(base)})


def page(base: str, path: str, title: str, content: str, status: int = 200) -> Reply:
    """A whole page. `title` and `content` are HTML, `path` is what the canonical link tells."""
    body = FRAME.fill(base, {"canonical": base + escape(path), "title": title, "content": content})
    return Reply(status, body)


def breadcrumb(base: str, *steps: tuple[str, str]) -> str:
    """Steps are (path, HTML label)."""
    links = "".join(
        f"""
     <li><a href="{base}{path}">{label}</a></li>"""
        for path, label in (("", "Trang chủ"), *steps)
    )
    return f"""  <div class="wrap-breadcrumb">
   <div class="container">
    <ul class="breadcrumb">{links}
    </ul>
   </div>
  </div>"""


def side_column(base: str, floor: Floor) -> str:
    """The category tree beside a list, with the pseudo-categories and the number of all products."""
    pseudo = "".join(
        f"""
        <li><a href="{base}/danh-muc-san-pham/{slug}">{label}</a></li>"""
        for label, slug in NONGSAN_PSEUDO
    )
    tree = "".join(_branch(base, label, slug, children) for label, slug, children in NONGSAN_TREE)
    return f"""     <div class="woocommerce widget_product_categories">
      <h2 class="widget-title-h2">Danh mục</h2>
      <div id='cssmenu'>
       <ul>
        <li><a id="all_products" href="{base}/danh-muc-san-pham">Tất cả ({len(floor.listings)})</a></li>{pseudo}{tree}

       </ul>
      </div>
     </div>
     <div class="clearfix"></div>"""


def _branch(base: str, label: str, slug: str, children: Sequence[tuple[str, str]]) -> str:
    below = "".join(
        f"""
          <li class="has-sub" >
           <a href="{base}/danh-muc-san-pham/{child_slug}">
            {child_label}
           </a>
          </li>"""
        for child_label, child_slug in children
    )
    opened = (
        f"""
         <i class="fa fa-plus fa-sub sub-dropmenu" aria-expanded="false"></i>
         <ul>{below}
         </ul>"""
        if below
        else ""
    )
    return f"""
        <li class="has-sub" >
         <a href="{base}/danh-muc-san-pham/{slug}">
          {label}
         </a>{opened}
        </li>"""


def page_numbers(address: str, shown: Slice[object], **more: str) -> str:
    """`Trước 1 2 3 … 12 Tiếp`, nothing at all for a single page. `more` are further parameters of the links."""

    def link(number: int) -> str:
        return f"{address}?{escape(urlencode({**more, 'page': str(number)}))}"

    if shown.pages < 2:
        row = ""
    else:
        items = [_step(shown.page > 1, link(shown.page - 1), "Trước")]
        for number in window(shown.page, shown.pages, 2):
            if number is None:
                items.append('<li class="disabled"><span><i class="fa fa-ellipsis-h"></i></span></li>')
            elif number == shown.page:
                items.append(f'<li class="active"><span>{number}</span></li>')
            else:
                items.append(f'<li><a href="{link(number)}">{number}</a></li>')
        items.append(_step(shown.page < shown.pages, link(shown.page + 1), "Tiếp"))
        row = '\n                        <ul class="pagination">' + "".join(items) + "</ul>"
    return f"""     <!-- Pagination -->
     <div class="pull-right pagination">{row}
     </div>
     <!-- Pagination -->"""


def _step(possible: bool, link: str, label: str) -> str:
    if possible:
        return f'<li><a href="{link}"><span>{label}</span></a></li>'
    return f'<li class="disabled"><span>{label}</span></li>'


def price_html(base: str, listing: Listing) -> str:
    """The price as the page prints it: text, or a picture of one."""
    if not listing.price_text:
        return f'<img src="{base}/image/120/24/{listing.picture}.png" alt="">'
    return escape(listing.price_text)


def _icons(listing: Listing) -> str:
    names = [*listing.certificates, *([f"OCOP {listing.stars} sao"] if listing.stars else [])]
    about = "Chứng nhận do cơ sở cung cấp, ý kiến của Sở"
    return "".join(certificate_icon(name, about, "img-certifications") for name in names)


def certificate_icon(name: str, text: str, css_class: str) -> str:
    """An icon whose title is HTML escaped twice where letters have a named entity."""
    title = escape(f"<b>{entities(name)}</b><hr class='hr-cer'> {entities(text)}")
    return f"""
           <img class="{css_class}" data-original-title="{title}" src="/css/images/cer.png">"""


def card(base: str, listing: Listing, seller: Seller | None, related: bool = False) -> str:
    """A product in a list. In the block of related products the seller is told in other classes."""
    title, url = loose(listing.title), f"{base}/san-pham/{listing.slug}"
    if listing.price_vnd:
        call = f"addItemToCart({listing.number},{seller.number if seller else 0})"
        button = f'<button type="button" class="btn-add-cart" onclick="{call}">Thêm vào giỏ</button>'
    else:
        button = f'<button type="button" class="send-request" data-id="{listing.number}">Gửi yêu cầu</button>'
    avatar = f'<img class="image-avatar-index" src="{base}/image/50/50/{seller.picture}.jpeg">' if seller else ""
    if seller is None:
        shop = ""
    elif related:
        shop = f"""
         <div class="shop-info">
          <div class="shop-info-avatar">{avatar}</div>
          <a title="{escape(seller.name)}" href="{base}/shop/{seller.slug}">{loose(seller.name)}</a>
         </div>"""
    else:
        shop = f"""
         <div class="shop-info-index">
          <div class="shop-info-index-avatar">
                                            {avatar}
          </div>
          <span class="shop-info-index-text">
           <a href="{base}/shop/{seller.slug}">{loose(seller.name)}</a>
          </span>
         </div>"""
    return f"""
       <div class="col-sm-4 col-md-3 col-xs-6">
        <div class="thumb-product item">
         <div class="img-item">
          <div class="img">
           <a href="{url}" title="">
            <img src="{base}/image/350/350/{listing.picture}.jpeg" alt="{title}">
           </a>
          </div>
          <div class="cer-item">{_icons(listing)}
          </div>
         </div>
         <div class="wrap-info">
          <h3><a href="{url}">{title}</a></h3>
          <p class="discount">{price_html(base, listing)}</p>
         </div>
         <div class="container-star">
          <input type="hidden" data-readonly value="{listing.rating}" class="rating rating-tooltip-manual"
           data-filled="fa fa-star fa-1x" data-empty="fa fa-star-o fa-1x" />
                                        {button}
         </div>{shop}
        </div>
       </div>"""
