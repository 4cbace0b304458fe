"""`marketplace users …`: accounts from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-c", "from marketplace.cli import main; main()"]
PASSWORD = "lúa chín đồng Vàm Cỏ"


def call(instance: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "--instance", str(instance), *words]
    return subprocess.run(command, input=typed, capture_output=True, text=True, check=False, timeout=120)


def test_an_officer_is_added_listed_and_disabled(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    name = ["--full-name", "Nguyễn Thị Mẫu"]
    done = call(instance, "users", "add", "CanBo@example.vn", "--role", "officer", *name, typed=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    again = call(instance, "users", "add", "canbo@example.vn", "--role", "admin", typed=f"{PASSWORD}\n")
    assert (again.returncode, again.stderr) == (1, "marketplace: canbo@example.vn has an account already\n")
    weak = call(instance, "users", "add", "khac@example.vn", "--role", "admin", typed="ngắn\n")
    assert weak.returncode == 1
    assert "at least 10" in weak.stderr
    assert call(instance, "users", "add", "khac@example.vn", "--role", "king").returncode == 2
    assert call(instance, "users", "disable", "canbo@example.vn").returncode == 0
    (one,) = json.loads(call(instance, "users", "list", "--json").stdout)
    assert (one["login"], one["role"], one["name"]) == ("canbo@example.vn", "officer", "Nguyễn Thị Mẫu")
    assert one["disabled_at"]
    assert "password" not in json.dumps(one)
