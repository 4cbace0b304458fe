"""A run that is not believed is taken back: what stood before it stands again, in a few statements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import IndexChange, Listing
from marketplace.config import Config
from marketplace.db import now, writer
from marketplace.sync.importing import take_file
from marketplace.sync.models import RecordChange, Run
from marketplace.sync.undoing import take_back
from tests.connectors.tables.workbooks import xlsx
from tests.marketplace.sync.reading import VOSO

COUNT = 40


def test_the_oldest_value_wins_and_records_that_changed_alike_share_a_statement(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    rows = [(f"P{number}", "Gạo") for number in range(COUNT)]
    path = xlsx(tmp_path / "l.xlsx", [("Mã sản phẩm", "Tên sản phẩm"), *rows])
    take_file(config, engine, VOSO, "listings", path)
    ids = list(session.scalars(select(Listing.id).order_by(Listing.id)))
    session.rollback()
    at = now()
    told: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    with writer(engine).begin() as write:
        run = Run(source=VOSO, mode="sandbox", kind="full", started_at=at)
        write.add(run)
        write.flush()
        last = write.scalar(select(IndexChange.id).order_by(IndexChange.id.desc()).limit(1)) or 0
        more = {"run_id": run.id, "kind": "listing", "outcome": "changed", "at": at}
        changes: list[dict[str, Any]] = [{"record_id": id_, "before": {"title": f"Gạo {id_}"}} for id_ in ids]
        # One that was met twice, first with another set of columns.
        changes.insert(0, {"record_id": ids[0], "before": {"title": "Gạo xưa", "changed_at": at.isoformat()}})
        changes.append({"record_id": ids[1], "before": {"unit": "kg"}})
        for change in changes:
            write.add(RecordChange(**more, **change))
            write.flush()
        event.listen(engine, "before_cursor_execute", note)
        try:
            take_back(write, run.id)
        finally:
            event.remove(engine, "before_cursor_execute", note)

    stand = {row.id: row for row in session.scalars(select(Listing))}
    assert (stand[ids[0]].title, stand[ids[0]].changed_at) == ("Gạo xưa", at)
    assert (stand[ids[1]].title, stand[ids[1]].unit) == (f"Gạo {ids[1]}", "kg")
    assert {stand[id_].title for id_ in ids[2:]} == {f"Gạo {id_}" for id_ in ids[2:]}
    noted = list(session.scalars(select(IndexChange.record_id).where(IndexChange.id > last)))
    assert sorted(noted) == ids, "the search hears of each once"
    updates = [statement for statement in told if statement.startswith("UPDATE listing SET")]
    assert 3 <= len(updates) <= 4, "a set of columns, not a record, makes a statement"
