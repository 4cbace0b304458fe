"""Raw pages on disk: kept, read again, and fetched anew where they are lost."""

from __future__ import annotations

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace.config import Config
from marketplace.sync.models import StoredPage
from marketplace.sync.pages import read_page
from tests.marketplace.sync.reading import NONGSAN, one, totals


def test_raw_pages_are_kept_and_an_unchanged_page_is_read_from_them(
    config: Config, engine: Engine, session: Session
) -> None:
    first = one(config, engine)
    stored = session.scalars(select(StoredPage).where(StoredPage.source == NONGSAN)).all()
    assert len(stored) == first.pages
    for page in stored:
        body = read_page(config.pages_folder, page.file, page.offset, page.url)
        assert body is not None
        assert b"<html" in body
    session.rollback()
    one(config, engine)
    session.expire_all()
    # Answered with 304: the stored pages are still those of the first run.
    assert {page.run_id for page in session.scalars(select(StoredPage))} == {first.id}


def test_a_lost_raw_page_is_fetched_again(config: Config, engine: Engine) -> None:
    one(config, engine)
    for path in config.pages_folder.glob("**/*.warc.gz"):
        path.unlink()
    run = one(config, engine)
    assert run.verdict == "ok"
    assert totals(run, "seen") == totals(run, "unchanged")


def test_a_damaged_raw_page_is_fetched_again(config: Config, engine: Engine) -> None:
    one(config, engine)
    for path in config.pages_folder.glob("**/*.warc.gz"):
        path.write_bytes(b"no archive" * 10_000)
    assert one(config, engine).verdict == "ok"
