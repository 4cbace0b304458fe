"""voso.vn beyond its saved pages: addresses, the real home page, the traps of the product object."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from connectors import voso
from connectors.contract import Get, ListingRecord, Problem, SellerRecord, Yield
from tests.connectors.saved_pages import page_of, read

HERE = Path(__file__).parent
PRODUCT = Get(url="https://voso.vn/thanh-long-ruot-do-p920001.html", kind="product", record="listing", ref="920001")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://voso.vn", "home"),
        ("https://voso.vn/?utm=x", "home"),
        ("https://voso.vn/combo-5kg-cam-p12708.html?o2o=9", "product"),
        ("https://voso.vn/-p12708.html", "product"),
        ("https://voso.vn/combo-5kg-cam-p12708", None),
        ("https://voso.vn/san-dac-san-c137?page=3", "category"),
        ("https://voso.vn/san-dac-san-c137.html", None),
        ("https://voso.vn/gic-store-s8590", "shop"),
        ("https://voso.vn/tim-kiem-gao?qqq=G%E1%BA%A1o", "search"),
        ("https://voso.vn/tim-kiem-gao/san-dac-san-c137", "search"),
        ("https://voso.vn/tim-kiem-san-c137", "search"),
        ("http://127.0.0.1:8000/gic-store-s8590", "shop"),
        ("https://voso.vn/ocop", None),
        ("https://voso.vn/bach-hoa-online.html", None),
        ("https://voso.vn/auth/sendotp", None),
        ("http://[", None),
    ],
)
def test_the_kind_of_an_address(url: str, kind: str | None) -> None:
    assert voso.kind_of(voso.source, url) == kind


def test_a_run_starts_at_the_categories_worth_reading() -> None:
    gets = list(voso.start(replace(voso.source, home="http://127.0.0.1:8000"), None))
    assert len({get.url for get in gets}) == len(gets)
    assert all(get.url.startswith("http://127.0.0.1:8000/") and get.kind == "category" for get in gets)
    ids = {int(re.sub(r".*-c", "", get.url)) for get in gets}
    assert {137, 138, 139, 140, 141, 142, 225, 165, 143, 237, 238, 239, 240, 241, 242, 243, 244, 69} <= ids
    assert not ids & {27, 41, 63, 94, 104, 122}  # electronics, beauty, fashion, cars


def test_the_real_home_page_card_by_card(captures: Path) -> None:
    body = (captures / "voso.vn" / "home-2021-03-10.html").read_bytes()
    expected = json.loads((captures / "voso.vn" / "home-2021-03-10.cards.json").read_text("utf-8"))
    values = read("voso", Get(url="https://voso.vn/", kind="home"), body)
    assert not [v for v in values if isinstance(v, Problem)]
    cards = [v for v in values if isinstance(v, ListingRecord)]
    assert [_card(card) for card in cards] == expected
    assert len(cards) == 112
    gets = [v for v in values if isinstance(v, Get)]
    assert len(gets) == 111
    assert {get.ref for get in gets} == {card.ref for card in cards}


def _card(card: ListingRecord) -> dict[str, Any]:
    slug, _, number = urlsplit(card.url or "").path.removeprefix("/").removesuffix(".html").rpartition("-p")
    image = re.search(r"/images/([0-9a-f]{32})\b", card.image_url or "")
    assert number == card.ref
    assert card.price_status == "ok"
    assert card.price_text == f"{card.price_vnd:,}₫"
    return {
        "id": int(card.ref),
        "slug": slug,
        "name": card.title,
        "price": card.price_vnd,
        "list_price": card.list_price_vnd or None,  # 0: the page shows that there is none
        "sold": card.sold,
        "rating": card.rating,
        "ocop_stars": card.ocop_stars,
        "image": image[1] if image else None,
    }


# --- the product object ----------------------------------------------------------------------------------------------


def product(**changes: object) -> list[Yield]:
    """The saved product page with other values in its object; None takes a value out."""
    text = (HERE / "product.html").read_text("utf-8")
    start = text.index("var product = ") + len("var product = ")
    data, end = json.JSONDecoder().raw_decode(text, start)
    data = {name: value for name, value in {**data, **changes}.items() if value is not None}
    told = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return read("voso", PRODUCT, (text[:start] + told + text[end:]).encode())


def listing(values: list[Yield]) -> ListingRecord:
    return next(v for v in values if isinstance(v, ListingRecord))


def codes(values: list[Yield]) -> set[str]:
    return {v.code for v in values if isinstance(v, Problem)} - {"unknown_label"}


def test_values_may_be_strings_of_digits() -> None:
    plain = product()
    strings = product(
        id="920001", price="25000", listPrice="30000", sold="31", isOCOP="1", ratingOCOP="4", available="1"
    )
    assert strings == plain


@pytest.mark.parametrize(
    ("changes", "in_stock"),
    [
        ({}, True),
        ({"available": 0}, False),
        ({"approved": 0}, False),
        ({"activated": "0"}, False),
        ({"reject": 1}, False),
        ({"approved": None, "activated": None, "reject": None}, True),
        ({"available": None}, None),
    ],
)
def test_a_product_is_on_sale_when_nothing_speaks_against_it(changes: dict[str, object], in_stock: bool | None) -> None:
    assert listing(product(**changes)).in_stock is in_stock


@pytest.mark.parametrize(
    ("changes", "stars"),
    [
        ({"isOCOP": 1, "ratingOCOP": 5}, 5),
        ({"isOCOP": 0, "ratingOCOP": 4}, 0),
        ({"isOCOP": None, "ratingOCOP": 4}, None),
        ({"isOCOP": 1, "ratingOCOP": 0}, 0),
    ],
)
def test_ocop_stars_count_only_with_the_badge(changes: dict[str, object], stars: int | None) -> None:
    assert listing(product(**changes)).ocop_stars == stars


@pytest.mark.parametrize(("old", "shown"), [(30000, 30000), (25000, 0), (20000, 0), (0, 0), (None, 0)])
def test_an_old_price_counts_only_when_it_is_higher(old: int | None, shown: int) -> None:
    assert listing(product(listPrice=old)).list_price_vnd == shown


def test_a_price_that_is_not_told_is_not_zero() -> None:
    values = product(price=None)
    assert listing(values).price_vnd is None
    assert codes(values) == {"bad_row"}
    values = product(price="25.000")
    assert listing(values).price_vnd is None
    assert codes(values) == {"bad_row", "bad_value"}


def test_card_and_page_tell_the_same_price() -> None:
    """Otherwise every run would see two changes of price."""
    body = (HERE / "category.html").read_bytes()
    card = listing(read("voso", Get(url="https://voso.vn/dac-san-nam-bo-c141", kind="category"), body))
    page = listing(product())
    assert card.ref == page.ref
    for field in ("price_text", "price_vnd", "price_max_vnd", "price_status", "list_price_vnd", "url", "image_url"):
        if field != "image_url":
            assert getattr(card, field) == getattr(page, field)


@pytest.mark.parametrize("name", [None, "", " \u200b "])
def test_a_product_without_a_name_is_no_record(name: str | None) -> None:
    assert [v.code for v in product(name=name) if isinstance(v, Problem)] == ["bad_row"]
    assert not any(isinstance(v, ListingRecord) for v in product(name=name))


@pytest.mark.parametrize("changes", [{"id": 1}, {"id": "x"}])
def test_a_product_of_another_number_is_refused(changes: dict[str, object]) -> None:
    values = product(**changes)
    assert [type(v) for v in values] == [Problem]
    assert codes(values) == {"id_mismatch"}


def test_without_its_object_a_product_page_is_not_recognised() -> None:
    body = (HERE / "product.html").read_bytes().replace(b"var product = {", b"var goods = {")
    body = body.replace(b"var product = {\\", b"")
    values = read("voso", PRODUCT, body)
    assert [v.code for v in values if isinstance(v, Problem)] in (["layout"], ["bad_row"])
    assert len(values) == 1


def test_the_affiliate_is_forgotten_and_the_shop_is_followed() -> None:
    connector = voso
    get = replace(PRODUCT, url=PRODUCT.url + "?o2o=4711")
    values = list(connector.parse(voso.source, page_of(get, (HERE / "product.html").read_bytes())))
    assert listing(values).url == PRODUCT.url
    seller = next(v for v in values if isinstance(v, SellerRecord))
    assert not seller.own_page
    assert Get(url="https://voso.vn/nong-san-an-thu-s900001", kind="shop", record="seller", ref="900001") in values


def test_products_shown_beside_are_left_alone() -> None:
    assert {v.ref for v in product() if isinstance(v, ListingRecord | Get)} == {"920001", "900001"}


def test_a_shop_that_contradicts_its_address_is_refused() -> None:
    body = (HERE / "shop.html").read_bytes().replace(b'"/nong-san-an-thu-s900001"}', b'"/nong-san-khac-s900007"}')
    get = Get(url="https://voso.vn/nong-san-an-thu-s900001", kind="shop", record="seller", ref="900001")
    values = read("voso", get, body)
    assert [v.code for v in values if isinstance(v, Problem)] == ["id_mismatch"]
    assert len(values) == 1


def test_a_shop_that_counts_products_but_shows_none_says_so() -> None:
    body = (HERE / "shop-without-products.html").read_text("utf-8").replace("<strong>0</strong>", "<strong>12</strong>")
    values = read("voso", Get(url="https://voso.vn/vua-moi-mo-s900002", kind="shop"), body.encode())
    assert "empty_list" in codes(values)


def test_a_keyword_that_is_no_text_is_no_address() -> None:
    body = (Path(__file__).parent / "shop.html").read_bytes()
    get = Get(url="https://voso.vn/nong-san-an-thu-s900001", kind="shop")
    odd = body.replace(b'"/nong-san-an-thu-s900001"};', b"5};")
    assert odd != body
    assert list(read("voso", get, odd)) == list(read("voso", get, body))
