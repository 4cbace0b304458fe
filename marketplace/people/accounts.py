"""Accounts of officers: made, given a new password, closed; and the sign-in with its lock.

Somebody who guesses learns nothing: unknown, closed and wrong take the same time, count the same and are answered the
same.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from connectors import clean
from marketplace.db import writer
from marketplace.people import passwords
from marketplace.people.audit import note
from marketplace.people.models import ROLES, SignInTry, User

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 30  # a whole office may share one
_KEPT = timedelta(days=1)
_EMAIL = re.compile(r"[^\s@]{1,60}@[^\s@.]+(?:\.[^\s@.]+)+")


class AccountError(Exception):
    """An account can't be made or changed as asked. One line for the person who asked."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many tries: none is looked at before `until`."""

    until: datetime


def login_of(raw: str) -> str | None:
    """The sign-in name somebody typed, as it is kept; None when it is neither an e-mail address nor a telephone."""
    told = clean.text(raw).lower()
    if "@" in told:
        return told if _EMAIL.fullmatch(told) and len(told) <= 120 else None
    return clean.phone(told)


def add_user(engine: Engine, login: str, name: str, role: str, password: str, at: datetime, who: str) -> User:
    """Make an account. Raises AccountError when its name is taken or its password too weak."""
    key = login_of(login)
    if key is None:
        raise AccountError(f"{login}: expected an e-mail address or a telephone number")
    if role not in ROLES:
        raise AccountError(f"{role}: expected one of {', '.join(ROLES)}")
    kept = _hashed(password, key)
    with writer(engine).begin() as session:
        if _by_login(session, key) is not None:
            raise AccountError(f"{key} has an account already")
        user = User(login=key, name=clean.text(name) or key, role=role, password_hash=kept, created_at=at)
        session.add(user)
        note(session, at, who, "user_added", user.name, role=role)
        return user


def set_password(engine: Engine, login: str, password: str, at: datetime, who: str, secret: bytes) -> User:
    """Give an account another password and open it again: every session of the old one ends, its lock too."""
    kept = _hashed(password, login_of(login) or "")
    with writer(engine).begin() as session:
        user = _known(session, login)
        user.password_hash, user.disabled_at = kept, None
        session.execute(delete(SignInTry).where(SignInTry.account == _hash(secret, f"account {user.login}")))
        note(session, at, who, "password_set", user.name)
        return user


def end_sessions(engine: Engine, user_id: int) -> None:
    """End every session of an account, wherever its cookies are."""
    with writer(engine).begin() as session:
        session.execute(update(User).where(User.id == user_id).values(sign_outs=User.sign_outs + 1))


def disable_user(engine: Engine, login: str, at: datetime, who: str) -> User:
    """Close an account; its sessions end with their next request."""
    with writer(engine).begin() as session:
        user = _known(session, login)
        user.disabled_at = user.disabled_at or at
        note(session, at, who, "user_disabled", user.name)
        return user


def users(session: Session) -> list[User]:
    """All accounts, by sign-in name."""
    return list(session.scalars(select(User).order_by(User.login)))


def sign_in(
    engine: Engine, secret: bytes, login: str, password: str, address: str, at: datetime
) -> User | Locked | None:
    """The account these belong to; None when they belong to none; Locked after too many tries.

    A try is counted before it is checked, so that many at once are no way around the lock.
    """
    key = login_of(login)
    account, place = _hash(secret, f"account {key or clean.fold(login)[:200]}"), _hash(secret, f"address {address}")
    with writer(engine).begin() as session:
        until = _locked_until(session, account, place, at)
        if until is not None:
            return Locked(until)
        session.execute(delete(SignInTry).where(SignInTry.at < at - _KEPT))
        tried = SignInTry(account=account, address=place, at=at)
        session.add(tried)
        user = _by_login(session, key) if key else None
    good = passwords.matches(user.password_hash if user else None, password)
    if not good or user is None or user.disabled_at is not None:
        return None
    with writer(engine).begin() as session:
        # The address keeps its other tries: one good account must not pay for guesses at the others.
        session.execute(delete(SignInTry).where((SignInTry.account == account) | (SignInTry.id == tried.id)))
        if passwords.outdated(user.password_hash):
            session.get_one(User, user.id).password_hash = user.password_hash = passwords.hashed(password)
        note(session, at, user.name, "signed_in", user_id=user.id)
    return user


def _locked_until(session: Session, account: str, address: str, at: datetime) -> datetime | None:
    columns: tuple[tuple[InstrumentedAttribute[str], str, int], ...] = (
        (SignInTry.account, account, TRIES_PER_ACCOUNT),
        (SignInTry.address, address, TRIES_PER_ADDRESS),
    )
    locks = []
    for column, value, most in columns:
        tries = session.scalars(
            select(SignInTry.at)
            .where(column == value, SignInTry.at > at - WINDOW)
            .order_by(SignInTry.at.desc())
            .limit(most)
        ).all()
        if len(tries) == most:
            locks.append(tries[-1] + WINDOW)
    return max(locks, default=None)


def _by_login(session: Session, key: str) -> User | None:
    return session.scalar(select(User).where(User.login == key))


def _known(session: Session, login: str) -> User:
    user = _by_login(session, login_of(login) or "")
    if user is None:
        raise AccountError(f"{login}: no such account; `marketplace users list` shows them")
    return user


def _hashed(password: str, login: str) -> str:
    fault = passwords.fault(password, login)
    if fault:
        raise AccountError(fault)
    return passwords.hashed(password)


def _hash(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()[:32]
