"""A rebuild: readers have the old index or the new one, never half of one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from search_listings import fill, found, listing
from search_processes import start

from search_index.backend import Backend
from search_index.documents import Document, Query
from search_index.index import BACKENDS, Index


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("g-*"))


def broken() -> Iterator[Document]:
    yield listing(1, "Nếp")
    raise RuntimeError("the database is gone")


def test_replaces_the_whole_index(index: Index, folder: Path) -> None:
    fill(index, "Gạo", "Nếp")
    assert index.rebuild([listing(7, "Chanh"), listing(8, "Mật ong"), listing(7, "Chanh dây")]) == 2
    assert found(index, "") == ["Chanh dây", "Mật ong"]
    assert len(generations(folder)) == 1


def test_builds_where_nothing_was(folder: Path, backend: str) -> None:
    assert Index.build(folder, [listing(1, "Gạo")], backend) == 1
    index = Index.open(folder, backend)
    assert found(index, "gạo") == ["Gạo"]
    index.close()


def test_the_old_index_answers_until_the_new_one_is_whole(index: Index) -> None:
    fill(index, "Gạo")
    during = []

    def documents() -> Iterator[Document]:
        for number in range(5):
            during.append(found(index, ""))
            yield listing(number, "Nếp")

    index.rebuild(documents())
    assert during == [["Gạo"]] * 5
    assert index.count() == 5


def test_a_fault_in_the_documents_keeps_the_old_index(index: Index, folder: Path) -> None:
    fill(index, "Gạo")
    before = generations(folder)
    with pytest.raises(RuntimeError, match="the database is gone"):
        index.rebuild(broken())
    assert found(index, "") == ["Gạo"]
    assert generations(folder) == before


def test_killed_halfway_the_old_index_stays_and_the_next_rebuild_clears_up(
    index: Index, folder: Path, backend: str
) -> None:
    fill(index, "Gạo")
    with start("build", folder, backend, documents=500) as writer:
        writer.kill_halfway()
    assert len(generations(folder)) == 2
    assert found(index, "") == ["Gạo"]
    fresh = Index.open(folder, backend)
    assert found(fresh, "") == ["Gạo"]
    fresh.apply([listing(2, "Nếp")], [])
    with pytest.raises(RuntimeError):
        index.rebuild(broken())
    assert len(generations(folder)) == 1  # even a rebuild that fails makes room first
    assert index.rebuild([listing(1, "Chanh")]) == 1
    assert len(generations(folder)) == 1
    assert found(fresh, "") == found(index, "") == ["Chanh"]
    fresh.close()


def test_a_rebuild_by_another_process_is_seen(index: Index, folder: Path, backend: str) -> None:
    fill(index, "Gạo", "Nếp")
    with start("build", folder, backend, documents=40) as writer:
        writer.wait_halfway()
        assert index.count() == 2
        writer.let_it_finish()
    assert index.count() == 40
    index.apply([listing(1, "Gạo")], [])  # into the new one
    assert index.count() == 41


def test_readers_search_on_while_it_is_rebuilt(index: Index, folder: Path, backend: str) -> None:
    """Turn n has n+1 documents of the title "lượt n": a search sees one turn whole."""

    def turn(number: int) -> list[Document]:
        return [listing(at, f"lượt {number}") for at in range(number + 1)]

    index.rebuild(turn(0))
    other = Index.open(folder, backend)
    stop = threading.Event()
    seen: list[tuple[int, set[str]]] = []
    faults: list[BaseException] = []

    def read(reader: Index) -> None:
        try:
            while not stop.is_set():
                results = reader.search(Query(text="luot", facets=("turn",)))
                seen.append((results.total, {hit.title for hit in results.hits}))
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read, args=(which,)) for which in (index, index, other)]
    for reader in readers:
        reader.start()
    for number in range(1, 8):
        index.rebuild(turn(number))
    stop.set()
    for reader in readers:
        reader.join()
    other.close()
    assert not faults
    assert seen
    assert all(titles == {f"lượt {total - 1}"} for total, titles in seen)


def test_a_reader_that_comes_too_late_opens_the_new_index(
    folder: Path, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The generation it was about to open is replaced and removed under its hands."""
    Index.build(folder, [listing(1, "Gạo")], backend)
    module, name = BACKENDS[backend]
    kind = getattr(import_module(module), name)
    really_open = kind.open

    def late(files: Path) -> Backend:
        monkeypatch.undo()
        Index.build(folder, [listing(1, "Nếp")], backend)
        opened: Backend = really_open(files)
        return opened

    monkeypatch.setattr(kind, "open", late)
    index = Index.open(folder, backend)
    assert found(index, "") == ["Nếp"]
    index.close()


def test_two_processes_may_open_a_new_index_at_once(folder: Path, backend: str) -> None:
    opened: list[Index] = []
    faults: list[BaseException] = []

    def open_it() -> None:
        try:
            opened.append(Index.open(folder, backend))
        except BaseException as fault:
            faults.append(fault)

    openers = [threading.Thread(target=open_it) for _ in range(6)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert not faults
    fill(opened[0], "Gạo")
    assert all(found(index, "gạo") == ["Gạo"] for index in opened)
    assert len(generations(folder)) == 1
    for index in opened:
        index.close()


def test_readers_search_on_while_another_process_rebuilds_it(index: Index, folder: Path, backend: str) -> None:
    """They have the two documents of the old index or the forty of the new one, counted whole."""
    fill(index, "Chanh", "Chanh", facets={"kind": ("listing",)})
    seen: list[tuple[int, int]] = []
    faults: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                results = index.search(Query(text="chanh", facets=("kind",)))
                seen.append((results.total, len(results.hits)))
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    with start("build", folder, backend, documents=40) as writer:
        writer.wait_halfway()
        writer.let_it_finish()
    assert index.count() == 40
    stop.set()
    for reader in readers:
        reader.join()
    assert not faults
    assert set(seen) <= {(2, 2), (40, 20)}
    assert (2, 2) in seen
