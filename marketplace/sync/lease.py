"""One worker per source: a row in the database that says who works on it now.

The holder renews it while it works. It is free again when it was given back, when it has expired, or when its holder
ran on this machine and is dead (a kill must not block the restart). One that ends further ahead than any is given
was taken before the clock went back: it has expired, unless its holder is seen to live.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from marketplace.db import now
from marketplace.sync.models import Lease

# Longer than the longest pause the client makes for a `Retry-After`.
TERM = timedelta(minutes=20)


class Busy(Exception):
    """Somebody else works on it."""


def _holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def _started(pid: int) -> str:
    """When a process began, in clock ticks: tells a process from a later one with the same number."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return stat.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _alive(holder: str) -> bool | None:
    """Does it live? None for a holder on another machine."""
    host, _, rest = holder.partition(":")
    pid, _, started = rest.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return None
    return _started(int(pid)) == started


def _is_free(row: Lease, at: datetime) -> bool:
    alive = _alive(row.holder)
    ahead = row.expires_at > at + 2 * TERM  # twice: the clocks of two machines differ
    return row.expires_at <= at or alive is False or (ahead and alive is None)


def is_held(session: Session, name: str, at: datetime) -> bool:
    """Does anybody work on it?"""
    row = session.get(Lease, name)
    return row is not None and not _is_free(row, at)


@contextmanager
def lease(sessions: sessionmaker[Session], name: str) -> Iterator[Callable[[], None]]:
    """Hold `name` for the block. Raises Busy when somebody else does. Yields what puts its end off."""
    me = _holder()
    try:
        with sessions.begin() as session:
            row = session.get(Lease, name, with_for_update=True)
            if row is not None and not _is_free(row, now()):
                until = f"{row.expires_at:%H:%M:%S} UTC at the latest"
                raise Busy(f"{name} is being worked on by {row.holder}, until {until}")
            session.merge(Lease(name=name, holder=me, expires_at=now() + TERM))
    except IntegrityError:
        raise Busy(f"{name} has just been taken by another process") from None

    def put_off() -> None:
        with sessions.begin() as session:
            renew(session, name, now())

    try:
        yield put_off
    finally:
        with sessions.begin() as session:
            row = session.get(Lease, name)
            if row is not None and row.holder == me:
                session.delete(row)


def renew(session: Session, name: str, at: datetime) -> None:
    """Put the end of the lease off; in the caller's transaction. Raises Busy when it is no longer ours."""
    row = session.get(Lease, name)
    if row is None or row.holder != _holder():
        raise Busy(f"{name} was taken over by {row.holder if row else 'nobody'}: this run stops here")
    row.expires_at = at + TERM
