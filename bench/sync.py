"""A whole sync of the sandbox by our engine, beside Scrapy reading the same pages into the same records.

    python bench/sync.py --sellers 2000 --listings 1000 [--rounds 3] [--json] [--output FILE]

What is compared, and why it is fair: bench/README.md. Exit codes: 0 measured, 1 the two found different records or
pages (or one failed), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from running import BenchError, addresses, apart, sandbox, say

KINDS = ("seller", "listing", "request")
# Pages that ours alone asks for, to know what it reads: the home page, the contents of the API.
OURS_ALONE = {"postmart": 1, "longantrade": 1}
# What must hold in one run, at any size.
LEAST_RATIO = 1.0  # records a second, ours to the peer's
MOST_OF_FIRST = 1 / 3  # CPU of an unchanged second sync, of the first one's
LEAST_REPLAY = 1.0  # pages per CPU second, replayed to taken in
MOST_MEMORY_MB = 300

Result = dict[str, Any]


def one_round(urls: dict[str, str], own_first: bool) -> tuple[Result, Result]:
    """Both turns, one after the other, each with nothing left of the other: ours and the peer's measurements."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        ours, peer = folder / "instance" / "marketplace.db", folder / "peer.db"
        turns = {
            "ours": lambda: apart("own_sync.py", [str(ours.parent), *addresses(urls)]),
            "peer": lambda: twice(peer, urls),
        }
        done = {turn: turns[turn]() for turn in (("ours", "peer") if own_first else ("peer", "ours"))}
        check_same(done, ours, peer)
        sites = {slug: {kind: len(refs(ours, kind, slug)) for kind in KINDS} for slug in urls}
    for slug, told in sites.items():
        told["pages"] = done["ours"]["pages_of"][slug]
    return {**figures(done["ours"]), "sites": sites}, figures(done["peer"])


def twice(database: Path, urls: dict[str, str]) -> Result:
    """The peer's first sync, and its second one into the same database, in which nothing has changed."""
    first, second = (apart("scrapy_peer.py", [str(database), *addresses(urls)]) for _ in range(2))
    if second["failed"] or second["by_kind"] != first["by_kind"]:
        raise BenchError(f"peer: the second sync found other records: {first['by_kind']}, {second['by_kind']}")
    return {**first, "second": {name: second[name] for name in ("seconds", "cpu_s", "pages")}}


def check_same(done: dict[str, Result], ours: Path, peer: Path) -> None:
    """Raises BenchError unless both read all pages and found the very same records, site by site."""
    own, replay = done["ours"], done["ours"]["replay"]
    for turn, failed in (("ours", own["failed"]), ("replay", replay["failed"]), ("peer", done["peer"]["failed"])):
        if failed:
            raise BenchError(f"{turn}: {failed} pages or callbacks failed")
    for told in (own, own["second"]):
        if set(told["verdicts"].values()) != {"ok"}:
            raise BenchError(f"ours: not every run is ok: {told['verdicts']}")
    if replay["pages"] != own["pages"] or replay["changed"] or own["second"]["changed"]:
        raise BenchError("ours: the second sync or the replay found something new")
    for slug, pages in done["peer"]["pages_of"].items():
        if own["pages_of"][slug] - OURS_ALONE.get(slug, 0) != pages:
            raise BenchError(f"{slug}: pages differ: ours {own['pages_of'][slug]}, peer {pages}")
        for kind in KINDS:
            here, there = refs(ours, kind, slug), refs(peer, kind, slug)
            if here != there:
                example = sorted(here ^ there)[0]
                raise BenchError(
                    f"{slug}: {kind}s differ: ours {len(here)}, peer {len(there)}, for example {example!r}"
                )


def refs(database: Path, kind: str, source: str) -> set[str]:
    """The refs of a source's records of a kind; both name the table of a kind like the kind."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(f"SELECT ref FROM {kind} WHERE source = ?", (source,))  # noqa: S608 - our own names
        return {ref for (ref,) in rows}


def figures(result: Result) -> Result:
    """The measurements of a turn with the rates that follow from them."""
    records = sum(result["by_kind"].values())
    result["second"]["cpu_of_first"] = result["second"]["cpu_s"] / result["cpu_s"]
    if "replay" in result:
        result["replay"] = replay_figures(result)
    return {
        **result,
        "records": records,
        "records_per_s": records / result["seconds"],
        "pages_per_s": result["pages"] / result["seconds"],
    }


def replay_figures(result: Result) -> Result:
    """Pages per CPU second: replayed, taken in by the first sync (parsed and written), parsed alone."""
    replay = result["replay"]
    rate, taken = replay["pages"] / replay["cpu_s"], result["pages"] / result["taking_cpu_s"]
    return {
        **replay,
        "pages_per_cpu_s": rate,
        "taken_per_cpu_s": taken,
        "parsed_per_cpu_s": replay["pages"] / replay["parse_cpu_s"],
        "ratio": rate / taken,
    }


def held(result: Result) -> dict[str, bool]:
    """Which of the bounds hold."""
    return {
        "ratio": result["ratio"] >= LEAST_RATIO,
        "second_sync": result["second"]["cpu_of_first"] < MOST_OF_FIRST,
        "replay": result["replay"]["ratio"] >= LEAST_REPLAY,
        "memory": result["peak_rss_mb"] < MOST_MEMORY_MB,
    }


def summary(rounds: Sequence[tuple[Result, Result]]) -> Result:
    """The round of the median ratio, with the ratios of all."""
    ratios = [ours["records_per_s"] / peer["records_per_s"] for ours, peer in rounds]
    ours, peer = min(zip(rounds, ratios, strict=True), key=lambda pair: abs(pair[1] - median(ratios)))[0]
    result = {
        **ours,
        "peer": {"name": f"Scrapy {peer['scrapy']}", **peer},
        "ratio": ours["records_per_s"] / peer["records_per_s"],
        "cpu_ratio": peer["cpu_s"] / ours["cpu_s"],
        "ratios": ratios,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    return {**result, "held": held(result)}


def rounded(value: Any) -> Any:
    """Figures as they are worth printing."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 3) if isinstance(value, float) else value


def table(result: Result) -> str:
    """The summary for people."""
    peer, second, again, replay = result["peer"], result["second"], result["peer"]["second"], result["replay"]
    columns = ("seller", "listing", "request", "pages")
    lines = [f"{'site':<24}{'sellers':>10}{'listings':>10}{'requests':>10}{'pages':>10}"]
    lines += [
        f"{slug:<24}" + "".join(f"{told[name]:>10,}" for name in columns) for slug, told in result["sites"].items()
    ]
    rows = [
        ("", "ours", peer["name"]),
        *(
            (label, f"{result[key]:,.{digits}f}", f"{peer[key]:,.{digits}f}")
            for label, key, digits in (
                ("records", "records", 0),
                ("pages", "pages", 0),
                ("seconds", "seconds", 1),
                ("records/s", "records_per_s", 1),
                ("pages/s", "pages_per_s", 1),
                ("peak memory, MB", "peak_rss_mb", 0),
                ("CPU seconds", "cpu_s", 1),
            )
        ),
        ("unchanged second sync, s", f"{second['seconds']:,.1f}", f"{again['seconds']:,.1f}"),
        ("  its pages", f"{second['pages']:,}", f"{again['pages']:,}"),
        ("  its CPU seconds", f"{second['cpu_s']:,.1f}", f"{again['cpu_s']:,.1f}"),
        ("  of those of the first", f"{second['cpu_of_first']:.2f}", f"{again['cpu_of_first']:.2f}"),
        ("search index in step, s", f"{result['index_s']:,.1f}", "–"),
        ("pages per CPU second: first sync", f"{replay['taken_per_cpu_s']:,.0f}", "–"),
        ("  replayed", f"{replay['pages_per_cpu_s']:,.0f}", "–"),
        ("  parsed alone", f"{replay['parsed_per_cpu_s']:,.0f}", "–"),
    ]
    lines += ["", *(f"{label:<34}{ours:>12}{theirs:>16}" for label, ours, theirs in rows), ""]
    ratios = ", ".join(f"{ratio:.2f}" for ratio in result["ratios"])
    lines.append(f"records per second, ours to the peer's: {result['ratio']:.2f} (rounds: {ratios})")
    lines.append(f"the same for CPU seconds: {result['cpu_ratio']:.2f}")
    lines.append(f"replay to the first sync's taking in: {replay['ratio']:.2f}")
    missed = [name for name, good in result["held"].items() if not good]
    lines.append(f"bounds missed: {', '.join(missed) or 'none'}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/sync.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sellers", type=int, default=2_000, help="accounts on all shops together (default: 2000)")
    parser.add_argument("--listings", type=int, default=1_000, help="listings of all shops together (default: 1000)")
    parser.add_argument("--rounds", type=int, default=1, help="turns of each, taken alternately (default: 1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the JSON object to this file, too")
    told = parser.parse_args(arguments)
    if told.sellers < 1 or told.listings < 0 or told.rounds < 1:
        parser.error("--sellers and --rounds are 1 or more, --listings 0 or more")
    rounds = []
    try:
        with sandbox(told.sellers, told.listings) as urls:
            for number in range(told.rounds):
                say(f"round {number + 1} of {told.rounds}")
                rounds.append(one_round(urls, own_first=number % 2 == 0))
    except BenchError as error:
        say(f"bench/sync.py: {error}")
        return 1
    result = summary(rounds)
    if told.output:
        told.output.write_text(json.dumps(rounded(result), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(rounded(result), ensure_ascii=False, indent=2) if told.json else table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
