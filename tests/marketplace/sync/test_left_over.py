"""What a killed run had fetched and not yet written is read from its file, whole pages only."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.contract import Get, Page
from marketplace.sync.pages import PageStore, left_over

AT = datetime(2026, 3, 5, 4, 30, tzinfo=UTC)
HEADERS = {"content-type": "text/html; charset=utf-8", "etag": '"1"', "content-encoding": "gzip"}
NAME = "voso/2026-03-05-run1-0.warc.gz"


def page(number: int) -> Page:
    return Page(
        get=Get(url=f"https://example.vn/{number}", kind="product", record="listing", ref=f"gạo {number}"),
        status=200,
        headers=HEADERS,
        body=f"<p>trang số {number}".encode(),
        fetched_at=AT,
    )


@pytest.fixture
def offsets(tmp_path: Path) -> list[int]:
    store = PageStore(tmp_path, NAME)
    told = [store.add(page(n)) for n in range(3)]
    store.close()
    return told


def test_pages_behind_the_last_written_one_are_read_as_they_were_fetched(tmp_path: Path, offsets: list[int]) -> None:
    first, second = left_over(tmp_path, NAME, offsets[0])
    assert (first.get.url, second.get.url) == ("https://example.vn/1", "https://example.vn/2")
    assert (second.status, second.body, second.fetched_at) == (200, "<p>trang số 2".encode(), AT)
    assert (second.get.kind, second.get.record, second.get.ref) == ("product", "listing", "gạo 2")
    assert second.headers["content-type"] == "text/html; charset=utf-8"
    assert second.headers["etag"] == '"1"'
    assert "content-encoding" not in second.headers  # the body is kept decoded


def test_all_pages_are_left_over_when_none_was_written(tmp_path: Path, offsets: list[int]) -> None:
    assert [page.get.url[-1] for page in left_over(tmp_path, NAME, None)] == ["0", "1", "2"]
    assert list(left_over(tmp_path, NAME, offsets[2])) == []


def test_without_a_file_nothing_is_left_over(tmp_path: Path) -> None:
    assert list(left_over(tmp_path, NAME, None)) == []


def test_a_torn_page_is_none_wherever_it_was_torn(tmp_path: Path, offsets: list[int]) -> None:
    path = tmp_path / NAME
    whole = path.read_bytes()
    for length in range(offsets[2], len(whole)):
        path.write_bytes(whole[:length])
        assert [page.get.url[-1] for page in left_over(tmp_path, NAME, offsets[0])] == ["1"]
