"""What is particular to each platform. Its saved pages hold the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.contract import Get, ListingRecord, Problem, SellerRecord, Source, Yield
from connectors.markup import fragment, read_html
from connectors.platforms import PLATFORMS, nukeviet, opencart, selectors, structured_site, told_lines
from tests.connectors.saved_pages import page_of, source_of

HOME = "https://san-mau.example.vn"
OPENCART, NUKEVIET, STRUCTURED, SELECTORS = (
    source_of(f"platforms/{name}") for name in ("opencart", "nukeviet", "structured", "selectors")
)


def html(content: str, head: str = "") -> bytes:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body>{content}</body></html>'.encode()


def read(source: Source, get: Get, body: bytes, status: int = 200) -> list[Yield]:
    return list(PLATFORMS[source.platform].parse(source, replace(page_of(get, body), status=status)))


def codes(values: list[Yield]) -> list[str]:
    return [value.code for value in values if isinstance(value, Problem)]


def gets(values: list[Yield]) -> list[tuple[str, str]]:
    return [(value.url.removeprefix(HOME), value.kind) for value in values if isinstance(value, Get)]


# --- opencart ------------------------------------------------------------------------------------------------------


def card(number: str, href: str, price: str = "20.000đ") -> str:
    return (
        f'<div class="product-thumb"><div class="image"><a href="{href}"><img src="/i.jpg"></a></div>'
        f'<h4><a href="{href}">Gạo ST25</a></h4><div class="price">{price}</div>'
        f"<button onclick=\"cart.add('{number}');\"></button></div>"
    )


def listed(*cards: str) -> bytes:
    return html(f'<div id="product-category"><div id="content"><h2>Gạo</h2>{"".join(cards)}</div></div>')


def test_a_product_behind_a_written_address_is_known_by_its_number() -> None:
    get = Get(url=f"{HOME}/gao", kind="category")
    values = read(OPENCART, get, listed(card("42", "/gao/gao-st25")))
    record = next(value for value in values if isinstance(value, ListingRecord))
    assert (record.ref, record.price_vnd, record.category) == ("42", 20_000, None)
    assert gets(values) == [("/index.php?route=product/product&product_id=42", "product")]


def test_a_card_of_two_numbers_is_none() -> None:
    get = Get(url=f"{HOME}/index.php?route=product/category&path=20_27", kind="category")
    link = "/index.php?route=product/product&amp;product_id=41"
    assert codes(read(OPENCART, get, listed(card("42", link), card("7", "/gao-7")))) == ["id_mismatch"]


def test_tax_and_old_price_are_no_part_of_the_price() -> None:
    told = '25.000đ <span class="price-tax">Trước thuế: 23.000đ</span>'
    get = Get(url=f"{HOME}/gao", kind="category")
    (record, *_) = read(OPENCART, get, listed(card("42", "/gao/gao-st25", told)))
    assert isinstance(record, ListingRecord)
    assert (record.price_text, record.list_price_vnd) == ("25.000đ", 0)


# --- nukeviet ------------------------------------------------------------------------------------------------------


def test_addresses_that_are_not_rewritten_are_understood() -> None:
    base = f"{HOME}/index.php?language=vi&nv=shops&op="
    assert nukeviet.kind_of(NUKEVIET, base + "gao/gao-st25.html") == "product"
    assert nukeviet.kind_of(NUKEVIET, base + "gao") == "category"
    assert nukeviet.kind_of(NUKEVIET, base + "cart") is None
    assert nukeviet.kind_of(NUKEVIET, f"{HOME}/index.php?language=vi&nv=news&op=gao") is None
    elsewhere = replace(NUKEVIET, paths={"shop": "/san-pham"})
    assert nukeviet.kind_of(elsewhere, f"{HOME}/san-pham/gao/page-2/") == "category"


def test_the_marked_page_decides_which_one_is_next() -> None:
    """Every later number has `rel=next`."""
    cards = '<div class="thumbnail"><h3><a href="/vi/shops/gao/st25.html">ST25</a></h3><p class="price"></p></div>'
    numbers = "".join(f'<li><a rel="next" href="/vi/shops/gao/page-{n}/">{n}</a></li>' for n in (3, 4, 9))
    bar = f'<ul class="pagination"><li class="active"><a href="#">2</a><li>{numbers}</ul>'
    get = Get(url=f"{HOME}/vi/shops/gao/page-2/", kind="category")
    values = read(NUKEVIET, get, html(f'<div class="viewgrid">{cards}{bar}</div>'))
    assert gets(values)[-1] == ("/vi/shops/gao/page-3/", "category")


# --- structured ----------------------------------------------------------------------------------------------------

URLS = (
    b"<urlset><url><loc>https://san-mau.example.vn/san-pham/cu</loc><lastmod>2026-10-01</lastmod></url>"
    b"<url><loc>https://san-mau.example.vn/san-pham/moi</loc><lastmod>2026-11-19</lastmod></url>"
    b"<url><loc>https://san-mau.example.vn/hang-hoa/gao.html</loc></url>"
    b"<url><loc>https://san-mau.example.vn/tin-tuc/cho</loc></url>"
    b"<url><loc>https://san-mau.example.vn/san-pham</loc></url>"
    b"<url><loc>https://khac.example.vn/san-pham/la</loc></url></urlset>"
)


def test_a_reading_of_what_is_new_asks_for_what_changed() -> None:
    since = datetime(2026, 11, 19, 3, tzinfo=UTC)
    (robots,) = structured_site.start(STRUCTURED, since)
    assert robots == Get(url=f"{HOME}/robots.txt", kind="robots@2026-11-18?")
    assert robots.optional
    (sitemap,) = read(STRUCTURED, robots, b"", status=404)
    assert sitemap == Get(url=f"{HOME}/sitemap.xml", kind="sitemap@2026-11-18")
    assert gets(read(STRUCTURED, sitemap, URLS)) == [("/san-pham/moi", "product?"), ("/hang-hoa/gao.html", "product?")]
    whole = replace(sitemap, kind="sitemap")
    assert next(url for url, _ in gets(read(STRUCTURED, whole, URLS))) == "/san-pham/cu"


def test_an_index_in_an_index_is_not_followed() -> None:
    index = b"<sitemapindex><sitemap><loc>https://san-mau.example.vn/2.xml</loc></sitemap></sitemapindex>"
    values = read(STRUCTURED, Get(url=f"{HOME}/sitemap.xml", kind="sitemap"), index)
    assert gets(values) == [("/2.xml", "urls")]
    assert codes(read(STRUCTURED, Get(url=f"{HOME}/2.xml", kind="urls"), index)) == ["paging_loop"]


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (410, "not_found"), (403, "blocked")])
def test_a_listed_page_that_is_not_there(status: int, code: str) -> None:
    assert codes(read(STRUCTURED, Get(url=f"{HOME}/san-pham/gao", kind="product?"), b"", status)) == [code]


def test_a_page_of_several_products_is_the_one_of_its_address() -> None:
    def thing(slug: str) -> str:
        return f'{{"@type": "Product", "name": "Gạo {slug}", "url": "/san-pham/{slug}"}}'

    told = f'<script type="application/ld+json">[{thing("a")}, {thing("b")}]</script>'
    values = read(STRUCTURED, Get(url=f"{HOME}/san-pham/b", kind="product?"), html(told))
    assert [value.title for value in values if isinstance(value, ListingRecord)] == ["Gạo b"]
    assert codes(read(STRUCTURED, Get(url=f"{HOME}/san-pham/c", kind="product?"), html(told))) == ["bad_row"]


def test_a_seller_without_a_page_is_known_by_its_name() -> None:
    told = """<script type="application/ld+json">{"@type": "Product", "name": "Gạo",
        "offers": {"price": 20000, "priceCurrency": "VND", "seller": {"name": "HTX Rau Mẫu", "url": "/"}}}</script>"""
    values = read(STRUCTURED, Get(url=f"{HOME}/san-pham/gao", kind="product?"), html(told))
    assert [value.ref for value in values if isinstance(value, SellerRecord)] == ["htx-rau-mau"]


# --- selectors -----------------------------------------------------------------------------------------------------


def test_what_is_not_configured_is_named() -> None:
    bare = replace(SELECTORS, selectors={}, paths={})
    (get,) = selectors.start(bare, None)
    (problem,) = read(bare, get, html(""))
    assert isinstance(problem, Problem)
    assert problem.code == "layout"
    for key in ("[sources.san-mau.paths] lists", "[sources.san-mau.selectors] item", "item.title"):
        assert key in problem.detail


def test_a_page_that_is_being_repaired_is_no_product() -> None:
    get = Get(url=f"{HOME}/cho/gao", kind="product", record="listing", ref="cho/gao")
    assert codes(read(SELECTORS, get, html("<h1>Hệ thống đang bảo trì</h1>"))) == ["layout"]


# --- detection -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "content", "found"),
    [
        ("", '<a href="/index.php?route=common/home">Trang chủ</a>', "opencart"),
        ('<script src="catalog/view/javascript/common.js"></script>', "", "opencart"),
        ('<meta name="generator" content="NukeViet v4.5">', "", "nukeviet"),
        ("", '<a href="/index.php?language=vi&amp;nv=shops&amp;op=gao">Gạo</a>', "nukeviet"),
        ('<script type="application/ld+json">{"@type": "Product", "name": "Gạo"}</script>', "", "structured"),
        ("", '<a href="/gioi-thieu">Giới thiệu</a>', None),
    ],
)
def test_a_home_page_tells_the_platform(head: str, content: str, found: str | None) -> None:
    page = page_of(Get(url=f"{HOME}/", kind="home"), html(content, head))
    root = read_html(page).root
    modules = {"opencart": opencart, "nukeviet": nukeviet, "structured": structured_site, "selectors": selectors}
    assert [name for name, module in modules.items() if module.fits(root, page)] == ([found] if found else [])


def test_a_sitemap_tells_the_last_platform() -> None:
    page = page_of(Get(url=f"{HOME}/sitemap.xml", kind="probe"), URLS)
    assert structured_site.fits(None, page)
    assert not structured_site.fits(None, replace(page, status=404, body=b""))
    assert not structured_site.fits(None, replace(page, body=b"<urlset></urlset>"))


# --- one odd value ----------------------------------------------------------------------------------------------------

WOO = source_of("platforms/woocommerce")


def woo(**odd: object) -> list[Yield]:
    """A page with an ordinary product and one with these values."""
    prices = {"price": "25000", "currency_code": "VND", "currency_minor_unit": 0}
    rows = [{"id": number, "name": "Gạo", "prices": prices, "categories": []} for number in (1, 2)]
    get = Get(url=f"{HOME}/wp-json/wc/store/v1/products?page=1", kind="products")
    return read(WOO, get, json.dumps([rows[0], {**rows[1], **odd}]).encode())


@pytest.mark.parametrize(
    "odd",
    [
        {"categories": [{"link": "http://[]", "name": "Lúa gạo", "slug": "lua-gao"}]},
        {"name": f"Gạo &#{'9' * 5000};"},
        {"permalink": "http://[::1"},
        {"review_count": 2**63},
    ],
)
def test_an_odd_value_of_a_shop_s_answer_costs_itself_alone(odd: dict[str, object]) -> None:
    values = [value for value in woo(**odd) if isinstance(value, ListingRecord)]
    assert [(value.ref, value.price_vnd) for value in values] == [("1", 25_000), ("2", 25_000)]
    assert values[1].review_count is None


@pytest.mark.parametrize("minor", [10**9, -1, "hai", 10**30])
def test_without_its_decimals_an_amount_is_not_taken(minor: object) -> None:
    values = woo(prices={"price": "2500000", "currency_code": "VND", "currency_minor_unit": minor})
    assert [value.price_vnd for value in values if isinstance(value, ListingRecord)] == [25_000, None]
    assert "bad_value" in codes(values)


def test_a_number_without_end_costs_its_own_field_alone() -> None:
    rows = f'[{{"id": 1, "name": "Gạo", "review_count": {"9" * 5000}}}]'
    values = read(WOO, Get(url=f"{HOME}/wp-json/wc/store/v1/products?page=1", kind="products"), rows.encode())
    assert [value.title for value in values if isinstance(value, ListingRecord)] == ["Gạo"]
    assert "bad_value" in codes(values)


def test_of_nested_lines_the_innermost_counts() -> None:
    root = fragment("<ul><li>Địa chỉ: <div><ul><li>MST: 1</li><li><b>Tỉnh: Long An</b></li></ul></div></li></ul>")
    assert list(told_lines.lines(root, "li")) == [("mst", "1"), ("tinh", "Long An")]
    deep = fragment("<ul><li>Địa chỉ: x" * 3000)
    assert list(told_lines.lines(deep, "li")) == [("dia chi", "x")]
