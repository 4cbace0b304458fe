"""What is asked, and what comes back."""

from __future__ import annotations

import gzip
import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback_site import HEAD, NOW, PAGE, USER_AGENT, Handler, NewClient, Site, raw, redirect, refused, reply

from connectors.client import Fetched, PoliteClient, Validators


def test_a_page(site: Site, client: PoliteClient) -> None:
    site.routes["/san-pham?q=g%E1%BA%A1o"] = reply(PAGE, ETag='"v1"')
    got = client.get(f"{site.url}/san-pham?q=gạo#gia")
    assert got == Fetched(f"{site.url}/san-pham?q=g%E1%BA%A1o", 200, got.headers, PAGE, NOW)
    assert got.headers["content-type"] == "text/html"
    assert got.headers["etag"] == '"v1"'


def test_the_request_says_who_asks_and_for_what(site: Site, client: PoliteClient) -> None:
    site.routes["/a.json"] = reply(b"{}", content_type="application/json")
    client.get(f"{site.url}/a.json", accept="application/json")
    for asked in site.asked:
        assert asked.headers["User-Agent"] == USER_AGENT
        assert asked.headers["Accept-Encoding"] == "gzip, deflate"
    assert [asked.headers["Accept"] for asked in site.asked] == ["text/plain", "application/json"]


def test_an_unchanged_page_is_not_sent_again(site: Site, client: PoliteClient) -> None:
    def page(handler: Handler) -> None:
        old = handler.headers["If-None-Match"] == '"v1"' and handler.headers["If-Modified-Since"] == "then"
        reply(b"" if old else PAGE, status=304 if old else 200, ETag='"v1"')(handler)

    site.routes["/"] = page
    assert client.get(f"{site.url}/").body == PAGE
    got = client.get(f"{site.url}/", validators=Validators(etag='"v1"', last_modified="then"))
    assert (got.status, got.body, got.headers["etag"]) == (304, b"", '"v1"')


def test_not_modified_is_no_answer_to_a_plain_request(site: Site, client: PoliteClient) -> None:
    site.routes["/"] = reply(b"", status=304)
    assert refused(client, f"{site.url}/").code == "http_error"
    assert refused(client, f"{site.url}/", validators=Validators()).code == "http_error"


def test_repeated_headers_are_joined_and_no_cookie_is_kept(site: Site, client: PoliteClient) -> None:
    page = HEAD + b"Set-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\nContent-Length: 2\r\n\r\nok"
    site.routes["/"] = raw(page)
    assert client.get(f"{site.url}/").headers["set-cookie"] == "a=1, b=2; Path=/"
    client.get(f"{site.url}/")
    assert all("Cookie" not in asked.headers for asked in site.asked)


def test_proxies_of_the_environment_are_not_used(
    site: Site, client: PoliteClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.routes["/"] = reply(PAGE)
    assert client.get(f"{site.url}/").body == PAGE


def test_one_connection_serves_answers_of_every_kind(site: Site, client: PoliteClient) -> None:
    site.routes["/"] = reply(PAGE)
    site.routes["/gzip"] = reply(gzip.compress(PAGE), Content_Encoding="gzip")
    site.routes["/old"] = redirect("/")
    site.routes["/same"] = reply(b"", status=304)
    chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nGao \r\n5\r\nngon.\r\n0\r\n\r\n"
    site.routes["/chunks"] = raw(chunks, keep_alive=True)
    client.get(f"{site.url}/gzip")
    refused(client, f"{site.url}/missing")
    client.get(f"{site.url}/old")
    client.get(f"{site.url}/same", validators=Validators(etag='"v1"'))
    assert client.get(f"{site.url}/chunks").body == b"Gao ngon."
    client.get(f"{site.url}/")
    assert len(site.asked) == 8
    assert len(site.peers) == 1


def test_close_hangs_up(site: Site, new_client: NewClient) -> None:
    with new_client() as client:
        error = refused(client, f"{site.url}/")
        assert not site.hung_up.is_set()
    assert site.hung_up.wait(5), "at once, although the error is still held and with it what led to it"
    assert error.__traceback__ is not None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cho.example.vn",
        "/san-pham",
        "//cho.example.vn/",
        "ftp://cho.example.vn/a",
        "file:///etc/passwd",
        "http://",
        "http:///a",
        "http://[::1/",
        "http://cho.example.vn:99999/",
        "http://ten:matkhau@cho.example.vn/",
    ],
)
def test_addresses_that_cannot_be_asked(client: PoliteClient, url: str) -> None:
    error = refused(client, url)
    assert (error.code, error.stop) == ("http_error", False)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30), st.sampled_from(["", "http://", "https://", "http://a.example.vn/", "http://["]))
def test_no_address_raises_anything_else(new_client: NewClient, noise: str, start: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lambda *_: [])  # nothing leaves the machine
        assert refused(new_client(attempts=1, allow_loopback=False), start + noise).code in {
            "http_error",
            "private_address",
        }


@pytest.mark.parametrize(
    "options",
    [
        {"user_agent": " "},
        {"user_agent": "Chợ/1.0"},
        {"user_agent": "Cho/1.0\r\nX: y"},
        {"delay_s": -1},
        {"attempts": 0},
        {"max_bytes": 0},
        {"read_timeout_s": 0},
        {"hosts": ["cho.example.vn:cong"]},
    ],
)
def test_arguments_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        PoliteClient(**{"user_agent": USER_AGENT, "delay_s": 1, **options})
