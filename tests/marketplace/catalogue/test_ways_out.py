"""What is offered when a search found nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from marketplace.catalogue.search_request import SearchRequest
from marketplace.catalogue.ways_out import ways_out
from search_index.documents import Results


def asked(text: str, **filters: str) -> SearchRequest:
    chosen = {name: (value,) for name, value in filters.items()}
    return SearchRequest(today=date(2026, 11, 23), text=text, filters=chosen)


def finding(**totals: int) -> Callable[[SearchRequest], Results]:
    """So many hits per filter that is left, "none" without any."""

    def search(other: SearchRequest) -> Results:
        return Results(totals.get("_".join(other.filters) or "none", 0))

    return search


def test_all_filters_at_once_come_off_last() -> None:
    found = ways_out(
        asked("gạo", san="voso", xa="28243", con="con-hang"), finding(none=900, san_xa=3, xa_con=5, huyen=1)
    )
    assert [(way.label, way.hits) for way in found] == [
        ("Bỏ lọc “voso.vn”", 5),
        ("Bỏ lọc “Còn hàng”", 3),
        ("Bỏ hết bộ lọc", 900),
    ]
    assert len(ways_out(asked("gạo", san="voso"), finding(none=9))) == 1, "one filter comes off once"


def test_fewer_words_are_named_by_what_is_searched_for_then() -> None:
    read = {
        "thanh lonh": Results(132, read_as="thanh long"),
        "lonh zz": Results(0),
        "thanh zz": Results(2),
    }
    found = ways_out(asked("thanh lonh zz"), lambda other: read[other.text])
    assert [(way.label, way.asked.text, way.hits) for way in found] == [
        ("Tìm “thanh long”", "thanh long", 132),
        ("Tìm “thanh zz”", "thanh zz", 2),
    ]
    assert ways_out(asked("thanh lonh zz"), lambda other: read[other.text], ["thanh long", "thanh zz"]) == []


def test_two_ways_that_are_read_alike_are_one() -> None:
    found = ways_out(asked("gạo gao"), lambda _: Results(7, read_as="gạo"))
    assert [way.label for way in found] == ["Tìm “gạo”"]
