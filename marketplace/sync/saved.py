"""Pages a person saved in a browser: for sites that are closed or refuse machines, and for trying a parser out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from connectors import REGISTRY, parser_of
from connectors.contract import Get, ListingRecord, Page, Problem, RequestRecord, SellerRecord, Source, Yield
from marketplace.config import Config
from marketplace.sync.actions import ActionError

_NAMES: dict[type[Any], str] = {
    SellerRecord: "seller",
    ListingRecord: "listing",
    RequestRecord: "request",
    Get: "get",
    Problem: "problem",
}


def source_at(config: Config, slug: str, url: str) -> Source:
    """The source as it stands at `url`: its home is that address, so that links of a saved page stay what they were.

    Raises ActionError for an unknown source or an address that is none.
    """
    if slug not in REGISTRY:
        raise ActionError(f"{slug}: no such marketplace; known: {', '.join(REGISTRY)}")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ActionError(f"{url}: expected the address of the page, such as {REGISTRY[slug].source.home}/")
    source = config.source(slug)
    known = (*source.hosts, *(urlsplit(home).netloc for home in (source.home, REGISTRY[slug].source.home)))
    return replace(source, home=f"{parts.scheme}://{parts.netloc}", hosts=tuple(dict.fromkeys(known)))


def saved_page(config: Config, slug: str, file: Path, url: str, kind: str | None = None) -> tuple[Source, Page]:
    """A saved page and the source as it stands at the page's address. Its time is the file's own.

    Raises ActionError when the file can't be read, is too large, or its kind can't be told from the address.
    """
    source = source_at(config, slug, url)
    kind = kind or parser_of(source).kind_of(source, url)
    if kind is None:
        raise ActionError(f"{url}: not the address of a page {slug} is read from; name its kind with --kind")
    try:
        size, modified = file.stat().st_size, file.stat().st_mtime
        if size > config.sync.max_page_bytes:
            raise ActionError(f"{file}: {size} bytes; a page has at most {config.sync.max_page_bytes}")
        body = file.read_bytes()
    except OSError as error:
        raise ActionError(f"{file}: can't be read: {error.strerror}") from None
    page = Page(
        get=Get(url=url, kind=kind),
        status=200,
        headers={"content-type": "text/html"},
        body=body,
        fetched_at=datetime.fromtimestamp(modified, UTC),
    )
    return source, page


def parse_saved(source: Source, page: Page) -> Iterator[Yield]:
    """What the source's connector reads from a page."""
    return parser_of(source).parse(source, page)


def as_line(item: Yield) -> dict[str, Any]:
    """One yield as plain data, with a `record` key: seller, listing, request, get or problem."""
    line: dict[str, Any] = {"record": _NAMES[type(item)]}
    for field in fields(item):
        name = "about" if isinstance(item, Get) and field.name == "record" else field.name
        line[name] = _plain(getattr(item, field.name))
    if isinstance(item, ListingRecord):
        # 0 is how a record says "told to be none"; to a reader of the lines that is null.
        for name in ("list_price_vnd", "ocop_stars"):
            line[name] = line[name] or None
    return line


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
