"""Which accounts are the same seller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from connectors.sandbox.identity import mobile
from marketplace.catalogue.models import Seller
from marketplace.catalogue.same_seller import core_name, names_alike, sellers_alike
from marketplace.db import Base
from marketplace.sync import models as _sync  # noqa: F401 - its tables are pointed at by the catalogue's

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
    given = {"name": f"HTX {ref}", "phone_key": PHONE, **columns}
    row = Seller(source=source, ref=ref, hashes={}, first_seen_at=NOW, changed_at=NOW, **given)
    session.add(row)
    session.flush()
    return row


def found(session: Session, seller: Seller) -> dict[str, str]:
    return {f"{one.source}/{session.get_one(Seller, one.id).ref}": one.why for one in sellers_alike(session, seller)}


def test_a_number_of_their_own_tells_a_seller_on_every_marketplace(session: Session) -> None:
    seller = account(session, "voso", "1", name="HTX Nông nghiệp Đồng Xanh")
    account(session, "postmart", "2", name="Nông sản Đồng Xanh")
    account(session, "cooplink", "3", name="Cô Ba")
    account(session, "postmart", "gone", gone_at=NOW)
    account(session, "postmart", "outside", outside=True)
    account(session, "postmart", "another", phone_key=mobile(8)[0])
    assert found(session, seller) == {
        "postmart/2": "cùng số điện thoại, tên giống nhau",
        "cooplink/3": "cùng số điện thoại",
    }


def test_a_number_of_more_than_three_accounts_of_one_marketplace_is_nobodys(session: Session) -> None:
    seller = account(session, "voso", "0")
    for number in range(3):
        account(session, "postmart", str(number))
    assert len(found(session, seller)) == 3
    account(session, "postmart", "one too many", tax_code="1100100123")
    assert found(session, seller) == {}
    seller.tax_code = "1100100123"
    assert found(session, seller) == {"postmart/one too many": "cùng mã số thuế"}


def test_a_hotline_is_nobodys_own(session: Session) -> None:
    seller = account(session, "voso", "1", phone_key="19000001")
    account(session, "postmart", "2", phone_key="19000001")
    assert found(session, seller) == {}


def test_tax_codes_that_differ_are_evidence_against(session: Session) -> None:
    seller = account(session, "voso", "1", tax_code="1100100123")
    account(session, "postmart", "same", tax_code="1100100123", phone_key=None)
    account(session, "postmart", "other", tax_code="1100100456")
    account(session, "longantrade", "untold")
    assert found(session, seller) == {"postmart/same": "cùng mã số thuế", "longantrade/untold": "cùng số điện thoại"}


def test_a_persons_code_is_compared_by_its_keyed_hash(session: Session) -> None:
    seller = account(session, "voso", "1", tax_code_hash="ab" * 32, phone_key=None)
    account(session, "postmart", "2", tax_code_hash="ab" * 32, phone_key=None)
    account(session, "postmart", "3", tax_code_hash="cd" * 32, phone_key=None)
    assert found(session, seller) == {"postmart/2": "cùng mã số thuế"}


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


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("HTX SX - TM - DV Nông nghiệp Đồng Xanh", ("dong", "xanh")),
        ("Công ty TNHH MTV Vườn Sớm", ("som",)),
        ("Cơ sở sản xuất Bà Thảo", ("ba", "thao")),
        ("HTX", ()),
    ],
)
def test_the_core_of_a_name(name: str, core: tuple[str, ...]) -> None:
    assert core_name(name) == core


def test_names_are_alike_by_their_cores() -> None:
    assert names_alike("HTX Nông nghiệp Đồng Xanh", "Shop Đồng Xanh Cần Đước")
    assert not names_alike("HTX Đồng Xanh", "HTX Đồng Vàng")
    assert not names_alike("HTX", "Hợp tác xã")
