"""The pages of the nongsanantoan family that hold no record of their own."""

from __future__ import annotations

from ..floor import Floor
from ..reply import Reply, Request
from .frame import breadcrumb, card, page
from .lists import PRODUCTS_A_PAGE


def home(floor: Floor, request: Request) -> Reply:
    """The start page: the newest products."""
    base = request.base
    newest = reversed(floor.in_category("")[-PRODUCTS_A_PAGE:])
    cards = "".join(card(base, listing, floor.sellers.get(listing.seller_ref or "")) for listing in newest)
    content = f"""  <div class="container">
   <h2>Sản phẩm mới</h2>
   <div class="wrap-product">
      <div class="posts row is-flex">{cards}
      </div>
   </div>
  </div>"""
    return page(base, "/", "Trang chủ", content)


def plain(request: Request, title: str, text: str, status: int = 200) -> Reply:
    """A page with a heading and a paragraph."""
    content = f"""{breadcrumb(request.base, (request.path, title))}
  <div class="container"><h1>{title}</h1><p>{text}</p></div>"""
    return page(request.base, request.path, title, content, status)


def login(request: Request, title: str) -> Reply:
    """A form nobody should fill."""
    form = (
        f'<form method="POST" action="{request.base}{request.path}"><input type="hidden" name="_token" value="0">'
        '<input name="email" placeholder="Email"><input name="password" type="password" placeholder="Mật khẩu"></form>'
    )
    return plain(request, title, form)
