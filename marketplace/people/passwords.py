"""Passwords: kept as argon2id hashes, checked in the same time whether or not the account exists."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200
_HASHER = PasswordHasher()


def fault(password: str, login: str) -> str:
    """What is wrong with a new password, for the person who chose it; "" when nothing is."""
    if len(password) < SHORTEST:
        return f"the password has {len(password)} characters, at least {SHORTEST} are needed"
    if len(password) > LONGEST:
        return f"the password has more than {LONGEST} characters"
    if password.strip().lower() == login:
        return "the password is the sign-in name"
    if len(set(password)) < 4:
        return "the password repeats too few characters"
    return ""


def hashed(password: str) -> str:
    """The argon2id hash to keep."""
    return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password. None (no such account) takes as long as a wrong one, and is never right."""
    try:
        _HASHER.verify(kept or _nobodys(), password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _nobodys() -> str:
    return hashed("no account has this password, but checking it takes as long")
