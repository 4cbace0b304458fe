"""An installation of its own for every test, and the sandbox marketplaces over loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from connectors.sandbox import Sandbox, World
from marketplace import create_app
from marketplace.config import Config, SourceSettings
from marketplace.db import db
from marketplace.instance import prepare
from marketplace.web.finding import finder


@pytest.fixture
def world() -> World:
    """A small invented world: both sites have sellers with and without listings."""
    return World(seed=7, sellers=40, listings=60)


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, sandbox: Sandbox) -> Config:
    """Settings of an installation whose sources are the running sandbox."""
    config = Config(
        instance=tmp_path / "instance",
        sources={slug: SourceSettings(home=url) for slug, url in sandbox.urls.items()},
    )
    # A failing page is tried once: the client's own tests cover its patience.
    return replace(config, sync=replace(config.sync, attempts=1, read_timeout_s=2.0, total_timeout_s=4.0))


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    config.instance.mkdir(parents=True)
    app = create_app(config)
    prepare(app)
    with app.app_context():
        yield app
        db.session.remove()
        finder().close()
        db.engine.dispose()


@pytest.fixture
def engine(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session
