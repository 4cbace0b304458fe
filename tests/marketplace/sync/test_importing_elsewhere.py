"""Files of a floor of the whole nation: rows of other provinces are told as refused, and nothing of them is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Listing, Seller
from marketplace.config import Config
from marketplace.sync.import_report import ImportReport, RowResult
from marketplace.sync.importing import take_file
from marketplace.sync.models import Run, RunProblem
from tests.connectors.tables.workbooks import xlsx
from tests.marketplace.sync.reading import NONGSAN, VOSO

HEADER = ("Mã tài khoản", "Tên", "Địa chỉ liên hệ")
OURS = ("TK1", "HTX Mẫu", "xã Long Trì, huyện Châu Thành, Long An")
THEIRS = ("TK2", "HTX Khác 079199001234", "Phường 5, thành phố Mỹ Tho, tỉnh Tiền Giang 079199001234")
NOWHERE = ("TK3", "HTX Ba", None)
REASON = "thuộc Tiền Giang, ngoài Long An cũ nên không lấy vào"
SHOWN = "Phường 5, thành phố Mỹ Tho, tỉnh Tiền Giang *********234"


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.accepted, report.unchanged, len(report.refused)


@pytest.mark.parametrize("preview", [True, False])
def test_a_row_of_another_province_is_told_as_refused(
    config: Config, engine: Engine, session: Session, tmp_path: Path, preview: bool
) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADER, OURS, THEIRS, NOWHERE, THEIRS])
    told: list[RowResult] = []
    report = take_file(config, engine, VOSO, "accounts", path, preview=preview, told=told.append)
    assert counts(report) == (2, 0, 2)
    assert [(one.row, one.column, one.value, one.reason) for one in report.refused] == [
        (3, "Địa chỉ liên hệ", SHOWN, REASON),
        (5, "Địa chỉ liên hệ", SHOWN, REASON),
    ]
    assert [one.outcome for one in told] == ["new", "refused", "new", "refused"]
    visible = set(session.scalars(select(Seller.ref).where(Seller.gone_at.is_(None))))
    assert visible == (set() if preview else {"TK1", "TK3"})
    session.rollback()
    if not preview:
        assert counts(take_file(config, engine, VOSO, "accounts", path)) == (0, 2, 2), "the same the second time"
        run = session.scalars(select(Run).order_by(Run.id)).first()
        assert run is not None
        assert (run.counts["seller"]["new"], run.counts["seller"]["outside"]) == (2, 1)
        assert session.scalar(select(func.count()).select_from(RunProblem)) == 0, "their address is not kept"


def test_without_a_column_of_addresses_the_name_stands_for_the_row(
    config: Config, engine: Engine, tmp_path: Path
) -> None:
    take_file(config, engine, VOSO, "accounts", xlsx(tmp_path / "a.xlsx", [HEADER, THEIRS]))
    (fault,) = take_file(config, engine, VOSO, "accounts", xlsx(tmp_path / "b.xlsx", [HEADER[:2], THEIRS[:2]])).refused
    assert (fault.column, fault.value, fault.reason) == ("Tên", "HTX Khác *********234", REASON)
    (fault,) = take_file(
        config, engine, VOSO, "accounts", xlsx(tmp_path / "c.xlsx", [HEADER, (*THEIRS[:2], None)])
    ).refused
    assert (fault.column, fault.value, fault.reason) == ("Địa chỉ liên hệ", "", REASON)


def test_a_listing_is_where_its_seller_is(config: Config, engine: Engine, session: Session, tmp_path: Path) -> None:
    header = ("Mã sản phẩm", "Tên sản phẩm", "Mã người bán", "Người bán", "Tỉnh", "Xuất xứ")
    rows = [
        ("P1", "Gạo", "S1", "HTX Mẫu", "Long An", None),
        ("P2", "Gạo", "S2", "HTX Khác", "Tiền Giang", "Long An"),
        ("P3", "Gạo", None, None, None, "Tiền Giang"),
    ]
    report = take_file(config, engine, VOSO, "listings", xlsx(tmp_path / "l.xlsx", [header, *rows]))
    assert counts(report) == (1, 0, 2)
    assert [(one.row, one.column, one.value, one.reason) for one in report.refused] == [
        (3, "Tỉnh", "Tiền Giang", REASON),
        (4, "Xuất xứ", "Tiền Giang", REASON),
    ]
    assert set(session.scalars(select(Listing.ref).where(Listing.gone_at.is_(None)))) == {"P1"}


def test_a_floor_of_the_province_takes_all_rows(config: Config, engine: Engine, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", [HEADER, OURS, THEIRS, NOWHERE])
    assert counts(take_file(config, engine, NONGSAN, "accounts", path)) == (3, 0, 0)
