"""Search: what is found, what can be filtered, and what stands in the address."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.marketplace.web.catalogue import NS, VS
from tests.marketplace.web.conftest import Market
from tests.marketplace.web.reading import Page, read


def facet(page: Page, title: str) -> dict[str, int]:
    """The values of a facet and their counts."""
    for section in page.html.select(".facet"):
        heading = section.select_one("h3")
        if heading is not None and heading.get_text() == title:
            rows = [
                [part.get_text(strip=True) for part in link.select(":scope > span")] for link in section.select("a")
            ]
            return {name: int(count.lstrip(":").strip().replace(".", "")) for _, name, count in rows}
    return {}


def titles(page: Page) -> list[str]:
    return [link.get_text(strip=True) for link in page.html.select("main ul.list h3 a")]


def told(client: FlaskClient, query: str) -> dict[str, object]:
    data: dict[str, object] = json.loads(client.get(f"/tim.json?{query}").text)
    return data


def test_typing_without_marks_finds_marks(client: FlaskClient) -> None:
    page = read(client, "/tim?q=gao+nang+thom")
    assert page.status == 200
    assert titles(page)[0].startswith("Gạo Nàng Thơm Chợ Đào")
    assert "Tìm cả chữ có dấu. Tìm đúng chữ đã gõ" in page.text
    exact = read(client, "/tim?q=gao+nang+thom&dung=1")
    assert titles(exact) == []


def test_the_count_is_exact_and_announced(client: FlaskClient) -> None:
    page = read(client, "/tim?q=gao+cho+dao&loai=san-pham")
    status = page.html.select_one("[role=status]")
    assert status is not None
    assert status.get_text(" ", strip=True).startswith("6 sản phẩm khớp từ khoá và bộ lọc")
    assert page.title.startswith("“gao cho dao”: 6 sản phẩm")


def test_everything_is_listed_without_a_query(client: FlaskClient) -> None:
    page = read(client, "/tim")
    assert facet(page, "Loại") == {"Sản phẩm": 37, "Người bán": 3, "Tin mua bán": 5}
    assert "37 sản phẩm, 3 người bán, 5 tin mua bán trên các sàn đã nối" in page.text
    assert facet(page, "Sàn") == {"nongsanantoanlongan.vn": 40, "voso.vn": 5}
    assert list(facet(page, "Nhóm hàng"))[-1] == "Chưa rõ nhóm"
    assert list(facet(page, "Nơi (huyện trước 01/07/2025)"))[-1] == "Chưa rõ nơi"


def test_filters_add_up_within_a_facet_and_narrow_across_facets(client: FlaskClient) -> None:
    one = told(client, "loai=san-pham&nhom=03")
    both = told(client, "loai=san-pham&nhom=03&nhom=08")
    narrowed = told(client, f"loai=san-pham&nhom=03&nhom=08&san={VS}")
    assert (one["total"], both["total"], narrowed["total"]) == (6, 7, 1)
    page = read(client, f"/tim?loai=san-pham&nhom=03&san={VS}")
    assert facet(page, "Nhóm hàng")["Lúa, gạo, ngũ cốc, hạt"] == 0, "a chosen value stays, so that it can be taken off"
    assert facet(page, "Nhóm hàng")["Mật ong, yến, dược liệu"] == 1


def test_the_counts_of_a_facet_ignore_its_own_filter(client: FlaskClient) -> None:
    page = read(client, f"/tim?san={VS}")
    assert facet(page, "Sàn") == {"nongsanantoanlongan.vn": 40, "voso.vn": 5}
    assert sum(facet(page, "Loại").values()) == 5


def test_an_active_filter_can_be_taken_off(client: FlaskClient) -> None:
    page = read(client, "/tim?q=thanh+long&loai=san-pham&huyen=808&trang=2")
    chips = {chip.get_text(" ", strip=True): str(chip["href"]) for chip in page.html.select("a.chip")}
    assert set(chips) == {"Sản phẩm bỏ lọc", "Châu Thành cũ bỏ lọc"}
    assert parse_qs(urlsplit(chips["Châu Thành cũ bỏ lọc"]).query) == {"q": ["thanh long"], "loai": ["san-pham"]}
    hidden = {str(field["name"]): field["value"] for field in page.html.select("form[role=search] input[type=hidden]")}
    assert hidden == {"loai": "san-pham", "huyen": "808"}, "a new query keeps the filters"


def test_results_come_in_pages_that_neither_repeat_nor_skip(client: FlaskClient) -> None:
    first, second = read(client, "/tim"), read(client, "/tim?trang=2")
    third = read(client, "/tim?trang=3")
    found = [*titles(first), *titles(second), *titles(third)]
    assert [len(titles(page)) for page in (first, second, third)] == [20, 20, 5]
    assert len({str(link["href"]) for page in (first, second, third) for link in page.html.select("h3 a")}) == 45
    assert len(found) == 45
    assert "1–20 trong 45" in first.text
    assert not first.html.select("a[rel=prev]")
    assert not third.html.select("a[rel=next]")


def test_an_empty_result_says_which_filter_to_drop(client: FlaskClient) -> None:
    page = read(client, f"/tim?q=gao+cho+dao&loai=san-pham&san={VS}")
    empty = page.html.select_one(".empty")
    assert empty is not None
    text = " ".join(empty.get_text(" ").split())
    assert "Không có “gao cho dao” trên các sàn đã nối" in text
    assert "Bỏ lọc “voso.vn” thì có 6 kết quả." in text
    assert "Bỏ lọc “Sản phẩm”" not in text, "that would not help"
    bare = read(client, "/tim?q=xyzxyz")
    assert "Thử ít chữ hơn" in bare.text


def test_sellers_have_a_list_of_their_own(client: FlaskClient) -> None:
    page = read(client, "/nguoi-ban")
    assert page.title.startswith("Người bán: 3 người bán")
    assert facet(page, "Loại") == {}
    assert facet(page, "Sàn") == {"nongsanantoanlongan.vn": 2, "voso.vn": 1}
    assert "25 sản phẩm" in page.text
    assert read(client, "/nguoi-ban?q=duong+xuan").text.count("HTX Thanh long Dương Xuân Xanh") >= 1
    form = page.html.select_one("form[role=search]")
    assert form is not None
    assert form["action"] == "/nguoi-ban"


def test_a_result_of_a_stale_source_is_marked(client: FlaskClient) -> None:
    page = read(client, f"/tim?san={VS}")
    assert "Lần đọc mới nhất của voso.vn" in page.text
    assert page.html.select(".item .age-old")
    assert "Lần đọc mới nhất" not in read(client, f"/tim?san={NS}").text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("trang=0", "Số trang “0” không đọc được."),
        ("trang=abc", "Số trang “abc” không đọc được."),
        ("trang=²", "không đọc được"),
        ("trang=99999999999999999999999", "không đọc được"),
        ("san=sendo", "Bộ lọc “Sàn” không có giá trị “sendo”."),
        ("loai=<b>", "không có giá trị “<b>”"),
        ("nhom=77", "không có giá trị “77”"),
        ("huyen=1", "không có giá trị “1”"),
        ("xa=808", "Bộ lọc “Xã, phường hiện nay” không có giá trị “808”."),
        ("cn=iso", "không có giá trị “iso”"),
        ("gia=1-2", "không có giá trị “1-2”"),
        ("con=co", "không có giá trị “co”"),
        ("thay=2", "Bộ lọc “Thấy trên sàn” không có giá trị “2”."),
        ("xep=ten", "Không có cách xếp “ten”."),
        ("xep=gan&gan=1", "Không có nơi “1” để xếp theo nơi gần nhất."),
        (f"q={'a' * 201}", "Từ khoá dài quá 200 chữ cái."),
    ],
)
def test_an_address_that_can_t_be_read_says_what_is_wrong(client: FlaskClient, query: str, sentence: str) -> None:
    page = read(client, f"/tim?{query}")
    assert page.status == 400
    assert sentence in page.text
    assert page.html.select_one("form[role=search]") is not None


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/tim?loai=san-pham&trang=4", "/tim?loai=san-pham&trang=2"),
        ("/tim?loai=san-pham&trang=99999", "/tim?loai=san-pham&trang=2"),
        ("/tim.json?loai=san-pham&trang=4", "/tim.json?loai=san-pham&trang=2"),
        ("/tim?q=xyzxyz&trang=2", "/tim?q=xyzxyz"),
        ("/nguoi-ban?trang=2", "/nguoi-ban"),
    ],
)
def test_a_page_after_the_last_leads_to_the_last(client: FlaskClient, asked: str, shown: str) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer.headers["Location"]) == (302, shown)
    assert client.get(shown).status_code == 200


@pytest.mark.parametrize("query", ['"', "-", '-"', "()", "a OR b", "title:x", "*", "\\", "%00", "💧", "+", "AND"])
def test_no_query_breaks_the_search(client: FlaskClient, query: str) -> None:
    assert client.get("/tim", query_string={"q": query}).status_code == 200


def test_the_json_twin_tells_the_same(client: FlaskClient) -> None:
    data = told(client, "q=thanh+long+ruot+do&loai=san-pham")
    first = data["results"][0]  # type: ignore[index]  # plain JSON
    assert first["title"] == "Thanh long ruột đỏ loại 1, thùng 10 kg"
    assert first["price"]["per_kg_vnd"] == 26_000
    assert first["last_seen"] == "2026-11-23T07:00:00+07:00"
    assert first["source_url"] == "https://nongsan.example.vn/san-pham/thanh-long-ruot-do"
    assert client.get(first["url"]).status_code == 200
    assert client.get("/tim.json?trang=0").status_code == 400
    assert json.loads(client.get("/tim.json?trang=0").text)["detail"] == "Số trang “0” không đọc được."


def test_the_csv_twin_is_the_whole_result_for_a_spreadsheet(client: FlaskClient) -> None:
    answer = client.get("/tim.csv?loai=san-pham&trang=2")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="tim-nong-san.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(rows) == 37
    fruit = next(row for row in rows if row["Tên"].startswith("Thanh long ruột đỏ"))
    assert fruit["Giá từ (đồng)"] == "260000"
    assert fruit["Giá mỗi kg (đồng)"] == "26000"
    assert fruit["Nơi"] == "xã An Lục Long (Châu Thành cũ)"
    formula = next(row for row in rows if "1+1" in row["Tên"])
    assert formula["Tên"] == "'=1+1 Khoai mỡ", "a spreadsheet must not run a title"


def test_a_missing_index_is_told_and_other_pages_work(another: Callable[..., Market]) -> None:
    market = another(indexed=False)
    answer = market.client.get("/tim?q=gao")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "Chỉ mục đang được dựng lại" in read(market.client, "/tim").text
    assert not (market.app.config["MARKETPLACE"].index_folder).exists(), "a page builds no index"
    assert json.loads(market.client.get("/suc-khoe").text) == {"database": "ok", "index": "away", "documents": None}
    assert market.client.get("/suc-khoe").status_code == 503
    assert read(market.client, "/nguon").status == 200
