"""Redirects are followed within the site; a site that has moved is told, not followed."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
import responses
from loopback_site import PAGE, NewClient, Site, names, raw, redirect, refused, reply

from connectors.client import PoliteClient, Validators


def test_redirects_within_the_site(site: Site, client: PoliteClient) -> None:
    site.routes["/a"] = redirect("/b", 301)
    site.routes["/b"] = redirect("c", 302)
    site.routes["/c"] = redirect(f"{site.url}/d", 303)
    site.routes["/d"] = redirect("?q=1", 307)
    site.routes["/d?q=1"] = redirect("/cho-%C4%91%C3%A0o#gia", 308)
    site.routes["/cho-%C4%91%C3%A0o"] = reply(PAGE)
    got = client.get(f"{site.url}/a")
    assert (got.url, got.body) == (f"{site.url}/cho-%C4%91%C3%A0o", PAGE)


def test_a_redirect_with_plain_utf8(site: Site, client: PoliteClient) -> None:
    site.routes["/"] = raw("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /gạo\r\n\r\n".encode())
    site.routes["/g%E1%BA%A1o"] = reply(PAGE)
    assert client.get(f"{site.url}/").url == f"{site.url}/g%E1%BA%A1o"


def test_conditions_are_kept_over_a_redirect(site: Site, client: PoliteClient) -> None:
    site.routes["/a"] = redirect("/b")
    site.routes["/b"] = reply(b"", status=304)
    assert client.get(f"{site.url}/a", validators=Validators(etag='"v1"')).status == 304
    assert site.asked[-1].headers["If-None-Match"] == '"v1"'


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_circle_of_redirects(site: Site, client: PoliteClient, length: int) -> None:
    for i in range(length):
        site.routes[f"/{i}"] = redirect(f"/{(i + 1) % length}")
    error = refused(client, f"{site.url}/0")
    assert (error.code, error.stop) == ("redirect_loop", False)
    assert len(site.paths) == length


def test_more_than_five_redirects(site: Site, client: PoliteClient) -> None:
    for i in range(20):
        site.routes[f"/{i}"] = redirect(f"/{i + 1}")
    assert refused(client, f"{site.url}/0").code == "redirect_loop"
    assert site.paths == [f"/{i}" for i in range(6)]


def test_a_redirect_without_end_is_not_read_to_the_end(site: Site, client: PoliteClient) -> None:
    site.routes["/"] = raw(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n", b"x" * 10_000, endless=True)
    site.routes["/b"] = reply(PAGE)
    assert client.get(f"{site.url}/").body == PAGE


@pytest.mark.parametrize("to", ["", "ftp://cho.example.vn/", "javascript:void(0)", "http://[", "http://a:b@127.0.0.1/"])
def test_a_redirect_to_nowhere(site: Site, client: PoliteClient, to: str) -> None:
    site.routes["/"] = redirect(to)
    assert refused(client, f"{site.url}/").code == "http_error"


def test_a_redirect_to_another_host_is_told_and_not_followed(
    site: Site, client: PoliteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = names(monkeypatch)
    site.routes["/"] = redirect("https://cho-moi.example.vn/trang-chu")
    error = refused(client, f"{site.url}/")
    assert (error.code, error.status, error.stop) == ("moved", 302, True)
    assert "cho-moi.example.vn" in error.detail
    assert asked == []


def test_another_port_is_another_site_unless_told(site: Site, other_site: Site, new_client: NewClient) -> None:
    site.routes["/"] = redirect(f"{other_site.url}/")
    other_site.routes["/"] = reply(PAGE)
    assert refused(new_client(), f"{site.url}/").code == "moved"
    assert other_site.asked == []
    client = new_client(hosts=[other_site.address])
    assert client.get(f"{site.url}/").url == f"{other_site.url}/"


@pytest.mark.parametrize(
    ("start", "to", "hosts"),
    [
        ("http://cho.example.vn/", "https://cho.example.vn/", ()),
        ("http://cho.example.vn/", "https://www.cho.example.vn/", ()),
        ("http://cho.example.vn:80/", "https://cho.example.vn/", ()),
        ("https://www.cho.example.vn/", "https://cho.example.vn/", ()),
        ("https://cho.example.vn/", "https://CHO.example.vn:443/a", ()),
        ("https://cho.example.vn/", "https://www.nongsan.example.vn/", ("nongsan.example.vn",)),
        ("https://cho.example.vn/", "https://nongsan.example.vn/", ("www.NongSan.example.vn",)),
    ],
)
def test_hosts_of_the_same_site(new_client: NewClient, start: str, to: str, hosts: tuple[str, ...]) -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as web:
        for origin in (start, to):
            web.get(urljoin(origin, "/robots.txt"), status=404)
        web.get(start, status=301, headers={"Location": to})
        web.get(to, body=PAGE)
        assert new_client(hosts=hosts).get(start).body == PAGE


@pytest.mark.parametrize(
    "to",
    ["https://vn/", "https://xcho.example.vn/", "https://cho.example.vn.example.com/", "https://m.cho.example.vn/"],
)
def test_hosts_that_only_look_like_the_site(client: PoliteClient, to: str) -> None:
    with responses.RequestsMock() as web:
        web.get("https://cho.example.vn/robots.txt", status=404)
        web.get("https://cho.example.vn/", status=301, headers={"Location": to})
        assert refused(client, "https://cho.example.vn/").code == "moved"
