"""Bytes and seconds: no server can make us take more of either than we want."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from random import Random
from time import monotonic

import pytest
from loopback_site import HEAD, PAGE, NewClient, Route, Site, in_turn, raw, refused, reply

from connectors.client import PoliteClient


@pytest.mark.parametrize("size", [0, 1, 999, 1_000])
def test_pages_up_to_the_limit(site: Site, new_client: NewClient, size: int) -> None:
    body = b"x" * size
    site.routes["/"] = reply(body)
    site.routes["/chunks"] = raw(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + (b"%x\r\n%b\r\n" % (size, body) if size else b"") + b"0\r\n\r\n"
    )
    site.routes["/until-close"] = raw(HEAD + b"\r\n" + body)
    client = new_client(max_bytes=1_000)
    for path in ("/", "/chunks", "/until-close"):
        assert client.get(site.url + path).body == body, path


@pytest.mark.parametrize(
    "route",
    [
        reply(b"x" * 1_001),
        raw(HEAD + b"Content-Length: 99999999999\r\n\r\n", b"", pause_s=0.01, endless=True),  # refused unread
        raw(HEAD + b"\r\n", b"x" * 1_000, endless=True),
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"3e8\r\n" + b"x" * 1_000 + b"\r\n", endless=True),
        reply(gzip.compress(bytes(300_000)), Content_Encoding="gzip"),
        reply(zlib.compress(bytes(300_000)), Content_Encoding="deflate"),
        raw(HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(Random(1).randbytes(2_000))),
    ],
    ids=["length", "announced", "endless", "endless chunks", "gzip bomb", "deflate bomb", "large though compressed"],
)
def test_larger_pages(site: Site, new_client: NewClient, route: Route) -> None:
    site.routes["/"] = route
    client = new_client(max_bytes=1_000)
    error = refused(client, f"{site.url}/")
    assert (error.code, error.status, error.stop) == ("too_large", 200, False)
    assert site.paths == ["/"], "too large is not asked for twice"


def test_a_bomb_takes_no_more_memory_than_a_page(site: Site, new_client: NewClient) -> None:
    press = zlib.compressobj()
    bomb = b"".join(press.compress(bytes(1_000_000)) for _ in range(60)) + press.flush()
    site.routes["/"] = reply(bomb, Content_Encoding="deflate")
    client = new_client(max_bytes=1_000_000)
    tracemalloc.start()
    try:
        assert refused(client, f"{site.url}/").code == "too_large"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(PAGE)),
        ("GZIP", gzip.compress(PAGE)),
        ("x-gzip", gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:])),
        ("gzip", gzip.compress(PAGE) + bytes(8)),  # padding
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE, wbits=-15)),
        ("identity", PAGE),
    ],
)
def test_compressed_pages(site: Site, client: PoliteClient, encoding: str, body: bytes) -> None:
    site.routes["/"] = reply(body, Content_Encoding=encoding)
    assert client.get(f"{site.url}/").body == PAGE


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
def test_an_empty_body_is_empty_in_every_encoding(site: Site, client: PoliteClient, encoding: str) -> None:
    site.routes["/"] = reply(b"", Content_Encoding=encoding)
    assert client.get(f"{site.url}/").body == b""


@pytest.mark.parametrize(
    ("encoding", "body"),
    [("gzip", gzip.compress(PAGE)), ("deflate", zlib.compress(PAGE)), ("deflate", zlib.compress(PAGE, wbits=-15))],
)
def test_a_compressed_body_that_breaks_off_is_no_page(
    site: Site, client: PoliteClient, encoding: str, body: bytes
) -> None:
    site.routes["/"] = in_turn(reply(body[:-9], Content_Encoding=encoding), reply(PAGE))
    assert client.get(f"{site.url}/").body == PAGE
    site.routes["/"] = reply(body[:-9], Content_Encoding=encoding)
    assert refused(client, f"{site.url}/").code == "unreachable"


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"\x8b\x03"),
        ("gzip", PAGE),
        ("deflate", PAGE),
        ("gzip, gzip", PAGE),
        ("gzip", gzip.compress(b"x") * 5_000),
    ],
)
def test_a_body_that_cannot_be_decompressed(site: Site, client: PoliteClient, encoding: str, body: bytes) -> None:
    site.routes["/"] = reply(body, Content_Encoding=encoding)
    assert refused(client, f"{site.url}/").code == "http_error"


@pytest.mark.parametrize(
    "route",
    [
        raw(b"", pause_s=5),
        raw(HEAD + b"Content-Length: 9\r\n\r\n", b"", pause_s=5),
        raw(b"HTTP/1.1 200 OK\r\nX: ", pause_s=5),
    ],
    ids=["no answer", "no body", "half a head"],
)
def test_a_silent_server(site: Site, new_client: NewClient, route: Route) -> None:
    site.routes["/"] = route
    error = refused(new_client(read_timeout_s=0.1, attempts=1), f"{site.url}/")
    assert error.code == "timeout"
    assert "no byte within 0.1 s" in error.detail


def test_a_server_that_was_silent_once(site: Site, new_client: NewClient) -> None:
    site.routes["/"] = in_turn(raw(b"", pause_s=5), reply(PAGE))
    assert new_client(read_timeout_s=0.5).get(f"{site.url}/").body == PAGE
    assert site.paths == ["/", "/"]


@pytest.mark.parametrize(
    "route",
    [
        raw(HEAD + b"\r\n", b"x", pause_s=0.01, endless=True),
        raw(HEAD, b"X-A: b\r\n", pause_s=0.01, endless=True),
        raw(HEAD + b"X-A: ", b"b", pause_s=0.01, endless=True),
        raw(b"", pause_s=5),
    ],
    ids=["body", "headers", "one header", "nothing"],
)
def test_the_time_of_a_whole_answer(site: Site, new_client: NewClient, route: Route) -> None:
    site.routes["/"] = route
    client = new_client(total_timeout_s=0.2, attempts=1, clock=monotonic)
    error = refused(client, f"{site.url}/")
    assert error.code == "timeout"
    assert "0.2 s" in error.detail
