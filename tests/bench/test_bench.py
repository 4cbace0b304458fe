"""The benchmarks run, say what they promise, and what they compare is the same. How fast anything is, is not tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# A tenth of it must still have every kind of hit, or its pages need fewer statements.
SELLERS, LISTINGS = 200, 120


def bench(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "bench" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)


def measured(script: str, *arguments: str) -> dict[str, Any]:
    size = ("--sellers", str(SELLERS), "--listings", str(LISTINGS))
    done = bench(script, *size, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)  # nothing but the object: progress goes to stderr
    return told


def test_both_read_the_same_pages_into_the_same_records() -> None:
    told = measured("sync.py")
    peer = told["peer"]
    for turn in (told, peer):
        assert turn["by_kind"]["seller"] == SELLERS
        assert turn["by_kind"]["listing"] == LISTINGS
        assert turn["records"] == sum(turn["by_kind"].values())
        assert turn["failed"] == 0
        assert turn["seconds"] > 0
        assert turn["cpu_s"] > 0
        assert turn["peak_rss_mb"] > 10
        assert abs(turn["records_per_s"] * turn["seconds"] - turn["records"]) < 0.01 * turn["records"]
        assert abs(turn["pages_per_s"] * turn["seconds"] - turn["pages"]) < 0.01 * turn["pages"]
    assert told["by_kind"] == peer["by_kind"]
    assert told["pages"] == peer["pages"]
    assert peer["name"].startswith("Scrapy ")
    assert abs(told["ratio"] - told["records_per_s"] / peer["records_per_s"]) < 0.01
    assert len(told["ratios"]) == 1
    # Every record goes into the index; one that a later page adds to goes in again.
    assert told["indexed"] >= told["records"]
    assert told["index_s"] > 0
    assert told["second"]["changed"] == 0
    assert 0 < told["second"]["pages"] < told["pages"]


def test_every_kind_of_page_is_measured_and_needs_the_same_statements_at_any_size() -> None:
    told = measured("pages.py", "--requests", "5")
    assert told["records"]["seller"] == SELLERS
    assert told["records"]["listing"] == LISTINGS
    kinds = {"search", "search_filtered", "listing", "seller", "statistics", "sources"}
    assert told["pages"].keys() == told["small_statements"].keys() == kinds
    for page in told["pages"].values():
        assert 0 < page["p50_ms"] <= page["p95_ms"]
        assert page["statements"] > 0
    assert told["same_statements"] is True


def test_a_senseless_size_is_refused() -> None:
    for script in ("sync.py", "pages.py"):
        done = bench(script, "--sellers", "0")
        assert done.returncode == 2
        assert "--sellers" in done.stderr


def test_an_empty_instance_can_not_be_measured(tmp_path: Path) -> None:
    done = bench("pages.py", "--sellers", "30", "--listings", "20", "--instance", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("no filled instance")
    assert list(tmp_path.iterdir()) == []
