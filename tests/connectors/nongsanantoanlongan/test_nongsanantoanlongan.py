"""The family of nongsanantoanlongan.vn beyond its saved pages: addresses, settings, real pages of a sibling."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from connectors import nongsanantoanlongan as connector
from connectors.contract import Get, ListingRecord, Problem, RequestRecord, SellerRecord, Yield
from connectors.platforms.nongsanantoan.addresses import NEVER
from tests.connectors.saved_pages import page_of, read

HERE = Path(__file__).parent
SLUG = "nongsanantoanlongan"
HOME = "https://nongsanantoanlongan.vn"
SIBLING = "https://www.nongsanantoanthanhhoa.vn"
RENAMED = replace(connector.source, paths={"sellers": "/co-so/", "categories": "danh-muc", "products": "/hang"})


def saved(name: str) -> str:
    return (HERE / f"{name}.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/shop", "sellers"),
        ("/shop/", "sellers"),
        ("/shop?page=12", "sellers"),
        ("/shop/bb-h-e-o-1", "seller"),
        ("/shop/bb-h-e-o-1?page=2", "seller"),
        ("/danh-muc-san-pham?page=3", "category"),
        ("/danh-muc-san-pham/khuyen-mai", "category"),
        ("/san-pham/ca-trung-nauy-1", "product"),
        ("/san-pham", None),
        ("/san-pham/a/b", None),
        ("/shopping", None),
        ("/ket-noi", "board"),
        ("/ket-noi?typeAds=can-mua", "board"),
        ("/ket-noi/can-mua-gao", "post"),
        ("/", None),
        ("", None),
        ("/vung-san-xuat/xa-a", None),
        ("/dia-diem-kinh-doanh?page=2", None),
        ("/user-activity/khach@example.vn", None),
        ("/login", None),
    ],
)
def test_the_kind_of_an_address(path: str, kind: str | None) -> None:
    assert connector.kind_of(connector.source, HOME + path) == kind
    assert connector.kind_of(connector.source, SIBLING + path) == kind


def test_a_run_starts_at_the_three_lists() -> None:
    assert [(g.url, g.kind, g.record) for g in connector.start(connector.source, None)] == [
        (f"{HOME}/shop", "sellers", None),
        (f"{HOME}/danh-muc-san-pham", "category", None),
        (f"{HOME}/ket-noi", "board", None),
    ]


def test_path_prefixes_are_configuration() -> None:
    assert [g.url for g in connector.start(RENAMED, None)] == [f"{HOME}/co-so", f"{HOME}/danh-muc", f"{HOME}/ket-noi"]
    assert connector.kind_of(RENAMED, f"{HOME}/co-so/htx-a") == "seller"
    assert connector.kind_of(RENAMED, f"{HOME}/shop/htx-a") is None
    body = saved("category").replace("/san-pham/", "/hang/").replace("/shop/", "/co-so/")
    body = body.replace("/danh-muc-san-pham", "/danh-muc")
    get = Get(url=f"{HOME}/danh-muc/rau-cu-qua-tuoi", kind="category")
    renamed = [v for v in connector.parse(RENAMED, page_of(get, body.encode())) if isinstance(v, ListingRecord)]
    plain = replace(get, url=f"{HOME}/danh-muc-san-pham/rau-cu-qua-tuoi")
    usual = [v for v in read(SLUG, plain, saved("category").encode()) if isinstance(v, ListingRecord)]
    assert [(r.ref, r.seller_ref, r.category_ref) for r in renamed] == [
        (r.ref, r.seller_ref, r.category_ref) for r in usual
    ]


def test_no_page_behind_a_login_is_ever_followed() -> None:
    for path in sorted(NEVER):
        body = saved("board").replace("/ket-noi?page=2", f"{path}/2")
        values = read(SLUG, Get(url=f"{HOME}/ket-noi", kind="board"), body.encode())
        assert not any(isinstance(v, Get) and path in v.url for v in values)
        assert "paging_loop" in {v.code for v in values if isinstance(v, Problem)}


def test_a_reviewer_s_address_is_never_read() -> None:
    for name, kind in (("seller", "seller"), ("board", "board"), ("product", "product")):
        get = Get(url=f"{HOME}/{ {'seller': 'shop', 'board': 'ket-noi', 'product': 'san-pham'}[kind] }/x", kind=kind)
        assert "khach@example.vn" not in repr(read(SLUG, get, saved(name).encode()))


# --- the real pages of a sibling site --------------------------------------------------------------------------------


@pytest.mark.parametrize("home", [SIBLING, HOME])
def test_the_real_seller_list(captures: Path, home: str) -> None:
    """Read as the sibling's own page, and as one of ours that names the sibling as its host."""
    folder = captures / "nongsanantoan"
    body = (folder / "seller-list-2019-09.html").read_bytes()
    expected = json.loads((folder / "seller-list-2019-09.expected.json").read_text("utf-8"))
    values = read(SLUG, Get(url=f"{home}/shop", kind="sellers"), body)
    assert not [v for v in values if isinstance(v, Problem)]
    sellers = [v for v in values if isinstance(v, SellerRecord)]
    listings = [v for v in values if isinstance(v, ListingRecord)]
    assert len(sellers) == len(expected) == 4
    for seller, told in zip(sellers, expected, strict=True):
        assert (seller.ref, seller.name, seller.address) == (told["slug"], told["name"], told["address"])
        assert seller.verified is told["verified"]
        assert seller.rating == float(told["rating"])
        assert f"( {seller.review_count} người đánh giá )" == told["n"]
        assert seller.url == f"{home}/shop/{seller.ref}"
        goods = [(r.ref, f"{r.title};") for r in listings if r.seller_ref == seller.ref]
        assert goods == [tuple(product) for product in told["products"]]
        assert seller.product_count == len(goods)
        assert {r.seller_name for r in listings if r.seller_ref == seller.ref} == {seller.name}
    gets = [v for v in values if isinstance(v, Get)]
    assert gets[-1] == Get(url=f"{home}/shop?page=2", kind="sellers")
    assert [(g.kind, g.ref) for g in gets[:-1] if g.kind == "seller"] == [("seller", s.ref) for s in sellers]
    assert [g.url for g in gets if g.kind == "product"] == [r.url for r in listings]


def test_the_real_category_page(captures: Path) -> None:
    """Its links were cut to "#": one product, known by its number, and a next page that leads nowhere."""
    body = (captures / "nongsanantoan" / "category-2019-09.html").read_bytes()
    values = read(SLUG, Get(url=f"{SIBLING}/danh-muc-san-pham/rau-cu-qua", kind="category"), body)
    card, *problems = values
    assert isinstance(card, ListingRecord)
    assert (card.ref, card.title, card.url, card.seller_ref) == ("257", "Rau củ qủa", None, None)
    assert (card.price_text, card.price_vnd, card.price_status) == ("Giá: Liên hệ", None, "contact")
    assert (card.seller_name, card.category) == ("Công Ty CP Đầu tư và TM H&H Foods", "Rau, củ, quả")
    assert (card.certificates, card.rating) == ((), 0.0)
    assert [v.code for v in problems if isinstance(v, Problem)] == ["duplicate_ref", "paging_loop"]
    assert len(problems) == 2


# --- single rules ----------------------------------------------------------------------------------------------------


def seller_list(body: str) -> dict[str, SellerRecord]:
    values: list[Yield] = read(SLUG, Get(url=f"{HOME}/shop", kind="sellers"), body.encode())
    return {v.ref: v for v in values if isinstance(v, SellerRecord)}


def test_a_missing_mark_means_not_approved_only_where_marks_are_shown() -> None:
    assert [s.verified for s in seller_list(saved("sellers")).values()] == [True, False, True]
    without = saved("sellers").replace('title="Đã kiểm duyệt"', 'title="Khác"')
    assert [s.verified for s in seller_list(without).values()] == [None, None, None]


def test_a_seller_without_products_is_told_from_one_whose_products_are_not() -> None:
    assert seller_list(saved("sellers"))["bb-t-h-u-1"].product_count == 0
    without = saved("sellers").replace("<b>Sản phẩm cung cấp:</b>", "")
    assert seller_list(without)["bb-t-h-u-1"].product_count is None


@pytest.mark.parametrize("name", ["khuyen-mai", "moi-ban", "mua-nhieu", "quan-tam"])
def test_a_selection_is_no_category(name: str) -> None:
    values = read(SLUG, Get(url=f"{HOME}/danh-muc-san-pham/{name}", kind="category"), saved("category").encode())
    assert {v.category for v in values if isinstance(v, ListingRecord)} == {None}


def test_the_list_of_all_products_tells_no_category() -> None:
    values = read(SLUG, Get(url=f"{HOME}/danh-muc-san-pham", kind="category"), saved("category").encode())
    assert {v.category_ref for v in values if isinstance(v, ListingRecord)} == {None}


def product(body: str, slug: str = "thanh-long-ruot-do") -> tuple[ListingRecord, list[str]]:
    get = Get(url=f"{HOME}/san-pham/{slug}", kind="product", record="listing", ref=slug)
    values = read(SLUG, get, body.encode())
    problems = [v.code for v in values if isinstance(v, Problem) and v.code != "unknown_label"]
    return next(v for v in values if isinstance(v, ListingRecord)), problems


@pytest.mark.parametrize(
    ("stamp", "code", "traceable"),
    [(True, "", True), (False, "Có", True), (False, "893600000001", True), (False, "", False), (False, None, None)],
)
def test_traceability_is_told_by_the_stamp_or_by_the_code(
    stamp: bool, code: str | None, traceable: bool | None
) -> None:
    body = saved("product")
    if not stamp:
        body = body.replace("fa-check-circle-sp", "fa-khac")
    row = '<div class="row"><div class="col-md-5">Mã truy xuất nguồn gốc</div><div class="col-md-7">{}</div></div>'
    assert row.format("Có") in body
    body = body.replace(row.format("Có"), "" if code is None else row.format(code))
    assert product(body)[0].traceable is traceable


def test_the_code_of_a_product_is_checked_against_its_buttons() -> None:
    assert product(saved("product"))[1] == []
    assert product(saved("product").replace("SP00000473", "SP00000474"))[1] == ["id_mismatch"]
    assert product(saved("product").replace("SP00000473", "TL-473"))[1] == ["bad_value"]
    assert product(saved("product").replace("addItemToCart(473,12)", "muaHang()"))[1] == []


def test_a_product_page_of_another_address_is_refused() -> None:
    get = Get(url=f"{HOME}/san-pham/rau-muong", kind="product", record="listing", ref="rau-muong")
    values = read(SLUG, get, saved("product").encode())
    assert [v.code for v in values if isinstance(v, Problem)] == ["id_mismatch"]
    assert len(values) == 1


@pytest.mark.parametrize(
    ("block", "price", "old"),
    [
        ('<span class="price-detail">25.000 ₫</span>', 25000, 0),
        ('<span class="price-detail">25.000 ₫</span><span class="price-old"></span>', 25000, 0),
        ('<span class="price-detail">25.000 ₫<del class="price-old">30.000 ₫</del></span>', 25000, 30000),
        ('<span class="price-detail">Liên hệ</span>', None, 0),
    ],
)
def test_the_price_and_the_old_price(block: str, price: int | None, old: int) -> None:
    usual = '<span class="price-detail">25.000 ₫</span> <span class="price-old">30.000 ₫</span>'
    assert usual in saved("product")
    listing, problems = product(saved("product").replace(usual, block))
    assert (listing.price_vnd, listing.list_price_vnd, problems) == (price, old, [])


def test_the_kind_of_a_post_may_stand_on_its_own_page() -> None:
    get = Get(url=f"{HOME}/ket-noi/can-mua-5-tan-thanh-long", kind="post")
    body = saved("post").replace("</ul>", "<li>Cần mua</li></ul>")
    post = next(v for v in read(SLUG, get, body.encode()) if isinstance(v, RequestRecord))
    assert post.side == "buy"
