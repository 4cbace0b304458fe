"""Queries that find nothing as typed: what they are read as, what is told of it, and what is left alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from search_listings import fill, found, listing
from search_model import answer

from search_index.documents import Change, Document, Query, Results
from search_index.index import BACKENDS, Index
from search_index.spelling import neighbours

STOCK = [
    listing(1, "Gạo nàng thơm chợ Đào", seller="HTX Mỹ Lệ", places=("Huyện Cần Đước", "Long An")),
    listing(2, "Gạo ST25 túi 5kg", places=("Huyện Bến Lức", "Long An")),
    listing(3, "Thanh long ruột đỏ", places=("Huyện Châu Thành", "Long An")),
    listing(4, "Thanh trà miền Tây", places=("Huyện Châu Thành",)),
    listing(5, "Đậu phộng rang muối", body="Hàng đủ C/O, đóng gói 0,5kg"),
    listing(6, "Nấm rơm tươi", places=("Huyện Tân Thạnh",)),
    listing(7, "Thịt lợn mán"),
    listing(8, "Khóm Tân Phước"),
    listing(9, "Gáo dừa mỹ nghệ"),
    listing(10, "Măng cụt Lái Thiêu"),
    listing(11, "Cua biển măn mẳn"),
    listing(12, "Chanh không hạt", places=("Huyện Bến Lức",)),
    listing(13, "Canh chua cá lóc"),
    listing(14, "Phòng trọ"),
]


@pytest.fixture(scope="module", params=sorted(BACKENDS))
def stock(request: pytest.FixtureRequest) -> Iterator[Index]:
    with tempfile.TemporaryDirectory() as folder:
        index = Index.open(Path(folder), request.param)
        index.apply(STOCK, [])
        yield index
        index.close()


def titles(results: Results) -> list[str]:
    return [hit.title for hit in results.hits]


@pytest.mark.parametrize(
    ("typed", "read_as", "title"),
    [
        ("gaoj nangf thowm", "gạo nàng thơm", "Gạo nàng thơm chợ Đào"),
        ("gao5 na2ng tho7m", "gạo nàng thơm", "Gạo nàng thơm chợ Đào"),
        ("gaoj nang thom", "gạo nang thom", "Gạo nàng thơm chợ Đào"),
        ("gaoj nangf thmo", "gạo nàng thơm", "Gạo nàng thơm chợ Đào"),
        ("GAOJ CHOWJ DDAOF", "gạo chợ đào", "Gạo nàng thơm chợ Đào"),
        ("ddaauj phoongj", "đậu phộng", "Đậu phộng rang muối"),
        ("d9a65u pho65ng", "đậu phộng", "Đậu phộng rang muối"),
        ("thnah long", "thanh long", "Thanh long ruột đỏ"),
        ("thanh lomg", "thanh long", "Thanh long ruột đỏ"),
        ("Thanh lonng đỏ", "Thanh long đỏ", "Thanh long ruột đỏ"),
        ("thanhlong", "thanh long", "Thanh long ruột đỏ"),
        ("than h long", "thanh long", "Thanh long ruột đỏ"),
        ("đậu phônng", "đậu phộng", "Đậu phộng rang muối"),
        ("dau phogn", "dau phong", "Đậu phộng rang muối"),
        ("nấm dơm", "nấm rơm", "Nấm rơm tươi"),
        ("nam dom", "nam rom", "Nấm rơm tươi"),
        ("măn cụt", "măng cụt", "Măng cụt Lái Thiêu"),
        ("gạo cần đướcc", "gạo cần đước", "Gạo nàng thơm chợ Đào"),
        ("gao ben lucw", "gao ben lưc", "Gạo ST25 túi 5kg"),
        ("thit heoo", "thit heo", "Thịt lợn mán"),
        ("thitj lonwj", "thịt lợn", "Thịt lợn mán"),
        ("gạo thơmm -gáo", "gạo thơm -gáo", "Gạo nàng thơm chợ Đào"),
        ('"nàng thơm" gaoj', '"nàng thơm" gạo', "Gạo nàng thơm chợ Đào"),
        ("(chnah) không hạt!", "chanh không hạt!", "Chanh không hạt"),
        # partly marked, or in capitals
        ("đaauj phôngj", "đậu phộng", "Đậu phộng rang muối"),
        ("GAO5 NANG2 THO7M", "gạo nàng thơm", "Gạo nàng thơm chợ Đào"),
        # no keys after all: nobody spells it so
        ("thanj long", "thanh long", "Thanh long ruột đỏ"),
        ("thanj long ruột đỏ", "thanh long ruột đỏ", "Thanh long ruột đỏ"),
        ("chanj không hạt", "chanh không hạt", "Chanh không hạt"),
        # a blank elsewhere
        ("gạo nàngt hơm", "gạo nàng thơm", "Gạo nàng thơm chợ Đào"),
        ("than hlong ruột đỏ", "thanh long ruột đỏ", "Thanh long ruột đỏ"),
        ("thanhl ong", "thanh long", "Thanh long ruột đỏ"),
        ("đậ uphộng", "đậu phộng", "Đậu phộng rang muối"),
        ("khóm tâ nphước", "khóm tân phước", "Khóm Tân Phước"),
        # several blanks left out
        ("gaonangthom", "gao nang thom", "Gạo nàng thơm chợ Đào"),
        ("thanhlongruộtđỏ", "thanh long ruột đỏ", "Thanh long ruột đỏ"),
        # a single letter, a word that the index knows: what stands beside its neighbour
        ("thanh long ruột ỏ", "thanh long ruột đỏ", "Thanh long ruột đỏ"),
        ("con cá lóc", "cá lóc", "Canh chua cá lóc"),
    ],
)
def test_reads(stock: Index, typed: str, read_as: str, title: str) -> None:
    results = stock.search(Query(text=typed))
    assert results.read_as == read_as
    assert titles(results)[0] == title
    assert results == answer(STOCK, Query(text=typed))


def test_what_was_done_is_told_in_the_order_of_the_query(stock: Index) -> None:
    results = stock.search(Query(text="thitj heoo"))
    assert results.read_as == "thịt heo"
    assert results.changes == (
        Change("keyboard", "thitj", ("thịt",)),
        Change("synonym", "thịt heo", ("thịt lợn",)),
        Change("spelling", "heoo", ("heo",)),
    )
    joined = stock.search(Query(text="than h long"))
    assert joined.changes == (Change("spelling", "than h", ("thanh",)),)


def test_other_readings_are_told_as_spellings(index: Index) -> None:
    fill(index, "Xoài cát", "Xoài tượng", "Xoan đào")
    results = index.search(Query(text="xoa"))
    assert results.read_as == "xoai"
    assert results.spellings == ("xoan",)
    assert index.search(Query(text="xoai")).spellings == ()


def test_the_reading_that_finds_more_with_the_other_words_is_taken(index: Index) -> None:
    fill(index, "Chanh không hạt", "Canh chua", "Canh rau", "Canh bí")
    assert index.search(Query(text="cahnh khong hat")).read_as == "chanh khong hat"
    assert index.search(Query(text="cahnh chua")).read_as == "canh chua"


@pytest.mark.parametrize(
    "typed",
    [
        '"gaoj nàng"',
        '"thnah long"',
        "gạo ST26",
        "gạo 5lg",
        "C/P",
        "0,6kg",
        "gạo 7",
        "x gạo",
        "???",
        "",
        "-thanh -long -gao -gaoj",
    ],
)
def test_quotes_codes_numbers_and_what_is_unwanted_are_left_alone(stock: Index, typed: str) -> None:
    results = stock.search(Query(text=typed))
    assert results.read_as == ""
    assert not any(change.kind != "synonym" for change in results.changes)


@pytest.mark.parametrize("typed", ["gaoj", "thnah long", "thit heo", "thanhlong"])
def test_as_typed_nothing_is_read_into_a_query(stock: Index, typed: str) -> None:
    results = stock.search(Query(text=typed, exact=True))
    assert (results.total, results.read_as, results.changes, results.spellings) == (0, "", (), ())


@pytest.mark.parametrize("typed", ["gạo", "gao", "thanh", "gáo", "mỹ lệ", "phong", "lợn"])
def test_what_finds_something_is_left_alone(stock: Index, typed: str) -> None:
    results = stock.search(Query(text=typed))
    assert results.total
    assert (results.read_as, results.spellings) == ("", ())


def test_a_filter_that_lets_nothing_pass_is_no_misspelling(index: Index) -> None:
    index.apply([listing(1, "Gạo", facets={"district": ("Bến Lức",)}), listing(2, "Gáo dừa")], [])
    results = index.search(Query(text="gạo", filters={"district": ("Đức Hòa",)}))
    assert (results.total, results.read_as, results.spellings) == (0, "", ())
    misspelt = index.search(Query(text="gạoo", filters={"district": ("Bến Lức",)}))
    assert (misspelt.total, misspelt.read_as) == (1, "gạo")


def test_words_that_nothing_helps_for_stay_and_the_rest_is_offered(stock: Index) -> None:
    results = stock.search(Query(text="gạo zzzzzz nàng"))
    assert (results.total, results.read_as, results.changes) == (0, "", ())
    assert results.spellings == ("gạo nàng",)
    assert stock.search(Query(text="zzzzzz")).spellings == ()
    known = stock.search(Query(text='gạo "cá lóc"'))
    assert (known.total, known.read_as) == (0, "")
    assert known.spellings == ("gạo", '"cá lóc"')


def test_a_word_without_help_does_not_discard_what_helps_the_others(stock: Index) -> None:
    results = stock.search(Query(text="gaoo nàng zzzz"))
    assert (results.total, results.read_as) == (0, "")
    assert results.spellings[0] == "gạo nàng"


def test_a_phrase_in_quotes_stays_and_what_it_may_mean_is_told(stock: Index) -> None:
    misspelt = stock.search(Query(text='"thnah long" đỏ'))
    assert (misspelt.total, misspelt.read_as) == (0, "")
    assert misspelt.spellings[0] == '"thanh long" đỏ'
    apart = stock.search(Query(text='"gạo thơm"'))
    assert (apart.total, apart.spellings) == (0, ("gạo thơm",))


@pytest.mark.parametrize("typed", ["khoai cây", "đường long", "4 chanh", "thanh cá", "lá dừa"])
def test_known_words_are_not_turned_into_nonsense(stock: Index, typed: str) -> None:
    """Nothing bears them all, and what is a slip away stands beside no other word of theirs."""
    results = stock.search(Query(text=typed))
    assert (results.total, results.read_as, results.changes) == (0, "", ())


def test_a_known_word_is_another_when_that_stands_beside_its_neighbour(index: Index) -> None:
    fill(index, "Măng cụt", "Mắm măn mẳn", "Cây cảnh", "Khoai mỡ")
    assert index.search(Query(text="măn cụt")).read_as == "măng cụt"
    assert index.search(Query(text="khoai cây")).read_as == ""


def test_what_finds_something_may_be_doubted(index: Index) -> None:
    fill(index, "Chanh không hạt", "Canh rau", body="không có hạt sạn")
    results = index.search(Query(text="canh không hạt"))
    assert (results.total, results.read_as, results.spellings) == (1, "", ("chanh không hạt",))
    assert index.search(Query(text="canh hạt", typing=True)).spellings == ()
    assert index.search(Query(text="chanh không")).spellings == ()


def test_what_is_counted_is_told_when_it_is_left_out(stock: Index) -> None:
    results = stock.search(Query(text="con cá lóc"))
    assert results.changes[0] == Change("spelling", "con cá", ("cá",))


def test_marks_amiss_count_by_the_spelling_that_is_found(index: Index) -> None:
    """The "bở" that would fit best is in another listing than the "bộ" beside "da xanh"."""
    fill(index, "Bưởi da xanh", "Bộ ly da xanh", "Khoai bở")
    assert index.search(Query(text="bởi da xanh")).read_as == "bưởi da xanh"


def test_unlikely_readings_are_not_told(index: Index) -> None:
    fill(index, *["Thanh long"] * 20, "Công ty TNHH Long", "Tinh dầu long não")
    results = index.search(Query(text="thnh long"))
    assert (results.read_as, results.spellings) == ("thanh long", ())


def test_signs_around_a_word_are_not_told(stock: Index) -> None:
    assert stock.search(Query(text="(heo),")).changes == (Change("synonym", "heo", ("lợn",)),)
    assert stock.search(Query(text="(chnah)!")).changes == (Change("spelling", "chnah", ("chanh",)),)


def test_new_words_are_known_at_once(index: Index) -> None:
    index.apply([listing(1, "Lúa tươi")], [])
    assert index.search(Query(text="thowm")).total == 0
    index.apply([listing(2, "Gạo nàng thơm Chợ Đào")], [])
    for typed in ("gaoj nangf thowm", "gao nang thomm", "goa nàng"):
        assert found(index, typed) == ["Gạo nàng thơm Chợ Đào"]
    index.apply([listing(3, "Chanh không hạt")], ["listing:2"])
    assert found(index, "gaoj nangf thowm") == []
    assert found(index, "chnah") == ["Chanh không hạt"]


def test_marks_of_the_typist_choose_among_spellings(index: Index) -> None:
    fill(index, "Gạo mới", "Gạo lứt", "Gáo dừa")
    assert index.search(Query(text="gáoo")).read_as == "gáo"
    assert index.search(Query(text="gạoo")).read_as == "gạo"
    assert index.search(Query(text="gaoo")).read_as == "gao"


def test_words_of_a_deleted_document_are_forgotten(index: Index) -> None:
    index.apply([listing(1, "Thanh long"), listing(2, "Chanh")], [])
    assert index.search(Query(text="thnah")).read_as == "thanh"
    index.apply([listing(3, "Thảnh thơi")], ["listing:1"])
    assert index.search(Query(text="longf")).read_as == ""
    assert index.search(Query(text="thnah")).total == 1
    index.rebuild([listing(4, "Tranh Đông Hồ")])
    assert index.search(Query(text="trnah")).read_as == "tranh"
    assert index.search(Query(text="thnah")).read_as == ""


def test_the_last_word_may_be_a_beginning_while_typing(index: Index) -> None:
    fill(index, "Thơm Tân Phước", "Thanh long", "Gạo nàng thơm", "Gạo ST25")
    assert found(index, "gạo th", typing=True) == ["Gạo nàng thơm"]
    assert found(index, "gạo st2", typing=True) == ["Gạo ST25"]
    assert found(index, "gạo st2", typing=False) == []
    assert set(found(index, "th", typing=True)) == {"Thơm Tân Phước", "Thanh long", "Gạo nàng thơm"}
    assert found(index, "thơ", typing=True)[0] == "Thơm Tân Phước"
    assert index.search(Query(text="gaoj nangf thow", typing=True)).read_as == "gạo nàng thơ"
    assert found(index, "gaoj nangf thow", typing=True) == ["Gạo nàng thơm"]
    assert found(index, "gạo th ", typing=True) == []  # the word is finished


def test_a_whole_word_comes_before_one_that_only_begins_so(index: Index) -> None:
    fill(index, "Canh chua", "Cần tây", "Ca cao", "Cà")
    assert found(index, "ca", typing=True)[:2] == ["Ca cao", "Cà"]


def test_the_place_being_typed_counts(index: Index) -> None:
    index.apply([listing(1, "Chuối", places=("Huyện Cần Đước",)), listing(2, "Cần mua dưa")], [])
    assert found(index, "cần đư", typing=True) == ["Chuối", "Cần mua dưa"]
    assert found(index, "can duoc", typing=True) == ["Chuối"]


@pytest.mark.parametrize(
    ("word", "other", "than"),
    [
        ("thnah", "thanh", "than"),
        ("gaoo", "gao", "gamo"),
        ("dom", "rom", "tom"),
        ("man", "mang", "mana"),
        ("lomg", "long", "lobg"),
    ],
)
def test_likelier_slips(word: str, other: str, than: str) -> None:
    found = neighbours(word, {other, than, word})
    assert word not in found
    assert found[other] > found.get(than, 0)


@given(st.text("abcdeghnouy", min_size=1, max_size=8), st.text("abcdeghnouy", min_size=1, max_size=8))
def test_neighbours_are_one_slip_away_both_ways(left: str, right: str) -> None:
    assert (right in neighbours(left, {right})) == (left in neighbours(right, {left}))


WORDS = [
    "gạo",
    "gao",
    "gaoj",
    "gaop",
    "nếp",
    "neesp",
    "heo",
    "lợn",
    "thịt",
    "thom",
    "khóm",
    "ST25",
    "bến",
    "lức",
    "lucs",
]
texts = st.lists(st.sampled_from([*WORDS, '"thịt heo"', "-lợn", "neps", "thitheo", "be", "n"]), max_size=5).map(
    " ".join
)
documents = st.builds(
    listing, st.integers(1, 12), texts, seller=texts, places=st.lists(texts, max_size=2).map(tuple), body=texts
)
queries = st.builds(Query, text=texts, typing=st.booleans(), exact=st.sampled_from([False, False, False, True]))


@settings(
    deadline=None,
    max_examples=25,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stocked=st.lists(documents, max_size=12), asked=st.lists(queries, min_size=1, max_size=12))
def test_both_engines_understand_as_the_model_does(backend: str, stocked: list[Document], asked: list[Query]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = Index.open(Path(folder), backend)
        index.apply(stocked, [])
        expected = {document.id: document for document in stocked}
        for query in asked:
            told = index.search(query)
            assert told == answer(expected.values(), query)
            if told.read_as:
                assert told.total
                again = index.search(Query(text=told.read_as, typing=query.typing))
                assert again.hits == told.hits
        index.close()
