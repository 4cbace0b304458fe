"""The worker: reads every source when its schedule says so, and keeps house. One process that may run for years.

It holds nothing that is not in the database or the configuration: each minute it looks at every source and asks
`schedule.due`. So a restart, a night that was missed or a clock that was set lead to one reading, never to a storm, and
two workers do no harm: the lease of a source lets one of them read it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Lock

from apscheduler.executors.pool import ThreadPoolExecutor as Threads
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from marketplace import mail
from marketplace.catalogue.models import IndexChange
from marketplace.config import Config
from marketplace.db import now
from marketplace.instance import rebuild_index, update_index
from marketplace.sync import actions, queries, schedule
from marketplace.sync.engine import StoppedError
from marketplace.sync.lease import Busy, is_held
from marketplace.sync.models import READINGS, Run
from marketplace.sync.schedule import Plan
from marketplace.web.formats import VIETNAM, moment
from search_index import generations
from search_index.index import IndexBusy

log = logging.getLogger(__name__)

LOOK_EVERY_S = 60
# A source that could not be begun (a full disk, a locked database, a setting) is tried again after this.
PAUSE_AFTER_ERROR = timedelta(minutes=15)
# The clock and the steady clock may part by this much before we call it a jump.
JUMP_S = 60.0


class Worker:
    """`clock` tells the time; `stop` ends everything after the page at hand."""

    def __init__(self, config: Config, engine: Engine, clock: Callable[[], datetime] = now) -> None:
        self.config, self.engine, self.clock = config, engine, clock
        self.stop = Event()
        self._reading: dict[str, tuple[Plan, Event]] = {}
        self._not_before: dict[str, float] = {}  # source → on the steady clock
        self._told: dict[str, str] = {}  # source → what the log said of it last
        self._indexing = Lock()
        self._drift = self._clock_drift()

    def run(self, pulse: Callable[[], bool]) -> None:
        """Work until `stop` is set or `pulse` says so. It is called again and again and waits half a second itself."""
        scheduler = BackgroundScheduler(
            timezone=VIETNAM,
            executors={"default": Threads(max_workers=len(REGISTRY) + 3)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        # Its warning that a source is still being read when the minute is over is no news.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        for slug in self._sources():
            self._tell_next(slug)
            self._add(scheduler, partial(self.look, slug), f"sync:{slug}", LOOK_EVERY_S)
        self._add(scheduler, self.tend_index, "index", LOOK_EVERY_S)
        self._add(scheduler, self.renew_index, "renewal", 15 * LOOK_EVERY_S)
        self._add(scheduler, self.tend_mail, "mail", 5 * LOOK_EVERY_S)
        self._add(scheduler, self.tidy, "tidy", 60 * LOOK_EVERY_S)
        scheduler.start()
        try:
            while not self.stop.is_set() and not pulse():
                self.beat()
                if self.clock_jumped():
                    log.info("the clock was set: looking at every source anew")
                    for job in scheduler.get_jobs():
                        job.modify(next_run_time=datetime.now(VIETNAM))
        finally:
            self.stop.set()
            self.beat()
            scheduler.shutdown(wait=True)
            log.info("stopped")

    def once(self, pulse: Callable[[], bool]) -> list[Run]:
        """Read what is due now, side by side, then keep house. Returns the finished runs."""
        with ThreadPoolExecutor(max_workers=len(REGISTRY)) as pool:
            futures = [pool.submit(self.look, slug) for slug in self._sources()]
            while wait(futures, timeout=0.05).not_done:
                if pulse():
                    self.stop.set()
                self.beat()
        if not self.stop.is_set():
            for chore in (self.tidy, self.tend_index, self.renew_index, self.tend_mail):
                chore()
        return [run for future in futures if (run := future.result()) is not None]

    def look(self, slug: str) -> Run | None:
        """Read the source if it is due; the finished run, None when there is none. Raises nothing: it is looked at
        again."""
        if self.stop.is_set() or time.monotonic() < self._not_before.get(slug, 0.0):
            return None
        try:
            plan = self._due(slug)
            return self._read(plan) if plan else None
        except StoppedError as stopped:
            log.info("%s; it goes on from there", stopped)
        except Busy as busy:
            log.info("%s: %s", slug, busy)
        except Exception as error:
            self._not_before[slug] = time.monotonic() + PAUSE_AFTER_ERROR.total_seconds()
            expected = isinstance(error, actions.ActionError)
            log.error("%s could not be read: %s", slug, error, exc_info=None if expected else error)
        return None

    def beat(self) -> None:
        """Stop the readings whose night is over, or all of them when we stop ourselves."""
        at = self.clock()
        for plan, stop in list(self._reading.values()):
            if self.stop.is_set() or not plan.night.holds(at):
                stop.set()

    def clock_jumped(self) -> bool:
        """Was the clock set since this was asked last?"""
        before, self._drift = self._drift, self._clock_drift()
        return abs(self._drift - before) > JUMP_S

    def tend_index(self) -> None:
        """Bring the search index in step, when something waits for it."""
        with Session(self.engine) as session:
            waiting = session.scalar(select(IndexChange.id).limit(1)) is not None
        if not waiting:
            return
        try:
            with self._indexing:
                update_index(self.config, self.engine)
        except IndexBusy as busy:
            log.info("%s; what changed waits", busy)
        except Exception:
            log.exception("the search index could not be brought in step; what changed waits")

    def renew_index(self) -> None:
        """Build the search index anew once a night, when the readings are over: a record that was seen and found
        unchanged stands in no outbox, but the day it was seen and its weight have moved. Searches go on meanwhile.

        An index built since the last reading and since the last night's end is left alone, whoever built it.
        """
        try:
            at = self.clock()
            since = max(schedule.night(self.config.worker.night).ends(at) - timedelta(days=1), self._last_read())
            built = generations.built_at(self.config.index_folder)
            if (built is not None and since <= built <= at + timedelta(days=1)) or self._more_tonight(at):
                return
            with self._indexing:
                count = rebuild_index(self.config, self.engine)
            log.info("the search index was built anew: %d documents", count)
        except IndexBusy as busy:
            log.info("%s; it is built anew later", busy)
        except Exception:
            log.exception("the search index could not be built anew; it is tried again")

    def tend_mail(self) -> None:
        """Tell the administrators of this night's failed and held readings once nothing more is planned in it."""
        try:
            at = self.clock()
            if not self._more_tonight(at):
                mail.write_digest(self.config, self.engine, at)
            mail.deliver(self.config, self.engine, at)
        except Exception:
            log.exception("the administrators could not be told; it is tried again")

    def tidy(self) -> None:
        """Remove what is older than the configuration keeps it; close readings nobody will take up any more."""
        try:
            done = actions.tidy(self.config, self.engine)
            if done:
                log.info("tidied: %s", done)
        except Exception:
            log.exception("nothing could be tidied; it is tried again")

    def _read(self, plan: Plan) -> Run:
        stop = Event()
        self._reading[plan.slug] = (plan, stop)
        self.beat()  # a stop that came before this source was known
        try:
            log.info("%s: reading", plan.slug)
            (run,) = actions.sync(self.config, self.engine, [plan.slug], stop=stop)
        finally:
            del self._reading[plan.slug]
        log.info("%s: run %d %s %s", plan.slug, run.id, run.verdict, run.reason)
        self._tell_next(plan.slug)
        self.tend_index()
        return run

    def _due(self, slug: str) -> Plan | None:
        plan, at = self.config.plan(slug), self.clock()
        with Session(self.engine) as session:
            last, unfinished = queries.history(session, slug)
            if not schedule.due(plan, last, unfinished, at):
                return None
            rests = queries.states(session, self.config, at)[slug].quarantine
            if rests and not rests.is_probe_due(at):
                self._tell(slug, f"skipped, it is in quarantine since {moment(rests.since)} ({rests.reason})")
                return None
            if is_held(session, f"sync:{slug}", at):
                self._tell(slug, "is being read by another process")
                return None
        return plan

    def _more_tonight(self, at: datetime) -> bool:
        """Is a source being read, or will one be before this night's work is over?"""
        over = schedule.night(self.config.worker.night).ends(at)
        with Session(self.engine) as session:
            for slug in self._sources():
                if is_held(session, f"sync:{slug}", at):
                    return True
                comes = schedule.next_start(self.config.plan(slug), *queries.history(session, slug), at)
                if comes is not None and comes < over and not self._waits(session, slug, at):
                    return True
        return False

    def _last_read(self) -> datetime:
        """When the last reading of any source was over."""
        with Session(self.engine) as session:
            found = session.scalar(select(func.max(Run.finished_at)).where(Run.kind.in_(READINGS)))
        return found or datetime.min.replace(tzinfo=UTC)

    def _waits(self, session: Session, slug: str, at: datetime) -> bool:
        """Due, but not read now: in quarantine, or it could not be begun."""
        if time.monotonic() < self._not_before.get(slug, 0.0):
            return True
        rests = queries.states(session, self.config, at)[slug].quarantine
        return rests is not None and not rests.is_probe_due(at)

    def _sources(self) -> list[str]:
        return [slug for slug in REGISTRY if self.config.mode(slug) != "off"]

    def _tell_next(self, slug: str) -> None:
        with Session(self.engine) as session:
            comes = schedule.next_start(self.config.plan(slug), *queries.history(session, slug), self.clock())
        self._tell(slug, f"next reading {moment(comes) if comes else 'never'}")

    def _tell(self, slug: str, what: str) -> None:
        """To the log, once: the look of the next minute finds the same."""
        if self._told.get(slug) != what:
            self._told[slug] = what
            log.info("%s: %s", slug, what)

    def _clock_drift(self) -> float:
        return self.clock().timestamp() - time.monotonic()

    @staticmethod
    def _add(scheduler: BackgroundScheduler, job: Callable[[], object], name: str, every_s: int) -> None:
        first = datetime.now(VIETNAM)
        scheduler.add_job(job, IntervalTrigger(seconds=every_s, timezone=VIETNAM), id=name, next_run_time=first)
