"""The invented marketplaces of an installation: as old as the installation is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import time_machine

from connectors.sandbox import World
from marketplace.config import Config
from marketplace.instance import InstanceError, sandbox_command

FIRST = date(2027, 1, 5)


def told(command: list[str]) -> tuple[date, int]:
    """The first day and the days passed since."""
    return date.fromisoformat(command[command.index("--today") + 1]), int(command[command.index("--day") + 1])


def test_the_invented_world_begins_with_the_installation_and_ages_with_it(tmp_path: Path) -> None:
    config = Config(instance=tmp_path / "instance")
    first = sandbox_command(config, FIRST)
    assert told(first) == (FIRST, 0)
    assert sandbox_command(config, FIRST) == first, "a second start on the same day finds what was there"
    assert told(sandbox_command(config, date(2027, 2, 4))) == (FIRST, 30)
    assert told(sandbox_command(config, date(2027, 1, 1))) == (FIRST, 0), "a clock that went back takes nothing away"
    with time_machine.travel("2027-01-08T23:30:00+00:00", tick=False):
        assert told(sandbox_command(config)) == (FIRST, 3)


def test_only_dates_depend_on_the_first_day() -> None:
    world, usual = World(seed=3, sellers=20, listings=30, today=FIRST), World(seed=3, sellers=20, listings=30)
    assert world.today == FIRST
    assert [(item.ref, item.title) for item in world.listings()] == [
        (item.ref, item.title) for item in usual.listings()
    ]
    assert max(item.updated for item in world.listings()) <= FIRST


def test_a_first_day_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "sandbox-began").write_text("hôm qua", encoding="utf-8")
    with pytest.raises(InstanceError, match=r"sandbox-began: not the first day of the sandbox \(YYYY-MM-DD\)"):
        sandbox_command(Config(instance=tmp_path), FIRST)
