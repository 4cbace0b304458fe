"""Citizens' ids inside texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import clean

IDS = st.from_regex(r"0(0[1-9]|[1-8][0-9]|9[0-6])[0-3][0-9]{8}", fullmatch=True)
WORDS = st.text(alphabet="aâbcđ xyz,:", max_size=20)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("079093012345", "*********345"),
        ("CCCD-079093012345", "CCCD-*********345"),
        ("Hộ079093012345.", "Hộ*********345."),
        ("079 093 012 345", "*********345"),
        ("079.093.012.345 cấp 2021", "*********345 cấp 2021"),
        ("0790 9301 2345, 0912 345 678", "*********345, 0912 345 678"),
        ("079093–012345", "*********345"),
        ("07 90 93 01 23 45", "*********345"),
        ("001 099 012 345 0912345678", "*********345 0912345678"),
        ("căn cước công dân số 079-0930-12345", "căn cước công dân số *********345"),
        ("CMND: 301234567", "CMND: *********567"),
    ],
)
def test_an_id_keeps_its_last_three_digits(text: str, masked: str) -> None:
    assert clean.mask_person_ids(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "+84 0912 345 678",
        "+84912345678, 0272 3826 123",
        "09 12 34 56 78 09 87 65 43 21",
        "0912345678 0987654321",
        "8931234567890",
        "Giá 2.079.093.012.345 đ",
        "MST 1101234567-001",
        "000000012345",
        "19/11/2026 08:15:30",
    ],
)
def test_what_is_no_id_stays(text: str) -> None:
    assert clean.mask_person_ids(text) == text
    assert clean.person_ids(text) == ()


@given(WORDS, IDS, st.sampled_from((2, 3, 4, 6, 12)), st.sampled_from(" .-–\u00a0"), WORDS)
def test_an_id_is_found_in_every_even_grouping(before: str, digits: str, size: int, mark: str, after: str) -> None:
    printed = mark.join(digits[at : at + size] for at in range(0, 12, size))
    text = f"{before} {printed} {after}"
    assert clean.person_ids(text) == (digits,)
    assert clean.mask_person_ids(text) == f"{before} *********{digits[-3:]} {after}"


@given(st.text(alphabet="0179 .-–cdCD:", max_size=80))
def test_masking_is_done_at_once(text: str) -> None:
    once = clean.mask_person_ids(text)
    assert clean.mask_person_ids(once) == once
