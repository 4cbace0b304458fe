"""How the interface answers: refusals in one form, nothing sent twice, readable from any site."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import TestResponse

from marketplace.api import problems, reads
from marketplace.api.openapi import document
from marketplace.api.views import OPERATIONS
from tests.marketplace.web.conftest import Market

API = "/api/v1"


def refused(response: TestResponse, status: int, kind: str) -> dict[str, Any]:
    """The problem of an answer, checked for what every problem has."""
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"
    told: dict[str, Any] = response.json
    assert told["type"] == f"/api#{kind}"
    assert told["status"] == status
    assert told["title"] == problems.KINDS[kind].title
    assert told["instance"] == response.request.path
    assert told["detail"].endswith(".")
    return told


@pytest.mark.parametrize(
    ("query", "parameter", "expected"),
    [
        ("limit=0", "limit", "a whole number from 1 to 200"),
        ("limit=201", "limit", "a whole number from 1 to 200"),
        ("limit=ten", "limit", "a whole number from 1 to 200"),
        ("limit=%D9%A1", "limit", "a whole number from 1 to 200"),
        ("limit=1&limit=2", "limit", "more than once"),
        ("source=shopee", "source", "one of cooplink, longantrade, nongsanantoanlongan, postmart, voso"),
        ("district=1", "district", "one of 794, 795"),
        ("seller=0", "seller", "from 1 to 2147483647"),
        ("changed_since=2026-11-23", "changed_since", "ISO 8601"),
        ("changed_since=2026-11-23T00:00:00", "changed_since", "ISO 8601"),
        ("changed_since=2026-11-23T00:00:00+07:00", "changed_since", "%2B07:00"),
        ("changed_since=0", "changed_since", "ISO 8601"),
        ("cursor=abc", "cursor", "“next”"),
        ("cursor=", "cursor", "“next”"),
    ],
)
def test_a_value_that_can_not_be_is_refused(client: FlaskClient, query: str, parameter: str, expected: str) -> None:
    problem = refused(client.get(f"{API}/listings?{query}"), 400, "bad-parameter")
    assert problem["parameter"] == parameter
    assert expected in problem["detail"]


def test_a_parameter_nobody_knows_is_refused(client: FlaskClient) -> None:
    problem = refused(client.get(f"{API}/listings?distrct=808"), 400, "unknown-parameter")
    assert problem["parameter"] == "distrct"
    assert "district" in problem["detail"]
    assert "takes: none" in refused(client.get(f"{API}/sources?x=1"), 400, "unknown-parameter")["detail"]


@pytest.mark.parametrize(
    "path",
    ["/api/", "/api/v2/listings", f"{API}/listings/", f"{API}/listings/0", f"{API}/listings/x", f"{API}/listings/1.0"]
    + [f"{API}/{kind}/{id_}" for kind in ("listings", "sellers", "requests") for id_ in (999_999_999, 10**30)],
)
def test_what_is_not_there_is_said_in_json(client: FlaskClient, path: str) -> None:
    refused(client.get(path, headers={"Accept": "text/html"}), 404, "not-found")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_interface_only_reads(client: FlaskClient, method: str) -> None:
    response = getattr(client, method)(f"{API}/listings")
    refused(response, 405, "method-not-allowed")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_redirect_holds_no_html(client: FlaskClient) -> None:
    response = client.get("/api//v1/listings")
    assert response.status_code == 308
    assert response.data == b""
    assert "Content-Type" not in response.headers


def test_without_an_index_the_search_is_away_and_the_lists_are_not(another: Callable[..., Market]) -> None:
    client = another(indexed=False).client
    response = client.get(f"{API}/search?q=gao")
    refused(response, 503, "index-away")
    assert int(response.headers["Retry-After"]) > 0
    assert client.get(f"{API}/listings").status_code == 200


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (OperationalError("SELECT", {}, Exception("database is locked")), 503, "database-busy"),
        (KeyError("x"), 500, "internal"),
    ],
)
def test_a_fault_of_ours_has_a_code_and_tells_nothing_else(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, kind: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(reads, "listings", fail)
    response = client.get(f"{API}/listings")
    problem = refused(response, status, kind)
    assert len(problem["code"]) == 9
    assert "locked" not in response.text
    assert "KeyError" not in response.text
    assert ("Retry-After" in response.headers) == (status == 503)


def test_what_http_explains_itself_is_a_problem_too(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise TooManyRequests(retry_after=7)

    monkeypatch.setattr(reads, "listings", fail)
    response = client.get(f"{API}/listings")
    assert (response.status_code, response.mimetype) == (429, "application/problem+json")
    assert response.headers["Retry-After"] == "7"
    assert (response.json["type"], response.json["title"]) == ("about:blank", "Too Many Requests")


@pytest.mark.parametrize(
    "path", ["/listings", "/sellers?limit=3", "/search?q=gao", "/sources", "/stats", "/openapi.json"]
)
def test_nothing_is_sent_twice(client: FlaskClient, path: str) -> None:
    first = client.get(f"{API}{path}")
    assert first.headers["ETag"].startswith('W/"')
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(f"{API}{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"{API}{path}", headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_other_sites_may_read_it_without_anybodys_cookies(client: FlaskClient) -> None:
    asked = client.options(
        f"{API}/listings", headers={"Origin": "https://example.vn", "Access-Control-Request-Method": "GET"}
    )
    assert asked.status_code == 200
    assert asked.data == b""
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in asked.headers["Access-Control-Allow-Headers"]
    answer = client.get(f"{API}/listings", headers={"Origin": "https://example.vn"})
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Link" in answer.headers["Access-Control-Expose-Headers"]
    for response in (asked, answer):
        assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Access-Control-Allow-Origin" not in client.get("/tim.json").headers
    assert "Access-Control-Allow-Origin" not in client.get("/api").headers


def test_head_is_a_get_without_its_body(client: FlaskClient) -> None:
    get, head = client.get(f"{API}/listings"), client.head(f"{API}/listings")
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Link", "Content-Type", "Content-Length"):
        assert head.headers.get(name) == get.headers.get(name), name


def test_the_document_tells_every_route_and_every_parameter(market: Market) -> None:
    rules = {
        rule.rule.removeprefix(API)
        for rule in market.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and rule.endpoint != "api.document"
    }
    site = market.app.config["MARKETPLACE"].site
    told = document(site)
    assert told["openapi"] == "3.1.0"
    assert {rule.partition("<")[0] for rule in rules} == {path.partition("{")[0] for path in told["paths"]}
    for one in OPERATIONS.values():
        operation = told["paths"][one.path]["get"]
        in_query = {item["name"] for item in operation["parameters"] if item["in"] == "query"}
        assert in_query == set(one.asked.__struct_fields__)
        assert all(item["description"] for item in operation["parameters"])
        assert operation["summary"]
        in_path = [item["name"] for item in operation["parameters"] if item["in"] == "path"]
        assert in_path == (["id"] if one.by_id else [])


def test_every_shape_is_described(market: Market) -> None:
    schemas = document(market.app.config["MARKETPLACE"].site)["components"]["schemas"]
    assert {"Listing", "ListingDetail", "Seller", "Request", "Place", "Price", "Problem", "Found"} <= set(schemas)


def test_the_page_for_people_names_every_operation_parameter_and_problem(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/api").text, "lxml")
    text = page.get_text(" ")
    for one in OPERATIONS.values():
        assert one.path in text
        for name in one.asked.__struct_fields__:
            assert name in text, name
    for kind in problems.KINDS.values():
        assert page.find(id=kind.name), kind.name
    assert page.find("a", href="/api/v1/openapi.json")
    foot = BeautifulSoup(client.get("/").text, "lxml").find("footer")
    assert foot
    assert foot.find("a", href="/api")


def test_a_search_pages_over_its_hits(client: FlaskClient) -> None:
    whole = client.get(f"{API}/search?kind=listing&limit=200").json
    assert whole["total"] == len(whole["items"])
    found: list[int] = []
    following = f"{API}/search?kind=listing&limit=9"
    while following:
        page = client.get(following).json
        assert page["total"] == whole["total"]
        found += [hit["listing"]["id"] for hit in page["items"]]
        following = page["next"]
    assert found == [hit["listing"]["id"] for hit in whole["items"]]
    assert client.get(f"{API}/search?cursor=9999").json["items"] == []


def test_a_search_takes_several_values_and_counts(client: FlaskClient) -> None:
    told = client.get(f"{API}/search?kind=seller&kind=request&facet=kind&facet=group&facet=source").json
    assert {hit["kind"] for hit in told["items"]} == {"seller", "request"}
    counts = {one["value"]: one["count"] for one in told["facets"]["kind"]}
    assert counts["seller"] + counts["request"] == told["total"]
    assert counts["listing"] > 0  # a facet's counts ignore its own filter
    assert set(told["facets"]) == {"kind", "group", "source"}
    for hit in told["items"]:
        assert hit[hit["kind"]]["id"]
        assert [name for name in ("listing", "seller", "request") if hit[name]] == [hit["kind"]]
