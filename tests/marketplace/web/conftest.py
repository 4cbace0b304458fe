"""One installation with an invented catalogue for all tests that only read; others make their own with `install`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from marketplace import create_app
from marketplace.catalogue import indexing
from marketplace.config import Config, Site, SourceSettings
from marketplace.db import Base, db, writer
from marketplace.web.finding import finder
from tests.marketplace.web.catalogue import HOME, NOW, Ids, fill


@dataclass(frozen=True)
class Market:
    """A running application with the catalogue of `catalogue.fill`."""

    app: Flask
    ids: Ids

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()


def install(folder: Path, mode: str = "sandbox", *, filled: bool = True, indexed: bool = True) -> Market:
    """An installation in `folder`; `mode` is that of every source."""
    config = Config(
        instance=folder,
        site=Site(contact="lienhe@example.vn"),
        sources={slug: SourceSettings(mode=mode, home=home) for slug, home in HOME.items()},
    )
    app = create_app(config)
    app.config["TESTING"] = False  # errors are answered with a page, as in real life
    with app.app_context():
        Base.metadata.create_all(db.engine)
        ids = fill(db.session(), mode) if filled else Ids()
        if indexed:
            indexing.rebuild(writer(db.engine), config.index_folder, config.search.backend)
        db.session.remove()
    return Market(app, ids)


def dispose(market: Market) -> None:
    with market.app.app_context():
        finder().close()
        db.engine.dispose()


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """Read-only: no test may change it."""
    made = install(tmp_path_factory.mktemp("market"))
    yield made
    dispose(made)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[..., Market]]:
    """Make an installation of one's own: `another(mode="live", filled=False, indexed=False)`."""
    made: list[Market] = []

    def make(mode: str = "sandbox", *, filled: bool = True, indexed: bool = True) -> Market:
        made.append(install(tmp_path / str(len(made)), mode, filled=filled, indexed=indexed))
        return made[-1]

    yield make
    for one in made:
        dispose(one)


@pytest.fixture
def client(market: Market) -> FlaskClient:
    return market.client


@pytest.fixture
def ids(market: Market) -> Ids:
    return market.ids


@pytest.fixture
def statements(market: Market) -> Iterator[list[str]]:
    """The SQL statements the application makes while the test runs."""
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            made.append(statement)

    with market.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield made
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def _frozen() -> Iterator[None]:
    """It is always `NOW`."""
    with time_machine.travel(NOW, tick=False):
        yield
