"""Text, HTML, counts, days, units, telephone numbers and tax codes as pages print them."""

from __future__ import annotations

import csv
import html
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors import clean

DATA = Path(clean.__file__).parents[1] / "data"
TODAY = date(2025, 3, 10)
relaxed = settings(deadline=None)  # a busy machine is no failure


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines()))


# --- text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (None, ""),
        ("", ""),
        ("  Gạo\u00a0nàng \t\r\n thơm\u3000", "Gạo nàng thơm"),
        ("Gạo\u200bST25\ufeff", "Gạo ST25"),
        ("Ga\u0323o", "Gạo"),
        ("nà\u200dng\u00ad thơm\u200e", "nàng thơm"),
        ("a\x00b\x1f", "a b"),
        ("\ud800", "\ufffd"),
    ],
)
def test_text(raw: str | None, plain: str) -> None:
    assert clean.text(raw) == plain


@relaxed
@given(st.text())
@example("a\u200d\u0301")
def test_text_is_normal_and_can_be_stored(raw: str) -> None:
    plain = clean.text(raw)
    assert clean.text(plain) == plain
    assert unicodedata.is_normalized("NFC", plain)
    assert plain == " ".join(plain.split())
    assert plain.encode().decode() == plain


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Địa chỉ:", "dia chi:"),
        ("ĐIỆN\u00a0 THOẠI", "dien thoai"),
        ("Hợp tác xã", "hop tac xa"),
        ("Quy mô", "quy mo"),
        ("Ngày Tham Gia", "ngay tham gia"),
        ("İ café", "i cafe"),
    ],
)
def test_fold(label: str, key: str) -> None:
    assert clean.fold(label) == key
    assert clean.fold(unicodedata.normalize("NFD", label)) == key


@relaxed
@given(st.text())
def test_fold_ignores_form_and_is_idempotent(raw: str) -> None:
    key = clean.fold(raw)
    assert clean.fold(key) == key
    assert clean.fold(unicodedata.normalize("NFD", raw)) == key


def test_both_places_of_a_tone_mark_fold_alike() -> None:
    assert clean.fold("thỏa thuận") == clean.fold("thoả thuận")


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("", ""),
        ("Gạo ngon", "Gạo ngon"),
        ("<p>Gạo&nbsp;<b>ngon</b></p><p>Giao tận nơi</p>", "Gạo ngon\nGiao tận nơi"),
        ("một<br>hai<br/>ba", "một\nhai\nba"),
        ("<ul><li>a<li>b</ul>c", "a\nb\nc"),
        ("<table><tr><td>x</td><td>y</td></tr></table>", "x y"),
        ("<p>dòng\n  gãy</p>\n\n<p> </p>", "dòng gãy"),
        ("a<script>if (1 < 2) { '<p>' }</script>b<STYLE>p {}</Style >c", "abc"),
        ("a<!-- <p>ẩn</p> -->b", "ab"),
        ("<img alt='5 > 3' src=\"x\">ảnh", "ảnh"),
        ("giá < 5k & > 3k", "giá < 5k & > 3k"),
        ("&lt;b&gt; &amp;amp; &#273;", "<b> &amp; đ"),
        ("cụt <a href='", "cụt"),
        ('hở <a title="x>tiếp', "hở tiếp"),
        ("thẻ <script>mất", "thẻ"),
        ("<custom-tag>giữ</custom-tag>", "giữ"),
    ],
)
def test_html_to_text(markup: str, plain: str) -> None:
    assert clean.html_to_text(markup) == plain


@relaxed
@given(st.text())
def test_escaped_text_reads_back(raw: str) -> None:
    assert clean.html_to_text(html.escape(raw)) == clean.text(html.unescape(html.escape(raw)))


@relaxed
@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<script>", "</script>", "<!--", "-->", "<a b='", '"', "=", ">", "<", "x "])
    ).map("".join),
    st.integers(0, 30),
)
def test_any_markup_gives_text_within_the_limit(markup: str, limit: int) -> None:
    whole = clean.html_to_text(markup)
    cut = clean.html_to_text(markup, limit)
    assert len(cut) <= limit
    assert cut == whole or cut == "" or (cut.endswith("…") and whole.startswith(cut[:-1]))
    assert "" not in whole.split("\n")[1:]


@pytest.mark.parametrize(
    ("limit", "cut"),
    [
        (0, ""),
        (1, "…"),
        (3, "Gạ…"),
        (9, "Gạo nàng…"),
        (11, "Gạo nàng…"),
        (13, "Gạo nàng…"),
        (14, "Gạo nàng thơm…"),
        (99, "Gạo nàng thơm, mới"),
    ],
)
def test_html_is_cut_at_a_word(limit: int, cut: str) -> None:
    assert clean.html_to_text("<p>Gạo nàng thơm, mới</p>", limit) == cut


# --- counts and days ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "count"),
    [
        ("9.067", 9067),
        ("9,067", 9067),
        ("9067 đã bán", 9067),
        ("( 12 người đánh giá )", 12),
        ("Tất cả (297)", 297),
        ("1.234.567 lượt xem", 1_234_567),
        ("1,2k", 1200),
        ("1k2", 1200),
        ("12 K+", 12_000),
        ("1,5 triệu", 1_500_000),
        ("1,5 nghìn lượt", 1500),
        ("12 kg", 12),
        ("5.0", 5),
        ("0", 0),
        ("4,5", None),  # an average is no count
        ("1.00.000", None),
        ("1" * 5000, None),
        ("chưa có", None),
        ("", None),
    ],
)
def test_number(raw: str, count: int | None) -> None:
    assert clean.number(raw) == count


@relaxed
@given(st.integers(0, 10**15 - 1), st.sampled_from([".", ",", ""]), st.sampled_from(["", " đã bán", " lượt"]))
def test_counts_read_back(count: int, mark: str, word: str) -> None:
    assert clean.number(f"({count:,}{word})".replace(",", mark)) == count


@relaxed
@given(st.text(alphabet="0123456789.,k tr()", max_size=40))
def test_any_text_gives_a_count_or_none(raw: str) -> None:
    count = clean.number(raw)
    assert count is None or (0 <= count < 10**15 and any(c.isdigit() for c in raw))


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("05/06/2023", date(2023, 6, 5)),
        ("5-6-23", date(2023, 6, 5)),
        ("05.06.2023", date(2023, 6, 5)),
        ("2023-06-05", date(2023, 6, 5)),
        ("2023-06-05T10:00:00Z", date(2023, 6, 5)),
        ("14:30 05/06/2023", date(2023, 6, 5)),
        ("Thứ Hai, 05/06/2023", date(2023, 6, 5)),
        ("Tham gia: 24/09/2019", date(2019, 9, 24)),
        ("Số 2802478700Ngày cấp 17/08/2017, đơn vị cấp", date(2017, 8, 17)),
        ("ngày 5 tháng 3 năm 2025", date(2025, 3, 5)),
        ("5 tháng 3, 2025", date(2025, 3, 5)),
        ("12 Tháng Sáu, 2023", date(2023, 6, 12)),
        ("Tháng Mười Hai 12, 2023", date(2023, 12, 12)),
        ("05/06/2023-10/06/2023", date(2023, 6, 5)),
        ("01/02/69", date(2069, 2, 1)),
        ("01/02/70", date(1970, 2, 1)),
        ("tháng 3/2025", None),
        ("3/2025", None),
        ("5/3", None),
        ("31/02/2025", None),
        ("05/13/2023", None),  # the day stands first, always
        ("05/06/0023", None),
        ("12.345.678", None),
        ("", None),
    ],
)
def test_printed_days(raw: str, found: date | None) -> None:
    assert clean.day(raw) == found
    assert clean.day(unicodedata.normalize("NFD", raw.upper()), TODAY) == found


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("Hôm nay", TODAY),
        ("hôm qua", date(2025, 3, 9)),
        ("hôm kia", date(2025, 3, 8)),
        ("ngày mai", date(2025, 3, 11)),
        ("vừa xong", TODAY),
        ("5 giờ trước", TODAY),
        ("30 giờ trước", date(2025, 3, 9)),
        ("Đăng 3 ngày trước", date(2025, 3, 7)),
        ("2 tuần trước", date(2025, 2, 24)),
        ("còn 3 ngày", date(2025, 3, 13)),
        ("2 tuần nữa", date(2025, 3, 24)),
        ("2 tháng trước", None),
        ("1 năm trước", None),
        ("12345678 ngày trước", None),
    ],
)
def test_relative_days_need_today(raw: str, found: date | None) -> None:
    assert clean.day(raw, TODAY) == found
    assert clean.day(raw) is None


def test_relative_day_before_the_calendar_is_none() -> None:
    assert clean.day("9999 tuần trước", date(1, 1, 1)) is None


@relaxed
@given(
    st.dates(date(1970, 1, 1), date(2069, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%y", "%Y-%m-%d", "%d.%m.%Y", "ngày %d tháng %m năm %Y", "%H:%M %d/%m/%Y"]),
)
def test_days_read_back(day: date, form: str) -> None:
    assert clean.day(day.strftime(form)) == day


# --- units -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "name", "kilo"),
    [
        ("Kg", "kg", 100_000),
        ("KG.", "kg", 100_000),
        ("ký", "kg", 100_000),
        ("đồng/kg", "kg", 100_000),
        ("VNĐ / Kg", "kg", 100_000),
        ("ĐVT: kg hơi", "kg", 100_000),
        ("5 kg", "kg", 20_000),
        ("500g", "g", 200_000),
        ("tạ", "tạ", 1_000),
        ("Tấn", "tấn", 100),
        ("Hộp 500g", "hộp", 200_000),
        ("hộp (500 gr)", "hộp", 200_000),
        ("Túi zip 500g", "túi", 200_000),
        ("thùng 10kg", "thùng", 10_000),
        ("thùng (24 x 250g)", "thùng", 16_667),
        ("bao", "bao", None),
        ("chai 500ml", "chai", None),
        ("chục", "chục", None),
        ("giạ", "giạ", None),
        ("Trái/quả", "trái", None),
        ("qua\u0309", "trái", None),
        ("chuc", "chục", None),
        ("Héc-ta", "ha", None),
        ("tá", "tá", None),
        ("ta", None, None),  # tá or tạ
        ("Trái cây", None, None),
        ("Cây giống", None, None),
        ("sản phẩm", None, None),
        ("0 kg", None, None),
        ("hộp 1.250kg", "hộp", None),  # 1.25 or 1,250
        ("kg " * 100, None, None),
        ("", None, None),
    ],
)
def test_units(raw: str, name: str | None, kilo: int | None) -> None:
    assert clean.unit(raw) == name
    assert clean.per_kg(100_000, raw) == kilo


def test_every_unit_name_and_variant_is_read() -> None:
    for row in rows("units_of_trade.csv"):
        for name in filter(None, [row["unit"], *row["variants"].split(";")]):
            assert clean.unit(name) == row["unit"], name
            assert clean.unit(unicodedata.normalize("NFD", name).upper()) == row["unit"], name


def test_only_masses_weigh() -> None:
    units = rows("units_of_trade.csv")
    weighing = {row["unit"] for row in units if clean.per_kg(1_000_000, row["unit"]) is not None}
    assert weighing == {"kg", "g", "lạng", "yến", "tạ", "tấn"}
    assert all(row["source"] for row in units)


# --- telephone numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ("0900000012", ("0900000012",)),
        ("0900.000.012", ("0900000012",)),
        ("0900 000 012 - 0900 000 013", ("0900000012", "0900000013")),
        ("0900000012hoặc0900000013", ("0900000012", "0900000013")),
        ("0900-000-012/0900-000-013", ("0900000012", "0900000013")),
        ("ĐT:0900000012,0900000013; 0900000012", ("0900000012", "0900000013")),
        ("+84 (0) 900 000 012", ("0900000012",)),
        ("+84900000012", ("0900000012",)),
        ("0084900000012", ("0900000012",)),
        ("84900000012", ("0900000012",)),
        ("0900000012_", ("0900000012",)),
        ("O900000012", ("0900000012",)),
        ("900000012", ("0900000012",)),
        ("900000012.0", ("0900000012",)),
        ("SĐT: 900 000 012", ("0900000012",)),
        ("01681234567", ("0381234567",)),
        ("1681234567", ("0381234567",)),
        ("0723826123", ("02723826123",)),
        ("(072) 3.826.123", ("02723826123",)),
        ("Tel: 0272.3.826.123 - Fax: 0272.3.826.124", ("02723826123", "02723826124")),
        ("0511 3826123", ("02363826123",)),
        ("04 38261234", ("02438261234",)),
        ("0763826123", ("0763826123",)),  # An Giang until 2017, a mobile today
        ("1900 6789", ("19006789",)),
        ("Hotline 1800123456", ("1800123456",)),
        ("lô 12 0900000012", ("0900000012",)),
        ("zalo.me/0900000012", ("0900000012",)),
        ("0900000012 đ/c: ấp 3", ("0900000012",)),
        ("MST 1100123456 - 0900000012", ("0900000012",)),
        ("MST: 0312345678", ()),
        ("STK 0900000012", ()),
        ("07/06/2023 - 08/07/2023", ()),
        ("giá 19000000 đồng", ()),
        ("Số 2802478700Ngày cấp 17/08/2017", ()),
        ("gạo 900000012", ()),  # without its 0 only where nothing else stands
        ("+886 900000012", ()),
        ("0120000", ()),
        ("0100000000", ()),
        ("8934567890123", ()),
        ("SP00000473", ()),
        ("", ()),
    ],
)
def test_phones(raw: str, numbers: tuple[str, ...]) -> None:
    assert clean.phones(raw) == numbers
    assert clean.phone(raw) == (numbers[0] if numbers else None)


@pytest.mark.parametrize("row", rows("phone_prefix_2018.csv"), ids=lambda row: row["old_prefix"])
def test_mobile_prefixes_of_2018(row: dict[str, str]) -> None:
    assert clean.phone(f"{row['old_prefix']}0000012") == f"{row['new_prefix']}0000012"
    assert row["source"]


# Old area codes that are mobile prefixes today: what is in use now wins.
MOBILE_TODAY = {"033", "036", "037", "038", "039", "052", "055", "056", "058", "059", "070", "076", "077", "079", "08"}


@pytest.mark.parametrize("row", rows("area_code_2017.csv"), ids=lambda row: row["new_code"])
def test_area_codes_of_2017(row: dict[str, str]) -> None:
    subscriber = "38261234" if len(row["new_code"]) == 3 else "3826123"
    before, today = row["old_code"] + subscriber, row["new_code"] + subscriber
    assert clean.phone(today) == today
    assert clean.phone(before) == (before if row["old_code"] in MOBILE_TODAY else today)


def test_area_codes_are_whole() -> None:
    codes = rows("area_code_2017.csv")
    assert len(codes) == len({row["new_code"] for row in codes}) == 63
    assert len({row["old_code"] for row in codes}) == 63
    assert all(row["source"] for row in codes)


@relaxed
@given(st.text(alphabet="0123456789 .-/()+_,đoO", max_size=80))
@example("0900000012 19001234 02723826123")
def test_found_numbers_are_found_again(raw: str) -> None:
    found = clean.phones(raw)
    assert clean.phones(" ".join(found)) == found
    for number in found:
        assert clean.phones(number) == (number,)
        assert len(number) in (8, 10, 11)


@relaxed
@given(st.text())
def test_any_text_gives_phones(raw: str) -> None:
    assert all(number.isdigit() and number.isascii() for number in clean.phones(raw))


# --- tax codes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "digits", "kind"),
    [
        ("2802478700", "2802478700", "enterprise10"),
        ("Số 2802478700Ngày cấp 17/08/2017, đơn vị cấp", "2802478700", "enterprise10"),
        ("MST: 0100109106-001", "0100109106001", "branch13"),
        ("0100109106001", "0100109106001", "branch13"),
        ("0100109106-000", "0100109106000", "unknown"),
        ("0100 109 106", "0100109106", "enterprise10"),
        ("0100109107", "0100109107", "unknown"),
        ("080100000012", "080100000012", "person12"),
        ("CCCD 080 100 000 012", "080100000012", "person12"),
        ("099100000012", "099100000012", "unknown"),  # no such province
        ("080900000012", "080900000012", "unknown"),  # no such century
        ("0000000000", "0000000000", "unknown"),
        ("ĐT 0900000012, MST 0100109106", "0100109106", "enterprise10"),
        ("ĐT 0900000012 - 2802478700", "2802478700", "enterprise10"),
        ("2802478700, mã số thuế: 0100109106", "0100109106", "enterprise10"),
        ("0900000012", "0900000012", "unknown"),  # alone in its field it is what somebody entered as a code
    ],
)
def test_tax_codes(raw: str, digits: str, kind: str) -> None:
    found = clean.tax_code(raw)
    assert found is not None
    assert (found.digits, found.kind) == (digits, kind)


@pytest.mark.parametrize("raw", ["", "không", "ĐT 0900000012", "12345", "8934567890123456", "1.100.123.456 đ"])
def test_no_tax_code(raw: str) -> None:
    assert clean.tax_code(raw) is None


@st.composite
def enterprise_codes(draw: st.DrawFn) -> str:
    """Codes built the other way round: any serial whose weighted sum leaves a check digit, found by trying."""
    body = draw(st.integers(1, 99 * 10**7).map(lambda number: f"{number:09d}"))
    for check in "0123456789":
        found = clean.tax_code(body + check)
        if found and found.kind == "enterprise10":
            return body + check
    return "2802478700"  # one serial in eleven has no check digit


@relaxed
@given(enterprise_codes(), st.integers(0, 9), st.integers(1, 9))
def test_any_one_wrong_digit_is_caught(code: str, position: int, shift: int) -> None:
    wrong = str((int(code[position]) + shift) % 10)
    found = clean.tax_code(code[:position] + wrong + code[position + 1 :])
    assert found is not None
    assert found.kind == "unknown"


@relaxed
@given(st.text(alphabet="0123456789 .-MSTmãsố", max_size=60))
def test_any_text_gives_a_tax_code_or_none(raw: str) -> None:
    found = clean.tax_code(raw)
    assert found is None or (found.digits.isdigit() and len(found.digits) in (10, 12, 13))


# --- noise -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece", ["1", "0 ", "09", "<p ", "<a ='\"' ", "<!--", "<script>", "= ", "&", "\u0301", "tháng ", "mst", "9 ngày "]
)
def test_long_noise_is_read(piece: str) -> None:
    noise = piece * (200_000 // len(piece))
    assert clean.text(noise)
    assert clean.fold(noise) is not None
    assert clean.html_to_text(noise) is not None
    assert clean.day(noise, TODAY) is None
    assert clean.number(noise) in (None, 0, 9)
    assert clean.unit(noise) is None
    assert clean.tax_code(noise) is None
    assert isinstance(clean.phones(noise), tuple)


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("Gạo &amp; nếp", "Gạo & nếp"),
        ("&#71;&#x1ea1;o", "Gạo"),
        (f"Gạo &#{'9' * 5000}; nếp", "Gạo \ufffd nếp"),
        (f"&#{'9' * 5000}", "\ufffd"),
        ("Gạo", "Gạo"),
    ],
)
def test_entities_are_decoded_whatever_their_number(printed: str, plain: str) -> None:
    assert clean.decoded(printed) == plain
    assert clean.html_to_text(f"<p>{printed}</p>") == plain
