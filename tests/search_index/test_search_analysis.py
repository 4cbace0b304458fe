"""The chain from text to terms, seen from its doors `words`, `entry` and `plan`."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from search_listings import listing

from search_index import analysis, planning
from search_index.analysis import WEIGHT_STEP, WORDS, Phrase
from search_index.documents import MAX_BOOST, MIN_BOOST, Query
from search_index.fold import exact

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


def folded(text: str) -> list[str]:
    return [word.folded for word in analysis.words(text)]


def required(text: str, **more: Any) -> list[tuple[str, ...]]:
    return [group[0].terms for group in planning.plan(Query(text=text, **more)).required]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Đậu phộng rang", ["dau", "phong", "rang"]),
        ("túi 5kg", ["tui", "5", "kg"]),
        ("túi 5 kg", ["tui", "5", "kg"]),
        ("Gạo ST25 🌾 100%", ["gao", "st", "25", "100"]),
        ("C/O, CO-CQ", ["c", "o", "co", "cq"]),
        ("TP.HCM", ["tp", "hcm"]),
        ("0,5kg", ["0", "5", "kg"]),
        ("gạo,nếp", ["gao", "nep"]),
        ("5️⃣ món", ["5", "mon"]),
        ("1_000 cây", ["1", "000", "cay"]),
        ("🍉🍉 !!!", []),
        ("", []),
    ],
)
def test_cuts_into_words(text: str, terms: list[str]) -> None:
    assert folded(text) == terms


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("đậu phộng", [("dau",), ("phong",)]),
        ("ST25", [("st", "25")]),
        ("gạo ST-25", [("gao",), ("st", "25")]),
        ("C/O", [("c", "o")]),
        ("c/o", [("c", "o")]),
        ("1/2 con", [("1", "2"), ("con",)]),
        ("1⁄2", [("1", "2")]),
        ("km/h", [("km", "h")]),
        ("25k/kg", [("25", "k", "kg")]),
        ("ST24/ST25", [("st", "24", "st", "25")]),
        ("heo/lợn", [("heo",), ("lon",)]),
        ("heo/lợn/bò tơ", [("heo",), ("lon",), ("bo",), ("to",)]),
        ("thanh long/chanh", [("thanh",), ("long",), ("chanh",)]),
        ("gạo/nếp ST-25/OM18", [("gao",), ("nep",), ("st", "25", "om", "18")]),
        ('"heo/lợn"', [("heo", "lon")]),
        ("0,5kg", [("0", "5", "kg")]),
        ("gạo,nếp", [("gao",), ("nep",)]),
        ("gạo;nếp", [("gao",), ("nep",)]),
        ('"nàng thơm" gạo', [("nang", "thom"), ("gao",)]),
        ("“nàng thơm”", [("nang", "thom")]),
        ('gạo "', [("gao",)]),
        ('"" gạo', [("gao",)]),
        ("gạo gạo GAO", [("gao",)]),
        ("gạo - nếp", [("gao",), ("nep",)]),
        ("gạo-nếp", [("gao", "nep")]),
        ("  ", []),
    ],
)
def test_reads_a_query(text: str, groups: list[tuple[str, ...]]) -> None:
    assert required(text) == groups


def test_exact_query_keeps_the_letters() -> None:
    assert required("Gạo HOÀ", exact=True) == [(exact("gạo"),), (exact("hòa"),)]


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("gạo -nep", [Phrase("words", ("nep",))]),
        ("gạo -nếp", [Phrase("exact", (exact("nếp"),)), Phrase("places_exact", (exact("nếp"),))]),
        ('-"nang thom"', [Phrase("words", ("nang", "thom")), Phrase("places", ("nang_thom",))]),
        (
            '-"bến lức"',
            [
                Phrase("exact", (exact("bến"), exact("lức"))),
                Phrase("places_exact", (f"{exact('bến')}_{exact('lức')}",)),
            ],
        ),
        ('-"a b c d e"', [Phrase("words", ("a", "b", "c", "d", "e"))]),
        ("gạo -", []),
        ("gạo --", []),
        ("a-b", []),
    ],
)
def test_reads_what_is_unwanted(text: str, excluded: list[Phrase]) -> None:
    assert list(planning.plan(Query(text=text)).excluded) == excluded


@pytest.mark.parametrize("text", ["???", "🍉", '""', "-", "…"])
def test_a_text_without_words_finds_nothing(text: str) -> None:
    assert planning.plan(Query(text=text)).nothing


@pytest.mark.parametrize("text", ["", " \n\t\u00a0"])
def test_no_text_asks_for_everything(text: str) -> None:
    assert not planning.plan(Query(text=text)).nothing


def test_an_enormous_query_costs_no_more_points_than_a_long_one() -> None:
    long = planning.plan(Query(text=" ".join(f"gạo{'abcdefghij'[n % 10] * (n // 10 + 1)}" for n in range(500))))
    assert len(long.required) == 500
    assert len(long.bonuses) < 150


def test_a_word_of_any_length_becomes_a_short_term() -> None:
    [word] = analysis.words("ạ" * 100_000)
    assert len(word.folded) == 60
    assert required("a" * 100_000) == [(word.folded,)]


@pytest.mark.parametrize(
    ("boost", "words", "weight"),
    [
        (1.0, 5, 1.0),
        (1.25, 20, 1.25),
        (100.0, 5, MAX_BOOST),
        (-3.0, 5, MIN_BOOST),
        (1.0, 60, 0.75),
        (1.0, 100, 0.5),
        (1.0, 1000, 0.5),
    ],
)
def test_weight(boost: float, words: int, weight: float) -> None:
    assert analysis.entry(listing(1, "gạo " * words, boost=boost)).weight == weight


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 400))
def test_weight_is_a_step_within_bounds(boost: float, words: int) -> None:
    weight = analysis.entry(listing(1, "gạo " * words, boost=boost)).weight
    assert (weight / WEIGHT_STEP).is_integer()
    assert MIN_BOOST * 0.5 <= weight <= MAX_BOOST


@given(ANY_TEXT)
def test_terms_are_safe_for_every_backend(text: str) -> None:
    for word in analysis.words(text):
        for term in (word.folded, word.exact):
            assert term
            assert not set(term) & set("_^= ")
            assert term.split() == [term]
            assert term.encode()


@given(ANY_TEXT)
def test_composed_and_decomposed_text_has_the_same_words(text: str) -> None:
    assert analysis.words(normalize("NFC", text)) == analysis.words(normalize("NFD", text))


@given(ANY_TEXT)
def test_a_text_is_found_by_itself(text: str) -> None:
    query = planning.plan(Query(text=text.replace('"', " ").replace("-", " ")))
    [run] = analysis.entry(listing(1, text)).terms.get(WORDS, ((),))
    for phrase, *_places in query.required:
        size = len(phrase.terms)
        assert any(run[at : at + size] == phrase.terms for at in range(len(run)))


@given(ANY_TEXT, st.booleans())
def test_any_text_makes_a_plan(text: str, as_typed: bool) -> None:
    plan = planning.plan(Query(text=text, exact=as_typed))
    assert all(phrase.terms for group in plan.required for phrase in group)
    assert sum(bonus.points for bonus in plan.bonuses) < 8_000  # exact in single precision with every weight


@given(ANY_TEXT, ANY_TEXT)
def test_stored_texts_can_be_encoded(title: str, value: str) -> None:
    entry = analysis.entry(listing(1, title, ref=value, facets={"seller": (value, "", value)}))
    for text in (entry.title, entry.ref, *entry.facets["seller"]):
        assert text.encode().decode() == text
    assert len(entry.facets["seller"]) == bool(value)
