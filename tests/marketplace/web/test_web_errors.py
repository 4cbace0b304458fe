"""Errors, headers, files, and the CSV writer's own guard."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from typing import NoReturn

import pytest
from flask import abort
from flask.testing import FlaskClient

from marketplace.db import Base, db
from marketplace.web import twins
from marketplace.web.icons import SYMBOLS
from tests.marketplace.web.catalogue import Ids
from tests.marketplace.web.conftest import Market
from tests.marketplace.web.reading import read
from tests.marketplace.web.test_web_pages import addresses


def test_a_missing_page_offers_a_search(client: FlaskClient) -> None:
    page = read(client, "/mot-trang-khong-co")
    assert page.status == 404
    assert "Không có trang này. Tin có thể đã được gỡ." in page.text
    assert page.html.select_one("form[role=search][action='/tim']") is not None


def test_a_page_takes_no_posts(client: FlaskClient) -> None:
    answer = client.post("/tim")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "Trang này chỉ để xem" in answer.get_data(as_text=True)


def test_a_fault_gives_a_code_to_quote_and_nothing_else(
    another: Callable[..., Market], caplog: pytest.LogCaptureFixture
) -> None:
    market = another(filled=False, indexed=False)

    def fail() -> NoReturn:
        raise RuntimeError("secret detail")

    market.app.add_url_rule("/hong", "fail", fail)
    market.app.add_url_rule("/hong.json", "fail_json", fail)
    page = read(market.client, "/hong")
    assert page.status == 500
    assert "secret detail" not in page.source
    code = re.search(r"Mã lỗi: ([0-9A-F]{4}-[0-9A-F]{4})", page.text)
    assert code is not None
    assert code[1] in caplog.text
    assert "secret detail" in caplog.text
    data = json.loads(market.client.get("/hong.json").text)
    assert data["error"] == "Trang này đang lỗi"
    assert re.fullmatch(r"[0-9A-F]{4}-[0-9A-F]{4}", data["code"])


def test_a_page_taken_down_says_so_without_a_reason(another: Callable[..., Market]) -> None:
    market = another(filled=False, indexed=False)
    market.app.add_url_rule("/da-go", "taken_down", lambda: abort(410))
    page = read(market.client, "/da-go")
    assert page.status == 410
    assert "Tin đã được gỡ theo yêu cầu" in page.text


def test_an_error_page_needs_no_database(another: Callable[..., Market]) -> None:
    market = another(filled=False, indexed=False)
    with market.app.app_context():
        Base.metadata.drop_all(db.engine)
    assert read(market.client, "/").status == 500
    assert read(market.client, "/khong-co").status == 404
    health = market.client.get("/suc-khoe")
    assert health.status_code == 503
    assert json.loads(health.text)["database"] != "ok"


def test_health(client: FlaskClient) -> None:
    answer = client.get("/suc-khoe")
    assert answer.status_code == 200
    assert json.loads(answer.text) == {"database": "ok", "index": "ok", "documents": 45}


def test_every_answer_carries_the_security_headers_and_no_cookie(client: FlaskClient, ids: Ids) -> None:
    for address in [*addresses(ids), "/tim.json", "/suc-khoe", "/static/theme.css"]:
        answer = client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "script-src 'self';" in policy
        assert "connect-src 'self';" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["X-Robots-Tag"] == "noindex", "invented data is kept out of search engines"
        assert "Set-Cookie" not in answer.headers, address
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "Strict-Transport-Security" in client.get("/", base_url="https://example.vn").headers


def test_pages_are_compressed_for_browsers_that_read_it(client: FlaskClient) -> None:
    plain = client.get("/tim")
    packed = client.get("/tim", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < 12_000
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in client.get("/tim", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_linked_files_are_cached_for_a_year_under_a_hashed_address(client: FlaskClient) -> None:
    page = read(client, "/")
    files = [str(link["href"]) for link in page.html.select("link[href]")]
    assert len(files) == 3
    sizes = 0
    for address in files:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "immutable" in answer.headers["Cache-Control"]
        sizes += len(answer.data)
        again = client.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert sizes < 60_000
    assert client.get("/static/theme.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/theme.css?v=old").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/../config.py").status_code == 404


def test_the_heading_font_is_served_but_not_to_those_who_save_data(client: FlaskClient) -> None:
    sheet = next(str(link["href"]) for link in read(client, "/").html.select("link[href*=theme]"))
    found = re.search(r'url\("(be-vietnam-pro-600\.ttf\?v=[0-9a-f]+)"\)', client.get(sheet).text)
    assert found is not None
    font = client.get(f"/static/{found[1]}")
    assert font.mimetype == "font/ttf"
    assert font.data[:4] in (b"\x00\x01\x00\x00", b"OTTO")
    saving = client.get("/", headers={"Save-Data": "on"}).text
    assert "theme-plain.css" in saving
    assert "be-vietnam" not in client.get("/static/theme-plain.css").text
    assert "Save-Data" in client.get("/").headers["Vary"]


def test_every_icon_a_page_uses_is_in_the_icon_file(client: FlaskClient, ids: Ids) -> None:
    file = client.get("/static/icons.svg").text
    there = set(re.findall(r'<symbol id="([^"]+)"', file))
    used = set()
    for address in addresses(ids):
        used |= set(re.findall(r"icons\.svg\?v=[0-9a-f]+#([\w-]+)", read(client, address).source))
    assert used <= there
    assert {f"i-{name}" for name in SYMBOLS} <= there
    assert len(file) < 20_000


@pytest.mark.parametrize("text", ["=1+1", "+84", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_csv_cell_never_starts_a_formula(text: str) -> None:
    line = twins.as_csv("x", ["a"], [[text]]).get_data(as_text=True)
    assert f"'{text}" in line


def test_numbers_in_a_csv_stay_numbers() -> None:
    assert twins.as_csv("x", ["a", "b", "c"], [[-5, 0.5, None]]).get_data(as_text=True).endswith("-5,0.5,\r\n")
