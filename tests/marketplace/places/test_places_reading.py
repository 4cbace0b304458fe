"""The rules of reading an address, one by one."""

from __future__ import annotations

import pytest

from marketplace import places
from marketplace.places import Place, read


def told(place: Place) -> tuple[str | None, str | None, str | None, str | None]:
    """Province, old district, old commune and 2025 unit, by name."""
    return (
        place.province,
        places.district_name(place.old_district) if place.old_district else None,
        places.commune_name(place.old_commune) if place.old_commune else None,
        places.unit_name(place.unit_2025) if place.unit_2025 else None,
    )


def candidates(place: Place) -> set[str]:
    return {places.unit_name(code) for code in place.candidates}


# Châu Thành, a district of ten provinces


def test_chau_thanh_needs_the_province() -> None:
    assert told(read("huyện Châu Thành")) == (None, None, None, None)
    assert told(read("huyện Châu Thành, Tây Ninh")) == ("Tây Ninh", None, None, None)
    assert told(read("Châu Thành, Long An")) == ("Long An", "Huyện Châu Thành", None, None)
    assert told(read("huyện Châu Thành", "Long An")) == ("Long An", "Huyện Châu Thành", None, None)
    assert told(read("xã Châu Thành, tỉnh Tây Ninh")) == ("Tây Ninh", None, None, "Xã Châu Thành")


def test_a_commune_tells_which_chau_thanh_it_is() -> None:
    ours = ("Long An", "Huyện Châu Thành", "Xã Long Trì", "Xã An Lục Long")
    assert told(read("xã Long Trì, huyện Châu Thành")) == ours
    assert told(read("xã Long Trì, huyện Châu Thành, tỉnh Tây Ninh")) == ours
    assert told(read("xã Hòa Hội, huyện Châu Thành, tỉnh Tây Ninh")) == ("Tây Ninh", None, None, None)
    assert told(read("xã Tân Thạch, huyện Châu Thành")) == (None, None, None, None)


# Thạnh Hóa and Thanh Hóa


@pytest.mark.parametrize("address", ["Thanh Hóa", "Thanh Hoá", "tỉnh Thanh Hóa", "thanh hoa", "TP Thanh Hóa"])
def test_thanh_hoa_is_the_province(address: str) -> None:
    assert told(read(address)) == ("Thanh Hóa", None, None, None)


def test_thanh_hoa_without_marks_is_the_district_only_in_long_an() -> None:
    thanh_hoa = ("Long An", "Huyện Thạnh Hóa", None, None)
    assert told(read("Thanh Hoa", "Long An")) == thanh_hoa
    assert told(read("huyen Thanh Hoa, Long An")) == thanh_hoa
    assert told(read("Thanh Hóa, Long An")) == thanh_hoa
    assert told(read("huyen Thanh Hoa"))[1] is None
    assert told(read("huyện Triệu Sơn, Thanh Hóa", "Long An"))[0] == "Thanh Hóa"


def test_a_commune_of_thanh_hoa_district_makes_the_province_doubtful() -> None:
    assert read("xa Thuy Tay, Thanh Hoa") == Place(method="ambiguous", confidence=0.2)


# The 2025 system, and addresses that mix the two


def test_a_new_unit_stands_in_no_district() -> None:
    assert told(read("Ấp 3, xã Cần Giuộc, Tây Ninh")) == ("Long An", None, None, "Xã Cần Giuộc")
    assert read("Ấp 3, xã Cần Giuộc, Tây Ninh").method == "unit"


def test_an_old_district_under_the_new_province_is_still_ours() -> None:
    place = read("xã An Thạnh, huyện Bến Lức, tỉnh Tây Ninh")
    assert told(place) == ("Long An", "Huyện Bến Lức", "Xã An Thạnh", "Xã Bến Lức")


def test_a_name_that_is_old_and_new_leaves_the_commune_open() -> None:
    place = read("xã Mỹ Lệ, huyện Cần Đước, tỉnh Tây Ninh")
    assert told(place) == ("Long An", "Huyện Cần Đước", None, "Xã Mỹ Lệ")
    assert place.method == "both"
    differing = read("xã Bình Thành, Đức Huệ, Tây Ninh")  # the old commune went to xã Đức Huệ
    assert told(differing) == ("Long An", "Huyện Đức Huệ", None, None)
    assert candidates(differing) == {"Xã Bình Thành", "Xã Đức Huệ"}


def test_tay_ninh_alone_may_be_either_of_the_two() -> None:
    assert told(read("tỉnh Tây Ninh")) == (None, None, None, None)
    assert told(read("tỉnh Tây Ninh", "Long An")) == ("Long An", None, None, None)


def test_without_marks_a_unit_of_the_old_tay_ninh_may_look_like_ours() -> None:
    place = read("xa tan thanh, tay ninh")
    assert told(place) == (None, None, None, None)
    assert candidates(place) == {"Xã Tân Thành", "Xã Tân Thạnh"}
    assert candidates(read("tan thanh, tay ninh")) == {"Xã Tân Thành", "Xã Tân Thạnh"}


def test_a_bare_name_under_the_new_province_is_the_district_or_its_unit() -> None:
    place = read("Bến Lức, Tây Ninh")
    assert told(place) == ("Long An", "Huyện Bến Lức", None, None)
    assert candidates(place) == {"Xã Bến Lức"}


@pytest.mark.parametrize(
    "address",
    [
        "Ấp 4, xã An Lục Long, tỉnh Tây Ninh (trước 01/07/2025: xã Dương Xuân Hội, huyện Châu Thành, Long An)",
        "xã Dương Xuân Hội, huyện Châu Thành, Long An (nay là xã An Lục Long, tỉnh Tây Ninh)",
        "xã Dương Xuân Hội, huyện Châu Thành, Long An, nay là xã An Lục Long, tỉnh Tây Ninh",
        "xã An Lục Long (xã Dương Xuân Hội, huyện Châu Thành, Long An cũ), tỉnh Tây Ninh",
    ],
)
def test_both_statements_of_one_place_are_read(address: str) -> None:
    place = read(address)
    assert told(place) == ("Long An", "Huyện Châu Thành", "Xã Dương Xuân Hội", "Xã An Lục Long")
    assert place.method == "both"


def test_the_new_name_settles_a_divided_commune() -> None:
    place = read("xã Tân Thành, huyện Thủ Thừa, Long An (nay là xã Mỹ Thạnh, tỉnh Tây Ninh)")
    assert told(place) == ("Long An", "Huyện Thủ Thừa", "Xã Tân Thành", "Xã Mỹ Thạnh")
    assert place.candidates == ()


def test_a_new_name_elsewhere_is_a_conflict() -> None:
    place = read("xã Tân Thành, huyện Thủ Thừa, Long An (nay là xã Bến Lức, tỉnh Tây Ninh)")
    assert told(place) == ("Long An", "Huyện Thủ Thừa", "Xã Tân Thành", None)
    assert place.method == "conflict"
    assert candidates(place) == {"Xã Bến Lức", "Xã Thủ Thừa", "Xã Mỹ Thạnh"}


def test_a_bracket_completes_the_line() -> None:
    assert told(read("Xã Vĩnh Công, tỉnh Tây Ninh (Long An cũ)")) == ("Long An", None, None, "Xã Vĩnh Công")
    in_bracket = read("xã Tân Thành (Thủ Thừa cũ), tỉnh Tây Ninh")
    assert told(in_bracket) == ("Long An", "Huyện Thủ Thừa", "Xã Tân Thành", None)
    annotated = read("xã Mỹ Lệ, Cần Đước, Long An (nay thuộc tỉnh Tây Ninh)")
    assert told(annotated) == ("Long An", "Huyện Cần Đước", "Xã Mỹ Lệ", "Xã Mỹ Lệ")


def test_a_branch_elsewhere_does_not_move_the_seat() -> None:
    assert told(read("Xã Long Trì, huyện Châu Thành, Long An (VP: Quận 7, TP.HCM)"))[1] == "Huyện Châu Thành"
    assert told(read("Đức Hòa, Long An; kho: Bình Chánh, TP.HCM"))[1] == "Huyện Đức Hòa"
    assert told(read("Số 5, Quận 1, TP.HCM (chi nhánh: huyện Bến Lức, Long An)")) == ("Hồ Chí Minh", None, None, None)


# Names that occur more than once


@pytest.mark.parametrize(
    "name",
    [
        "Phường 1",
        "Phường 3",
        "Xã Thạnh Hưng",
        "Xã Bình Thạnh",
        "Xã Tân Lập",
        "Xã Tân Thành",
        "Xã Tân Bình",
        "Tân Thành",
    ],
)
def test_a_commune_name_of_two_districts_is_left_open(name: str) -> None:
    place = read(f"{name}, Long An")
    assert told(place) == ("Long An", None, None, None)
    assert place.method == "ambiguous"
    assert len(place.candidates) > 1


def test_a_commune_name_of_one_district_is_enough_in_long_an() -> None:
    assert told(read("xã Long Trì, Long An")) == ("Long An", "Huyện Châu Thành", "Xã Long Trì", "Xã An Lục Long")
    assert told(read("xã Long Trì")) == (None, None, None, None)
    assert candidates(read("xã Long Trì")) == {"Xã An Lục Long"}


def test_marks_tell_two_communes_apart_and_the_district_where_they_are_missing() -> None:
    assert told(read("xã Thanh Phú, Long An"))[2] == "Xã Thanh Phú"
    assert told(read("xa Thanh Phu, Long An"))[2] is None
    assert told(read("xa Thanh Phu, Thanh Hoa, Long An"))[2] == "Xã Thạnh Phú"
    assert told(read("xa Thanh Phu, Ben Luc, Long An"))[2] == "Xã Thanh Phú"


def test_town_and_commune_of_one_name_are_told_apart_by_their_type_only() -> None:
    assert told(read("TT. Hiệp Hòa, Đức Hòa, Long An"))[2] == "Thị trấn Hiệp Hòa"
    assert told(read("xã Hiệp Hòa, Đức Hòa, Long An"))[2] == "Xã Hiệp Hòa"
    place = read("Hiệp Hòa, Đức Hòa, Long An")
    assert told(place) == ("Long An", "Huyện Đức Hòa", None, "Xã Hiệp Hòa")  # both went to one unit


def test_long_an_is_also_a_commune_and_a_ward() -> None:
    assert told(read("Xã Long An, Cần Giuộc, Long An"))[2] == "Xã Long An"
    assert told(read("Long An, Cần Giuộc, Long An"))[2] == "Xã Long An"
    assert told(read("Long An, Cần Giuộc"))[1:3] == ("Huyện Cần Giuộc", None)
    assert told(read("Long An, Long An")) == ("Long An", None, None, None)


def test_a_source_that_tells_no_system_leaves_the_commune_open() -> None:
    assert told(read("xã An Lục Long", "Long An")) == ("Long An", None, None, "Xã An Lục Long")
    place = read("xã Bình Thành", "Long An")
    assert told(place) == ("Long An", None, None, None)
    assert candidates(place) == {"Xã Bình Thành", "Xã Đức Huệ"}


# Communes of before 2020 and 2024


def test_a_merged_commune_is_read_as_its_successor() -> None:
    assert told(read("Phường 2, TP Tân An, Long An"))[2:] == ("Phường 1", "Phường Long An")
    assert told(read("xã An Nhựt Tân, Tân Trụ, Long An"))[2:] == ("Xã Tân Bình", "Xã Nhựt Tảo")


def test_a_commune_merged_into_several_keeps_their_units() -> None:
    place = read("xã Tân Hòa, Bến Lức, Long An")
    assert told(place) == ("Long An", "Huyện Bến Lức", None, None)
    assert candidates(place) == {"Xã Bến Lức", "Xã Lương Hòa"}


# What contradicts itself


def test_a_commune_of_another_district_leaves_both_open() -> None:
    place = read("xã Long Trì, huyện Bến Lức, Long An")
    assert told(place) == ("Long An", None, None, None)
    assert place.method == "conflict"
    assert candidates(place) == {"Xã An Lục Long"}


def test_two_districts_leave_both_open() -> None:
    assert told(read("huyện Đức Hòa, huyện Đức Huệ, Long An")) == ("Long An", None, None, None)


def test_our_district_under_another_province_is_a_conflict() -> None:
    assert read("huyện Bến Lức, Bình Dương").method == "conflict"
    assert read("huyện Bến Lức, Bình Dương").province is None


def test_an_unknown_district_is_not_ours() -> None:
    assert told(read("xã Tân Bình, huyện Bù Gia Mập", "Long An")) == (None, None, None, None)
    assert told(read("quận 8", "Long An")) == (None, None, None, None)
    assert told(read("xã Long Trì, huyện Bình Chánh, Long An")) == ("Long An", None, None, None)


def test_wrong_marks_are_forgiven_inside_a_known_district_only() -> None:
    place = read("xã Hiệp Thành, huyện Châu Thành, Long An")
    assert told(place) == ("Long An", "Huyện Châu Thành", "Xã Hiệp Thạnh", "Xã Tầm Vu")
    assert place.confidence < read("xã Hiệp Thạnh, huyện Châu Thành, Long An").confidence
    assert told(read("xã Hiệp Thành, Long An")) == ("Long An", None, None, None)


def test_a_longer_name_is_not_the_shorter_one() -> None:
    assert told(read("xã Tân Thành Đông, Thủ Thừa, Long An"))[2] is None
    assert told(read("xã Vĩnh Châu A, Tân Hưng, Long An"))[2] == "Xã Vĩnh Châu A"
    assert told(read("xã Đức Hòa Hạ, Đức Hòa, Long An"))[2] == "Xã Đức Hòa Hạ"


# Streets, hamlets and what else stands in a line


@pytest.mark.parametrize(
    ("address", "commune"),
    [
        ("ấp Tân Lập, xã Mỹ Yên, Bến Lức, Long An", "Xã Mỹ Yên"),
        ("Nhà máy đường Hiệp Hòa, TT Hậu Nghĩa, Đức Hòa, Long An", "Thị trấn Hậu Nghĩa"),
        ("ấp Bình Thạnh Mộc Hóa Long An", None),
        ("Hòa Bình, xã Tân Bình, huyện Tân Trụ", "Xã Tân Bình"),
        ("KCN Đức Hòa 1, Đức Hòa, Long An", None),
        ("Số 1, Quốc lộ 62, Phường 6, TP Tân An, Long An", "Phường 6"),
        ("tỉnh lộ 830, xã An Thạnh, Bến Lức, Long An", "Xã An Thạnh"),
        ("79 Hùng Vương, P3, T.P Tân An, Long An", "Phường 3"),
        ("F.3, TP.Tân An", "Phường 3"),
        ("Phường 03, TP Tân An", "Phường 3"),
        ("ấp 5, xã Phước Vân, Cần Đước, Long An. ĐT: 0900 000 012", "Xã Phước Vân"),
        ("ấp 2 xã Thạnh Lợi.Huyện Bến Lức.Long An", "Xã Thạnh Lợi"),
        ("Mỹ Lệ. Cần Đước. Long An", "Xã Mỹ Lệ"),
        ("xa binh tinh huyen tan tru long an", "Xã Bình Tịnh"),
        ("HTX Thanh long Long Trì Châu Thành Long An", "Xã Long Trì"),
        ("Xã Mĩ Quí Tây, Đức Huệ, Long An", "Xã Mỹ Quý Tây"),
        ("Xã Long Trì; huyện Châu Thành; tỉnh Long An", "Xã Long Trì"),
        ("Ấp 3\nXã Long Trì\nHuyện Châu Thành\nTỉnh Long An", "Xã Long Trì"),
        ("Long An / Châu Thành / Long Trì", "Xã Long Trì"),
        ("My Hanh Nam Commune, Duc Hoa District, Long An Province, Vietnam", "Xã Mỹ Hạnh Nam"),
        ("Ward 3, Tan An City, Long An 850000", "Phường 3"),
        ("xã Quê Mỹ Thạnh,H.Tân Trụ,LA", "Xã Quê Mỹ Thạnh"),
    ],
)
def test_the_commune_is_found_among_other_words(address: str, commune: str | None) -> None:
    place = read(address)
    assert place.province == "Long An"
    assert told(place)[2] == commune


def test_a_road_is_not_the_district_it_leads_to() -> None:
    assert told(read("Số 10 đường Bến Lức", "Long An")) == ("Long An", None, None, None)
    assert told(read("Xa lộ Hà Nội", "Long An")) == ("Long An", None, None, None)


# Nothing to read


@pytest.mark.parametrize("address", ["", "  ", "Việt Nam", "0900 000 012", "đang cập nhật", "?", "()", "12/5"])
def test_nothing_told_leaves_nothing_or_the_source(address: str) -> None:
    assert read(address) == Place()
    assert read(address, "Long An") == Place(province="Long An", method="default", confidence=0.5)
    assert read(address, "Bến Tre") == Place(province="Bến Tre", method="default", confidence=0.5)


def test_the_source_speaks_only_where_the_address_does_not() -> None:
    assert read("TT. Bến Lức", "Bến Tre").province == "Long An"
    assert read("Hà Nội", "Long An").province == "Hà Nội"
    assert read("xã Tân Lập", "Tây Ninh").province == "Tây Ninh"


def test_what_is_surer_has_more_confidence() -> None:
    ranked = [
        "xã Long Trì, huyện Châu Thành, Long An",
        "xa Long Tri, huyen Chau Thanh, Long An",
        "xã Long Trì, huyện Châu Thành",
        "Tan An, Long An",
        "Hiệp Hòa, Đức Hòa, Long An",
        "xã Long Trì",
        "đang cập nhật",
    ]
    sure = [read(address).confidence for address in ranked]
    assert sure == sorted(set(sure), reverse=True)
    assert (sure[0], sure[-1]) == (1.0, 0.0)


# The line on the pages


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("xã Long Trì, huyện Châu Thành, Long An", "xã An Lục Long (Châu Thành cũ)"),
        ("P.3 TP Tân An", "phường Long An (Tân An cũ)"),
        ("xã Bến Lức, tỉnh Tây Ninh", "xã Bến Lức"),
        ("xã Tân Lập, tỉnh Tây Ninh", "xã Tân Lập, Tây Ninh"),
        ("xã Tân Thành, Thủ Thừa, Long An", "xã Tân Thành, huyện Thủ Thừa cũ"),
        ("TX. Kiến Tường, Long An", "thị xã Kiến Tường cũ"),
        ("Long An", "Long An"),
        ("Mỹ Tho, Tiền Giang", "Tiền Giang"),
        ("đang cập nhật", ""),
    ],
)
def test_the_line_on_the_pages(address: str, line: str) -> None:
    assert places.line(read(address)) == line
