"""Files that are no table we can read: each is refused in one line that says what to do."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from connectors import tables
from connectors.tables import FileRefused, open_table, workbook
from tests.connectors.tables.workbooks import ACCOUNTS, rewritten, with_shared_strings, xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GOOD = [ACCOUNTS, [1, "S1", "HTX Mẫu"]]


def refusal(path: Path) -> str:
    with pytest.raises(FileRefused) as refused:
        open_table(path, "accounts")
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "tệp trống"),
        (b"\xef\xbb\xbf\r\n  \r\n", "tệp trống"),
        (OLE + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(100), "có mật khẩu"),
        (OLE + bytes(512) + "Workbook".encode("utf-16-le"), ".xls kiểu cũ"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "trang web"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "không phải tệp XLSX hay CSV"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "không phải tệp XLSX hay CSV"),
        (b"PK\x03\x04" + bytes(100), "bị hỏng"),
        ("Họp giao ban\nNội dung\n".encode(), "không thấy dòng tiêu đề"),
        ("Tên,Địa chỉ\nHTX,Bến Lức\n".encode(), "thiếu cột Mã người bán"),
    ],
)
def test_what_is_no_table(tmp_path: Path, body: bytes, expected: str) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(body)
    assert expected in refusal(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "không mở được tệp" in refusal(tmp_path / "none.xlsx")


def test_empty_sheets(tmp_path: Path) -> None:
    assert refusal(xlsx(tmp_path / "e.xlsx", [])) == "tệp trống"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_that_was_cut_off(tmp_path: Path, share: float) -> None:
    file = xlsx(tmp_path / "c.xlsx", [*GOOD, *([i, f"S{i}", "HTX"] for i in range(200))])
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    assert "bị hỏng" in refusal(file)


def test_damage_far_down_is_found_before_the_first_row_is_read(tmp_path: Path) -> None:
    file = xlsx(tmp_path / "d.xlsx", GOOD)
    with zipfile.ZipFile(file) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    broken = sheet.replace(b"</sheetData>", b"</row>")
    assert "bị hỏng" in refusal(rewritten(file, {"xl/worksheets/sheet1.xml": broken}))


def test_a_package_that_unpacks_to_too_much_is_not_opened(tmp_path: Path) -> None:
    file = xlsx(tmp_path / "b.xlsx", GOOD)
    assert "nén bất thường" in refusal(rewritten(file, {"xl/media/image1.png": bytes(20_000_000)}))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    file = xlsx(tmp_path / "x.xlsx", GOOD)
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    assert "thực thể" in refusal(rewritten(file, {"xl/worksheets/sheet1.xml": laughs}))


def test_another_office_file_is_named_for_what_it_is_not(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.docx", "w") as package:
        package.writestr("word/document.xml", "<a/>")
    assert "không phải tệp XLSX" in refusal(tmp_path / "w.docx")


def test_a_file_with_too_many_rows_says_where_it_was_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    file = xlsx(tmp_path / "r.xlsx", [ACCOUNTS, *([i, f"S{i}", "HTX"] for i in range(3))])
    with open_table(file, "accounts") as table:
        assert len(list(table)) == 3
    file = xlsx(tmp_path / "r.xlsx", [ACCOUNTS, *([i, f"S{i}", "HTX"] for i in range(4))])
    with open_table(file, "accounts") as table, pytest.raises(FileRefused, match="hơn 3 dòng; 3 dòng đầu đã đọc"):
        list(table)


def test_columns_beyond_the_limit_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = xlsx(tmp_path / "c.xlsx", [["Mã tài khoản", "Tên", "Điện thoại"], ["S1", "HTX", "12345"]])
    monkeypatch.setattr(workbook.Sheet.rows, "__defaults__", (2,))
    with open_table(file, "accounts") as table:
        (row,) = table
    assert isinstance(row, tables.Row)
    monkeypatch.setattr(workbook.Sheet.rows, "__defaults__", (1,))
    assert "không thấy dòng tiêu đề" in refusal(file)


@pytest.mark.parametrize(
    ("limit", "value", "expected"),
    [
        ("_MAX_UNPACKED", 2_000, "giải nén ra quá lớn"),
        ("_MAX_ENTRIES", 3, "giải nén ra quá lớn"),
        ("_MAX_STRINGS", 100, "giải nén ra quá lớn"),
    ],
)
def test_what_unpacks_to_more_than_the_limit_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, expected: str
) -> None:
    file = with_shared_strings(xlsx(tmp_path / "u.xlsx", GOOD))
    with open_table(file, "accounts") as table:
        assert len(list(table)) == 1
    monkeypatch.setattr(workbook, limit, value)
    assert expected in refusal(file)


def test_a_file_above_the_size_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 1_000)
    assert "tệp quá lớn" in refusal(xlsx(tmp_path / "s.xlsx", GOOD))


def numbered(path: Path, number: int, mark: bytes = b'r="%d"') -> Path:
    """A file whose third row stands at this number."""
    with zipfile.ZipFile(xlsx(path, [*GOOD, [2, "S2", "HTX Hai"]])) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    moved = sheet.replace(b'<row r="3"', b"<row " + mark % number)
    for column in b"ABC":
        moved = moved.replace(b'r="%c3"' % column, b'r="%c%d"' % (column, number))
    return rewritten(path, {"xl/worksheets/sheet1.xml": moved})


@pytest.mark.parametrize("number", [1_048_577, 2_000_000_000])
def test_a_row_no_spreadsheet_has(tmp_path: Path, number: int) -> None:
    assert "vượt quá 1048576" in refusal(numbered(tmp_path / "n.xlsx", number))


def test_a_row_no_spreadsheet_has_in_another_spelling(tmp_path: Path) -> None:
    file = numbered(tmp_path / "n.xlsx", 2_000_000_000, b'r="&#50;%d"')
    with open_table(file, "accounts") as table, pytest.raises(FileRefused, match="vượt quá 1048576"):
        list(table)


def test_rows_below_a_long_gap_are_told_and_not_lost(tmp_path: Path) -> None:
    with (
        open_table(numbered(tmp_path / "n.xlsx", 20_000), "accounts") as table,
        pytest.raises(FileRefused, match="dòng 20000: đứng sau hơn 10000 dòng trống"),
    ):
        list(table)


def test_a_gap_that_is_not_long(tmp_path: Path) -> None:
    with open_table(numbered(tmp_path / "n.xlsx", 9_000), "accounts") as table:
        assert [row.row for row in table] == [2, 9_000]


def test_formats_down_to_the_last_row_are_the_end_of_a_sheet(tmp_path: Path) -> None:
    file = xlsx(tmp_path / "f.xlsx", GOOD)
    with zipfile.ZipFile(file) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    styled = sheet.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>')
    with open_table(rewritten(file, {"xl/worksheets/sheet1.xml": styled}), "accounts") as table:
        assert [row.row for row in table] == [2]
