"""`marketplace users …`: accounts from the command line."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.marketplace.command import call

PASSWORD = "lúa chín đồng Vàm Cỏ"


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
    file = tmp_path / "a.csv"
    file.write_text("Mã tài khoản,Tên\nS1,HTX Mẫu\nS2,\n", encoding="utf-8")
    assert call(instance, "import", "accounts", str(file), "--source", "voso", "--preview").returncode == 3
    assert call(instance, "import", "accounts", str(file), "--source", "voso").returncode == 3
    with sqlite3.connect(instance / "marketplace.db") as connection:
        rows = connection.execute("SELECT who, action, subject, detail FROM audit ORDER BY id").fetchall()
    assert [action for _, action, _, _ in rows] == ["user_added", "user_disabled", "file_imported"]
    assert {who.partition(": ")[0] for who, _, _, _ in rows} == {"command line"}
    assert rows[2][2] == "voso, accounts: a.csv"
    assert json.loads(rows[2][3]) == {"accepted": 1, "refused": 1, "run": 1}
