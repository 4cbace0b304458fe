"""The lists of the nongsanantoan family: sellers, products; and the lists that look like sellers and are none."""

from __future__ import annotations

from html import escape

from ..floor import Floor
from ..paging import cut
from ..records import Listing, Seller, dice
from ..reply import Reply, Request
from ..vocabulary import NONGSAN_LABELS, NONGSAN_PSEUDO
from .frame import breadcrumb, card, page, page_numbers, side_column

SELLERS_A_PAGE = 10
PRODUCTS_A_PAGE = 12

_STAR = """
           <div class="rating-symbol" >
            <div class="rating-symbol-background fa fa-star-o fa-2x"></div>
            <div class="rating-symbol-foreground" ><span class="fa fa-star fa-2x"></span>
            </div>
           </div>"""
_STARS = _STAR * 5

# Areas and markets look like sellers in their lists, and are none.
_AREAS = tuple(
    (f"vung-san-xuat-{number}", f"Vùng sản xuất {crop}", f"Xã mẫu số {number}, tỉnh Long An")
    for number, crop in enumerate(("chanh không hạt", "thanh long", "rau an toàn", "lúa chất lượng cao", "khoai mỡ"), 1)
)
_PLACES = tuple(
    (f"cho-mau-{number}", f"Chợ mẫu số {number}", f"Khu phố {number}, thị trấn mẫu, tỉnh Long An")
    for number in range(1, 14)
)


def sellers(floor: Floor, request: Request) -> Reply:
    """/shop: every seller with all its products."""
    shown = cut(floor.all_sellers(), request.query, SELLERS_A_PAGE, request.bend)
    base = request.base
    items = "".join(_seller(base, seller, floor.listings_of(seller.ref)) for seller in shown.items)
    heading = """     <div class="toolbar">
      <div class="sortsoffer">Danh sách Cơ sở sản xuất, kinh doanh</div>
     </div>"""
    numbers = page_numbers(f"{base}/shop", shown)
    return _media_page(floor, request, "Cơ sở SX, KD", "Cơ sở sản xuất kinh doanh", heading, items, numbers)


def _seller(base: str, seller: Seller, listings: tuple[Listing, ...]) -> str:
    name, url = escape(seller.name), f"{base}/shop/{seller.slug}"
    approved = (
        """
          <i class="fa fa-check-circle" title="Đã kiểm duyệt"></i>"""
        if seller.approved
        else ""
    )
    products = "  ".join(
        f'<a href="{base}/san-pham/{listing.slug}">{escape(listing.title)}; </a>' for listing in listings
    )
    # The paragraph of the products is only closed where no address follows, as on the real page.
    address = (
        "</p>"
        if dice(seller.ref + "n", 60) == 0
        else f"""
           <p><b>Địa chỉ: </b> {escape(seller.street)} - {escape(seller.region)}</p>"""
    )
    return f"""
       <div class="media">
        <a href="{url}" class="item-img pull-left">
         <img class="" title="" alt="" src="{base}/image/350/350/{seller.picture}.jpeg">
        </a>
        <div class="item-info">
         <div class="item-title"><a href="{url}">{name}</a>{approved}
         </div>
         <div class="item-content">\t
          <p>
           <b>Sản phẩm cung cấp:</b>  {products}{address}
         </div>
         <div id="newbie_review" class="review_total">
          <span>{_STARS}
          </span>
          <input type="hidden"  data-readonly value="{seller.rating}" class="rating rating-tooltip-manual"
           data-filled="fa fa-star fa-2x" data-empty="fa fa-star-o fa-2x" />
          <div class="num_total">( {seller.reviews} người đánh giá )</div>
         </div>
        </div>
       </div>"""


def _media_page(floor: Floor, request: Request, title: str, step: str, heading: str, items: str, numbers: str) -> Reply:
    base = request.base
    content = f"""  <div class="block-title-h1">
   <div class="container"></div>
  </div>
{breadcrumb(base, (request.path, step))}
  <div class="container">
   <div class="">
    <div class="col-md-1-5 hidden-sm hidden-xs">
{side_column(base, floor)}
    </div>
    <div class="col-md-4-5 cssxkd-wrap">
{heading}
     <div class="cs-grid">
      <div class="cs-layout cs-list">{items}
      </div>
{numbers}
     </div>
    </div>
   </div>
  </div>"""
    return page(base, request.path, title, content)


def areas(floor: Floor, request: Request) -> Reply:
    """/vung-san-xuat."""
    return _elsewhere(floor, request, "Vùng sản xuất", "media", "Địa phương", _AREAS)


def places(floor: Floor, request: Request) -> Reply:
    """/dia-diem-kinh-doanh."""
    return _elsewhere(floor, request, "Địa điểm kinh doanh", "media diadiem", "Địa chỉ", _PLACES)


def _elsewhere(
    floor: Floor, request: Request, title: str, item_class: str, label: str, rows: tuple[tuple[str, str, str], ...]
) -> Reply:
    base = request.base
    shown = cut(rows, request.query, SELLERS_A_PAGE, request.bend)
    items = "".join(
        f"""
       <div class="{item_class}">
        <a href="{base}{request.path}/{slug}" class="item-img pull-left">
         <img alt="" src="{base}/css/images/no-image.png"></a>
        <div class="item-info">
         <div class="item-title"><a href="{base}{request.path}/{slug}">{name}</a></div>
         <div class="item-content">
          <p><b>{label}</b>: {place}</p>
          <p><b>Cơ quan quản lý</b>: UBND xã mẫu</p>
         </div>
        </div>
       </div>"""
        for slug, name, place in shown.items
    )
    heading = f"""     <div class="toolbar"><div class="sortsoffer">{title}</div></div>"""
    numbers = page_numbers(f"{base}{request.path}", shown)
    return _media_page(floor, request, title, title, heading, items, numbers)


def _choose(floor: Floor, slug: str) -> tuple[str, tuple[Listing, ...]] | None:
    """Heading and products of a category or pseudo-category; None for an unknown one."""
    everything = floor.in_category("")
    if not slug:
        return "Tất cả sản phẩm", everything
    if slug in NONGSAN_LABELS:
        return NONGSAN_LABELS[slug], floor.in_category(slug)
    label = next((label for label, pseudo in NONGSAN_PSEUDO if pseudo == slug), None)
    if label is None:
        return None
    if slug == "khuyen-mai":
        return label, tuple(listing for listing in everything if listing.list_price_vnd)
    return label, everything[-24:]


def products(floor: Floor, request: Request, slug: str) -> Reply | None:
    """/danh-muc-san-pham and the lists below it."""
    chosen = _choose(floor, slug)
    if chosen is None:
        return None
    heading, listings = chosen
    base = request.base
    shown = cut(listings, request.query, PRODUCTS_A_PAGE, request.bend)
    cards = "".join(card(base, listing, floor.sellers.get(listing.seller_ref or "")) for listing in shown.items)
    content = f"""  <div class="block-title-h1">
   <div class="container"><h1>Sản phẩm</h1></div>
  </div>
{breadcrumb(base, ("/danh-muc-san-pham", heading))}
  <div class="container">
   <div class="row">
    <div class="col-md-1-5 filter-product-left">
{side_column(base, floor)}
{_FILTERS}
    </div>
    <div class="col-md-4-5">
     <div class="col-main-chil">
{_TOOLBAR.replace("{heading}", heading)}
     </div>
     <div class="wrap-product product-both">
      <div class="posts row is-flex">{cards}
      </div>
     </div>
{page_numbers(base + request.path, shown)}
    </div>
   </div>
  </div>"""
    return page(base, request.path, "Sản phẩm" if not slug else heading, content)


_SCALES = (
    "Cá nhân, hộ gia đình", "Trang trại, xưởng", "Hợp tác xã", "Doanh nghiệp siêu nhỏ", "Doanh nghiệp nhỏ",
    "Doanh nghiệp vừa", "Doanh nghiệp lớn",
)  # fmt: skip
_FILTERS = (
    """                    <div class="refine-search">
      <div class="search-list">
       <div class="filter-custom">
        <div class="subheading">
         <span>Quy mô cơ sở</span>
        </div>
        <div class="search-item">"""
    + "".join(
        f"""
         <input type="checkbox" id="T{number}" onchange="setLocation()" class="filled-in" value="{number}"
          name="filter_category[]">
         <label for="T{number}"> {scale}</label>"""
        for number, scale in enumerate(_SCALES, 1)
    )
    + """
         <input type="checkbox" id="C32" onchange="setLocation()" class="filled-in" value="32" name="filter_cert[]">
         <label for="C32"> Khác</label>
        </div>
       </div>
      </div>
     </div>"""
)
_TOOLBAR = """      <div class="toolbar">
       <div class="row">
        <div class="col-md-5 col-sm-5">
         <div class="sortsoffer">
          {heading}
         </div>
        </div>
        <div class="col-md-7 col-sm-7">
         <div id="sort-by">
          <label >Sắp xếp:</label>
          <select id="input-sort" class="form-control" onchange="setLocation()">
           <option value="default"  >Mặc định</option>
           <option value="name-asc">Tên (A - Z)</option>
           <option value="name-desc">Tên (Z - A)</option>
           <option value="price-asc">Giá (Thấp &gt; Cao)</option>
           <option value="price-desc">Giá (Cao &gt; Thấp)</option>
          </select>
         </div>
         <div id="limiter">
          <label>Xem:</label>
          <select id="input-limit" class="form-control" onchange="setLocation()">
           <option value="12" >12</option>
           <option value="25">25</option>
           <option value="50">50</option>
           <option value="100">100</option>
          </select>
         </div>
        </div>
       </div>
      </div>"""
