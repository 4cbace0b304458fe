"""What is said and done where Chromium is missing."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import browser_setup


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """No Chromium, root, apt-get there; the commands that would have run."""
    ran: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(browser_setup, "CHROMIUM", tmp_path / "chromium")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr("subprocess.run", run)
    return ran


def test_root_installs_it(missing: list[list[str]]) -> None:
    assert browser_setup.main().startswith("browser tests: installed")
    assert [command[1] for command in missing] == ["update", "install"]
    assert {"chromium", "fonts-noto-core"} <= set(missing[1])


def test_others_are_told_what_to_run(missing: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert browser_setup.main().endswith("Run: sudo apt-get install chromium fonts-noto-core")
    assert missing == []


def test_a_failing_install_is_told_in_one_line(missing: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        missing.append(command)
        return subprocess.CompletedProcess(command, 100, "", "W: slow\nE: no network\n")

    monkeypatch.setattr("subprocess.run", fail)
    line = browser_setup.main()
    assert "E: no network" in line
    assert "\n" not in line
    assert len(missing) == 1


def test_nothing_is_done_where_it_is_there(missing: list[list[str]], tmp_path: Path) -> None:
    (tmp_path / "chromium").touch()
    assert browser_setup.main().endswith("is there")
    assert missing == []
