"""What people type and what they must find, first things first. Runs on both backends."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from search_listings import fill, found, listing

from search_index.documents import MAX_BOOST, MAX_TEXT, MIN_BOOST, Query
from search_index.index import Index


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("dau phong", "Đậu phộng rang muối"),
        ("ĐẬU PHỘNG", "Đậu phộng rang muối"),
        ("đau phong", "Đậu phộng rang muối"),
        ("dường phèn", "Đường phèn Biên Hoà"),
        ("phèn đường", "Đường phèn Biên Hoà"),
        ("bien hoà", "Đường phèn Biên Hòa"),
        (normalize("NFD", "đậu phộng"), "Đậu phộng rang muối"),
        ("đậu phộng", normalize("NFD", "Đậu phộng rang muối")),
        ("5kg", "Gạo túi 5 kg"),
        ("5 kg", "Gạo túi 5kg"),
        ("5KG", "Gạo túi 5kg"),
        ("st25", "Gạo ST 25 ngon"),
        ("st 25", "Gạo ST25 ngon"),
        ("ST-25", "Gạo ST25 ngon"),
        ("VN-TLOR-0012", "Mã VN-TLOR-0012 thanh long"),
        ("tlor 0012", "Mã VN-TLOR-0012 thanh long"),
        ("c/o", "Hàng đủ C/O, C/Q"),
        ("100%", "100% mật ong 🍯 rừng tràm"),
        ("mật 🍯 ong", "100% mật ong 🍯 rừng tràm"),
        ("tp.hcm", "Giao hàng TP.HCM"),
        ("m2", "Lưới che 2m²"),
        ("0,5kg", "Tiêu đen hộp 0,5kg"),
        ('"rang muối"', "Đậu phộng rang muối"),
        ("“rang muoi” dau", "Đậu phộng rang muối"),
        ("đậu -xanh", "Đậu phộng rang muối"),
    ],
)
def test_finds(index: Index, typed: str, title: str) -> None:
    fill(index, title, "Thứ gì khác", "Đậu xanh")
    assert found(index, typed) == [title]


@pytest.mark.parametrize(
    "typed",
    ["muối đường", "dauxanh", '"muoi rang"', "đậu -rang", "ST26", "25st", "???", "🍯", "bánh", '-"rang muối" đậu'],
)
def test_finds_nothing_and_says_so(index: Index, typed: str) -> None:
    fill(index, "Đậu phộng rang muối ST25")
    assert found(index, typed) == []


def test_words_may_stand_in_different_fields(index: Index) -> None:
    index.apply(
        [listing(1, "Gạo nàng thơm", seller="HTX Mỹ Lệ", category="Lương thực", places=("Cần Đước",), body="Vụ mùa")],
        [],
    )
    assert found(index, "gao my le can duoc luong thuc vu mua") == ["Gạo nàng thơm"]


def test_a_phrase_does_not_reach_from_field_to_field(index: Index) -> None:
    index.apply([listing(1, "Gạo nàng", seller="Thơm Hoa", body="chợ đào")], [])
    assert found(index, '"nàng thơm"') == []
    assert found(index, '"thơm hoa"') == ["Gạo nàng"]
    assert found(index, '"hoa chợ"') == []


def test_exact_search_takes_the_letters_as_typed(index: Index) -> None:
    fill(index, "Gạo", "Gáo", "Gao", "GẠO HOÀ")
    assert sorted(found(index, "gạo", exact=True)) == ["GẠO HOÀ", "Gạo"]
    assert found(index, "gao", exact=True) == ["Gao"]
    assert found(index, "hòa", exact=True) == ["GẠO HOÀ"]


def test_an_unwanted_word_with_marks_hides_only_itself(index: Index) -> None:
    fill(index, "Gáo dừa", "Gạo dừa")
    assert found(index, "dừa -gạo") == ["Gáo dừa"]
    assert found(index, "dừa -gao") == []


def test_only_unwanted_words_list_the_rest(index: Index) -> None:
    fill(index, "Gạo", "Nếp", "Chanh")
    assert found(index, "-gạo -nếp") == ["Chanh"]


def test_the_word_as_typed_comes_before_all_others(index: Index) -> None:
    """Even where everything else speaks for the others."""
    index.apply(
        [
            listing(1, "Gáo dừa", category="Gáo", seller="Gào", boost=MAX_BOOST),
            listing(2, "Gao ngon", boost=MAX_BOOST),
            listing(3, "Bột " + "các loại " * 80, body="làm từ gạo", boost=MIN_BOOST),
        ],
        [],
    )
    assert found(index, "gạo")[0].startswith("Bột")
    assert found(index, "gáo")[0] == "Gáo dừa"


def test_no_mention_comes_before_a_title_that_bears_the_marks(index: Index) -> None:
    index.apply(
        [
            listing(1, "Bao bì", body="đựng gạo nàng thơm", category="Gạo", seller="Gạo nàng thơm", boost=MAX_BOOST),
            listing(2, "Túi gạo loại nàng rất thơm", boost=MIN_BOOST),
            listing(3, "Gao nang thom", boost=MAX_BOOST),
        ],
        [],
    )
    assert found(index, "gạo nàng thơm") == ["Túi gạo loại nàng rất thơm", "Bao bì", "Gao nang thom"]
    assert found(index, "gao nang thom") == ["Gao nang thom", "Túi gạo loại nàng rất thơm", "Bao bì"]


def test_goods_of_a_place_come_before_a_mention_of_it(index: Index) -> None:
    index.apply(
        [
            listing(1, "Gạo", places=("Huyện Cần Đước",), boost=MIN_BOOST),
            listing(2, "Gạo sạch", body="không phải gạo Cần Đước", seller="Gạo Cần Đước", boost=MAX_BOOST),
        ],
        [],
    )
    assert found(index, "gạo cần đước") == found(index, "gao can duoc") == ["Gạo", "Gạo sạch"]


def test_within_a_tier_the_weight_counts(index: Index) -> None:
    index.apply(
        [
            listing(1, "Bánh gạo", boost=1.5),
            listing(2, "Gạo", boost=0.6),
            listing(3, "Mì", body="gạo", boost=0.6),
            listing(4, "Bún", body="gạo", boost=1.5),
        ],
        [],
    )
    assert found(index, "gạo") == found(index, "gao") == ["Bánh gạo", "Gạo", "Bún", "Mì"]


def test_another_name_of_the_goods_comes_before_a_mention(index: Index) -> None:
    index.apply(
        [
            listing(1, "Thịt heo", boost=MIN_BOOST),
            listing(2, "Thịt lợn", boost=MIN_BOOST),
            listing(3, "Tủ đông", body="thịt lợn", boost=MAX_BOOST),
        ],
        [],
    )
    assert found(index, "thịt lợn") == ["Thịt lợn", "Thịt heo", "Tủ đông"]


def test_scores_fall_along_the_hits_of_all_tiers(index: Index) -> None:
    titles = ["Gạo nàng thơm", "Bánh gạo nàng thơm", "Gao nang thom", "Nếp"]
    index.apply([listing(number, titles[number % 4], body="gạo nàng thơm" * (number % 3)) for number in range(60)], [])
    for text in ("gạo nàng thơm", "gao nang thom", '"nàng thơm" gạo'):
        whole = index.search(Query(text=text, limit=60))
        scores = [hit.score for hit in whole.hits]
        assert scores == sorted(scores, reverse=True)
        paged = [index.search(Query(text=text, offset=at, limit=7)) for at in range(0, 70, 7)]
        assert [hit for page in paged for hit in page.hits] == list(whole.hits)
        assert {page.total for page in paged} == {whole.total}


def test_only_words_typed_with_marks_must_be_as_typed(index: Index) -> None:
    fill(index, "Thạnh long đỏ", "Thanh long đo", "Thanh long đỏ")
    assert found(index, "thanh long đỏ") == ["Thanh long đỏ", "Thạnh long đỏ", "Thanh long đo"]


def test_without_marks_the_bare_word_wins_a_tie_only(index: Index) -> None:
    fill(index, "Thạnh Long", "Thanh Long")
    assert found(index, "thanh long") == ["Thanh Long", "Thạnh Long"]


def test_title_before_category_before_seller_before_body(index: Index) -> None:
    index.apply(
        [
            listing(1, "E", body="chanh"),
            listing(3, "C", seller="chanh"),
            listing(4, "B", category="chanh"),
            listing(5, "A chanh"),
        ],
        [],
    )
    assert found(index, "chanh") == ["A chanh", "B", "C", "E"]


def test_a_place_is_found_by_its_name_never_by_single_syllables(index: Index) -> None:
    index.apply(
        [
            listing(1, "Gạo nàng thơm", places=("Huyện Cần Đước", "Long An")),
            listing(2, "Thanh long ruột đỏ", places=("Huyện Châu Thành", "Long An")),
            listing(3, "Chanh không hạt", places=("Huyện Châu Thành", "Xã An Lục Long", "Long An")),
            listing(4, "Gạo huyết rồng Cần Đước"),
        ],
        [],
    )
    assert found(index, "thanh long") == ["Thanh long ruột đỏ"]
    assert set(found(index, "chau thanh")) == {"Thanh long ruột đỏ", "Chanh không hạt"}
    assert found(index, "chanh an lục long") == ["Chanh không hạt"]
    assert set(found(index, "gạo cần đước")) == {"Gạo huyết rồng Cần Đước", "Gạo nàng thơm"}
    assert found(index, "gao can duoc long an") == ["Gạo nàng thơm"]
    assert found(index, '"cần đước" gạo thơm') == ["Gạo nàng thơm"]
    assert len(index.search(Query(text="long an")).hits) == 3


def test_an_unwanted_place_hides_what_only_lies_there(index: Index) -> None:
    index.apply(
        [
            listing(1, "Gạo một", places=("Huyện Bến Lức",)),
            listing(2, "Gạo hai", body="Giao tại Bến Lức"),
            listing(3, "Gạo ba", places=("Huyện Cần Đước",)),
            listing(4, "Gạo bốn", places=("Bến Lực",)),
            listing(5, "Gạo năm", places=("Huế",)),
        ],
        [],
    )
    assert set(found(index, 'gạo -"bến lức"')) == {"Gạo ba", "Gạo bốn", "Gạo năm"}
    assert set(found(index, 'gạo -"ben luc"')) == {"Gạo ba", "Gạo năm"}
    assert set(found(index, 'gạo -"Huyện Bến Lức"')) == {"Gạo hai", "Gạo ba", "Gạo bốn", "Gạo năm"}
    assert set(found(index, "gạo -huế")) == {"Gạo một", "Gạo hai", "Gạo ba", "Gạo bốn"}


def test_marks_are_meant_of_the_place_as_of_the_goods(index: Index) -> None:
    index.apply(
        [
            listing(1, "Gáo dừa", category="Gáo", seller="Gào", places=("Huyện Bến Lức",), boost=MAX_BOOST),
            listing(2, "Gạo", places=("Huyện Bến Lức",), boost=MIN_BOOST),
            listing(3, "Gạo bền lực", places=("Bền Lực",), boost=MAX_BOOST),
        ],
        [],
    )
    assert found(index, "gạo bến lức")[0] == "Gạo"
    assert found(index, "gao bến lức")[2] == "Gạo bền lực"


def test_a_place_of_one_syllable_is_found_by_it_with_marks_or_alone(index: Index) -> None:
    index.apply(
        [
            listing(1, "Mè xửng", places=("Thành phố Huế",)),
            listing(2, "Tôm chua", places=("Huế",)),
            listing(3, "Trà sen", places=("Phường 1", "Thừa Thiên Huế")),
            listing(4, "Hoa huệ"),
            listing(5, "Nhãn", places=("Phường 1", "Xã Tân An")),
        ],
        [],
    )
    assert set(found(index, "huế")) == {"Mè xửng", "Tôm chua", "Hoa huệ"}
    assert found(index, "huế")[2] == "Hoa huệ"
    assert set(found(index, "hue")) == {"Mè xửng", "Tôm chua", "Hoa huệ"}
    assert found(index, "mè huế") == ["Mè xửng"]
    assert found(index, "me hue") == []
    assert found(index, "tôm huệ") == []
    assert found(index, "1") == found(index, "an") == found(index, "thành") == []
    assert set(found(index, "thanh pho hue")) == {"Mè xửng"}
    assert index.search(Query(text="huế", exact=True)).total == 2
    assert index.search(Query(text="hue", exact=True)).total == 0


def test_as_typed_a_place_needs_its_marks(index: Index) -> None:
    index.apply([listing(1, "Gạo", places=("Cần Đước",))], [])
    assert index.search(Query(text="gạo cần đước", exact=True)).total == 1
    assert index.search(Query(text="gạo can duoc", exact=True)).total == 0


def test_a_text_nobody_types_is_refused(index: Index) -> None:
    fill(index, "Gạo")
    assert found(index, "gạo " * (MAX_TEXT // 4)) == ["Gạo"]
    with pytest.raises(ValueError, match=f"at most {MAX_TEXT}"):
        index.search(Query(text="g" * (MAX_TEXT + 1)))


def test_as_typed_a_word_still_being_typed_may_get_another_tone(index: Index) -> None:
    fill(index, "Gạo", "Gáo", "Gấc")
    assert sorted(found(index, "ga", exact=True, typing=True)) == ["Gáo", "Gạo"]
    assert sorted(found(index, "gạ", exact=True, typing=True)) == ["Gáo", "Gạo"]


def test_the_head_of_a_name_counts(index: Index) -> None:
    fill(index, "Bánh gạo", "Gạo bánh")
    assert found(index, "gạo") == ["Gạo bánh", "Bánh gạo"]


def test_words_side_by_side_count(index: Index) -> None:
    fill(index, "Gạo lứt nàng mềm thơm", "Gạo lứt mềm nàng thơm")
    assert found(index, "nang thom")[0] == "Gạo lứt mềm nàng thơm"


def test_a_title_of_300_words_does_not_win_by_length(index: Index) -> None:
    stuffed = "Chanh không hạt " + " ".join(f"từ{'abcdefghij'[n % 10]}{n}" for n in range(300)) + " Bến Lức"
    fill(index, stuffed, "Chanh không hạt")
    assert found(index, "chanh không hạt") == ["Chanh không hạt", stuffed]
    assert found(index, "tuz276 bến lức") == []
    assert found(index, "từg276 bến lức") == [stuffed]


def test_boost_decides_between_equals_and_never_buries(index: Index) -> None:
    index.apply(
        [
            listing(1, "Chanh cũ", boost=0.7),
            listing(2, "Chanh mới", boost=1.3),
            listing(3, "Mật", body="chanh", boost=1000.0),
            listing(4, "Chanh lâu", boost=-1000.0),
        ],
        [],
    )
    assert found(index, "chanh") == ["Chanh mới", "Chanh cũ", "Chanh lâu", "Mật"]


def test_the_best_hit_is_found_for_a_page_of_one(index: Index) -> None:
    """A weaker match with a greater boost: a backend that looks at the better matches first must not stop there."""
    index.apply([listing(1, "Gạo", boost=0.8), listing(2, "Bánh gạo", boost=2.0)], [])
    assert found(index, "gao", limit=1) == ["Bánh gạo"]
    assert found(index, "gao", limit=1, offset=1) == ["Gạo"]


def test_hits_carry_what_a_list_shows(index: Index) -> None:
    index.apply([listing(7, "Chanh 🍋 không hạt", kind="request", source="postmart", ref="a/b?c=1")], [])
    [hit] = index.search(Query(text="chanh")).hits
    assert (hit.id, hit.kind, hit.title, hit.source, hit.ref) == (
        "listing:7",
        "request",
        "Chanh 🍋 không hạt",
        "postmart",
        "a/b?c=1",
    )
    assert hit.score > 0
