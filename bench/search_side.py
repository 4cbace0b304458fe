"""One side of `search.py` in a process of its own.

    search_side.py SIDE build|ask|change FOLDER CORPUS BACKEND [ROUNDS]

Prints one JSON object. `build` reads the catalogue and makes the index. `ask` opens it and asks every question once,
with the index's files thrown out of the system's memory before (cold), then each ROUNDS times over (warm); it tells
milliseconds by question, warm the least of its rounds. `change` puts in a thousand changed documents and waits until
they are found, three times, of which the best is told.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from running import BenchError, cpu_s, peak_rss_mb, say
from search_corpus import Asked, changed, faceted_queries, prefix_queries, read, typo_queries
from search_engines import ENGINES, Engine

SETS = {"faceted": faceted_queries, "typo": typo_queries, "prefix": prefix_queries}
CHANGED = 1_000
_WORDS = ("zxqvw", "wvqxz", "qzwxv")  # in no document, and no syllables of any language


def folder_bytes(folder: Path) -> int:
    """The size of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def build(engine: Engine, folder: Path, corpus: Path) -> dict[str, Any]:
    begun = time.perf_counter()
    engine.build(read(corpus))
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "cpu_s": cpu_s(), "peak_rss_mb": peak_rss_mb(), "bytes": folder_bytes(folder)}


def ask(engine: Engine, folder: Path, rounds: int) -> dict[str, Any]:
    _forget(folder)
    begun = time.perf_counter()
    engine.open()
    told: dict[str, Any] = {"open_ms": (time.perf_counter() - begun) * 1000, "cold": {}, "warm": {}, "hits": {}}
    sets = {name: made() for name, made in SETS.items()}
    for name, asked in sets.items():
        answers = [_timed(engine, one) for one in asked]
        told["cold"][name] = [took for took, _ in answers]
        told["hits"][name] = [total for _, total in answers]
    for name, asked in sets.items():
        turns = [[took for took, _ in (_timed(engine, one) for one in asked)] for _ in range(rounds)]
        told["warm"][name] = [min(turn[at] for turn in turns) for at in range(len(asked))]
    return told | {"peak_rss_mb": peak_rss_mb()}


def change(engine: Engine, corpus: Path) -> dict[str, Any]:
    engine.open()
    engine.ask(Asked("gạo"))
    best = float("inf")
    for word in _WORDS:
        documents = changed(corpus, CHANGED, word)
        begun = time.perf_counter()
        engine.change(documents)
        found = engine.ask(Asked(word)).total
        best = min(best, time.perf_counter() - begun)
        if found != len(documents):
            raise BenchError(f"{found} of {len(documents)} changed documents are found")
    return {"seconds": best, "documents": len(documents)}


def _timed(engine: Engine, one: Asked) -> tuple[float, int]:
    begun = time.perf_counter()
    answer = engine.ask(one)
    return (time.perf_counter() - begun) * 1000, answer.total


def _forget(folder: Path) -> None:
    """Ask the system to drop the files of an index from its memory, so that they are read from disk again."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main(side: str, action: str, folder: Path, corpus: Path, backend: str, rounds: int = 1) -> int:
    engine: Engine = ENGINES[side](folder, backend)
    try:
        if action == "build":
            told = build(engine, folder, corpus)
        elif action == "ask":
            told = ask(engine, folder, rounds)
        else:
            told = change(engine, corpus)
    except BenchError as error:
        say(f"bench/search_side.py: {side}: {error}")
        return 1
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    side, action, folder, corpus, backend, *more = sys.argv[1:]
    sys.exit(main(side, action, Path(folder), Path(corpus), backend, *map(int, more)))
