"""Changes to an index: all or nothing, repeatable, and seen by everybody who has it open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from search_listings import fill, found, ids, listing
from search_processes import OtherProcess, start

from search_index.backend import Backend
from search_index.documents import Document, Query, Results
from search_index.index import BACKENDS, Index, IndexBusy


def test_a_new_index_is_empty(index: Index) -> None:
    assert index.count() == 0
    assert index.search(Query(facets=("source",))).facets == {"source": ()}
    assert found(index, "gạo") == []


def test_replaces_and_removes(index: Index) -> None:
    fill(index, "Gạo", "Nếp", "Chanh")
    index.apply([listing(2, "Mật ong")], ["listing:3", "listing:99"])
    assert found(index, "") == ["Gạo", "Mật ong"]
    assert found(index, "nep") == []


def test_applying_the_same_again_changes_nothing(index: Index) -> None:
    for _ in range(3):
        index.apply([listing(1, "Gạo"), listing(2, "Nếp")], ["listing:3"])
        assert ids(index.search(Query())) == ["listing:1", "listing:2"]


def test_of_several_with_one_id_the_last_counts(index: Index) -> None:
    for _ in range(2):
        index.apply([listing(1, "Gạo"), listing(2, "Nếp"), listing(1, "Chanh"), listing(1, "Mật ong")], [])
        assert found(index, "") == ["Mật ong", "Nếp"]
        assert index.count() == 2


def test_what_is_removed_and_put_in_at_once_is_there(index: Index) -> None:
    index.apply([listing(1, "Gạo")], ["listing:1"])
    assert found(index, "") == ["Gạo"]


def test_nothing_to_do_is_no_fault(index: Index) -> None:
    index.apply([], [])
    assert index.count() == 0


def test_the_count_stays_after_a_thousand_updates(index: Index) -> None:
    ten = [listing(number, f"Gạo số {number}") for number in range(10)]
    index.apply(ten, [])
    for turn in range(10):
        index.apply([listing(number % 10, f"Nếp lượt {turn} số {number}") for number in range(100)], [])
        assert index.count() == 10
    assert index.search(Query(text="gao")).total == 0
    assert index.search(Query(text="nep luot 9")).total == 10


def test_many_small_changes_do_not_pile_up_files(index: Index, folder: Path, backend: str) -> None:
    for number in range(40):
        index.apply([listing(number, "Gạo nàng thơm")], [])
    [generation] = folder.glob("g-*")
    assert index.count() == 40
    # A segment is one file or, in tantivy, about eight; there are at most eight segments of about one size.
    assert len(list(generation.iterdir())) < (30 if backend == "whoosh" else 100)


def test_replacing_everything_does_not_make_the_index_grow(index: Index, folder: Path) -> None:
    def size() -> int:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    some = [listing(number, f"Gạo nàng thơm số {number}", body="trồng ở Cần Đước " * 20) for number in range(100)]
    index.apply(some, [])
    before = size()
    for _ in range(6):
        index.apply(some, [])
    assert index.count() == 100
    assert size() < 3 * before


def test_a_fault_in_the_documents_changes_nothing(index: Index) -> None:
    fill(index, "Gạo", "Nếp")

    def broken() -> Iterator[Document]:
        yield listing(1, "Chanh")
        yield listing(3, "Mật ong")
        raise RuntimeError("the database is gone")

    with pytest.raises(RuntimeError, match="the database is gone"):
        index.apply(broken(), ["listing:2"])
    assert found(index, "") == ["Gạo", "Nếp"]
    index.apply([listing(3, "Mật ong")], [])
    assert index.count() == 3


def test_another_reader_sees_the_change_at_once(index: Index, folder: Path, backend: str) -> None:
    other = Index.open(folder, backend)
    fill(index, "Gạo")
    assert found(other, "gạo") == ["Gạo"]
    other.apply([listing(1, "Nếp")], [])
    assert found(index, "gạo") == []
    assert found(index, "nếp") == ["Nếp"]
    other.close()


def test_a_change_by_another_process_is_seen(index: Index, folder: Path, backend: str) -> None:
    fill(index, "Gạo")
    with start("apply", folder, backend, documents=50) as writer:
        writer.let_it_finish()
    assert index.count() == 51
    assert index.search(Query(text="chanh")).total == 50


def test_a_killed_writer_leaves_the_index_as_it_was(index: Index, folder: Path, backend: str) -> None:
    fill(index, "Gạo", "Nếp")
    with start("apply", folder, backend, documents=2000) as writer:
        writer.kill_halfway()
    assert found(index, "") == ["Gạo", "Nếp"]
    fresh = Index.open(folder, backend)
    fresh.apply([listing(3, "Chanh")], ["listing:1"])  # the dead writer's lock blocks nobody
    assert found(fresh, "") == ["Nếp", "Chanh"]
    assert found(index, "") == ["Nếp", "Chanh"]
    fresh.close()


def test_a_second_writer_is_told_so(index: Index, folder: Path, backend: str) -> None:
    fill(index, "Gạo")
    with start("apply", folder, backend, documents=10) as writer:
        writer.wait_halfway()
        busy = rf"being written by another writer \(process {writer.pid}\)$"
        with pytest.raises(IndexBusy, match=busy):
            index.apply([listing(9, "Nếp")], [])
        with pytest.raises(IndexBusy, match=busy):
            index.rebuild([])
        assert found(index, "") == ["Gạo"]  # reading goes on
        writer.let_it_finish()
    assert index.count() == 11


def test_a_second_writer_in_the_same_process_is_told_so(index: Index) -> None:
    def documents() -> Iterator[Document]:
        yield listing(1, "Gạo")
        with pytest.raises(IndexBusy):
            index.apply([listing(2, "Nếp")], [])

    index.apply(documents(), [])
    assert found(index, "") == ["Gạo"]


def test_readers_in_threads_see_whole_changes_only(index: Index) -> None:
    """Each change replaces all ten documents, so a search must find ten of one turn."""
    index.apply([listing(number, "lượt 0") for number in range(10)], [])
    stop = threading.Event()
    seen: list[set[str]] = []
    faults: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                results = index.search(Query(text="luot", facets=("turn",)))
                seen.append({hit.title for hit in results.hits} | {f"total {results.total}"})
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for turn in range(1, 15):
        index.apply([listing(number, f"lượt {turn}") for number in range(10)], [])
    stop.set()
    for reader in readers:
        reader.join()
    assert not faults
    assert seen
    assert all(len(titles) == 2 and "total 10" in titles for titles in seen)


def test_a_closed_index_opens_again_when_asked(index: Index) -> None:
    fill(index, "Gạo")
    index.close()
    index.close()
    assert found(index, "gạo") == ["Gạo"]


def test_closing_waits_for_searches_under_way(index: Index, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(index, "Gạo")
    module, name = BACKENDS[backend]
    kind = getattr(import_module(module), name)
    search = kind.search

    def interrupted(self: Backend, *asked: Any) -> Results:
        index.close()
        found: Results = search(self, *asked)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(kind, "search", interrupted)
        assert index.search(Query(text="gạo")).total == 1
    assert found(index, "gạo") == ["Gạo"]


def test_the_other_process_ends_with_its_test(folder: Path, backend: str) -> None:
    with start("apply", folder, backend, documents=10) as writer:
        writer.wait_halfway()
    assert isinstance(writer, OtherProcess)
    assert writer.ended()
