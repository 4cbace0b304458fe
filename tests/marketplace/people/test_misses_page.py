"""The officers' list of what was searched for in vain."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import Engine

from marketplace.catalogue import misses
from marketplace.db import now
from marketplace.web import finding
from marketplace.web.formats import day, today
from search_index.documents import Query, Results
from tests.marketplace.people.people import sign_in

PAGE = "/can-bo/tim-khong-ra"


def rows(client: FlaskClient, address: str) -> list[list[str]]:
    page = BeautifulSoup(client.get(address).get_data(as_text=True), "lxml")
    return [[cell.get_text(strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")]


def count(engine: Engine, text: str, times: int, days_ago: int) -> None:
    for _ in range(times):
        misses.count(engine, text, today(now()) - timedelta(days=days_ago))


def test_officers_see_what_is_missed_most_in_a_period(client: FlaskClient, engine: Engine) -> None:
    count(engine, "măng cụt", 2, 0)
    count(engine, "sầu riêng <b>", 2, 3)
    count(engine, "sầu riêng <b>", 2, 20)
    count(engine, "vải thiều", 9, 60)
    sign_in(client)
    on = {ago: day(today(now()) - timedelta(days=ago)) for ago in (0, 3, 60)}
    assert rows(client, PAGE) == [["sầu riêng <b>", "4", on[3]], ["măng cụt", "2", on[0]]]
    assert rows(client, f"{PAGE}?ngay=7") == [["măng cụt", "2", on[0]], ["sầu riêng <b>", "2", on[3]]]
    assert rows(client, f"{PAGE}?ngay=90")[0] == ["vải thiều", "9", on[60]]


def test_what_was_searched_for_once_is_shown_to_nobody(client: FlaskClient, engine: Engine) -> None:
    count(engine, "Ngô Thị Ví Dụ", 1, 0)
    sign_in(client)
    for address in (PAGE, f"{PAGE}.csv"):
        assert "ngô thị" not in client.get(address).text
    assert "Chỉ hiện từ khoá đã tìm ít nhất hai lần." in client.get(PAGE).text


def test_an_officer_s_own_searches_are_not_counted(
    client: FlaskClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_finder: object, query: Query) -> Results:
        return Results(total=0, facets=dict.fromkeys(query.facets, ()))

    monkeypatch.setattr(finding.Finder, "search", nothing)
    client.get("/tim?q=măng+cụt")
    count(engine, "măng cụt", 1, 0)
    sign_in(client)
    assert "Không có “măng cụt”" in client.get("/tim?q=măng+cụt").text
    assert rows(client, PAGE) == [["măng cụt", "2", day(today(now()))]]


def test_the_csv_twin_is_the_same_list(client: FlaskClient, engine: Engine) -> None:
    count(engine, "=măng cụt", 2, 0)
    sign_in(client)
    answer = client.get(f"{PAGE}.csv?ngay=7")
    found = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert found == [["Từ khoá", "Số lần", "Lần cuối"], ["'=măng cụt", "2", today(now()).isoformat()]]
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_empty_period_says_so_and_an_unknown_one_is_refused(client: FlaskClient) -> None:
    sign_in(client)
    assert "Không có từ khoá nào tìm không ra trong 30 ngày qua" in client.get(PAGE).text
    assert client.get(f"{PAGE}?ngay=8").status_code == 400
    assert client.get(f"{PAGE}.csv?ngay=x").status_code == 400


def test_nobody_else_sees_it(client: FlaskClient) -> None:
    for address in (PAGE, f"{PAGE}.csv"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/dang-nhap?")
