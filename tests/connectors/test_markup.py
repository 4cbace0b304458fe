"""Strict reading: one means one, at most one means at most one, and a page that is no page says so."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import markup
from connectors.contract import Get, Page
from connectors.markup import Node, ReadError
from tests.connectors.saved_pages import page_of

CARD = """
<html><body><div class="card"><h3>Gạo  <b>ST25</b></h3><p class="price">25.000&nbsp;₫</p><p class="unit">kg</p>
<p class="unit">kg</p><p class="place">Long An</p><p class="place">Tây Ninh</p><a href="" hidden>x</a>
<div class="card"><i></i></div></div></body></html>
"""


def page(body: bytes | str, **headers: str) -> Page:
    body = body.encode() if isinstance(body, str) else body
    return page_of(
        Get(url="https://vi-du.example.vn/", kind="any"), body, {k.replace("_", "-"): v for k, v in headers.items()}
    )


def root(html: str) -> Node:
    return markup.read_html(page(html)).root


def test_one_is_exactly_one() -> None:
    card = root(CARD)
    assert markup.text(markup.one(card, ".price")) == "25.000 ₫"
    with pytest.raises(ReadError, match=r"không thấy phần tử “\.missing”"):
        markup.one(card, ".missing")
    with pytest.raises(ReadError, match=r"2 phần tử “\.unit”"):
        markup.one(card, ".unit")


def test_at_most_one_may_be_none() -> None:
    card = root(CARD)
    assert markup.at_most_one(card, ".missing") is None
    assert markup.at_most_one(card, ".price") is not None
    with pytest.raises(ReadError) as error:
        markup.at_most_one(card, ".place")
    assert error.value.code == "bad_row"


def test_a_node_is_not_among_its_own_descendants() -> None:
    outer = markup.every(root(CARD), ".card")[0]
    assert len(markup.every(outer, ".card")) == 1
    inner = markup.one(outer, ".card")
    assert markup.every(inner, ".card") == []


def test_a_value_printed_twice_is_one_value_only_when_both_agree() -> None:
    card = root(CARD)
    assert markup.text_at(card, ".unit") == "kg"
    assert markup.text_at(card, ".missing") is None
    with pytest.raises(ReadError, match="2 giá trị khác nhau"):
        markup.text_at(card, ".place")


def test_an_attribute_without_value_is_blank_and_a_missing_one_is_none() -> None:
    link = markup.one(root(CARD), "a")
    assert markup.attribute(link, "href") == ""
    assert markup.attribute(link, "hidden") == ""
    assert markup.attribute(link, "title") is None
    assert markup.attribute_at(root(CARD), "a", "title") is None
    assert markup.attribute_at(root(CARD), ".missing", "href") is None


def test_the_value_beside_a_label() -> None:
    row = markup.one(root("<html><body><p><label>Đơn vị:</label> Kg <!-- x --><b>loại 1</b></p></body></html>"), "p")
    label = markup.one(row, "label")
    assert markup.text_after(label) == "Kg loại 1"
    assert markup.text_without(row, label) == "Kg loại 1"
    assert [child.tag for child in markup.children(row)] == ["label", "b"]
    assert markup.parent(label).tag == "p"


def test_a_fragment_may_be_empty() -> None:
    assert markup.text(markup.fragment("")) == ""
    assert markup.text(markup.fragment("<b>VietGAP</b> & <i>HACCP</i>")) == "VietGAP & HACCP"


# --- pages that are none -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"", "not_html", "trang rỗng"),
        (b"\xef\xbb\xbf  ", "not_html", "thẻ HTML"),
        (b'\xef\xbb\xbf {"a": 1}', "not_html", "nhận được JSON"),
        (b"GIF89a\x00\x01", "not_html", "nhị phân"),
        (b"Bad gateway", "not_html", "thẻ HTML"),
        (b"<!DOCTYPE html><html><body><ul><li>m", "truncated", "bị cắt sau 36 byte"),
        (b"<HTML><BODY>x", "truncated", "bị cắt"),
        (b"<p>" + b"x" * markup.MAX_BYTES, "too_large", "10000003 byte"),
    ],
)
def test_what_is_no_page_says_what_it_is(body: bytes, code: str, words: str) -> None:
    with pytest.raises(ReadError, match=words) as error:
        markup.read_html(page(body))
    assert error.value.code == code
    assert error.value.problem("r1").ref == "r1"


@pytest.mark.parametrize("body", ["<HTML><BODY>chợ</BODY>", "<p>chợ</p>", "\ufeff<html><body>chợ</body></html>"])
def test_old_and_partial_markup_is_still_a_page(body: str) -> None:
    assert markup.text(markup.one(root(body), "body")) == "chợ"


def test_the_declared_encoding_is_used_when_it_is_not_utf_8() -> None:
    body = "<html><head><meta charset='windows-1252'></head><body>café</body></html>".encode("cp1252")
    html = markup.read_html(page(body))
    assert (html.intact, markup.text(markup.one(html.root, "body"))) == (True, "café")
    html = markup.read_html(page(body.replace(b"1252", b"9999"), content_type="text/html; charset=windows-1252"))
    assert (html.intact, markup.text(markup.one(html.root, "body"))) == (True, "café")


@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset", "windows-9999"])
def test_unreadable_bytes_are_marked_and_told(charset: str) -> None:
    body = f"<html><head><meta charset={charset}></head><body>".encode() + b"caf\xe9</body></html>"
    html = markup.read_html(page(body))
    assert (html.intact, markup.text(markup.one(html.root, "body"))) == (False, "caf\ufffd")


def test_a_robot_check_is_told_from_a_changed_layout() -> None:
    check = page("<html><head><title>Just a moment...</title></head></html>")
    assert markup.unrecognised(check, "khung").code == "challenge"
    error = markup.unrecognised(page(CARD), "khung “.x”")
    assert (error.code, error.detail) == ("layout", "không thấy khung “.x”")


# --- JSON ----------------------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_any_json_answer_is_read(value: object) -> None:
    assert markup.read_json(page(json.dumps(value))) == value
    assert markup.read_json(page(b"\xef\xbb\xbf" + json.dumps(value).encode())) == value


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b" \n<!DOCTYPE html><html></html>", "cần JSON, nhận được HTML"),
        (b"", "không phải JSON"),
        (b'{"a": ', "không phải JSON"),
        (b"[" * 100_000, "không phải JSON"),
        (b"\xff\xfe\xfd", "không phải JSON"),
    ],
)
def test_what_is_no_json_says_what_it_is(body: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words) as error:
        markup.read_json(page(body))
    assert error.value.code == "not_json"


def test_a_json_answer_has_a_size_limit_too() -> None:
    with pytest.raises(ReadError) as error:
        markup.read_json(page(b" " * markup.MAX_BYTES + b"1"))
    assert error.value.code == "too_large"


@given(st.dictionaries(st.text(max_size=8), json_values, max_size=4))
def test_a_script_s_value_ends_where_its_json_ends(value: dict[str, object]) -> None:
    """Whatever its strings hold: "};", other assignments, markup. Sites escape "</" so that the script goes on."""
    told = json.dumps(value, ensure_ascii=False).replace("</", "<\\/").replace("<!--", "<\\u0021--")
    html = f"<html><body><script>var productX = 1; var product = {told}; var other = {{}};</script></body></html>"
    assert markup.inline_json(root(html.replace("\0", "")), "product") == json.loads(told.replace("\0", ""))


def test_a_script_s_value_that_is_missing_or_broken() -> None:
    html = "<html><body><script src='x.js'></script><script>var product = {broken}; var n = 12;</script></body></html>"
    assert markup.inline_json(root(html), "nothing") is None
    assert markup.inline_json(root(html), "n") == 12
    with pytest.raises(ReadError, match="biến “product” không đọc được"):
        markup.inline_json(root(html), "product")


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    readers: tuple[Callable[[Page], object], ...] = (markup.read_html, markup.read_json)
    for read in readers:
        try:
            read(page(body))
        except ReadError as error:
            assert error.code in {"not_html", "not_json", "truncated"}  # noqa: PT017 - both outcomes are right
