"""When two listings of one seller are the same product."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.catalogue.same_product import Goods, likeness, pack
from search_index.fold import has_marks

SELLER = "HTX Dương Xuân Xanh"


def goods(title: str, unit: str | None = None, group: str | None = None, seller: str = SELLER) -> Goods:
    return Goods(title, unit, group, seller)


@pytest.mark.parametrize(
    ("here", "there", "why"),
    [
        ("Gạo ST25", "GẠO ST25", "tên hàng giống nhau"),
        ("Khóm Bến Lức", "Dứa Bến Lức", "tên hàng giống nhau"),
        ("thanh long ruot do VietGAP", "Thanh long ruột đỏ OCOP 4 sao", "tên hàng giống nhau"),
        ("Gạo huyết rồng - đặc sản & quà quê", "Gạo huyết rồng giá tốt", "tên hàng giống nhau"),
        ("Mía cây Dương Xuân Xanh", "Mía cây", "tên hàng giống nhau"),
        ("Mật ong tràm 500 ml", "Mật ong tràm chai 1 lít", "tên hàng giống nhau; khác cách đóng gói"),
        (
            "Thanh long ruột đỏ loại 1, thùng 10 kg",
            "Combo túi 2kg THANH LONG RUỘT ĐỎ LOẠI 1",
            "tên hàng giống nhau; khác cách đóng gói",
        ),
        ("Khô cá lóc", "Khô cá lóc Tân Hưng, nhà làm", "tên hàng gần giống, nơi kia ghi thêm “tân hưng nhà làm”"),
        ("Tiêu hữu cơ", "Tiêu organic", "tên hàng giống nhau"),
        ("Tôm thẻ chân trắng size 40", "Tôm thẻ", "tên hàng gần giống, ở đây ghi thêm “size 40”"),
    ],
)
def test_one_product(here: str, there: str, why: str) -> None:
    found = likeness(goods(here), goods(there, seller="Shop quà miền Tây"))
    assert found is not None
    assert found.why == why
    assert found.exact == ("gần giống" not in why)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("Gạo ST25", "Gạo Nàng Thơm Chợ Đào"),
        ("Gạo ST25", "Gạo ST24"),
        ("Thanh long ruột đỏ", "Thanh long ruột trắng"),
        ("Thanh long ruột đỏ", "Thanh long ruột đỏ sấy dẻo"),
        ("Bưởi năm roi", "Bưởi da xanh"),
        ("Chanh không hạt", "Cây giống chanh không hạt"),
        ("Lạp xưởng tươi", "Lạp xưởng tôm"),
        ("Đế Gò Đen 31%", "Đế Gò Đen 41%"),
        ("Bánh tét nhân chuối", "Bánh tét nhân đậu thịt"),
        ("Thanh long ruột đỏ loại 1", "Thanh long ruột đỏ loại 2"),
        ("Chiếu lác 1m6", "Chiếu lác 1m8"),
        ("Muối tôm Tây Ninh", "Muối tiêu Tây Ninh"),
        ("Gạo", "Gạo dẻo thơm miền Tây"),
        ("Thịt heo", "Thịt heo rừng"),
        ("Thịt heo", "Thịt heo ba chỉ"),
        ("Nước mắm", "Nước mắm 40 độ đạm"),
        ("Gạo lứt", "Gạo lứt đỏ"),
        ("Gạo lứt", "Gạo lứt huyết rồng"),
        ("Bánh tráng", "Bánh tráng mè"),
        ("Tiêu", "Tiêu hữu cơ"),
        ("Tiêu", "Tiêu organic"),
        ("Khô cá lóc", "Khô cá lóc một nắng"),
        ("Thanh long ruột đỏ", "Thanh long ruột đỏ loại 1"),
        ("5kg", "5kg"),
        ("", ""),
    ],
)
def test_two_products(here: str, there: str) -> None:
    assert likeness(goods(here), goods(there)) is None
    assert likeness(goods(there), goods(here)) is None


def test_one_word_of_a_sellers_name_may_be_a_sorts() -> None:
    assert likeness(goods("Bánh tráng"), goods("Bánh tráng mè", seller="HTX Mè Vàng")) is None
    assert likeness(goods("Bánh tráng"), goods("Bánh tráng Mè Vàng", seller="HTX Mè Vàng")) is not None


def test_a_sellers_name_may_hold_goods_and_may_not_hide_a_sort() -> None:
    mill = "Tổ liên kết sản xuất Khóm Tiếng Lúa"
    titled = goods("Chanh không hạt Tiếng Lúa", seller="Tiếng Lúa Store")
    found = likeness(titled, goods("Chanh không hạt", seller=mill))
    assert found is not None
    assert found.exact
    assert likeness(goods("Tiêu", seller="HTX hữu cơ Đồng Xanh"), goods("Tiêu hữu cơ", seller="HTX hữu cơ Sớm")) is None


def test_groups_that_differ_are_two_products_whatever_the_titles_say() -> None:
    assert likeness(goods("Chanh", group="02"), goods("Chanh", group="11")) is None


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        (("Gạo ST25", "kg"), ("Gạo ST25 túi 5kg", None), True),
        (("Gạo ST25", "túi 5kg"), ("Gạo ST25 5 kg", "túi"), False),
        (("Mật ong tràm", "chai 500ml"), ("Mật ong tràm 0,5 lít", None), False),
        (("Trứng gà ta", "vỉ 10"), ("Trứng gà ta", "hột"), True),
        (("Gạo ST25", None), ("Gạo ST25", "kg"), False),  # not told is no difference
    ],
)
def test_another_pack_is_told(here: tuple[str, str | None], there: tuple[str, str | None], *, told: bool) -> None:
    found = likeness(goods(*here), goods(*there))
    assert found is not None
    assert ("khác cách đóng gói" in found.why) is told


def test_a_pack_is_read_from_the_unit_and_else_from_the_title() -> None:
    assert pack(goods("Gạo ST25, bao 50 kg", "bao")) == "bao 50 kg"
    assert pack(goods("Gạo ST25, bao 50 kg", "túi 5kg")) == "túi 5kg"
    assert pack(goods("Gạo ST25", "kg")) == "kg"
    assert pack(goods("Rượu đế 41 độ")) == ""


titles = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from(
            [
                "Gạo",
                "ST25",
                "thanh",
                "long",
                "ruột",
                "đỏ",
                "trắng",
                "túi",
                "5kg",
                "loại",
                "1",
                "VietGAP",
                "khô",
                "cá",
                "lóc",
                "mật",
                "ong",
                "500ml",
            ]
        ),
        max_size=8,
    ).map(" ".join),
)


@settings(deadline=None)  # the first example reads the tables
@given(titles, titles)
def test_the_order_makes_no_difference_to_the_verdict(one: str, other: str) -> None:
    forth, back = likeness(goods(one), goods(other)), likeness(goods(other), goods(one))
    assert (forth is None) == (back is None)
    assert forth is None or back is None or forth.exact == back.exact


@settings(deadline=None)  # the first example reads the tables
@given(titles)
def test_a_title_is_like_itself_in_any_spelling_or_tells_nothing(title: str) -> None:
    spelt = likeness(goods(title), goods(normalize("NFD", f"  {title} giá tốt")))
    same = likeness(goods(title), goods(title))
    assert same is None or same.exact
    if same is not None and has_marks(title) and title.isprintable() and not title.endswith(tuple("0123456789")):
        assert spelt is not None
