"""The migrations lead to the tables the models describe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, MetaData, inspect, select
from sqlalchemy.exc import IntegrityError

from marketplace.config import Config
from marketplace.db import Base, db
from marketplace.instance import MIGRATIONS, prepare
from marketplace.onboarding.models import ReportedFigure
from marketplace.sync import actions


def test_the_migrated_tables_are_those_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_sqlite_runs_in_wal_mode_with_foreign_keys(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_preparing_twice_changes_nothing(app: Flask) -> None:
    before = db.session.query(ReportedFigure).count()
    db.session.rollback()
    prepare(app)
    assert before == db.session.query(ReportedFigure).count() == 11


# What older revisions have no tables for.
_LATER = {
    *("mail", "page_use", "correction", "user_account", "sign_in_try", "audit", "search_miss", "offer"),
    "alembic_version",
}


def rows(engine: Engine, without: set[str] = _LATER) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as the database has it."""
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in found.sorted_tables
            if table.name not in without
        }


@pytest.fixture
def filled(config: Config, engine: Engine) -> Iterator[Engine]:
    for slug in ("nongsanantoanlongan", "voso"):
        actions.sync(config, engine, [slug])
    yield engine
    engine.dispose()


def test_a_filled_database_keeps_its_rows_down_and_up_again(filled: Engine) -> None:
    before = rows(filled)
    assert {name for name, some in before.items() if some} >= {"run", "seller", "listing", "sighting"}
    for revision in ("0004", "0003", "0002", "0001"):
        downgrade(directory=str(MIGRATIONS), revision=revision)
        there = rows(filled)
        assert {name: len(some) for name, some in there.items()} == {name: len(some) for name, some in before.items()}
    for name, some in there.items():
        columns = some[0].keys() if some else ()
        assert some == [{column: row[column] for column in columns} for row in before[name]], name
    upgrade(directory=str(MIGRATIONS))
    after = rows(filled)
    # What only the newer revisions know is told anew: here, nothing was outside, put off or read again.
    for name, some in after.items():
        assert len(some) == len(before[name]), name
        for row, old in zip(some, before[name], strict=True):
            told = {column: value for column, value in old.items() if column in (there[name] or [{}])[0]}
            assert {column: row[column] for column in told} == told
    with filled.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
        with pytest.raises(IntegrityError):
            connection.exec_driver_sql("UPDATE listing SET seller_id = -1")


def test_a_migration_that_would_lose_a_row_is_taken_back(filled: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with filled.connect() as connection:
        raw = connection.connection.cursor()
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("UPDATE listing SET seller_id = -1 WHERE id = (SELECT min(id) FROM listing)")
        raw.execute("PRAGMA foreign_keys=ON")
        newest = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    with pytest.raises(SystemExit):
        downgrade(directory=str(MIGRATIONS), revision="0003")
    assert "1 rows would point to a row that is not there (listing to seller); nothing was changed" in caplog.text
    with filled.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == newest
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert "correction" in inspect(filled).get_table_names()
