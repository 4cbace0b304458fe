"""Feeds as RFC 4287 wants them, the sitemap as sitemaps.org does, and robots.txt as search engines read it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib import robotparser

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import update

from marketplace.api import atom, sitemap
from marketplace.catalogue.models import Listing
from marketplace.db import db
from tests.marketplace.web.catalogue import EMAIL, PERSON_ID, PHONE, Ids
from tests.marketplace.web.conftest import Market

A = {"a": atom.NAMESPACE}
S = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def checked(body: bytes) -> etree._Element:
    """A feed that keeps the rules of RFC 4287, section 4.1."""
    root = etree.fromstring(body)
    assert root.tag == f"{{{atom.NAMESPACE}}}feed"
    ids = root.xpath("//a:id/text()", namespaces=A)
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}:\S+", one) for one in ids)
    for element in [root, *root.findall("a:entry", A)]:
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"a:{name}", A)) == 1, name
        assert len(element.xpath("a:link[@rel='alternate'][@type='text/html']", namespaces=A)) == 1
        for author in element.findall("a:author", A):
            assert author.findtext("a:name", namespaces=A)
        for name in ("updated", "published"):
            for moment in element.findall(f"a:{name}", A):
                assert RFC_3339.fullmatch(moment.text or "")
    assert len(root.xpath("a:link[@rel='self']", namespaces=A)) == 1
    for entry in root.findall("a:entry", A):
        assert entry.findall("a:author", A)
        assert len(entry.findall("a:summary", A)) == 1
    updated = root.xpath("a:entry/a:updated/text()", namespaces=A)
    assert updated == sorted(updated, reverse=True)
    assert all(link.startswith("http") for link in root.xpath("//a:link/@href", namespaces=A))
    return root


def titles(root: etree._Element) -> list[str]:
    found: list[str] = root.xpath("a:entry/a:title/text()", namespaces=A)
    return found


def test_the_feed_of_a_search_holds_what_its_page_holds(client: FlaskClient) -> None:
    address = "/tim.atom?q=g%E1%BA%A1o+n%C3%A0ng+th%C6%A1m&loai=san-pham&san=nongsanantoanlongan"
    response = client.get(address)
    assert response.mimetype == "application/atom+xml"
    root = checked(response.data)
    assert sorted(titles(root)) == [f"Gạo Nàng Thơm Chợ Đào {number}" for number in range(6)]
    entry = root.find("a:entry", A)
    assert entry is not None
    assert entry.findtext("a:author/a:name", namespaces=A) == "Hộ Lê Thị Mẫu"
    assert entry.findtext("a:summary", namespaces=A) == "26.000\u00a0₫/kg · Long An · nongsanantoanlongan.vn"
    assert entry.find("a:category", A).get("term") == "Lúa, gạo, ngũ cốc, hạt"
    alternate = root.xpath("string(a:link[@rel='alternate']/@href)", namespaces=A)
    page = client.get(alternate)
    assert page.status_code == 200
    link = BeautifulSoup(page.text, "lxml").find("link", rel="alternate", type="application/atom+xml")
    assert link
    assert root.xpath("string(a:link[@rel='self']/@href)", namespaces=A).endswith(str(link["href"]))


def test_the_newest_come_first_and_at_most_fifty(another: Callable[..., Market]) -> None:
    market = another()
    newest = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    with market.app.app_context():
        db.session.execute(update(Listing).where(Listing.id == market.ids.ownerless).values(changed_at=newest))
        db.session.commit()
    root = checked(market.client.get("/tim.atom?loai=san-pham").data)
    assert titles(root)[0] == "Mật ong tràm"
    assert root.findtext("a:updated", namespaces=A) == "2026-11-23T02:00:00Z"
    assert len(titles(root)) <= 50


def test_the_feed_of_the_board(client: FlaskClient, ids: Ids) -> None:
    root = checked(client.get("/can-mua-can-ban.atom?loai=mua").data)
    assert sorted(titles(root)) == ["Cần mua chanh không hạt loại 1", "Cần mua gạo Nàng Thơm"]
    assert {"2026-11-20T17:00:00Z", "2026-11-21T17:00:00Z"} == set(
        root.xpath("a:entry/a:published/text()", namespaces=A)
    )
    assert f"/request/{ids.buy}" not in client.get("/can-mua-can-ban.atom?loai=ban").text
    expired = checked(client.get("/can-mua-can-ban.atom?tinh-trang=het-han").data)
    assert titles(expired) == ["Cần mua khoai mỡ"]
    head = BeautifulSoup(client.get("/can-mua-can-ban?loai=ban").text, "lxml")
    link = head.find("link", rel="alternate", type="application/atom+xml")
    assert link
    assert link["href"] == "/can-mua-can-ban.atom?loai=ban"


def test_an_empty_feed_is_a_feed_and_stays_the_same(client: FlaskClient) -> None:
    first = client.get("/tim.atom?q=khongcogicadau")
    assert titles(checked(first.data)) == []
    again = client.get("/tim.atom?q=khongcogicadau", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_feed_refuses_what_its_page_refuses(client: FlaskClient, another: Callable[..., Market]) -> None:
    assert client.get("/tim.atom?san=khong-co").status_code == 400
    assert client.get("/can-mua-can-ban.atom?loai=x").status_code == 400
    assert another(indexed=False).client.get("/tim.atom").status_code == 503


def test_feeds_hold_no_contact(client: FlaskClient) -> None:
    for address in ("/tim.atom", "/tim.atom?q=chanh", "/tim.atom?q=nep", "/can-mua-can-ban.atom"):
        body = client.get(address).text
        for secret in (PHONE, EMAIL, PERSON_ID, "Trần Thị Mẫu", "Nguyễn Văn Mẫu"):
            assert secret not in body, (address, secret)


def test_feeds_are_sent_compressed(client: FlaskClient) -> None:
    response = client.get("/tim.atom", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    checked(gzip.decompress(response.data))


@settings(deadline=None)
@given(st.text())
def test_any_title_can_stand_in_a_feed(title: str) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    entry = atom.Entry(
        id="tag:example.vn,2026:listing/1",
        title=title,
        link="https://example.vn/1",
        published=at,
        updated=at,
        author=title,
        summary=title,
        category=title,
    )
    feed = atom.Feed(
        id="tag:example.vn,2026:/",
        title=title,
        subtitle=title,
        link="https://example.vn/",
        link_self="https://example.vn/f",
        author="Ví dụ",
        updated=at,
        entries=[entry],
    )
    root = etree.fromstring(atom.write(feed))
    told = root.findtext("a:entry/a:title", namespaces=A) or ""
    kept = [sign for sign in title if sign in "\t\n\r" or ord(sign) >= 0x20]
    assert len(told) <= len(kept)
    if title.isprintable():
        assert told == title


def addresses(client: FlaskClient, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "application/xml"
    found: list[str] = etree.fromstring(response.data).xpath("//s:loc/text()", namespaces=S)
    return found


def walked(client: FlaskClient) -> list[str]:
    return [page for part in addresses(client, "/sitemap.xml") for page in addresses(client, part)]


def test_the_sitemap_names_every_visible_record_and_every_address_answers(client: FlaskClient, ids: Ids) -> None:
    found = walked(client)
    assert len(found) == len(set(found))
    for address in found:
        assert client.get(address).status_code == 200, address
    for kind in ("listings", "sellers", "requests"):
        listed = client.get(f"/api/v1/{kind}?limit=200").json["items"]
        wanted = {item["url"] for item in listed if item["id"] != ids.expired or kind != "requests"}
        assert wanted <= set(found)
    for gone in (f"/san-pham/{ids.gone}-", f"/nguoi-ban/{ids.gone_seller}-", f"/can-mua-can-ban/{ids.gone_request}"):
        assert not [address for address in found if f"localhost{gone}" in address]
    assert not [address for address in found if address.endswith(f"/can-mua-can-ban/{ids.expired}")]
    assert "http://localhost/so-lieu" in found
    body = client.get("/sitemap-listing-1.xml").data
    moments = etree.fromstring(body).xpath("//s:lastmod/text()", namespaces=S)
    assert moments
    assert all(RFC_3339.fullmatch(moment) for moment in moments)


def test_parts_are_blocks_of_ids_read_in_batches(
    client: FlaskClient, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = walked(client)
    monkeypatch.setattr(sitemap, "BLOCK", 10)
    monkeypatch.setattr(sitemap, "_BATCH", 4)
    parts = addresses(client, "/sitemap.xml")
    assert sum("sitemap-listing-" in part for part in parts) > 3
    assert walked(client) == whole
    statements.clear()
    assert len(addresses(client, "/sitemap-listing-1.xml")) == 10
    assert len(statements) == 4  # the corrections, and ten rows by fours
    assert addresses(client, "/sitemap-listing-99999.xml") == []
    assert client.get("/sitemap-listing-0.xml").status_code == 404
    assert client.get("/sitemap-user-1.xml").status_code == 404


def robots(client: FlaskClient) -> robotparser.RobotFileParser:
    parser = robotparser.RobotFileParser()
    response = client.get("/robots.txt")
    assert response.mimetype == "text/plain"
    parser.parse(response.text.splitlines())
    return parser


def test_invented_data_is_for_no_search_engine(client: FlaskClient) -> None:
    told = robots(client)
    assert not told.can_fetch("anybot", "http://localhost/")
    assert not told.can_fetch("anybot", "http://localhost/san-pham/1")
    assert told.site_maps() is None


def test_true_pages_may_be_read_but_not_every_way_of_filtering(another: Callable[..., Market]) -> None:
    client = another(mode="live").client
    text = client.get("/robots.txt").text
    told = robots(client)
    for path in ("/", "/san-pham/1-gao", "/nguoi-ban", "/tim?q=gao", "/can-mua-can-ban?loai=ban", "/api/v1/listings"):
        assert told.can_fetch("anybot", f"http://localhost{path}"), path
    for path in ("/goi-y?q=ga", "/can-bo/nhap-tep", "/quan-tri/nhat-ky"):
        assert not told.can_fetch("anybot", f"http://localhost{path}"), path
    # Python's parser takes no wildcards, which search engines do (RFC 9309): the rules are matched here.
    rules = [
        re.compile(re.escape(line.partition(": ")[2]).replace(r"\*", ".*"))
        for line in text.splitlines()
        if line.startswith("Disallow")
    ]
    for query in ("san=voso", "q=gao&huyen=808", "q=gao&trang=2", "xep=gia", "dung=1&q=gao", "q=ga&go=1"):
        assert any(rule.match(f"/tim?{query}") for rule in rules), query
    assert any(rule.match("/nguoi-ban?san=voso") for rule in rules)
    for path in ("/tim.csv", "/tim.json?q=gao", "/nguoi-ban.csv?q=gao", "/nguoi-ban.json"):
        assert any(rule.match(path) for rule in rules), path
    for path in (
        "/tim",
        "/tim?q=gao",
        "/tim.atom?q=gao",
        "/can-mua-can-ban.atom",
        "/nguoi-ban",
        "/nguoi-ban/1-htx",
        "/san-pham/1",
    ):
        assert not any(rule.match(path) for rule in rules), path
    assert told.site_maps() == ["http://localhost/sitemap.xml"]
