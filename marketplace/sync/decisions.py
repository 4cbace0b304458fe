"""What is removed from the catalogue: by a run that is believed, or after a person has decided about a held one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, insert, literal, select, update
from sqlalchemy.orm import Session

from connectors.contract import RecordKind
from marketplace.catalogue.models import IndexChange, Sighting
from marketplace.catalogue.rules import MODELS
from marketplace.sync.models import RecordChange, Run


def remove(session: Session, run_id: int, at: datetime) -> dict[RecordKind, int]:
    """Mark as gone what the run noted as such; tells how many of each kind."""
    gone: dict[RecordKind, int] = {}
    for kind, model in MODELS.items():
        noted = select(RecordChange.record_id).where(
            RecordChange.run_id == run_id, RecordChange.kind == kind, RecordChange.outcome == "gone"
        )
        session.execute(
            insert(IndexChange).from_select(["kind", "record_id"], select(literal(kind), noted.subquery().c.record_id))
        )
        session.execute(
            update(model)
            .where(model.id.in_(noted), model.gone_at.is_(None))
            .values(gone_at=at)
            .execution_options(synchronize_session=False)
        )
        gone[kind] = session.scalar(select(func.count()).select_from(noted.subquery())) or 0
    return gone


def release(session: Session, run: Run, at: datetime, who: str = "", why: str = "") -> dict[RecordKind, int]:
    """Carry out the removals a held run waits with, but for records seen since. The caller has checked the verdict."""
    later = (
        select(Sighting.record_id)
        .where(Sighting.kind == RecordChange.kind, Sighting.record_id == RecordChange.record_id)
        .where(Sighting.run_id > run.id)
    )
    session.execute(
        update(RecordChange)
        .where(RecordChange.run_id == run.id, RecordChange.outcome == "missing", ~exists(later))
        .values(outcome="gone", at=at)
        .execution_options(synchronize_session=False)
    )
    gone = remove(session, run.id, at)
    run.verdict = "ok"
    run.decided_by, run.decided_at, run.decision = who, at, why
    run.counts = {kind: {**counts, "gone": gone[kind]} for kind, counts in run.counts.items()}  # type: ignore[index]  # keys are RecordKinds
    return gone


def _keep(session: Session, run: Run, at: datetime) -> None:
    session.execute(
        update(RecordChange)
        .where(RecordChange.run_id == run.id, RecordChange.outcome == "missing")
        .values(outcome="kept", at=at)
        .execution_options(synchronize_session=False)
    )


def dismiss(session: Session, run: Run, at: datetime, who: str, why: str) -> None:
    """Keep what a held run did not see. The journal says so; the next full run judges anew."""
    _keep(session, run, at)
    run.verdict, run.reason = "partial", "dismissed"
    run.decided_by, run.decided_at, run.decision = who, at, why


def supersede(session: Session, run: Run, at: datetime) -> None:
    """A newer full run has looked at everything: earlier held ones wait for nobody any more."""
    earlier = select(Run).where(Run.source == run.source, Run.id < run.id, Run.verdict == "held")
    for held in session.scalars(earlier).all():
        _keep(session, held, at)
        held.verdict, held.reason = "partial", "superseded"
