"""Runs in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors import REGISTRY
from connectors.problems import PROBLEMS
from marketplace.sync import wording
from marketplace.sync.models import Run

SOURCE = replace(next(iter(REGISTRY.values())).source, max_drop=0.3)


def run(verdict: str = "ok", **listing: int) -> Run:
    return Run(verdict=verdict, counts={"listing": listing, "seller": {"seen": 0, "new": 0}})


@pytest.mark.parametrize(
    ("made", "problems", "sentence"),
    [
        (run(seen=20, new=12, changed=3, gone=1), {"bad_row": 2}, "20 bản ghi, 12 mới, 3 đổi, 1 gỡ, 2 từ chối"),
        (run(seen=1_535, unchanged=1_535), {"price_unreadable": 9}, "1.535 bản ghi, không có gì đổi"),
        (run("held", seen=4, unchanged=4, missing=6), {}, "4 bản ghi, 6 chờ gỡ, không có gì đổi"),
        (run(seen=5, missing=1, revived=1), {}, "5 bản ghi, 1 hiện lại"),
        (run("failed"), {}, "không đọc được bản ghi nào"),
    ],
)
def test_what_a_run_did(made: Run, problems: dict[str, int], sentence: str) -> None:
    assert wording.did(made, problems) == sentence


def test_a_held_run_tells_what_is_missing_and_the_threshold() -> None:
    held = run("held", unchanged=4, missing=6)
    assert wording.held_because(held, SOURCE) == (
        "6 trong 10 sản phẩm không còn thấy (60,0\u00a0%), ngưỡng là 30\u00a0%"
    )
    assert wording.held_because(run("held", unchanged=9, missing=1), SOURCE) == ""


def test_every_reason_can_be_explained() -> None:
    for code in (*PROBLEMS, "abandoned", "saved_pages", "large_drop", "below_minimum", "parser_error", "page_not_kept"):
        words = wording.explain(code)
        assert words.title != code, code
        assert words.cause.endswith(".")
        assert words.cure.endswith(".")
    assert wording.explain("never_heard_of").title == "never_heard_of"
    assert set(PROBLEMS) >= wording.REJECTED


def test_every_verdict_has_a_word() -> None:
    assert [wording.verdict(name)[0] for name in ("ok", "partial", "held", "failed")] == [
        "Đủ",
        "Một phần",
        "Tạm giữ",
        "Lỗi",
    ]
    assert wording.verdict("of_later") == ("of_later", "", "")
    assert wording.verdict(None)[0] == "chưa có"
