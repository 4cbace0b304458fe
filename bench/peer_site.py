"""What the spiders of the Scrapy peer share: how they count and follow, and how they read a value."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from html import unescape
from typing import Any

import scrapy
from running import say
from w3lib.html import remove_tags, remove_tags_with_content

Item = dict[str, Any]
Found = Iterator[Item | scrapy.Request]
Answer = Any  # a TextResponse: Scrapy's type of a callback names only its base class


class SiteSpider(scrapy.Spider):
    """What the spiders share: where they begin, what a record is, that pages are counted."""

    home: str
    starts: Sequence[tuple[str, str]]  # path, name of the callback
    headers: Mapping[str, str] = {}  # of the first requests

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for path, callback in self.starts:
            yield scrapy.Request(self.home + path, getattr(self, callback), headers=dict(self.headers))

    def record(self, kind: str, ref: str, /, **fields: Any) -> Item:
        return {"record": kind, "source": self.name, "ref": ref, **fields}

    def count_page(self) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value("pages")
        pages: int = self.crawler.stats.get_value("pages")
        if pages % 2_000 == 0:
            say(f"  Scrapy, {self.name}: {pages} pages")


def tidied(value: str | None) -> str:
    return " ".join((value or "").split())


def text(node: Any) -> str:
    return tidied(node.xpath("string()").get())


def strong(part: Any) -> str | None:
    return None if part is None else text(part.css("strong"))


def slug(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def first(shape: re.Pattern[str], text: str) -> str:
    found = shape.search(text)
    return found[1] if found else ""


def number(text: str | None) -> int | None:
    found = re.search(r"\d+(?:[.,]\d{3})*", text or "")
    return int(re.sub(r"\D", "", found[0])) if found else None


def decimal(text: str | None) -> float | None:
    return float(text.replace(",", ".")) if text else None


def day(text: str | None) -> str | None:
    found = re.search(r"(\d{1,2})/(\d{1,2})/(\d{4})", text or "")
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else None


def picture(src: str | None) -> str | None:
    return None if src is None or src.endswith("no-image.png") else src


def as_json(values: Any) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def tooltips(icons: Any) -> str | None:
    told = [unescape(icon.attrib.get("data-original-title") or icon.attrib.get("title", "")) for icon in icons]
    return as_json(dict.fromkeys(tidied(remove_tags(tip.partition("</b>")[0])) for tip in told)) if told else None


def approved(node: Any) -> bool:
    return bool(node.css('i.fa-check-circle[title="Đã kiểm duyệt"]'))


def plain(html: str | None, limit: int) -> str | None:
    if html is None:
        return None
    return tidied(unescape(remove_tags(remove_tags_with_content(html, ("script", "style")))))[:limit]
