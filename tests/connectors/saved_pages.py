"""Saved pages and their reviewed expectations.

A connector's folder holds `<name>.html`, a page in the site's own markup, and `<name>.expected.jsonl`: first the page's
address and kind (and its headers, where they count), then everything `parse` yields, one value a line, told fields
only. To add a page, save it, write the first line, run `python -m tests.connectors.saved_pages` and read every line it
wrote before committing.

A platform has a folder of the same kind below `platforms/`: its pages are read for an invented source of that platform,
with the paths and selectors of `source.json` in the folder, if there is one. Pages may be `.json`, `.xml`, `.txt`, too.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from connectors import REGISTRY
from connectors.contract import Get, Page, Parser, Source, Yield
from connectors.platforms import PLATFORMS

HERE = Path(__file__).parent
NAMES = {"SellerRecord": "seller", "ListingRecord": "listing", "RequestRecord": "request"}
# Hands over to a platform, and reads no page of its own but the home page: see tests/connectors/longantrade.
DETECTING = "longantrade"
CONNECTORS = [slug for slug in REGISTRY if slug != DETECTING]
FOLDERS = [*CONNECTORS, *(f"platforms/{name}" for name in PLATFORMS if (HERE / "platforms" / name).is_dir())]


class SavedPage(NamedTuple):
    slug: str  # of the connector, or the folder of the platform
    file: Path
    get: Get
    headers: dict[str, str]
    expected: list[dict[str, Any]]

    @property
    def is_json(self) -> bool:
        return self.file.suffix == ".json"

    @property
    def body(self) -> bytes:
        return self.file.read_bytes()


def parser_of(slug: str) -> Parser:
    """What reads the pages of a folder."""
    return PLATFORMS[slug.removeprefix("platforms/")] if slug.startswith("platforms/") else REGISTRY[slug]


def source_of(slug: str) -> Source:
    """The source whose pages lie in a folder; of a platform an invented one that runs on it."""
    if not slug.startswith("platforms/"):
        return REGISTRY[slug].source
    name = slug.removeprefix("platforms/")
    told = HERE / slug / "source.json"
    own = json.loads(told.read_text("utf-8")) if told.exists() else {}
    return Source(
        slug="san-mau",
        title="Sàn mẫu",
        short="SM",
        home="https://san-mau.example.vn",
        hosts=("san-mau.example.vn",),
        scope="province",
        platform=name,
        paths={**PLATFORMS[name].paths, **own.get("paths", {})},
        selectors={**PLATFORMS[name].selectors, **own.get("selectors", {})},
    )


def saved_pages(slug: str) -> list[SavedPage]:
    """The saved pages of a connector or platform that have an expectation."""
    pages = []
    for expectation in sorted((HERE / slug).glob("*.expected.jsonl")):
        first, *rest = (json.loads(line) for line in expectation.read_text("utf-8").splitlines())
        name = expectation.name.removesuffix(".expected.jsonl")
        file = next(
            file for kind in ("html", "json", "xml", "txt") if (file := HERE / slug / f"{name}.{kind}").exists()
        )
        pages.append(SavedPage(slug, file, Get(**first["page"]), first.get("headers", {}), rest))
    return pages


def every_saved_page() -> list[SavedPage]:
    return [page for slug in FOLDERS for page in saved_pages(slug)]


def page_of(get: Get, body: bytes, headers: dict[str, str] | None = None) -> Page:
    return Page(
        get=get, status=200, headers=headers or {}, body=body, fetched_at=datetime(2024, 10, 1, 2, 30, tzinfo=UTC)
    )


def read(slug: str, get: Get, body: bytes, **headers: str) -> list[Yield]:
    """What a connector or platform yields for a body fetched by `get`."""
    return list(parser_of(slug).parse(source_of(slug), page_of(get, body, headers)))


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
        lines += [
            json.dumps(as_json(value), ensure_ascii=False)
            for value in read(page.slug, page.get, page.body, **page.headers)
        ]
        page.file.with_suffix(".expected.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    write_expectations()
