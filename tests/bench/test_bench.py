"""The benchmarks run, say what they promise, and what they compare is the same. How fast anything is, is not tested."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors import REGISTRY
from connectors.platforms import PLATFORMS
from connectors.sandbox.records import COOPLINK, POSTMART
from connectors.sandbox.world import World

ROOT = Path(__file__).parents[2]
lines, sizes = (SimpleNamespace(**runpy.run_path(str(ROOT / "bench" / name))) for name in ("lines.py", "sizes.py"))
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


def test_both_read_the_same_pages_of_five_sites_into_the_same_records(tmp_path: Path) -> None:
    told = measured("sync.py", "--output", str(tmp_path / "result.json"))
    assert json.loads((tmp_path / "result.json").read_text(encoding="utf-8")) == told
    peer = told["peer"]
    for turn in (told, peer):
        assert turn["records"] == sum(turn["by_kind"].values())
        assert turn["pages"] == sum(turn["pages_of"].values())
        assert turn["failed"] == 0
        assert turn["seconds"] > 0
        assert turn["cpu_s"] > 0
        assert turn["peak_rss_mb"] > 10
        assert abs(turn["records_per_s"] * turn["seconds"] - turn["records"]) < 0.01 * turn["records"]
        assert abs(turn["pages_per_s"] * turn["seconds"] - turn["pages"]) < 0.01 * turn["pages"]
        assert turn["second"]["cpu_s"] > 0
    assert told["by_kind"] == peer["by_kind"]
    assert peer["name"].startswith("Scrapy ")
    assert abs(told["ratio"] - told["records_per_s"] / peer["records_per_s"]) < 0.01
    assert len(told["ratios"]) == 1
    # Every record goes into the index; one that a later page adds to goes in again.
    assert told["indexed"] >= told["records"]
    assert told["index_s"] > 0
    assert told["second"]["changed"] == 0
    assert 0 < told["second"]["pages"] < told["pages"] <= peer["second"]["pages"] + 2
    assert told["replay"]["pages"] == told["pages"]
    assert told["replay"]["changed"] == 0
    assert told["replay"]["pages_per_cpu_s"] > 0
    assert told["replay"]["parse_cpu_s"] < told["replay"]["cpu_s"]
    assert told["held"].keys() == {"ratio", "second_sync", "replay", "memory"}

    sites = told["sites"]
    assert sites.keys() == REGISTRY.keys()
    assert sum(site["pages"] for site in sites.values()) == told["pages"]
    shops = [site for slug, site in sites.items() if slug != COOPLINK]
    # What was asked for is the sum over all shops; notices, posts and who offers by them come on top.
    assert sum(site["seller"] for site in shops) == SELLERS
    assert sum(site["listing"] for site in shops) == LISTINGS
    assert all(site["seller"] and site["listing"] for site in shops)
    assert sites[COOPLINK]["request"] > 0
    for kind, count in told["by_kind"].items():
        assert sum(site[kind] for site in sites.values()) == count


@given(st.integers(1, 80_000), st.integers(0, 10_000))
def test_all_shops_together_show_what_is_asked_for(sellers: int, listings: int) -> None:
    told, of_listings = sizes.asked(sellers, listings)
    assert abs(sizes.shown_listings(of_listings) - listings) <= 1
    assert abs(sizes.shown_sellers(told, of_listings) - sellers) <= 1


def test_the_sizes_are_what_the_world_holds() -> None:
    for told, listings in ((160, 84), (40, 200)):
        world = World(sellers=told, listings=listings)
        shops = [floor for slug, floor in world.floors.items() if slug != COOPLINK]
        selling = {listing.seller_ref for listing in world.floors[POSTMART].in_category("")} - {None}
        shown = sum(len(floor.sellers) for floor in shops if floor.source != POSTMART) + len(selling)
        assert sizes.shown_sellers(told, listings) == shown
        assert sizes.shown_listings(listings) == sum(len(floor.listings) for floor in shops)


def test_lines_of_code_are_counted_without_blanks_comments_and_docstrings() -> None:
    done = bench("lines.py", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["connectors"].keys() == REGISTRY.keys()
    assert told["platforms"].keys() == PLATFORMS.keys()
    module = '"""About."""\n\nX = 1  # why\n\n\ndef f() -> str:\n    """Of f."""\n    return """a\n\nb"""\n'
    assert lines.code_lines(module) == 4  # X, def, and the two lines of its text


def test_every_kind_of_page_is_measured_and_needs_the_same_statements_at_any_size() -> None:
    told = measured("pages.py", "--requests", "5")
    assert told["records"]["seller"] > SELLERS  # all shops' and those on the board of notices
    assert told["records"]["listing"] == LISTINGS
    kinds = {"search", "search_filtered", "listing", "seller", "statistics", "sources"}
    assert told["pages"].keys() == told["small_statements"].keys() == kinds
    for page in told["pages"].values():
        assert 0 < page["p50_ms"] <= page["p95_ms"]
        assert page["statements"] > 0
        assert page["kilobytes"] > 1
    assert told["same_statements"] is True


def test_pages_of_an_instance_filled_from_files_are_measured_the_same_way() -> None:
    done = bench("pages.py", "--docs", "1000", "--requests", "5", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["records"]["seller"] + told["records"]["listing"] == 1000
    assert told["same_statements"] is True
    assert told["held"].keys() == {"search_p95", "search_size"}


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
