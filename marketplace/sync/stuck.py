"""Readings that were left unfinished and that nobody will take up: closed as abandoned, with what they saw kept.

The engine does this itself when the source is read again. A source that is switched off or in quarantine is not, and
would be shown as being read for ever.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from marketplace.config import Config
from marketplace.db import writer
from marketplace.sync.closing import close_run
from marketplace.sync.engine import TAKE_UP_WITHIN
from marketplace.sync.lease import Busy, lease
from marketplace.sync.models import Run, StoredPage


def close_stuck(config: Config, engine: Engine, at: datetime) -> list[Run]:
    """Close every unfinished run whose last page is older than the engine would take up. Returns the closed runs."""
    with Session(engine) as session:
        unfinished = session.scalars(select(Run).where(Run.finished_at.is_(None)).order_by(Run.id)).all()
        stuck = [(run.id, run.source) for run in unfinished if run.source in REGISTRY and _is_stuck(session, run, at)]
    sessions = writer(engine)
    closed = []
    for run_id, slug in stuck:
        try:
            with lease(sessions, f"sync:{slug}"), sessions.begin() as session:
                run = session.get(Run, run_id)
                if run is not None and run.finished_at is None and _is_stuck(session, run, at):
                    closed.append(close_run(session, config.source(slug), run_id, "abandoned", at))
        except Busy:  # it is being read: that reading sees to it
            continue
    return closed


def _is_stuck(session: Session, run: Run, at: datetime) -> bool:
    """Is its last page too old to be taken up? A run of saved pages keeps none: then its beginning counts."""
    last_page = session.scalar(select(func.max(StoredPage.fetched_at)).where(StoredPage.run_id == run.id))
    return at - (last_page or run.started_at) > TAKE_UP_WITHIN
