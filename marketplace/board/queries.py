"""Reads of the board. A post is open until the day it expires on has passed in Vietnam."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.board.models import Request
from marketplace.catalogue.corrections import Corrected, Overlay, overlay
from marketplace.catalogue.models import Sighting


@dataclass(frozen=True, slots=True)
class Post:
    """A request and when we last saw it."""

    record: ClassVar[str] = "request"
    request: Request
    seen_at: datetime | None
    corrected: tuple[Corrected, ...] = ()  # what a person has put right


def posts(
    session: Session,
    side: str,
    *,
    expired: bool,
    today: date,
    offset: int,
    limit: int,
    among: Collection[int] | None = None,
) -> list[Post]:
    """Visible posts of one side, of those `among` these ids, newest first. Two statements."""
    rows = session.execute(
        select(Request, Sighting.seen_at)
        .outerjoin(Sighting, _sighted())
        .where(Request.side == side, _visible(among), ~_open(today) if expired else _open(today))
        .order_by(Request.posted_on.desc().nulls_last(), Request.id.desc())
        .offset(offset)
        .limit(limit)
    )
    laid = overlay(session)
    return [Post(request, seen_at, laid.lay_over("request", request)) for request, seen_at in rows]


def counts(session: Session, today: date, among: Collection[int] | None = None) -> dict[str, dict[str, int]]:
    """Visible posts, of those `among` these ids, by side and state ("open", "expired"). One statement."""
    state = case((_open(today), "open"), else_="expired")
    rows = session.execute(
        select(Request.side, state, func.count()).where(_visible(among)).group_by(Request.side, state)
    )
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"open": 0, "expired": 0})
    for side, name, count in rows:
        found[side][name] = count
    return found


def sources(session: Session) -> set[str]:
    """The marketplaces with visible posts. One statement."""
    return set(session.scalars(select(Request.source).where(Request.gone_at.is_(None)).distinct()))


def by_ids(session: Session, ids: Iterable[int], laid: Overlay | None = None) -> dict[int, Post]:
    """By id; ids that are no more are left out. Two statements, one with the overlay given."""
    laid = laid or overlay(session)
    rows = session.execute(
        select(Request, Sighting.seen_at).outerjoin(Sighting, _sighted()).where(Request.id.in_(ids), ~Request.outside)
    )
    return {request.id: Post(request, seen_at, laid.lay_over("request", request)) for request, seen_at in rows}


def post(session: Session, request_id: int) -> Post | None:
    """Two statements."""
    return by_ids(session, [request_id]).get(request_id)


def _sighted() -> ColumnElement[bool]:
    return and_(Sighting.kind == "request", Sighting.record_id == Request.id)


def _visible(among: Collection[int] | None) -> ColumnElement[bool]:
    here = Request.gone_at.is_(None)
    return here if among is None else and_(here, Request.id.in_(among))


def _open(today: date) -> ColumnElement[bool]:
    return or_(Request.expires_on.is_(None), Request.expires_on >= today)
