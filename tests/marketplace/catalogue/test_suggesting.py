"""What is offered while somebody types: over a real index of a few documents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.catalogue.suggesting import LINES, suggestions
from search_index.documents import Document, Query, Results
from search_index.index import Index

TITLES = (
    "Gạo Nàng Thơm Chợ Đào, túi 5 kg",
    "Gạo nàng thơm chợ đào 10kg",
    "GAO NANG THOM CHO DAO (bao 25kg)",
    "Gạo ST25 túi 5kg",
    "Bánh tráng gạo lứt",
    "Thanh long ruột đỏ – loại 1",
    "Chanh không hạt, gọi 0912345678",
    "0912345678 gạo sạch",
)


def _documents() -> Iterator[Document]:
    where = {"district": ("807",), "unit": ("28159",)}
    for number, title in enumerate(TITLES):
        facets = {"kind": ("listing",), **where}
        yield Document(
            id=f"listing:{number}",
            kind="listing",
            source="voso",
            ref="r",
            title=title,
            facets=facets,
            seller="Vườn Bạn",
        )
    for number, name in enumerate(("HTX Gạo Sạch", "HTX Gao Sach", "Hộ Lê Thị Mẫu", "HTX Rau Cần Giuộc")):
        facets = {"kind": ("seller",), "district": ("807" if number else "808",)}
        yield Document(id=f"seller:{number}", kind="seller", source="voso", ref="r", title=name, facets=facets)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    Index.build(folder, _documents())
    made = Index.open(folder)
    yield made
    made.close()


def lines(index: Index, text: str, only_kind: str = "") -> list[tuple[str, str]]:
    return [(line.kind, line.text) for line in suggestions(text, index.search, only_kind)]


def test_titles_are_offered_as_the_names_of_goods_each_once(index: Index) -> None:
    products = [text for kind, text in lines(index, "gạo") if kind == "product"]
    assert products[0] == "gạo nàng thơm chợ đào", "the most frequent first, with its marks"
    assert set(products) == {"gạo nàng thơm chợ đào", "gạo ST25", "bánh tráng gạo lứt"}


def test_typing_without_marks_offers_names_with_marks(index: Index) -> None:
    assert ("product", "thanh long ruột đỏ") in lines(index, "thanh long")
    assert ("product", "gạo nàng thơm chợ đào") in lines(index, "gao nang")


@pytest.mark.parametrize("text", ["thanh long -gi", '"thanh long', '"thanh long" ', "“thanh lo"])
def test_no_product_takes_the_place_of_a_text_that_asks_for_more(index: Index, text: str) -> None:
    assert [kind for kind, _ in lines(index, "thanh long")].count("product") > 0
    assert "product" not in [kind for kind, _ in lines(index, text)]


def test_a_word_need_only_be_begun(index: Index) -> None:
    assert lines(index, "thanh lo") == [("product", "thanh long"), ("product", "thanh long ruột đỏ")]


def test_sellers_are_offered_by_their_own_name_one_of_each(index: Index) -> None:
    assert [line for line in lines(index, "gao") if line[0] == "seller"] == [("seller", "HTX Gạo Sạch")]
    assert lines(index, "vuon ban") == [], "what only a listing tells of its seller is no name of goods"


def test_places_are_offered_with_what_lies_there(index: Index) -> None:
    found = [line for line in suggestions("can giuoc", index.search) if line.kind == "place"]
    assert next((line.text, line.params, line.hits) for line in found) == (
        "huyện Cần Giuộc cũ",
        {"huyen": "807"},
        len(TITLES) + 3,
    )
    assert [line.text for line in suggestions("huyện cần g", index.search)] == ["huyện Cần Giuộc cũ"]
    assert suggestions("đức hoà", index.search) == [], "nothing lies there"
    typed_blind = [line.text for line in suggestions("can giuoocj", index.search) if line.kind == "place"]
    assert typed_blind == ["huyện Cần Giuộc cũ", "xã Cần Giuộc"], "a keyboard that was off is read by the index"
    assert [line.hits for line in suggestions("cần giu", index.search, "seller") if line.kind == "place"] == [3]


def test_marks_that_are_typed_count_for_places(index: Index) -> None:
    assert [line for line in suggestions("cấn g", index.search) if line.kind == "place"] == []


def test_a_unit_is_found_by_the_name_of_a_commune_it_was_made_of(index: Index) -> None:
    found = [(line.text, line.params) for line in suggestions("long hậu", index.search)]
    assert found == [("xã Cần Giuộc (xã Long Hậu cũ)", {"xa": "28159"})]


def test_no_products_are_offered_where_sellers_are_searched(index: Index) -> None:
    assert {kind for kind, _ in lines(index, "gạo", "seller")} == {"seller"}


def test_no_contact_is_offered(index: Index) -> None:
    assert not any(
        "0912" in text or "***" in text for text in map(str, lines(index, "chanh") + lines(index, "gạo sạch"))
    )


def test_a_single_letter_asks_nothing() -> None:
    def refuse(_query: Query) -> Results:
        raise AssertionError("no search was due")

    assert suggestions("g", refuse) == suggestions("", refuse) == []


@settings(deadline=None)  # a busy machine may take its time over one search
@given(text=st.text(alphabet="gạo thanhlỏng05.,-\"'", max_size=40))
def test_any_text_gives_few_lines_that_say_something(index: Index, text: str) -> None:
    found = suggestions(text, index.search)
    assert len(found) <= LINES
    assert all(line.text.strip() == line.text != "" for line in found)
    assert len({(line.kind, line.text) for line in found}) == len(found)
