"""Five nights with nothing but failures let a source rest; one bad night does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from connectors.problems import PROBLEMS
from connectors.sandbox import Fault, Sandbox
from marketplace.config import Config
from marketplace.db import now
from marketplace.sync import actions, queries
from marketplace.sync.models import Run
from marketplace.sync.quarantine import judge_failures, night_of, quarantines
from tests.marketplace.sync.reading import NONGSAN, VOSO, one

FIRST = datetime(2026, 11, 2, 18, 0, tzinfo=UTC)  # one o'clock at night in Vietnam


def nights(count: int, reason: str = "timeout") -> list[tuple[datetime, str]]:
    return [(FIRST + timedelta(days=night), reason) for night in range(count)]


def test_five_nights_and_no_fewer() -> None:
    assert judge_failures(nights(4)) is None
    found = judge_failures([*nights(4), (FIRST + timedelta(days=4), "dns")])
    assert found is not None
    assert (found.nights, found.reason, found.since) == (5, "dns", FIRST)
    assert not found.is_probe_due(found.tried_at + timedelta(days=3))
    assert found.is_probe_due(found.tried_at + timedelta(days=7, minutes=-5))


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.integers(0, 6 * 60), max_size=40))
def test_retries_of_one_night_are_one_failure(minutes: list[int]) -> None:
    retries = sorted(FIRST - timedelta(hours=3) + timedelta(minutes=some) for some in minutes)
    assert len({night_of(at) for at in retries}) <= 1
    assert judge_failures([(at, "timeout") for at in retries]) is None


def test_what_was_our_own_fault_does_not_count() -> None:
    assert judge_failures([*nights(4), (FIRST + timedelta(days=4), "abandoned")]) is None


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(kind="status", status=403), "blocked"),
        (Fault(kind="status", status=404), "not_found"),
        (Fault(kind="status", status=503), "server_error"),
        (Fault(kind="challenge"), "challenge"),
        (Fault(kind="moved"), "moved"),
        (Fault(kind="renamed_class"), "layout"),
        (Fault(kind="slow", seconds=1.0, path="/*"), "timeout"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else value,
)
def test_the_reason_is_told_and_one_run_by_hand_ends_it(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, fault: Fault, reason: str
) -> None:
    patience = replace(config.sync, read_timeout_s=0.1, total_timeout_s=0.2) if reason == "timeout" else config.sync
    impatient = replace(config, sync=patience)
    sandbox.sites[NONGSAN].faults.add(fault)
    with time_machine.travel(FIRST, tick=True) as traveller:
        for _ in range(4):
            one(impatient, engine)
            one(impatient, engine)  # a retry
            traveller.shift(timedelta(days=1))
        assert quarantines(session) == {}
        session.rollback()
        one(impatient, engine)
        states = queries.states(session, config, now())
        rest = states[NONGSAN].quarantine
        assert rest is not None
        assert (rest.reason, rest.nights, reason in PROBLEMS) == (reason, 5, True)
        assert states[VOSO].quarantine is None
        session.rollback()
        assert set(actions.quarantined(engine)) == {NONGSAN}
        sandbox.sites[NONGSAN].faults.clear()
        assert one(config, engine).verdict == "ok"
        assert actions.quarantined(engine) == {}


@pytest.mark.parametrize("reason", ["dns", "tls"])
def test_dns_and_tls_are_reasons_of_their_own(reason: str, session: Session) -> None:
    for at, _ in nights(5):
        made = Run(source=NONGSAN, mode="live", kind="full", started_at=at, finished_at=at, verdict="failed")
        made.reason = reason
        session.add(made)
    session.commit()
    assert quarantines(session)[NONGSAN].reason == reason
    assert PROBLEMS[reason].cause


def test_saved_pages_are_no_reading_of_the_site(session: Session) -> None:
    for at, _ in nights(5):
        session.add(Run(source=NONGSAN, mode="live", kind="full", started_at=at, finished_at=at, verdict="failed"))
    later = FIRST + timedelta(days=6)
    session.add(Run(source=NONGSAN, mode="live", kind="pages", started_at=later, finished_at=later, verdict="partial"))
    session.commit()
    assert NONGSAN in quarantines(session)


def test_a_source_that_rests_says_so(config: Config, session: Session) -> None:
    good = FIRST - timedelta(days=1)
    session.add(Run(source=NONGSAN, mode="sandbox", kind="full", started_at=good, finished_at=good, verdict="ok"))
    session.flush()
    for at, _ in nights(5):
        session.add(Run(source=NONGSAN, mode="sandbox", kind="full", started_at=at, finished_at=at, verdict="failed"))
    session.commit()
    gap = queries.states(session, config, FIRST + timedelta(days=5))[NONGSAN].gap
    assert "tạm nghỉ đọc" in gap
    assert "không có nghĩa là người bán đã ngừng bán" in gap
