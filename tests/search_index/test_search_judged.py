"""The judged queries: what a Vietnamese buyer expects, kept as data, asked of both backends."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

judged: Any = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[2] / "bench" / "judged.py")))


@pytest.fixture
def verdicts(backend: str) -> list[Any]:
    found: list[Any] = judged.ours(backend)
    return found


def test_judged_queries_are_answered_as_a_buyer_expects(verdicts: list[Any]) -> None:
    told = "\n".join(str(one) for one in judged.amiss(verdicts))
    whole = judged.summary(verdicts)
    assert whole["mrr"] >= judged.MRR, told
    assert [one.judgement.query for one in verdicts if one.judgement.kind == "typo" and not one.hits] == []
    assert {one.judgement.query: one.wrong for one in verdicts if one.wrong} == {}
    assert {one.judgement.query: one.missing for one in verdicts if one.missing} == {}
    assert judged.held(verdicts)


def test_the_judged_set_is_large_and_says_why() -> None:
    judgements = judged.judgements()
    assert len(judgements) >= 150
    assert len({(one.kind, one.query) for one in judgements}) == len(judgements)
    assert {one.kind for one in judgements} == set(judged.CLASSES)
    assert min(Counter(one.kind for one in judgements).values()) >= 10
    for one in judgements:
        assert one.relevant, one.query
        assert len(one.reason.split()) >= 5, one.query
        assert not (one.relevant | one.found) & one.forbidden, one.query


def test_the_judged_documents_are_known_by_their_ids() -> None:
    documents = judged.documents()
    assert len({one.id for one in documents}) == len(documents) >= 400
    assert {one.kind for one in documents} == {"listing", "seller", "request"}


def test_a_mark_is_one_by_the_rank_of_the_first_right_answer() -> None:
    one = judged.judgements()[0]
    right, other = min(one.relevant), next(doc.id for doc in judged.documents() if doc.id not in one.relevant)
    first, second, never = (judged.judge(lambda *_, ids=ids: ids)[0] for ids in ([right], [other, right], [other]))
    assert (first.mark, second.mark, never.mark) == (1, 0.5, 0)
    assert judged.summary([first, second, never])["mrr"] == 0.5
    assert judged.held([first])
    assert not judged.held([second])
