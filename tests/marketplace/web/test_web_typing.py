"""While typing, what was done to a query, and what a search without hits says."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalogue import misses
from marketplace.catalogue.models import SearchMiss
from marketplace.db import db
from marketplace.web import finding
from search_index.documents import Change, FacetCount, Query, Results
from tests.marketplace.web.catalogue import PHONE, VS
from tests.marketplace.web.conftest import Market
from tests.marketplace.web.reading import read


def offered(client: FlaskClient, text: str, **more: str) -> list[dict[str, str]]:
    answer = client.get("/goi-y", query_string={"q": text, **more})
    assert answer.status_code == 200
    found: list[dict[str, str]] = json.loads(answer.text)["suggestions"]
    return found


def status(client: FlaskClient, address: str) -> str:
    found = read(client, address).html.select_one("[role=status]")
    assert found is not None
    return " ".join(found.get_text(" ").split())


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the index say something of its query; hits are as told by `totals`, by the text asked for."""

    def answer(totals: dict[str, int], **said: object) -> None:
        def search(_finder: object, query: Query) -> Results:
            total = totals.get(query.text, 0)
            facets = {name: (FacetCount("listing", total),) if name == "kind" else () for name in query.facets}
            return Results(total=total, facets=facets, **said)  # type: ignore[arg-type]  # named by the test

        monkeypatch.setattr(finding.Finder, "search", search)

    return answer


def test_products_sellers_and_places_are_offered_with_where_they_lead(client: FlaskClient) -> None:
    lines = [*offered(client, "thanh long"), *offered(client, "chau thanh")]
    by_text = {line["text"]: line for line in lines}
    assert by_text["thanh long ruột đỏ"]["kind"] == "product"
    assert by_text["HTX Thanh long Dương Xuân Xanh"]["label"] == "Người bán trên nongsanantoanlongan.vn"
    assert by_text["huyện Châu Thành cũ"]["label"].startswith("Địa điểm · ")
    for line in lines:
        assert client.get(line["url"]).status_code == 200, line
        assert line["kind"] in ("product", "seller", "place")


def test_suggestions_are_small_short_lived_and_leave_no_trace(
    client: FlaskClient, statements: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = client.get("/goi-y?q=gao+nang")
    assert len(answer.data) < 2_000
    assert answer.mimetype == "application/json"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/goi-y?q=gao+nang", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert statements == [], "the index answers alone"
    assert "nang" not in caplog.text


def test_nothing_is_offered_for_next_to_nothing_and_bad_questions_are_refused(client: FlaskClient) -> None:
    assert offered(client, "") == offered(client, "g") == offered(client, "???") == []
    assert client.get("/goi-y", query_string={"q": "a" * 201}).status_code == 400
    assert client.get("/goi-y?q=gao&loai=tin").status_code == 400


def test_no_contact_is_offered(client: FlaskClient) -> None:
    for text in ("chanh", "0912", PHONE, "không hạt"):
        assert PHONE not in client.get("/goi-y", query_string={"q": text}).text


def test_the_list_of_sellers_offers_sellers_and_places_with_sellers(client: FlaskClient) -> None:
    page = read(client, "/nguoi-ban")
    box = page.html.select_one("input[type=search]")
    assert box is not None
    assert box["data-suggest"] == "/goi-y?loai=nguoi-ban&q="
    lines = [*offered(client, "thanh long", loai="nguoi-ban"), *offered(client, "châu thành", loai="nguoi-ban")]
    assert {line["kind"] for line in lines} == {"seller", "place"}
    assert {line["url"] for line in lines if line["kind"] == "place"} == {"/nguoi-ban?huyen=808"}


def test_without_an_index_nothing_is_offered_and_that_is_no_empty_answer(another: Callable[..., Market]) -> None:
    answer = another(indexed=False).client.get("/goi-y?q=gao")
    assert answer.status_code == 503
    assert json.loads(answer.text)["suggestions"] == []


def test_half_a_word_finds_only_while_somebody_types(client: FlaskClient) -> None:
    assert "Thanh long ruột đỏ loại 1" in read(client, "/tim?q=thanh+lo&go=1&loai=san-pham").text
    assert "Thanh long ruột đỏ loại 1" not in read(client, "/tim?q=thanh+lo&loai=san-pham&dung=1").text


def test_what_is_shown_while_somebody_types_is_what_every_link_of_the_page_leads_to(client: FlaskClient) -> None:
    address = "/tim?q=thanh+lo&loai=san-pham&go=1"
    page = read(client, address)
    total = json.loads(client.get(address.replace("/tim?", "/tim.json?")).text)["total"]
    assert total > 20
    assert f"{total} sản phẩm" in page.text
    assert client.get(address.replace("/tim?", "/tim.csv?")).text.count("\nSản phẩm,") == total
    links = [str(link["href"]) for link in page.html.select(".facets a, .pager a, .chips a, p a[href*='/tim.']")]
    assert len(links) > 10
    assert [link for link in links if "go=1" not in link] == []
    assert page.html.select_one(".stack form input[name=go][value='1']"), "another order, the same hits"
    assert read(client, f"{address}&trang=2").status == 200


def test_what_is_sent_off_or_asked_for_in_other_words_is_read_anew(
    client: FlaskClient, answering: Callable[..., None]
) -> None:
    answering({"gaoj n": 3, "gạo": 2}, read_as="gạo n", spellings=("gạo no",))
    for reading in ("go=1", "dung=1"):
        page = read(client, f"/tim?q=gaoj+n&san=voso&{reading}")
        names = [field["name"] for field in page.html.select("form[role=search] input")]
        assert names == ["q", "san"], reading
    said = {link.get_text(): str(link["href"]) for link in read(client, "/tim?q=gaoj+n&go=1").html.select(".mb-3 p a")}
    assert said["Tìm đúng chữ đã gõ"] == "/tim?q=gaoj+n&dung=1"
    assert said["gạo no"] == "/tim?q=g%E1%BA%A1o+no"
    empty = read(client, "/tim?q=gạo+xyz&go=1").html.select_one(".empty")
    assert empty is not None
    assert {str(link["href"]) for link in empty.select("p a[href^='/tim?']")} == {
        "/tim?q=g%E1%BA%A1o+no",
        "/tim?q=g%E1%BA%A1o+n",
    }


def test_what_was_read_into_a_query_is_said_and_can_be_undone(
    client: FlaskClient, answering: Callable[..., None]
) -> None:
    changes = (Change("keyboard", "gaoj", ("gạo",)), Change("synonym", "heo", ("lợn", "<b>")))
    answering({"gaoj": 3}, read_as="gạo", changes=changes, spellings=("gáo", "gào"))
    page = read(client, "/tim?q=gaoj&san=voso")
    said = page.html.select_one("[role=status]")
    assert said is not None
    text = " ".join(said.get_text(" ").split())
    assert "Hiển thị kết quả cho gạo ." in text
    assert "Tìm cả tên gọi khác: lợn, <b>." in text
    assert "Ý bạn là gáo hay gào ?" in text
    links = {link.get_text(): str(link["href"]) for link in said.select("a")}
    assert links["Tìm đúng chữ đã gõ"] == "/tim?q=gaoj&san=voso&dung=1"
    assert links["gáo"] == "/tim?q=g%C3%A1o&san=voso"
    assert said.select_one("em") is not None
    assert said.select_one("b") is None


def test_a_plain_query_gets_a_plain_sentence(client: FlaskClient) -> None:
    assert status(client, "/tim?q=gạo+nàng+thơm&loai=san-pham") == "6 sản phẩm khớp từ khoá và bộ lọc."
    assert status(client, "/tim?q=gao&dung=1").endswith("Tìm cả chữ khác dấu và tên gọi khác .")


def test_nothing_found_offers_spellings_fewer_words_and_a_way_to_ask_for_it(
    client: FlaskClient, answering: Callable[..., None]
) -> None:
    answering({"sầu riêng": 4, "riêng xyz": 1, "sầu xyz": 9}, spellings=("sầu riêng abc", "sầu xyz"))
    page = read(client, "/tim?q=sầu+riêng+xyz")
    empty = page.html.select_one(".empty")
    assert empty is not None
    text = " ".join(empty.get_text(" ").split())
    assert "Không có “sầu riêng xyz” trên các sàn đã nối" in text
    assert "Ý bạn là sầu riêng abc hay sầu xyz ?" in text
    assert "Tìm “sầu xyz”" not in text, "one link is enough"
    assert text.index("Tìm “sầu riêng” thì có 4 kết quả.") < text.index("Tìm “riêng xyz” thì có 1 kết quả.")
    link = empty.select_one("a.btn")
    assert link is not None
    assert link.get_text() == "Đăng nhu cầu mua “sầu riêng xyz”"
    board = read(client, str(link["href"]))
    assert board.status == 200
    assert "Bạn cần mua “sầu riêng xyz”" in board.text
    assert "chưa nhận tin đăng" in board.text
    assert "Đăng trên nongsanantoanlongan.vn" in board.text
    field = board.html.select_one("input[name=q]")
    assert field is not None
    assert field["value"] == "sầu riêng xyz"


def test_a_quoted_phrase_is_not_taken_apart(client: FlaskClient, answering: Callable[..., None]) -> None:
    answering({"xyz": 4, '"sầu': 4})
    empty = read(client, '/tim?q="sầu+riêng"+xyz').html.select_one(".empty")
    assert empty is not None
    assert "Tìm “" not in empty.get_text()


def test_searches_without_hits_are_counted_and_nothing_else(another: Callable[..., Market]) -> None:
    market = another()
    for address in (
        "/tim?q=S%E1%BA%A6U++ri%C3%AAng",
        "/tim?q=sầu+riêng",
        "/tim?q=sầu+riêng&san=voso",
        "/tim?q=sầu+riêng&dung=1",
        "/tim?q=sầu+riên&go=1",
        "/tim.json?q=sầu+riêng",
        "/nguoi-ban?q=sầu+riêng",
        "/goi-y?q=sầu+riêng",
        f"/tim?q=gọi+{PHONE}+riêng",
        "/tim?q=gạo",
        "/tim",
    ):
        assert market.client.get(address).status_code == 200, address
    with market.app.app_context():
        found = misses.top(db.session(), date(2026, 11, 23), 10)
    assert found == [misses.Miss("sầu riêng", 2, date(2026, 11, 23))]


def test_only_visitors_searches_are_counted(another: Callable[..., Market]) -> None:
    market = another()
    android = "Mozilla/5.0 (Linux; Android 12; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"
    for agent in (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; coccocbot-web/1.0)",
        "facebookexternalhit/1.1",
        "python-requests/2.31",
        "",
    ):
        market.client.get("/tim?q=sầu+riêng", headers={"User-Agent": agent})
    market.client.head("/tim?q=sầu+riêng", headers={"User-Agent": android})
    for name in ("Sec-Purpose", "Purpose"):
        market.client.get("/tim?q=sầu+riêng", headers={"User-Agent": android, name: "prefetch"})
    for _ in range(2):
        market.client.get("/tim?q=măng+cụt", headers={"User-Agent": android})
    with market.app.app_context():
        assert db.session.execute(select(SearchMiss.text, SearchMiss.count)).all() == [("măng cụt", 2)]


def test_a_page_is_whole_although_the_count_can_t_be_written(another: Callable[..., Market]) -> None:
    market = another()
    with market.app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE search_miss")
    assert f"Không có “sầu riêng {VS}”" in read(market.client, f"/tim?q=sầu+riêng+{VS}").text
