"""Start page, category, search and shop of voso."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from ..floor import Floor
from ..names import slugify
from ..paging import cut
from ..records import Listing, Seller, dice
from ..reply import Reply, Request
from ..vocabulary import VOSO_BY_NUMBER, VOSO_CATEGORIES
from .frame import SITE_TITLE, breadcrumb, grid_card, home_card, page, page_numbers

A_PAGE = 24

_ORDERS: dict[str, tuple[str, Callable[[Listing], int]]] = {
    "thap-nhat": ("Giá thấp nhất", lambda listing: listing.price_vnd),
    "cao-nhat": ("Giá cao nhất", lambda listing: -listing.price_vnd),
    "moi-nhat": ("Mới nhất", lambda listing: -listing.number),
    "mua-nhieu": ("Mua nhiều nhất", lambda listing: -listing.sold),
}


def _grid(request: Request, listings: tuple[Listing, ...], path: str) -> str:
    order = request.query.get("order", "")
    if order in _ORDERS:
        listings = tuple(sorted(listings, key=_ORDERS[order][1]))
    shown = cut(listings, request.query, A_PAGE, request.bend, clamp=True)
    base = request.base
    cards = "".join(grid_card(base, listing, province=True) for listing in shown.items)
    sorts = "".join(f'<a href="{base}{path}?order={slug}">{label}</a> ' for slug, (label, _) in _ORDERS.items())
    return f"""<div class="b__browser--content" ng-controller="browse">
            <div class="b__browser--sort">{sorts}</div>
            <div class="b__browser--content_info">{cards}
            </div>
            {page_numbers(base + path, shown, order if order in _ORDERS else "")}
        </div>"""


def _browse(request: Request, path: str, heading: str, grid: str, steps: list[tuple[str, str]]) -> str:
    provinces = "".join(
        f"<li><label><input type='checkbox'> {name}</label></li>"
        for name in ("Long An", "Tây Ninh", "Tiền Giang", "Bến Tre", "Đồng Tháp", "TP. Hồ Chí Minh")
    )
    return f"""{breadcrumb([(request.base, "Trang chủ"), *steps], heading)}
<script>
    var dataSearch = {{"keyword":"{escape(path)}"}};
    var urlWithoutProvince = "{escape(path)}";
</script>
<div class="b__browser">
    <div class="container contaiver-v2">
        <div class="b__browser--sidebar">
            <ul id="tinh-thanh" class="tinh-thanh">{provinces}</ul>
            <a id="show-all-tinh-thanh">Xem tất cả</a>
        </div>
        <h1 class="b__browser--title">{escape(heading)}</h1>
        {grid}
    </div>
</div>"""


def category(floor: Floor, request: Request, number: str) -> Reply | None:
    """/<slug>-c<number>: any slug will do."""
    found = VOSO_BY_NUMBER.get(number)
    if found is None:
        return None
    path = f"/{found.slug}-c{number}"
    parent = VOSO_BY_NUMBER.get(found.parent)
    steps = [(f"{request.base}/{parent.slug}-c{parent.number}", parent.label)] if parent else []
    grid = _grid(request, floor.in_category(number), path)
    return page(request.base, path, f"{found.label} | {SITE_TITLE}", _browse(request, path, found.label, grid, steps))


def search(floor: Floor, request: Request, words: str, number: str) -> Reply | None:
    """/tim-kiem-<words>[/<category>]: products whose name holds every word."""
    if number and number not in VOSO_BY_NUMBER:
        return None
    keyword = request.query.get("q") or request.query.get("qqq") or words.replace("-", " ")
    wanted = set(slugify(keyword).split("-"))
    found = tuple(listing for listing in floor.in_category(number) if wanted <= set(listing.slug.split("-")))
    grid = _grid(request, found, request.path)
    heading = f"Tìm kiếm: {keyword}"
    return page(
        request.base, request.path, f"{keyword} | {SITE_TITLE}", _browse(request, request.path, heading, grid, [])
    )


def ocop(floor: Floor, request: Request) -> Reply:
    """/ocop: products with stars."""
    found = tuple(listing for listing in floor.in_category("") if listing.stars)
    grid = _grid(request, found, "/ocop")
    return page(request.base, "/ocop", f"Gian hàng OCOP | {SITE_TITLE}", _browse(request, "/ocop", "OCOP", grid, []))


def written_address(seller: Seller) -> str:
    """The address the way somebody typed it into a form: five ways, one without diacritics."""
    ward, district, province = seller.ward, seller.district, seller.province
    parts = [part for part in (seller.street, ward, district, province) if part]
    match dice(seller.ref + "a", 5):
        case 0:
            parts[1:] = [part[0].lower() + part[1:] for part in parts[1:-1]] + [f"tỉnh {province}"]
        case 1:
            short = {"Thị trấn ": "TT. ", "Phường ": "P. ", "Xã ": "X. ", "Huyện ": "H. ", "Thành phố ": "TP. "}
            parts = [
                next((new + part[len(old) :] for old, new in short.items() if part.startswith(old)), part)
                for part in parts
            ]
        case 2:
            parts = [slugify(part).replace("-", " ") for part in parts]
    return ", ".join(parts)


def shop(floor: Floor, request: Request, number: str) -> Reply | None:
    """/<slug>-s<number>: any slug will do."""
    seller = floor.sellers.get(number)
    if seller is None:
        return None
    base, path = request.base, f"/{seller.slug}-s{number}"
    listings = floor.listings_of(number)
    place = (
        f"<label>Tỉnh - Thành Phố:</label> <strong>{seller.province}</strong>"
        if dice(number + "p", 4) == 0
        else f"<label>Địa chỉ:</label> <strong>{escape(written_address(seller))}</strong>"
    )
    content = f"""{breadcrumb([(base, "Trang chủ")], seller.name)}
<script>
    var dataSearch = {{"keyword":"{path}"}};
</script>
<div class="container contaiver-v2">
    <div class="b__shop--info shop-own">
        <div class="b__shop--avatar"><img src="{base}/users/vosoimage/images/{seller.picture[:32]}" alt=""></div>
        <div class="b__shop--description">
            <h3>{escape(seller.name)}</h3>
            <p>{"Đang hoạt động" if seller.active else "Ngừng hoạt động"}</p>
        </div>
        <div class="b__shop--thongso">
            <div class="info-content"><label>Đánh giá:</label>
                <strong><span class="jstars" data-value="{seller.rating}"></span></strong></div>
            <div class="info-content"><label>Số Sản Phẩm:</label> <strong>{len(listings)}</strong></div>
            <div class="info-content"><label>Ngày Tham Gia:</label> <strong>{seller.joined:%d/%m/%Y}</strong></div>
            <div class="info-content">{place}</div>
        </div>
    </div>
    <div class="b__browser">
        {_grid(request, listings, path)}
    </div>
</div>"""
    return page(base, path, f"{seller.name} | {SITE_TITLE}", content)


def _carousel(base: str, name: str, heading: str, listings: list[Listing]) -> str:
    """Columns of two cards, the second of which telephones do not show."""
    columns = ""
    for start in range(0, len(listings), 2):
        upper, *lowers = listings[start : start + 2]
        below = "".join(home_card(base, lower, hidden=True) for lower in lowers)
        columns += f"""
            <div class="l-items">{home_card(base, upper, tracked=start == 0)}{below}
            </div>"""
    return f"""
<div class="b__vosoMall">
    <div class="container">
        <div class="b__box--title"><div class="b__box-title"><h3 class="b__box_h3">{heading}</h3></div></div>
        <div id="{name}" class="owl-carousel">{columns}
        </div>
    </div>
</div>"""


def home(floor: Floor, request: Request) -> Reply:
    """/: banners to shops, the categories, three choices of products; one product may be in several."""
    base = request.base
    everything = floor.in_category("")
    shops = floor.all_sellers()[:3]
    banners = "".join(
        f"""
        <a class="progressive replace" href="{base}/{seller.slug}-s{seller.ref}?o2o=20731"
            data-href="{base}/users/vosoimage/images/{seller.picture[:32]}"></a>"""
        for seller in shops
    )
    # Two addresses of one category are linked: the number counts, not the words.
    roots = [("dac-san-vung-mien", "137", "Đặc sản vùng miền")] + [
        (root.slug, root.number, root.label) for root in VOSO_CATEGORIES if not root.parent
    ]
    categories = "".join(
        f"""
            <div class="m-items"><a href="{base}/{slug}-c{number}"><div class="list-category">
                <div class="category-name">
                {escape(label)} </div></div></a></div>"""
        for slug, number, label in roots
    )
    stars = [listing for listing in everything if listing.stars][:8]
    sold = sorted(everything, key=lambda listing: -listing.sold)[:8]
    suggested = "".join(home_card(base, listing, boxed=True) for listing in everything[-12:])
    content = f"""<div class="b__banner--pc">
    <div class="container">{banners}
    </div>
</div>
<div class="section-category-list">
    <div class="container contaiver-v2">
        <div class="b__box--title"><div class="b__box-title"><h3 class="b__box_h3">DANH MỤC</h3></div></div>
        <div id="slideListCategory" class="owl-carousel">{categories}
        </div>
    </div>
</div>
<div class="b__vosoMall--box_list">
{_carousel(base, "slideVosomall", "Bán chạy", sold)}
{_carousel(base, "slideOcop", "Đặc sản OCOP", stars)}
</div>
<div class="b__heart">
    <div class="container contaiver-v2">
        <div class="b__box--title"><div class="b__box-title"><h2>Gợi ý hôm nay</h2></div></div>
        <div class="b__heart--content">{suggested}
        </div>
    </div>
</div>"""
    return page(base, "", SITE_TITLE, content)
