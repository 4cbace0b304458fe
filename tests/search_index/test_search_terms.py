"""What a backend tells of its terms, and beginnings of terms in a plan: what completing and correcting rests on."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from search_listings import listing
from search_model import meets

from search_index import analysis
from search_index.analysis import BIGRAMS, CATEGORY, EXACT, TITLE, WORDS, Entry, Phrase, Plan
from search_index.backend import Backend
from search_index.index import BACKENDS

WORDS_OF_TITLES = ["gạo", "gà", "gáo", "gừng", "đường", "đu", "đủ", "st25", "25", "𐐷x", "xoài"]
BEGINNINGS = ["", "g", "ga", "gạ", "gạo", "d", "đ", "đu", "s", "2", "𐐷", "x", "xoaix"]

titles = st.lists(st.sampled_from(WORDS_OF_TITLES), max_size=4).map(" ".join)
entries = st.builds(listing, st.integers(1, 20), titles, category=titles).map(analysis.entry)


def kind_of(backend: str) -> type[Backend]:
    module, name = BACKENDS[backend]
    found: type[Backend] = getattr(import_module(module), name)
    return found


@pytest.fixture
def made(backend: str, tmp_path: Path) -> Iterator[Backend]:
    opened = kind_of(backend).create(tmp_path)
    yield opened
    opened.close()


def counts_of(made: Backend, field: str) -> dict[str, int]:
    """The terms of a field that are alive, with the number of documents of each."""
    counts = {term: made.frequency(field, term) for term in made.vocabulary(field)}
    return {term: count for term, count in counts.items() if count}


def write(made: Backend, *titles: str) -> None:
    """Put in one listing per title, numbered from 1."""
    made.write([analysis.entry(listing(number, title)) for number, title in enumerate(titles, 1)], ())


@settings(
    deadline=None,
    max_examples=15,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    batches=st.lists(st.tuples(st.lists(entries, max_size=10), st.lists(st.integers(1, 20), max_size=5)), max_size=4)
)
def test_terms_and_beginnings_are_those_of_the_documents(
    backend: str, batches: list[tuple[list[Entry], list[int]]]
) -> None:
    expected: dict[str, Entry] = {}
    with tempfile.TemporaryDirectory() as folder:
        made = kind_of(backend).create(Path(folder))
        for upserts, numbers in batches:
            deletes = [f"listing:{number}" for number in numbers]
            made.write(upserts, deletes)
            expected = {id: entry for id, entry in expected.items() if id not in deletes}
            expected |= {entry.id: entry for entry in upserts}
            for field in (WORDS, EXACT, TITLE, BIGRAMS, CATEGORY):
                counts = Counter(
                    term
                    for entry in expected.values()
                    for term in {term for run in entry.terms.get(field, ()) for term in run}
                )
                assert counts_of(made, field) == counts
        for begun in filter(None, BEGINNINGS):
            for plan in (
                Plan(required=((Phrase(WORDS, (begun,), begun=True), Phrase(CATEGORY, ("gao",))),)),
                Plan(required=((Phrase(EXACT, (begun,), begun=True),),), excluded=(Phrase(TITLE, (begun,)),)),
                Plan(excluded=(Phrase(TITLE, (begun,), begun=True),)),
            ):
                hits = made.search(plan, {}, 0, 50, ()).hits
                assert {hit.id for hit in hits} == {id for id, entry in expected.items() if meets(entry, plan)}
        made.close()


def test_a_removed_document_keeps_no_word_alive(made: Backend) -> None:
    write(made, "gạo thơm", "gạo lứt", "gà ta")
    assert counts_of(made, WORDS) == {"gao": 2, "ga": 1, "thom": 1, "lut": 1, "ta": 1}
    made.write((), ["listing:2", "listing:3"])
    assert counts_of(made, WORDS) == {"gao": 1, "thom": 1}
    made.write([analysis.entry(listing(1, "chanh"))], ())
    assert counts_of(made, WORDS) == {"chanh": 1}
    assert made.frequency(WORDS, "gao") == 0


def test_terms_of_a_flat_field_follow_what_is_removed(made: Backend) -> None:
    made.write([analysis.entry(listing(number, "gạo", category=f"nhóm {number}")) for number in range(3)], ())
    made.write((), ["listing:1"])
    assert counts_of(made, CATEGORY) == {"nhom": 2, "0": 1, "2": 1}


def test_more_beginnings_than_any_engine_expands_by_itself(made: Backend) -> None:
    """A limit of fifty terms is common: the fifty-first must be found, too."""
    write(made, *[f"ga{first}{second}" for first in "abcdefghik" for second in "mnopqrst"])
    plan = Plan(required=((Phrase(WORDS, ("ga",), begun=True),),))
    assert made.search(plan, {}, 0, 5, ()).total == 80


def test_the_state_changes_when_something_new_is_seen(made: Backend) -> None:
    write(made, "gạo", "nếp")
    before = made.state
    made.refresh()
    assert made.state == before
    write(made, "chanh")
    assert made.state != before
