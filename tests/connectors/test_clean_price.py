"""Price texts, from the reviewed list of formats and from generated ones."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from connectors import clean

DATA = Path(__file__).parent / "data"
UNITS = (Path(clean.__file__).parents[1] / "data" / "units_of_trade.csv").read_text(encoding="utf-8")
UNIT_NAMES = {row["unit"] for row in csv.DictReader(UNITS.splitlines())}
CONTACTLESS = ("contact", "negotiable", "market", "suspicious", "foreign", "unreadable")
relaxed = settings(deadline=None)  # a busy machine is no failure


def reviewed_formats() -> list[tuple[str, int | None, int | None, str | None, str]]:
    """The reviewed cases; a cell of a status without price may name two texts ("0 đ / 0")."""
    cases = []
    with (DATA / "price_formats.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            texts = row["text"].split(" / ") if row["status"] in CONTACTLESS else [row["text"]]
            low, high = (int(row[end]) if row[end] else None for end in ("min_vnd", "max_vnd"))
            cases += [(text, low, high, row["unit"] or None, row["status"]) for text in texts]
    return cases


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(("printed", "low", "high", "unit", "status"), reviewed_formats())
def test_reviewed_formats(
    printed: str, low: int | None, high: int | None, unit: str | None, status: str, form: Literal["NFC", "NFD"]
) -> None:
    price = clean.price(unicodedata.normalize(form, printed))
    assert (price.min_vnd, price.max_vnd, price.unit, price.status) == (low, high, unit, status)


def test_reviewed_list_is_whole() -> None:
    with (DATA / "price_formats.csv").open(encoding="utf-8", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == 34


@pytest.mark.parametrize(
    ("printed", "low", "high", "unit"),
    [
        ("22,000₫", 22_000, 22_000, None),
        ("1.050.000 ₫", 1_050_000, 1_050_000, None),
        ("1 triệu 250 nghìn", 1_250_000, 1_250_000, None),
        ("1tr50k", 1_050_000, 1_050_000, None),
        ("1 triệu rưỡi", 1_500_000, 1_500_000, None),
        ("1 triệu 2", 1_200_000, 1_200_000, None),
        ("2 tỷ 500 triệu", 2_500_000_000, 2_500_000_000, None),
        ("25k5/kg", 25_500, 25_500, "kg"),
        ("25k-30k", 25_000, 30_000, None),
        ("25k-30", 25_000, 30_000, None),
        ("20 - 25.000đ/kg", 20_000, 25_000, "kg"),
        ("500 - 1 triệu", 500_000, 1_000_000, None),
        ("5 - 10.000.000đ", 5_000_000, 10_000_000, None),
        ("850 - 1.000đ/kg", 850, 1_000, "kg"),
        ("25.000k - 30k", 30_000, 30_000, None),
        ("1 triệu rưỡi/con", 1_500_000, 1_500_000, "con"),
        ("25k (1 ký)", 25_000, 25_000, "kg"),
        ("20.000đ 25.000đ -50%", 20_000, 25_000, None),
        ("30.000 - 25.000 đ", 25_000, 30_000, None),
        ("18.000đ - 20.000đ/kg (tùy loại)", 18_000, 20_000, "kg"),
        ("Từ 20k/kg đến 25k/kg", 20_000, 25_000, "kg"),
        ("Sỉ 18k/kg (từ 10kg), lẻ 22k/kg", 18_000, 22_000, "kg"),
        ("25. 000đ", 25_000, 25_000, None),
        ("1 000 000đ", 1_000_000, 1_000_000, None),
        ("25.000,-", 25_000, 25_000, None),
        ("199000.0", 199_000, 199_000, None),
        ("khoảng 25k một ký", 25_000, 25_000, "kg"),
        ("~25k", 25_000, 25_000, None),
        ("giá 1 kg là 25.000đ", 25_000, 25_000, "kg"),
        ("10 trái 50k", 5_000, 5_000, "trái"),
        ("5.000đ/100g", 50_000, 50_000, "kg"),
        ("30k/500ml", 60_000, 60_000, "lít"),
        ("90k/chai 500ml", 90_000, 90_000, "chai"),
        ("120k/thùng (24 x 250g)", 20_000, 20_000, "kg"),
        ("100k/3kg", 33_333, 33_333, "kg"),
        ("25.000d/chuc", 25_000, 25_000, "chục"),
        ("25k/kg, 220k/thùng", 25_000, 25_000, "kg"),  # never compared across units
        ("25k trái cây", 25_000, 25_000, None),
        ("8 triệu/t", 8_000_000, 8_000_000, "tấn"),
    ],
)
def test_amounts_ranges_and_units(printed: str, low: int, high: int, unit: str | None) -> None:
    price = clean.price(printed)
    assert (price.min_vnd, price.max_vnd, price.unit, price.status) == (low, high, unit, "ok")


@pytest.mark.parametrize(
    ("printed", "amount"),
    [
        ("25.000đ/kg, ship 20k", 25_000),
        ("Giảm 10% còn 25.000đ", 25_000),
        ("Giá 8.000đ/kg, số lượng 25.000 kg", 8_000),
        ("Gạo ST25 25k", 25_000),
        ("Mua từ 10kg: 18k", 18_000),
        ("25.000đ (cập nhật 05/06/2023)", 25_000),
        ("Vụ 2024: 25.000đ/kg", 25_000),
        ("25k/kg, LH 0912 345 678", 25_000),
        ("25k/kg, mã số 1234", 25_000),
        ("Giá từ 25.000đ - 25.000đ", 25_000),
    ],
)
def test_other_numbers_are_no_part_of_the_price(printed: str, amount: int) -> None:
    price = clean.price(printed)
    assert (price.min_vnd, price.max_vnd, price.status) == (amount, amount, "ok")


@pytest.mark.parametrize(
    ("printed", "amount", "former"),
    [
        ("~~50.000~~ 35.000đ", 35_000, 50_000),
        ("Giá cũ: 50.000đ Giá mới: 35.000đ", 35_000, 50_000),
        ("50k giảm còn 35k", 35_000, 50_000),
        ("50.000đ → 35.000đ", 35_000, 50_000),
        ("35.000đ 50.000đ -30%", 35_000, 50_000),
        ("50.000 ₫ Giá gốc là: 50.000 ₫. 35.000 ₫ Giá hiện tại là: 35.000 ₫.", 35_000, 50_000),
        ("~~100.000đ~~ 80.000đ/hộp 500g", 160_000, 200_000),  # both per kg
        ("Giá niêm yết 50.000đ", 50_000, None),  # the only price there is
        ("~~30.000~~ 35.000đ", 35_000, None),  # a former price is a higher one
    ],
)
def test_former_price(printed: str, amount: int, former: int | None) -> None:
    price = clean.price(printed)
    assert (price.min_vnd, price.max_vnd, price.list_vnd) == (amount, amount, former)


@pytest.mark.parametrize(
    ("printed", "low", "high", "status"),
    [
        ("từ 1,5 triệu", 1_500_000, None, "from"),
        ("Giá chỉ từ 15k/kg", 15_000, None, "from"),
        ("25k+", 25_000, None, "from"),
        ("25k/kg trở lên", 25_000, None, "from"),
        ("tối đa 30k", 0, 30_000, "upto"),
        ("không quá 30k", 0, 30_000, "upto"),
        ("0đ - 25.000đ", 0, 25_000, "upto"),
    ],
)
def test_open_ends(printed: str, low: int, high: int | None, status: str) -> None:
    price = clean.price(printed)
    assert (price.min_vnd, price.max_vnd, price.status) == (low, high, status)


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("", "contact"),
        (" \u200b\n", "contact"),
        ("-", "contact"),
        ("Giá: Liên hệ", "contact"),
        ("lien he", "contact"),
        ("0₫", "contact"),
        ("000.000 đ", "contact"),
        ("Đang cập nhật", "contact"),
        ("Giá thỏa thuận, LH 0912345678", "negotiable"),
        ("Thương lượng", "negotiable"),
        ("Theo giá thị trường", "market"),
        ("5 USD/kg", "foreign"),
        ("¥100", "foreign"),
        ("85/kg", "suspicious"),
        ("85 - 90", "suspicious"),
        ("1đ", "suspicious"),
        ("123456789", "suspicious"),
        ("25.000k", "suspicious"),  # 25 million, or a slip
        ("25.000 kg", "suspicious"),  # a price or a quantity
        ("0123", "suspicious"),  # a code or half a telephone number
        ("2 tấn giá 8k", "suspicious"),  # 4 ₫ a kilogram
        ("9" * 300, "suspicious"),
        ("-30%", "unreadable"),
        ("xin chào", "unreadable"),
        ("SP00000473", "unreadable"),
        ("Gạo ST25", "unreadable"),
        ("05/06/2023", "unreadable"),
        ("Ship 20k", "unreadable"),
        ("hai mươi lăm nghìn", "unreadable"),
        ("[hình ảnh]", "unreadable"),
        ("25.000đ " * 100, "unreadable"),  # a description
    ],
)
def test_no_price(printed: str, status: str) -> None:
    price = clean.price(printed)
    assert price.status == status
    assert (price.min_vnd, price.max_vnd, price.per_kg_vnd, price.list_vnd) == (None, None, None, None)


@pytest.mark.parametrize(
    ("printed", "told", "low", "unit", "kilo"),
    [
        ("25.000đ", "Kg", 25_000, "kg", 25_000),
        ("80.000đ", "hộp 500g", 160_000, "kg", 160_000),
        ("80.000đ", "Hũ thủy tinh 500g", 160_000, "kg", 160_000),
        ("1,2 triệu", "tấn", 1_200_000, "tấn", 1_200),
        ("45.000đ", "chục", 45_000, "chục", None),
        ("25.000đ/kg", "thùng", 25_000, "kg", 25_000),  # the text knows better
        ("25.000đ", "sản phẩm", 25_000, None, None),
        ("Liên hệ", "hộp 500g", None, "hộp", None),
    ],
)
def test_unit_told_beside_the_price(
    printed: str, told: str, low: int | None, unit: str | None, kilo: int | None
) -> None:
    price = clean.price(printed, told)
    assert (price.min_vnd, price.unit, price.per_kg_vnd) == (low, unit, kilo)


def test_text_is_kept_as_read() -> None:
    assert clean.price(" 25.000\u00a0₫\n/ kg ").text == "25.000 ₫ / kg"


# --- generated texts ---------------------------------------------------------------------------------------------


def dotted(vnd: int) -> str:
    return f"{vnd:,}".replace(",", ".")


def decimal(vnd: int, scale: int) -> str:
    whole, rest = divmod(vnd, scale)
    fraction = f"{rest:0{len(str(scale)) - 1}d}".rstrip("0")
    return f"{whole},{fraction}" if fraction else str(whole)


def spoken(vnd: int) -> str:
    whole, rest = divmod(vnd, 1_000_000)
    return f"{whole}tr{f'{rest:06d}'.rstrip('0')}"


STYLES: Final[dict[str, Callable[[int], str]]] = {
    "dots": lambda vnd: f"{dotted(vnd)}đ",
    "dots, blank, sign": lambda vnd: f"{dotted(vnd)} ₫",
    "commas": lambda vnd: f"{vnd:,} VNĐ",
    "bare": str,
    "bare with currency": lambda vnd: f"{vnd} đồng",
    "currency before": lambda vnd: f"VND {vnd}",
    "cents": lambda vnd: f"{vnd:,}.00đ",
    "thousands": lambda vnd: f"{decimal(vnd, 1_000)}k",
    "nghìn": lambda vnd: f"{decimal(vnd, 1_000)} nghìn đồng",
    "millions": lambda vnd: f"{decimal(vnd, 1_000_000)} triệu",
    "billions": lambda vnd: f"{decimal(vnd, 1_000_000_000)} tỷ",
    "spoken millions": spoken,
}
# Prices as people set them: three significant digits, so that every style can print them exactly.
prices = st.builds(lambda digits, power: digits * 10**power, st.integers(1, 999), st.integers(2, 6)).filter(
    lambda vnd: 1_000 <= vnd < 10**8 and len(set(str(vnd))) > 1
)


@relaxed
@given(vnd=prices, style=st.sampled_from(sorted(STYLES)), unit=st.sampled_from(["", "/kg", " / ký", "/trái"]))
@example(vnd=1_250_000, style="spoken millions", unit="/kg")
def test_every_style_reads_back(vnd: int, style: str, unit: str) -> None:
    assume(style != "spoken millions" or vnd >= 1_000_000)
    printed = STYLES[style](vnd) + unit
    price = clean.price(printed)
    assert (price.status, price.min_vnd, price.max_vnd) == ("ok", vnd, vnd), printed
    assert price.unit == {"": None, "/kg": "kg", " / ký": "kg", "/trái": "trái"}[unit]
    assert price.per_kg_vnd == (vnd if price.unit == "kg" else None)
    assert clean.price(unicodedata.normalize("NFD", printed.upper())).min_vnd == vnd


@relaxed
@given(
    ends=st.tuples(prices, prices).map(sorted).filter(lambda ends: ends[0] < ends[1]),
    style=st.sampled_from(["dots", "commas", "thousands", "millions", "bare with currency"]),
    mark=st.sampled_from(["-", " - ", " – ", " đến ", " ~ "]),
)
def test_ranges_read_back(ends: list[int], style: str, mark: str) -> None:
    low, high = ends
    price = clean.price(f"{STYLES[style](low)}{mark}{STYLES[style](high)}/kg")
    assert (price.status, price.min_vnd, price.max_vnd, price.unit) == ("ok", low, high, "kg")


pieces = st.sampled_from(
    re.split(
        r"\|",
        "25|1.000|0|85|1,5|k|tr| triệu|đ|₫|/kg|kg|-| |từ |hộp 500g|%|~~|(|)|0912345678|$|liên hệ|giá cũ |còn |/|.|,|"
        "\u0301|x|2 tỷ|1e9|000| 1 |đến",
    )
)


@relaxed
@given(
    raw=st.one_of(st.text(max_size=60), st.lists(pieces, max_size=14).map("".join)),
    unit=st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["kg", "0 kg", "hộp 0g", "1.000 g"])),
)
@example(raw="1tr2" * 60, unit=None)
@example(raw="\ud800 25k", unit="\udfff")
@example(raw="İ25k", unit=None)
@example(raw="٢٥k", unit=None)
def test_any_text_gives_an_honest_price(raw: str, unit: str | None) -> None:
    price = clean.price(raw, unit)
    if price.status in CONTACTLESS:
        assert price.min_vnd is None
        assert price.max_vnd is None
        assert price.list_vnd is None
    elif price.status == "from":
        assert price.min_vnd is not None
        assert price.min_vnd > 0
        assert price.max_vnd is None
    else:
        assert price.min_vnd is not None
        assert price.max_vnd is not None
        assert price.min_vnd <= price.max_vnd < 10**13
        assert (price.min_vnd == 0) == (price.status == "upto")
    assert price.unit is None or price.unit in UNIT_NAMES
    if price.min_vnd:
        assert re.search("[0-9]", raw)


national = st.one_of(
    st.builds(
        lambda prefix, rest: f"{prefix}{rest:07d}",
        st.sampled_from(["032", "039", "052", "056", "070", "079", "081", "089", "090", "096", "099"]),
        st.integers(0, 9_999_999),
    ),
    st.builds(lambda rest: f"0272{rest:07d}", st.integers(2_000_000, 9_999_999)),
    st.builds(lambda rest: f"1900{rest:04d}", st.integers(1, 9_999)),
)
PHONE_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "plain": lambda phone: phone,
    "dots": lambda phone: f"{phone[:4]}.{phone[4:7]}.{phone[7:]}".rstrip("."),
    "blanks": lambda phone: f"{phone[:4]} {phone[4:7]} {phone[7:]}".rstrip(),
    "dashes": lambda phone: f"{phone[:4]}-{phone[4:7]}-{phone[7:]}".rstrip("-"),
    "country": lambda phone: f"+84{phone[1:]}" if phone[0] == "0" else phone,
    "country with blank": lambda phone: f"+84 {phone[1:]}" if phone[0] == "0" else phone,
    "country bare": lambda phone: f"84{phone[1:]}" if phone[0] == "0" else phone,
}


@relaxed
@given(
    phone=national,
    style=st.sampled_from(sorted(PHONE_FORMS)),
    label=st.sampled_from(["", "LH ", "ĐT: ", "Zalo ", "Giá: liên hệ "]),
)
@example(phone="19006000", style="blanks", label="")
@example(phone="0350000000", style="dots", label="")
def test_a_price_is_never_read_from_a_phone_number(phone: str, style: str, label: str) -> None:
    printed = label + PHONE_FORMS[style](phone)
    price = clean.price(printed)
    assert (price.min_vnd, price.status) == (None, "contact"), printed
    both = clean.price(f"25.000đ/kg, {printed}")
    assert (both.min_vnd, both.max_vnd, both.unit, both.status) == (25_000, 25_000, "kg", "ok")


@pytest.mark.parametrize("piece", ["1", "1.", "~~", "25k ", "(", "0912345678 ", "\u0301", "từ ", " ", "\u200b"])
def test_a_megabyte_is_read_in_linear_time(piece: str) -> None:
    assert clean.price(piece * (1_000_000 // len(piece)), piece * 1_000_000).min_vnd is None
