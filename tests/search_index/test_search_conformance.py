"""Both backends give the same answer: the one that going through all documents gives.

What is guaranteed, and compared here without tolerance: the same hits in the same order with the same scores, the same
total and the same facet counts, whatever the order and grouping of the writes that led there.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from search_listings import counts, ids, listing
from search_model import answer

from search_index import analysis
from search_index.analysis import TITLE, WORDS, Bonus, Phrase, Plan
from search_index.backend import Backend
from search_index.documents import MAX_SORT_KEY, SORTS, Document, Near, Query
from search_index.index import Index
from search_index.tantivy_backend import TantivyBackend
from search_index.whoosh_backend import WhooshBackend

# Few words, so that random documents and queries meet: with and without marks, in both placements, codes and numbers.
VOCABULARY = [
    "gạo",
    "gáo",
    "gao",
    "hoà",
    "hòa",
    "ST25",
    "st",
    "25",
    "5kg",
    "kg",
    "nếp",
    "-",
    "🍉",
    "C/O",
    "Đức",
    "thanh long",
]
# …and slips of the finger, which are read by what the index knows.
SLIPS = ["gaoj", "gaoo", "thanhlong", "than hlong", "nepp", "cáo"]
FACETS = {
    "category": ["Gạo", "Bánh", "2024-01-01T00:00:00Z", "true", "5"],
    "district": ["Bến Lức", "Đức Hòa", "a.b", ' "x" ', "y=z"],
}
UNITS = ["80001", "80002", "80003", "80004"]

# Without the search for a smaller example, which takes minutes here: add Phase.shrink when a failure needs it.
EACH_BUILDS_AN_INDEX = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

texts = st.lists(st.sampled_from(VOCABULARY), max_size=6).map(" ".join)
choices = {name: st.lists(st.sampled_from(values), max_size=3).map(tuple) for name, values in FACETS.items()}
filters = st.fixed_dictionaries(
    {}, optional=choices | {"unit": st.lists(st.sampled_from(UNITS), max_size=2).map(tuple)}
)
facets = st.fixed_dictionaries({}, optional=choices | {"unit": st.sampled_from([(unit,) for unit in UNITS])})
documents = st.builds(
    listing,
    st.integers(1, 30),
    texts,
    seller=texts,
    category=texts,
    places=st.lists(texts, max_size=3).map(tuple),
    body=texts,
    facets=facets,
    sort_keys=st.fixed_dictionaries(
        {},
        optional={"price": st.sampled_from([0, 7, 25_000, MAX_SORT_KEY]), "newest": st.integers(0, 3)},
    ),
    boost=st.sampled_from([0.5, 0.9, 1.0, 1.7, 2.0]),
)
orders = st.one_of(
    st.just({}),
    st.sampled_from([{"sort": name} for name in SORTS]),
    st.lists(st.lists(st.sampled_from([*UNITS, "không có"]), max_size=2).map(tuple), max_size=4).map(
        lambda groups: {"near": Near("unit", tuple(groups))}
    ),
)
queries = st.builds(
    lambda order, **asked: Query(**asked, **order),
    order=orders,
    text=st.one_of(
        texts,
        st.lists(
            st.sampled_from([*VOCABULARY, *SLIPS, "-gạo", "-gao", '"gạo nếp"', '-"st 25"', '-"gạo nếp"', "-đức"]),
            max_size=5,
        ).map(" ".join),
    ),
    filters=filters,
    offset=st.integers(0, 6),
    limit=st.integers(0, 8),
    facets=st.lists(st.sampled_from([*FACETS, "unit", "nothing"]), unique=True).map(tuple),
    exact=st.booleans(),
    typing=st.booleans(),
)
batches = st.lists(
    st.tuples(st.lists(documents, max_size=12), st.lists(st.integers(1, 30), max_size=4)), min_size=1, max_size=5
)


@settings(EACH_BUILDS_AN_INDEX, max_examples=20)
@given(batches=batches, asked=st.lists(queries, min_size=1, max_size=6))
def test_answers_as_the_model_does(
    backend: str, batches: list[tuple[list[Document], list[int]]], asked: list[Query]
) -> None:
    expected: dict[str, Document] = {}
    with tempfile.TemporaryDirectory() as folder:
        index = Index.open(Path(folder), backend)
        for upserts, numbers in batches:
            deletes = [f"listing:{number}" for number in numbers]
            index.apply(upserts, deletes)
            for id in deletes:
                expected.pop(id, None)
            expected |= {document.id: document for document in upserts}
            assert index.count() == len(expected)
            for query in asked:
                assert index.search(query) == answer(expected.values(), query)
        index.close()


@settings(EACH_BUILDS_AN_INDEX, max_examples=12)
@given(
    value=st.text(st.characters(exclude_categories=[]), min_size=1, max_size=40),
    title=st.text(st.characters(exclude_categories=[]), max_size=40),
)
def test_keeps_any_text(backend: str, value: str, title: str) -> None:
    document = listing(1, title, ref=value, facets={"seller": (value,)})
    with tempfile.TemporaryDirectory() as folder:
        index = Index.open(Path(folder), backend)
        index.apply([document, listing(2, "Gạo", facets={"seller": ("khác",)})], [])
        for text in ("", title.replace("-", " ")):
            query = Query(text=text, filters={"seller": (value,)}, facets=("seller",))
            assert index.search(query) == answer([document, listing(2, "Gạo", facets={"seller": ("khác",)})], query)
        index.close()


def test_pages_through_a_tie_without_gap_or_repetition(index: Index) -> None:
    """300 documents of one score, in an order that both backends share."""
    same = [listing(number, "Gạo nàng thơm") for number in range(300)]
    index.apply(same[:120], [])
    index.apply(same[120:], [])
    pages = [ids(index.search(Query(text="gạo", offset=offset, limit=7))) for offset in range(0, 300, 7)]
    paged = [id for page in pages for id in page]
    assert paged == ids(answer(same, Query(text="gạo", limit=300)))
    assert len(set(paged)) == 300


def test_a_tie_of_thousands_is_paged_in_order(index: Index) -> None:
    """More than a backend fetches at once, behind and before hits of other scores, with a range of them left out."""
    same = [listing(number, "Gạo", boost=1.0 if number % 10 else 1.5) for number in range(3_000)]
    same += [listing(number, "Gạo", boost=0.5) for number in range(3_000, 3_010)]
    index.rebuild(same)
    for offset in (0, 298, 2_000, 2_997):
        query = Query(text="gạo", offset=offset, limit=9)
        assert index.search(query) == answer(same, query)


def test_scores_are_exact_at_every_weight(index: Index) -> None:
    """A backend that scores in single precision must not part what is equal: 2 points at weight 1 and 1 at weight 2."""
    steps = [step / 64 for step in range(32, 129)]
    documents = [listing(number, "Gạo", boost=boost) for number, boost in enumerate(steps)]
    documents += [listing(1000 + number, "Bánh", body="gạo", boost=boost) for number, boost in enumerate(steps)]
    documents += [listing(2000 + number, "Gạo " * 100, boost=boost) for number, boost in enumerate(steps)]
    index.apply(documents, [])
    for text in ("gạo", "gao", ""):
        query = Query(text=text, limit=500)
        assert index.search(query) == answer(documents, query)


def test_lists_everything_by_boost_then_id(index: Index) -> None:
    index.apply([listing(number, "Gạo", boost=1.0 if number % 2 else 1.5) for number in range(1, 7)], [])
    assert ids(index.search(Query())) == [f"listing:{number}" for number in (2, 4, 6, 1, 3, 5)]
    assert ids(index.search(Query(offset=2, limit=2))) == ["listing:6", "listing:1"]


def test_total_is_exact_on_every_page(index: Index) -> None:
    index.apply([listing(number, "Gạo") for number in range(50)], [])
    pages: list[dict[str, Any]] = [{}, {"limit": 0}, {"offset": 49}, {"offset": 500}, {"limit": 1000}]
    for page in pages:
        for text in ("", "gạo"):
            assert index.search(Query(text=text, **page)).total == 50


def test_a_page_beyond_the_end_is_empty_at_once(index: Index) -> None:
    index.apply([listing(number, "Gạo") for number in range(5)], [])
    for text in ("", "gạo"):
        assert index.search(Query(text=text, offset=10**12)) == index.search(Query(text=text, limit=0))
        assert len(index.search(Query(text=text, offset=3, limit=10**12)).hits) == 2


def test_facets_of_many_values_are_not_cut_off(index: Index) -> None:
    index.rebuild(listing(number, "Gạo", facets={"seller": (f"HTX {number:03}", "Gạo sạch")}) for number in range(400))
    index.apply([listing(0, "Gạo", facets={"seller": ("Mới", "Gạo sạch")})], ["listing:1"])
    found = index.search(Query(text="gạo", facets=("seller",), filters={"seller": ("HTX 005", "Mới")}))
    assert found.total == 2
    expected = [("Gạo sạch", 399), *[(f"HTX {number:03}", 1) for number in range(2, 400)], ("Mới", 1)]
    assert counts(found, "seller") == expected


def test_a_facet_ignores_its_own_filter_only(index: Index) -> None:
    rows = [
        ("Gạo", ("Gạo",), ("Bến Lức",)),
        ("Gạo nếp", ("Gạo",), ("Đức Hòa",)),
        ("Bánh gạo", ("Bánh",), ("Bến Lức", "Đức Hòa")),
        ("Chanh", ("Trái cây",), ("Bến Lức",)),
    ]
    index.apply(
        [
            listing(number, title, facets={"category": category, "district": district})
            for number, (title, category, district) in enumerate(rows)
        ],
        [],
    )
    asked: dict[str, Any] = {"text": "gạo", "facets": ("category", "district")}
    results = index.search(Query(**asked, filters={"category": ("Gạo",), "district": ("Bến Lức",)}))
    assert results.total == 1
    assert counts(results, "category") == [("Bánh", 1), ("Gạo", 1)]
    assert counts(results, "district") == [("Bến Lức", 1), ("Đức Hòa", 1)]
    both = index.search(Query(**asked, filters={"category": ("Gạo", "Bánh")}))
    assert both.total == 3
    assert counts(both, "district") == [("Bến Lức", 2), ("Đức Hòa", 2)]


@pytest.mark.parametrize("filters", [{"category": ()}, {"category": ("",)}, {}])
def test_a_filter_without_values_lets_everything_pass(index: Index, filters: dict[str, tuple[str, ...]]) -> None:
    index.apply([listing(1, "Gạo", facets={"category": ("Gạo",)}), listing(2, "Gạo")], [])
    assert index.search(Query(filters=filters)).total == 2


@pytest.mark.parametrize("kind", [TantivyBackend, WhooshBackend])
def test_a_requirement_can_be_met_by_alternatives(kind: type[Backend], tmp_path: Path) -> None:
    """What synonyms and places need: groups of phrases, and a bonus that only some of them earn."""
    made = kind.create(tmp_path)
    titles = ["Đậu phộng", "Lạc rang", "Đậu xanh", "Phộng đậu"]
    made.write((analysis.entry(listing(number, title)) for number, title in enumerate(titles)), ())
    made.refresh()
    peanut, other = Phrase(WORDS, ("dau", "phong")), Phrase(WORDS, ("lac",))
    plan = Plan(
        required=((peanut, other),),
        excluded=(Phrase(TITLE, ("xanh",)),),
        bonuses=(
            Bonus(((peanut,), (Phrase(TITLE, ("phong",)),)), 10),
            Bonus(((Phrase(TITLE, ("rang",)), Phrase(TITLE, ("dau",))), (peanut, other)), 5),
        ),
    )
    results = made.search(plan, {}, 0, 10, ())
    assert [(hit.title, hit.score) for hit in results.hits] == [("Đậu phộng", 16.0), ("Lạc rang", 6.0)]
    made.close()
