from __future__ import annotations

import json
import re

import pytest
from bs4 import Tag
from sandbox_visit import BASE, attribute, one, visit, walk

from connectors.sandbox import World
from connectors.sandbox.records import VOSO, Listing, Seller
from connectors.sandbox.vocabulary import VOSO_CATEGORIES
from connectors.sandbox.voso import Voso

PRODUCT = re.compile(r"-p(\d+)\.html$")


def grid(site: Voso, target: str) -> list[Tag]:
    return visit(site, target).soup.select("div.b__browser--content_info > div.f-items > div.f-items__info")


def refs(cards: list[Tag]) -> list[str]:
    return [found[1] for card in cards if (found := PRODUCT.search(attribute(card, "a", "href")))]


def product_json(text: str) -> dict[str, object]:
    value, _ = json.JSONDecoder().raw_decode(text, text.index("var product = ") + len("var product = "))
    assert isinstance(value, dict)
    return value


def test_every_shop_and_product_is_reached_over_the_links(shared_voso: Voso) -> None:
    follow = r"/[a-z0-9-]+-(?:c\d+|p\d+\.html|s\d+)(?:\?page=\d+)?"
    reached = walk(shared_voso, ["/"], follow)
    floor = shared_voso.floor
    assert {path.split("-p")[-1][:-5] for path in reached if ".html" in path} == set(floor.listings)
    shops = {found[1] for path in reached if (found := re.search(r"-s(\d+)", path))}
    assert shops == set(floor.sellers)


def test_a_category_shows_its_products_in_pages_of_24(shared_voso: Voso) -> None:
    seen: list[str] = []
    target = "/bat-ky-c137"
    while target:
        soup = visit(shared_voso, target).soup
        cards = soup.select("div.b__browser--content_info > div.f-items")
        seen += refs(cards)
        forward = soup.select("div.pagination-router > ul.pagination > li")[-1]
        assert forward.get_text() == "Sau »"
        if "disabled" in forward["class"]:
            assert forward.a is not None
            assert forward.a.get("href") is None
            break
        assert len(cards) == 24
        target = str(forward.a["href"] if forward.a else "").removeprefix(BASE)
    assert seen == [listing.ref for listing in shared_voso.floor.in_category("137")]
    assert len(seen) > 48


def test_a_list_of_one_page_has_an_empty_row_and_an_empty_one_still_its_frame(shared_voso: Voso) -> None:
    soup = visit(shared_voso, "/thiet-bi-dien-tu-c27").soup
    assert soup.select("div.b__browser--content_info")
    assert not soup.select(".f-items")
    assert soup.select("div.pagination-router")
    assert not soup.select("ul.pagination")


def test_every_category_of_the_menu_is_there_and_one_is_on_the_start_page_only(shared_voso: Voso) -> None:
    for category in VOSO_CATEGORIES:
        assert visit(shared_voso, f"/x-c{category.number}").status == 200
    assert "/hang-tieu-dung-thuc-pham-c165" in visit(shared_voso, "/").paths()
    assert "/hang-tieu-dung-thuc-pham-c165" not in visit(shared_voso, "/san-dac-san-c137").paths()


def test_a_card_of_a_list(voso: Voso, world: World) -> None:
    listing = next(iter(world.floors[VOSO].listings.values()))
    world.replace_listing(
        listing._replace(stars=4, price_text="22,000", price_vnd=22_000, list_price_vnd=24_000, sold=17, rating=5)
    )
    card = next(card for card in grid(voso, f"/x-c{listing.category}") if refs([card]) == [listing.ref])
    assert one(card, ".b__price strong").get_text() == "22,000₫"
    assert one(card, ".listPrice del, del.listPrice").get_text() == "24,000₫"
    assert re.fullmatch(r"[\d.,]+ đã bán", one(card, ".f-items__ls label").get_text())
    # Two kinds of stars: the customers' inside .f-items__ls, those of OCOP outside.
    assert [star["data-value"] for star in card.select("span.jstars.jstars__ocop")] == ["4"]
    assert [star["data-value"] for star in card.select(".f-items__ls span.jstars")] == ["5"]
    assert not card.select(".f-items__ls .jstars__ocop")
    assert one(card, ".f-items_province").get_text() == listing.province


def test_the_start_page(shared_voso: Voso) -> None:
    answer = visit(shared_voso, "/")
    soup = answer.soup
    cards = soup.select("div.f-items")
    assert len(cards) > len(set(refs(cards))), "one product in two choices"
    assert soup.select("div.l-items > div.f-items.f-hidden")
    assert soup.select(".box-pr-suggest")
    assert soup.select('.icon-ocop, .jstars__ocop[data-value="4"]')
    assert any("?o2o=" in path for path in answer.paths() if "-p" in path)
    assert any("?o2o=" in path for path in answer.paths() if "-s" in path)
    assert "/dac-san-vung-mien-c137" in answer.paths(), "a second address of one category"
    assert soup.select("a.__cf_email__[data-cfemail]")
    for card in cards:
        assert attribute(card, ".f-product-item__thumb-img", "data-href").startswith(BASE + "/users/vosoimage/images/")
        assert "loader.gif" in attribute(card, "img.preview", "src")


def test_the_product_page_tells_the_truth_in_its_json(shared_voso: Voso) -> None:
    listing = next(item for item in shared_voso.floor.in_category("") if item.seller_ref and item.list_price_vnd)
    seller = shared_voso.floor.sellers[listing.seller_ref or ""]
    answer = visit(shared_voso, f"/x-p{listing.ref}.html")
    facts = product_json(answer.text)
    assert facts["id"] == listing.number
    assert facts["name"] == listing.title
    assert int(str(facts["price"])) == listing.price_vnd
    assert int(str(facts["listPrice"])) == listing.list_price_vnd
    assert facts["merchantId"] == seller.number
    assert facts["sold"] == listing.sold
    assert "};" in str(facts["description"]), "who looks for the end of the JSON with a pattern finds the wrong one"
    assert isinstance(json.loads(str(facts["images"])), list)
    assert f"var merchantId = {seller.number};" in answer.text


def test_the_product_page_in_the_open(shared_voso: Voso) -> None:
    listing = next(item for item in shared_voso.floor.in_category("") if item.seller_ref and item.price_vnd)
    seller = shared_voso.floor.sellers[listing.seller_ref or ""]
    soup = visit(shared_voso, f"/x-p{listing.ref}.html").soup
    rows = {
        row.label.get_text(): row.span.get_text() for row in soup.select("div.b__product-dt") if row.label and row.span
    }
    assert rows["Đơn vị tính:"] == listing.unit
    assert rows.keys() == {"Danh mục:", "Thương hiệu:", "Xuất xứ:", "Đơn vị tính:", "Trọng lượng:"}
    assert one(soup, ".b__shop--description .b__shop--name").get_text() == seller.name
    assert attribute(soup, "a.go_to_shop", "href") == f"/{seller.slug}-s{seller.ref}"
    assert one(soup, "p.detail-merchant-provice-mobile").get_text() == seller.province
    assert one(soup, "title").get_text().startswith(f"{listing.title} - P{listing.ref} | ")
    # The prices in the open are placeholders; RDFa has the right price under wrong names.
    assert one(soup, ".c-product-main__oldprice").get_text() == "100.000₫"
    assert attribute(soup, '[property="schema:price"]', "content") == str(listing.price_vnd)
    assert attribute(soup, '[property="schema:name"]', "content") != listing.title
    assert attribute(soup, '[property="schema:description"]', "content") == listing.title
    assert len(soup.select("div.ocop_info")) == 1
    crumbs = soup.select("nav.b__breadcrumb ol.breadcrumb > li.breadcrumb-item")
    assert "active" in crumbs[-1]["class"]
    assert re.search(rf"-c{listing.category}$", str(crumbs[-2].a["href"] if crumbs[-2].a else ""))


def test_a_long_name_is_cut_in_the_heading_only(voso: Voso, world: World) -> None:
    seller = world.floors[VOSO].all_sellers()[0]
    listing = world.add_listing(seller.ref, "Gạo thơm " * 9)
    answer = visit(voso, f"/x-p{listing.ref}.html")
    assert one(answer.soup, "h1.c-product-head__title span").get_text().endswith("...")
    assert product_json(answer.text)["name"] == "Gạo thơm " * 9


def test_numbers_as_text_variants_and_a_missing_seller_occur() -> None:
    site = Voso(World(seed=2, sellers=300, listings=1_500))
    pages = {ref: visit(site, f"/x-p{ref}.html") for ref in site.floor.listings}
    facts = {ref: product_json(page.text) for ref, page in pages.items()}
    assert any(isinstance(told["price"], str) for told in facts.values())
    assert any("var variationDimention = [{" in page.text for page in pages.values())
    lost = [listing for listing in site.floor.in_category("") if listing.seller_ref is None]
    assert lost
    assert facts[lost[0].ref]["merchantId"] == 0
    assert not pages[lost[0].ref].soup.select(".go_to_shop")
    assert any(listing.price_text in ("Liên hệ", "999,999,999") for listing in site.floor.in_category(""))


def biggest(site: Voso) -> Seller:
    return max(site.floor.all_sellers(), key=lambda seller: len(site.floor.listings_of(seller.ref)))


def test_the_shop_page(shared_voso: Voso) -> None:
    seller = biggest(shared_voso)
    soup = visit(shared_voso, f"/x-s{seller.ref}").soup
    info = one(soup, "div.b__shop--info.shop-own")
    assert one(info, ".b__shop--description h3").get_text() == seller.name
    assert one(info, ".b__shop--description p").get_text() in ("Đang hoạt động", "Ngừng hoạt động")
    rows = {
        row.label.get_text(): row.strong.get_text() for row in info.select(".info-content") if row.label and row.strong
    }
    assert rows["Số Sản Phẩm:"] == str(len(shared_voso.floor.listings_of(seller.ref)))
    assert rows["Ngày Tham Gia:"] == f"{seller.joined:%d/%m/%Y}"
    assert rows.keys() & {"Địa chỉ:", "Tỉnh - Thành Phố:"}
    assert len(grid(shared_voso, f"/x-s{seller.ref}")) == 24
    assert len(grid(shared_voso, f"/x-s{seller.ref}?page=2")) > 0


def test_shops_tell_an_address_in_several_ways_or_the_province_only(shared_voso: Voso) -> None:
    texts = [visit(shared_voso, f"/x-s{ref}").text for ref in shared_voso.floor.sellers]
    for part in ("Tỉnh - Thành Phố:</label>", ", tỉnh ", ", H. ", " huyen ", "Huyện "):
        assert any(part in text for text in texts), part


def titles(site: Voso, target: str) -> list[Listing]:
    return [site.floor.listings[ref] for ref in refs(grid(site, target))]


def test_search_and_order(shared_voso: Voso) -> None:
    for target in ("/tim-kiem-chanh?q=Chanh", "/tim-kiem-chanh?qqq=Chanh", "/tim-kiem-chanh"):
        found = titles(shared_voso, target)
        assert found
        assert all("chanh" in listing.slug for listing in found)
    within = titles(shared_voso, "/tim-kiem-chanh/dac-san-trai-cay-c225?q=Chanh")
    assert {listing.category for listing in within} == {"225"}
    prices = [listing.price_vnd for listing in titles(shared_voso, "/x-c137?order=thap-nhat")]
    assert prices == sorted(prices)
    assert titles(shared_voso, "/tim-kiem-khong-co-gi") == []
    assert "order=thap-nhat&page=2" in " ".join(visit(shared_voso, "/x-c137?order=thap-nhat").paths())


@pytest.mark.parametrize("target", ["/nope", "/x-c999", "/x-s1", "/x-p1.html", "/X-C137", "/tim-kiem-x/x-c999"])
def test_what_is_not_there_is_a_404_in_the_look_of_the_site(shared_voso: Voso, target: str) -> None:
    answer = visit(shared_voso, target)
    assert answer.status == 404
    assert answer.soup.select("header.b__header")


@pytest.mark.parametrize("target", ["/", "/x-c137", "/nope", "/mall", "/ocop", "/tim-kiem-gao"])
def test_every_page_says_that_it_is_a_sandbox(shared_voso: Voso, target: str) -> None:
    soup = visit(shared_voso, target).soup
    assert one(soup, ".sandbox-banner").get_text() == "Trang mẫu: dữ liệu bịa"
    assert attribute(soup, 'meta[name="robots"]', "content") == "noodp,index,follow"
    assert not [link for link in soup.select("[href],[src]") if "voso.vn" in str(link)]


def test_the_cart_is_elsewhere_and_pictures_are_drawn(shared_voso: Voso) -> None:
    assert visit(shared_voso, "/cart").status == 302
    picture = visit(shared_voso, "/users/vosoimage/images/0123456789abcdef0123456789abcdef?t%5B0%5D=x")
    assert picture.headers["Content-Type"] == "image/svg+xml"
