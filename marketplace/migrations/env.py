"""Alembic's entry: migrations run on the application's own engine, batch mode for SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from alembic import context
from alembic.util import CommandError
from flask import current_app
from sqlalchemy import Connection

from marketplace.db import UtcDateTime


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations name SQLAlchemy's own types, so that old ones run whatever becomes of our code."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


@contextmanager
def keys_unchecked(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by dropping it for a copy: with foreign keys on, that deletes the rows that point to it,
    or is refused. They are switched off around the transaction, as SQLite asks for (lang_altertable.html, section 7).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    sqlite = connection.connection.cursor()  # not through `connection`, which would begin the transaction
    sqlite.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        sqlite.execute("PRAGMA foreign_keys=ON")
        sqlite.close()


def check_keys(connection: Connection) -> None:
    """Raises CommandError, which takes the migration back, where a row points to one that is not there."""
    if connection.dialect.name != "sqlite":
        return
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if lost:
        pairs = ", ".join(sorted({f"{table} to {parent}" for table, _row, parent, _key in lost}))
        raise CommandError(f"{len(lost)} rows would point to a row that is not there ({pairs}); nothing was changed")


def run() -> None:
    database = current_app.extensions["migrate"].db
    made: list[object] = []
    # Of two processes that start at once, the second waits, and finds nothing left to do.
    engine = database.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadatas[None],
            render_item=render_item,
            on_version_apply=lambda step, **_: made.append(step),
            transactional_ddl=True,  # on SQLite, too: `marketplace.db` begins transactions itself
            **current_app.extensions["migrate"].configure_args,
        )
        with keys_unchecked(connection), context.begin_transaction():
            context.run_migrations()
            if made:  # mostly there is nothing to do, and the check reads every table
                check_keys(connection)


run()
