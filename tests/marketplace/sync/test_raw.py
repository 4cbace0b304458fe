"""The raw page behind a run: its own, the one the site said had not changed, or none."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from connectors.contract import Get, Page
from marketplace.sync.models import Run, StoredPage
from marketplace.sync.pages import PageStore
from marketplace.sync.raw import raw_page

AT = datetime(2026, 3, 5, 18, 0, tzinfo=UTC)
URL, OTHER = "https://voso.example.vn/1", "https://voso.example.vn/2"


@pytest.fixture
def runs(session: Session) -> list[Run]:
    made = [
        Run(source="voso", mode="sandbox", kind="full", started_at=AT + timedelta(days=day), verdict="ok")
        for day in range(3)
    ]
    session.add_all(made)
    session.commit()
    return made


def keep(folder: Path, run: Run, url: str, body: str, part: int = 0) -> tuple[str, int]:
    """As a run keeps a page; its file and offset."""
    store = PageStore(folder, f"voso/{run.started_at:%Y-%m-%d}-run{run.id}-{part}.warc.gz")
    for address, text in (("https://voso.example.vn/", "<p>home</p>"), (url, body)):
        get = Get(url=address, kind="home")
        offset = store.add(Page(get=get, status=200, headers={}, body=text.encode(), fetched_at=run.started_at))
    store.close()
    return store.name, offset


def refer(session: Session, run: Run, url: str, where: tuple[str, int]) -> None:
    file, offset = where
    session.add(
        StoredPage(
            source="voso",
            url=url,
            run_id=run.id,
            last_run_id=run.id,
            fetched_at=run.started_at,
            file=file,
            offset=offset,
        )
    )
    session.commit()


def test_a_run_has_its_own_page_though_a_later_one_fetched_it_again(
    session: Session, runs: list[Run], tmp_path: Path
) -> None:
    first, second, third = runs
    keep(tmp_path, first, URL, "trang cũ")
    refer(session, second, URL, keep(tmp_path, second, URL, "trang mới"))
    found = [raw_page(session, tmp_path, run, URL) for run in runs]
    assert [(page.body.decode(), page.run_id) for page in found if page] == [
        ("trang cũ", first.id),
        ("trang mới", second.id),
        ("trang mới", second.id),  # unchanged since
    ]
    assert third.id > second.id


def test_a_resumed_run_has_more_than_one_file(session: Session, runs: list[Run], tmp_path: Path) -> None:
    keep(tmp_path, runs[0], URL, "trước")
    keep(tmp_path, runs[0], OTHER, "sau", part=1)
    for url, body in ((URL, b"tr\xc6\xb0\xe1\xbb\x9bc"), (OTHER, b"sau")):
        page = raw_page(session, tmp_path, runs[0], url)
        assert page is not None
        assert page.body == body


def test_what_is_not_kept_is_none(session: Session, runs: list[Run], tmp_path: Path) -> None:
    assert raw_page(session, tmp_path, runs[0], URL) is None
    refer(session, runs[1], URL, ("voso/gone.warc.gz", 0))
    assert raw_page(session, tmp_path, runs[1], URL) is None
    assert raw_page(session, tmp_path, runs[0], URL) is None, "a later page is not what this run saw"
    name, offset = keep(tmp_path, runs[2], OTHER, "rách")
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: offset + 20])
    assert raw_page(session, tmp_path, runs[2], OTHER) is None


def test_the_command_prints_the_page_and_nothing_else(session: Session, runs: list[Run], tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    refer(session, runs[0], URL, keep(folder / "pages", runs[0], URL, "<p>Điện thoại 0912 345 678</p>"))

    def call(run: int, url: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "marketplace", "--instance", str(folder), "page", str(run), url]
        return subprocess.run(command, capture_output=True, check=False, timeout=60)

    done = call(runs[0].id, URL)
    assert (done.returncode, done.stdout.decode()) == (0, "<p>Điện thoại 0912 345 678</p>")
    later = call(runs[2].id, URL)
    assert (later.returncode, later.stdout) == (0, done.stdout)
    assert b"unchanged since run 1" in later.stderr
    missing = call(runs[0].id, OTHER)
    assert missing.returncode == 1
    assert b"kept for 30 days" in missing.stderr
    assert b"there is no run 99" in call(99, URL).stderr
