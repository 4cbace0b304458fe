"""The two spellings of a word."""

from __future__ import annotations

from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.fold import exact, fold, has_marks


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đậu phộng", "dau phong"),
        ("ĐẬU PHỘNG", "dau phong"),
        ("Thủ Thừa", "thu thua"),
        ("nghiêng ngửa ướt ỷ", "nghieng ngua uot y"),
        ("Ðậu", "dau"),  # the Icelandic eth, which looks the same
        ("Ɖậu", "dau"),
        ("thuỷ thủy", "thuy thuy"),
        ("Hoà HÒA", "hoa hoa"),
        ("５ｋｇ", "5kg"),
        ("m²", "m2"),
        ("𝐆ạ𝐨", "gao"),  # letters of mathematics, used in titles to look bold
        ("gạo\u200dnếp\ufeff", "gaonep"),
        ("đường\u00adphèn", "duongphen"),
        ("gạo\u200bnếp", "gao\u200bnep"),
        ("100% C/O", "100% c/o"),
        ("", ""),
    ],
)
def test_folds(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà", "hòa"),
        ("hoá", "HÓA"),
        ("toè", "tòe"),
        ("thuỷ", "thủy"),
        ("quý", "qúy"),
        ("tiếng", normalize("NFD", "tiếng")),
        ("khuỷu", "khủyu"),
        ("Ðức", "Đức"),
    ],
)
def test_one_spelling_however_it_is_typed(one: str, other: str) -> None:
    assert exact(one) == exact(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("gạo", "gáo"), ("gạo", "gao"), ("đa", "da"), ("ốc", "óc"), ("ơ", "o"), ("ă", "a"), ("ngã", "ngả")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert exact(one) != exact(other)
    assert fold(one) == fold(other)


@pytest.mark.parametrize("text", ["gạo", "đa", "ô", "cỏ", normalize("NFD", "ớt"), "Ð"])
def test_sees_marks(text: str) -> None:
    assert has_marks(text)


@pytest.mark.parametrize("text", ["", "gao", "ST25", "Müller", "🍉", "5kg"])
def test_sees_no_marks(text: str) -> None:
    assert not has_marks(text)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_exact_spelling_twice_changes_nothing(text: str) -> None:
    assert exact(exact(text)) == exact(text)


@given(st.text())
def test_composed_and_decomposed_are_one(text: str) -> None:
    for spell in (fold, exact):
        assert spell(normalize("NFC", text)) == spell(normalize("NFD", text)) == spell(text)


@given(st.text())
def test_no_mark_is_left(text: str) -> None:
    folded = fold(text)
    assert "đ" not in folded
    assert not any(combining(letter) for letter in folded)


@given(st.text())
def test_the_exact_spelling_says_all_that_the_folded_one_does(text: str) -> None:
    assert fold(exact(text)) == fold(text)


@given(st.text(st.characters(exclude_categories=[])))
def test_takes_any_text_even_half_characters(text: str) -> None:
    assert isinstance(fold(text), str)
    assert isinstance(exact(text), str)
    assert has_marks(text) in (True, False)
