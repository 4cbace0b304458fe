"""What is not kept for ever, runs nobody goes on with, and clocks and databases in trouble."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from connectors.sandbox import Fault, Sandbox, World
from marketplace.catalogue.models import PricePoint, Sighting
from marketplace.config import Config
from marketplace.db import writer
from marketplace.sync import actions, queries
from marketplace.sync.engine import Progress
from marketplace.sync.lease import TERM, Busy, lease
from marketplace.sync.models import Lease, PageUse, RecordChange, Run, RunProblem, StoredPage
from tests.marketplace.sync.reading import NONGSAN, one

START = datetime(2026, 11, 2, 18, 0, tzinfo=UTC)


def count(session: Session, model: type[RecordChange | RunProblem | StoredPage | PageUse]) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_old_pages_and_journals_are_removed_and_a_dry_run_only_tells(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World
) -> None:
    with time_machine.travel(START, tick=True) as traveller:
        one(config, engine)
        world.change_price(next(iter(sandbox.sites[NONGSAN].floor.listings)), "77.000 ₫")
        run = one(config, engine)
        assert run.counts["listing"]["changed"] == 1
        with writer(engine).begin() as writing:
            writing.add(RunProblem(run_id=run.id, code="bad_row"))
        for path in config.pages_folder.glob("**/*.warc.gz"):
            os.utime(path, (START.timestamp(), START.timestamp()))
        assert actions.tidy(config, engine).files == 0
        traveller.shift(timedelta(days=31))
        told = actions.tidy(config, engine, dry_run=True)
        assert (told.files, told.changes, told.problems) == (2, 0, 0)
        assert told.bytes > 1000
        assert count(session, StoredPage) > 0
        assert len(list(config.pages_folder.glob("**/*.warc.gz"))) == 2
        assert actions.tidy(config, engine) == told
        assert not list(config.pages_folder.glob("**/*.warc.gz"))
        assert count(session, StoredPage) == 0
        traveller.shift(timedelta(days=400))
        before = (count(session, RecordChange), count(session, RunProblem))
        done = actions.tidy(config, engine)
        assert (done.changes, done.problems) == before
        assert (count(session, RecordChange), count(session, RunProblem), count(session, PageUse)) == (0, 0, 0)
        assert session.scalar(select(func.count()).select_from(PricePoint))  # the price history is kept


def test_what_a_held_run_waits_with_is_kept(config: Config, engine: Engine, session: Session, sandbox: Sandbox) -> None:
    with time_machine.travel(START, tick=True) as traveller:
        one(config, engine)
        sandbox.sites[NONGSAN].faults.add(Fault(kind="half_list"))
        held = one(config, engine)
        missing = select(func.count()).where(RecordChange.run_id == held.id, RecordChange.outcome == "missing")
        waiting = session.scalar(missing)
        session.rollback()
        traveller.shift(timedelta(days=900))
        actions.tidy(config, engine)
        assert session.scalar(missing) == waiting


def stopped(config: Config, engine: Engine) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.read == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.sync(config, engine, [NONGSAN], interrupt)


def test_a_run_nobody_goes_on_with_is_closed(config: Config, engine: Engine, session: Session) -> None:
    with time_machine.travel(START, tick=True) as traveller:
        stopped(config, engine)
        assert actions.tidy(config, engine).closed == ()
        traveller.shift(timedelta(hours=30))
        with lease(writer(engine), f"sync:{NONGSAN}"):
            assert actions.tidy(config, engine).closed == ()  # somebody works on it
        done = actions.tidy(config, engine)
        run = session.scalars(select(Run)).one()
        assert done.closed == (run.id,)
        assert (run.verdict, run.reason) == ("partial", "abandoned")
        assert "abandoned: 1" in str(done)


@pytest.mark.parametrize("back", [timedelta(hours=3), timedelta(days=40)])
def test_a_clock_that_goes_back_loses_nothing(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World, back: timedelta
) -> None:
    mine = next(iter(sandbox.sites[NONGSAN].floor.listings))
    with time_machine.travel(START, tick=True) as traveller:
        assert one(config, engine).verdict == "ok"
        before = {(row.kind, row.record_id): row.seen_at for row in session.scalars(select(Sighting))}
        session.rollback()
        traveller.move_to(START - back)
        world.change_price(mine, "77.000 ₫")
        run = one(config, engine)
        assert (run.verdict, run.counts["listing"]["changed"]) == ("ok", 1)
        assert run.finished_at is not None
        assert run.finished_at >= run.started_at
        assert all(row.seen_at >= before[row.kind, row.record_id] for row in session.scalars(select(Sighting)))
        # The newest run is the newest, whatever the clock says.
        state = queries.states(session, config, run.finished_at)[NONGSAN]
        assert state.last is not None
        assert state.last.id == run.id
        if back < timedelta(days=1):
            points = session.scalars(select(PricePoint).order_by(PricePoint.id)).all()
            assert [point.at for point in points] == sorted(point.at for point in points)


def test_a_run_left_before_the_clock_went_back_is_not_taken_up_blindly(
    config: Config, engine: Engine, session: Session
) -> None:
    with time_machine.travel(START, tick=True) as traveller:
        stopped(config, engine)
        traveller.move_to(START - timedelta(hours=2))
        assert one(config, engine).resumed == 1
        stopped(config, engine)
        traveller.move_to(START - timedelta(days=90))
        assert one(config, engine).resumed == 0
    assert session.scalar(select(func.count()).where(Run.finished_at.is_(None))) == 0


def test_a_lease_from_the_future_is_no_lease_for_years(engine: Engine, session: Session) -> None:
    at = datetime.now(UTC)
    session.add(Lease(name="sync:x", holder="another-machine:1:1", expires_at=at + timedelta(days=300)))
    session.add(Lease(name="sync:y", holder="another-machine:1:1", expires_at=at + TERM))
    session.commit()
    with lease(writer(engine), "sync:x"):
        pass
    with pytest.raises(Busy), lease(writer(engine), "sync:y"):
        pass


def test_a_locked_database_is_one_line_and_the_run_goes_on_later(
    config: Config, engine: Engine, session: Session
) -> None:
    @event.listens_for(engine, "connect")
    def _impatient(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    engine.dispose()
    other = sqlite3.connect(config.instance / "marketplace.db", isolation_level=None, check_same_thread=False)

    def lock(progress: Progress) -> None:
        if progress.read == 3:
            other.execute("BEGIN IMMEDIATE")

    with pytest.raises(actions.ActionError, match="database is locked; what was read is kept") as caught:
        actions.sync(config, engine, [NONGSAN], lock)
    assert "\n" not in str(caught.value)
    other.rollback()
    other.close()
    left = session.scalars(select(Run)).one()
    assert left.finished_at is None
    session.rollback()
    with writer(engine).begin() as writing:  # as if the process had ended and another one came
        writing.delete(writing.get_one(Lease, f"sync:{NONGSAN}"))
    run = one(config, engine)
    assert (run.id, run.resumed, run.verdict) == (left.id, 1, "ok")


def test_a_preview_lets_others_write(config: Config, engine: Engine) -> None:
    one(config, engine)
    wrote = []

    def write(progress: Progress) -> None:
        with sqlite3.connect(config.instance / "marketplace.db", timeout=0.1) as other:
            other.execute("UPDATE run SET detail = 'meanwhile' WHERE id = 1")
            wrote.append(progress.read)

    run, _ = actions.preview(config, engine, NONGSAN, write)
    assert len(wrote) == run.pages
