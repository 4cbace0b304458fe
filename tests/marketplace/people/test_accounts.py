"""Accounts and the lock: what a password is worth, and what somebody who guesses learns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from marketplace.people import accounts, passwords
from marketplace.people.accounts import TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS, WINDOW, AccountError, Locked
from marketplace.people.models import Audit, SignInTry, User
from tests.marketplace.people.people import OFFICER, PASSWORD, make

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = b"s" * 32


def try_in(
    engine: Engine, told: str = "sai rồi", login: str = OFFICER, at: datetime = AT, address: str = "192.0.2.1"
) -> User | Locked | None:
    return accounts.sign_in(engine, SECRET, login, told, address, at)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" CanBo@Example.vn ", "canbo@example.vn"),
        ("0900 000 021", "0900000021"),
        ("+84 900 000 021", "0900000021"),
        ("canbo", None),
        ("a@b", None),
        ("", None),
    ],
)
def test_a_sign_in_name_is_an_address_or_a_telephone(typed: str, kept: str | None) -> None:
    assert accounts.login_of(typed) == kept


def test_a_password_is_kept_as_an_argon2_hash(engine: Engine, session: Session) -> None:
    make(engine)
    user = session.scalars(select(User)).one()
    assert user.password_hash.startswith("$argon2id$")
    assert PASSWORD not in user.password_hash
    found = try_in(engine, PASSWORD, " CANBO@example.vn")
    assert isinstance(found, User)
    assert found.id == user.id


@pytest.mark.parametrize("password", ["ngắn", "x" * 201, OFFICER, "aaabbbaaabbb", ""])
def test_a_weak_password_makes_no_account(engine: Engine, session: Session, password: str) -> None:
    with pytest.raises(AccountError, match="password"):
        accounts.add_user(engine, OFFICER, "Mẫu", "officer", password, AT, "test")
    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_an_account_is_made_once_and_with_a_known_role(engine: Engine) -> None:
    make(engine)
    with pytest.raises(AccountError, match="has an account already"):
        make(engine, OFFICER.upper())
    with pytest.raises(AccountError, match="expected one of officer, admin"):
        make(engine, "khac@example.vn", "king")
    with pytest.raises(AccountError, match="expected an e-mail address"):
        make(engine, "ai đó")


@pytest.mark.parametrize("login", [OFFICER, "khong-co@example.vn", "không phải tên"])
def test_the_lock_is_the_same_for_accounts_that_are_not_there(engine: Engine, login: str) -> None:
    make(engine)
    for number in range(TRIES_PER_ACCOUNT):
        assert try_in(engine, login=login, at=AT + timedelta(seconds=number), address=f"192.0.2.{number}") is None
    found = try_in(engine, PASSWORD, login, AT + timedelta(minutes=1))
    assert found == Locked(AT + WINDOW)
    later = try_in(engine, PASSWORD, login, AT + WINDOW + timedelta(seconds=1))
    assert isinstance(later, User) == (login == OFFICER)


def test_one_address_can_not_try_every_account(engine: Engine) -> None:
    make(engine)
    for number in range(TRIES_PER_ADDRESS):
        assert try_in(engine, login=f"so{number}@example.vn") is None
    assert isinstance(try_in(engine, PASSWORD), Locked)
    assert isinstance(try_in(engine, PASSWORD, address="192.0.2.9"), User)


def test_signing_in_clears_the_account_and_not_the_address(engine: Engine, session: Session) -> None:
    make(engine)
    for _ in range(TRIES_PER_ACCOUNT - 1):
        try_in(engine)
    try_in(engine, login="khac@example.vn")
    assert isinstance(try_in(engine, PASSWORD), User)
    assert session.scalar(select(func.count()).select_from(SignInTry)) == 1
    session.rollback()
    for _ in range(TRIES_PER_ACCOUNT - 1):
        assert try_in(engine) is None
    assert isinstance(try_in(engine, PASSWORD), User)


def test_tries_name_nobody_and_are_forgotten(engine: Engine, session: Session) -> None:
    try_in(engine)
    row = session.scalars(select(SignInTry)).one()
    assert OFFICER not in (row.account, row.address)
    assert "192.0.2.1" not in (row.account, row.address)
    session.rollback()
    try_in(engine, at=AT + timedelta(days=2))
    assert session.scalar(select(func.count()).select_from(SignInTry)) == 1


def test_an_unknown_account_costs_a_hash_as_a_known_one_does(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    make(engine)
    checked: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(hash))
            return super().verify(hash, password)  # type: ignore[return-value]  # theirs is Literal[True]

    monkeypatch.setattr(passwords, "_HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for login in (OFFICER, "khong-co@example.vn", "không phải tên"):
        assert try_in(engine, login=login) is None
    assert len(checked) == 3


def test_a_closed_account_is_as_good_as_none(engine: Engine, session: Session) -> None:
    make(engine)
    accounts.disable_user(engine, OFFICER, AT, "test")
    assert try_in(engine, PASSWORD) is None
    accounts.set_password(engine, OFFICER, PASSWORD + " mới", AT, "test", SECRET)
    assert try_in(engine, PASSWORD) is None
    assert isinstance(try_in(engine, PASSWORD + " mới"), User)
    with pytest.raises(AccountError, match="no such account"):
        accounts.disable_user(engine, "khong-co@example.vn", AT, "test")
    actions = list(session.scalars(select(Audit.action).order_by(Audit.id)))
    assert actions == ["user_added", "user_disabled", "password_set", "signed_in"]


def test_a_hash_of_weaker_settings_is_made_anew(
    engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(engine)
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    passwords._nobodys.cache_clear()
    assert isinstance(try_in(engine, PASSWORD), User)
    assert "t=2" in session.scalars(select(User.password_hash)).one()


def test_another_password_ends_the_lock(engine: Engine) -> None:
    make(engine)
    for _ in range(accounts.TRIES_PER_ACCOUNT):
        assert try_in(engine) is None
    assert isinstance(try_in(engine, PASSWORD), Locked)
    accounts.set_password(engine, OFFICER, PASSWORD + " mới", AT, "test", SECRET)
    assert isinstance(try_in(engine, PASSWORD + " mới"), User)
