"""What goes wrong on our own machine while a source is read × every connector: nothing is lost, the next goes on."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from installation import A_WEEK, DAY_ONE, Installation, differences, installed
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.sandbox import World
from marketplace.catalogue.models import PricePoint, Sighting
from marketplace.db import db
from marketplace.instance import open_index, update_index
from marketplace.sync.actions import ActionError
from marketplace.sync.models import Lease, Run
from search_index.documents import Query

FIRST, *OTHERS = REGISTRY
everywhere = pytest.mark.parametrize("slug", REGISTRY)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("here"), World(seed=3, sellers=18, listings=24, posts=3)) as made:
        yield made


def recovers(market: Installation, slug: str, later: timedelta) -> Run:
    """The next run is good and finds what the site has always shown."""
    known = market._known[slug]
    with market.on(later):
        run = market.sync(slug)
    assert (run.verdict, run.reason) == ("ok", ""), market.problems(run)
    assert differences(known, market.records(slug)) == []
    with Session(market.engine) as session:
        assert session.scalars(select(Lease)).all() == []
    return run


# The disk


@everywhere
def test_a_full_disk_keeps_no_raw_page_and_the_run_goes_on(market: Installation, slug: str) -> None:
    known = market.filled(slug)
    market.empty()
    folder = market.config.pages_folder / slug
    folder.mkdir(parents=True)
    # The kernel's own full disk, in the place of the file this run will write to.
    (folder / f"{DAY_ONE:%Y-%m-%d}-run1-0.warc.gz").symlink_to("/dev/full")
    with market.on(timedelta()):
        run = market.sync(slug)
    assert (run.id, run.verdict) == (1, "ok")
    assert market.problems(run)["page_not_kept"] == run.pages
    assert differences(known, market.records(slug)) == []
    assert "Không lưu được trang gốc" in market.page("/nguon")
    again = recovers(market, slug, A_WEEK)
    assert not market.problems(again)["page_not_kept"]


# The database


@contextmanager
def with_pragmas(market: Installation, *pragmas: str) -> Iterator[None]:
    """Connections of ours with other settings."""

    def _set(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    market.engine.dispose()
    event.listen(market.engine, "connect", _set)
    try:
        yield
    finally:
        event.remove(market.engine, "connect", _set)
        market.engine.dispose()


@everywhere
def test_a_database_that_others_hold_too_long_ends_the_run_in_one_line(market: Installation, slug: str) -> None:
    known = market.filled(slug)
    site, database = market.site(slug), market.config.instance / "marketplace.db"
    asked = len(site.seen)
    holder = sqlite3.connect(database, isolation_level=None)

    def hold(_connection: Any, _record: Any, _proxy: Any) -> None:
        if len(site.seen) > asked and not holder.in_transaction:
            holder.execute("BEGIN IMMEDIATE")

    with with_pragmas(market, "busy_timeout=50"), market.on(A_WEEK):
        event.listen(market.engine, "checkout", hold)
        try:
            holder.execute("BEGIN IMMEDIATE")
            with pytest.raises(ActionError, match="locked"):
                market.sync(slug)
        finally:
            event.remove(market.engine, "checkout", hold)
            holder.close()
    assert differences(known, market.records(slug)) == []
    recovers(market, slug, A_WEEK + timedelta(hours=1))


@pytest.mark.parametrize("slug", [FIRST])  # the records of the smallest sites find room in the pages there are
def test_a_full_database_ends_the_run_in_one_line_and_the_next_goes_on(market: Installation, slug: str) -> None:
    market.filled(slug)
    market.empty()
    database = market.config.instance / "marketplace.db"
    with sqlite3.connect(database) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    with (
        with_pragmas(market, f"max_page_count={pages}"),
        market.on(timedelta()),
        pytest.raises(ActionError, match="full"),
    ):
        market.sync(slug)
    with Session(market.engine) as session:
        left = session.scalars(select(Run)).one_or_none()
    assert left is None or left.finished_at is None
    recovers(market, slug, timedelta(hours=1))


# The clock


@everywhere
@pytest.mark.parametrize("back", [timedelta(minutes=10), timedelta(days=3)], ids=["minutes", "days"])
def test_a_clock_that_goes_back_puts_nothing_in_disorder(market: Installation, slug: str, back: timedelta) -> None:
    known = market.filled(slug)
    points = market.price_points(slug)
    with market.on(-back):
        run = market.sync(slug)
    assert run.verdict == "ok", (run.reason, run.detail)
    assert differences(known, market.records(slug)) == []
    with Session(market.engine) as session:
        seen = session.scalars(select(Sighting.seen_at)).all()
        prices = session.execute(select(PricePoint.listing_id, PricePoint.at).order_by(PricePoint.id)).all()
    assert min(seen) >= DAY_ONE
    assert prices == sorted(prices, key=lambda point: point.at)
    assert market.price_points(slug) == points
    recovers(market, slug, A_WEEK)


# The process

PHASES = {
    "while fetching": ("connectors.client:PoliteClient.get", "before", 9),
    "with an answer in hand": ("connectors.client:PoliteClient.get", "after", 9),
    "between the raw page and its transaction": ("marketplace.sync.pages:PageStore.add", "after", 8),
    "in the transaction": ("marketplace.sync.writing:PageWriter.write", "after", 8),
    "before the run is closed": ("marketplace.sync.engine:close_run", "before", 1),
    "while the run is being closed": ("marketplace.sync.engine:close_run", "after", 1),
    "before the index is updated": ("search_index.index:Index.apply", "before", 1),
    "between the index and its outbox": ("search_index.index:Index.apply", "after", 1),
}


# Every phase once, since they are the engine's; and once every source, since a short one has other phases at hand.
KILLS = [(FIRST, phase) for phase in PHASES] + [(slug, "between the raw page and its transaction") for slug in OTHERS]


@pytest.mark.parametrize(("slug", "phase"), KILLS)
def test_a_sync_killed_in_any_phase_goes_on(market: Installation, slug: str, phase: str) -> None:
    known = market.filled(slug)
    market.empty()
    site = market.site(slug)
    instance = market.config.instance
    open_index(market.config, market.engine).close()
    (instance / "config.toml").write_text(f'[sources.{slug}]\nhome = "{market.sandbox.urls[slug]}"\n', encoding="utf-8")
    asked = len(site.seen)
    place, when, number = PHASES[phase]
    if slug != FIRST:
        number = 2
    command = [sys.executable, str(Path(__file__).with_name("dying.py")), place, when, str(number), "--"]
    done = subprocess.run(
        [*command, "--instance", str(instance), "sync", slug], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Session(market.engine) as session:
        left = session.scalars(select(Run)).one()
    ended = left.finished_at is not None
    assert ended == ("index" in phase)

    run = market.sync(slug) if not ended else left
    assert (run.verdict, run.resumed) == ("ok", int(not ended)), market.problems(run)
    assert differences(known, market.records(slug)) == []
    fetched = [seen.target for seen in list(site.seen)[asked:] if seen.target != "/robots.txt"]
    assert run.pages <= len(fetched) <= run.pages + 1, "at most the page in flight is fetched again"
    with market.app.app_context():
        update_index(market.config, db.engine)
        index = open_index(market.config, db.engine)
        try:
            assert index.search(Query(text="", limit=1)).total == len(known)
        finally:
            index.close()
