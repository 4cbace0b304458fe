"""A sync that is killed at any moment goes on where it was."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from connectors.sandbox import Sandbox

SLUG = "nongsanantoanlongan"
COMMAND = [sys.executable, "-c", "from marketplace.cli import main; main()"]


def pages_read(database: Path) -> int:
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            row = connection.execute("SELECT pages FROM run ORDER BY id DESC LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        return 0
    return row[0] if row else 0


@pytest.mark.parametrize("after", [1, 25, 70])
def test_a_killed_sync_goes_on_and_fetches_at_most_the_page_in_flight_again(
    tmp_path: Path, sandbox: Sandbox, after: int
) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "config.toml").write_text(f'[sources.{SLUG}]\nhome = "{sandbox.urls[SLUG]}"\n', encoding="utf-8")
    command = [*COMMAND, "--instance", str(instance), "sync", SLUG]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while pages_read(instance / "marketplace.db") < after and time.monotonic() < deadline:
        assert process.poll() is None, process.stderr and process.stderr.read()
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    read = pages_read(instance / "marketplace.db")
    assert read >= after

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(instance / "marketplace.db") as connection:
        verdict, resumed, pages = connection.execute("SELECT verdict, resumed, pages FROM run").fetchone()
        count = connection.execute("SELECT count(*) FROM run").fetchone()[0]
        sellers = connection.execute("SELECT count(*) FROM seller").fetchone()[0]
        listings = connection.execute("SELECT count(*) FROM listing").fetchone()[0]
    assert (verdict, resumed, count) == ("ok", 1, 1)
    floor = sandbox.sites[SLUG].floor
    assert (sellers, listings) == (len(floor.sellers), len(floor.listings))
    asked = [seen for seen in sandbox.sites[SLUG].seen if seen.target != "/robots.txt"]
    assert pages <= len(asked) <= pages + 1
