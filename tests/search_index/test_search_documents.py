"""What cannot be indexed or asked for is refused with one clear line."""

from __future__ import annotations

from typing import Any

import pytest
from search_listings import listing

from search_index.documents import Document, Query


@pytest.mark.parametrize("id", ["", "a\nb", "a\x00", "\ud800", "x" * 201])
def test_refuses_an_id(id: str) -> None:
    with pytest.raises(ValueError, match=r"document id .*: expected 1 to 200 printable characters"):
        Document(id=id, kind="listing", source="voso", ref="1", title="Gạo")


@pytest.mark.parametrize("boost", [float("nan"), float("inf")])
def test_refuses_a_boost_that_is_no_number(boost: float) -> None:
    with pytest.raises(ValueError, match=r"listing:1: boost .* is not a finite number"):
        listing(1, "Gạo", boost=boost)


@pytest.mark.parametrize("name", ["", "Quận", "a.b", "a b", "1a", "x" * 51])
def test_refuses_a_facet_name(name: str) -> None:
    with pytest.raises(ValueError, match="facet name"):
        listing(1, "Gạo", facets={name: ("x",)})
    with pytest.raises(ValueError, match="facet name"):
        Query(filters={name: ("x",)})
    with pytest.raises(ValueError, match="facet name"):
        Query(facets=(name,))


def test_refuses_a_text_where_values_belong() -> None:
    values: Any = "Bến Lức"
    with pytest.raises(ValueError, match="facet district: expected a tuple of values, not the text 'Bến Lức'"):
        Query(filters={"district": values})


@pytest.mark.parametrize("page", [{"offset": -1}, {"limit": -1}])
def test_refuses_a_negative_page(page: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        Query(**page)
