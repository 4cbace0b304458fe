"""Words typed for Telex and VNI, decoded; and what a syllable can be."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.fold import exact, fold
from search_index.keyboards import decode
from search_index.syllables import SYLLABLES, TONES, is_beginning, is_syllable, parted, respelled, written

TELEX_TONES = dict(zip(TONES, "sfrxj", strict=True))
VNI_TONES = dict(zip(TONES, "12345", strict=True))
TELEX_MARKS = {"â": "a", "ê": "e", "ô": "o", "ă": "w", "ơ": "w", "ư": "w", "đ": "d"}
VNI_MARKS = {"â": "6", "ê": "6", "ô": "6", "ă": "8", "ơ": "7", "ư": "7", "đ": "9"}

syllables = st.tuples(st.sampled_from(sorted(SYLLABLES)), st.sampled_from(["", *TONES])).filter(
    lambda syllable: is_syllable(*syllable)
)


@st.composite
def typed(draw: st.DrawFn, marks: dict[str, str], tones: dict[str, str]) -> tuple[str, str]:
    """A syllable, and one of the ways to type it: every key for a mark somewhere after its letter."""
    letters, tone = draw(syllables)
    keys = [fold(letter) for letter in letters]
    waiting = [(at, marks[letter]) for at, letter in enumerate(letters) if letter in marks]
    if "ươ" in letters and draw(st.booleans()):
        waiting.remove((letters.index("ư"), marks["ư"]))  # one key marks both
    if "oo" in letters and marks is TELEX_MARKS:
        waiting.append((letters.index("oo") + 1, "o"))  # and takes it back
    if tone:
        vowel = next(at for at, letter in enumerate(keys) if letter in "aeiouy")
        waiting.append((vowel, tones[tone]))
    placed: list[tuple[int, float, str]] = [(at, 0.0, key) for at, key in enumerate(keys)]
    for at, key in waiting:
        last = at if key == "o" and "oo" in letters else len(keys) - 1
        placed.append((draw(st.integers(at, last)), draw(st.floats(0.1, 1.0)), key))
    return written(letters, tone), "".join(key for *_, key in sorted(placed))


@given(typed(TELEX_MARKS, TELEX_TONES))
def test_every_way_to_type_a_syllable_in_telex_is_read(pair: tuple[str, str]) -> None:
    syllable, keys = pair
    assert keys == syllable or syllable in decode(keys)


@given(typed(VNI_MARKS, VNI_TONES))
def test_every_way_to_type_a_syllable_in_vni_is_read(pair: tuple[str, str]) -> None:
    syllable, keys = pair
    assert keys == syllable or syllable in decode(keys)


@given(st.text(max_size=12))
def test_only_syllables_come_out(word: str) -> None:
    for syllable in decode(word):
        letters, tone = parted(syllable)
        assert letters in SYLLABLES
        assert not tone or is_syllable(letters, tone)
        assert syllable != word.lower()


@given(typed(TELEX_MARKS, TELEX_TONES), st.integers(1, 12))
def test_beginnings_of_typed_words_are_beginnings(pair: tuple[str, str], length: int) -> None:
    for beginning in decode(pair[1][:length], begun=True):
        assert is_beginning(parted(beginning)[0])


@pytest.mark.parametrize(
    ("keys", "syllables"),
    [
        ("gaoj", "gạo"),
        ("gajo", "gạo"),
        ("Gaoj", "gạo"),
        ("GAOJ", "gạo"),
        ("nangf", "nàng"),
        ("thowm", "thơm"),
        ("dduwcs", "đức"),
        ("dduowngf", "đường"),
        ("duongdwf", "đường"),
        ("dduwowngf", "đường"),
        ("dduwongf", "đường"),
        ("ga5o", "gạo"),
        ("gao5", "gạo"),
        ("Gao5", "gạo"),
        ("GAO5", "gạo"),
        ("THO7M", "thơm"),
        ("biênr", "biển"),
        ("đees", "đế"),
        ("đuwowngf", "đường"),
        ("rượur", "rưởu"),
        ("tho7m", "thơm"),
        ("d9u7c1", "đức"),
        ("muaw", "mưa"),
        ("hoawcj", "hoặc"),
        ("hoaf", "hòa"),
        ("quys", "quý"),
        ("thuowr", "thuở"),
        ("gij", "gị"),
        ("tana", "tân"),
        ("xooong", "xoong"),
        ("oongs", "oóng ống"),
        ("gasf", "gà"),
        ("gajz", "ga"),
        ("tw", "tư"),
        ("ddac", "đac"),
    ],
)
def test_decodes(keys: str, syllables: str) -> None:
    assert decode(keys) == tuple(syllables.split())


@pytest.mark.parametrize(
    "word",
    ["ST25", "st25", "C/O", "OCOP", "5kg", "CO2", "OM5", "A4", "long", "gaoff", "gass", "nga(2)", "ga25", "", "s", "5",
     "gạo", "combo", "vietgap", "haccp", "kg", "0912345678", "gao-j", "hoà",
     "đường"],
)  # fmt: skip
def test_what_is_no_typed_syllable_is_left_alone(word: str) -> None:
    assert decode(word) == ()


def test_a_beginning_will_do_while_typing() -> None:
    assert decode("thow", begun=True) == ("thơ",)
    assert decode("dduow", begun=True) == ("đuơ", "đươ")
    assert decode("nghieen", begun=True) == ("nghiên",)
    assert decode("thuw", begun=True) == ("thư",)
    assert decode("dduw") == ("đư",)


@given(syllables)
def test_a_syllable_is_written_as_people_write_it(syllable: tuple[str, str]) -> None:
    word = written(*syllable)
    assert normalize("NFC", word) == word
    assert parted(word) == syllable
    assert respelled(exact(word)) == word


@pytest.mark.parametrize(
    "word",
    [
        "hòa",
        "hoàng",
        "ngoài",
        "quý",
        "quỷ",
        "giữa",
        "thuở",
        "khuỷu",
        "xoài",
        "rượu",
        "đường",
        "gì",
        "giếng",
        "mía",
        "tía",
        "bưởi",
    ],
)
def test_the_tone_stands_on_its_vowel(word: str) -> None:
    assert respelled(exact(word)) == word
