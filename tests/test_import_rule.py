"""`connectors` and `search_index` stand alone; only `marketplace` imports them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "connectors": {"marketplace", "search_index", "flask", "flask_sqlalchemy", "sqlalchemy"},
    "search_index": {"marketplace", "connectors", "flask", "flask_sqlalchemy", "sqlalchemy"},
}
ONLY_HERE = {
    # the parser of HTML, and the network, each have one door
    "selectolax": {"connectors/markup.py"},
    "requests": {"connectors/client.py", "connectors/transport.py", "connectors/bodies.py", "connectors/refusals.py"},
}


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("package", FORBIDDEN)
def test_a_package_imports_nothing_above_it(package: str) -> None:
    files = list((ROOT / package).rglob("*.py"))
    assert files
    wrong = {str(file.relative_to(ROOT)): imports(file) & FORBIDDEN[package] for file in files}
    assert {name: names for name, names in wrong.items() if names} == {}


@pytest.mark.parametrize("library", ONLY_HERE)
def test_a_library_has_one_door(library: str) -> None:
    users = {
        str(file.relative_to(ROOT))
        for package in ("connectors", "search_index", "marketplace")
        for file in (ROOT / package).rglob("*.py")
        if library in imports(file)
    }
    assert users
    assert users <= ONLY_HERE[library]
