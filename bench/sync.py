"""A whole sync of the sandbox by our engine, beside Scrapy reading the same pages into the same records.

    python bench/sync.py --sellers 2000 --listings 1000 [--rounds 3] [--json]

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
# The two walk in different orders, so a page that depends on the moment may be met by one alone; none should be.
PAGES_APART = 5

Result = dict[str, Any]


def one_round(urls: dict[str, str], own_first: bool) -> tuple[Result, Result]:
    """Both turns, one after the other, each with nothing left of the other: ours and the peer's measurements."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        turns = {
            "ours": lambda: apart("own_sync.py", [str(folder / "instance"), *addresses(urls)]),
            "peer": lambda: apart("scrapy_peer.py", [str(folder / "peer.db"), *addresses(urls)]),
        }
        done = {turn: turns[turn]() for turn in (("ours", "peer") if own_first else ("peer", "ours"))}
        check_same(done, folder / "instance" / "marketplace.db", folder / "peer.db")
    return figures(done["ours"]), figures(done["peer"])


def check_same(done: dict[str, Result], ours: Path, peer: Path) -> None:
    """Raises BenchError unless both read all pages and found the very same records."""
    for turn, result in done.items():
        if result["failed"]:
            raise BenchError(f"{turn}: {result['failed']} pages or callbacks failed")
    if set(done["ours"]["verdicts"].values()) != {"ok"}:
        raise BenchError(f"ours: not every run is ok: {done['ours']['verdicts']}")
    if abs(done["ours"]["pages"] - done["peer"]["pages"]) > PAGES_APART:
        raise BenchError(f"pages differ: ours {done['ours']['pages']}, peer {done['peer']['pages']}")
    for kind in KINDS:
        here, there = refs(ours, kind), refs(peer, kind)
        if here != there:
            example = sorted(here ^ there)[0]
            raise BenchError(f"{kind}s differ: ours {len(here)}, peer {len(there)}, for example {example}")


def refs(database: Path, kind: str) -> set[tuple[str, str]]:
    """Source and ref of every record of a kind; both name the table of a kind like the kind."""
    with closing(sqlite3.connect(database)) as connection:
        found: set[tuple[str, str]] = set(connection.execute(f"SELECT source, ref FROM {kind}"))  # noqa: S608 - our own names
    return found


def figures(result: Result) -> Result:
    """The measurements of a turn with the rates that follow from them."""
    records = sum(result["by_kind"].values())
    return {
        **result,
        "records": records,
        "records_per_s": records / result["seconds"],
        "pages_per_s": result["pages"] / result["seconds"],
    }


def summary(rounds: Sequence[tuple[Result, Result]]) -> Result:
    """The round of the median ratio, with the ratios of all."""
    ratios = [ours["records_per_s"] / peer["records_per_s"] for ours, peer in rounds]
    ours, peer = min(zip(rounds, ratios, strict=True), key=lambda pair: abs(pair[1] - median(ratios)))[0]
    return {
        **ours,
        "peer": {"name": f"Scrapy {peer['scrapy']}", **peer},
        "ratio": ours["records_per_s"] / peer["records_per_s"],
        "cpu_ratio": peer["cpu_s"] / ours["cpu_s"],
        "ratios": ratios,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def rounded(value: Any) -> Any:
    """Figures as they are worth printing."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 3) if isinstance(value, float) else value


def table(result: Result) -> str:
    """The summary for people."""
    peer, second = result["peer"], result["second"]
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
        ("unchanged second sync, s", f"{second['seconds']:,.1f}", "–"),
        ("  its CPU seconds", f"{second['cpu_s']:,.1f}", "–"),
        ("search index brought in step, s", f"{result['index_s']:,.1f}", "–"),
    ]
    lines = [f"{label:<32}{ours:>12}{theirs:>16}" for label, ours, theirs in rows]
    ratios = ", ".join(f"{ratio:.2f}" for ratio in result["ratios"])
    lines.append(f"records per second, ours to the peer's: {result['ratio']:.2f} (rounds: {ratios})")
    lines.append(f"the same for CPU seconds: {result['cpu_ratio']:.2f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/sync.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sellers", type=int, default=2_000, help="accounts on both sites (default: 2000)")
    parser.add_argument("--listings", type=int, default=1_000, help="listings on both sites (default: 1000)")
    parser.add_argument("--rounds", type=int, default=1, help="turns of each, taken alternately (default: 1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
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
    print(json.dumps(rounded(result), ensure_ascii=False, indent=2) if told.json else table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
