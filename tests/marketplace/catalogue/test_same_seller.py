"""Which accounts are the same seller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.sandbox.identity import mobile
from marketplace.catalogue.models import Seller
from marketplace.catalogue.same_seller import SILENT, sellers_alike
from marketplace.db import Base
from marketplace.sync import models as _sync  # noqa: F401 - its tables are pointed at by the catalogue's
from tests.connectors.saved_pages import every_saved_page

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PHONE = mobile(7)[0]


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def account(session: Session, source: str, ref: str, **columns: Any) -> Seller:
    given = {"name": "HTX Đồng Xanh", "phone_key": PHONE, **columns}
    row = Seller(source=source, ref=ref, hashes={}, first_seen_at=NOW, changed_at=NOW, **given)
    session.add(row)
    session.flush()
    return row


def found(session: Session, seller: Seller) -> dict[str, str]:
    return {f"{one.source}/{session.get_one(Seller, one.id).ref}": one.why for one in sellers_alike(session, seller)}


def test_a_number_and_a_name_tell_a_seller_on_every_marketplace(session: Session) -> None:
    seller = account(session, "voso", "1", name="HTX Nông nghiệp Đồng Xanh")
    account(session, "postmart", "2", name="Nông sản Đồng Xanh")
    account(session, "cooplink", "3", name="DONG XANH store")
    account(session, "postmart", "gone", name="HTX Đồng Xanh", gone_at=NOW)
    account(session, "postmart", "outside", name="HTX Đồng Xanh", outside=True)
    account(session, "postmart", "another", name="HTX Đồng Xanh", phone_key=mobile(8)[0])
    assert found(session, seller) == {
        "postmart/2": "cùng số điện thoại, tên giống nhau",
        "cooplink/3": "cùng số điện thoại, tên giống nhau",
    }


def test_a_number_alone_claims_nothing(session: Session) -> None:
    """A daughter, a neighbour, the cooperative's office: they share a telephone and are not one."""
    seller = account(session, "nongsanantoanlongan", "1", name="HKD Phan Thị Mẫu")
    account(session, "longantrade", "2", name="Hộ nông dân Lê Chí Mẫu")
    account(session, "cooplink", "3", name="HTX Đồng Xanh")
    account(session, "longantrade", "4", name="HTX")
    assert found(session, seller) == {}


def test_a_number_of_more_than_three_sellers_is_nobodys(session: Session) -> None:
    """However they are spread over the marketplaces; a seller's several accounts are one seller."""
    seller = account(session, "voso", "0", name="HTX Đồng Xanh")
    for number, source in enumerate(("postmart", "cooplink", "longantrade", "voso")):
        account(session, source, str(number + 1), name="Đồng Xanh")
    account(session, "nongsanantoanlongan", "5", name="Hộ Lê Thị Mẫu")
    account(session, "longantrade", "6", name="Hộ Trần Văn Mẫu")
    assert len(found(session, seller)) == 4
    account(session, "cooplink", "one too many", name="Vườn Bà Thảo", tax_code="1100100123")
    assert found(session, seller) == {}
    seller.tax_code = "1100100123"
    assert found(session, seller) == {
        "cooplink/one too many": "cùng mã số thuế, cùng số điện thoại",
        **{
            f"{source}/{number + 1}": "cùng số điện thoại, tên giống nhau"
            for number, source in enumerate(("postmart", "cooplink", "longantrade", "voso"))
        },
    }, "the one with the code is the same seller: they are three again"


def test_districts_that_differ_are_evidence_against_a_number(session: Session) -> None:
    seller = account(session, "voso", "1", name="HTX Đồng Xanh", old_district="808", tax_code="1100100123")
    account(session, "postmart", "far", name="Đồng Xanh", old_district="796")
    account(session, "postmart", "in a unit there", name="Đồng Xanh", unit_2025="28243")
    account(session, "postmart", "branch", name="Đồng Xanh", old_district="796", tax_code="1100100123")
    assert set(found(session, seller)) == {"postmart/in a unit there", "postmart/branch"}


def test_a_hotline_is_nobodys_own(session: Session) -> None:
    seller = account(session, "voso", "1", phone_key="19000001")
    account(session, "postmart", "2", phone_key="19000001")
    assert found(session, seller) == {}


def test_tax_codes_that_differ_are_evidence_against(session: Session) -> None:
    seller = account(session, "voso", "1", tax_code="1100100123")
    account(session, "postmart", "same", tax_code="1100100123", phone_key=None)
    account(session, "postmart", "other", tax_code="1100100456")
    account(session, "longantrade", "untold")
    assert found(session, seller) == {
        "postmart/same": "cùng mã số thuế, tên giống nhau",
        "longantrade/untold": "cùng số điện thoại, tên giống nhau",
    }


def test_a_persons_code_is_compared_by_its_keyed_hash(session: Session) -> None:
    seller = account(session, "voso", "1", tax_code_hash="ab" * 32, phone_key=None)
    account(session, "postmart", "2", tax_code_hash="ab" * 32, phone_key=None)
    account(session, "postmart", "3", tax_code_hash="cd" * 32, phone_key=None)
    assert found(session, seller) == {"postmart/2": "cùng mã số thuế, tên giống nhau"}


def test_one_statement_and_none_for_a_seller_who_tells_nothing(session: Session) -> None:
    seller, silent = account(session, "voso", "1"), account(session, "voso", "2", phone_key=None)
    for number in range(3):
        account(session, "postmart", str(number))
    made: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda _c, _u, statement, *_: made.append(statement))
    sellers_alike(session, seller)
    assert len(made) == 1
    assert sellers_alike(session, silent) == ()
    assert len(made) == 1


@pytest.mark.parametrize("slug", ["nongsanantoanlongan", *SILENT])
def test_a_marketplace_is_silent_when_none_of_its_saved_pages_tells(slug: str) -> None:
    """Those of buudien.vn, which may follow postmart.vn, do tell."""
    home = REGISTRY[slug].source.home
    pages = [page for page in every_saved_page() if page.slug == slug and page.get.url.startswith(home)]
    told = [value["seller"] for page in pages for value in page.expected if "seller" in value]
    assert pages
    assert any(seller.keys() & {"phone", "tax_code"} for seller in told) == (slug not in SILENT)
