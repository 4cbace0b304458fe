"""The worker: what it reads when, what it leaves alone, and how it stops. Time is told to it; sites are the sandbox."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as datetime_time
from pathlib import Path
from threading import Thread

import pytest
import time_machine
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from connectors.sandbox import Sandbox
from marketplace import mail
from marketplace.catalogue.models import IndexChange, Sighting
from marketplace.config import Config, SourceSettings
from marketplace.config import Worker as Settings
from marketplace.db import now, writer
from marketplace.instance import open_index
from marketplace.sync import actions, queries, schedule
from marketplace.sync.lease import lease
from marketplace.sync.models import Run
from marketplace.sync.quarantine import Quarantine
from marketplace.web.formats import local, moment
from marketplace.worker import Worker
from search_index import generations
from search_index.documents import Query

SLUG, OTHER = "nongsanantoanlongan", "voso"
DAY = timedelta(days=1)


class Clock:
    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def config(config: Config) -> Config:
    """One source is enough for what has no process of its own."""
    off = {slug: replace(settings, mode="off") for slug, settings in config.sources.items() if slug != SLUG}
    return replace(config, sources={SLUG: config.sources[SLUG], **off}, worker=Settings(jitter_minutes=0))


@pytest.fixture
def worker(config: Config, engine: Engine, clock: Clock) -> Worker:
    return Worker(config, engine, clock)


def runs(engine: Engine) -> list[Run]:
    with Session(engine) as session:
        return list(session.scalars(select(Run).order_by(Run.id)))


def once(worker: Worker) -> list[Run]:
    return worker.once(lambda: False)


def test_it_reads_what_is_due_and_waits_for_the_next_night(worker: Worker, engine: Engine, clock: Clock) -> None:
    (run,) = once(worker)
    assert run.verdict == "ok"
    assert once(worker) == []
    clock.at += 9 * DAY  # nine nights were missed: one reading
    assert [run.verdict for run in once(worker)] == ["ok"]
    with Session(engine) as session:
        assert session.scalar(select(IndexChange.id).limit(1)) is None, "the search index is in step"


def seen_days(config: Config, engine: Engine) -> set[str]:
    """The days the search index says records were last seen on."""
    index = open_index(config, engine)
    try:
        return {count.value for count in index.search(Query(limit=0, facets=("seen",))).facets["seen"]}
    finally:
        index.close()


def built_on(config: Config, at: datetime) -> None:
    """Make the index look as if it was built then."""
    os.utime(config.index_folder / "current", (at.timestamp(), at.timestamp()))


@pytest.fixture
def noon(clock: Clock) -> Iterator[None]:
    """It is noon in Vietnam: the night's readings are over. The day is today's, as files bear the machine's time."""
    clock.at = datetime.combine(local(now()).date(), datetime_time(12), schedule.VIETNAM)
    with time_machine.travel(clock.at):
        yield


@pytest.mark.usefixtures("noon")
def test_the_index_is_renewed_after_the_readings_of_the_night(
    worker: Worker, config: Config, engine: Engine, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    once(worker)
    today, night = f"{local(now()):%Y-%m-%d}", schedule.night(config.worker.night)
    assert seen_days(config, engine) == {today}
    with writer(engine).begin() as session:  # what a reading writes of records it finds unchanged
        session.execute(update(Sighting).values(seen_at=now() - 2 * DAY))
        assert session.scalar(select(IndexChange.id).limit(1)) is None, "and that stands in no outbox"
    built_on(config, now())
    worker.renew_index()
    assert seen_days(config, engine) == {today}, "built since the last reading: left alone"
    built_on(config, night.ends(clock.at) - DAY - timedelta(minutes=1))
    with lease(actions.writer(engine), f"sync:{SLUG}"):
        worker.renew_index()
    assert seen_days(config, engine) == {today}, "a source is still being read"
    with caplog.at_level("INFO"):
        worker.renew_index()
        built_on(config, now())  # its file bears the machine's time, the readings that of this test
        worker.renew_index()
    assert seen_days(config, engine) == {f"{local(now() - 2 * DAY):%Y-%m-%d}"}
    assert sum("built anew" in line for line in caplog.messages) == 1


@pytest.mark.usefixtures("noon")
def test_an_index_built_before_the_last_reading_is_renewed(worker: Worker, config: Config, engine: Engine) -> None:
    once(worker)
    with writer(engine).begin() as session:
        session.execute(update(Sighting).values(seen_at=now() - 2 * DAY))
        over = session.scalar(select(func.max(Run.finished_at)))
    assert over is not None
    built_on(config, over - timedelta(minutes=1))
    worker.renew_index()
    assert seen_days(config, engine) == {f"{local(now() - 2 * DAY):%Y-%m-%d}"}, "although it is of this day"


@pytest.mark.usefixtures("noon")
def test_an_index_that_can_t_be_renewed_is_tried_again(
    worker: Worker, config: Config, clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    once(worker)
    built_on(config, clock.at - 2 * DAY)

    def broken(*_: object) -> int:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("marketplace.worker.rebuild_index", broken)
        worker.renew_index()
    assert "could not be built anew; it is tried again" in caplog.text
    with generations.write_lock(config.index_folder), caplog.at_level("INFO"):
        worker.renew_index()
    assert "it is built anew later" in caplog.text
    before = generations.built_at(config.index_folder)
    worker.renew_index()
    assert generations.built_at(config.index_folder) != before


def test_a_live_site_is_left_alone_by_day(config: Config, engine: Engine, clock: Clock) -> None:
    live = SourceSettings(mode="live", home="http://127.0.0.1:9")  # refused as an address of our own network
    config = replace(config, sources={**config.sources, SLUG: live})
    worker = Worker(config, engine, clock)
    clock.at = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # noon in Vietnam
    assert once(worker) == []
    assert runs(engine) == []
    clock.at = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 22:00
    assert [run.reason for run in once(worker)] == ["private_address"]


def test_a_reading_ends_with_the_night_and_goes_on_in_the_next(
    worker: Worker, engine: Engine, clock: Clock, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_night = replace(worker.config.plan(SLUG), night=schedule.night("22:00-05:00"))
    monkeypatch.setattr(Config, "plan", lambda *_: by_night)
    clock.at = datetime.combine(clock.at.date(), by_night.night.start, schedule.VIETNAM)
    site = sandbox.sites[SLUG]
    reading = Thread(target=worker.look, args=(SLUG,))
    reading.start()
    while len(site.seen) < 10:
        time.sleep(0.001)
    clock.at = clock.at.replace(hour=4, minute=59) + DAY
    worker.beat()
    assert reading.is_alive()
    clock.at += timedelta(minutes=1)
    worker.beat()
    reading.join(timeout=30)
    (stopped,) = runs(engine)
    assert stopped.verdict is None
    assert stopped.pages > 5
    assert worker.look(SLUG) is None, "it is day"
    clock.at = clock.at.replace(hour=22)
    run = worker.look(SLUG)
    assert run is not None
    assert (run.id, run.verdict, run.resumed) == (stopped.id, "ok", 1)
    pages = [seen for seen in site.seen if seen.target != "/robots.txt"]
    assert run.pages <= len(pages) <= run.pages + 1


def test_a_source_in_quarantine_is_skipped_and_the_log_says_so_once(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    states = queries.states
    since = now() - 6 * DAY
    rests = Quarantine(since=since, tried_at=now() - DAY, nights=5, reason="dns")

    def quarantined(*given: object) -> dict[str, queries.SourceState]:
        return {slug: replace(one, quarantine=rests) for slug, one in states(*given).items()}  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(queries, "states", quarantined)
    with caplog.at_level("INFO"):
        assert worker.look(SLUG) is None
        assert worker.look(SLUG) is None
    assert [line for line in caplog.messages if "quarantine" in line] == [
        f"{SLUG}: skipped, it is in quarantine since {moment(since)} (dns)"
    ]
    rests = replace(rests, tried_at=now() - 7 * DAY)
    assert worker.look(SLUG) is not None, "tried once a week"


def test_a_source_another_process_reads_is_no_error(
    worker: Worker, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    with lease(actions.writer(engine), f"sync:{SLUG}"), caplog.at_level("INFO"):
        assert worker.look(SLUG) is None
    assert f"{SLUG}: is being read by another process" in caplog.messages
    assert worker.look(SLUG) is not None


def test_what_fails_outside_of_the_site_is_tried_again_later_and_breaks_nothing(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[object] = []

    def broken(*given: object, **_: object) -> list[Run]:
        asked.append(given)
        raise OSError("No space left on device")

    monkeypatch.setattr(actions, "sync", broken)
    assert worker.look(SLUG) is None
    assert worker.look(SLUG) is None
    assert len(asked) == 1, "not every minute"
    assert f"{SLUG} could not be read: No space left on device" in caplog.text


def test_the_outbox_is_emptied_between_the_readings(worker: Worker, engine: Engine) -> None:
    once(worker)
    with Session(engine) as session, session.begin():
        session.add(IndexChange(kind="seller", record_id=1))
    worker.tend_index()
    with Session(engine) as session:
        assert session.scalar(select(IndexChange.id).limit(1)) is None


def test_a_clock_that_was_set_is_noticed_once(worker: Worker, clock: Clock) -> None:
    assert not worker.clock_jumped()
    clock.at -= DAY
    assert worker.clock_jumped()
    assert not worker.clock_jumped()


def test_unfinished_runs_nobody_takes_up_are_closed(config: Config, engine: Engine) -> None:
    at = now()
    with Session(engine) as session, session.begin():
        for source, ago in ((SLUG, 3 * DAY), (OTHER, timedelta(hours=3)), ("cooplink", 3 * DAY)):
            session.add(Run(source=source, mode="sandbox", kind="full", started_at=at - ago))
    with lease(actions.writer(engine), "sync:cooplink"):
        Worker(config, engine).tidy()
    closed = [run for run in runs(engine) if run.finished_at is not None]
    assert [(run.source, run.verdict, run.reason) for run in closed] == [(SLUG, "failed", "abandoned")]
    assert [run.finished_at is None for run in runs(engine)] == [False, True, True]


def test_the_mail_waits_until_nothing_more_is_planned_for_the_night(
    worker: Worker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[datetime] = []
    monkeypatch.setattr(mail, "write_digest", lambda _config, _engine, at: written.append(at))
    worker.tend_mail()
    assert written == [], "the source is due: its reading comes first"
    worker.look(SLUG)
    clock.at = worker.config.plan(SLUG).fires_after(clock.at) or clock.at
    worker.tend_mail()
    assert written == []
    worker.look(SLUG)
    # Read at 22:05: nothing more until 22:00 of the next day.
    clock.at += timedelta(hours=6)
    monkeypatch.setattr(queries, "history", lambda *_: (clock.at, False))
    worker.tend_mail()
    assert written == [clock.at]


# Real processes

COMMAND = [sys.executable, "-m", "marketplace"]


@pytest.fixture
def instance(tmp_path: Path, sandbox: Sandbox) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir()
    lines = ["[worker]", "jitter_minutes = 0"]
    for slug, url in sandbox.urls.items():
        mode = "sandbox" if slug in (SLUG, "cooplink") else "off"
        lines += [f"[sources.{slug}]", f'mode = "{mode}"', f'home = "{url}"', "delay_s = 0.01"]
    (folder / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def start(instance: Path, *words: str) -> subprocess.Popen[str]:
    command = [*COMMAND, "--instance", str(instance), *words]
    return subprocess.Popen(
        command, text=True, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def rows(instance: Path, statement: str) -> list[tuple[object, ...]]:
    try:
        with sqlite3.connect(f"file:{instance / 'marketplace.db'}?mode=ro", uri=True) as connection:
            return connection.execute(statement).fetchall()
    except sqlite3.OperationalError:
        return []


def wait_for(instance: Path, statement: str, process: subprocess.Popen[str], enough: Callable[[int], bool]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = rows(instance, statement)
        if found and isinstance(found[0][0], int) and enough(found[0][0]):
            return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)
    pytest.fail(f"{statement}: not within a minute")


def test_two_workers_read_every_source_once(instance: Path, sandbox: Sandbox) -> None:
    assert subprocess.run([*COMMAND, "--instance", str(instance), "init"], check=False).returncode == 0
    both = [start(instance, "worker", "--once") for _ in range(2)]
    told = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert rows(instance, "SELECT source, verdict, resumed FROM run ORDER BY source") == [
        ("cooplink", "ok", 0),
        (SLUG, "ok", 0),
    ]
    for slug, site in sandbox.sites.items():
        targets = [seen.target for seen in site.seen if seen.target != "/robots.txt"]
        assert len(targets) == len(set(targets)), slug
    assert not any("Traceback" in text for text in told)


def test_sigterm_ends_after_the_page_at_hand_and_the_next_start_goes_on(instance: Path, sandbox: Sandbox) -> None:
    process = start(instance, "worker")
    wait_for(instance, f"SELECT pages FROM run WHERE source = '{SLUG}'", process, lambda pages: pages > 20)
    process.send_signal(signal.SIGTERM)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == 0, told
    assert re.search(rf"{SLUG}: stopped .*it goes on from there", told)
    assert "Traceback" not in told
    assert rows(instance, "SELECT count(*) FROM lease") == [(0,)]
    again = start(instance, "worker", "--once")
    assert "Traceback" not in again.communicate(timeout=120)[1]
    assert again.returncode == 0
    finished = rows(instance, f"SELECT pages, resumed, verdict FROM run WHERE source = '{SLUG}'")
    asked = [seen for seen in sandbox.sites[SLUG].seen if seen.target != "/robots.txt"]
    ((pages, resumed, verdict),) = finished
    assert (resumed, verdict) == (1, "ok")
    assert isinstance(pages, int)
    assert pages <= len(asked) <= pages + 1


def test_it_ends_with_the_process_that_started_it(instance: Path) -> None:
    process = start(instance, "worker", "--until-eof")
    wait_for(instance, "SELECT count(*) FROM run WHERE verdict = 'ok'", process, lambda count: count == 2)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr is not None
    told = process.stderr.read()
    process.stderr.close()
    assert f"{SLUG}: next reading" in told
    assert told.rstrip().endswith("stopped")


def test_a_worker_that_is_switched_off_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[worker]\nenabled = false\n", encoding="utf-8")
    process = start(tmp_path, "worker")
    assert "[worker] enabled" in process.communicate(timeout=60)[1]
    assert process.returncode == 1
