"""A search index that cannot be used: told to whoever searches, and built again by itself, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest

from marketplace.config import Config
from marketplace.db import db
from marketplace.instance import mend_index, open_index, update_index
from marketplace.web.errors import IndexAway
from marketplace.web.finding import Finder, finder
from search_index.documents import Query
from search_index.generations import Signature, current_signature, mending_lock
from search_index.index import Index, IndexBusy
from tests.marketplace.web.conftest import Market
from tests.marketplace.web.reading import read


def folder_of(market: Market) -> Path:
    config: Config = market.app.config["MARKETPLACE"]
    return config.index_folder


def put_in_place(file: Path, content: bytes) -> None:
    """A new file by the old name: an open index maps its files, and to cut a mapped file ends the process."""
    beside = file.with_name(f"{file.name}.new")
    beside.write_bytes(content)
    beside.replace(file)


def empty_files(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            put_in_place(file, b"")


def empty_contents(folder: Path) -> None:
    [generation] = folder.glob("g-*")
    empty_files(generation)


def another_version(folder: Path) -> None:
    current = folder / "current"
    current.write_text(json.dumps(json.loads(current.read_text()) | {"version": "0-of-old"}))


def another_backend(folder: Path) -> None:
    current = folder / "current"
    current.write_text(json.dumps(json.loads(current.read_text()) | {"backend": "whoosh"}))


HARMS = [empty_files, empty_contents, another_version, another_backend]


def wait_until_mended(market: Market) -> None:
    with market.app.app_context():
        finder().close()


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("already_open", [True, False])
def test_an_unusable_index_is_told_and_comes_back_by_itself(
    another: Callable[..., Market], harm: Callable[[Path], None], already_open: bool
) -> None:
    market = another()
    if already_open:
        assert read(market.client, "/tim").status == 200
    harm(folder_of(market))
    away = market.client.get("/tim?q=gao")
    assert away.status_code == 503
    assert away.headers["Retry-After"] == "60"
    for page in ("/nguon", "/"):
        assert read(market.client, page).status == 200, "every other page works meanwhile"
    wait_until_mended(market)
    assert read(market.client, "/tim?q=gao").status == 200
    assert market.client.get("/suc-khoe").status_code == 200


@pytest.mark.parametrize("harm", HARMS)
def test_a_command_builds_an_unusable_index_again(another: Callable[..., Market], harm: Callable[[Path], None]) -> None:
    market = another()
    config: Config = market.app.config["MARKETPLACE"]
    with market.app.app_context():
        before = open_index(config, db.engine).count()
        harm(config.index_folder)
        index = open_index(config, db.engine)
        assert index.count() == before > 0
        index.close()


def test_of_many_who_find_it_unusable_one_builds_it(another: Callable[..., Market]) -> None:
    market = another()
    config: Config = market.app.config["MARKETPLACE"]
    another_version(config.index_folder)
    seen = current_signature(config.index_folder)
    together, busy = Barrier(4), list[IndexBusy]()
    with market.app.app_context():
        engine = db.engine

    def mend() -> None:
        together.wait(timeout=30)
        try:
            mend_index(config, engine, seen)
        except IndexBusy as error:
            busy.append(error)

    threads = [Thread(target=mend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in config.index_folder.glob("g-*")] == ["g-000002"], "built once since"
    assert all("being built anew by another process" in str(error) for error in busy)


def test_an_index_replaced_meanwhile_is_left_alone(another: Callable[..., Market]) -> None:
    market = another()
    config: Config = market.app.config["MARKETPLACE"]
    seen = current_signature(config.index_folder)
    with market.app.app_context():
        mend_index(config, db.engine, seen)
        replaced = current_signature(config.index_folder)
        mend_index(config, db.engine, seen)
    assert current_signature(config.index_folder) == replaced != seen


def test_while_another_process_builds_it_nobody_else_does(another: Callable[..., Market]) -> None:
    market = another()
    folder = folder_of(market)
    another_version(folder)
    with mending_lock(folder):
        assert market.client.get("/tim").status_code == 503
        wait_until_mended(market)
        assert market.client.get("/tim").status_code == 503
        assert [path.name for path in folder.glob("g-*")] == ["g-000001"]


def test_damage_met_by_the_outbox_is_mended(another: Callable[..., Market], monkeypatch: pytest.MonkeyPatch) -> None:
    market = another()
    config: Config = market.app.config["MARKETPLACE"]
    really_open = Index.open

    def open_and_spoil(folder: Path, backend: str) -> Index:
        opened = really_open(folder, backend)
        monkeypatch.undo()
        empty_contents(folder)
        return opened

    with market.app.app_context():
        monkeypatch.setattr("marketplace.instance.Index.open", open_and_spoil)
        update_index(config, db.engine)
        index = open_index(config, db.engine)
        assert index.search(Query()).total > 0
        index.close()


def test_an_index_that_cannot_be_built_is_not_tried_with_every_search(
    another: Callable[..., Market], caplog: pytest.LogCaptureFixture
) -> None:
    market = another()
    folder = folder_of(market)
    another_version(folder)
    tried: list[Signature | None] = []

    def fail(seen: Signature | None) -> None:
        tried.append(seen)
        raise OSError("No space left on device")

    failing = Finder(market.app.config["MARKETPLACE"], fail)
    for _ in range(3):
        with pytest.raises(IndexAway):
            failing.search(Query())
        failing.close()
    assert tried == [current_signature(folder)]
    assert "the search index could not be built; it is tried again" in caplog.text
