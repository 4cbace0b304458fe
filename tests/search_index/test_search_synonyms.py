"""Regional names of the same goods: every group of the file in its direction, and what must not be taken for goods."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from search_listings import fill, found, listing

from search_index.documents import Change, Query
from search_index.errors import IndexUnusable
from search_index.fold import fold
from search_index.index import BACKENDS, Index
from search_index.synonyms import BadSynonyms, Synonyms, packaged
from search_index.words import words

HEADER = "id,south,variants,group,way,opening,alone,not_in,note,reason,source\n"
GROUPS = packaged().groups


@pytest.fixture(scope="module", params=sorted(BACKENDS))
def every_name(request: pytest.FixtureRequest) -> Iterator[Index]:
    """An index with one listing for each name of each group; its number is told by the ref."""
    with tempfile.TemporaryDirectory() as folder:
        index = Index.open(Path(folder), request.param)
        names = [name for group in GROUPS.values() for name in group]
        index.apply([listing(at, name.text.capitalize(), ref=name.term) for at, name in enumerate(names)], [])
        yield index
        index.close()


def refs(index: Index, text: str) -> set[str]:
    return {hit.ref for hit in index.search(Query(text=text, limit=1000)).hits}


def test_all_groups_are_there() -> None:
    assert len(GROUPS) >= 108
    assert {str(number) for number in range(1, 109)} <= set(GROUPS)
    one_way = {group for group, names in GROUPS.items() if not all(name.asked for name in names)}
    assert one_way == {"4", "5", "8", "12", "44", "103", "109", "112", "113"}


@pytest.mark.parametrize("group", GROUPS)
def test_each_name_finds_the_others_of_its_group(every_name: Index, group: str) -> None:
    for name in GROUPS[group]:
        wanted = {other.term for other in GROUPS[group] if other.found} if name.asked else {name.term}
        assert refs(every_name, name.text) >= wanted | {name.term}
        assert refs(every_name, fold(name.text)) >= wanted | {name.term}


@pytest.mark.parametrize("group", [group for group, names in GROUPS.items() if not names[0].found])
def test_a_name_of_two_meanings_is_not_found_by_the_other_one(every_name: Index, group: str) -> None:
    southern, *others = GROUPS[group]
    for other in others:
        assert southern.term not in refs(every_name, other.text)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("bắp", "Ngô nếp luộc"),
        ("heo", "Thịt lợn mán"),
        ("thịt lợn", "Thịt ba rọi heo"),
        ("thịt ba rọi lợn", "Thịt heo ba rọi"),
        ("đậu phộng rang", "Lạc rang húng lìu"),
        ("dau phong", "Lạc nhân"),
        ("lac", "Đậu phộng tươi"),
        ("heo rừng", "Lợn rừng lai"),
        ("cám heo", "Cám lợn"),
        ("dứa", "Trái thơm Tân Phước"),
        ("dứa", "Mua thơm số lượng lớn"),
        ("dứa", "5 tấn thơm"),
        ("dứa", "khom"),
        ("khổ qua", "muop dang rung"),
        ("mãng cầu", "Na Chi Lăng"),
        ("trai cay", "Hoa quả sấy"),
        ("bông súng", "Hoa súng đồng"),
        ("bông", "Hoa súng đồng"),
        ("hạt tiêu", "Tiêu đen Phú Quốc"),
        ("chiếu cói", "Chiếu lác Long Cang"),
        ("giá đỗ", "Giá sạch"),
        ("giá đỗ", "Giá"),
        ("giá đỗ", "gia"),
        ("giá đỗ", "Bán giá tươi 5kg"),
        ("sả", "Củ xả 1kg"),
        ("sả", "Xả"),
        ("dứa", "Cần mua 10 kg thơm"),
        ("tiêu đen", "Hồ tiêu đen"),
        ("củ đậu", "Sắn nước Cần Giuộc"),
        ("củ đậu", "Củ sắn nước thái sợi"),
        ("dọc mùng", "Môn bạc hà tươi"),
        ("dọc mùng", "Bạc hà nấu canh chua"),
        ("roi", "Mận An Phước đỏ"),
        ("roi", "man hong dao da"),
        ("heo/lợn", "Thịt heo"),
        ("lợn", "Ba chi heo 1kg"),
        ("khóm/dứa", "Trái thơm"),
    ],
)
def test_other_names_are_found(index: Index, typed: str, title: str) -> None:
    fill(index, title)
    assert found(index, typed) == [title]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("bắp cải", "Ngô cải tạo"),
        ("ngô", "Bắp cải Đà Lạt"),
        ("ngô", "Bắp chuối hột"),
        ("ngô", "Đậu bắp non"),
        ("ngô", "Bắp bò tơ"),
        ("bắp", "Bí ngô tròn"),
        ("lợn", "Cá heo nước ngọt"),
        ("heo", "Cá lợn biển"),
        ("trái", "Cá quả đồng"),
        ("trái", "Hiệu quả cao"),
        ("khoai mì", "Củ sắn ngọt"),
        ("khoai mì", "Bột sắn dây"),
        ("củ đậu", "Khoai mì"),
        ("sắn", "Củ mì"),
        ("roi", "Mận hậu"),
        ("mận", "Bưởi Năm Roi"),
        ("trứng gà", "Lê ki ma"),
        ("lê ki ma", "Trứng gà ta"),
        ("hoa", "Bông gòn"),
        ("bông", "Hoa quả"),
        ("dọc mùng", "Tinh dầu bạc hà"),
        ("dứa", "Gạo nàng thơm"),
        ("dứa", "Bánh thơm ngon"),
        ("thơm", "Trà lá dứa"),
        ("giá đỗ", "Gạo giá rẻ"),
        ("giá đỗ", "Đánh giá cao"),
        ("mãng cầu ta", "Hồi Na Rì"),
        ("quất", "Tắc kè"),
        ("quất", "Hạnh nhân"),
        ("bắp cải", "Tôm sú"),
        ("vừng", "Cá mè"),
        ("đậu phộng", "Câu lạc bộ"),
        ("hạt tiêu", "Chuối tiêu"),
        ("cừ tràm", "Tinh dầu tràm"),
        ("cám gạo", "Cám heo"),
        ("bát", "Chén thánh"),
        ("chén", "Gốm Bát Tràng"),
        ("cói", "Lác đác"),
        ("tôm đồng", "Tép tỏi"),
        ("heo", "Mo lon xuc xich"),
    ],
)
def test_what_only_looks_like_a_name_is_not_found(index: Index, typed: str, title: str) -> None:
    fill(index, title)
    assert found(index, typed) == []


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("giá đỗ", "Gạo ST25 5kg giá 150.000đ"),
        ("giá đỗ", "Giá 25k/kg thanh long"),
        ("giá đỗ", "Bán giá 20k"),
        ("giá đỗ", "Thanh long 2 tấn giá 10k"),
        ("giá đỗ", "Giá sỉ chanh không hạt"),
        ("giá đỗ", "Giá thanh long hôm nay"),
        ("giá đỗ", "Báo giá đậu xanh"),
        ("khóm", "Gạo 10kg thơm"),
        ("dứa", "Gạo 10kg thơm"),
        ("dứa", "Gạo ST25 thơm"),
        ("dứa", "Mật ong 1kg thơm nguyên chất"),
        ("dứa", "Gạo mềm và thơm"),
        ("khóm", "Khô cá dứa một nắng"),
        ("sả", "Xả 5 tấn dưa hấu"),
        ("sả", "Xả hàng cuối vụ"),
        ("sả", "Xả thanh long giá gốc"),
        ("sả", "Xả cây giống mít"),
        ("bông", "Gạo Nàng Hoa 9"),
        ("bông", "Lạp xưởng cô Hoa"),
        ("bông", "Lap xuong co Hoa"),
        ("bông", "Chanh khong hat Duc Hoa"),
        ("bông", "Bắp bò hoa"),
        ("bông", "Mật ong hoa nhãn"),
        ("đậu phộng", "Nếp Mỹ Lạc"),
        ("bắp", "Mật ong Ngô Minh"),
        ("rau mùi", "Cốm ngò Cần Giuộc"),
        ("thóc", "Máy cắt lúa"),
        ("nghêu", "Dau rang ngao duong"),
        ("bắp cải", "Con sú giống"),
        ("củ đậu", "Củ sắn ngọt"),
        ("dọc mùng", "Lá bạc hà pha trà"),
        ("roi", "Mận khô"),
    ],
)
def test_prices_praise_people_and_places_are_no_goods(index: Index, typed: str, title: str) -> None:
    fill(index, title, typed)  # with what was typed at hand, it is not taken for another word
    assert found(index, typed) == [typed]


@pytest.mark.parametrize(
    ("typed", "seller", "dealt_in"),
    [
        ("bông", "Nguyễn Thị Hoa", False),
        ("bông", "Cơ sở Bảy Hoa", False),
        ("bông", "Cơ sở Hoa", False),
        ("bông", "HTX Hoa Sen", False),
        ("bông", "Vườn hoa kiểng Út Lành", True),
        ("bông", "Hộ trồng hoa Trần Văn Mẫn", True),
        ("bắp", "Ngô Thanh Tùng", False),
        ("bắp", "Cửa hàng Ngô Minh", False),
        ("bắp", "Hộ kinh doanh Ngô Thị Mến", False),
        ("bắp", "Hộ trồng ngô Bảy Lành", True),
        ("đậu phộng", "Trần Văn Lạc", False),
        ("đậu phộng", "Phạm Ngọc Lạc", False),
        ("đậu phộng", "HTX Lạc Tấn", False),
        ("đậu phộng", "Lò lạc rang Chín Thơm", True),
        ("dứa", "Lê Kim Thơm", False),
        ("dứa", "Lò bánh tét Tư Thơm", False),
        ("dứa", "Cơ sở khóm Bảy Thơm", True),
        ("dứa", "THT Khóm Hương Xanh", True),
        ("dứa", "Hợp tác xã khóm Bến Lức", True),
        ("lợn", "Trang trại heo Lâm Thịnh", True),
        ("lợn", "Cơ sở heo giống Bảy Hoa", True),
        ("lợn", "Trần Minh Heo", False),
        ("thóc", "HTX Thanh long Hạt Lúa", False),
        ("thóc", "HTX Lúa gạo Gió Đồng", True),
        ("na", "Hộ Phạm Thị Na", True),  # as it is written
        ("mãng cầu", "Hộ Phạm Thị Na", False),
        ("trái cây", "Cửa hàng hoa quả Minh Tâm", True),
    ],
)
def test_nobody_is_taken_for_goods(index: Index, typed: str, seller: str, dealt_in: bool) -> None:
    index.apply([listing(1, seller, kind="seller"), listing(2, typed)], [])
    assert set(found(index, typed)) == {typed} | ({seller} if dealt_in else set())


@pytest.mark.parametrize("number", ["1", "20", "150.000", "2,5"])
@pytest.mark.parametrize("unit", ["", "k", "kg", " tấn", "đ/kg"])
@pytest.mark.parametrize("title", ["Giá {}", "Xả {} dưa hấu", "Gạo {} thơm", "Gạo mới {} giá rẻ", "Bán giá {}"])
def test_no_amount_makes_goods_of_a_price_or_of_praise(number: str, unit: str, title: str) -> None:
    text = words(title.format(number + unit))
    assert {match.name.group for match in packaged().matches(text, title=True)} <= {"18"}  # dưa hấu


def test_words_of_a_name_that_mean_something_else_alone_must_stand_together(index: Index) -> None:
    index.apply([listing(1, "Bắp nếp", seller="HTX Đậu phộng"), listing(2, "Đậu bắp"), listing(3, "Mướp tây")], [])
    assert found(index, "đậu bắp") == ["Đậu bắp", "Mướp tây"]


def test_the_name_typed_comes_first_and_what_was_searched_for_is_told(index: Index) -> None:
    fill(index, "Thịt lợn", "Thịt heo", "Lớn nhanh", "Lợn con", "Heo con")
    heo = index.search(Query(text="heo"))
    assert [hit.title for hit in heo.hits][:2] == ["Heo con", "Thịt heo"]
    assert heo.changes == (Change("synonym", "heo", ("lợn",)),)
    assert (heo.read_as, heo.spellings) == ("", ())
    assert found(index, "lợn")[-1] == "Lớn nhanh"  # another name of the goods is meant sooner than other marks
    assert index.search(Query(text="thịt heo")).changes == (Change("synonym", "thịt heo", ("thịt lợn",)),)


def test_only_names_that_hits_bear_are_told(index: Index) -> None:
    fill(index, "Khóm tươi", "Dứa sấy")
    assert index.search(Query(text="thơm")).changes == (Change("synonym", "thơm", ("khóm", "dứa")),)
    assert index.search(Query(text="thơm sấy")).changes == (Change("synonym", "thơm", ("dứa",)),)
    assert index.search(Query(text="gạo nàng thơm")).changes == ()


@pytest.mark.parametrize("text", ['"heo"', "ngon -heo", '"thịt heo" ngon'])
def test_quotes_and_unwanted_words_are_literal(index: Index, text: str) -> None:
    fill(index, "Thịt lợn ngon")
    results = index.search(Query(text=text))
    assert results.changes == ()
    assert results.total == ("-" in text)


def test_as_typed_no_other_name_is_searched_for(index: Index) -> None:
    fill(index, "Thịt lợn")
    assert index.search(Query(text="heo", exact=True)).total == 0


def test_words_of_two_names_are_not_mixed(index: Index) -> None:
    fill(index, "Đỗ xanh, lạc", "Lạc xanh", "Đậu xanh")
    assert found(index, "đậu xanh đậu phộng") == ["Đỗ xanh, lạc"]


def test_longest_name_first_and_no_name_in_a_name() -> None:
    def names(text: str) -> list[str]:
        return [match.name.text for match in packaged().matches(words(text), title=True)]

    assert names("Bắp cải, mận Hà Nội và bông cải") == ["bắp cải", "mận Hà Nội", "bông cải"]
    assert names("Thịt heo") == ["thịt heo", "heo"]
    assert names("thit heo") == ["thịt heo", "heo"]
    assert names("Dau phong gia re") == ["đậu phộng"]
    assert names("Lac") == ["lạc", "lác"]
    assert names("Lac rang") == []


def test_an_edited_file_makes_another_index(folder: Path, backend: str) -> None:
    first = Synonyms(HEADER + "1,heo,lợn,,both,,,,,,\n")
    Index.build(folder, [listing(1, "Thịt lợn"), listing(2, "Khỉ")], backend, first)
    index = Index.open(folder, backend, first)
    assert found(index, "heo") == ["Thịt lợn"]
    index.close()
    with pytest.raises(IndexUnusable, match="it has version"):
        Index.open(folder, backend)
    second = Synonyms(HEADER + "1,heo,khỉ,,both,,,,,,\n")
    Index.build(folder, [listing(1, "Thịt lợn"), listing(2, "Khỉ")], backend, second)
    index = Index.open(folder, backend, second)
    assert found(index, "heo") == ["Khỉ"]
    index.close()


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "expected the columns"),
        ("south,variants\n", "line 1: expected the columns id,south"),
        (HEADER + "1,heo\n", "line 2: 2 columns, expected 11"),
        (HEADER + "x,heo,lợn,,both,,,,,,\n", "line 2, column id: 'x'"),
        (HEADER + "1,heo,lợn,,both,,,,,,\n1,bắp,ngô,,both,,,,,,\n", "line 3, column id: '1'"),
        (HEADER + "1,heo,lợn,,north,,,,,,\n", "line 2, column way: 'north': expected one of both, south"),
        (HEADER + "1,,lợn,,both,,,,,,\n", "line 2, column south"),
        (HEADER + "1,heo,lợn (con),,both,,,,,,\n", "line 2, column variants: 'lợn \\(con\\)'"),
        (HEADER + "1,heo,lợn;;ỉn,,both,,,,,,\n", "line 2, column variants: '' has no word"),
        (HEADER + "1,heo,lợn;HEO,,both,,,,,,\n", "line 2, column variants: a name of this group stands there twice"),
        (HEADER + "1,heo,lợn,,both,ỉn,,,,,\n", "line 2, column opening: 'ỉn' is no name"),
        (HEADER + "1,heo,lợn,,both,,ỉn,,,,\n", "line 2, column alone: 'ỉn' is no name"),
        (HEADER + "1,heo,lợn,,both,,,…,,,\n", "line 2, column not_in: '…' has no word"),
        (HEADER + '1,heo,"lợn"x,,both,,,,,,\n', "line 2: "),
    ],
)
def test_a_bad_file_is_named_by_line_and_column(content: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadSynonyms, match=fault) as told:
        Synonyms.read(path)
    assert str(path) in str(told.value)
    assert "\n" not in str(told.value)


def test_a_missing_file_and_one_in_another_encoding_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadSynonyms, match="cannot be read"):
        Synonyms.read(tmp_path / "none.csv")
    (tmp_path / "old.csv").write_bytes(HEADER.encode() + "1,heo,lợn,,both,,,,,,\n".encode("utf-16"))
    with pytest.raises(BadSynonyms, match="cannot be read"):
        Synonyms.read(tmp_path / "old.csv")


def test_a_file_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + "\n1,heo,lợn; ỉn ,,both,,,,,,\n").replace("\n", "\r\n").encode())
    assert [name.text for name in Synonyms.read(path).groups["1"]] == ["heo", "lợn", "ỉn"]
