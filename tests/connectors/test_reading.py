"""The common course: whose a link is, what a list is, where the next page is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors import markup, reading
from connectors.contract import Get, ListingRecord, Problem, Source, Yield
from connectors.markup import Node, ReadError
from connectors.reading import Document, Row
from tests.connectors.saved_pages import page_of

SOURCE = Source(
    slug="vi-du",
    title="vi-du.example.vn",
    short="VD",
    home="https://vi-du.example.vn",
    hosts=("vi-du.example.vn", "www.vi-du.example.vn"),
    scope="province",
)
SANDBOX = replace(SOURCE, home="http://127.0.0.1:8123")
BELOW = replace(SOURCE, home="http://127.0.0.1:8123/vi-du")


def document(body: str = "<p></p>", url: str = "", source: Source = SOURCE, ref: str = "") -> Document:
    page = page_of(
        Get(url=url or f"{source.home}/cho", kind="list", record="listing" if ref else None, ref=ref), body.encode()
    )
    return Document(source, page, dropped={"o2o"}, never={"/user"})


# --- links ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/gao", "https://vi-du.example.vn/gao"),
        ("gao?page=2#top", "https://vi-du.example.vn/gao?page=2"),
        ("?page=2", "https://vi-du.example.vn/cho?page=2"),
        ("#", "https://vi-du.example.vn/cho"),
        (" https://www.VI-DU.example.vn/gao ", "https://vi-du.example.vn/gao"),
        ("http://vi-du.example.vn/gao", "https://vi-du.example.vn/gao"),
        ("//vi-du.example.vn", "https://vi-du.example.vn/"),
        ("/gao?o2o=7", "https://vi-du.example.vn/gao"),
        ("/tim?qqq=g%E1%BA%A1o&o2o=7&page=2", "https://vi-du.example.vn/tim?qqq=g%E1%BA%A1o&page=2"),
        ("/tim?qqq=g%E1%BA%A1o", "https://vi-du.example.vn/tim?qqq=g%E1%BA%A1o"),
        ("https://vi-du.example.vn.evil.example/gao", None),
        ("https://vi-du.example.vn@evil.example/gao", None),
        ("https://vi-du.example.vn:444/gao", None),
        ("http://10.0.0.1/gao", None),
        ("file:///D:/nongsan/index.html", None),
        ("javascript:void(0)", None),
        ("tel:0900000000", None),
        ("http://[", None),
        ("/user", None),
        ("/user/orders?page=2", None),
        ("/user-guide", "https://vi-du.example.vn/user-guide"),
        ("", None),
        (None, None),
    ],
)
def test_a_link_of_the_source_is_made_absolute_and_any_other_is_none(href: str | None, url: str | None) -> None:
    assert document().own(href) == url


def test_another_home_takes_the_place_of_the_real_host() -> None:
    doc = document(source=SANDBOX)
    assert doc.own("https://vi-du.example.vn/gao?page=2") == "http://127.0.0.1:8123/gao?page=2"
    assert doc.own("/gao") == "http://127.0.0.1:8123/gao"
    assert doc.own("http://127.0.0.1:9999/gao") is None


def test_a_home_below_a_path() -> None:
    doc = document(source=BELOW)
    assert doc.own("https://vi-du.example.vn/gao") == "http://127.0.0.1:8123/vi-du/gao"
    assert doc.own("/vi-du/gao") == "http://127.0.0.1:8123/vi-du/gao"
    assert doc.path("https://vi-du.example.vn/g%E1%BA%A1o") == "/gạo"
    assert doc.own("https://vi-du.example.vn/user/1") is None
    assert reading.path_of(BELOW, "http://127.0.0.1:8123/vi-du") == "/"
    assert reading.path_of(BELOW, "http://127.0.0.1:8123/vi-du-khac") == "/vi-du-khac"


def test_a_mirrored_page_names_its_host_itself() -> None:
    body = '<html><head><link rel="canonical" href="https://cu.example.vn/cho"></head><body></body></html>'
    assert document(body).own("https://cu.example.vn/gao") == "https://vi-du.example.vn/gao"
    assert document().own("https://cu.example.vn/gao") is None


def test_a_sibling_s_page_keeps_its_own_host() -> None:
    body = '<html><head><link rel="canonical" href="https://anh-em.example.vn/cho"></head><body></body></html>'
    doc = document(body, "https://anh-em.example.vn/cho?page=2")
    assert doc.own("/gao") == "https://anh-em.example.vn/gao"
    assert doc.own("https://vi-du.example.vn/gao") == "https://vi-du.example.vn/gao"
    assert (doc.url, doc.address) == ("https://anh-em.example.vn/cho?page=2", "https://anh-em.example.vn/cho")


@pytest.mark.parametrize(
    ("src", "url"),
    [
        ("images/a.jpg", "https://vi-du.example.vn/images/a.jpg"),
        (" https://hinh.example.vn/a?t%5B0%5D=x&t[1]=y ", "https://hinh.example.vn/a?t%5B0%5D=x&t[1]=y"),
        ("data:image/png;base64,AAAA", None),
        ("http:///[", "http:///["),
        ("//[", None),
        ("", None),
        (None, None),
    ],
)
def test_a_picture_s_address_is_kept_as_it_is(src: str | None, url: str | None) -> None:
    assert document().picture(src) == url


# --- one key per page ------------------------------------------------------------------------------------------------


def test_all_parts_of_a_page_must_mean_the_same_record() -> None:
    assert reading.same_ref(document(ref="7"), "7", None, "7") == "7"
    assert reading.same_ref(document(), None, "7") == "7"
    with pytest.raises(ReadError, match="nhiều mã: 7, 8") as error:
        reading.same_ref(document(ref="7"), "8")
    assert error.value.code == "id_mismatch"
    with pytest.raises(ReadError) as error:
        reading.same_ref(document(), None, "")
    assert error.value.code == "layout"


# --- lists -----------------------------------------------------------------------------------------------------------


def row(item: Node) -> Row:
    ref = markup.attribute(item, "id") or ""
    if not ref:
        raise ReadError("bad_row", "không có mã")
    rest: list[Yield] = [] if markup.text(item) else [Problem(code="bad_row", ref=ref, detail="không có chữ")]
    return ListingRecord(ref=ref, title=markup.text(item) or "?"), rest


def read(items: str, *, repeats: bool = False, may_be_empty: bool = False) -> list[Yield]:
    doc = document(f"<html><body><ul>{items}</ul></body></html>")
    return reading.read_list(
        doc,
        doc.root,
        markup.every(doc.root, "li"),
        row,
        lambda href: href.startswith("/gao"),
        repeats=repeats,
        may_be_empty=may_be_empty,
    )


def told(values: list[Yield]) -> list[tuple[str, str]]:
    return [(v.code, v.ref) if isinstance(v, Problem) else ("record", v.ref) for v in values]


def test_one_bad_row_is_a_problem_and_the_others_go_on() -> None:
    values = read("<li id=1>Gạo</li><li>Ngô</li><li id=3></li>")
    assert told(values) == [("record", "1"), ("bad_row", ""), ("record", "3"), ("bad_row", "3")]


@pytest.mark.parametrize("odd", [ValueError("số quá dài"), ArithmeticError("số mũ quá lớn")])
def test_a_value_nobody_thought_of_costs_its_own_item_alone(odd: Exception) -> None:
    def one(name: str) -> Row:
        if name == "Ngô":
            raise odd
        return ListingRecord(ref=name, title=name), []

    values = reading.read_rows(["Gạo", "Ngô", "Nếp"], one)
    assert told(values) == [("record", "Gạo"), ("bad_row", ""), ("record", "Nếp")]
    with pytest.raises(ReadError, match="có giá trị không đọc được: số") as error:
        reading.read_rows(["Ngô"], one)
    assert error.value.code == "layout"


@pytest.mark.parametrize("items", ["<li>Gạo</li>", "<li>Gạo</li><li>Ngô</li>", "<li id=1></li><li id=2></li>"])
def test_when_every_row_is_bad_the_page_has_changed(items: str) -> None:
    with pytest.raises(ReadError, match="đều hỏng: không có") as error:
        read(items)
    assert error.value.code == "layout"


def test_a_single_row_that_lacks_something_is_no_changed_page() -> None:
    assert told(read("<li id=1></li>")) == [("record", "1"), ("bad_row", "1")]


def test_a_repeated_row_is_given_once() -> None:
    values = read("<li id=1>Gạo</li><li id=1>Gạo</li><li id=1>Gạo</li><li id=2>Ngô</li><li id=2>Bắp</li>")
    assert told(values) == [("record", "1"), ("record", "2"), ("duplicate_ref", "1"), ("duplicate_ref", "2")]
    assert [v.detail for v in values if isinstance(v, Problem)] == [
        "một mã đứng nhiều lần trong danh sách",
        "một mã đứng nhiều lần trong danh sách, nội dung khác nhau",
    ]


def test_where_repeats_are_usual_only_contradictions_are_told() -> None:
    values = read("<li id=1>Gạo</li><li id=1>Gạo</li><li id=2>Ngô</li><li id=2>Bắp</li>", repeats=True)
    assert told(values) == [("record", "1"), ("record", "1"), ("record", "2"), ("duplicate_ref", "2")]


def test_an_empty_list_is_told_unless_it_may_be() -> None:
    assert told(read("")) == [("empty_list", "")]
    assert read("", may_be_empty=True) == []


def test_a_frame_with_links_but_no_items_has_changed() -> None:
    for may_be_empty in (False, True):
        with pytest.raises(ReadError) as error:
            read("<div class=moi><a href='/gao-st25'>Gạo</a></div>", may_be_empty=may_be_empty)
        assert error.value.code == "layout"


# --- paging ----------------------------------------------------------------------------------------------------------


def paging(bar: str, url: str = "") -> list[Yield]:
    doc = document(f"<html><body>{bar}</body></html>", url)
    return reading.next_page(doc, "sau", markup.every(doc.root, "ul.pagination"))


NEXT = Get(url="https://vi-du.example.vn/cho?page=2", kind="list")


@pytest.mark.parametrize(
    "step",
    [
        "<li><a href='?page=2'>Sau »</a></li>",
        "<li class=next><a href='/cho?page=2&amp;o2o=3#x'><span> SAU › </span></a></li>",
        "<li><a href='https://www.vi-du.example.vn/cho?page=2'>Sau</a></li>",
    ],
)
def test_the_next_page_is_where_the_link_says(step: str) -> None:
    bar = f"<ul class=pagination><li class=active><span>1</span></li><li><a href='?page=2'>2</a></li>{step}</ul>"
    assert paging(bar) == [NEXT]
    assert paging(bar + bar.replace("page=2", "page=3")) == [NEXT]


@pytest.mark.parametrize(
    "bar",
    [
        "",
        "<ul class=pagination></ul>",
        "<ul class=pagination><li class=active><span>1</span></li></ul>",
        "<ul class=pagination><li><a href='?page=1'>1</a></li><li class=active>2<li class=disabled>Sau »</ul>",
        "<ul class=pagination><li><a href='?page=1'>1</a></li><li class=active>2</li></ul>",
        f"<ul class=pagination><li class=active>1</li><li>{'9' * 5000}</li><li>²</li></ul>",  # no numbers of pages
        "<a href='/khac?page=2'>Danh sách khác</a><a href='?page=1'>Đầu danh sách</a>",
    ],
)
def test_a_list_ends_where_it_says_so(bar: str) -> None:
    assert paging(bar) == []


@pytest.mark.parametrize(
    ("bar", "code"),
    [
        ("<ul class=pagination><li class=active>1</li><li><a href='#'>Sau »</a></li></ul>", "paging_loop"),
        ("<ul class=pagination><li class=active>1</li><li>Sau »</li></ul>", "paging_loop"),
        ("<ul class=pagination><li class=active>1</li><li><a href='//khac.example/'>Sau</a></li></ul>", "paging_loop"),
        ("<ul class=pagination><li class=active>1</li><li><a href='?page=2'>2</a></li></ul>", "paging_unreadable"),
        (
            "<ul class=pagination><li><a href='?page=2'>2</a></li><li><a href='?page=2'>→</a></li></ul>",
            "paging_unreadable",
        ),
        ("<ul class=moi><li>1</li><li><a href='?page=2'>2</a></li></ul>", "paging_unreadable"),
    ],
)
def test_a_list_that_cannot_be_followed_says_so(bar: str, code: str) -> None:
    assert [v.code for v in paging(bar) if isinstance(v, Problem)] == [code]
    assert not any(isinstance(v, Get) for v in paging(bar))


def test_the_page_itself_is_no_next_page() -> None:
    bar = "<ul class=pagination><li class=active>2</li><li><a href='?page=2&o2o=9'>Sau</a></li></ul>"
    values = paging(bar, "https://vi-du.example.vn/cho?page=2")
    assert [v.code for v in values if isinstance(v, Problem)] == ["paging_loop"]


@pytest.mark.parametrize(("printed", "key"), [("Địa chỉ: ", "dia chi"), ("ĐỊA  CHỈ", "dia chi"), ("", "")])
def test_labels_are_compared_folded(printed: str, key: str) -> None:
    assert reading.label_key(printed) == key
