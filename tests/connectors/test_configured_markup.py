"""Every name that configuration may set is used, and every default is one the parser understands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors import REGISTRY, markup, parser_of
from connectors.contract import Source, Yield
from connectors.platforms import PLATFORMS
from tests.connectors.saved_pages import SavedPage, page_of, saved_pages

NOTHING = "x-no-such-element"
NO_WORD = "một nhãn không có trên trang nào"


def _read(source: Source, page: SavedPage) -> list[Yield]:
    return list(parser_of(source).parse(source, page_of(page.get, page.body)))


def _sources() -> list[tuple[str, Source]]:
    """Every source as its own connector reads it, and as each platform would that is no source's own parser.

    The first part tells the folder of the saved pages.
    """
    own = [(slug, connector.source) for slug, connector in REGISTRY.items()]
    tables = [(source.paths, source.selectors) for _, source in own]
    for name, platform in PLATFORMS.items():
        if (platform.paths, platform.selectors) not in tables:
            told = replace(own[0][1], platform=name, paths=platform.paths, selectors=platform.selectors)
            own.append((f"platforms/{name}", told))
    return own


def _names(table: str) -> list[Any]:
    return [
        pytest.param(folder, source, name, id=f"{folder}-{name}")
        for folder, source in _sources()
        for name, told in getattr(source, table).items()
        if told  # "" is a part that is looked for only where configuration says how
    ]


every_selector = pytest.mark.parametrize(("folder", "source", "name"), _names("selectors"))
every_path = pytest.mark.parametrize(("folder", "source", "name"), _names("paths"))


@every_selector
def test_no_selector_is_dead(folder: str, source: Source, name: str) -> None:
    nothing = NO_WORD if name.startswith("label.") else NOTHING
    without = replace(source, selectors={**source.selectors, name: nothing})
    pages = saved_pages(folder)
    if not pages:
        pytest.skip(f"no pages are saved in {folder}")
    assert any(_read(without, page) != _read(source, page) for page in pages), name


@every_selector
def test_every_selector_is_one_the_parser_understands(folder: str, source: Source, name: str) -> None:
    told = source.selectors[name]
    assert told.strip() if name.startswith("label.") else markup.valid_selector(told), folder


@every_path
def test_no_path_is_dead(folder: str, source: Source, name: str) -> None:
    """Under another prefix a page is of no known kind, and pages are asked for at the new place."""
    away = replace(source, paths={**source.paths, name: "/noi-moi/"})
    parser = parser_of(source)
    urls = [page.get.url for page in saved_pages(folder)]
    before = [parser.kind_of(source, url) for url in urls], list(parser.start(source, None))
    after = [parser.kind_of(away, url) for url in urls], list(parser.start(away, None))
    assert before != after
