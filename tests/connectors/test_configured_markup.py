"""Every name that configuration may set is used, and every default is one the parser understands.

A source is tried on its own saved pages. One that hands over to platforms has their settings under their names
("structured/seller.name"), and is tried on their saved pages, too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors import REGISTRY, markup, parser_of
from connectors.contract import Get, Source, Yield
from connectors.platforms import PLATFORMS
from tests.connectors.saved_pages import SavedPage, page_of, saved_pages, source_of

NOTHING = "x-no-such-element"
NO_WORD = "một nhãn không có trên trang nào"


def _pages(folder: str, source: Source) -> list[SavedPage]:
    tops = {name.partition("/")[0] for name in (*source.paths, *source.selectors) if "/" in name}
    handed = [(top, page) for top in sorted(tops) for page in saved_pages(f"platforms/{top}")]
    return saved_pages(folder) + [
        page._replace(get=replace(page.get, kind=f"{top}/{page.get.kind}")) for top, page in handed
    ]


def _read(source: Source, page: SavedPage) -> list[Yield]:
    return list(parser_of(source).parse(source, page_of(page.get, page.body, page.headers)))


def _folders() -> dict[str, Source]:
    """Every source as its own connector reads it, and an invented one for each platform; by their saved pages."""
    platforms = [f"platforms/{name}" for name in PLATFORMS if saved_pages(f"platforms/{name}")]
    return {folder: source_of(folder) for folder in (*REGISTRY, *platforms)}


def _names(table: str) -> list[Any]:
    return [
        pytest.param(folder, source, name, id=f"{folder}-{name}")
        for folder, source in _folders().items()
        for name in getattr(source, table)
    ]


every_selector = pytest.mark.parametrize(("folder", "source", "name"), _names("selectors"))
every_path = pytest.mark.parametrize(("folder", "source", "name"), _names("paths"))


def test_the_settings_of_every_platform_are_tried() -> None:
    """On its own pages, or as those of a connector that is built upon it."""
    tables = [(source.paths, source.selectors) for source in _folders().values()]
    for name, platform in PLATFORMS.items():
        assert f"platforms/{name}" in _folders() or (platform.paths, platform.selectors) in tables, name


@every_selector
def test_no_selector_is_dead(folder: str, source: Source, name: str) -> None:
    nothing = NO_WORD if name.startswith("label.") else NOTHING
    without = replace(source, selectors={**source.selectors, name: nothing})
    assert any(_read(without, page) != _read(source, page) for page in _pages(folder, source)), name


@every_selector
def test_every_selector_is_one_the_parser_understands(folder: str, source: Source, name: str) -> None:
    told = source.selectors[name]
    assert told.strip() if name.startswith("label.") else markup.valid_selector(told), folder


@every_path
def test_no_path_is_dead(folder: str, source: Source, name: str) -> None:
    """Under another prefix a page is of another kind or of none, pages are asked for at the new place, or records are
    said to have theirs there."""
    away = replace(source, paths={**source.paths, name: "/noi-moi/"})
    parser, pages = parser_of(source), _pages(folder, source)

    def told(source: Source) -> tuple[list[str | None], list[Get], list[list[Yield]]]:
        kinds = [parser.kind_of(source, page.get.url) for page in pages]
        return kinds, list(parser.start(source, None)), [_read(source, page) for page in pages]

    assert told(away) != told(source)
