"""Sitemaps: what they list, and everything that only looks like one."""

from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import sitemaps
from connectors.contract import Get
from connectors.markup import ReadError
from connectors.sitemaps import Entry, read_sitemap, told_by_robots
from tests.connectors.saved_pages import page_of

GET = Get(url="https://vi-du.example.vn/sitemap.xml", kind="sitemap")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PAGES = (
    f'{HEAD} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
    "<url><loc> https://vi-du.example.vn/san-pham/gao?a=1&amp;b=2 </loc><lastmod>2026-11-02T08:30:00+07:00</lastmod>"
    "<image:image><image:loc>https://vi-du.example.vn/gao.jpg</image:loc></image:image></url>\n"
    "<url><loc>https://vi-du.example.vn/san-pham/nếp</loc><lastmod>hôm qua</lastmod></url>\n"
    "<url><lastmod>2026-11-02</lastmod></url><url><loc>https://vi-du.example.vn/c</loc><lastmod>2026-10</lastmod></url>"
    "</urlset>"
).encode()


def fault_of(body: bytes) -> str:
    with pytest.raises(ReadError) as caught:
        read_sitemap(page_of(GET, body))
    return caught.value.code


@pytest.mark.parametrize("body", [PAGES, b"\n " + PAGES, gzip.compress(PAGES), b"\xef\xbb\xbf" + PAGES])
def test_pages_with_the_day_they_changed(body: bytes) -> None:
    found = read_sitemap(page_of(GET, body))
    assert not found.of_sitemaps
    assert found.entries == (
        Entry("https://vi-du.example.vn/san-pham/gao?a=1&b=2", date(2026, 11, 2)),
        Entry("https://vi-du.example.vn/san-pham/nếp", None),
        Entry("https://vi-du.example.vn/c", date(2026, 10, 1)),
    )


def test_what_changed_since_a_day_and_what_does_not_tell() -> None:
    found = read_sitemap(page_of(GET, PAGES))
    assert [one.url[-3:] for one in found.since(date(2026, 11, 2))] == ["b=2", "nếp"]
    assert len(found.since(None)) == 3


def test_an_index_names_sitemaps() -> None:
    body = b"<sitemapindex><sitemap><loc>https://vi-du.example.vn/1.xml.gz</loc></sitemap></sitemapindex>"
    found = read_sitemap(page_of(GET, body))
    assert found.of_sitemaps
    assert found.entries == (Entry("https://vi-du.example.vn/1.xml.gz", None),)


def test_an_empty_sitemap_is_one() -> None:
    assert read_sitemap(page_of(GET, f"{HEAD}/>".encode())).entries == ()


BOMB = (
    b'<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'
)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_xml"),
        (b'{"success": false}', "not_xml"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "not_xml"),
        (b"<html><body><p>no doctype<p></body></html>", "not_xml"),
        (b"<html><head><title>Just a moment...</title></head><body></body></html>", "challenge"),
        (b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>", "challenge"),
        (b"<rss><channel></channel></rss>", "not_xml"),
        (BOMB, "not_xml"),
        (BOMB.decode().encode("utf-16"), "not_xml"),
        (b'<?xml version="1.0" encoding="x-none"?><urlset/>', "not_xml"),
        (b'<?xml version="1.0" encoding="utf-7"?><urlset/>', "not_xml"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "not_xml"),
        (PAGES[: len(PAGES) // 2], "truncated"),
        (PAGES.removesuffix(b"</urlset>"), "truncated"),
        (gzip.compress(PAGES)[:-20], "truncated"),
        (b"\x1f\x8bno gzip", "not_xml"),
        (gzip.compress(b" " * (sitemaps.MAX_BYTES + 1)), "too_large"),
        (
            b"<urlset>" + b"<url><loc>https://a.example.vn/</loc></url>" * (sitemaps.MAX_ENTRIES + 1) + b"</urlset>",
            "too_large",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_sitemap(body: bytes, code: str) -> None:
    assert fault_of(body) == code


@given(st.binary(max_size=200), st.integers(0, len(PAGES)), st.booleans())
def test_no_damage_raises_anything_else(noise: bytes, at: int, packed: bool) -> None:
    body = PAGES[:at] + noise + PAGES[at:]
    with suppress(ReadError):
        read_sitemap(page_of(GET, gzip.compress(body) if packed else body))


def test_robots_name_sitemaps() -> None:
    body = b"User-agent: *\nSitemap: https://a.example.vn/s.xml\r\nsitemap : /b.xml.gz\nSitemap:\nHost: x\n"
    assert told_by_robots(body) == ("https://a.example.vn/s.xml", "/b.xml.gz")
    assert told_by_robots(b"\xff\xfe") == ()
