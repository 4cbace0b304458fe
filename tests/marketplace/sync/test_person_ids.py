"""Nothing that is kept or shown of a seller holds a citizen's id, wherever the marketplace puts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.contract import Get, ListingRecord, Page, Problem, SellerRecord, Source, Yield
from marketplace.catalogue.models import Listing, Seller
from marketplace.config import Config
from marketplace.instance import rebuild_index
from marketplace.sync.importing import take_file
from marketplace.sync.models import Run, RunProblem
from marketplace.sync.taking import note_problems, read
from marketplace.sync.writing import PageWriter
from tests.connectors.tables.workbooks import xlsx

VOSO = "voso"
SECRET = b"k" * 32
FORMS = ("079199001234", "079 199 001 234", "0791.9900.1234", "CCCD-079199001234")
AT = datetime(2026, 3, 5, tzinfo=UTC)


def holds_an_id(printed: str) -> bool:
    return "79199001234" in re.sub(r"[ .\-–\u00a0]", "", printed)


def kept(session: Session) -> Iterator[str]:
    """Every value of every table."""
    connection = session.connection()
    for table in inspect(connection).get_table_names():
        for row in connection.execute(text(f'SELECT * FROM "{table}"')):  # names from the database itself
            yield from (f"{table}: {value}" for value in row)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_leaves_no_id_in_tables_index_pages_or_problems(
    app: Flask, config: Config, engine: Engine, session: Session, tmp_path: Path, form: str
) -> None:
    labels = ("Mã tài khoản", "Tên", "Loại hình", "Trạng thái", "Người đại diện", "Địa chỉ", "Chứng nhận", "Điện thoại")
    good = (f"ho-{form}", f"Hộ {form}", form, form, form, f"{form}, Xã Mỹ Lệ, Long An", form, "0912345678")
    bad = (f"ho2-{form}", "Hộ B", None, None, None, None, None, form)
    report = take_file(config, engine, VOSO, "accounts", xlsx(tmp_path / f"{form}.xlsx", [labels, good, bad]))
    assert (report.accepted, len(report.refused)) == (1, 1)
    assert not holds_an_id(str(report))
    rebuild_index(config, engine)
    session.rollback()
    seller = session.scalars(select(Seller)).one()
    assert seller.ref.startswith("ho-")
    assert seller.ref.endswith("-234")
    assert seller.name.endswith("*********234")
    assert [value for value in kept(session) if holds_an_id(value)] == []
    visitor = app.test_client()
    run_id = session.scalars(select(Run.id)).one()
    for path in (f"/nguoi-ban/{seller.id}", "/nguoi-ban", f"/nguon/lan/{run_id}.json", f"/nguon/{VOSO}"):
        answer = visitor.get(path, follow_redirects=True)
        assert answer.status_code == 200
        assert not holds_an_id(answer.text)
    found = visitor.get("/nguoi-ban.json", query_string={"q": "079199001234"}).get_json()
    assert not holds_an_id(str([one for one in found.values() if isinstance(one, list)]))


class _Shop:
    """A site whose accounts bear the id of their owner."""

    def __init__(self, form: str) -> None:
        self.form = form

    def start(self, source: Source, since: datetime | None) -> Iterator[Get]:
        del source, since
        yield from ()

    def kind_of(self, source: Source, url: str) -> str | None:
        del source, url
        return "list"

    def parse(self, source: Source, page: Page) -> Iterator[Yield]:
        ref = f"{page.get.ref}ho-{self.form}"
        yield SellerRecord(ref=ref, name=f"Hộ {self.form}", kind=self.form, phone=self.form)
        yield ListingRecord(ref="P1", title=f"Gạo {self.form}", seller_ref=ref, seller_name=self.form)
        yield Get(url=f"{source.home}/1", kind="seller", record="seller", ref=ref)
        yield Problem(code="bad_row", ref=ref, detail=f"không đọc được {self.form}")


@pytest.mark.parametrize("form", FORMS)
def test_a_page_leaves_no_id_in_tables_or_problems(session: Session, form: str) -> None:
    source = replace(REGISTRY[VOSO].source, scope="nation")
    page = Page(get=Get(url=source.home, kind="list"), status=200, headers={}, body=b"", fetched_at=AT)
    records, (get,), problems = read(_Shop(form), source, page, SECRET)
    run = Run(source=VOSO, mode="sandbox", kind="full", started_at=AT)
    session.add(run)
    session.flush()
    written, _ = PageWriter(session.connection(), source, run.id, SECRET).write(records, "list", AT)
    note_problems(session.connection(), run.id, source.home, problems)
    assert ("seller", get.ref) in written
    assert session.scalars(select(Listing.seller_id)).one() == written["seller", get.ref].id
    assert session.scalars(select(Seller.phone)).one() is None
    assert session.scalars(select(RunProblem.detail)).one().endswith("*********234")
    assert [value for value in kept(session) if holds_an_id(value)] == []
