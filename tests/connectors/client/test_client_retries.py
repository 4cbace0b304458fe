"""What is asked again, when, and what never is."""

from __future__ import annotations

import gzip
import socket
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback_site import HEAD, PAGE, NewClient, Route, Site, Time, in_turn, raw, refused, reply

from connectors.client import FetchError, PoliteClient


def test_a_server_error_is_tried_again_after_ever_longer_pauses(site: Site, client: PoliteClient, time: Time) -> None:
    failing = [reply(b"", status=status) for status in (500, 502, 503)]
    site.routes["/"] = in_turn(*failing, reply(PAGE))
    assert client.get(f"{site.url}/").body == PAGE
    assert time.slept == [1, 2, 4]


def test_giving_up(site: Site, client: PoliteClient, time: Time) -> None:
    site.routes["/"] = reply(b"", status=500)
    error = refused(client, f"{site.url}/")
    assert (error.code, error.status, error.stop) == ("server_error", 500, False)
    assert site.paths == ["/"] * 4
    assert len(time.slept) == 3, "no pause after the last attempt"


def test_pauses_are_spread_by_chance(site: Site, new_client: NewClient, time: Time) -> None:
    site.routes["/"] = reply(b"", status=500)
    refused(new_client(attempts=3, jitter=iter([0.0, 0.99]).__next__), f"{site.url}/")
    assert time.slept == [0.5, 2.98]


@pytest.mark.parametrize(
    ("retry_after", "slept"),
    [("7", 7), ("600", 600), ("Fri, 20 Nov 2026 08:30:30 GMT", 30), ("0", 1), ("soon", 1)],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(site: Site, client: PoliteClient, time: Time, status: int, retry_after: str, slept: float) -> None:
    site.routes["/"] = in_turn(reply(b"", status=status, Retry_After=retry_after), reply(PAGE))
    assert client.get(f"{site.url}/").body == PAGE
    assert time.slept == [slept]


@pytest.mark.parametrize("status", [429, 503])
def test_asked_to_wait_too_long(site: Site, client: PoliteClient, time: Time, status: int) -> None:
    site.routes["/"] = reply(b"", status=status, Retry_After="3600")
    error = refused(client, f"{site.url}/")
    assert (error.code, error.stop, error.retry_after_s) == ("rate_limited", True, 3600)
    assert site.paths == ["/"]
    assert time.slept == []


def test_asked_to_wait_again_and_again(site: Site, new_client: NewClient, time: Time) -> None:
    site.routes["/"] = reply(b"", status=503, Retry_After="250")
    error = refused(new_client(attempts=9), f"{site.url}/")
    assert (error.code, error.retry_after_s) == ("server_error", 250)
    assert time.slept == [250, 250], "ten minutes in all, then the page waits for the next run"


@pytest.mark.parametrize(
    ("status", "code"), [(401, "blocked"), (403, "blocked"), (451, "blocked"), (404, "not_found"), (418, "http_error")]
)
def test_a_no_is_a_no(site: Site, client: PoliteClient, status: int, code: str) -> None:
    site.routes["/"] = reply(b"<p>Khong</p>", status=status)
    assert refused(client, f"{site.url}/").code == code
    assert site.paths == ["/"]


@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_robot_check(site: Site, client: PoliteClient, status: int) -> None:
    site.routes["/"] = reply(b"<title>Just a moment...</title>", status=status)
    error = refused(client, f"{site.url}/")
    assert (error.code, error.status, error.stop) == ("challenge", status, True)
    assert site.paths == ["/"]


def test_a_compressed_robot_check(site: Site, client: PoliteClient) -> None:
    body = gzip.compress(b"<title>Just a moment...</title>")
    site.routes["/"] = reply(body, status=503, Content_Encoding="gzip")
    assert refused(client, f"{site.url}/").code == "challenge"


def test_an_error_page_without_end_is_not_read_to_the_end(site: Site, client: PoliteClient) -> None:
    start = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n"
    site.routes["/"] = raw(start, b"x" * 10_000, endless=True)
    assert refused(client, f"{site.url}/").code == "not_found"


def test_an_error_page_that_breaks_off_still_has_its_status(site: Site, client: PoliteClient) -> None:
    site.routes["/"] = raw(b"HTTP/1.1 410 Gone\r\nContent-Length: 100\r\n\r\nhalf")
    assert refused(client, f"{site.url}/").code == "not_found"


@pytest.mark.parametrize(
    "broken",
    [
        raw(HEAD + b"Content-Length: 100\r\n\r\nhalf a page"),
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\nhalf a page"),
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nnot a length\r\n"),
        raw(b""),
        raw(b"no HTTP at all\r\n\r\n"),
    ],
    ids=["length", "chunk", "chunk length", "nothing", "noise"],
)
def test_a_broken_answer_is_tried_again_and_never_taken_for_a_page(
    site: Site, client: PoliteClient, broken: Route
) -> None:
    site.routes["/"] = in_turn(broken, reply(PAGE))
    assert client.get(f"{site.url}/").body == PAGE
    site.routes["/"] = broken
    assert refused(client, f"{site.url}/").code == "unreachable"


def test_nobody_listens(new_client: NewClient, time: Time) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = refused(new_client(attempts=3), f"http://127.0.0.1:{port}/")
    assert (error.code, error.status) == ("unreachable", None)
    assert error.detail == f"robots.txt: no connection to 127.0.0.1:{port}: connection refused"
    assert time.slept == [1, 2]


def test_a_connection_that_is_not_made_in_time(client: PoliteClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: Any, **__: Any) -> socket.socket:
        raise TimeoutError("timed out")

    monkeypatch.setattr("connectors.transport.create_connection", late)
    error = refused(client, "http://127.0.0.1:1/")
    assert error.code == "timeout"
    assert "within 10 s" in error.detail


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.lists(
        st.sampled_from(
            [
                b"HTTP/1.1 200 OK\r\n",
                b"HTTP/1.1 302 Found\r\n",
                b"HTTP/1.0 200\r\n",
                b"HTTP/1.1 100 Continue\r\n\r\n",
                b"Content-Length: 5\r\n",
                b"Content-Length: -5\r\n",
                b"Content-Length: 5, 6\r\n",
                b"Transfer-Encoding: chunked\r\n",
                b"Content-Encoding: gzip\r\n",
                b"Location: http://[/\r\n",
                b"Location: \xff\x00\r\n",
                b"Set-Cookie: \xe1\xba\xa1\r\n",
                b": no name\r\n",
                b"\r\n",
            ]
        ),
        max_size=8,
    ),
    body=st.binary(max_size=40),
)
def test_whatever_a_server_says_is_a_page_or_a_fetch_error(
    site: Site, new_client: NewClient, head: list[bytes], body: bytes
) -> None:
    site.routes["/"] = raw(b"".join(head) + body)
    with new_client(attempts=1) as client, suppress(FetchError):
        assert client.get(f"{site.url}/").status == 200
