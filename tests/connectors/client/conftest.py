"""Sites on loopback, and clients that speak to them without ever really sleeping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from loopback_site import NOW, USER_AGENT, NewClient, Site, Time, serve

from connectors.client import PoliteClient


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        yield running


@pytest.fixture
def other_site() -> Iterator[Site]:
    with serve() as running:
        yield running


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def new_client(time: Time) -> Iterator[NewClient]:
    """Makes clients; any argument of PoliteClient may be given. They are closed after the test."""
    made: list[PoliteClient] = []

    def new(**options: Any) -> PoliteClient:
        defaults: dict[str, Any] = {
            "user_agent": USER_AGENT,
            "delay_s": 0,
            "allow_loopback": True,
            "read_timeout_s": 5,
            "clock": time.clock,
            "sleep": time.sleep,
            "now": lambda: NOW,
            "jitter": lambda: 0.5,
        }
        made.append(PoliteClient(**{**defaults, **options}))
        return made[-1]

    yield new
    for client in made:
        client.close()


@pytest.fixture
def client(new_client: NewClient) -> PoliteClient:
    return new_client()
