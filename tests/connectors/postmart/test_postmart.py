"""postmart.vn and buudien.vn beyond their saved pages: what decides, which key, which layer, which page comes next."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import clean, markup, parser_of, postmart, voso
from connectors.contract import Get, ListingRecord, Problem, SellerRecord, Yield
from connectors.platforms import fleetcart, structured_site
from connectors.platforms.fleetcart.money import money
from tests.connectors.saved_pages import page_of

HERE = Path(__file__).parent
HOME = "https://postmart.vn"
APPLE = f"{HOME}/p/tao-dai-muong-la-htx-mau-hop-5kg-43160.html"
PRODUCT = Get(url=APPLE, kind="fleetcart/product", record="listing", ref="43160")
LIST = Get(url=f"{HOME}/products?sort=latest&perPage=50", kind="fleetcart/products.json")


def body(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def read(get: Get, page: str | bytes, source: Any = postmart.source, **headers: str) -> list[Yield]:
    told = page.encode() if isinstance(page, str) else page
    return list(postmart.parse(source, page_of(get, told, headers)))


def listing(values: list[Yield]) -> ListingRecord:
    return next(value for value in values if isinstance(value, ListingRecord))


def codes(values: list[Yield]) -> list[str]:
    return [value.code for value in values if isinstance(value, Problem)]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://buudien.vn", "home"),
        ("https://postmart.vn/?utm_source=x", "home"),
        (APPLE, "fleetcart/product"),
        (f"{HOME}/p/man-loai-1-khoi-luong-5kg", "fleetcart/product"),
        (f"{HOME}/products", "fleetcart/products.json"),
        (f"{HOME}/categories/trai-cay/products?page=2", "fleetcart/products.json"),
        (f"{HOME}/categories/trai-cay", None),
        (f"{HOME}/p/", None),
        (f"{HOME}/p/a/b", None),
        (f"{HOME}/cart", None),
        ("https://nongsan.buudien.vn/sitemap.xml", "structured/sitemap"),
        ("https://nongsan.buudien.vn/san-pham/gao-st25.html", "structured/product"),
        ("http://[", None),
    ],
)
def test_the_kind_of_an_address(url: str, kind: str | None) -> None:
    found = postmart.kind_of(postmart.source, url)
    assert (found or "").removesuffix("?") == (kind or "")


@pytest.mark.parametrize(
    ("address", "ref"),
    [
        ("tao-dai-43160.html", "43160"),
        ("man-loai-1-5", "man-loai-1-5"),  # an older address: a slug may end in digits
        ("man-loai-1.html", "1"),
        ("man-loai.html", "man-loai"),
        ("Man-Loai-1-5", "man-loai-1-5"),  # the same page, whatever the case
        ("MAN-LOAI.HTML", "man-loai"),
    ],
)
def test_a_number_counts_only_before_the_ending(address: str, ref: str) -> None:
    url = f"{HOME}/p/{address}"
    page = f'<html><head><meta property="og:type" content="product"><meta property="og:title" content="Mận">\
<link rel="canonical" href="{url}"></head><body></body></html>'
    assert listing(read(Get(url=url, kind="fleetcart/product"), page)).ref == ref


def test_a_page_without_a_number_keeps_the_key_its_list_told() -> None:
    get = Get(url=f"{HOME}/p/xoai-cat-loai-1-5", kind="fleetcart/product", record="listing", ref="43149")
    assert listing(read(get, body("product-visible-only.html"))).ref == "43149"


def test_list_and_page_tell_the_same() -> None:
    card = next(value for value in read(LIST, body("products.json")) if isinstance(value, ListingRecord))
    own = listing(read(PRODUCT, body("product.html")))
    names = ("ref", "title", "url", "price_text", "price_vnd", "list_price_vnd", "in_stock", "rating", "review_count")
    for name in (*names, "image_url"):
        assert getattr(card, name) == getattr(own, name), name


# --- what the home page decides ------------------------------------------------------------------------------------


def test_the_home_page_decides() -> None:
    front = Get(url="https://buudien.vn/", kind="home")
    assert [v.kind for v in read(front, body("home.html")) if isinstance(v, Get)] == ["fleetcart/products.json"]
    assert [v.kind for v in read(front, body("home-buudien.html")) if isinstance(v, Get)] == ["structured/robots?"]
    dated = replace(front, kind="home@2026-11-20")
    (get,) = (v for v in read(dated, body("home-buudien.html")) if isinstance(v, Get))
    assert get.kind.startswith("structured/robots@2026-11-1")
    assert codes(read(front, "<html><body><p>Xin chào</p></body></html>")) == ["layout"]


@pytest.mark.parametrize("kind", ["home@", "home@soon", "home@2026-02-30", "fleetcart/", "fleetcart/cart", "x/product"])
def test_a_kind_nobody_knows_is_told(kind: str) -> None:
    values = read(Get(url="https://buudien.vn/", kind=kind), body("home.html"))
    assert codes(values) == ([] if kind == "home@" else ["unknown_kind"])


@pytest.mark.parametrize("page", [b"", b"<html><body>404</body></html>", b"{}"])
def test_a_site_without_a_sitemap_is_not_recognised(page: bytes) -> None:
    get = Get(url="https://buudien.vn/sitemap.xml", kind="structured/sitemap")
    assert codes(read(get, page)) == ["layout"]
    assert codes(read(get, b"<html><head><title>Just a moment...</title></head><body></body></html>")) == ["challenge"]


def test_the_two_platforms_of_the_source_share_no_setting() -> None:
    assert len(postmart.source.paths) == len(fleetcart.paths) + len(structured_site.paths)
    assert len(postmart.source.selectors) == len(fleetcart.selectors) + len(structured_site.selectors)
    moved = replace(postmart.source, paths={**postmart.source.paths, "fleetcart/products": "/hang-hoa"})
    (get,) = (v for v in read(Get(url=f"{HOME}/", kind="home"), body("home.html"), moved) if isinstance(v, Get))
    assert get.url == "https://buudien.vn/hang-hoa?sort=latest&perPage=50"
    assert postmart.kind_of(moved, get.url) == "fleetcart/products.json"


def test_the_platform_reads_any_source() -> None:
    other = replace(voso.source, platform="fleetcart", home="https://cho.example.vn", paths={}, selectors={})
    parser = parser_of(other)
    (first,) = parser.start(other, None)
    assert (first.url, first.accept) == ("https://cho.example.vn/products?sort=latest&perPage=50", "application/json")
    values = list(parser.parse(other, page_of(first, body("products.json").encode())))
    assert listing(values).url == "https://cho.example.vn/products/tao-dai-muong-la-htx-mau-hop-5kg"
    gets = [value for value in values if isinstance(value, Get) and value.record]
    assert all(parser.kind_of(other, get.url) == get.kind == "product" for get in gets)
    slug_only = body("product.html").replace(APPLE, gets[0].url)
    own = listing(list(parser.parse(other, page_of(gets[0], slug_only.encode()))))
    assert (own.ref, own.url) == ("43160", gets[0].url)


# --- the layers of a product page ----------------------------------------------------------------------------------

LAYERS = {
    "JSON-LD": r'(?s)<script type="application/ld\+json">.*?</script>',
    ":product": r' :product="[^"]*"',
    "meta": r'<meta property="(?:og|product):[^>]*>',
    "visible": r'(?s)<h1 class="product-name">.*?</h1>|<div class="details-info-middle">.*?</div></div>',
}


@pytest.mark.parametrize("kept", LAYERS)
def test_each_layer_alone_tells_name_and_price(kept: str) -> None:
    page = body("product.html")
    for name, markup_of in LAYERS.items():
        page = page if name == kept else re.sub(markup_of, "", page)
    own = listing(read(PRODUCT, page))
    assert own.title == "Táo đại Mường La - HTX Mẫu (hộp 5kg)"
    assert (own.ref, own.price_text, own.price_vnd, own.price_status) == ("43160", "225.000 ₫", 225_000, "ok")


def test_without_any_layer_the_page_is_not_recognised() -> None:
    page = body("product.html")
    for markup_of in LAYERS.values():
        page = re.sub(markup_of, "", page)
    values = read(PRODUCT, page)
    assert (len(values), codes(values)) == (1, ["layout"])


@pytest.mark.parametrize("layer", range(4))
def test_the_most_trusted_price_wins_and_the_others_are_told(layer: int) -> None:
    page = body("product.html")
    forms = ("225000.0000", "225000.0000", "225000.0000", "225.000\u00a0₫")
    for number, (name, markup_of) in enumerate(LAYERS.items()):
        price = forms[number].replace("225", "199") if number == layer else forms[number]
        page = re.sub(markup_of, lambda found, n=number, p=price: found[0].replace(forms[n], p), page)  # type: ignore[misc]  # defaults bind the loop's values
        del name
    values = read(PRODUCT, page)
    assert listing(values).price_vnd == (199_000 if layer == 0 else 225_000)
    assert codes(values) == ["price_mismatch"]


def test_the_page_of_another_product_is_refused() -> None:
    asked = replace(PRODUCT, url=f"{HOME}/p/gao-1.html", ref="1")
    values = read(asked, body("product.html"))
    assert (len(values), codes(values)) == (1, ["id_mismatch"])
    without_address = body("product.html").replace('rel="canonical"', 'rel="other"')
    values = read(asked, without_address)
    assert (len(values), codes(values)) == (1, ["id_mismatch"])


def test_broken_data_in_a_layer_is_told_and_the_next_one_is_read() -> None:
    page = (
        body("product.html").replace('{"@context"', '{"@context" oops', 1).replace(':product="{', ':product="{oops', 1)
    )
    values = read(PRODUCT, page)
    assert listing(values).price_vnd == 225_000
    assert codes(values) == ["bad_row", "bad_row"]


def test_the_object_of_a_related_product_is_not_the_pages() -> None:
    card = '<product-card :product="{&quot;id&quot;: 7, &quot;name&quot;: &quot;Nếp&quot;}"></product-card></section>'
    page = body("product.html").replace("</section>", card)
    assert read(PRODUCT, page) == read(PRODUCT, body("product.html"))


def test_of_several_products_in_json_ld_the_pages_own_counts() -> None:
    other = {"@type": "Product", "name": "Nếp", "url": f"{HOME}/p/nep-7.html", "offers": {"price": 9000}}
    script = f'<script type="application/ld+json">{json.dumps(other)}</script></head>'
    values = read(PRODUCT, body("product.html").replace("</head>", script))
    assert (listing(values).title, codes(values)) == ("Táo đại Mường La - HTX Mẫu (hộp 5kg)", [])


# --- sellers -------------------------------------------------------------------------------------------------------


def test_the_seller_is_read_from_the_offer_or_from_a_box_that_configuration_names() -> None:
    page = body("product.html")
    without = re.sub(r',\s*"seller": \{[^}]*\}', "", page)
    assert without != page
    seller = next(value for value in read(PRODUCT, without) if isinstance(value, SellerRecord))
    assert (seller.ref, seller.name, seller.province) == ("2201", "HTX Nông nghiệp Mẫu", "Long An")
    renamed = without.replace("seller-", "vendor-")
    assert not [value for value in read(PRODUCT, renamed) if isinstance(value, SellerRecord)]
    assert listing(read(PRODUCT, renamed)).seller_ref is None
    css = {
        "fleetcart/seller.link": ".seller-info a.vendor-link, .vendor-info a.vendor-link",
        "fleetcart/seller.name": ".vendor-name",
    }
    mended = replace(postmart.source, selectors={**postmart.source.selectors, **css})
    seller = next(value for value in read(PRODUCT, renamed, mended) if isinstance(value, SellerRecord))
    assert (seller.ref, seller.name) == ("2201", "HTX Nông nghiệp Mẫu")


def test_the_offer_of_another_product_names_no_seller() -> None:
    page = body("product.html").replace('-43160.html", "image"', '-7.html", "image"')
    box = re.sub(r'(?s)<div class="seller-info">.*?</div>', "", page)
    assert box != page != body("product.html")
    values = read(PRODUCT, box)
    assert codes(values) == ["id_mismatch", "seller_missing"]
    assert (listing(values).seller_ref, listing(values).price_vnd) == (None, 225_000)


def test_a_product_is_in_stock_or_not_and_not_both() -> None:
    rows = json.loads(body("products.json"))["products"]["data"][:1]
    for told, there in (
        ({"is_in_stock": 1, "is_out_of_stock": 0}, True),
        ({"is_in_stock": None, "is_out_of_stock": True}, False),
        ({"is_in_stock": None, "is_out_of_stock": "no", "in_stock": False}, False),
        ({"is_in_stock": True, "is_out_of_stock": True}, None),
        ({"is_in_stock": [], "is_out_of_stock": None, "in_stock": None}, None),
    ):
        values = read(LIST, answer(data=[{**rows[0], **told}]))
        assert listing(values).in_stock is there, told
        assert codes(values) == (["bad_value"] if told["is_in_stock"] is told["is_out_of_stock"] is True else [])


def test_two_sellers_are_none() -> None:
    page = body("product.html").replace(f'href="{HOME}/shop/htx-mau-2201.html"', f'href="{HOME}/shop/khac-9.html"')
    values = read(PRODUCT, page)
    assert not [value for value in values if isinstance(value, SellerRecord)]
    assert listing(values).seller_ref is None
    assert codes(values) == ["id_mismatch"]


# --- lists ---------------------------------------------------------------------------------------------------------


def answer(**box: object) -> str:
    told = json.loads(body("products.json"))
    told["products"].update(box)
    return json.dumps(told)


def following(values: list[Yield]) -> list[str]:
    return [value.url for value in values if isinstance(value, Get) and value.record is None]


def test_a_list_is_read_to_its_end_and_no_further() -> None:
    assert following(read(LIST, body("products.json"))) == [
        "https://buudien.vn/products?sort=latest&perPage=50&page=2",
    ]
    assert following(read(LIST, answer(last_page=1))) == []
    assert following(read(LIST, answer(last_page=None, next_page_url=None))) == []
    assert len(following(read(LIST, answer(last_page=None)))) == 1
    assert codes(read(LIST, answer(data=[], current_page=1, last_page=1))) == ["empty_list"]
    behind = replace(LIST, url=LIST.url + "&page=3")
    assert read(behind, answer(data=[], current_page=3, last_page=2)) == []
    assert "paging_loop" in codes(read(behind, answer(current_page=1, last_page=9)))
    told = json.loads(body("products.json"))
    del told["products"]["last_page"], told["products"]["next_page_url"]
    assert "paging_unreadable" in codes(read(LIST, json.dumps(told)))


def test_a_list_whose_rows_are_all_broken_is_not_recognised() -> None:
    values = read(LIST, body("products.json").replace('"id"', '"code"'))
    assert (len(values), codes(values)) == (1, ["layout"])


def test_a_product_that_stands_twice_is_given_once_and_told() -> None:
    rows = json.loads(body("products.json"))["products"]["data"]
    values = read(LIST, answer(data=[*rows, rows[0], {**rows[1], "name": "Tên khác"}]))
    assert len([v for v in values if isinstance(v, ListingRecord)]) == 5
    told = {v.ref: v.detail for v in values if isinstance(v, Problem) and v.code == "duplicate_ref"}
    assert told.keys() == {"43160", "43151"}
    assert "khác nhau" in told["43151"]


@given(st.integers(0, 10**9), st.integers(0, 9999))
def test_money_is_whole_dong_however_it_is_shown(vnd: int, rest: int) -> None:
    shown = f"{vnd:,}".replace(",", ".") + "\u00a0₫"
    told = money({"amount": f"{vnd}.{rest if rest < 5000 else 0:04}", "formatted": shown, "currency": "VND"})
    assert told is not None
    assert told.printed == clean.text(shown)
    lying = money({"amount": f"{vnd}.0000", "formatted": "7.777.777 ₫"})
    assert lying is not None
    assert lying.printed == clean.text(shown)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_what_is_no_money_is_none(told: object) -> None:
    assert money(told) is None
    assert money({"amount": told}) is None or (isinstance(told, int | float | str) and not isinstance(told, bool))


def test_another_currency_is_no_dong() -> None:
    dollars = {"amount": "12.5000", "formatted": "$12.50", "currency": "USD"}
    rows = json.loads(body("products.json"))["products"]["data"][:1]
    values = read(LIST, answer(data=[{**rows[0], "selling_price": dollars}]))
    assert (listing(values).price_text, listing(values).price_status, listing(values).price_vnd) == (
        "12.5 USD",
        "foreign",
        None,
    )


def test_the_theme_is_known_by_its_colours() -> None:
    def fits(page: str) -> bool:
        return fleetcart.fits(markup.fragment(page), page_of(LIST, b""))

    assert fits(body("home.html"))
    assert fits(body("product.html"))
    assert not fits(body("home-buudien.html"))
    assert not fits(body("home.html").replace("--color-primary", "--colour"))
    assert not fleetcart.fits({"products": {}}, page_of(LIST, b""))
