"""A certificate with a number against a mere claim."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue import certificates

NUMBERED = [
    "VietGAP-TT-13-05-80-0042",
    "OCOP 4 sao, QĐ 1185/QĐ-UBND ngày 20/03/2024",
    "Giấy chứng nhận đủ điều kiện ATTP số 123/2024/NNPTNT-LAN",
    "GGN 4049928415684",
    "Mã vùng trồng VN-LAOR-0123",
    "HACCP số: HC-22017",
]
CLAIMED = [
    "VietGAP",
    "OCOP 4 sao",
    "ISO 22000:2018",
    "FSSC 22000",
    "Hữu cơ TCVN 11041-2:2017",
    "Rau sạch",
    "HACCP 2023",
    "VietGAP 32 ha",
    "VietGAP đến 09/2027",
    "Giấy cam kết sản xuất TPAT theo Thông tư 17/2018/TT-BNNPTNT",
    "",
]


@pytest.mark.parametrize("text", NUMBERED)
def test_the_number_of_a_paper_counts(text: str) -> None:
    assert certificates.is_numbered(text)


@pytest.mark.parametrize("text", CLAIMED)
def test_the_number_of_a_standard_or_a_date_is_none_of_a_paper(text: str) -> None:
    assert not certificates.is_numbered(text)


def test_numbered_ones_come_first_and_each_stands_once() -> None:
    read = certificates.read(["VietGAP", " VietGAP ", "VietGAP-TT-13-05-80-0042", ""])
    assert [(item.text, item.numbered) for item in read] == [("VietGAP-TT-13-05-80-0042", True), ("VietGAP", False)]
    assert certificates.read(None) == ()


def test_what_is_said_to_be_missing_is_no_certificate() -> None:
    texts = ["Chưa có chứng nhận VietGAP", "Chưa có HACCP, đã có VietGAP", "Rau sạch", "Không có"]
    assert [item.text for item in certificates.read(texts)] == texts[1:]


@given(st.text(max_size=120))
def test_any_text_can_be_judged(text: str) -> None:
    assert certificates.is_numbered(text) in (True, False)


@pytest.mark.parametrize(
    ("texts", "title", "stars", "codes"),
    [
        (["VietGAP"], "", None, ("vietgap",)),
        (["VietGAP-TT-13-05-80-0042"], "", None, ("vietgap", "vietgap-co-so")),
        (["VIETGAHP chăn nuôi"], "", None, ("vietgap",)),
        (["Global G.A.P."], "", None, ("globalgap",)),
        (["GGN 4049928415684"], "", None, ("globalgap", "globalgap-co-so")),
        (["HACCP, ISO 22000:2018"], "", None, ("haccp", "iso-22000")),
        (["Hữu cơ TCVN 11041-2:2017"], "", None, ("huu-co",)),
        ([], "Gạo hữu cơ, VietGAP", None, ("vietgap", "huu-co")),
        (None, "Phân bón hữu cơ vi sinh", None, ()),
        (None, "Xoài cát OCOP 4 sao", None, ("ocop-4",)),
        (None, "Khô cá 5 sao OCOP", None, ("ocop-5",)),
        (["OCOP 3 sao"], "", 4, ("ocop-3", "ocop-4")),
        (None, "Gạo", 3, ("ocop-3",)),
        (None, "Gạo đạt chuẩn 5 sao", None, ()),
        (None, "Gạo", 0, ()),
        (None, "", None, ()),
        (["OCOP năm 2023 đạt 4 sao"], "", None, ("ocop-4",)),
        (["OCOP: ★★★★"], "", None, ("ocop-4",)),
        (["OCOP ★★★★★"], "", None, ("ocop-5",)),
        (["OCOP cấp tỉnh, 3 sao"], "", None, ("ocop-3",)),
        (["OCOP, khách chấm 5 sao"], "", None, ()),
        (["Chưa đạt OCOP 3 sao"], "", None, ()),
        (["Chưa có chứng nhận VietGAP"], "", None, ()),
        (["Không có VietGAP"], "", None, ()),
        (["không có VietGAP, GlobalGAP hay HACCP"], "", None, ()),
        (["Chưa được cấp giấy chứng nhận VietGAP"], "", None, ()),
        (["chua co chung nhan vietgap"], "", None, ()),
        (["đang chuyển đổi hữu cơ"], "", None, ()),
        (["Đang trong giai đoạn chuyển đổi sang hữu cơ"], "", None, ()),
        (["Đang làm hồ sơ VietGAP"], "", None, ()),
        (["VietGAP: chưa có"], "", None, ()),
        (["VietGAP (đang chờ cấp)"], "", None, ()),
        (["VietGAP hết hạn"], "", None, ()),
        (["Chưa có HACCP, đã có VietGAP"], "", None, ("vietgap",)),
        (["Không thuốc trừ sâu, VietGAP"], "", None, ("vietgap",)),
        (["VietGAP không dùng thuốc trừ sâu"], "", None, ("vietgap",)),
        (["Đang có chứng nhận VietGAP"], "", None, ("vietgap",)),
        (None, "Cà chua VietGAP", None, ("vietgap",)),
        (None, "Ca chua dat VietGAP", None, ("vietgap",)),
        (None, "Sữa chua hữu cơ", None, ("huu-co",)),
        (None, "Dưa chua VietGAP", None, ("vietgap",)),
    ],
)
def test_a_claim_can_be_filtered_by_and_stays_a_claim(
    texts: list[str] | None, title: str, stars: int | None, codes: tuple[str, ...]
) -> None:
    assert certificates.codes(texts, title, stars) == codes


def test_a_number_in_a_title_is_no_number_of_a_paper() -> None:
    assert certificates.codes(None, "Rau VietGAP mã 123456") == ("vietgap",)


@given(st.lists(st.text(max_size=60), max_size=4), st.text(max_size=60), st.none() | st.integers(-1, 9))
def test_every_code_has_a_name(texts: list[str], title: str, stars: int | None) -> None:
    assert set(certificates.codes(texts, title, stars)) <= certificates.names().keys()
