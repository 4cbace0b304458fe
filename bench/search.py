"""How fast and how right our search is, beside tantivy called bare, SQLite FTS5 and plain Whoosh.

    python bench/search.py --docs 75000 [--json] [--output FILE]
    python bench/search.py --docs 1000000 --rounds 3 --json
    python bench/search.py --docs 20000 --backend whoosh

One run over one invented catalogue, always the same for the same size. Each part of each side runs in a process of its
own, one after the other. bench/README.md says what is compared and why that is fair.

Exit codes: 0 measured (`held` tells which targets were kept), 1 a part failed or a count was wrong, 2 wrong usage.
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
from importlib.metadata import version
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

from judged import CLASSES
from running import BenchError, apart, say
from search_corpus import SEED, write
from search_engines import ENGINES
from search_side import SETS

from search_index.index import BACKENDS

Result = dict[str, Any]

# At most: our p95 in shares of the peer's, seconds until changes are found, seconds for a million documents.
WARM, COLD, HARDER = 1.5, 3.0, 2.0
CHANGES_S, BUILD_S = 1.0, 120.0
WARM_TURNS = 10  # of every question in one process


def p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20, method="inclusive")[18]


def asked(folder: Path, corpus: Path, backend: str, rounds: int) -> Result:
    """p95 of every set of questions, cold and warm, of both sides; they take turns, each in a new process."""
    turns: dict[str, list[Result]] = {side: [] for side in ENGINES}
    for number in range(rounds):
        for side in ENGINES if number % 2 == 0 else reversed(ENGINES):
            say(f"asking {side}, round {number + 1} of {rounds}")
            turns[side].append(
                apart("search_side.py", [side, "ask", str(folder / side), str(corpus), backend, str(WARM_TURNS)])
            )
    told: Result = {}
    for state in ("warm", "cold"):
        told[state] = {}
        for name in SETS:
            # The best time of each question: whatever else the machine had to do can only make it longer.
            best = {
                side: [min(times) for times in zip(*(turn[state][name] for turn in some), strict=True)]
                for side, some in turns.items()
            }
            one = {f"{side}_ms": round(p95(times), 3) for side, times in best.items()}
            told[state][name] = one | {"ratio": round(one["ours_ms"] / one["bare_ms"], 2)}
    told["open_ms"] = {side: round(min(turn["open_ms"] for turn in some), 1) for side, some in turns.items()}
    told["hits"] = {
        side: {name: {"mean": round(mean(found)), "none": found.count(0)} for name, found in some[0]["hits"].items()}
        for side, some in turns.items()
    }
    return told


def measured(docs: int, backend: str, rounds: int, folder: Path) -> Result:
    corpus = folder / "corpus"
    say(f"making {docs:,} documents")
    write(corpus, docs)
    build = {}
    for side in ENGINES:
        say(f"building the index of {side}")
        made = apart("search_side.py", [side, "build", str(folder / side), str(corpus), backend])
        build[side] = {
            "seconds": round(made["seconds"], 2),
            "cpu_s": round(made["cpu_s"], 2),
            "peak_rss_mb": round(made["peak_rss_mb"], 1),
            "megabytes": round(made["bytes"] / 1e6, 1),
        }
    times = asked(folder, corpus, backend, rounds)
    say("counting without an index")
    counts = apart("search_counts.py", [str(folder / "ours"), str(corpus), backend])
    changes = {}
    for side in ENGINES:
        say(f"changing documents of {side}")
        made = apart("search_side.py", [side, "change", str(folder / side), str(corpus), backend])
        changes[side] = {"documents": made["documents"], "seconds": round(made["seconds"], 3)}
    say("the judged queries")
    judged = apart("search_judged.py", [backend])
    return {
        "docs": docs,
        "backend": backend,
        "seed": SEED,
        "rounds": rounds,
        "p95": times,
        "build": build,
        "changes": changes,
        "counts": counts,
        "judged": judged["classes"],
        "held": {
            "faceted_warm": times["warm"]["faceted"]["ratio"] <= WARM,
            "faceted_cold": times["cold"]["faceted"]["ratio"] <= COLD,
            "typo": times["warm"]["typo"]["ratio"] <= HARDER,
            "prefix": times["warm"]["prefix"]["ratio"] <= HARDER,
            "changes": changes["ours"]["seconds"] <= CHANGES_S,
            "build": build["ours"]["seconds"] <= BUILD_S * max(1.0, docs / 1e6),
            "counts": not counts["differing"],
            "judged": judged["held"],
        },
        "versions": {name: version(name) for name in ("tantivy", "whoosh-reloaded")}
        | {"sqlite": sqlite3.sqlite_version, "python": platform.python_version()},
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
    }


def table(result: Result) -> str:
    """The result for people."""
    lines = [
        f"{result['docs']:,} documents, {result['backend']}, load {result['load'][0]}",
        f"\n{'p95 ms':<22}{'ours':>10}{'bare':>10}{'ratio':>8}",
    ]
    for state in ("warm", "cold"):
        for name, one in result["p95"][state].items():
            lines.append(f"{f'{name}, {state}':<22}{one['ours_ms']:>10.2f}{one['bare_ms']:>10.2f}{one['ratio']:>8.2f}")
    lines.append("")
    ours, bare = result["build"]["ours"], result["build"]["bare"]
    for label, key in (("build s", "seconds"), ("build peak MB", "peak_rss_mb"), ("index MB", "megabytes")):
        lines.append(f"{label:<22}{ours[key]:>10.1f}{bare[key]:>10.1f}")
    changes = result["changes"]
    label = f"{changes['ours']['documents']:,} changes found s"
    lines.append(f"{label:<22}{changes['ours']['seconds']:>10.2f}{changes['bare']['seconds']:>10.2f}")
    differing = len(result["counts"]["differing"])
    lines.append(f"counts compared: {result['counts']['queries']} queries, {differing} differ")
    lines.append(f"\n{'MRR of judged':<16}{'queries':>8}{'ours':>8}{'fts5':>8}{'whoosh':>8}")
    for name in (*CLASSES, "all"):
        marks = "".join(f"{result['judged'][side][name]['mrr']:>8.3f}" for side in ("ours", "fts5", "whoosh"))
        lines.append(f"{name:<16}{result['judged']['ours'][name]['queries']:>8}{marks}")
    kept = ", ".join(f"{name} {'yes' if yes else 'NO'}" for name, yes in result["held"].items())
    lines.append(f"\nheld: {kept}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="bench/search.py", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--docs", type=int, default=20_000, help="documents in the catalogue (default: 20000)")
    parser.add_argument("--backend", choices=sorted(BACKENDS), default="tantivy", help="ours (default: tantivy)")
    parser.add_argument("--rounds", type=int, default=3, help="processes of each side that ask (default: 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--output", type=Path, help="write the JSON object to this file, too")
    told = parser.parse_args(arguments)
    if told.docs < 100 or told.rounds < 1:
        parser.error("--docs is 100 or more, --rounds 1 or more")
    if told.backend == "whoosh" and told.docs > 75_000:
        parser.error("--backend whoosh is measured with 75000 documents at most")
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            result = measured(told.docs, told.backend, told.rounds, Path(name))
    except BenchError as error:
        say(f"bench/search.py: {error}")
        return 1
    text = json.dumps(result, ensure_ascii=False, indent=2)
    if told.output:
        told.output.write_text(text + "\n", encoding="utf-8")
    print(text if told.json else table(result))
    if not result["held"]["counts"]:
        say("bench/search.py: our counts are not those of the documents")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
