from __future__ import annotations

import html
import re
import unicodedata

import pytest
from bs4 import Tag
from sandbox_visit import attribute, one, visit, walk

from connectors.sandbox import World
from connectors.sandbox.nongsanantoan import Nongsanantoan
from connectors.sandbox.records import NONGSAN

FOLLOWED = r"/(?:shop|san-pham|ket-noi|danh-muc-san-pham)(?:/[a-z0-9-]+)?(?:\?page=\d+)?"


def rows(box: Tag) -> list[tuple[str, str]]:
    """The two-column rows of a box."""
    found = []
    for row in box.select("div.row"):
        label, value = one(row, "div.col-md-5"), one(row, "div.col-md-7")
        if label and value:
            found.append((label.get_text(" ", strip=True), value.get_text(" ", strip=True)))
    return found


def clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def test_everything_is_reached_over_the_links(shared_nongsan: Nongsanantoan) -> None:
    reached = walk(shared_nongsan, ["/"], FOLLOWED)
    floor = shared_nongsan.floor
    tails: dict[str, set[str]] = {}
    for path in reached:
        first, _, tail = path.partition("?")[0].strip("/").partition("/")
        tails.setdefault(first, set()).add(tail)
    assert tails["shop"] - {""} == set(floor.sellers)
    assert tails["san-pham"] == set(floor.listings)
    assert tails["ket-noi"] - {""} == set(floor.posts)


def test_the_list_of_sellers_tells_each_with_all_its_products(nongsan: Nongsanantoan) -> None:
    floor = nongsan.floor
    sellers: list[str] = []
    products: list[str] = []
    target = "/shop"
    while target:
        soup = visit(nongsan, target).soup
        for item in soup.select(".cssxkd-wrap .cs-grid .media"):
            slug = attribute(item, "a.item-img", "href").rpartition("/")[2]
            seller = floor.sellers[slug]
            sellers.append(slug)
            links = item.select('.item-content a[href*="/san-pham/"]')
            assert all(link.get_text().endswith("; ") for link in links)
            products += [str(link["href"]).rpartition("/")[2] for link in links]
            assert one(item, ".item-title a").get_text() == seller.name
            approved = item.select('.item-title i.fa-check-circle[title="Đã kiểm duyệt"]')
            assert len(approved) == int(seller.approved)
            assert re.fullmatch(r"\( \d+ người đánh giá \)", one(item, ".num_total").get_text())
            assert attribute(item, "input.rating", "value") == str(seller.rating)
        forward = soup.select("div.pull-right.pagination ul.pagination > li")[-1]
        assert forward.get_text() == "Tiếp"
        if forward.a is None:
            break
        target = "/shop?" + str(forward.a["href"]).partition("?")[2]
    assert sellers == list(floor.sellers)
    assert sorted(products) == sorted(ref for ref, listing in floor.listings.items() if listing.seller_ref)


def test_addresses_in_the_list(shared_nongsan: Nongsanantoan) -> None:
    found, without = 0, 0
    for page in range(1, 70):
        text = visit(shared_nongsan, f"/shop?page={page}").text
        without += text.count("</p>\n") - text.count("<b>Địa chỉ: </b>")
        for address in re.findall(r"<p><b>Địa chỉ: </b> (.+?)</p>", text):
            found += 1
            assert re.search(r" - .*(?:Long An|Tây Ninh)$", html.unescape(address)), address
    assert found > 600
    assert without > 0, "some sellers are listed without an address"


def test_the_first_paragraph_is_never_closed(shared_nongsan: Nongsanantoan) -> None:
    text = visit(shared_nongsan, "/shop").text
    assert re.search(r"<p>\s*<b>Sản phẩm cung cấp:</b>[^p]*?<p><b>Địa chỉ", text)


def test_the_total_of_products_and_the_page_numbers(shared_nongsan: Nongsanantoan) -> None:
    soup = visit(shared_nongsan, "/shop").soup
    assert one(soup, "#all_products").get_text() == "Tất cả (780)"
    labels = [item.get_text() for item in soup.select("ul.pagination > li")]
    assert labels == ["Trước", "1", "2", "3", "", "70", "Tiếp"]
    assert soup.select("ul.pagination > li.disabled > span > i.fa-ellipsis-h")
    assert one(soup, "ul.pagination > li.active > span").get_text() == "1"


def test_a_category_shows_cards_with_both_ids(nongsan: Nongsanantoan, world: World) -> None:
    listing = next(item for item in world.floors[NONGSAN].in_category("") if item.seller_ref)
    seller = world.floors[NONGSAN].sellers[listing.seller_ref or ""]

    def card() -> Tag:
        for page in range(1, 20):
            for found in visit(nongsan, f"/danh-muc-san-pham/{listing.category}?page={page}").soup.select(
                ".thumb-product"
            ):
                if attribute(found, "h3 a", "href").endswith("/" + listing.ref):
                    return found
        raise AssertionError(listing.ref)

    world.change_price(listing.ref, "1.050.000 ₫")
    assert one(card(), "p.discount").get_text() == "1.050.000 ₫"
    assert attribute(card(), "[onclick]", "onclick") == f"addItemToCart({listing.number},{seller.number})"
    world.change_price(listing.ref, "Giá: Liên hệ")
    assert one(card(), "p.discount").get_text() == "Giá: Liên hệ"
    assert attribute(card(), ".send-request", "data-id") == str(listing.number)
    world.change_price(listing.ref, "")
    assert one(card(), "p.discount img[src]"), "the price is a picture"
    assert clean(one(card(), ".shop-info-index-text a").get_text()) == clean(seller.name)


def test_an_ampersand_is_escaped_in_one_list_and_bare_in_the_other(nongsan: Nongsanantoan, world: World) -> None:
    seller = world.floors[NONGSAN].all_sellers()[0]
    world.add_listing(seller.ref, "Cam & quýt", category="banh-keo")
    assert ">Cam &amp; quýt; </a>" in visit(nongsan, "/shop").text
    last = (len(world.floors[NONGSAN].in_category("banh-keo")) + 11) // 12
    assert ">Cam & quýt</a></h3>" in visit(nongsan, f"/danh-muc-san-pham/banh-keo?page={last}").text


def test_pseudo_categories_are_lists_too(shared_nongsan: Nongsanantoan) -> None:
    for slug in ("khuyen-mai", "moi-ban", "mua-nhieu", "quan-tam"):
        assert visit(shared_nongsan, f"/danh-muc-san-pham/{slug}").soup.select(".thumb-product")


def test_the_page_of_a_seller(shared_nongsan: Nongsanantoan) -> None:
    floor = shared_nongsan.floor
    seller = next(found for found in floor.all_sellers() if found.certificates and found.tax_code)
    soup = visit(shared_nongsan, f"/shop/{seller.ref}").soup
    told = dict(rows(one(soup, "#tab1 .organization-info")))
    assert told["Tên cơ sở"] == clean(seller.name) or told["Tên cơ sở"] == seller.name
    assert told["Địa chỉ"] == f"{seller.street}, {seller.region}"
    assert told["Điện thoại"] == seller.phone
    assert told["Người đại diện"] == seller.director
    assert told["Quy mô"] == seller.scale
    assert re.fullmatch(rf"Số {seller.tax_code}Ngày cấp \d\d/\d\d/\d{{4}}, đơn vị cấp .+", told["Giấy phép đăng ký"])
    assert {"Email", "Website", "Trạng thái", "Địa điểm kinh doanh", "Quản lý về VSATTP bởi"} <= told.keys()
    heading = one(soup, "#tab1 h4")
    assert heading.get_text() == "Chứng nhận, xác nhận của cơ sở"
    papers = [row for row in heading.find_next_siblings("div") if row.select("a.fancybox > img")]
    assert [one(paper, "b").get_text() for paper in papers] == [paper.title for paper in seller.certificates]
    assert re.fullmatch(r"\d+ lượt xem", one(soup, ".count span").get_text())


def test_titles_of_certificates_are_escaped_twice(shared_nongsan: Nongsanantoan) -> None:
    seller = next(
        found
        for found in shared_nongsan.floor.all_sellers()
        if any("nguồn gốc" in paper.title for paper in found.certificates)
    )
    raw = visit(shared_nongsan, f"/shop/{seller.ref}").text
    assert "&amp;agrave;" in raw or "&amp;aacute;" in raw
    assert "&lt;b&gt;" in raw


def test_the_products_of_a_seller_have_pages_of_their_own(shared_nongsan: Nongsanantoan) -> None:
    floor = shared_nongsan.floor
    seller = max(floor.all_sellers(), key=lambda found: len(floor.listings_of(found.ref)))
    wanted = [listing.ref for listing in floor.listings_of(seller.ref)]
    seen: list[str] = []
    for page in range(1, len(wanted) // 12 + 2):
        soup = visit(shared_nongsan, f"/shop/{seller.ref}?page={page}").soup
        seen += [str(link["href"]).rpartition("/")[2] for link in soup.select("#tab4 .thumb-product h3 a")]
    assert seen == wanted


def test_the_page_of_a_product(shared_nongsan: Nongsanantoan) -> None:
    floor = shared_nongsan.floor
    listing = next(item for item in floor.in_category("") if item.traceable and item.seller_ref and item.price_text)
    seller = floor.sellers[listing.seller_ref or ""]
    soup = visit(shared_nongsan, f"/san-pham/{listing.ref}").soup
    assert clean(one(soup, "h1.title.none-mobile").get_text()) == clean(listing.title)
    assert len(soup.select("h1.title")) == 2
    assert attribute(soup, "i.fa-check-circle-sp", "data-original-title").startswith("Đã có tem truy xuất")
    assert one(soup, ".price-detail").get_text() in listing.price_text
    assert str(soup.select("ul.breadcrumb li a")[-1]["href"]).endswith("/" + listing.category)
    told = rows(one(soup, "#tab1 .product-info"))
    assert dict(told)["Mã sản phẩm"] == f"SP{listing.number:08d}"
    assert [label for label, _ in told].count("Trạng thái") == 2, "of the product, then of its seller"
    labels = [row.label.get_text() for row in soup.select(".group-size-sx .row-sx") if row.label]
    assert labels == ["Nhà cung cấp:", "Địa chỉ:", "Trạng thái:", "Đơn vị tính:"]
    link = attribute(soup, "a:has(> .product-page-seller-info__shop-name)", "href")
    assert link.endswith("/shop/" + seller.ref)
    part = ".product-page-seller-info__"
    box = {
        one(item, part + "complement-text").get_text(): one(item, part + "primary-text").get_text()
        for item in soup.select(part + "item")
    }
    assert box["Ngày tham gia"] == f"{seller.joined:%d/%m/%Y}"
    assert box["Sản phẩm"] == str(len(floor.listings_of(seller.ref)))
    assert soup.select(".related-products .shop-info-avatar + a[title]")


def test_some_product_pages_tell_the_street_only_and_some_no_seller(shared_nongsan: Nongsanantoan) -> None:
    floor = shared_nongsan.floor
    lost = [listing for listing in floor.in_category("") if listing.seller_ref is None]
    assert lost
    soup = visit(shared_nongsan, f"/san-pham/{lost[0].ref}").soup
    assert not soup.select(".product-page-seller-info")
    addresses = [
        visit(shared_nongsan, f"/san-pham/{listing.ref}").text.split("Địa chỉ:</label> ")[1].partition("</div>")[0]
        for listing in floor.in_category("thit-ga-vit")
        if listing.seller_ref
    ]
    assert any("Long An" in address for address in addresses)
    assert any("Long An" not in address and "Tây Ninh" not in address for address in addresses)


def test_the_board_and_a_post(shared_nongsan: Nongsanantoan) -> None:
    soup = visit(shared_nongsan, "/ket-noi").soup
    items = soup.select("ul.buy-center-linked-list-columns > li.buy-li")
    assert len(items) == 12
    for item in items:
        ref = attribute(item, "h4 a.help-center-link", "href").rpartition("/")[2]
        post = shared_nongsan.floor.posts[ref]
        day, side, views = (field.get_text(strip=True) for field in item.select(".info-buy .port-time"))
        assert (day, views) == (f"{post.posted:%d/%m/%Y}", f"{post.views} lượt xem")
        assert side == {"buy": "Cần mua", "sell": "Cần bán", "partner": "Tìm đối tác"}[post.side]
        assert one(item, ".post-area").get_text(strip=True) == post.place
        page = visit(shared_nongsan, f"/ket-noi/{ref}").soup
        assert one(page, ".border-ads h1").get_text() == post.title
        told = dict(div.get_text().split(": ", 1) for div in page.select(".news-buy-main > div"))
        assert told["Ngày hết hạn"] == f"{post.expires:%d/%m/%Y}"
        assert told.keys() == {"Loại sản phẩm", "Khu vực", "Địa chỉ", "Điện thoại", "Ngày hết hạn"}
        assert one(page, '.userTitle .username[itemprop="name"]').get_text() == post.poster
        assert one(page, ".datejoin").get_text() == f"Tham gia: {post.poster_joined:%d/%m/%Y}"


@pytest.mark.parametrize(("slug", "side"), [("can-mua", "buy"), ("can-ban", "sell"), ("tim-doi-tac", "partner")])
def test_the_board_by_side(shared_nongsan: Nongsanantoan, slug: str, side: str) -> None:
    answer = visit(shared_nongsan, f"/ket-noi?typeAds={slug}")
    links = answer.soup.select("a.help-center-link")
    assert links
    assert {shared_nongsan.floor.posts[str(link["href"]).rpartition("/")[2]].side for link in links} == {side}
    following = [path for path in answer.paths() if "page=" in path]
    assert all(f"typeAds={slug}" in path for path in following)


@pytest.mark.parametrize("target", ["/vung-san-xuat", "/dia-diem-kinh-doanh"])
def test_lists_that_look_like_sellers_and_are_none(shared_nongsan: Nongsanantoan, target: str) -> None:
    answer = visit(shared_nongsan, target)
    assert answer.soup.select(".cs-grid .media .item-title a")
    assert not any(path.startswith("/san-pham/") for path in answer.paths())


@pytest.mark.parametrize("target", ["/user/profile", "/get-cart", "/messenger/12", "/user-activity/a@example.vn"])
def test_what_needs_a_login_leads_there(shared_nongsan: Nongsanantoan, target: str) -> None:
    answer = visit(shared_nongsan, target)
    assert answer.status == 302
    assert answer.headers["Location"].endswith("/login")


@pytest.mark.parametrize(
    "target", ["/nope", "/shop/nobody", "/san-pham/none", "/ket-noi/none", "/danh-muc-san-pham/none"]
)
def test_what_is_not_there_is_a_404_in_the_look_of_the_site(shared_nongsan: Nongsanantoan, target: str) -> None:
    answer = visit(shared_nongsan, target)
    assert answer.status == 404
    assert answer.soup.select("#header .menu-hor")


@pytest.mark.parametrize(
    "target", ["/", "/shop", "/nope", "/login", "/ket-noi", "/danh-muc-san-pham", "/tro-giup", "/map"]
)
def test_every_page_says_that_it_is_a_sandbox_and_little_in_its_head(
    shared_nongsan: Nongsanantoan, target: str
) -> None:
    answer = visit(shared_nongsan, target)
    soup = answer.soup
    assert one(soup, ".sandbox-banner").get_text() == "Trang mẫu: dữ liệu bịa"
    assert attribute(soup, 'meta[property="og:title"]', "content") == ""
    assert attribute(soup, 'meta[property="og:type"]', "content") == "article"
    assert one(soup, "title").get_text().endswith("\n    - Kết nối cung cầu nông sản an toàn Long An")
    assert not soup.select('meta[name="robots"]')
    assert 15_000 < len(answer.body) < 60_000


def test_the_canonical_link_has_the_path_without_its_query(shared_nongsan: Nongsanantoan) -> None:
    soup = visit(shared_nongsan, "/shop?page=3").soup
    assert attribute(soup, 'link[rel="canonical"]', "href").endswith("/shop")
