"""Files of an operator into the catalogue: what goes in, what stays, what a later reading of the site makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors.sandbox import Fault, Sandbox, World
from marketplace.catalogue.models import IndexChange, Listing, Seller
from marketplace.catalogue.origins import told_by_file, told_by_files_alone
from marketplace.config import Config
from marketplace.db import now
from marketplace.onboarding import statistics
from marketplace.onboarding.models import ReportedFigure
from marketplace.sync import actions, queries
from marketplace.sync.actions import ActionError
from marketplace.sync.import_report import ImportReport, RowResult
from marketplace.sync.importing import take_file
from marketplace.sync.models import Run, RunProblem
from tests.connectors.tables.workbooks import xlsx

VOSO, NONGSAN = "voso", "nongsanantoanlongan"
HEADER = ("Mã tài khoản", "Tên", "Mã số thuế", "Điện thoại", "Địa chỉ")
ROWS = (
    ("TK1", "HTX Thanh long Mẫu", "0100109106", 900000011, "xã Long Trì, huyện Châu Thành, Long An"),
    ("TK2", "Hộ Nguyễn Văn Mẫu", 80199001234, None, None),
)


def accounts(folder: Path, rows: Sequence[Sequence[Any]] = ROWS, header: Sequence[str] = HEADER) -> Path:
    return xlsx(folder / "accounts.xlsx", [header, *rows])


def take(config: Config, engine: Engine, path: Path, kind: Any = "accounts", slug: str = VOSO) -> ImportReport:
    return take_file(config, engine, slug, kind, path)


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.accepted, report.unchanged, len(report.refused)


def test_accounts_come_in_once_and_count_as_sellers(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    assert counts(take(config, engine, accounts(tmp_path))) == (2, 0, 0)
    assert counts(take(config, engine, accounts(tmp_path))) == (0, 2, 0)
    first, second = session.scalars(select(Seller).order_by(Seller.ref))
    assert (first.phone_key, first.old_district, first.tax_code) == ("0900000011", "808", "0100109106")
    assert (second.tax_code, second.tax_code_kind, second.tax_code_tail) == (None, "person12", "234")
    run = session.scalars(select(Run).order_by(Run.id)).first()
    assert run is not None
    assert (run.kind, run.verdict, run.reason, run.detail) == ("file", "partial", "file", "accounts: accounts.xlsx")
    assert run.counts["seller"]["new"] == 2
    assert session.scalar(select(func.count()).select_from(IndexChange)) == 2
    report = statistics.report(session, config, now())
    assert {one.slug: one.sellers for one in report.sources}[VOSO] == 2


@pytest.mark.parametrize("slug", [VOSO, NONGSAN])
def test_a_full_reading_does_not_remove_what_only_a_file_knows(
    config: Config, engine: Engine, session: Session, tmp_path: Path, slug: str
) -> None:
    take(config, engine, accounts(tmp_path), slug=slug)
    listed = xlsx(tmp_path / "l.xlsx", [("Mã sản phẩm", "Tên sản phẩm"), ("chi-co-trong-tep", "Gạo")])
    take(config, engine, listed, "listings", slug)
    for _ in range(2):
        run = actions.sync(config, engine, [slug])[0]
        assert run.verdict == "ok"
    session.rollback()
    assert session.scalar(select(func.count()).where(Seller.ref.in_(["TK1", "TK2"]), Seller.gone_at.is_(None))) == 2
    assert session.scalar(select(Listing.gone_at).where(Listing.ref == "chi-co-trong-tep")) is None
    assert set(session.scalars(select(Seller.ref).where(told_by_files_alone(Seller)))) == {"TK1", "TK2"}
    assert set(session.scalars(select(Listing.ref).where(told_by_files_alone(Listing)))) == {"chi-co-trong-tep"}


def test_where_pages_hide_idle_accounts_the_file_keeps_a_seller_without_products(
    config: Config, engine: Engine, session: Session, tmp_path: Path, world: World
) -> None:
    # The invented sites are small: one seller's listings are a large share of them.
    believing = {slug: replace(settings, max_drop=1.0) for slug, settings in config.sources.items()}
    config = replace(config, sources=believing)
    actions.sync(config, engine)
    kept: dict[str, bool] = {}
    for slug in (VOSO, NONGSAN):
        session.rollback()
        seller = session.scalars(
            select(Seller).join(Listing, Listing.seller_id == Seller.id).where(Seller.source == slug).limit(1)
        ).one()
        ref, name = seller.ref, seller.name
        session.rollback()
        take(config, engine, accounts(tmp_path, [(ref, name, None, None, None)]), slug=slug)
        mine = (Seller.source == slug, Seller.ref == ref)
        assert session.scalar(select(told_by_file(Seller, "accounts")).where(*mine))
        assert not session.scalar(select(told_by_files_alone(Seller)).where(*mine))
        world.remove_seller(ref)
        assert actions.sync(config, engine, [slug])[0].verdict == "ok"
        session.rollback()
        kept[slug] = session.scalar(select(Seller.gone_at).where(*mine)) is None
    assert kept == {VOSO: True, NONGSAN: False}


def test_a_file_takes_nothing_away_and_says_nothing_of_the_site(
    config: Config, engine: Engine, session: Session, tmp_path: Path, sandbox: Sandbox
) -> None:
    actions.sync(config, engine, [NONGSAN])
    before = session.scalar(select(func.count()).where(Seller.source == NONGSAN, Seller.gone_at.is_(None)))
    sandbox.sites[NONGSAN].faults.add(Fault(kind="status", status=403))
    actions.sync(config, engine, [NONGSAN])
    session.rollback()
    take(config, engine, accounts(tmp_path), slug=NONGSAN)
    after = session.scalar(select(func.count()).where(Seller.source == NONGSAN, Seller.gone_at.is_(None)))
    assert after == (before or 0) + 2
    state = queries.states(session, config, now())[NONGSAN]
    assert state.last is not None
    assert state.last.verdict == "failed"
    report = {one.slug: one for one in statistics.report(session, config, now()).sources}[NONGSAN]
    assert report.verdict == "failed"


def test_what_a_file_tells_first_is_no_update_of_the_seller(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    actions.sync(config, engine, [NONGSAN])
    row = session.scalars(select(Listing).where(Listing.source == NONGSAN).limit(1)).one()
    changed_at, updated = row.changed_at, _updated(session, config)
    header = ("Mã sản phẩm", "Tên sản phẩm", "Xuất xứ")
    rows = [(row.ref, f"{row.title} loại 1", "Tân Trụ"), ("moi-trong-tep", "Gạo", None)]
    session.rollback()
    later = now().replace(year=now().year + 1)
    report = take_file(
        config, engine, NONGSAN, "listings", xlsx(tmp_path / "l.xlsx", [header, *rows]), clock=lambda: later
    )
    assert counts(report) == (2, 0, 0)
    session.refresh(row)
    assert row.changed_at == changed_at
    assert _updated(session, config) == updated


def _updated(session: Session, config: Config) -> int | None:
    return {one.slug: one for one in statistics.report(session, config, now()).sources}[NONGSAN].updated_sellers


def test_bad_rows_are_told_and_the_good_ones_go_in(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    rows = [*ROWS, ("TK3", "HTX", None, "12", None), ROWS[0], ("TK2", "Tên khác", None, None, None)]
    report = take(config, engine, accounts(tmp_path, rows))
    assert counts(report) == (2, 1, 2)
    assert [(fault.row, fault.column, fault.value) for fault in report.refused] == [
        (4, "Điện thoại", "12"),
        (6, "Mã tài khoản", "TK2"),
    ]
    assert "dòng 3" in report.refused[1].reason
    details = list(session.scalars(select(RunProblem.detail).where(RunProblem.code == "row_refused")))
    assert len(details) == 2
    assert "dòng 4, cột Điện thoại" in details[0]


def test_a_preview_says_it_all_and_writes_nothing(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    take(config, engine, accounts(tmp_path))
    runs = session.scalar(select(func.count()).select_from(Run))
    session.rollback()
    rows = [
        ROWS[0],
        ("TK2", "Hộ Trần Văn Mẫu", *ROWS[1][2:]),
        ("TK9", "Mới", None, None, None),
        (None, "?", *HEADER[:3]),
    ]
    results: list[RowResult] = []
    path = accounts(tmp_path, rows)
    report = take_file(config, engine, VOSO, "accounts", path, preview=True, told=results.append)
    assert [result.outcome for result in results] == ["unchanged", "changed", "new", "refused"]
    assert results[1].fields == {"name": ("Hộ Nguyễn Văn Mẫu", "Hộ Trần Văn Mẫu")}
    assert counts(report) == (2, 1, 1)
    assert session.scalar(select(func.count()).select_from(Run)) == runs
    assert set(session.scalars(select(Seller.name))) == {"HTX Thanh long Mẫu", "Hộ Nguyễn Văn Mẫu"}


def test_listings_find_their_seller_and_settle(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    header = ("Mã sản phẩm", "Tên sản phẩm", "Giá", "Đơn vị tính", "Mã người bán", "Người bán", "Địa chỉ")
    rows = [
        ("P1", "Thanh long ruột đỏ", 25000, "kg", "S1", "HTX Mẫu", "huyện Bến Lức, Long An"),
        ("P2", "Chanh không hạt", "Liên hệ", None, "S1", "HTX  MẪU", "Bến Lức"),
    ]
    path = xlsx(tmp_path / "l.xlsx", [header, *rows])
    assert counts(take(config, engine, path, "listings")) == (2, 0, 0)
    assert counts(take(config, engine, path, "listings")) == (0, 2, 0)
    seller = session.scalars(select(Seller)).one()
    first, second = session.scalars(select(Listing).order_by(Listing.ref))
    assert {first.seller_id, second.seller_id} == {seller.id}
    assert (first.price_vnd, first.price_per_kg_vnd, second.price_vnd) == (25_000, 25_000, None)
    assert seller.name == "HTX Mẫu"


def test_figures_stand_beside_what_is_counted(config: Config, engine: Engine, session: Session, tmp_path: Path) -> None:
    header = ("Chỉ tiêu", "Giá trị", "Thời điểm", "Văn bản/nguồn")
    rows: list[tuple[Any, ...]] = [
        ("Gian hàng", "trên 350", "03/2024", "Báo cáo mẫu"),
        ("Số giao dịch", 12, 2024, None),
    ]
    path = xlsx(tmp_path / "f.xlsx", [header, *rows])
    assert counts(take(config, engine, path, "figures")) == (2, 0, 0)
    assert counts(take(config, engine, path, "figures")) == (0, 2, 0)
    path = xlsx(tmp_path / "f.xlsx", [header, ("Gian hàng", 351, "03/2024", None)])
    assert counts(take(config, engine, path, "figures")) == (1, 0, 0)
    mine = session.scalars(select(ReportedFigure).where(ReportedFigure.subject == VOSO).order_by(ReportedFigure.id))
    assert [(one.indicator, one.value, one.qualifier, one.as_of, one.document) for one in mine] == [
        ("stalls", 351, "exact", "2024-03", "Báo cáo mẫu"),
        ("Số giao dịch", 12, "exact", "2024", ""),
    ]
    assert session.scalar(select(func.count()).select_from(Run)) == 0


def test_a_refused_file_leaves_no_run(config: Config, engine: Engine, session: Session, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"")
    with pytest.raises(ActionError, match=r"x\.xlsx: tệp trống"):
        take(config, engine, tmp_path / "x.xlsx")
    assert session.scalar(select(func.count()).select_from(Run)) == 0
