"""Our side of bench/sync.py: the real engine syncs a running sandbox, in a process of its own.

    python bench/own_sync.py FOLDER SLUG=URL…

FOLDER becomes an instance folder. Prints one JSON object. The clock runs while `actions.sync` does: migrations and
imports are not part of it, robots.txt and the closing of the runs are. So it does for a second sync, in which nothing
has changed, and for a replay of the pages that the first one has stored.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any
from unittest.mock import patch

from flask import Flask
from running import cpu_s, peak_rss_mb, read_addresses, say
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connectors import REGISTRY, parser_of
from connectors.contract import Source
from marketplace import create_app
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config, SourceSettings
from marketplace.db import db
from marketplace.instance import prepare, rebuild_index, update_index
from marketplace.sync import actions
from marketplace.sync.engine import Progress
from marketplace.sync.models import Run
from marketplace.sync.pages import stored_pages
from marketplace.sync.replaying import files_of
from marketplace.sync.taking import PageTaker, read

# The nation's size on one site needs longer lists than a real site of one province may ever have.
MAX_PAGES = 100_000
# Known by now, as configuration should say it: without it the detector would ask the site again.
PLATFORMS = {"longantrade": "woocommerce"}


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


class Taking:
    """CPU seconds of the threads that take pages in: parse one, write what it says, settle it (`PageTaker.take`)."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self._lock = Lock()

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count what is taken in meanwhile."""
        take = PageTaker.take

        def timed(*arguments: Any, **named: Any) -> int:
            begun = time.thread_time()
            try:
                return take(*arguments, **named)
            finally:
                with self._lock:
                    self.cpu_s += time.thread_time() - begun

        with patch.object(PageTaker, "take", timed):
            yield


def filled(folder: Path, urls: dict[str, str]) -> tuple[BenchConfig, Flask]:
    """An instance whose sources are the running sandbox, its database made ready."""
    off = dict.fromkeys(REGISTRY, SourceSettings(mode="off"))
    there = {slug: SourceSettings(home=url, platform=PLATFORMS.get(slug, "")) for slug, url in urls.items()}
    config = BenchConfig(instance=folder, sources=off | there)
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(config)
    prepare(app)
    return config, app


def one_sync(config: Config) -> dict[str, Any]:
    """A full sync of all sources, every list to its end: seconds, CPU seconds, pages, verdicts."""
    cpu, begun = cpu_s(), time.perf_counter()
    runs = actions.sync(config, db.engine, progress=Shown(), full=True)
    seconds = time.perf_counter() - begun
    return {
        "seconds": seconds,
        "cpu_s": cpu_s() - cpu,
        "pages": sum(run.pages + run.failed for run in runs),
        "pages_of": {run.source: run.pages + run.failed for run in runs},
        "failed": sum(run.failed for run in runs),
        "verdicts": {run.source: run.verdict for run in runs},
        "changed": sum(changes(run) for run in runs),
        "runs": [run.id for run in runs],
    }


def changes(run: Run) -> int:
    """Records that a run has brought in or changed."""
    return sum(counts[name] for counts in run.counts.values() for name in ("new", "changed"))


def counted() -> dict[str, int]:
    """How many records of each kind stand in the catalogue."""
    with Session(db.engine) as session:
        return {kind: session.scalar(select(func.count()).select_from(model)) or 0 for kind, model in MODELS.items()}


def replayed(config: Config, run_ids: Sequence[int]) -> dict[str, Any]:
    """The stored pages of these runs read and written again; and beside it what parsing alone needs for them."""
    cpu, begun = cpu_s(), time.perf_counter()
    again = [actions.replay(config, db.engine, run_id, write=True) for run_id in run_ids]
    seconds, used = time.perf_counter() - begun, cpu_s() - cpu
    say("ours: the stored pages once more, parsing alone")
    parsing, secret = 0.0, config.secret()
    with Session(db.engine) as session:
        for run_id in run_ids:
            run = session.get_one(Run, run_id)
            source = config.source(run.source)
            parser = parser_of(source)
            for file in files_of(config.pages_folder, run):
                for _, page in stored_pages(config.pages_folder, file):
                    begun_at = time.process_time()
                    read(parser, source, page, secret)
                    parsing += time.process_time() - begun_at
    return {
        "seconds": seconds,
        "cpu_s": used,
        "pages": sum(run.pages + run.failed for run, _ in again),
        "failed": sum(run.failed for run, _ in again),
        "changed": sum(len(differences) for _, differences in again),
        "parse_cpu_s": parsing,
    }


def measured(folder: Path, urls: dict[str, str]) -> dict[str, Any]:
    """First sync, search index, a second sync in which nothing has changed, and a replay of the first."""
    config, app = filled(folder, urls)
    with app.app_context():
        rebuild_index(config, db.engine)  # an empty one, as `marketplace init` leaves it
        say("ours: first sync")
        taking = Taking()
        with taking.counted():
            first = one_sync(config)
        first["taking_cpu_s"] = taking.cpu_s
        first["peak_rss_mb"] = peak_rss_mb()
        first["by_kind"] = counted()
        say("ours: search index")
        begun = time.perf_counter()
        indexed = update_index(config, db.engine)
        index_s = time.perf_counter() - begun
        say("ours: second sync, unchanged")
        second = one_sync(config)
        say("ours: replay")
        replay = replayed(config, first["runs"])
        db.engine.dispose()
    return {
        **first,
        "index_s": index_s,
        "indexed": indexed,
        "second": second,
        "replay": replay,
        "peak_rss_whole_mb": peak_rss_mb(),
    }


def main(arguments: Sequence[str]) -> int:
    print(json.dumps(measured(Path(arguments[0]), read_addresses(arguments[1:]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
