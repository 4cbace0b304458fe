"""Documents for the tests of search, and short ways to ask for them."""

from __future__ import annotations

from typing import Any

from search_index.documents import Document, Query, Results
from search_index.index import Index


def listing(number: int, title: str, **more: Any) -> Document:
    """A listing with the id "listing:<number>"."""
    fields: dict[str, Any] = {"kind": "listing", "source": "voso", "ref": str(number), "title": title} | more
    return Document(id=f"listing:{number}", **fields)


def fill(index: Index, *titles: str, **more: Any) -> None:
    """Put in one listing per title, numbered from 1."""
    index.apply([listing(number, title, **more) for number, title in enumerate(titles, 1)], [])


def found(index: Index, text: str, **more: Any) -> list[str]:
    """The titles found, the best first."""
    results = index.search(Query(text=text, **more))
    if "limit" not in more and "offset" not in more:
        assert results.total == len(results.hits)
    return [hit.title for hit in results.hits]


def ids(results: Results) -> list[str]:
    return [hit.id for hit in results.hits]


def counts(results: Results, facet: str) -> list[tuple[str, int]]:
    return [(count.value, count.count) for count in results.facets[facet]]
