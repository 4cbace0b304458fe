"""What holds for any text at all."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from marketplace import places
from marketplace.places.gazetteer import GAZETTEER
from marketplace.places.parts import LONGEST
from marketplace.places.spelling import EXACT, likeness, syllable, syllables

NAMES = sorted(
    {unit.name for unit in GAZETTEER.units.values()}
    | {commune.name for commune in GAZETTEER.communes.values()}
    | {district.name for district in GAZETTEER.districts.values()}
    | {"Long An", "tỉnh Tây Ninh", "Tây Ninh", "Thanh Hóa", "tỉnh Tiền Giang", "TP.HCM", "huyện Gò Dầu", "quận 8"}
)
PIECES = st.one_of(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES).map(lambda name: name.split(" ", 1)[-1]),
    st.sampled_from(
        ["ấp 3", "đường", "(", ")", "nay là", "cũ", "xã", "P.", "T.", "tỉnh", "LA", "12/5", "Việt Nam", ""]
    ),
    st.text(max_size=12),
)
ADDRESSES = st.builds(
    lambda pieces, separator: separator.join(pieces),
    st.lists(PIECES, max_size=8),
    st.sampled_from([", ", "-", " ", " - ", "; ", "\n", "."]),
)
SOURCES = st.sampled_from([None, "Long An", "Tây Ninh", "Bến Tre", "", " "])


@given(ADDRESSES, SOURCES)
def test_a_place_never_contradicts_the_tables(address: str, source: str | None) -> None:
    place = places.read(address, source)
    assert 0 <= place.confidence <= 1
    assert (place.confidence == 0) == (place.method == "none")
    assert not (place.unit_2025 and place.candidates)
    assert list(place.candidates) == sorted(set(place.candidates))
    assert set(place.candidates) <= set(GAZETTEER.units)
    if place.old_commune:
        assert GAZETTEER.communes[place.old_commune].district == place.old_district
    if place.old_district:
        assert place.province == "Long An"
    if place.unit_2025:
        unit = GAZETTEER.units[place.unit_2025]
        assert place.province == ("Long An" if unit.from_long_an else "Tây Ninh")
        assert place.old_district is None or place.old_district in unit.districts
        if place.old_commune:
            assert place.unit_2025 in GAZETTEER.communes[place.old_commune].units
    assert (places.line(place) == "") == (place.province is None)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    places.read(text)
    places.read(text, text)


@given(ADDRESSES)
def test_composition_and_the_country_change_nothing(address: str) -> None:
    place = places.read(address)
    composed = unicodedata.normalize("NFC", address)
    assert places.read(unicodedata.normalize("NFD", composed)) == places.read(composed)
    country = ", VIỆT NAM" if address.isupper() else ", Việt Nam"
    assert places.read(f"{address}{country}") == place


@given(st.sampled_from(sorted(GAZETTEER.communes)), st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_case_changes_nothing(code: str, case: object) -> None:
    commune = GAZETTEER.communes[code]
    address = f"{commune.name}, {GAZETTEER.districts[commune.district].name}, tỉnh Long An"
    assert callable(case)
    assert places.read(case(address)) == places.read(address)


@given(st.text(max_size=50), st.sampled_from(sorted(GAZETTEER.communes)))
def test_of_a_description_only_the_end_is_read(text: str, code: str) -> None:
    commune = GAZETTEER.communes[code]
    end = f", {commune.name}, {GAZETTEER.districts[commune.district].name}, tỉnh Long An"
    filler = ", bán lẻ tại vườn" * LONGEST
    assert places.read(f"{text}{filler}{end}") == places.read(end)


@given(st.sampled_from(NAMES))
def test_a_name_is_exactly_itself_in_every_composition(name: str) -> None:
    assert likeness(syllables(unicodedata.normalize("NFD", name)), syllables(name)) == EXACT
    assert likeness(syllables(name.upper()), syllables(name)) == EXACT


@given(st.text(max_size=10))
def test_a_syllable_without_marks_is_its_own_fold(word: str) -> None:
    form = syllable(word)
    assert syllable(form.fold).fold == form.fold
