"""The page of one seller in the nongsanantoan family, and the rows its products repeat."""

from __future__ import annotations

from html import escape

from ..floor import Floor
from ..paging import cut
from ..records import Seller, dice
from ..reply import Reply, Request
from .frame import breadcrumb, card, certificate_icon, dated, page, page_numbers
from .lists import PRODUCTS_A_PAGE

_AUTHORITY = "Sở Kế hoạch và Đầu tư tỉnh Long An"
_INTROS = (
    "Sản phẩm trồng theo quy trình an toàn, giao hàng trong ngày.",
    "Nhà vườn bán sỉ và lẻ, nhận đặt trước theo vụ.",
    "Cơ sở thu mua, sơ chế và đóng gói tại chỗ.\nCó xe giao trong tỉnh.",
    "",
)


def row(label: str, value: str) -> str:
    return f"""
        <div class="row">
         <div class="col-md-5">{label}</div>
         <div class="col-md-7">{value}</div>
        </div>"""


def _email(seller: Seller) -> str:
    return f"{seller.slug[:24].strip('-')}@example.vn" if dice(seller.ref + "@", 3) == 0 else ""


def _website(seller: Seller) -> str:
    return f"http://{seller.slug[:24].strip('-')}.example.vn" if dice(seller.ref + "w", 7) == 0 else ""


def _supervisor(seller: Seller) -> str:
    return f"UBND {seller.ward}" if seller.ward else "Chi cục Chất lượng, Chế biến và Phát triển thị trường"


def _licence(seller: Seller, seller_page: bool) -> str:
    """The paper, without the blank before "Ngày" on the seller's page."""
    if not seller.tax_code:
        return ""
    day = dated(seller.joined.replace(year=seller.joined.year - 4, day=min(seller.joined.day, 28)))
    if seller_page:
        return f"Số {seller.tax_code}Ngày cấp {day}, đơn vị cấp {_AUTHORITY}"
    return f"{seller.tax_code}, ngày cấp {day}, đơn vị cấp {_AUTHORITY}"


def seller_rows(seller: Seller, seller_page: bool) -> str:
    market = "Chợ mẫu số 3" if dice(seller.ref + "m", 6) == 0 else ""
    return "".join(
        row(label, escape(value))
        for label, value in (
            ("Tên cơ sở", seller.name),
            ("Địa chỉ", f"{seller.street}, {seller.region}"),
            ("Điện thoại", seller.phone),
            ("Email", _email(seller)),
            ("Website", _website(seller)),
            ("Người đại diện", seller.director),
            ("Quy mô", seller.scale),
            ("Trạng thái", "Đang hoạt động" if seller.active else "Ngừng hoạt động"),
            ("Địa điểm kinh doanh", market),
            ("Giấy phép đăng ký" if seller_page else "Số giấy phép đăng ký", _licence(seller, seller_page)),
            ("Quản lý về VSATTP bởi", _supervisor(seller)),
        )
    )


def seller(floor: Floor, request: Request, slug: str) -> Reply | None:
    """/shop/<slug>, its products in pages."""
    found = floor.sellers.get(slug)
    if found is None:
        return None
    base = request.base
    shown = cut(floor.listings_of(slug), request.query, PRODUCTS_A_PAGE, request.bend)
    papers = "".join(
        row(
            f"<b>{escape(paper.title)}</b><br>{escape(paper.text)}",
            f'<a class="fancybox" href="{base}/image/0/0/{found.picture}.png">'
            f'<img src="{base}/image/150/150/{found.picture}.png"></a>',
        )
        for paper in found.certificates
    )
    icons = "".join(certificate_icon(*paper, "img-certifications-shops") for paper in found.certificates)
    approved = '<i class="fa fa-check-circle" title="Đã kiểm duyệt"></i>' if found.approved else ""
    intro = escape(_INTROS[dice(slug, len(_INTROS))]).replace("\n", "<br>")
    content = f"""{breadcrumb(base, ("/shop", "Cơ sở sản xuất kinh doanh"), (request.path, escape(found.name)))}
  <div class="container shop-page">
   <div class="shop-page__info">
    <div class="shop-avatar"><img src="{base}/image/350/350/{found.picture}.jpeg" alt=""></div>
    <h1>{escape(found.name)} {approved}</h1>
    <div class="count"><i class="fa fa-eye"></i> <span>{dice(slug + "v", 2000)} lượt xem</span></div>
    <div class="shop-cer">{icons}
    </div>
   </div>
   <ul class="nav nav-tabs">
    <li class="active"><a data-toggle="tab" href="#tab0">Giới thiệu</a></li>
    <li><a data-toggle="tab" href="#tab1">Thông tin cơ sở</a></li>
    <li><a data-toggle="tab" href="#tab2">Đánh giá</a></li>
    <li><a data-toggle="tab" href="#tab4">Sản phẩm</a></li>
   </ul>
   <div class="tab-content">
    <div id="tab0" class="tab-pane fade in active"><div class="pdp-mod-detail">{intro}</div></div>
    <div id="tab1" class="tab-pane fade">
     <div class="organization-info">{seller_rows(found, seller_page=True)}
        <h4>Chứng nhận, xác nhận của cơ sở</h4>{papers}
     </div>
    </div>
    <div id="tab2" class="tab-pane fade">{rating_box(found.rating, found.reviews)}
    </div>
    <div id="tab4" class="tab-pane fade">
     <div class="wrap-product">
      <div class="posts row is-flex">{"".join(card(base, listing, found) for listing in shown.items)}
      </div>
     </div>
{page_numbers(base + request.path, shown)}
    </div>
   </div>
  </div>"""
    return page(base, request.path, escape(found.name), content)


def rating_box(rating: int, reviews: int) -> str:
    shares = "".join(
        f"""
       <li><span class="star">{stars}</span><span class="percent">{100 if stars == rating else 0}%</span></li>"""
        for stars in range(5, 0, -1)
    )
    return f"""
     <div class="mod-rating">
      <div class="score"><span>{rating}</span>/5</div>
      <div class="num_total">( {reviews} người đánh giá )</div>
      <ul class="detail">{shares}
      </ul>
     </div>"""
