"""Sitemaps (sitemaps.org protocol 0.9): robots.txt names them, an index names others, each names pages.

A site lists its pages in them for search engines, with the day each has changed: the way to the products of a shop
whose lists are written by scripts.
"""

from __future__ import annotations

import re
import zlib
from datetime import date
from typing import NamedTuple
from xml.parsers import expat

from connectors.challenge import is_challenge
from connectors.contract import Page
from connectors.markup import ReadError

# The protocol's own limits for one file.
MAX_ENTRIES = 50_000
MAX_BYTES = 50_000_000  # unpacked
_GZIP = b"\x1f\x8b"
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_LINE = re.compile(rb"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


class Entry(NamedTuple):
    """A page, or another sitemap. `changed`: the day told as `lastmod`, None when none is told or it is no day."""

    url: str
    changed: date | None


class Sitemap(NamedTuple):
    """What one file lists: pages, or with `of_sitemaps` further sitemaps."""

    entries: tuple[Entry, ...]
    of_sitemaps: bool

    def since(self, day: date | None) -> tuple[Entry, ...]:
        """The entries that changed on `day` or later, and those that do not tell; all of them without a day."""
        return tuple(one for one in self.entries if day is None or one.changed is None or one.changed >= day)


def told_by_robots(body: bytes) -> tuple[str, ...]:
    """The addresses that the `Sitemap:` lines of a robots.txt name, as they stand there."""
    return tuple(dict.fromkeys(line.decode("utf-8", "replace") for line in _LINE.findall(body)))


def read_sitemap(page: Page) -> Sitemap:
    """Read a sitemap, packed by gzip or not. Document types, and with them entities, are refused unread.

    Raises ReadError challenge, not_xml, truncated, too_large."""
    body = _unpacked(page.body).lstrip(b" \t\r\n")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = reader.refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: an encoding nobody knows
        if reader.root:  # it began as a sitemap
            raise ReadError("truncated", f"sơ đồ trang hỏng: {error}") from None
        raise _no_sitemap(page, body, str(error)) from None
    except _OtherDocument as other:
        raise _no_sitemap(page, body, f"nhận được “{other}”") from None
    return Sitemap(tuple(reader.entries), reader.root == "sitemapindex")


class _OtherDocument(Exception):
    """XML or HTML that is no sitemap."""


def _no_sitemap(page: Page, body: bytes, why: str) -> ReadError:
    if is_challenge(page.headers, body):
        return ReadError("challenge", "trang xác minh (CAPTCHA)")
    return ReadError("not_xml", f"cần sơ đồ trang XML: {why}")


def _unpacked(body: bytes) -> bytes:
    if body[:2] != _GZIP:
        return body
    stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        text = stream.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise ReadError("not_xml", f"tệp nén hỏng: {error}") from None
    if len(text) > MAX_BYTES:
        raise ReadError("too_large", f"sơ đồ trang giải nén ra hơn {MAX_BYTES} byte")
    if not stream.eof:
        raise ReadError("truncated", "tệp nén bị cắt")
    return text


class _Reader:
    """Collects the entries; elements deeper than those of an entry (pictures, languages) are not looked at."""

    def __init__(self) -> None:
        self.root = ""
        self.entries: list[Entry] = []
        self._depth = 0
        self._told: dict[str, str] = {}
        self._field = ""

    def refuse(self, name: str, *_: object) -> None:
        raise _OtherDocument(f"!DOCTYPE {name[:40]}")

    def start(self, name: str, _: dict[str, str]) -> None:
        self._depth += 1
        local = name.rpartition(" ")[2].lower()
        if self._depth == 1:
            if local not in ("urlset", "sitemapindex"):
                raise _OtherDocument(local[:40])
            self.root = local
        elif self._depth == 2:
            self._told = {}
        self._field = local if self._depth == 3 and local in ("loc", "lastmod") else ""

    def text(self, words: str) -> None:
        if self._field:
            self._told[self._field] = self._told.get(self._field, "") + words

    def end(self, _: str) -> None:
        self._depth -= 1
        self._field = ""
        if self._depth != 1:
            return
        if len(self.entries) >= MAX_ENTRIES:
            raise ReadError("too_large", f"sơ đồ trang có hơn {MAX_ENTRIES} địa chỉ")
        url = self._told.get("loc", "").strip()
        if url:
            self.entries.append(Entry(url, _day(self._told.get("lastmod", ""))))


def _day(told: str) -> date | None:
    """The day of a W3C date and time, the first of the month where only a month is told."""
    found = _DAY.match(told.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None
    except ValueError:
        return None
