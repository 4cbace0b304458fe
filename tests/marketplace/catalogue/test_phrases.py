"""The frequent words of a catalogue come out of its titles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.phrases import frequent


def test_a_beginning_grows_while_nearly_all_titles_go_on_alike() -> None:
    titles = ["Chanh không hạt Bến Lức", "Chanh không hạt loại 1", "CHANH KHÔNG HẠT", "Chanh không hạt, thùng 10 kg"]
    assert frequent(titles, 3) == ["chanh không hạt"]


def test_a_beginning_that_parts_in_two_takes_the_more_frequent_one() -> None:
    titles = ["Thanh long ruột đỏ"] * 5 + ["Thanh long ruột trắng"] * 4
    assert frequent(titles, 3) == ["thanh long ruột đỏ"]


def test_a_beginning_that_parts_into_many_stops() -> None:
    titles = [f"Gạo {name}" for name in ("Nàng Thơm", "Nàng Hoa", "Tài Nguyên", "Một Bụi", "Hương Lài", "Huyết Rồng")]
    assert frequent(titles, 3) == ["gạo"]


def test_packaging_and_single_titles_say_nothing() -> None:
    assert frequent(["Combo trái cây", "Combo trái cây", "Hộp quà Tết", "Mít tố nữ", "5 kg gạo"], 3) == []


def test_the_most_frequent_comes_first() -> None:
    titles = ["Khoai mỡ"] * 3 + ["Lạp xưởng"] * 5 + ["Mắm còng"] * 2
    assert frequent(titles, 2) == ["lạp xưởng", "khoai mỡ"]


@given(st.lists(st.text(max_size=40), max_size=30), st.integers(0, 8))
def test_any_titles_give_at_most_the_wanted_number(titles: list[str], limit: int) -> None:
    assert len(frequent(titles, limit)) <= limit
