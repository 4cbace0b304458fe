"""Records into columns."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from connectors import REGISTRY
from connectors.contract import ListingRecord, Record, RequestRecord, SellerRecord
from marketplace.board.models import Request
from marketplace.catalogue import rules
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.person_ids import keyed

NONGSAN = REGISTRY["nongsanantoanlongan"].source
SECRET = b"k" * 32


@pytest.mark.parametrize(
    ("record", "model"), [(SellerRecord, Seller), (ListingRecord, Listing), (RequestRecord, Request)]
)
def test_every_field_of_a_record_has_a_column(record: type, model: type) -> None:
    told = {field.name for field in fields(record)} - {"own_page"}
    assert told <= set(model.__table__.columns.keys())  # type: ignore[attr-defined]  # a mapped class


def test_what_is_not_told_has_no_column_and_what_is_told_to_be_empty_is_null() -> None:
    found = rules.columns(SellerRecord(ref="a", name="HTX A", phone="", certificates=()), NONGSAN, SECRET)
    assert found["phone"] is None
    assert found["phone_key"] is None
    assert found["certificates"] is None
    assert "email" not in found
    assert "address" not in found
    assert "old_district" not in found


def test_a_personal_id_is_kept_as_keyed_hash_and_three_digits() -> None:
    record = SellerRecord(ref="a", name="Hộ A", tax_code="080123456789", licence="Số 080123456789, cấp 2020")
    found = rules.columns(record, NONGSAN, SECRET)
    assert found["tax_code"] is None
    assert found["tax_code_kind"] == "person12"
    assert found["tax_code_tail"] == "789"
    assert found["tax_code_hash"] == rules.columns(record, NONGSAN, SECRET)["tax_code_hash"]
    assert found["tax_code_hash"] != rules.columns(record, NONGSAN, b"other")["tax_code_hash"]
    assert "080123456789" not in str(found)


@pytest.mark.parametrize("printed", ["079204012345", "079.204.012.345", "079 204 012 345", "0792 0401 2345"])
def test_a_personal_id_is_masked_in_free_text(printed: str) -> None:
    found = rules.columns(
        SellerRecord(ref="a", name="Hộ A", licence=f"CCCD: {printed}", description=printed), NONGSAN, SECRET
    )
    assert found["licence"] == "CCCD: *********345"
    assert found["description"] == "*********345"
    kept = rules.columns(SellerRecord(ref="a", name="A", licence="Số 2802478700 17/08/2017"), NONGSAN, SECRET)
    assert kept["licence"] == "Số 2802478700 17/08/2017"


@pytest.mark.parametrize("printed", ["079204012345", "CCCD-079204012345", "079 204 012 345", "0792 0401 2345"])
@pytest.mark.parametrize("record_type", [SellerRecord, ListingRecord, RequestRecord])
def test_no_column_holds_a_personal_id(record_type: type[Record], printed: str) -> None:
    texts = {"str": printed, "str | None": printed, "tuple[str, ...] | None": (printed, "VietGAP")}
    told = {field.name: texts[str(field.type)] for field in fields(record_type) if str(field.type) in texts}
    record = keyed(record_type(**{**told, "ref": f"ban-{printed}"}), SECRET)
    found = rules.columns(record, NONGSAN, SECRET)
    digits = re.sub("[^0-9]", "", f"{record.ref} {list(found.items())}")
    assert "07920401" not in digits
    assert record.ref.startswith("ban-")
    assert record.ref.endswith("-345")
    assert record == keyed(record, SECRET)
    assert "phone" not in found
    assert "url" not in found


def test_a_phone_beside_a_personal_id_is_kept() -> None:
    record = SellerRecord(ref="a", name="Hộ A", phone="0912 345 678 (CCCD 079 204 012 345)")
    found = rules.columns(record, NONGSAN, SECRET)
    assert found["phone"] == "0912 345 678 (CCCD *********345)"
    assert found["phone_key"] == "0912345678"


def test_twelve_digits_are_never_kept_as_a_tax_code() -> None:
    found = rules.columns(SellerRecord(ref="a", name="A", tax_code="999204012345"), NONGSAN, SECRET)
    assert found["tax_code"] is None
    assert found["tax_code_tail"] == "345"


def test_a_valid_tax_code_in_the_licence_is_taken() -> None:
    found = rules.columns(
        SellerRecord(ref="a", name="HTX A", licence="Số 0101243150Ngày cấp 17/08/2017"), NONGSAN, SECRET
    )
    assert found["tax_code"] == "0101243150"
    assert found["tax_code_kind"] == "enterprise10"
    other = rules.columns(SellerRecord(ref="a", name="HTX A", licence="Số 12/2019/GCN"), NONGSAN, SECRET)
    assert other.get("tax_code") is None


def test_contact_is_no_price() -> None:
    record = ListingRecord(ref="a", title="Chanh không hạt", price_text="Giá: Liên hệ", price_status="contact")
    found = rules.columns(record, NONGSAN, SECRET)
    assert found["price_vnd"] is None
    assert found["price_text"] == "Giá: Liên hệ"


def test_a_place_is_read_from_the_address_with_the_sources_own_province() -> None:
    found = rules.columns(
        SellerRecord(ref="a", name="HTX A", address="ấp 3 - Xã Mỹ Lệ-Huyện Cần Đước-Long An"), NONGSAN, SECRET
    )
    assert found["province"] == "Long An"
    assert found["old_district"] == "806"
    assert found["unit_2025"]


def test_the_hash_follows_what_the_page_tells() -> None:
    record = RequestRecord(ref="a", side="buy", title="Mua nếp", views=3)
    same = RequestRecord(ref="a", side="buy", title="Mua nếp", views=4)
    other = RequestRecord(ref="a", side="buy", title="Mua gạo nếp", views=3)
    assert rules.content_hash(record) == rules.content_hash(same)
    assert rules.content_hash(record) != rules.content_hash(other)
