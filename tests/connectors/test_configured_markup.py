"""Every name that configuration may set is used: none is dead, none is hidden, and what is set is what is read."""

from __future__ import annotations

from collections.abc import Iterator
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


def _without(source: Source, name: str) -> Source:
    nothing = NO_WORD if name.startswith("label.") else NOTHING
    return replace(source, selectors={**source.selectors, name: nothing})


def _names(table: str) -> Iterator[Any]:
    for slug, connector in REGISTRY.items():
        for name in getattr(connector.source, table):
            yield pytest.param(connector.source, name, id=f"{slug}-{name}")


every_selector = pytest.mark.parametrize(("source", "name"), [*_names("selectors")])
every_path = pytest.mark.parametrize(("source", "name"), [*_names("paths")])


@every_selector
def test_no_selector_is_dead(source: Source, name: str) -> None:
    without = _without(source, name)
    assert any(_read(without, page) != _read(source, page) for page in saved_pages(source.slug)), name


@every_selector
def test_every_selector_is_one_the_parser_understands(source: Source, name: str) -> None:
    told = source.selectors[name]
    assert told.strip() if name.startswith("label.") else markup.valid_selector(told)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_tables_of_a_platform_are_those_of_the_sources_it_reads(platform: str) -> None:
    """A platform's names are tested above, with the saved pages of a source it reads."""
    told = PLATFORMS[platform]
    assert any((source.paths, source.selectors) == (told.paths, told.selectors) for source in _sources())


def _sources() -> list[Source]:
    return [connector.source for connector in REGISTRY.values()]


@every_path
def test_no_path_is_dead(source: Source, name: str) -> None:
    """Under another prefix a page is of no known kind, and pages are asked for at the new place."""
    away = replace(source, paths={**source.paths, name: "/noi-moi/"})
    parser = parser_of(source)
    urls = [page.get.url for page in saved_pages(source.slug)]
    before = [parser.kind_of(source, url) for url in urls], list(parser.start(source, None))
    after = [parser.kind_of(away, url) for url in urls], list(parser.start(away, None))
    assert before != after
