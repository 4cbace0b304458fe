"""How a source is read in this installation: its mode, its client, how far a run goes."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from connectors import parser_of
from connectors.client import PoliteClient
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config
from marketplace.db import now
from marketplace.sync.engine import StoppedError, Sync
from marketplace.sync.errors import ActionError
from marketplace.sync.models import READINGS, Run
from marketplace.sync.tidying import forget

# A weekly run that begins a little earlier than the last one did is not put off to the next night.
_EARLIER = timedelta(hours=12)


def mode_of(config: Config, slug: str) -> str:
    """What the records are: invented (sandbox) or real (live); a switched-off source takes saved real pages in."""
    return "sandbox" if config.mode(slug) == "sandbox" else "live"


def is_trial(config: Config, slug: str, kind: str) -> bool:
    """Do rows of a file of this kind become trial records, which leave when the source goes live? Figures never do."""
    return kind != "figures" and mode_of(config, slug) == "sandbox"


def client_of(config: Config, slug: str, stop: Event | None = None) -> PoliteClient:
    source = config.source(slug)
    sandbox = config.mode(slug) == "sandbox"

    def pause(seconds: float) -> None:
        if stop is None:
            time.sleep(seconds)
        elif stop.wait(seconds):
            raise StoppedError(f"{slug}: stopped while waiting")

    return PoliteClient(
        user_agent=config.user_agent,
        delay_s=source.delay_s,
        allow_loopback=sandbox,
        # In the sandbox a redirect to the real host must not be followed out of it.
        hosts=() if sandbox else source.hosts,
        connect_timeout_s=config.sync.connect_timeout_s,
        read_timeout_s=config.sync.read_timeout_s,
        total_timeout_s=config.sync.total_timeout_s,
        max_bytes=config.sync.max_page_bytes,
        attempts=config.sync.attempts,
        sleep=pause,
    )


def how_far(config: Config, sessions: sessionmaker[Session], slug: str, full: bool | None) -> dict[str, Any]:
    """How far a run reads."""
    with sessions() as session:
        newest = select(Run.started_at).where(Run.source == slug).order_by(Run.id.desc()).limit(1)
        good = session.scalar(newest.where(Run.verdict == "ok"))
        news = session.scalar(newest.where((Run.verdict == "ok") | (Run.reason == "incremental")))
        last = session.execute(
            select(Run.verdict, Run.reason)
            .where(Run.source == slug, Run.kind.in_(READINGS), Run.finished_at.is_not(None))
            .order_by(Run.id.desc())
            .limit(1)
        ).one_or_none()
    if full is None:
        # Behind a page that failed there may be news that an early end would not find.
        whole = last is not None and (last.verdict == "ok" or last.reason == "incremental")
        full = not whole or _is_full_due(config, slug, good, now())
    return {"full": full, "since": news, "details_a_day": config.detail_pages_per_day(slug)}


def _is_full_due(config: Config, slug: str, good: datetime | None, at: datetime) -> bool:
    """Is a full run due? `good`: when the newest good one began.

    Always, where lists are in no order: they would be read to their end anyway, and then a full run tells more.
    """
    if good is None or not config.source(slug).newest_first:
        return True
    return abs(at - good) > timedelta(days=config.sync.full_every_days) - _EARLIER


def sync_of(config: Config, slug: str, sessions: sessionmaker[Session], client: PoliteClient, **more: Any) -> Sync:
    source = config.source(slug)
    return Sync(
        parser=parser_of(source),
        source=source,
        mode=mode_of(config, slug),
        sessions=sessions,
        client=client,
        pages_folder=config.pages_folder,
        secret=config.secret(),
        **more,
    )


def switch_mode(config: Config, sessions: sessionmaker[Session], slug: str) -> int:
    """Trial records leave when a source goes live; tells how many. Real ones are never replaced by invented ones.

    A trial record is one that was read or imported while the source was in sandbox mode.
    """
    mode = mode_of(config, slug)
    with sessions.begin() as session:
        last = session.scalar(select(Run.mode).where(Run.source == slug).order_by(Run.id.desc()).limit(1))
        if last in (None, mode):
            return 0
        if mode == "sandbox":
            raise ActionError(
                f"{slug}: the catalogue holds what the live site said; a sandbox needs an instance folder of its own"
            )
        of_source = [select(func.count()).where(model.source == slug) for model in MODELS.values()]
        leaving = sum(session.scalar(one) or 0 for one in of_source)
        forget(session, slug)
        return leaving
