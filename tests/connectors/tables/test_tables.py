"""Files of operators → records: found by labels, restored where the spreadsheet lost something, refused in words."""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from connectors.contract import ListingRecord, RequestRecord, SellerRecord
from connectors.tables import FigureRecord, FileRefused, Kind, Row, RowFault, open_table
from connectors.tables.cells import is_nothing
from connectors.tables.labels import columns, key
from connectors.tables.layout import read_header
from connectors.tables.rows import CellFault, masked, person_id, shown
from tests.connectors.tables.workbooks import ACCOUNTS, xlsx


def read(path: Path, kind: Kind = "accounts") -> list[Row | RowFault]:
    with open_table(path, kind) as table:
        return list(table)


def good(path: Path, kind: Kind = "accounts") -> list[Any]:
    rows = read(path, kind)
    assert [row for row in rows if isinstance(row, RowFault)] == []
    return [row.records[0] for row in rows if isinstance(row, Row)]


def test_an_official_form_is_read_for_its_rows_alone(tmp_path: Path) -> None:
    file = xlsx(
        tmp_path / "a.xlsx",
        [
            ["UBND TỈNH TÂY NINH"],
            ["DANH SÁCH TÀI KHOẢN NGƯỜI BÁN TRÊN SÀN"],
            [],
            ["TT", "TÊN CƠ SỞ (ghi đầy đủ) *", "mã người bán", "so dien thoai", "Ngày ĐĂNG KÝ", "Số sản phẩm:"],
            ["A", "B", 1, 2, 3, "4=3/1"],
            ["Tổng số", None, None, None, None, 12],
            ["I", "Huyện Bến Lức"],
            [1, "HTX Chanh Thạnh Lợi", "S1", 912345678, datetime(2021, 3, 5), 12],
            ["TT", "Tên cơ sở", "Mã người bán", "Số điện thoại", "Ngày đăng ký", "Số sản phẩm"],
            [2, "Tổng công ty Mẫu", 77.0, "0900 000 012 / 0900 000 013", 44260, "0"],
            [3],
            [],
            ["Tổng cộng", None, None, None, None, 12],
            [None, "NGƯỜI LẬP BIỂU", None, None, "Long An, ngày 5 tháng 3 năm 2025"],
        ],
        merged=["A2:F2"],
    )
    assert [row.row for row in read(file)] == [8, 10]
    first, second = good(file)
    assert (first.ref, first.name, first.phone) == ("S1", "HTX Chanh Thạnh Lợi", "0912345678")
    assert (first.joined_on, first.product_count) == (date(2021, 3, 5), 12)
    assert (second.ref, second.name, second.product_count) == ("77", "Tổng công ty Mẫu", 0)
    assert second.phone == "0900 000 012 / 0900 000 013"
    assert second.joined_on == date(2021, 3, 5)
    assert isinstance(first, SellerRecord)
    assert not first.own_page


def test_listings_bring_their_seller_and_keep_the_price_as_told(tmp_path: Path) -> None:
    header = ["Đường dẫn", "Mô tả", "Mã sản phẩm", "Tên sản phẩm", "Giá (nghìn đồng/kg)", "Nhóm hàng", "Mã người bán"]
    header += ["Người bán", "Địa chỉ", "Điện thoại", "Chứng nhận"]
    rows = [
        ["voso.vn/a", "Ngon", "P1", "Thanh long", 25, "Trái cây > Thanh long", "S1", "HTX A", "Châu Thành, Long An"],
        [
            "https://voso.vn/b",
            None,
            "P2",
            "Chanh",
            "Liên hệ",
            "Trái cây",
            "S1",
            "HTX A",
            None,
            912345678,
            "VietGAP; OCOP",
        ],
    ]
    file = xlsx(tmp_path / "l.xlsx", [header, *rows])
    first, second = read(file, "listings")
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    listing, seller = first.records
    assert isinstance(listing, ListingRecord)
    assert isinstance(seller, SellerRecord)
    assert (listing.price_vnd, listing.unit, listing.price_status) == (25_000, "kg", "ok")
    assert (listing.url, listing.category) == ("https://voso.vn/a", "Thanh long")
    assert (listing.seller_ref, seller.ref, seller.address) == ("S1", "S1", "Châu Thành, Long An")
    other = second.records[0]
    assert isinstance(other, ListingRecord)
    assert (other.price_status, other.price_vnd, other.certificates) == ("contact", None, ("VietGAP", "OCOP"))


def test_cells_merged_downwards_hold_for_every_row(tmp_path: Path) -> None:
    file = xlsx(
        tmp_path / "m.xlsx",
        [
            ["Mã SP", "Tên SP", "Mã NCC", "Nhà cung cấp"],
            ["P1", "Gạo", "S1", "HTX A"],
            ["P2", "Nếp"],
            ["P3", "Bắp", "S2", "HTX B"],
            ["P4", "Chanh"],
        ],
        merged=["C2:C3", "D2:D3"],
    )
    assert [record.seller_ref for record in good(file, "listings")] == ["S1", "S1", "S2", None]


def test_a_header_of_two_rows_is_read_as_one(tmp_path: Path) -> None:
    file = xlsx(
        tmp_path / "t.xlsx",
        [
            ["STT", "Mã tài khoản", "Tên", "Nơi sản xuất", None],
            [None, None, None, "Xã", "Huyện"],
            [1, "S1", "A", "Mỹ Yên", "Bến Lức"],
        ],
        merged=["D1:E1", "A1:A2"],
    )
    assert [record.address for record in good(file)] == ["Mỹ Yên, Bến Lức"]


def test_every_visible_sheet_with_the_header_is_read_and_a_fault_names_its_sheet(tmp_path: Path) -> None:
    book = Workbook()
    for name, state in (("2023", "visible"), ("Ghi chú", "visible"), ("2024", "visible"), ("Nháp", "hidden")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(["Nội dung họp"] if name == "Ghi chú" else ["Mã tài khoản", "Tên", "Điện thoại"])
        if name != "Ghi chú":
            sheet.append([name, "HTX", "12345" if name == "2024" else None])
    book.save(tmp_path / "s.xlsx")
    with open_table(tmp_path / "s.xlsx", "accounts") as table:
        rows = list(table)
        assert table.sheets_without == ["Ghi chú"]
    assert [row.row for row in rows] == [2, 2]
    fault = rows[1]
    assert isinstance(fault, RowFault)
    assert (fault.column, fault.value) == ("Điện thoại", "12345")
    assert fault.reason.startswith("trang tính “2024”: cần số điện thoại")


@pytest.mark.parametrize(
    ("label", "value", "expected"),
    [
        ("Điện thoại", "12345", "cần số điện thoại"),
        ("Điện thoại", "9.12346E+08", "mất chữ số"),
        ("Mã tài khoản", "9,12E+08", "mất chữ số"),
        ("Mã tài khoản", None, "ô trống"),
        ("Tên", " ", "ô trống"),
        ("Tên", "#REF!", "lỗi công thức"),
        ("Ngày đăng ký", "31/02/2024", "cần một ngày"),
        ("Ngày đăng ký", "tháng 3/2025", "cần một ngày"),
        ("Ngày đăng ký", 12, "cần một ngày"),
        ("Mã số thuế", "không rõ", "cần mã số thuế"),
        ("Số sản phẩm", "mười", "cần một số nguyên"),
        ("Số sản phẩm", -3, "cần một số nguyên"),
        ("Số sản phẩm", 2.5, "cần một số nguyên"),
        ("Email", "a@b", "thư điện tử"),
        ("Đường dẫn", "javascript:alert(1)", "cần một địa chỉ trang"),
    ],
)
def test_a_bad_cell_refuses_its_row_with_what_was_expected(
    tmp_path: Path, label: str, value: object, expected: str
) -> None:
    told = {"Mã tài khoản": "S1", "Tên": "HTX Mẫu", label: value}
    file = xlsx(tmp_path / "b.xlsx", [list(told), list(told.values()), ["S2"] + ["HTX Tốt"] + [None] * (len(told) - 2)])
    fault, row = read(file)
    assert isinstance(fault, RowFault)
    assert isinstance(row, Row)
    assert (fault.row, fault.column) == (2, label)
    assert expected in fault.reason


def test_a_refused_row_tells_every_fault_and_masks_personal_ids(tmp_path: Path) -> None:
    row = ["S1", None, "079 199 001 234 gọi giờ hành chính", "hôm nào"]
    file = xlsx(tmp_path / "f.xlsx", [["Mã tài khoản", "Tên", "Điện thoại", "Ngày đăng ký"], row])
    (fault,) = read(file)
    assert isinstance(fault, RowFault)
    assert fault.column == "Tên"
    assert "cột Điện thoại" in fault.reason
    assert "cột Ngày đăng ký" in fault.reason
    assert shown(row[2]) == "*********234 gọi giờ hành chính"
    assert shown(79199001234.0) == "*********234"


def test_zeros_a_spreadsheet_lost_are_put_back(tmp_path: Path) -> None:
    rows = [["S1", "A", 80199001234, 2723826123], ["S2", "B", "0100109106", 84912345678], ["S3", "C", 100109106, None]]
    found = good(xlsx(tmp_path / "z.xlsx", [["Mã tài khoản", "Tên", "MST", "SĐT"], *rows]))
    assert [record.tax_code for record in found] == ["080199001234", "0100109106", "0100109106"]
    assert [record.phone for record in found] == ["02723826123", "0912345678", None]


@pytest.mark.parametrize(
    ("price", "expected"), [("rẻ lắm nha", "cần một mức giá"), (-5, "từ 0 đồng"), (datetime(2024, 1, 1), "là ngày")]
)
def test_a_price_that_cannot_be_read_is_never_zero(tmp_path: Path, price: object, expected: str) -> None:
    file = xlsx(tmp_path / "p.xlsx", [["Mã sản phẩm", "Tên sản phẩm", "Giá"], ["P1", "Gạo", price]])
    (fault,) = read(file, "listings")
    assert isinstance(fault, RowFault)
    assert fault.column == "Giá"
    assert expected in fault.reason


def test_requests_without_a_code_keep_theirs_over_files(tmp_path: Path) -> None:
    header = ["Tên đơn vị", "SĐT", "Huyện", "Sản phẩm", "Sản lượng", "ĐVT", "Giá", "Nhu cầu", "Ngày đăng"]
    row = ["HTX Mẫu", "0900000012", "Bến Lức", "Chanh", "5 - 10", "tấn/ngày", "thỏa thuận", "Bán", "16/08/2021"]
    later = [*row[:4], "20", *row[5:]]
    first = good(xlsx(tmp_path / "1.xlsx", [header, row]), "requests")[0]
    second = good(xlsx(tmp_path / "2.xlsx", [header[::-1], later[::-1]]), "requests")[0]
    assert isinstance(first, RequestRecord)
    assert first.ref == second.ref
    assert (first.side, first.title, first.quantity_text) == ("sell", "Cần bán chanh", "5 - 10 tấn/ngày")
    assert (first.place, first.posted_on, first.price_text) == ("Bến Lức", date(2021, 8, 16), "thỏa thuận")
    header[7] = "Loại tin"
    (fault,) = read(xlsx(tmp_path / "3.xlsx", [header, [*row[:7], "mua bán", row[8]]]), "requests")
    assert isinstance(fault, RowFault)
    assert fault.column == "Loại tin"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (2023, "2023"),
        ("năm 2023", "2023"),
        ("03/2023", "2023-03"),
        ("tháng 3 năm 2023", "2023-03"),
        ("Quý II/2023", "2023-Q2"),
        (datetime(2023, 12, 31), "2023-12-31"),
        ("31/12/2023", "2023-12-31"),
    ],
)
def test_figures_hold_at_a_moment(tmp_path: Path, moment: object, expected: str) -> None:
    header = ["Chỉ tiêu", "Giá trị", "Thời điểm", "Phạm vi", "Văn bản/nguồn"]
    file = xlsx(tmp_path / "f.xlsx", [header, ["Gian hàng", "trên 1.350", moment, "Long An", "Báo cáo mẫu"]])
    assert good(file, "figures") == [
        FigureRecord(
            indicator="Gian hàng",
            value=1350,
            qualifier="at_least",
            as_of=expected,
            scope="Long An",
            document="Báo cáo mẫu",
        )
    ]


CSV = "DANH SÁCH\r\nMã tài khoản;Tên;Địa chỉ\r\nS1;Hợp tác xã Rau sạch;“Ấp 3; xã Mỹ Lệ”\r\n".replace("“", '"').replace(
    "”", '"'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
def test_every_usual_encoding_of_csv(tmp_path: Path, encoding: str) -> None:
    text = CSV
    if encoding == "cp1258":  # letters and tone marks apart, as that code page has them
        text = _for_1258(CSV)
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    (record,) = good(tmp_path / "a.csv")
    assert (record.name, record.address) == ("Hợp tác xã Rau sạch", "Ấp 3; xã Mỹ Lệ")
    assert read(tmp_path / "a.csv")[0].row == 3


def _for_1258(text: str) -> str:
    """Base letters of the code page followed by their tone mark."""
    out = []
    for char in text:
        try:
            char.encode("cp1258")
            out.append(char)
            continue
        except UnicodeEncodeError:
            pass
        marks = unicodedata.normalize("NFD", char)
        tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        out.append(unicodedata.normalize("NFC", marks.replace(tone, "")) + tone)
    return "".join(out)


def test_quotes_that_do_not_match_are_not_half_a_file(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text('Mã tài khoản,Tên\nS1,"HTX\nS2,B\n', encoding="utf-8")
    with pytest.raises(FileRefused, match="dấu ngoặc kép"):
        read(tmp_path / "q.csv")


@settings(max_examples=60, deadline=None)
@given(
    order=st.permutations(range(len(ACCOUNTS))),
    cased=st.sampled_from([str.upper, str.lower, str.title, lambda label: unicodedata.normalize("NFD", label)]),
    bare=st.booleans(),
    titles=st.integers(0, 5),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_labels_are_found_in_any_order_case_and_spelling(
    order: list[int], cased: Any, bare: bool, titles: int, delimiter: str
) -> None:
    values = ("1", "S1", "HTX Mẫu", "Hộ", "0100109106", "0912345678", "Bến Lức", "05/03/2021")
    labels = [key(label) if bare else cased(label) for label in ACCOUNTS]
    out = io.StringIO()
    sheet = csv.writer(out, delimiter=delimiter)
    sheet.writerows([["Báo cáo"]] * titles)
    sheet.writerow([labels[place] for place in order])
    sheet.writerow([values[place] for place in order])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text(out.getvalue(), encoding="utf-8")
        (record,) = good(path)
    assert record == SellerRecord(
        ref="S1",
        name="HTX Mẫu",
        kind="Hộ",
        tax_code="0100109106",
        phone="0912345678",
        address="Bến Lức",
        joined_on=date(2021, 3, 5),
    )


_CELL = st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats(), st.dates(), st.booleans())


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(["accounts", "listings", "requests", "figures"]),
    values=st.lists(_CELL, max_size=12),
    data=st.data(),
)
def test_no_cell_is_worse_than_a_fault(kind: Kind, values: list[Any], data: st.DataObject) -> None:
    """Whatever stands in a cell, reading it gives a value or says what was expected."""
    for value in values:
        column = data.draw(st.sampled_from(columns(kind)))
        if is_nothing(value):
            continue
        # Anything but a CellFault would end the reading of the whole file.
        with suppress(CellFault):
            assert column.read(value) is not None


@settings(max_examples=100, deadline=None)
@given(
    body=st.binary(max_size=300),
    begin=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"]),
)
def test_any_bytes_are_a_table_or_refused_in_one_line(body: bytes, begin: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(begin + body)
        with pytest.raises(FileRefused) as refused:
            read(path)
    assert "\n" not in str(refused.value)


LABELS: dict[Kind, dict[str, tuple[str, ...]]] = {
    "listings": {
        "ref": ("Mã sản phẩm", "Mã SP", "MÃ SẢN PHẨM", "ma san pham", "Mã sản phẩm (*)"),
        "title": ("Tên sản phẩm", "TÊN SP", "ten san pham", "Sản phẩm:"),
        "price": ("Giá", "GIÁ BÁN", "don gia", "Giá (đồng/kg)", "Giá  niêm yết"),
        "unit": ("Đơn vị tính", "ĐVT", "dvt", "don vi tinh"),
        "category": ("Nhóm hàng", "NHÓM SẢN PHẨM", "nhom hang", "Danh mục"),
        "seller_ref": ("Mã người bán", "mã gian hàng", "Mã NCC", "ma nguoi ban"),
        "seller_name": ("Người bán", "TÊN NGƯỜI BÁN", "nguoi ban", "Nhà cung cấp"),
        "address": ("Địa chỉ", "dia chi", "ĐỊA CHỈ LIÊN HỆ"),
        "phone": ("Điện thoại", "SĐT", "so dien thoai", "Điện thoại liên hệ"),
        "certificates": ("Chứng nhận", "chung nhan", "TIÊU CHUẨN"),
        "url": ("Đường dẫn", "duong dan", "Link", "URL"),
        "description": ("Mô tả", "mo ta", "MÔ TẢ SẢN PHẨM"),
    },
    "accounts": {
        "ref": ("Mã tài khoản", "Mã người bán", "ma tai khoan", "MÃ NGƯỜI BÁN", "Mã tài khoản *"),
        "name": ("Tên", "Người bán", "TÊN NGƯỜI BÁN", "nguoi ban", "Tên gian hàng"),
        "kind": ("Loại hình", "loai hinh", "LOẠI HÌNH KINH DOANH"),
        "tax_code": ("Mã số thuế", "MST", "ma so thue", "Mã số thuế/CCCD"),
        "phone": ("Điện thoại", "Số điện thoại", "SDT", "dien thoai"),
        "address": ("Địa chỉ", "dia chi", "Địa chỉ kinh doanh"),
        "joined_on": ("Ngày đăng ký", "Ngày đăng kí", "ngay dang ky", "NGÀY TẠO TÀI KHOẢN"),
        "product_count": ("Số sản phẩm", "SỐ SP", "so san pham", "Số lượng sản phẩm"),
    },
}
VALUES: dict[str, object] = {
    "ref": "M1",
    "title": "Gạo",
    "name": "HTX Mẫu",
    "price": 25000,
    "unit": "kg",
    "category": "Gạo",
    "seller_ref": "S1",
    "seller_name": "HTX Mẫu",
    "address": "Bến Lức",
    "phone": "0912345678",
    "kind": "Hộ",
    "certificates": "VietGAP",
    "url": "https://example.vn/1",
    "description": "Ngon",
    "tax_code": "0100109106",
    "joined_on": "05/03/2021",
    "product_count": 3,
}


@settings(max_examples=120, deadline=None)
@given(kind=st.sampled_from(["listings", "accounts"]), decomposed=st.booleans(), data=st.data())
def test_the_labels_of_both_kinds_are_known_in_their_variants_together(
    kind: Kind, decomposed: bool, data: st.DataObject
) -> None:
    """All columns at once, so that no variant is taken from another column; in any order."""
    names = data.draw(st.permutations(list(LABELS[kind])))
    labels = [data.draw(st.sampled_from(LABELS[kind][name])) for name in names]
    header = read_header(kind, [unicodedata.normalize("NFD", label) if decomposed else label for label in labels])
    assert [header.places.get(name) for name in names] == list(range(len(names)))
    assert header.unused == ()


@pytest.mark.parametrize(
    ("kind", "name", "label"),
    [(kind, name, label) for kind in LABELS for name in LABELS[kind] for label in LABELS[kind][name]],
)
def test_each_label_brings_its_value(tmp_path: Path, kind: Kind, name: str, label: str) -> None:
    required = {one.name: one.title for one in columns(kind) if one.required and one.name != name}
    told = {**{title: VALUES[one] for one, title in required.items()}, label: VALUES[name]}
    if name in ("seller_ref", "seller_name", "address", "phone") and kind == "listings":
        told.update({LABELS[kind][one][0]: VALUES[one] for one in ("seller_ref", "seller_name") if one != name})
    (row,) = read(xlsx(tmp_path / "l.xlsx", [list(told), list(told.values())]), kind)
    assert isinstance(row, Row)
    expected = {
        "price": 25_000,
        "certificates": ("VietGAP",),
        "joined_on": date(2021, 3, 5),
    }.get(name, VALUES[name])
    record = row.records[-1] if kind == "listings" and name in ("address", "phone") else row.records[0]
    assert getattr(record, "price_vnd" if name == "price" else name) == expected


def test_a_listing_may_be_told_by_its_address_alone(tmp_path: Path) -> None:
    header = ["Tên sản phẩm", "Đường dẫn"]
    (record,) = good(xlsx(tmp_path / "u.xlsx", [header, ["Gạo", "https://example.vn/1"]]), "listings")
    assert (record.ref, record.url) == ("", "https://example.vn/1")
    (fault,) = read(
        xlsx(tmp_path / "v.xlsx", [["Mã sản phẩm", *header], [None, "Gạo", None]]),
        "listings",
    )
    assert isinstance(fault, RowFault)
    assert (fault.column, fault.reason) == ("Mã sản phẩm", "ô trống, cần có giá trị hoặc đường dẫn")
    with pytest.raises(FileRefused, match=r"thiếu cột Mã sản phẩm \(hoặc Đường dẫn\)"):
        read(xlsx(tmp_path / "w.xlsx", [["Tên sản phẩm", "Giá"], ["Gạo", 1]]), "listings")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("079199001234", "079199001234"),
        ("79199001234", "079199001234"),
        ("TK079199001234", None),
        ("999199001234", None),  # no province
        ("0791990012", None),
        ("20240001234567", None),
    ],
)
def test_a_personal_id_is_known_with_and_without_its_zero(code: str, expected: str | None) -> None:
    assert person_id(code) == expected
    assert (masked(code) != code) == (expected is not None or code == "TK079199001234")


def test_every_label_leads_to_a_column() -> None:
    for kind in ("accounts", "listings", "requests", "figures"):
        for column in columns(kind):
            assert all(key(label) for label in column.labels)
            assert column.title
