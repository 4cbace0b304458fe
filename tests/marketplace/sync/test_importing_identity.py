"""Rows of files that name their record by a person's id or by an address, and what is shown of such ids."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace import printing
from marketplace.catalogue.models import Listing, Seller
from marketplace.config import Config
from marketplace.sync import actions
from marketplace.sync.import_report import ImportReport, RowResult
from marketplace.sync.importing import take_file
from marketplace.sync.models import RunProblem
from tests.connectors.tables.workbooks import xlsx

VOSO = "voso"
PERSON, TAIL = "079199001234", "234"
ACCOUNTS = ("Mã tài khoản", "Tên")
LISTINGS = ("Mã sản phẩm", "Tên sản phẩm", "Đơn vị tính", "Mã người bán", "Người bán")


def counts(report: ImportReport) -> tuple[int, int, int]:
    return report.accepted, report.unchanged, len(report.refused)


def test_a_personal_id_used_as_a_code_is_kept_as_a_keyed_hash(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    first = xlsx(tmp_path / "a.xlsx", [ACCOUNTS, (PERSON, "Hộ Nguyễn Văn Mẫu"), ("TK1", "HTX Mẫu")])
    assert counts(take_file(config, engine, VOSO, "accounts", first)) == (2, 0, 0)
    # The spreadsheet lost the zero: the same person.
    again = xlsx(tmp_path / "b.xlsx", [ACCOUNTS, (int(PERSON), "Hộ Nguyễn Văn Mẫu")])
    assert counts(take_file(config, engine, VOSO, "accounts", again)) == (0, 1, 0)
    listing = xlsx(tmp_path / "l.xlsx", [LISTINGS, ("P1", "Gạo", "bó đũa", PERSON, "Hộ Nguyễn Văn Mẫu")])
    assert counts(take_file(config, engine, VOSO, "listings", listing)) == (1, 0, 0)
    session.rollback()
    hidden, plain = session.scalars(select(Seller).order_by(Seller.name.desc()))
    assert plain.ref == "HTX Mẫu" or plain.ref == "TK1"
    assert hidden.ref.endswith(f"-{TAIL}")
    assert session.scalars(select(Listing.seller_id)).one() == hidden.id
    for model in (Seller, Listing, RunProblem):
        for row in session.execute(select(model.__table__)):
            assert PERSON not in str(row)
            assert PERSON[1:] not in str(row)


def test_what_is_printed_of_a_file_holds_no_personal_id(config: Config, engine: Engine, tmp_path: Path) -> None:
    rows = [
        (PERSON, f"Hộ {PERSON}"),
        (PERSON, "Tên khác"),
        (f"TK {PERSON}", "HTX"),
        (f"TK {PERSON}", "HTX khác"),
        (int(PERSON), None),
    ]
    told: list[RowResult] = []
    path = xlsx(tmp_path / "a.xlsx", [ACCOUNTS, *rows])
    take_file(config, engine, VOSO, "accounts", path, told=told.append)
    changed = xlsx(tmp_path / "b.xlsx", [ACCOUNTS, (PERSON, f"Hộ mới {PERSON[1:]}")])
    take_file(config, engine, VOSO, "accounts", changed, preview=True, told=told.append)
    lines = [printing.row(one) for one in told]
    assert [one.outcome for one in told] == ["new", "refused", "new", "refused", "refused", "changed"]
    assert "name: " in lines[-1]
    assert not [line for line in lines if PERSON[1:] in line]
    assert TAIL in lines[1]


def test_a_listing_without_a_code_is_found_by_its_address(
    config: Config, engine: Engine, session: Session, tmp_path: Path
) -> None:
    actions.sync(config, engine, [VOSO])
    row = session.scalars(select(Listing).where(Listing.source == VOSO, Listing.url.is_not(None)).limit(1)).one()
    total = session.scalar(select(func.count()).select_from(Listing))
    url, id_ = row.url or "", row.id
    session.rollback()
    header = ("Tên sản phẩm", "Đường dẫn", "Đã bán")
    other = "https://example.vn/khong-co"
    path = xlsx(tmp_path / "l.xlsx", [header, (row.title, f"{url}/", 98_765), ("Gạo", other, None)])
    report = take_file(config, engine, VOSO, "listings", path)
    session.rollback()
    assert counts(report) == (1, 0, 1)
    (fault,) = report.refused
    assert (fault.row, fault.column, fault.value) == (3, "Đường dẫn", other)
    assert fault.reason == "chưa biết sản phẩm nào ở địa chỉ này; cần thêm mã sản phẩm"
    assert session.scalar(select(func.count()).select_from(Listing)) == total
    found = session.get_one(Listing, id_)
    assert (found.sold, found.url) == (98_765, url)


@pytest.mark.parametrize(("scheme", "www", "slash"), [("http", "", ""), ("https", "www.", "/"), ("HTTPS", "WWW.", "")])
def test_an_address_is_the_same_in_its_usual_spellings(
    config: Config, engine: Engine, tmp_path: Path, scheme: str, www: str, slash: str
) -> None:
    known = ("Mã sản phẩm", "Tên sản phẩm", "Đường dẫn")
    path = xlsx(tmp_path / "k.xlsx", [known, ("P1", "Gạo", "https://example.vn/gao?id=1")])
    take_file(config, engine, VOSO, "listings", path)
    address = f"{scheme}://{www}example.vn/gao{slash}?id=1"
    path = xlsx(tmp_path / "u.xlsx", [("Tên sản phẩm", "Đường dẫn"), ("Gạo", address)])
    assert len(take_file(config, engine, VOSO, "listings", path).refused) == 0
    twice = xlsx(tmp_path / "t.xlsx", [known, ("P2", "Gạo", "https://example.vn/gao?id=1")])
    take_file(config, engine, VOSO, "listings", twice)
    (fault,) = take_file(config, engine, VOSO, "listings", path).refused
    assert fault.reason == "có 2 sản phẩm ở địa chỉ này; cần thêm mã sản phẩm"


def test_two_posts_without_codes_that_contradict_each_other_are_told_in_words(
    config: Config, engine: Engine, tmp_path: Path
) -> None:
    header = ("Sản phẩm", "Nhu cầu", "Tên đơn vị", "Ngày đăng", "Số lượng")
    rows = [("Gạo", "Bán", "HTX A", "05/03/2026", amount) for amount in ("5 tấn", "6 tấn")]
    path = xlsx(tmp_path / "r.xlsx", [header, *rows])
    (fault,) = take_file(config, engine, VOSO, "requests", path).refused
    assert (fault.row, fault.column) == (3, "Sản phẩm")
    assert "trùng mã" not in fault.reason
    assert "với dòng 2 nhưng nội dung khác" in fault.reason
