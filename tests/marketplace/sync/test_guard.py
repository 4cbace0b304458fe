"""The verdict of a run: one table of cases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Source
from marketplace.sync.guard import Facts, judge

SOURCE = Source(
    slug="x",
    title="X",
    short="X",
    home="https://x.example.vn",
    scope="province",
    min_sellers=2,
    min_listings=3,
)
GOOD = Facts(
    kind="full",
    lists_read=4,
    seen={"seller": 10, "listing": 20, "request": 0},
    known={"seller": 10, "listing": 20},
    missing={"seller": 0, "listing": 1},
)


@pytest.mark.parametrize(
    ("facts", "verdict", "reason"),
    [
        (GOOD, "ok", ""),
        (replace(GOOD, known={}, missing={}), "ok", ""),
        (replace(GOOD, missing={"listing": 6}), "ok", ""),
        (replace(GOOD, missing={"listing": 7}), "held", "large_drop"),
        (replace(GOOD, missing={"seller": 4}), "held", "large_drop"),
        (replace(GOOD, seen={"seller": 1, "listing": 20}), "failed", "below_minimum"),
        (replace(GOOD, seen={"seller": 10, "listing": 2}), "failed", "below_minimum"),
        (replace(GOOD, pages_failed=1, first_failure="server_error"), "partial", "server_error"),
        (
            replace(GOOD, pages_failed=1, first_failure="timeout", missing={"listing": 20}),
            "partial",
            "timeout",
        ),
        (replace(GOOD, stopped_by="blocked"), "partial", "blocked"),
        (replace(GOOD, looped=True), "partial", "paging_loop"),
        (replace(GOOD, lists_read=0, pages_failed=1, first_failure="layout"), "failed", "layout"),
        (replace(GOOD, lists_read=0, stopped_by="moved", first_failure="moved"), "failed", "moved"),
        (Facts(kind="full", lists_read=0), "failed", "unreachable"),
        (replace(GOOD, kind="pages", missing={"listing": 20}), "partial", "saved_pages"),
        (replace(GOOD, kind="file", lists_read=0, seen={}, missing={"listing": 20}), "partial", "file"),
        (Facts(kind="pages", lists_read=0, first_failure="not_html"), "failed", "not_html"),
    ],
)
def test_the_table_of_verdicts(facts: Facts, verdict: str, reason: str) -> None:
    found = judge(SOURCE, facts)
    assert (found.name, found.reason) == (verdict, reason)


def test_a_board_without_listings_is_judged_by_its_units_and_notices() -> None:
    board = replace(SOURCE, min_listings=0)
    facts = Facts(
        kind="full", lists_read=1, seen={"seller": 5, "request": 9}, known={"seller": 5, "listing": 0, "request": 10}
    )
    assert judge(board, facts).name == "ok"
    assert judge(board, replace(facts, missing={"request": 4})).reason == "large_drop"
    assert judge(board, replace(facts, seen={})).reason == "below_minimum"
    assert judge(SOURCE, facts).reason == "below_minimum"


@given(
    failed=st.integers(0, 5),
    looped=st.booleans(),
    stopped=st.sampled_from(["", "blocked", "moved"]),
    lists=st.integers(0, 3),
    missing=st.integers(0, 100),
    seen=st.integers(0, 100),
    kind=st.sampled_from(["full", "pages"]),
)
def test_nothing_is_removed_unless_everything_was_read_and_little_is_missing(
    failed: int, looped: bool, stopped: str, lists: int, missing: int, seen: int, kind: str
) -> None:
    facts = Facts(
        kind=kind,
        lists_read=lists,
        pages_failed=failed,
        stopped_by=stopped,
        looped=looped,
        seen={"seller": seen, "listing": seen},
        known={"listing": seen + missing},
        missing={"listing": missing},
    )
    if judge(SOURCE, facts).name == "ok":
        assert kind == "full"
        assert lists
        assert not failed
        assert not looped
        assert not stopped
        assert missing <= SOURCE.max_drop * (seen + missing)
        assert seen >= SOURCE.min_listings


@pytest.mark.parametrize(
    ("facts", "detail"),
    [
        (replace(GOOD, pages_failed=1234, first_failure="timeout"), "1.234 trang không đọc được"),
        (replace(GOOD, seen={"seller": 1, "listing": 20}), "chỉ thấy 1 người bán, cần ít nhất 2"),
        (
            replace(GOOD, missing={"listing": 7}),
            "7 trong 20 sản phẩm không còn thấy (35,0\u00a0%, ngưỡng là 30\u00a0%)",
        ),
    ],
)
def test_a_verdict_says_why_in_the_language_of_its_readers(facts: Facts, detail: str) -> None:
    assert judge(SOURCE, facts).detail == detail
