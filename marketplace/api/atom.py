"""Atom feeds (RFC 4287): entries in, XML out. Pure.

Forty lines of the standard library's writer: what a package would add, formats and extensions, is nothing we publish.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/2005/Atom"
MIMETYPE = "application/atom+xml"
# Signs XML 1.0 can't hold, not even escaped.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record. `id` is a tag: address that never changes; texts are plain."""

    id: str
    title: str
    link: str
    published: datetime
    updated: datetime
    author: str
    summary: str
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """`link` is the page that shows the same, `link_self` the feed's own address."""

    id: str
    title: str
    subtitle: str
    link: str
    link_self: str
    author: str
    updated: datetime
    entries: Sequence[Entry]


def tag(host: str, path: str) -> str:
    """A tag: address (RFC 4151) of this site."""
    return f"tag:{host},2026:{path}"


def write(feed: Feed) -> bytes:
    """The document, UTF-8."""
    root = ElementTree.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "vi"})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", _moment(feed.updated))
    ElementTree.SubElement(root, "link", rel="self", type=MIMETYPE, href=feed.link_self)
    ElementTree.SubElement(root, "link", rel="alternate", type="text/html", href=feed.link)
    _text(ElementTree.SubElement(root, "author"), "name", feed.author)
    for one in feed.entries:
        entry = ElementTree.SubElement(root, "entry")
        _text(entry, "id", one.id)
        _text(entry, "title", one.title)
        _text(entry, "published", _moment(one.published))
        _text(entry, "updated", _moment(one.updated))
        ElementTree.SubElement(entry, "link", rel="alternate", type="text/html", href=one.link)
        _text(ElementTree.SubElement(entry, "author"), "name", one.author)
        if one.category:
            ElementTree.SubElement(entry, "category", term=_clean(one.category))
        _text(entry, "summary", one.summary)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _text(parent: ElementTree.Element, name: str, value: str) -> None:
    ElementTree.SubElement(parent, name).text = _clean(value)


def _clean(value: str) -> str:
    return _NO_XML.sub("", value)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
