"""The measured search runs, says what it promises, and notices wrong counts. How fast anything is, is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from search_index.index import BACKENDS, Index

BENCH = Path(__file__).parents[2] / "bench"
DOCS = 300


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCH / "search.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=BENCH.parent)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(BENCH)
    return import_module


@pytest.mark.parametrize("backend", sorted(BACKENDS))
def test_the_search_is_measured_beside_its_peers(tmp_path: Path, backend: str) -> None:
    output = tmp_path / "result.json"
    done = bench("--docs", str(DOCS), "--rounds", "1", "--backend", backend, "--json", "--output", str(output))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)  # nothing but the object: progress goes to stderr
    assert json.loads(output.read_text(encoding="utf-8")) == told
    assert (told["docs"], told["backend"]) == (DOCS, backend)
    for state in ("warm", "cold"):
        assert told["p95"][state].keys() == {"faceted", "typo", "prefix"}
        for one in told["p95"][state].values():
            assert one["ours_ms"] > 0
            assert one["bare_ms"] > 0
            assert abs(one["ratio"] - one["ours_ms"] / one["bare_ms"]) < 0.1
    for side in ("ours", "bare"):
        assert told["build"][side]["seconds"] > 0
        assert told["build"][side]["peak_rss_mb"] > 10
        assert told["build"][side]["megabytes"] > 0
        assert told["changes"][side]["documents"] == DOCS
        assert told["p95"]["hits"][side]["faceted"]["mean"] > 0
    assert told["counts"] == {"queries": 100, "documents": DOCS, "differing": []}
    assert told["judged"].keys() == {"ours", "fts5", "whoosh"}
    assert told["judged"]["ours"]["all"]["mrr"] > told["judged"]["fts5"]["all"]["mrr"]
    assert told["held"].keys() == {
        "faceted_warm", "faceted_cold", "typo", "prefix", "changes", "build", "counts", "judged",
    }  # fmt: skip


def test_wrong_counts_are_noticed(tmp_path: Path, module: Any) -> None:
    corpus, counts = module("search_corpus"), module("search_counts")
    whole, part, folder = tmp_path / "whole", tmp_path / "part", tmp_path / "index"
    corpus.write(whole, DOCS)
    corpus.write(part, DOCS - 100)
    Index.build(folder, corpus.read(whole))
    every = counts.answered(folder, "tantivy")
    phrases = [phrase for one in every for group in (*one.plan.required, one.plan.excluded) for phrase in group]
    assert counts.differing(every, counts.Documents(whole, phrases)) == []
    wrong = counts.differing(every, counts.Documents(part, phrases))
    assert {"query": "", "total": DOCS, "counted": DOCS - 100} in wrong


def test_the_catalogue_is_the_same_every_time(tmp_path: Path, module: Any) -> None:
    corpus = module("search_corpus")
    corpus.write(tmp_path / "one", DOCS)
    corpus.write(tmp_path / "two", DOCS)
    documents = list(corpus.read(tmp_path / "one"))
    assert documents == list(corpus.read(tmp_path / "two"))
    assert len({one.id for one in documents}) == len(documents) == DOCS
    assert {one.kind for one in documents} == {"listing", "seller", "request"}
    changed = corpus.changed(tmp_path / "one", 10, "mới")
    assert [one.title for one in changed] == [f"{one.title} mới" for one in documents[:10]]
    assert [one.id for one in changed] == [one.id for one in documents[:10]]


def test_the_questions_are_what_they_are_called(module: Any) -> None:
    corpus = module("search_corpus")
    faceted, typos, begun = corpus.faceted_queries(), corpus.typo_queries(), corpus.prefix_queries()
    assert (len(faceted), len(typos), len(begun)) == (60, 20, 20)
    assert sum(bool(one.filters) for one in faceted) == 10
    assert all(one.typing for one in begun)
    assert not any(one.typing for one in (*faceted, *typos))


@pytest.mark.parametrize("arguments", [("--docs", "5"), ("--rounds", "0"), ("--docs", "80000", "--backend", "whoosh")])
def test_a_senseless_size_is_refused(arguments: tuple[str, ...]) -> None:
    done = bench(*arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr or arguments[2] in done.stderr
