"""A run in which too much is missing waits for a person, who releases or dismisses it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from connectors.sandbox import Fault, Sandbox
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config
from marketplace.sync import actions, journal, queries
from marketplace.sync.models import RecordChange, Run
from marketplace.sync.wording import explain, verdict
from tests.marketplace.sync.reading import COOPLINK, NONGSAN, VOSO, one, totals, visible


@pytest.mark.parametrize("slug", [NONGSAN, VOSO, COOPLINK])
def test_a_list_cut_in_half_is_held_until_a_person_releases_it(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, slug: str
) -> None:
    one(config, engine, slug)
    before = {kind: visible(session, kind, slug) for kind in MODELS}
    session.rollback()
    sandbox.sites[slug].faults.add(Fault(kind="half_list"))
    run = one(config, engine, slug)
    assert (run.verdict, run.reason) == ("held", "large_drop")
    assert {kind: visible(session, kind, slug) for kind in MODELS} == before
    session.rollback()
    missing = sum(counts["missing"] for counts in run.counts.values())
    assert missing > 0
    released = actions.release(engine, run.id)
    assert released.verdict == "ok"
    assert totals(released, "gone") == (missing,)
    assert sum(len(visible(session, kind, slug)) for kind in MODELS) == sum(map(len, before.values())) - missing
    with pytest.raises(actions.ActionError, match="is not held"):
        actions.release(engine, run.id)


@pytest.fixture
def held(config: Config, engine: Engine, sandbox: Sandbox) -> Run:
    one(config, engine)
    sandbox.sites[NONGSAN].faults.add(Fault(kind="half_list"))
    run = one(config, engine)
    assert run.verdict == "held"
    sandbox.sites[NONGSAN].faults.clear()
    return run


def test_a_dismissed_run_keeps_what_it_did_not_see(
    config: Config, engine: Engine, session: Session, held: Run, sandbox: Sandbox
) -> None:
    before = {kind: visible(session, kind) for kind in MODELS}
    session.rollback()
    missing = totals(held, "missing")[0]
    dismissed = actions.dismiss(engine, held.id, "Lê Thị Ví Dụ", "sàn đang bảo trì, đã gọi hỏi")
    assert (dismissed.verdict, dismissed.reason) == ("partial", "dismissed")
    assert (dismissed.decided_by, dismissed.decision) == ("Lê Thị Ví Dụ", "sàn đang bảo trì, đã gọi hỏi")
    assert dismissed.decided_at is not None
    assert {kind: visible(session, kind) for kind in MODELS} == before
    assert journal.change_counts(session, held.id)["kept"] == missing
    assert journal.change_counts(session, held.id)["missing"] == 0
    assert journal.changes(session, held.id, "kept", 0, 5)
    session.rollback()
    for verb in (lambda: actions.release(engine, held.id), lambda: actions.dismiss(engine, held.id, "x", "y")):
        with pytest.raises(actions.ActionError, match="is not held"):
            verb()
    # A later full run judges anew.
    sandbox.sites[NONGSAN].faults.add(Fault(kind="half_list"))
    assert one(config, engine).verdict == "held"
    sandbox.sites[NONGSAN].faults.clear()
    assert one(config, engine).verdict == "ok"


def test_whoever_dismisses_says_why(engine: Engine, held: Run, session: Session) -> None:
    with pytest.raises(actions.ActionError, match="say why"):
        actions.dismiss(engine, held.id, "Lê Thị Ví Dụ", "  ")
    assert session.get_one(Run, held.id).verdict == "held"
    with pytest.raises(actions.ActionError, match="there is no run 99"):
        actions.dismiss(engine, 99, "Lê Thị Ví Dụ", "không có")


def test_a_release_is_signed_too(engine: Engine, held: Run, session: Session) -> None:
    released = actions.release(engine, held.id, "Lê Thị Ví Dụ", "sàn đã xác nhận")
    assert (released.verdict, released.decided_by, released.decision) == ("ok", "Lê Thị Ví Dụ", "sàn đã xác nhận")
    outcomes = set(session.scalars(select(RecordChange.outcome).where(RecordChange.run_id == held.id)))
    assert outcomes == {"gone"}


def test_a_dismissed_run_reads_as_no_fault(config: Config, engine: Engine, session: Session, held: Run) -> None:
    dismissed = actions.dismiss(engine, held.id, "Lê Thị Ví Dụ", "sàn đang bảo trì")
    assert verdict(dismissed.verdict, dismissed.reason)[0] == "Giữ lại"
    assert explain("dismissed").cause
    state = queries.states(session, config, dismissed.finished_at or dismissed.started_at)[NONGSAN]
    assert state.good is not None
    assert (state.stale, state.gap) == (False, "")


def test_a_newer_full_run_lets_nobody_wait_for_an_older_one(
    config: Config, engine: Engine, session: Session, held: Run, sandbox: Sandbox
) -> None:
    sandbox.sites[NONGSAN].faults.add(Fault(kind="half_list"))
    newer = one(config, engine)
    assert newer.verdict == "held"
    session.rollback()
    older = session.get_one(Run, held.id)
    assert (older.verdict, older.reason) == ("partial", "superseded")
    with pytest.raises(actions.ActionError, match="is not held"):
        actions.release(engine, held.id)
    sandbox.sites[NONGSAN].faults.clear()
    assert one(config, engine).verdict == "ok"
    session.rollback()
    assert session.scalars(select(Run).where(Run.verdict == "held")).all() == []
    assert session.scalars(select(RecordChange).where(RecordChange.outcome == "missing")).all() == []
