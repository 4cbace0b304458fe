"""An index that cannot be used says why in one line, and can be built again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from search_listings import fill, found, listing

from search_index.analysis import SCHEMA_VERSION
from search_index.documents import Query
from search_index.index import Index, IndexUnusable


def rewrite_current(folder: Path, **changes: Any) -> None:
    current = folder / "current"
    current.write_text(json.dumps(json.loads(current.read_text()) | changes))


def files(folder: Path) -> Path:
    [generation] = folder.glob("g-*")
    return generation


def put_in_place(file: Path, content: bytes) -> None:
    """A new file by the old name: an open index maps its files, and to cut a mapped file ends the process."""
    beside = file.with_name(f"{file.name}.new")
    beside.write_bytes(content)
    beside.replace(file)


def damage_largest(folder: Path) -> None:
    largest = max(files(folder).iterdir(), key=lambda path: path.stat().st_size)
    put_in_place(largest, largest.read_bytes()[: largest.stat().st_size // 2])


def damage_contents(folder: Path) -> None:
    """Spoil the file by which the backend knows its commits."""
    for name in ("meta.json", "*.toc"):
        for path in files(folder).glob(name):
            put_in_place(path, b"\x00 not ours")


def remove_contents(folder: Path) -> None:
    for path in files(folder).iterdir():
        path.unlink()


DAMAGE: list[tuple[str, str, Callable[[Path], Any]]] = [
    ("version", "version 999, this program needs", lambda folder: rewrite_current(folder, version="999")),
    ("version", "built for other, not for", lambda folder: rewrite_current(folder, backend="other")),
    ("corrupt", "'current' cannot be read", lambda folder: (folder / "current").write_text("{")),
    ("corrupt", "'current' cannot be read", lambda folder: (folder / "current").write_bytes(b"\xff\xfe")),
    ("corrupt", "'current' cannot be read", lambda folder: (folder / "current").write_text("[]")),
    ("corrupt", "'current' cannot be read", lambda folder: rewrite_current(folder, generation="../../elsewhere")),
    ("missing", "no file 'current'", lambda folder: (folder / "current").unlink()),
    ("missing", "are gone", lambda folder: shutil.rmtree(files(folder))),
    ("corrupt", "search index in", damage_largest),
    ("corrupt", "search index in", damage_contents),
    ("corrupt", "search index in", remove_contents),
]


@pytest.mark.parametrize(("reason", "detail", "harm"), DAMAGE)
def test_says_why_and_can_be_built_again(
    folder: Path, backend: str, reason: str, detail: str, harm: Callable[[Path], Any]
) -> None:
    index = Index.open(folder, backend)
    index.apply([listing(number, f"Gạo số {number}") for number in range(200)], [])
    index.close()
    harm(folder)

    with pytest.raises(IndexUnusable) as caught:
        Index.open(folder, backend).search(Query(text="gạo"))
    assert caught.value.reason == reason
    assert detail in str(caught.value)
    assert "\n" not in str(caught.value)

    assert Index.build(folder, [listing(1, "Chanh")], backend) == 1
    again = Index.open(folder, backend)
    assert found(again, "") == ["Chanh"]
    again.close()


def test_an_open_index_notices_that_a_newer_program_replaced_it(index: Index, folder: Path) -> None:
    fill(index, "Gạo")
    rewrite_current(folder, version=f"{SCHEMA_VERSION + 1}-0")
    with pytest.raises(IndexUnusable, match="it has version"):
        index.search(Query())
    with pytest.raises(IndexUnusable):
        index.apply([listing(2, "Nếp")], [])
    index.rebuild([listing(1, "Chanh")])
    assert found(index, "") == ["Chanh"]


def test_an_open_index_notices_that_its_files_are_gone(index: Index, folder: Path) -> None:
    fill(index, "Gạo")
    shutil.rmtree(files(folder))
    with pytest.raises(IndexUnusable):
        index.search(Query())
    index.rebuild([listing(1, "Chanh")])
    assert found(index, "") == ["Chanh"]


def test_touches_nothing_else_in_the_folder(folder: Path, backend: str) -> None:
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "g-old").mkdir()
    index = Index.open(folder, backend)
    index.rebuild([])
    index.close()
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "g-old").is_dir()


def test_refuses_an_unknown_backend_before_touching_anything(folder: Path) -> None:
    for attempt in (lambda: Index.open(folder, "lucene"), lambda: Index.build(folder, [], "lucene")):
        with pytest.raises(ValueError, match="search backend 'lucene': expected one of tantivy, whoosh"):
            attempt()
    assert not folder.exists()
