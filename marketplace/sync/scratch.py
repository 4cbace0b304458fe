"""A copy of the catalogue to try things in: everything is real but that it leads nowhere."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from marketplace.db import prepare_sqlite, writer


@contextmanager
def scratch(engine: Engine) -> Iterator[sessionmaker[Session]]:
    """Sessions over the catalogue as it is now, whose changes nobody else ever sees and which are gone afterwards.

    On SQLite a file of its own, since a writer there keeps all others out; elsewhere one transaction, taken back.
    """
    if engine.dialect.name == "sqlite":
        with tempfile.TemporaryDirectory(prefix="marketplace-") as folder:
            file = Path(folder) / "copy.db"
            with engine.connect() as connection, closing(sqlite3.connect(file)) as copy:
                source = connection.connection.driver_connection
                assert isinstance(source, sqlite3.Connection)  # noqa: S101 - narrows the type: the dialect is SQLite's
                source.backup(copy)
            other = create_engine(f"sqlite:///{file}")
            prepare_sqlite(other)
            try:
                yield writer(other)
            finally:
                other.dispose()
    else:
        with engine.connect() as connection, connection.begin() as transaction:
            yield sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
            transaction.rollback()
