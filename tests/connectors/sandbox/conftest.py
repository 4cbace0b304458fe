from __future__ import annotations

import pytest

from connectors.sandbox import World
from connectors.sandbox.cooplink import Cooplink
from connectors.sandbox.nongsanantoan import Nongsanantoan
from connectors.sandbox.voso import Voso


@pytest.fixture(scope="session")
def shared_world() -> World:
    """A world of the default size. Nobody changes it."""
    return World()


@pytest.fixture
def world() -> World:
    """A small world to change."""
    return World(seed=7, sellers=60, listings=150)


@pytest.fixture
def voso(world: World) -> Voso:
    return Voso(world)


@pytest.fixture
def nongsan(world: World) -> Nongsanantoan:
    return Nongsanantoan(world)


@pytest.fixture
def cooplink(world: World) -> Cooplink:
    return Cooplink(world)


@pytest.fixture(scope="session")
def shared_voso(shared_world: World) -> Voso:
    return Voso(shared_world)


@pytest.fixture(scope="session")
def shared_nongsan(shared_world: World) -> Nongsanantoan:
    return Nongsanantoan(shared_world)
