"""Saved pages and their reviewed expectations.

A connector's folder holds `<name>.html` or `<name>.json`, a page in the site's own markup, and
`<name>.expected.jsonl`: first the page's address and kind, then everything `parse` yields, one value a line, told fields only. To add a page, save it, write the
first line, run `python -m tests.connectors.saved_pages` and read every line it wrote before committing.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from connectors import REGISTRY
from connectors.contract import Get, Page, Yield

HERE = Path(__file__).parent
NAMES = {"SellerRecord": "seller", "ListingRecord": "listing", "RequestRecord": "request"}


class SavedPage(NamedTuple):
    slug: str
    file: Path
    get: Get
    expected: list[dict[str, Any]]

    @property
    def is_json(self) -> bool:
        return self.file.suffix == ".json"

    @property
    def body(self) -> bytes:
        return self.file.read_bytes()


def saved_pages(slug: str) -> list[SavedPage]:
    """The saved pages of a connector that have an expectation."""
    pages = []
    for expectation in sorted((HERE / slug).glob("*.expected.jsonl")):
        first, *rest = (json.loads(line) for line in expectation.read_text("utf-8").splitlines())
        name = expectation.name.removesuffix(".expected.jsonl")
        file = next(file for ending in ("html", "json") if (file := HERE / slug / f"{name}.{ending}").exists())
        pages.append(SavedPage(slug, file, Get(**first["page"]), rest))
    return pages


def every_saved_page() -> list[SavedPage]:
    return [page for slug in REGISTRY for page in saved_pages(slug)]


def page_of(get: Get, body: bytes, headers: dict[str, str] | None = None) -> Page:
    return Page(
        get=get, status=200, headers=headers or {}, body=body, fetched_at=datetime(2024, 10, 1, 2, 30, tzinfo=UTC)
    )


def read(slug: str, get: Get, body: bytes, **headers: str) -> list[Yield]:
    """What a connector yields for a body fetched by `get`."""
    connector = REGISTRY[slug]
    return list(connector.parse(connector.source, page_of(get, body, headers)))


def as_json(value: Yield) -> dict[str, Any]:
    """One yielded value as an expectation writes it: its kind, then the fields that differ from their defaults."""
    told = {f.name: getattr(value, f.name) for f in fields(value)}
    defaults = {f.name: f.default for f in fields(value) if f.default is not MISSING}
    kind = NAMES.get(type(value).__name__, type(value).__name__.lower())
    return {kind: {name: _plain(v) for name, v in told.items() if name not in defaults or v != defaults[name]}}


def _plain(value: object) -> object:
    if isinstance(value, date):  # datetime too
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def write_expectations() -> None:
    for page in every_saved_page():
        lines = [page.file.with_suffix(".expected.jsonl").read_text("utf-8").splitlines()[0]]
        lines += [json.dumps(as_json(value), ensure_ascii=False) for value in read(page.slug, page.get, page.body)]
        page.file.with_suffix(".expected.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    write_expectations()
