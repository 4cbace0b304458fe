"""Whether two names are one seller's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.seller_names import alike, core


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("HTX SX - TM - DV Nông nghiệp Đồng Xanh", ("dong", "xanh")),
        ("Công ty TNHH MTV Vườn Sớm", ("som",)),
        ("Cơ sở sản xuất Bà Thảo", ("ba", "thao")),
        ("Cơ sở khô cá Út Rẫy", ("ut", "ray")),
        ("Hợp tác xã Thanh long Tầm Vu", ("tam", "vu")),
        ("HKD Ngô Hữu Mẫu", ("ngo", "huu", "mau")),  # no corn
        ("HỘ NÔNG DÂN HỒ KIM MẪU", ("ho", "kim", "mau")),  # no household
        ("Ho Le Thi Mau", ("le", "thi", "mau")),
        ("Đặc sản Cánh Tràm Long An", ("canh", "tram")),
        ("CTY Thanh long", ()),
        ("HTX", ()),
        ("", ()),
    ],
)
def test_what_is_left_of_a_name(name: str, words: tuple[str, ...]) -> None:
    assert core(name).words == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTX Nông nghiệp Đồng Xanh", "Shop Đồng Xanh Cần Đước"),
        ("HTX Thanh long Dương Xuân Xanh", "Nông sản Dương Xuân Xanh"),
        ("HKD PHAN THỊ MẪU", "Shop Phan Thi Mau"),
        ("Phan Tấn Mẫu Store", "Hộ sản xuất Phan Tấn Mẫu"),
        ("Ho Kim Mau", "Gian hàng Hồ Kim Mẫu"),
        ("Cong ty TNHH SX & TM Kenh Biec", "Công ty TNHH SX và TM Kênh Biếc"),
    ],
)
def test_names_of_one_seller(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTX Đồng Xanh", "HTX Đồng Vàng"),
        ("HTX", "Hợp tác xã"),
        ("HTX Thanh long", "Shop Thanh long"),
        ("Hộ Phan Thị Mẫu", "Hộ Phan Thị Mẫu Hai"),  # a person only whole
        ("Phan Thị Mẫu", "Mẫu Phan Thị"),
        ("Lê Thị Mẫu", "HTX Lê Thị Mẫu Đồng Xanh"),
        ("HTX Nông nghiệp Đồng Xanh", "HTX Nông nghiệp Đồng Xanh 2"),
        ("HTX Tầm Vu", "Shop Nắng Sớm Tầm Vu"),  # a place is no name
        ("HTX Sớm", "HTX Nắng Sớm"),
        ("HTX Đồng Nắng Xanh", "Shop Đồng Xanh"),
    ],
)
def test_names_of_two_sellers(one: str, other: str) -> None:
    assert not alike(one, other)


names = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(["HTX", "Hộ", "ho", "Hồ", "Lê", "Thị", "Mẫu", "Đồng", "Xanh", "thanh", "long", "2", "-", "Út"]),
        max_size=7,
    ).map(" ".join),
)


@given(names, names)
def test_likeness_goes_both_ways_and_never_raises(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert alike(one, one) == bool(core(one).words)
