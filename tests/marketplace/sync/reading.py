"""What the tests of the sync ask: a run of one source, and what it left."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from connectors.contract import RecordKind
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config
from marketplace.sync import actions
from marketplace.sync.models import Run, RunProblem

NONGSAN, VOSO, COOPLINK = "nongsanantoanlongan", "voso", "cooplink"


def one(config: Config, engine: Engine, slug: str = NONGSAN, *, full: bool | None = None) -> Run:
    return actions.sync(config, engine, [slug], full=full)[0]


def visible(session: Session, kind: RecordKind, slug: str = NONGSAN) -> set[str]:
    model = MODELS[kind]
    session.rollback()  # a new look, not the snapshot of the last one
    return set(session.scalars(select(model.ref).where(model.source == slug, model.gone_at.is_(None))))


def codes(session: Session, run: Run) -> Counter[str]:
    return Counter(session.scalars(select(RunProblem.code).where(RunProblem.run_id == run.id)))


def totals(run: Run, *names: str) -> tuple[int, ...]:
    return tuple(sum(counts[name] for counts in run.counts.values()) for name in names)
