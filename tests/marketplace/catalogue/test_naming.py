"""The names of goods among titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.naming import names_of_goods, reach, syllables
from search_index.fold import fold


def names(titles: list[str], typed: str) -> list[str]:
    return names_of_goods(titles, [syllables(typed)])


def test_a_name_ends_where_every_seller_goes_on_in_his_own_way() -> None:
    own = [f"Thịt heo ba rọi {farm}" for farm in ("Mưa Ban Mai", "Nắng Cò", "Huỳnh Minh", "Ngô Hữu", "Lý Tấn")]
    assert names([*own, "Thịt heo xay", "Thịt heo xay"], "thịt") == ["thịt heo ba rọi", "thịt heo xay"]


def test_a_name_goes_on_where_titles_do() -> None:
    titles = ["Thanh long ruột trắng"] * 9 + ["Thanh long ruột đỏ"]
    assert names(titles, "thanh long") == ["thanh long ruột trắng", "thanh long ruột đỏ"]


def test_a_shorter_name_stays_beside_the_longer_one() -> None:
    assert names(["Gạo ST25"] * 3 + ["Gạo ST25 hút chân không"] * 2, "gạo") == ["gạo ST25", "gạo ST25 hút chân không"]


def test_names_that_begin_so_come_first() -> None:
    assert names(["Bánh tráng gạo lứt"] * 3 + ["Gạo lứt"], "gạo") == ["gạo lứt", "bánh tráng gạo lứt"]
    assert names(["Tôm thẻ chân trắng", "Chanh"], "ch") == ["chanh", "tôm thẻ chân trắng"]


def test_a_name_may_end_with_what_was_typed() -> None:
    assert names(["Thịt heo", "Heo"], "heo") == ["thịt heo"], "what stands in the box already is not offered"


def test_somebody_in_the_middle_of_a_word_is_shown_the_word() -> None:
    assert names(["Chanh không hạt", "Chanh đào"], "cha")[0] == "chanh"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Gạo Nàng Thơm, túi 5 kg", "gạo nàng thơm"),
        ("GẠO NÀNG THƠM túi 5kg", "gạo nàng thơm"),
        ("Gạo VietGAP ST25 (Cần Đước)", "gạo VietGAP ST25"),
        ("Gạo – đặc sản", "gạo"),
    ],
)
def test_signs_sizes_and_packing_are_no_part_of_a_name(title: str, name: str) -> None:
    assert names([title], "gạ") in ([name], ["gạo", name])


@pytest.mark.parametrize("typed", ["5kg", "cần đước", "nàng gạo", "gáo nàng", "đặc sản"])
def test_what_is_not_in_the_name_gives_none(typed: str) -> None:
    assert names(["Gạo nàng thơm, đặc sản (Cần Đước) 5kg"], typed) == []


def test_marks_count_once_a_word_is_finished() -> None:
    words = syllables("Hộ Lý Tấn Khoa")
    assert reach(words, syllables("tấn k")) == reach(words, syllables("tan k")) == 4
    assert reach(words, syllables("tân k")) == 0
    assert reach(words, syllables("tâ")) == reach(words, syllables("tân")) == 3, "the tone may be still to come"
    assert reach(words, syllables("tận")) == 0
    assert reach(syllables("Ho Ly Tan Khoa"), syllables("tấn")) == 3


@given(titles=st.lists(st.text("gạoGẠO nàng-,5", max_size=20), max_size=12), typed=st.text("gạo ná5,", max_size=8))
def test_names_begin_titles_hold_what_was_typed_and_come_once(titles: list[str], typed: str) -> None:
    found = names(titles, typed)
    assert len({fold(name) for name in found}) == len(found)
    for name in found:
        assert any(fold(" ".join(word.text for word in syllables(title))).startswith(fold(name)) for title in titles)
        assert reach(syllables(name), syllables(typed))
