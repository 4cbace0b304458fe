"""The page of one product in the nongsanantoan family."""

from __future__ import annotations

from html import escape
from itertools import islice

from ..floor import Floor
from ..prices import dotted
from ..records import Listing, Seller, dice
from ..reply import Reply, Request
from ..vocabulary import NONGSAN_LABELS
from .frame import breadcrumb, card, dated, loose, page, price_html
from .seller import rating_box, row, seller_rows


def product(floor: Floor, request: Request, slug: str) -> Reply | None:
    """/san-pham/<slug>."""
    listing = floor.listings.get(slug)
    if listing is None:
        return None
    base, path = request.base, request.path
    owner = floor.sellers.get(listing.seller_ref or "")
    label = NONGSAN_LABELS[listing.category]
    title = escape(listing.title)
    stamp = (
        ' <i class="fa fa-check-circle fa-check-circle-sp"'
        ' data-original-title="Đã có tem truy xuất nguồn gốc sản phẩm"></i>'
        if listing.traceable
        else ""
    )
    old = f'<span class="price-old">{dotted(listing.list_price_vnd)} ₫</span>' if listing.list_price_vnd else ""
    # The heading drops the words "Giá:" that a card without price has.
    price = price_html(base, listing).removeprefix("Giá: ")
    others = islice((other for other in floor.in_category(listing.category) if other.ref != slug), 4)
    related = "".join(card(base, other, floor.sellers.get(other.seller_ref or ""), related=True) for other in others)
    steps = breadcrumb(base, ("/danh-muc-san-pham", "Sản phẩm"), (f"/danh-muc-san-pham/{listing.category}", label))
    content = f"""{steps}
  <div class="container product-page">
   <h1 class="title block-mobile">{title}</h1>
   <div class="row">
    <div class="col-md-5"><img id="zoom" src="{base}/image/500/500/{listing.picture}.jpeg" alt="{title}"></div>
    <div class="col-md-7">
     <h1 class="title none-mobile">{title}{stamp}</h1>
     <div class="price-box">
      <span class="price-detail">{price}</span>{old}
     </div>
     <div class="group-size-sx">{_supplier_rows(base, listing, owner)}
     </div>
    </div>
   </div>{_seller_box(base, floor, owner) if owner else ""}
   <div class="tab-content">
    <div id="tab0" class="tab-pane active"><div class="pdp-mod-detail">{_describe(listing)}</div></div>
    <div id="tab1" class="tab-pane">
     <div class="product-info">{_product_rows(listing)}{seller_rows(owner, seller_page=False) if owner else ""}
     </div>
    </div>
    <div id="tab2" class="tab-pane">{rating_box(listing.rating, listing.reviews)}{_review(base, listing)}
    </div>
   </div>
   <div class="related-products">
    <h2>Sản phẩm liên quan</h2>
      <div class="posts row is-flex">{related}
      </div>
   </div>
  </div>"""
    return page(base, path, title, content)


def _describe(listing: Listing) -> str:
    return (
        f"<p>{escape(listing.title)}: hàng nhà làm, đóng gói theo yêu cầu.</p><p>Bảo quản nơi khô mát &amp; thoáng.</p>"
    )


def _supplier_rows(base: str, listing: Listing, owner: Seller | None) -> str:
    # Some product pages tell no more than the street.
    whole = owner is not None and dice(listing.ref + "a", 4) > 0
    address = "" if owner is None else f"{owner.street}, {owner.region}" if whole else owner.street
    supplier = f'<a href="{base}/shop/{owner.slug}">{loose(owner.name)}</a>' if owner else ""
    return "".join(
        f"""
      <div class="row-sx"><label class="label-sx">{label}</label> {value}</div>"""
        for label, value in (
            ("Nhà cung cấp:", supplier),
            ("Địa chỉ:", escape(address)),
            ("Trạng thái:", "Còn hàng" if listing.in_stock else "Hết hàng"),
            ("Đơn vị tính:", listing.unit),
        )
    )


def _product_rows(listing: Listing) -> str:
    code = ("", "Có", f"TXNG{listing.number:06d}")[dice(listing.ref + "t", 2) + 1 if listing.traceable else 0]
    harvest = f"{1 + dice(listing.ref + 'h', 40)} tấn/vụ" if dice(listing.ref + "h", 3) == 0 else ""
    return "".join(
        row(label, escape(value))
        for label, value in (
            ("Tên sản phẩm", listing.title),
            ("Mã sản phẩm", f"SP{listing.number:08d}"),
            ("Đơn vị tính", listing.unit),
            ("Trạng thái", "Còn hàng" if listing.in_stock else "Hết hàng"),
            ("Mã vạch", ""),
            ("Mã truy xuất nguồn gốc", code),
            ("Sản lượng", harvest),
            ("Quy cách đóng gói", listing.unit if any(map(str.isdigit, listing.unit)) else ""),
            ("Cách bảo quản", "Nơi khô mát"),
        )
    )


def _seller_box(base: str, floor: Floor, owner: Seller) -> str:
    items = "".join(
        f"""
    <div class="product-page-seller-info__item">
     <div class="product-page-seller-info__primary-text">{value}</div>
     <div class="product-page-seller-info__complement-text">{label}</div>
    </div>"""
        for value, label in (
            (len(floor.listings_of(owner.ref)), "Sản phẩm"),
            (owner.reviews, "Đánh giá"),
            (dice(owner.ref + "q", 5), "Lượt hỏi đáp"),
            (dated(owner.joined), "Ngày tham gia"),
        )
    )
    return f"""
   <div class="product-page-seller-info">
    <a href="{base}/shop/{owner.slug}">
     <div class="product-page-seller-info__shop-name">{loose(owner.name)}</div></a>{items}
   </div>"""


def _review(base: str, listing: Listing) -> str:
    if not listing.reviews:
        return ""
    return f"""
     <div class="review-item"><a href="{base}/user-activity/khach-{listing.number}@example.vn">Khách mua</a>
      <p>Hàng tươi, giao nhanh.</p></div>"""
