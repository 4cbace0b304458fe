"""A run that was stopped is taken up; two never read one source."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace.config import Config
from marketplace.db import writer
from marketplace.sync import actions
from marketplace.sync.engine import Progress
from marketplace.sync.lease import Busy, lease
from marketplace.sync.models import Run
from tests.marketplace.sync.reading import NONGSAN, one


def test_two_processes_never_read_one_source(config: Config, engine: Engine) -> None:
    with lease(writer(engine), f"sync:{NONGSAN}"), pytest.raises(Busy, match="being worked on"):
        one(config, engine)
    assert one(config, engine).verdict == "ok"


def test_a_stopped_run_is_left_open_and_taken_up(config: Config, engine: Engine, session: Session) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.read == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.sync(config, engine, [NONGSAN], interrupt)
    left = session.scalars(select(Run)).one()
    assert left.finished_at is None
    session.rollback()
    run = one(config, engine)
    assert (run.id, run.resumed, run.verdict) == (left.id, 1, "ok")
