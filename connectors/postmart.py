"""postmart.vn and what followed it, buudien.vn and nongsan.buudien.vn. Facts: connectors/sources/postmart.md.

The old site ran on FleetCart; of the new ones only their names are known. The home page decides: FleetCart's is read by
that platform, one that speaks to search engines by its sitemap and the data of its product pages. Kinds of pages bear
the name of the platform that reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from connectors import reading
from connectors.contract import Get, Page, Platform, Problem, Source, Yield
from connectors.markup import every
from connectors.platforms import fleetcart, handing, structured_site
from connectors.reading import Document

_READERS: Mapping[str, Platform] = {"fleetcart": fleetcart, "structured": structured_site}

source = Source(
    slug="postmart",
    title="postmart.vn",
    short="PM",
    home="https://buudien.vn",
    hosts=("buudien.vn", "www.buudien.vn", "nongsan.buudien.vn", "postmart.vn", "www.postmart.vn"),
    scope="nation",
    lists_sellers=False,  # sellers are met on their products only
    newest_first=True,  # FleetCart's list is asked for in that order, a sitemap tells when a page changed
    note="Postmart đổi tên thành Buudien.vn từ năm 2024. Chưa ai đối chiếu bộ đọc này với trang thật của sàn; "
    "nếu không nhận ra mẫu trang, dùng tệp do Bưu điện xuất ra.",
    # What configuration may change bears the platform's name, too: "fleetcart/product", "structured/products".
    paths={
        **{f"{name}/{key}": told for name, platform in _READERS.items() for key, told in platform.paths.items()},
        "fleetcart/product": "/p/{slug}-{id}.html",
    },
    selectors={
        f"{name}/{key}": told for name, platform in _READERS.items() for key, told in platform.selectors.items()
    },
)

_FOR_MACHINES = 'script[type="application/ld+json"], meta[property^="og:"]'


def start(source: Source, since: datetime | None) -> Iterator[Get]:
    yield Get(url=f"{source.home}/", kind=f"home@{since:%Y-%m-%d}" if since else "home")


def kind_of(source: Source, url: str) -> str | None:
    if reading.path_of(source, url) == "/":
        return "home"
    told = ((name, platform.kind_of(_of(name, source), url)) for name, platform in _READERS.items())
    return next((f"{name}/{kind}" for name, kind in told if kind), None)


def parse(source: Source, page: Page) -> Iterator[Yield]:
    name = page.get.kind.partition("/")[0]
    platform = _READERS.get(name)
    if platform is not None:
        found = list(handing.parse(name, platform, _of(name, source), page))
        yield from _no_sitemap(page.get.kind, found)
        return
    name, _, day = page.get.kind.partition("@")
    try:
        since = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    except ValueError:  # no kind of ours
        name, since = page.get.kind, None
    page = replace(page, get=replace(page.get, kind=name))
    yield from reading.read(source, page, {"home": lambda document: _home(document, since)})


def _home(document: Document, since: datetime | None) -> list[Yield]:
    if fleetcart.fits(document.root, document.page):
        return list(handing.named("fleetcart", fleetcart.start(_of("fleetcart", document.source), since)))
    if not every(document.root, _FOR_MACHINES):
        raise document.missing("giao diện FleetCart, cũng không có dữ liệu cho máy tìm kiếm")
    return list(handing.named("structured", structured_site.start(_of("structured", document.source), since)))


def _of(name: str, source: Source) -> Source:
    """The source as the platform knows it: its own paths and selectors only."""
    top = f"{name}/"
    paths, selectors = (
        {key.removeprefix(top): value for key, value in told.items() if key.startswith(top)}
        for told in (source.paths, source.selectors)
    )
    return replace(source, paths=paths, selectors=selectors)


def _no_sitemap(kind: str, found: list[Yield]) -> list[Yield]:
    """Without a sitemap nothing of the site can be recognised."""
    absent = [one for one in found if isinstance(one, Problem) and one.code in ("not_found", "not_xml")]
    if kind.startswith("structured/sitemap") and absent:
        return [Problem(code="layout", detail=f"không phải FleetCart và không có sơ đồ trang: {absent[0].detail}")]
    return found
