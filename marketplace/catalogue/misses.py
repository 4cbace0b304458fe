"""Searches that found nothing, counted by day and words alone: nobody can be told from them.

Whatever could be somebody's contact or number is not written down, nor is a long text, which is somebody's own
sentence; what was searched for only once is shown to nobody. A page never waits for the count: on a busy database it is
dropped.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final
from unicodedata import normalize

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from connectors import clean
from connectors.clean import person_ids
from marketplace.catalogue.models import MISS_LENGTH, SearchMiss
from marketplace.db import BUSY_TIMEOUT_MS

log = logging.getLogger(__name__)

MOST_A_DAY: Final = 2_000  # distinct texts: nobody fills the database by asking for nonsense
WAIT_MS: Final = 50
SHOWN_FROM: Final = 2  # times; a name or a slip of one person stays unseen
_MOST_WORDS = 8
# Digits that may be a telephone number, an account, a card or a code of somebody, whatever stands between them but
# letters.
_NUMBER = re.compile(r"\d(?:[\W_]*\d){5}")
# Addresses, names on networks, and what stands for the sign @.
_ADDRESS = re.compile(
    r"@|://|\w\.[^\W\d_]|[\[({<]\W*(?:at|a còng|dot|chấm)\W*[\])}>]|\ba còng\b"
    r"|\b(?:e-?mail|gmail|yahoo|ymail|hotmail|outlook|icloud|facebook|fb|messenger|zalo|viber|telegram|whatsapp|skype"
    r"|instagram|tiktok|youtube)\b"
)


@dataclass(frozen=True, slots=True)
class Miss:
    """Words that found nothing, how often in a period, and on which day last."""

    text: str
    times: int
    last: date


def countable(text: str) -> str:
    """The text as it is counted: composed, in lower case, one blank between words; "" for one that is not counted."""
    told = clean.text(normalize("NFKC", normalize("NFKC", text).lower()))
    if not any(letter.isalpha() for letter in told) or len(told) > MISS_LENGTH or told.count(" ") >= _MOST_WORDS:
        return ""
    if _ADDRESS.search(told) or _NUMBER.search(told) or clean.phones(told) or person_ids(told):
        return ""
    return told


def count(engine: Engine, text: str, day: date) -> None:
    """Count a search for `text` that found nothing. Never fails: what can't be written within WAIT_MS is dropped."""
    told = countable(text)
    if not told:
        return
    try:
        with _hasty(engine) as connection:
            _add(connection, told, day)
    except SQLAlchemyError as error:
        log.debug("a search without hits was not counted: %s", type(error).__name__)  # the error's text holds the words


def top(session: Session, since: date, limit: int) -> list[Miss]:
    """What was missed most since a day, from SHOWN_FROM times on, most often first. One statement."""
    times, last = func.sum(SearchMiss.count), func.max(SearchMiss.day)
    rows = session.execute(
        select(SearchMiss.text, times, last)
        .where(SearchMiss.day >= since)
        .group_by(SearchMiss.text)
        .having(times >= SHOWN_FROM)
        .order_by(times.desc(), last.desc(), SearchMiss.text)
        .limit(limit)
    )
    return [Miss(*row) for row in rows]


def _add(connection: Connection, text: str, day: date) -> None:
    known = (SearchMiss.day == day, SearchMiss.text == text)
    if connection.execute(update(SearchMiss).where(*known).values(count=SearchMiss.count + 1)).rowcount:
        return
    texts = connection.scalar(select(func.count()).select_from(SearchMiss).where(SearchMiss.day == day)) or 0
    if texts < MOST_A_DAY:
        connection.execute(insert(SearchMiss).values(day=day, text=text, count=1))


@contextmanager
def _hasty(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes and waits for others no longer than WAIT_MS."""
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT_MS}ms'")
            yield connection
        return
    with engine.connect() as raw:
        connection = raw.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        driver = connection.connection.cursor()
        driver.execute(f"PRAGMA busy_timeout={WAIT_MS}")
        try:
            with connection.begin():
                yield connection
        finally:
            driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")  # the connection goes back to the others
