"""How many own pages of records a source was asked for on one day, counted against the day's limit.

A day is one of Vietnam's (UTC+7): what an administrator means by "a day".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import cast

from sqlalchemy import Connection, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from marketplace.sync.models import PageUse

VIETNAM = timezone(timedelta(hours=7))

# Built once: they run for every page.
_USE = cast(Table, PageUse.__table__)
_HERE = (_USE.c.source == bindparam("of_source")) & (_USE.c.day == bindparam("of_day"))
_USED = select(_USE.c.pages).where(_HERE)
_ONE_MORE = update(_USE).where(_HERE).values(pages=_USE.c.pages + 1)
_FIRST = insert(_USE)


def day_of(at: datetime) -> date:
    """The day in Vietnam."""
    return at.astimezone(VIETNAM).date()


def pages_used(connection: Connection, slug: str, day: date) -> int:
    """Own pages of a source's records that were asked for on that day."""
    return connection.scalar(_USED, {"of_source": slug, "of_day": day}) or 0


def count_page(connection: Connection, slug: str, at: datetime) -> None:
    """One own page more. The caller holds the source's lease: nobody else counts."""
    day = day_of(at)
    if not connection.execute(_ONE_MORE, {"of_source": slug, "of_day": day}).rowcount:
        connection.execute(_FIRST, {"source": slug, "day": day, "pages": 1})


def pages_used_by_day(session: Session, slug: str) -> dict[date, int]:
    """All that is counted of a source."""
    return dict(session.execute(select(_USE.c.day, _USE.c.pages).where(_USE.c.source == slug)).all())


def note_pages_used(session: Session, slug: str, used: Mapping[date, int]) -> None:
    """Count what was asked for beside the catalogue, in a copy of it. Counts only ever grow."""
    for day, pages in used.items():
        row = session.get(PageUse, (slug, day)) or PageUse(source=slug, day=day, pages=0)
        row.pages = max(row.pages, pages)
        session.add(row)
