"""The audit log: written in the transaction of what it tells, so that neither is without the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.people.models import Audit


def note(
    session: Session,
    at: datetime,
    who: str,
    action: str,
    subject: str = "",
    *,
    user_id: int | None = None,
    **detail: Any,
) -> None:
    """Write down what somebody did. `detail` holds counts and names of files, never the personal data itself."""
    session.add(Audit(at=at, user_id=user_id, who=who, action=action, subject=subject, detail=detail))


def count(session: Session) -> int:
    """How many rows the log holds."""
    return session.scalar(select(func.count()).select_from(Audit)) or 0


def newest(session: Session, offset: int, limit: int) -> list[Audit]:
    """A page of the log, the newest row first."""
    return list(session.scalars(select(Audit).order_by(Audit.id.desc()).offset(offset).limit(limit)))
