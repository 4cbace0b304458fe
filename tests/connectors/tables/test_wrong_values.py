"""Values a file tells wrongly are refused in words, or kept with a note: never turned into others without a word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from connectors.contract import SellerRecord
from connectors.tables import Kind, Row, RowFault, open_table
from tests.connectors.tables.workbooks import xlsx

ACCOUNTS = ["Mã tài khoản", "Tên"]


def read(path: Path, kind: Kind = "accounts", today: date | None = None) -> list[Row | RowFault]:
    with open_table(path, kind, today) as table:
        return list(table)


def tax_code(tmp_path: Path, printed: object) -> tuple[str | None, tuple[str, ...]]:
    (row,) = read(xlsx(tmp_path / "t.xlsx", [[*ACCOUNTS, "MST"], ["S1", "HTX", printed]]))
    assert isinstance(row, Row)
    (account,) = row.records
    assert isinstance(account, SellerRecord)
    return account.tax_code, tuple(problem.code for problem in row.problems)


@pytest.mark.parametrize("printed", ["1101234568", 1101234568])
def test_ten_digits_that_fail_their_check_are_no_persons_id(tmp_path: Path, printed: object) -> None:
    assert tax_code(tmp_path, printed) == ("1101234568", ("bad_value",))


@pytest.mark.parametrize(
    ("printed", "digits"),
    [(80199001234, "080199001234"), ("080199001234", "080199001234"), (100109106, "0100109106")],
)
def test_zeros_are_put_back_where_the_result_is_certain(tmp_path: Path, printed: object, digits: str) -> None:
    assert tax_code(tmp_path, printed) == (digits, ())


@pytest.mark.parametrize("number", range(11))
def test_a_persons_id_is_never_taken_for_a_branch(tmp_path: Path, number: int) -> None:
    """One in eleven ids would pass the check of a tax code with one more zero in front."""
    told = f"0791990012{number:02}"
    assert tax_code(tmp_path, told) == (told, ())


@pytest.mark.parametrize("printed", ["300-400", "1e3", "12/50", "1 350", "từ 300 đến 400", "15%", date(2024, 3, 5)])
@pytest.mark.parametrize("kind", ["accounts", "figures"])
def test_a_cell_that_holds_more_than_a_number_is_none(tmp_path: Path, kind: Kind, printed: object) -> None:
    if kind == "accounts":
        rows = [[*ACCOUNTS, "Số sản phẩm"], ["S1", "HTX", printed]]
    else:
        rows = [["Chỉ tiêu", "Năm", "Giá trị"], ["Gian hàng", "2023", printed]]
    (fault,) = read(xlsx(tmp_path / "n.xlsx", rows), kind)
    assert isinstance(fault, RowFault)
    assert (fault.column, fault.reason) == (rows[0][2], "cần một số nguyên từ 0 trở lên, ví dụ 1.350")


@pytest.mark.parametrize(
    ("printed", "number"),
    [("1.350", 1350), ("12 sản phẩm", 12), ("(12)", 12), ("1k2", 1200), ("1,2 nghìn tài khoản", 1200), (7.0, 7)],
)
def test_a_number_with_words_behind_it_is_read(tmp_path: Path, printed: object, number: int) -> None:
    (row,) = read(xlsx(tmp_path / "n.xlsx", [[*ACCOUNTS, "Số sản phẩm"], ["S1", "HTX", printed]]))
    assert isinstance(row, Row)
    (account,) = row.records
    assert isinstance(account, SellerRecord)
    assert account.product_count == number


@pytest.mark.parametrize(
    ("printed", "reason"),
    [("06/03/2026", "ngày này chưa tới"), ("31/12/1999", "cần một ngày từ năm 2000 trở lại đây"), ("05/03/2026", None)],
)
def test_a_sign_up_day_is_neither_to_come_nor_before_the_web(tmp_path: Path, printed: str, reason: str | None) -> None:
    file = xlsx(tmp_path / "d.xlsx", [[*ACCOUNTS, "Ngày đăng ký"], ["S1", "HTX", printed]])
    (row,) = read(file, today=date(2026, 3, 5))
    assert (row.reason if isinstance(row, RowFault) else None) == reason


def test_a_row_with_more_cells_than_the_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("Mã tài khoản,Tên,Số sản phẩm\nS1,HTX A,12,,\nS2,HTX B, Bến Lức,13\n", encoding="utf-8")
    good, fault = read(path)
    assert isinstance(good, Row)
    assert isinstance(fault, RowFault)
    assert (fault.row, fault.column, fault.value) == (3, "thứ 4", "13")
    assert "nhiều ô hơn dòng tiêu đề" in fault.reason


def test_a_formula_without_its_result_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "f.xlsx", [["STT", *ACCOUNTS, "Số sản phẩm"], ["=ROW()-1", "S1", "HTX", "=3+4"]])
    (fault,) = read(path)
    assert isinstance(fault, RowFault)
    assert (fault.row, fault.column) == (2, "Số sản phẩm")
    assert "công thức chưa có kết quả" in fault.reason


def test_the_names_of_who_signs_are_no_rows(tmp_path: Path) -> None:
    rows = [
        ACCOUNTS,
        ["S1", "HTX A"],
        ["Người lập", "Giám đốc"],
        ["(Ký, ghi rõ họ tên)", None],
        [None, None],
        ["Nguyễn Văn Mẫu", "Trần Thị Ví Dụ"],
        [None, "Lê Văn Thử"],
    ]
    assert [row.row for row in read(xlsx(tmp_path / "s.xlsx", rows)) if isinstance(row, Row)] == [2]
    assert [row for row in read(tmp_path / "s.xlsx") if isinstance(row, RowFault)] == []


def test_a_row_that_lacks_its_code_is_refused_above_the_foot(tmp_path: Path) -> None:
    (fault,) = read(xlsx(tmp_path / "s.xlsx", [ACCOUNTS, [None, "Nguyễn Văn Mẫu"], ["Người lập", None]]))
    assert isinstance(fault, RowFault)


def test_the_same_post_on_another_day_is_another_one(tmp_path: Path) -> None:
    header = ["Sản phẩm", "Nhu cầu", "Tên đơn vị", "Ngày đăng"]
    rows = [[*("Gạo", "Bán", "HTX A"), day] for day in ("05/03/2026", "05/04/2026", "05/03/2026")]
    found = read(xlsx(tmp_path / "r.xlsx", [header, *rows]), "requests")
    refs = [row.records[0].ref for row in found if isinstance(row, Row)]  # type: ignore[union-attr]  # no figures here
    assert refs[0] == refs[2] != refs[1]
