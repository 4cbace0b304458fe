"""An office with an officer, and the cheapest argon2: the tests hash hundreds of times."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from marketplace import create_app
from marketplace.db import db
from marketplace.people import passwords
from tests.marketplace.people.people import make


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def web(app: Flask) -> Iterator[Flask]:
    """The application as a server runs it. The one of `app` stands in a context, which all its requests would share."""
    made = create_app(app.config["MARKETPLACE"])
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def client(web: Flask, engine: Engine) -> FlaskClient:
    """A browser at an office that has one officer."""
    make(engine)
    return web.test_client()
