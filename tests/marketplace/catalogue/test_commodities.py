"""Which commodities a title offers."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.sandbox.vocabulary import Good, goods
from marketplace.catalogue import commodities
from marketplace.catalogue.categories import classify
from marketplace.catalogue.commodities import of_title
from search_index import fold

# Titles of real products of the province, from its OCOP lists and newspapers (2021–2023), with what they are.
REAL = {
    "Đế Gò Đen Gold 41%": "ruou-de-go-den",
    "Khô cá dứa": "kho-ca-dua",
    "Gạo đặc sản Nàng Hoa - Bảy Sánh": "gao-nang-hoa",
    "Gạo đặc sản ST25 - Bảy Sánh": "gao-st25",
    "Dưa leo": "dua-leo",
    "Bầu sao": "bau",
    "Lạp xưởng tươi Cô Châu": "lap-xuong-tuoi",
    "Mắm cà pháo/cà trắng Bà Thảo": "mam-ca-phao",
    "Cà na đập giập trộn muối ớt": "ca-na-tron-muoi-ot",
    "Nấm bào ngư tươi Thanh Nhàn": "nam-bao-ngu",
    "Gạo Gốc Tím": "gao-goc-tim",
    "Thanh long đỏ lên men": "thanh-long-len-men",
    "Chuối Fohla": "chuoi-gia",
    "Khóm Bến Lức": "khom",
    "Khoai mỡ Thạnh Hóa": "khoai-mo",
    "Nếp Thủ Thừa": "nep",
    "Chiếu lác Long Cang": "chieu-lac",
}


@pytest.mark.parametrize(("title", "slug"), REAL.items())
def test_a_real_product_is_of_its_commodity(title: str, slug: str) -> None:
    assert of_title(title) == (slug,)


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("Thanh long ruột đỏ loại 1, thùng 10 kg", ["thanh-long-ruot-do"]),
        ("THANH LONG RUỘT TRẮNG", ["thanh-long-ruot-trang"]),
        ("Thanh long Tầm Vu", ["thanh-long"]),
        ("Thanh long ruột đỏ sấy dẻo", ["thanh-long-say"]),
        ("GAO NANG THOM CHO DAO", ["gao-nang-thom-cho-dao"]),
        ("Gạo Nàng Thơm Chợ Đào lúa mùa", ["gao-nang-thom-cho-dao"]),
        ("Gao ST25 Sóc Trăng", ["gao-st25"]),
        ("Dứa Queen", ["khom"]),
        ("Lạc nhân đỏ", ["dau-phong"]),
        ("Bắp cải trắng", ["bap-cai"]),
        ("Bắp nếp", ["bap-nep"]),
        ("Trứng gà ta", ["trung-ga"]),
        ("Cây giống chanh không hạt", ["cay-giong-chanh-khong-hat"]),
        ("Bưởi da xanh, bưởi năm roi", ["buoi-da-xanh", "buoi-nam-roi"]),
        ("Rau Cần Giuộc: xà lách xoong, rau má và rau quế", ["xa-lach-xoong", "rau-ma", "hung-que"]),
        # a list that leaves out the common head
        ("Thanh long ruột đỏ và ruột trắng", ["thanh-long-ruot-do", "thanh-long-ruot-trang"]),
        ("Thanh long ruột đỏ/trắng", ["thanh-long-ruot-do", "thanh-long-ruot-trang"]),
        ("Bưởi da xanh, năm roi", ["buoi-da-xanh", "buoi-nam-roi"]),
        ("Gạo ST25, thơm dẻo", ["gao-st25"]),
        # no commodity, or none that can be told
        ("Thịt heo rừng", []),
        ("Thịt bò viên", []),
        ("Hành tím phi", []),
        ("Bánh xoài", []),
        ("Phân gà ta", []),
        ("Sữa tắm mật ong", []),
        ("Chanh không hạt sấy lạnh", []),
        ("Heo quay", []),
        ("Gạo", []),
        ("", []),
    ],
)
def test_a_title_is_read_as_a_buyer_reads_it(title: str, slugs: list[str]) -> None:
    assert of_title(title) == tuple(slugs)


@pytest.mark.parametrize("one", commodities.commodities(), ids=lambda one: one.slug)
def test_every_name_leads_to_its_own_commodity(one: commodities.Commodity) -> None:
    for name in one.names:
        # A variety without the goods ("ST25") names a commodity, but its group is told by the words around it.
        expected = (one.slug,) if classify(name) == one.group else ()
        assert of_title(name) == expected
    assert any(of_title(name) for name in one.names)


def test_there_are_enough_to_compare_and_each_tells_its_source() -> None:
    told = commodities.commodities()
    assert len(told) >= 80
    assert all(one.source for one in told)
    assert [one.group for one in told] == sorted(one.group for one in told)


@pytest.mark.parametrize("good", goods(), ids=lambda good: good.name)
def test_whatever_the_sandbox_sells_is_a_commodity(good: Good) -> None:
    assert len(of_title(good.name)) == 1


@settings(deadline=None)  # the first example reads the tables
@given(st.text(max_size=60))
@example("ngò\u0303")
@example("İ, ß & ﬁ")
def test_any_text_can_be_read(text: str) -> None:
    assert set(of_title(text)) <= {one.slug for one in commodities.commodities()}


@settings(deadline=None)  # the first example reads the tables
@given(st.sampled_from(commodities.commodities()))
def test_capitals_and_the_decomposed_form_change_nothing(one: commodities.Commodity) -> None:
    for name in one.names:
        assert of_title(normalize("NFD", name.upper())) == of_title(name)


def test_words_without_marks_are_not_guessed_where_they_may_be_others() -> None:
    assert of_title("bo") == ()
    assert of_title(fold.fold("Chanh không hạt")) == ("chanh-khong-hat",)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Gạo,Gạo,03,,,x", "line 2: slug 'Gạo'"),
        ("gao,Gạo,77,,,x", "line 2: unknown group '77'"),
        ("gao,Gạo (khác),03,,,x", "line 2: gao has no name"),
        ('gao,Gạo,03,"a, b",,x', "line 2: 'a, b' holds"),
        ("gao,Gạo,03,,x", "line 2: expected 6 columns"),
        ("gao,Gạo,03,,,x\nlua,Lúa,03,gạo,,x", "line 3: 'gạo' is already a name of gao"),
    ],
)
def test_a_fault_in_an_edited_table_is_told_with_its_line(tmp_path: Path, line: str, fault: str) -> None:
    file = tmp_path / "commodities.csv"
    file.write_text(f"slug,name,group,names,other,source\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^commodities\.csv, ") as told:
        commodities.check(file)
    assert fault in str(told.value)
