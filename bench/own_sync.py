"""Our side of bench/sync.py: the real engine syncs a running sandbox, in a process of its own.

    python bench/own_sync.py FOLDER SLUG=URL…

FOLDER becomes an instance folder. Prints one JSON object. The clock runs while `actions.sync` does: migrations and
imports are not part of it, robots.txt and the closing of the runs are.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from running import cpu_s, peak_rss_mb, read_addresses, say
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.contract import Source
from marketplace import create_app
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config, SourceSettings
from marketplace.db import db
from marketplace.instance import prepare, rebuild_index, update_index
from marketplace.sync import actions
from marketplace.sync.engine import Progress

# The nation's size on one site needs longer lists than a real site of one province may ever have.
MAX_PAGES = 100_000


class BenchConfig(Config):
    """The settings of an installation, but for the length of a list, and with other provinces kept: the peer, which
    knows no places, reads and keeps them all."""

    def source(self, slug: str) -> Source:
        return replace(super().source(slug), max_pages=MAX_PAGES, scope="province")


class Shown:
    """The progress of a sync on stderr, a line now and then."""

    def __init__(self) -> None:
        self._at = time.monotonic()

    def __call__(self, state: Progress) -> None:
        if time.monotonic() - self._at > 10:
            self._at = time.monotonic()
            say(f"  {state.source}: {state.read} of {state.known} pages")


def filled(folder: Path, urls: dict[str, str]) -> tuple[BenchConfig, Flask]:
    """An instance whose sources are the running sandbox, its database made ready."""
    off = dict.fromkeys(REGISTRY, SourceSettings(mode="off"))
    config = BenchConfig(instance=folder, sources=off | {slug: SourceSettings(home=url) for slug, url in urls.items()})
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(config)
    prepare(app)
    return config, app


def one_sync(config: Config) -> dict[str, Any]:
    """A sync of all sources: seconds, CPU seconds, pages, verdicts."""
    cpu, begun = cpu_s(), time.perf_counter()
    runs = actions.sync(config, db.engine, progress=Shown(), full=True)
    seconds = time.perf_counter() - begun
    return {
        "seconds": seconds,
        "cpu_s": cpu_s() - cpu,
        "pages": sum(run.pages + run.failed for run in runs),
        "failed": sum(run.failed for run in runs),
        "verdicts": {run.source: run.verdict for run in runs},
        "changed": sum(run.counts[kind][name] for run in runs for kind in run.counts for name in ("new", "changed")),
    }


def counted() -> dict[str, int]:
    """How many records of each kind stand in the catalogue."""
    with Session(db.engine) as session:
        return {kind: session.scalar(select(func.count()).select_from(model)) or 0 for kind, model in MODELS.items()}


def measured(folder: Path, urls: dict[str, str]) -> dict[str, Any]:
    """First sync, search index, and a second sync in which nothing has changed."""
    config, app = filled(folder, urls)
    with app.app_context():
        rebuild_index(config, db.engine)  # an empty one, as `marketplace init` leaves it
        say("ours: first sync")
        first = one_sync(config)
        first["peak_rss_mb"] = peak_rss_mb()
        first["by_kind"] = counted()
        say("ours: search index")
        begun = time.perf_counter()
        indexed = update_index(config, db.engine)
        index_s = time.perf_counter() - begun
        say("ours: second sync, unchanged")
        second = one_sync(config)
        db.engine.dispose()
    return {**first, "index_s": index_s, "indexed": indexed, "peak_rss_whole_mb": peak_rss_mb(), "second": second}


def main(arguments: Sequence[str]) -> int:
    print(json.dumps(measured(Path(arguments[0]), read_addresses(arguments[1:]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
