"""No visitor sees a contact whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.privacy import masked_email, masked_phone, masked_phones, without_contacts


def test_a_phone_shows_its_beginning_and_its_end() -> None:
    assert masked_phone("0912345678") == "0912 *** 678"
    assert masked_phone("19001234") == "1900 ***"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("0912.345.678 - 072 3826123", ("0912 *** 678", "0272 *** 123")),
        ("+84 912 345 678", ("0912 *** 678",)),
        ("không rõ", ()),
        (None, ()),
    ],
)
def test_every_phone_of_a_printed_line_is_masked(raw: str | None, shown: tuple[str, ...]) -> None:
    assert masked_phones(raw) == shown


def test_an_email_keeps_its_host() -> None:
    assert masked_email("Thư: hoptacxa.long-an@example.vn") == "h***@example.vn"
    assert masked_email("không có") is None
    assert masked_email(None) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Gọi 0912345678 nhé", "Gọi 0912 *** 678 nhé"),
        ("Zalo 0912.345.678 hoặc 0987 654 321", "Zalo 0912 *** 678 hoặc 0987 *** 321"),
        ("LH 01689345678", "LH 0389 *** 678"),
        ("viết tới htx@example.vn", "viết tới h***@example.vn"),
        ("CCCD 080123456789", "CCCD *********789"),
        ("CCCD-079093012345", "CCCD-*********345"),
        ("079 093 012 345", "*********345"),
        ("0790 9301 2345", "*********345"),
        ("Gạo ST25 5 kg giá 1.234.567.000 ₫", "Gạo ST25 5 kg giá 1.234.567.000 ₫"),
        ("Mã vạch 8931234567890", "Mã vạch 8931234567890"),
        ("VietGAP-TT-13-05-80-0042", "VietGAP-TT-13-05-80-0042"),
    ],
)
def test_contacts_inside_texts_are_masked(text: str, shown: str) -> None:
    assert without_contacts(text) == shown


@given(st.text(max_size=200))
def test_masking_never_fails_and_masks_all_at_once(text: str) -> None:
    once = without_contacts(text)
    assert without_contacts(once) == once


@given(
    st.text(alphabet="aâbc xyz,.", max_size=20),
    st.sampled_from(["0912345678", "0387654321", "02723826123"]),
    st.text(alphabet="aâbc xyz,.", max_size=20),
)
def test_no_phone_survives_between_words(before: str, phone: str, after: str) -> None:
    assert phone not in without_contacts(f"{before} {phone} {after}")
