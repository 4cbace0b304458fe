"""The product page of voso: inline JSON, RDFa and visible text, which do not agree everywhere."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, time
from html import escape
from itertools import islice

from ..floor import Floor
from ..records import Listing, Seller, dice
from ..reply import Reply, Request
from ..vocabulary import VOSO_BY_NUMBER, VosoCategory
from .frame import SITE_TITLE, breadcrumb, grid_card, page, picture_url, product_path

_UNIT_CODES = {"kg": "26", "trái": "12", "chục": "31", "con": "9", "chai": "4", "hộp": "7", "gói": "6", "túi": "18"}
_MASS = re.compile(r"(\d+)\s*(kg|g)\b")
_HEADING = 60  # longer names are cut in the heading


def _grams(unit: str) -> int:
    """Weight of one unit in grams; 500 where the unit does not tell."""
    found = _MASS.search(unit)
    if found:
        return int(found[1]) * (1000 if found[2] == "kg" else 1)
    return {"kg": 1000, "tấn": 1_000_000}.get(unit, 500)


def _description(listing: Listing, seller: Seller | None) -> str:
    """What the seller wrote: HTML with everything that ends a careless search for the end of the JSON."""
    call = f"<p>Liên hệ/Zalo: {escape(seller.phone)}</p>" if seller and seller.phone else ""
    return (
        f"<p><strong>{escape(listing.title)}</strong> nhà làm, giao nhanh.</p>\r\n<ul><li>Đơn vị: {listing.unit}</li>"
        f"<li>Bảo quản nơi khô mát</li></ul>{call}<script>var product = {{}};</script><!-- }}; -->"
    )


def _facts(listing: Listing, seller: Seller | None) -> dict[str, object]:
    """The `product` of the inline script."""
    changed = int(datetime.combine(listing.updated, time(8), UTC).timestamp())
    images = [
        {"name": f"{listing.slug}.jpg", "image": listing.picture[:32]},
        {"name": "2.jpg", "image": listing.picture[8:]},
    ]
    grams = _grams(listing.unit)
    unit = _UNIT_CODES.get(listing.unit.split()[0], "26")
    # Most pages give numbers, some the same as text.
    written = str if dice(listing.ref + "j", 40) == 0 else int
    # A shop that hides its prices in pictures does not tell them here.
    price = written(listing.price_vnd) if listing.price_text else None
    list_price = written(listing.list_price_vnd or listing.price_vnd) if listing.price_text else None
    return {
        "id": listing.number, "productCode": f"P1{listing.ref}", "merchantProductId": f"S{dice(listing.ref, 99)}",
        "name": listing.title, "categoryId": int(listing.category), "merchantId": seller.number if seller else 0,
        "brandId": None, "countryId": 1, "price": price, "listPrice": list_price, "sold": listing.sold,
        "buyCount": listing.sold * 3 // 2, "viewCount": dice(listing.ref + "v", 5000), "likeCount": 0,
        "rate": 0, "image": listing.picture[:32], "images": json.dumps(images), "video": None,
        "description": _description(listing, seller), "shortDescription": None, "unit": unit,
        "realWeight": grams, "weight": grams, "length": 20, "width": 20, "height": 10,
        "isOCOP": int(listing.stars > 0), "ratingOCOP": listing.stars, "provinceIdOCOP": 59 if listing.stars else None,
        "mapSpecialties": None, "mapLat": None, "mapLong": None, "mapAddress": None, "mapProvinceId": None,
        "mapDistrictId": None, "mapWardId": None, "available": int(listing.in_stock), "activated": 1, "approved": 1,
        "reject": 0, "rejectReason": None, "createTime": changed - 86_400 * 90, "updateTime": changed,
        "expiryDate": None, "barcode": None, "userManual": None, "limitShippingArea": 0, "isFlashSale": 0,
        "isMall": 0, "isHot": 0, "parentId": None, "quantity": 100 if listing.in_stock else 0, "tags": None,
    }  # fmt: skip


def _variants(listing: Listing, facts: dict[str, object]) -> tuple[dict[str, object], list[dict[str, object]]]:
    """`variation` and `variationDimention` (their spelling): for a product without variants itself and nothing."""
    if dice(listing.ref + "d", 30) or not listing.price_vnd:
        return facts, []
    other = {**facts, "id": listing.number + 1, "parentId": listing.number, "price": listing.price_vnd * 11 // 10}
    chosen = [{"productPropertyId": 7, "productPropertyValueId": 31}]
    return other, [{"id": listing.number + 1, "url": product_path(listing), "properties": chosen}]


def _inline(value: object) -> str:
    return json.dumps(value).replace("</", "<\\/")


def _rdfa(base: str, listing: Listing, seller: Seller | None, category: VosoCategory) -> str:
    """Markup for search engines, filled with the wrong fields: the category as name, the views as reviews."""
    return f"""<div typeof="schema:Product" style="display: none">
    <div property="schema:name" content="{escape(category.label)}"></div>
    <div property="schema:description" content="{escape(listing.title)}"></div>
    <div rel="schema:image" resource="{picture_url(base, listing)}"></div>
    <div property="schema:sku" content="0446310786"></div>
    <div property="schema:mpn" content="925872"></div>
    <div rel="schema:brand"><div typeof="schema:Brand">
        <div property="schema:name" content="{escape(seller.name if seller else "")}"></div></div></div>
    <div rel="schema:aggregateRating"><div typeof="schema:AggregateRating">
        <div property="schema:reviewCount" content="{dice(listing.ref + "v", 5000)}"></div>
        <div property="schema:ratingValue" content="5"></div></div></div>
    <div rel="schema:offers"><div typeof="schema:Offer">
        <div property="schema:price" content="{listing.price_vnd}"></div>
        <div property="schema:availability" content="instock"></div>
        <div property="schema:priceCurrency" content="VND"></div></div></div>
</div>"""


def _shop_box(floor: Floor, seller: Seller | None) -> str:
    if seller is None:
        return ""
    products = len(floor.listings_of(seller.ref))
    return f"""
        <div class="b__shop">
            <div class="b__shop--description">
                <div class="b__shop--name">{escape(seller.name)}</div>
                <p class="detail-merchant-provice-mobile">{seller.province}</p>
                <a class="go_to_shop" href="/{seller.slug}-s{seller.ref}">Xem gian hàng</a>
            </div>
            <div class="b__shop--thongso">
                <div class="info-content"><label>Sản phẩm</label> <span>{products}</span></div>
                <div class="info-content"><label>Đánh giá</label> <span>{seller.reviews}</span></div>
                <div class="info-content"><label>Ngày tham gia</label> <span>{seller.joined:%d/%m/%Y}</span></div>
                <div class="info-content"><label>Tỉnh - Thành Phố:</label> <span>{seller.province}</span></div>
            </div>
        </div>"""


def _attributes(listing: Listing, category: VosoCategory) -> str:
    weight = f"{_grams(listing.unit) / 1000:g}kg"
    rows = (
        ("Danh mục:", category.label),
        ("Thương hiệu:", "No brand"),
        ("Xuất xứ:", "Việt Nam"),
        ("Đơn vị tính:", listing.unit),
        ("Trọng lượng:", weight),
    )
    return "".join(
        f"""
            <div class="b__product-dt"><label>{label}</label><span>{escape(value)}</span></div>"""
        for label, value in rows
    )


def product(floor: Floor, request: Request, number: str) -> Reply | None:
    """/<slug>-p<number>.html: any slug will do."""
    listing = floor.listings.get(number)
    if listing is None:
        return None
    base = request.base
    seller = floor.sellers.get(listing.seller_ref or "")
    category = VOSO_BY_NUMBER[listing.category]
    above = VOSO_BY_NUMBER.get(category.parent)
    steps = [(f"{base}/{step.slug}-c{step.number}", step.label) for step in (above, category) if step]
    facts = _facts(listing, seller)
    variation, dimension = _variants(listing, facts)
    heading = listing.title if len(listing.title) <= _HEADING else listing.title[: _HEADING - 3] + "..."
    icon = '<span class="icon-ocop"></span>' if listing.stars else ""
    stars = f'{icon}<span class="jstars jstars__ocop" data-value="{listing.stars}"></span>' if icon else ""
    others = islice((other for other in floor.in_category(listing.category) if other.ref != number), 6)
    image = picture_url(base, listing)
    content = f"""{breadcrumb([(base, "Trang chủ"), *steps], listing.title)}
{_rdfa(base, listing, seller, category)}
<div class="container contaiver-v2" ng-controller="product">
    <div class="b__product">
        <div class="c-product-gallery">
            <img id="myCloudZoom" class="cloudzoom" src="{image}">
            <div id="product-thumb-id">
                <a class="cloudzoom-gallery" href="{image}"><img src="{image}"></a>
            </div>
        </div>
        <div class="c-product-main">
            <div class="ocop_info">{stars}</div>
            <div class="ocop_info_mb">{stars}</div>
            <h1 class="c-product-head__title"><span>{escape(heading)}</span></h1>
            <h2 class="c-product-head__desc">
                <span class="num-big">{listing.rating}</span> <span class="jstars" data-value="{listing.rating}"></span>
                <label><strong>{listing.reviews}</strong> Đánh giá</label> | Đã bán <label>{listing.sold}</label>
            </h2>
            <div class="c-product-main__oldprice ng-cloak">100.000<sup>₫</sup></div>
            <div class="c-product-main__price ng-cloak">100.000<sup>₫</sup></div>{_attributes(listing, category)}
        </div>{_shop_box(floor, seller)}
    </div>
    <div class="b__related"><h3>Sản phẩm khác</h3>
        <div class="o-items">{"".join(grid_card(base, other) for other in others)}
        </div>
    </div>
</div>
<script>
    var product = {_inline(facts)};
    var variation = {_inline(variation)};
    var variationDimention = {_inline(dimension)};
    var merchantId = {facts["merchantId"]};
</script>"""
    return page(
        base,
        product_path(listing),
        f"{listing.title} - P{number} | {SITE_TITLE}",
        content,
        picture=image,
        about=f"{listing.title} trên {SITE_TITLE}",
    )
