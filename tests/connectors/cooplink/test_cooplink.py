"""What is particular to htx.cooplink.com.vn: three shapes, roles, scope, keys. The saved pages hold the rest."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import cooplink
from connectors.contract import Get, Problem, RequestRecord, SellerRecord, Yield
from connectors.cooplink_labels import LABELS
from connectors.labelled import label_of
from tests.connectors.saved_pages import page_of

HOME = "http://htx.cooplink.com.vn"
HEAD = ("Nhu cầu", "Tên đơn vị", "Số điện thoại", "Sản phẩm", "Sản lượng", "Tỉnh/TP", "Ngày đăng")
ROWS = (
    ("Bán", "HTX Rau Mẫu", "0900 000 061", "Rau muống", "5 - 10 tấn mỗi ngày", "Long An", "16/08/2021"),
    ("Bán", "HTX Rau Mẫu", "0900.000.061", "Hành lá", "500 kg mỗi ngày", "Long An", "16/08/2021"),
    ("Mua", "Bếp Ăn Mẫu", "0900000062", "Trứng gà", "40.000 trứng mỗi ngày", "", "17/08/2021"),
)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], above: str = "") -> str:
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"{above}<table><tr>{''.join(f'<th>{label}</th>' for label in head)}</tr>{lines}</table>"


def read(content: str, url: str = f"{HOME}/", **paths: str) -> list[Yield]:
    source = replace(cooplink.source, paths={**cooplink.source.paths, **paths})
    body = f'<html><head><meta charset="utf-8"></head><body>{content}</body></html>'
    return list(cooplink.parse(source, page_of(Get(url=url, kind="notices"), body.encode())))


def requests(values: Sequence[Yield]) -> list[RequestRecord]:
    return [value for value in values if isinstance(value, RequestRecord)]


def sellers(values: Sequence[Yield]) -> list[SellerRecord]:
    return [value for value in values if isinstance(value, SellerRecord)]


def codes(values: Sequence[Yield]) -> list[str]:
    return [value.code for value in values if isinstance(value, Problem)]


def cards(head: Sequence[str], rows: Sequence[Sequence[str]], line: str) -> str:
    return "".join(
        "<section>" + "".join(line.format(label, cell) for label, cell in zip(head, row, strict=True)) + "</section>"
        for row in rows
    )


@given(order=st.permutations(range(len(HEAD))), capitals=st.booleans(), marks=st.booleans())
@settings(max_examples=30, deadline=None)
def test_columns_are_found_by_label_in_any_order_and_spelling(order: list[int], capitals: bool, marks: bool) -> None:
    plain = ("Nhu cau", "Ten don vi", "So dien thoai", "San pham", "San luong", "Tinh/TP", "Ngay dang")
    head = [label.upper() if capitals else label for label in (HEAD if marks else plain)]
    shuffled = table([head[n] for n in order], [[row[n] for n in order] for row in ROWS])
    assert read(shuffled) == read(table(HEAD, ROWS))


@pytest.mark.parametrize(
    "line",
    ["<p>{}: {}</p>", "<div><b>{}:</b> {}</div>", "<li><span>{}</span>: {}</li>", "<dl><dt>{}</dt><dd>{}</dd></dl>"],
)
def test_cards_tell_what_the_table_tells(line: str) -> None:
    assert read(cards(HEAD, ROWS, line)) == read(table(HEAD, ROWS))
    assert requests(read(cards(HEAD, ROWS[:1], line))) == requests(read(table(HEAD, ROWS[:1])))


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_keys_do_not_depend_on_the_order_of_rows_nor_on_how_a_telephone_is_written(chance: random.Random) -> None:
    rows = [list(row) for row in ROWS]
    chance.shuffle(rows)
    for row in rows:
        row[2] = chance.choice((row[2], "+84 " + re.sub(r"\D", "", row[2])[1:]))
    known = {record.title: record.ref for record in requests(read(table(HEAD, ROWS)))}
    assert {record.title: record.ref for record in requests(read(table(HEAD, rows)))} == known
    assert len({seller.ref for seller in sellers(read(table(HEAD, rows)))}) == 1


def test_a_unit_in_the_header_belongs_to_amounts_only() -> None:
    head = ["Nhu cầu", "Tên đơn vị", "Điện thoại (di động)", "Sản phẩm", "Sản lượng (tấn/ngày)", "Giá (đ/kg)"]
    values = read(table(head, [("Bán", "HTX Rau Mẫu", "0900 000 061", "Rau muống", "5", "12.000")]))
    (request,) = requests(values)
    assert (request.phone, request.quantity_text, request.price_text) == ("0900 000 061", "5 tấn/ngày", "12.000 đ/kg")
    assert sellers(values)[0].phone == "0900 000 061"


PICTURE = '<img src="/gia/61.png" alt="">'


@pytest.mark.parametrize(
    "page",
    [
        lambda head, row: table(head, [row]),
        *(
            lambda head, row, line=line: cards(head, [row], line)
            for line in (
                "<p>{}: {}</p>",
                "<div><b>{}:</b> {}</div>",
                "<dl><dt>{}</dt><dd>{}</dd></dl>",
                "<div>{}: {}</div>",
            )
        ),
    ],
)
def test_a_picture_is_something_nobody_can_read_and_not_nothing(page: Callable[..., str]) -> None:
    head, row = [*HEAD, "Giá"], ROWS[0]
    plain = read(page(head, (*row, "12.000 đ/kg")))
    pictured = read(page(head, (*row, PICTURE)))
    assert codes(plain) == []
    assert codes(pictured) == ["price_unreadable"]
    assert [record.price_text for record in requests(plain)] == ["12.000 đ/kg"]
    assert requests(pictured) == [replace(requests(plain)[0], price_text=None)]
    assert [record.price_text for record in requests(read(table(head, [(*row, "")])))] == [""]


def test_a_quantity_is_kept_as_printed_and_a_buyer_is_no_seller() -> None:
    values = read(table(HEAD, ROWS))
    assert [record.quantity_text for record in requests(values)] == [row[4] for row in ROWS]
    assert [record.side for record in requests(values)] == ["sell", "sell", "buy"]
    assert {seller.name for seller in sellers(values)} == {"HTX Rau Mẫu"}


@pytest.mark.parametrize(
    ("province", "kept"),
    [
        ("Long An", True),
        ("TỈNH LONG AN", True),
        ("Tây Ninh", True),
        ("", True),
        ("đang cập nhật", True),
        ("Long An (nay là Tây Ninh)", True),
        ("Tiền Giang", False),
        ("tinh tien giang", False),
        ("TP. Hồ Chí Minh", False),
        ("TP.HCM", False),
        ("Thành phố Cần Thơ", False),
        ("Bà Rịa - Vũng Tàu", False),
        ("Bà Rịa-Vũng Tàu", False),
        ("T. Bến Tre", False),
    ],
)
def test_another_province_is_counted_and_left_out(province: str, kept: bool) -> None:
    rows = [ROWS[0], (*ROWS[1][:5], province, ROWS[1][6])]
    values = read(table(HEAD, rows))
    assert len(requests(values)) == 1 + kept
    assert codes(values) == ([] if kept else ["out_of_scope"])


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("Xã Thái Bình, Huyện Châu Thành, Tây Ninh", True),
        ("Ấp 2, xã Long An, Huyện Cần Giuộc", True),
        ("Xã Thái Bình", True),
        ("Thái Bình", True),  # alone it may be the commune
        ("Xã Tân Hương, Huyện Châu Thành, Tiền Giang", False),
        ("Xã Tân Hương-Huyện Châu Thành-Tiền Giang", False),
    ],
)
def test_without_a_province_the_end_of_the_address_tells(address: str, kept: bool) -> None:
    head = [*HEAD[:5], "Địa chỉ", HEAD[6]]
    values = read(table(head, [(*ROWS[0][:5], address, ROWS[0][6])]))
    assert len(requests(values)) == kept
    assert codes(values) == ([] if kept else ["out_of_scope"])


def test_a_commune_called_long_an_does_not_swallow_the_province() -> None:
    values = read(table([*HEAD, "Địa chỉ"], [(*ROWS[0], "Xã Long An, Huyện Cần Giuộc")]))
    assert requests(values)[0].address == "Xã Long An, Huyện Cần Giuộc, Long An"


def test_bodies_that_help_are_counted_and_are_nobody() -> None:
    rows = [
        (role, "Đơn vị Mẫu", "0900000063", "", "", "Long An", "")
        for role in ("Cơ quan hỗ trợ", "Tổ chức hỗ trợ", "TO CHUC HO TRO")
    ]
    values = read(table(HEAD, rows))
    assert codes(values) == ["support_body"], "and not an empty list"
    problem = values[0]
    assert isinstance(problem, Problem)
    assert problem.detail == "3 mục: cơ quan nhà nước hỗ trợ 1, tổ chức hỗ trợ nông dân 2"


def test_one_bad_row_among_those_of_others_is_no_changed_page() -> None:
    rows = [(*ROWS[0][:5], "Tiền Giang", ""), ("Bán", "", "", "Rau", "", "Long An", "")]
    assert codes(read(table(HEAD, rows))) == ["bad_row", "out_of_scope"]
    assert codes(read(table(HEAD, [rows[1]] * 2))) == ["layout"], "when no row can be read it is the page"


def test_the_side_of_a_list_is_read_from_its_heading_or_its_address() -> None:
    head, rows = HEAD[1:], [ROWS[0][1:]]
    assert codes(read(table(head, rows))) == ["layout"], "nobody can tell what the list is about"
    for above, side in (("<h2>Danh sách đăng ký BÁN</h2>", "sell"), ("<h2>Cần mua nông sản</h2>", "buy")):
        assert [record.side for record in requests(read(table(head, rows, above)))] == [side]
    paths = {"sell": "/cung", "buy": "/cau"}
    for path, side in (("/cung", "sell"), ("/cau?page=2", "buy")):
        assert [record.side for record in requests(read(table(head, rows), HOME + path, **paths))] == [side]
    assert codes(read(table(head, rows, "<h2>Cần mua - cần bán</h2>"))) == ["layout"], "both are none"


def test_each_side_may_have_a_list_of_its_own() -> None:
    assert [get.url for get in cooplink.start(cooplink.source, None)] == [f"{HOME}/"]
    source = replace(cooplink.source, paths={"sell": "/cung", "buy": "cau/"})
    assert [get.url for get in cooplink.start(source, None)] == [f"{HOME}/cung", f"{HOME}/cau/"]
    assert cooplink.kind_of(source, f"{HOME}/cau?page=3") == "notices"
    assert cooplink.kind_of(source, f"{HOME}/") is None


def test_a_link_to_the_unit_is_not_the_number_of_the_notice() -> None:
    linked = [(row[0], f'<a href="/don-vi/5">{row[1]}</a>', *row[2:]) for row in ROWS[:2]]
    refs = [record.ref for record in requests(read(table(HEAD, linked)))]
    assert refs == [record.ref for record in requests(read(table(HEAD, ROWS[:2])))]


def test_two_columns_of_one_name_are_not_guessed() -> None:
    assert codes(read(table([*HEAD, "Số điện thoại"], [(*ROWS[0], "0900000064")]))) == ["layout"]


@pytest.mark.parametrize("extra_first", [False, True])
@pytest.mark.parametrize(("label", "kept"), [("SĐT", "Số điện thoại"), ("Mặt hàng", "Sản phẩm")])
def test_of_two_columns_of_one_meaning_the_usual_name_counts(label: str, kept: str, extra_first: bool) -> None:
    head = [label, *HEAD] if extra_first else [*HEAD, label]
    rows = [("khác", *row) if extra_first else (*row, "khác") for row in ROWS]
    *values, problem = read(table(head, rows))
    assert values == read(table(HEAD, ROWS))
    assert problem == Problem(code="unknown_label", detail=f"cột: {label} (cùng nghĩa với “{kept}”)")


def test_a_kind_beside_the_product_group_costs_no_page() -> None:
    rows = [(*row, "Bán", "Trái cây") for row in ROWS]
    values = read(table([*HEAD, "Loại", "Nhóm hàng"], rows))
    assert len(requests(values)) == 3
    assert codes(values) == ["unknown_label"]


@pytest.mark.parametrize("height", ["2", "0", "9"])
def test_a_cell_that_reaches_down_belongs_to_each_row(height: str) -> None:
    first, second = ROWS[0], (*ROWS[0][:3], *ROWS[1][3:])
    merged = table(HEAD, [first, second[3:]])
    for cell in first[:3]:
        merged = merged.replace(f"<td>{cell}</td>", f'<td rowspan="{height}">{cell}</td>', 1)
    assert read(merged) == read(table(HEAD, [first, second]))
    last = table(HEAD, [first, second]).replace("<td>16/08/2021</td></tr></table>", "</tr></table>")
    last = last.replace("<td>16/08/2021</td>", f'<td rowspan="{height}">16/08/2021</td>')
    assert read(last) == read(table(HEAD, [first, second]))


def test_rows_without_a_notice_of_their_own_are_left_out_below_a_cell_that_reaches_down() -> None:
    merged = table(HEAD, [ROWS[0]]).replace("<td>Bán</td>", '<td rowspan="3">Bán</td>')
    rest = '<tr></tr><tr><td colspan="6">Hết danh sách</td></tr></table>'
    assert read(merged.replace("</table>", rest)) == read(table(HEAD, [ROWS[0]]))


def test_a_table_about_something_else_is_not_read() -> None:
    other = table(("STT", "Chỉ tiêu", "Năm 2020"), [("1", "Giá", "5")])
    assert codes(read(other)) == ["layout"]
    assert read(other + table(HEAD, ROWS)) == read(table(HEAD, ROWS))


NEXT = f"{HOME}/?page=2"


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        ('<a href="?page=2">Tiếp</a>', NEXT),
        ('<a href="/?page=2">Trang sau »</a>', NEXT),
        ('<a href="/?page=2">›</a>', NEXT),
        ('<a href="/?page=2" rel="next">+</a>', NEXT),
        ('<a href="/?page=2" aria-label="Next"><i></i></a>', NEXT),
        ('<a href="/?page=2">2</a><a href="/?page=3">3</a>', NEXT),
        ('<a href="/?page=2">Sau</a><a href="/?page=2">Sau</a>', NEXT),
        ('<a href="/?page=3">3</a>', "paging_unreadable"),
        ('<button wire:click="nextPage">Sau</button>', "paging_unreadable"),
        ('<a href="/">Tiếp</a>', "paging_loop"),
        ('<a href="/?page=2">Tiếp</a><a href="/?page=3">Tiếp</a>', "paging_loop"),
        ('<a href="https://khac.example.vn/?page=2">Tiếp</a>', "paging_loop"),
        ('<li class="disabled"><a href="/?page=2">Tiếp</a></li>', None),
        ('<a href="#">Sau</a><button disabled wire:click="nextPage">Sau</button>', None),
        ("<b>1</b>", None),
    ],
)
def test_the_next_page(links: str, expected: str | None) -> None:
    values = read(table(HEAD, ROWS) + links)
    found = [value.url for value in values if isinstance(value, Get)] + codes(values)
    assert found == ([expected] if expected else [])


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40))
@settings(max_examples=100, deadline=None)
def test_whatever_a_cell_holds_nothing_is_raised_and_other_rows_are_read(text: str) -> None:
    cell = text.replace("&", "&amp;").replace("<", "&lt;")
    for column in range(len(HEAD)):
        row = [*ROWS[0]]
        row[column] = cell
        titles = [record.title for record in requests(read(table(HEAD, [row, *ROWS[1:]])))]
        assert titles[-2:] == ["Hành lá", "Trứng gà"]


def test_labels_are_written_as_they_are_compared() -> None:
    labels = [label for told in LABELS.values() for label in told.split("|")]
    assert all(label in ("#", label_of(label)) for label in labels)
    assert len(set(labels)) == len(labels)


def test_labels_may_be_other_ones_written_in_any_way() -> None:
    """As an administrator writes them into the configuration, in place of the usual ones."""
    head = ("Nhu cầu", "Tên đơn vị", "Đường dây nóng:", *HEAD[3:])
    body = f"<html><body>{table(head, ROWS)}</body></html>".encode()
    page = page_of(Get(url=f"{HOME}/", kind="notices"), body)
    usual = requests(list(cooplink.parse(cooplink.source, page)))
    assert {record.phone for record in usual} == {None}
    told = {**cooplink.source.selectors, "label.phone": "SĐT | ĐƯỜNG DÂY NÓNG"}
    found = requests(list(cooplink.parse(replace(cooplink.source, selectors=told), page)))
    assert [record.phone for record in found] == [row[2] for row in ROWS]
