"""What the lists and records are read with. Lists are walked in the order of (changed_at, id), those with
`changed_since` in the order of the moments `deltas` tells: whatever changes while somebody pages moves to the end, so
it is met again and nothing is missed.

Each function says how many SQL statements it makes; filters add at most three where people have put records right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar, cast

from msgspec import UNSET, UnsetType
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from connectors.contract import RecordKind
from marketplace.api import deltas, filters
from marketplace.api.asked import ListAsked, ListingsAsked, RequestsAsked, SellersAsked
from marketplace.board.models import Request
from marketplace.catalogue.corrections import Overlay, overlay
from marketplace.catalogue.models import Listing, PricePoint, Seller, Sighting
from marketplace.catalogue.rules import MODELS, Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
R = TypeVar("R", Listing, Seller, Request)
Seen = tuple[R, datetime | None]


def listings(session: Session, asked: ListingsAsked) -> tuple[list[Seen[Listing]], str]:
    """A page of visible listings with their sellers, and the cursor of the next one, "" on the last. Two statements,
    one more where a listing was given another seller."""
    laid = overlay(session)
    query = _listings().where(
        filters.listings(session, laid, _wanted(asked, "old_district", "unit_2025", "group_code"))
    )
    of_one = not isinstance(asked.seller, UnsetType)
    if of_one:
        query = query.where(laid.sold_by([cast(int, asked.seller)]))
    put_right = partial(_lay_over_listings, session, laid)
    return _page(session, query, "listing", asked, laid, put_right, few=of_one)


def sellers(session: Session, asked: SellersAsked) -> tuple[list[Seen[Seller]], dict[int, int], str]:
    """A page of visible sellers, the number of their listings, and the cursor of the next page. Three statements."""
    laid = overlay(session)
    query = _sellers().where(filters.sellers(session, laid, _wanted(asked, "old_district", "unit_2025")))
    found, cursor = _page(session, query, "seller", asked, laid, partial(_lay_over, laid, "seller"))
    return found, listing_counts(session, laid, [row.id for row, _ in found]), cursor


def requests(session: Session, asked: RequestsAsked, today: date) -> tuple[list[Seen[Request]], str]:
    """A page of visible posts and the cursor of the next one. Two statements."""
    laid = overlay(session)
    query = _requests().where(
        filters.requests(session, laid, _wanted(asked, "old_district", "unit_2025", "group_code"))
    )
    if asked.side is not UNSET:
        query = query.where(Request.side == asked.side)
    if asked.open is not UNSET:
        is_open = or_(Request.expires_on.is_(None), Request.expires_on >= today)
        query = query.where(is_open if asked.open else Request.expires_on < today)
    return _page(session, query, "request", asked, laid, partial(_lay_over, laid, "request"))


def listings_by_id(session: Session, laid: Overlay, ids: Sequence[int]) -> dict[int, Seen[Listing]]:
    """One statement, one more where a listing was given another seller."""
    found = [
        (row, seen_at) for row, seen_at in session.execute(_listings().where(Listing.id.in_(ids), ~Listing.outside))
    ]
    _lay_over_listings(session, laid, [row for row, _ in found])
    return {row.id: (row, seen_at) for row, seen_at in found}


def sellers_by_id(session: Session, laid: Overlay, ids: Sequence[int]) -> dict[int, Seen[Seller]]:
    """One statement."""
    found = [(row, seen_at) for row, seen_at in session.execute(_sellers().where(Seller.id.in_(ids), ~Seller.outside))]
    _lay_over(laid, "seller", [row for row, _ in found])
    return {row.id: (row, seen_at) for row, seen_at in found}


def requests_by_id(session: Session, laid: Overlay, ids: Sequence[int]) -> dict[int, Seen[Request]]:
    """One statement."""
    found = [
        (row, seen_at) for row, seen_at in session.execute(_requests().where(Request.id.in_(ids), ~Request.outside))
    ]
    _lay_over(laid, "request", [row for row, _ in found])
    return {row.id: (row, seen_at) for row, seen_at in found}


def listing_counts(session: Session, laid: Overlay, ids: Sequence[int]) -> dict[int, int]:
    """Visible listings by seller. One statement."""
    owner = laid.owner()
    rows = session.execute(
        select(owner, func.count()).where(laid.sold_by(ids), Listing.gone_at.is_(None)).group_by(owner)
    )
    return {id_: count for id_, count in rows if id_ is not None}


def prices(session: Session, listing_id: int) -> Sequence[PricePoint]:
    """Every price of a listing, oldest first. One statement."""
    found = select(PricePoint).where(PricePoint.listing_id == listing_id)
    return session.scalars(found.order_by(PricePoint.at, PricePoint.id)).all()


def last_id(session: Session, kind: RecordKind) -> int:
    """The greatest number a record of a kind has; 0 when there is none. One statement, along the primary key."""
    return session.scalar(select(func.max(MODELS[kind].id))) or 0


def titles(
    session: Session, kind: RecordKind, after: int, last: int, today: date, batch: int
) -> Iterator[tuple[int, str, datetime]]:
    """Number, name and last change of the visible records with numbers beyond `after` up to `last`; of posts the open
    ones. One statement for every `batch` of them, and one for the corrections."""
    laid, model = overlay(session), cast(Any, MODELS[kind])
    name = Seller.name if kind == "seller" else model.title
    visible = [model.gone_at.is_(None)]
    if kind == "request":
        visible.append(or_(Request.expires_on.is_(None), Request.expires_on >= today))
    while True:
        found = select(model.id, name, model.changed_at).where(model.id > after, model.id <= last, *visible)
        told = session.execute(found.order_by(model.id).limit(batch)).all()
        for id_, said, changed_at in told:
            yield id_, laid.columns(kind, {"id": id_, name.key: said}).get(name.key, said), changed_at
        if len(told) < batch:
            return
        after = told[-1][0]


def _listings() -> Select[Listing, datetime | None]:
    return (
        select(Listing, Sighting.seen_at)
        .outerjoin(Listing.seller)
        .options(contains_eager(Listing.seller))
        .outerjoin(Sighting, and_(Sighting.kind == "listing", Sighting.record_id == Listing.id))
    )


def _sellers() -> Select[Seller, datetime | None]:
    sighted = and_(Sighting.kind == "seller", Sighting.record_id == Seller.id)
    return select(Seller, Sighting.seen_at).outerjoin(Sighting, sighted)


def _requests() -> Select[Request, datetime | None]:
    sighted = and_(Sighting.kind == "request", Sighting.record_id == Request.id)
    return select(Request, Sighting.seen_at).outerjoin(Sighting, sighted)


_COLUMN_OF = {"old_district": "district", "unit_2025": "unit", "group_code": "group"}


def _wanted(asked: ListAsked, *columns: str) -> dict[str, str]:
    told = {column: getattr(asked, _COLUMN_OF[column]) for column in columns}
    return {column: value for column, value in told.items() if value is not UNSET}


def _page(
    session: Session,
    query: Select[R, datetime | None],
    kind: RecordKind,
    asked: ListAsked,
    laid: Overlay,
    put_right: Callable[[list[R]], None],
    *,
    few: bool = False,
) -> tuple[list[Seen[R]], str]:
    """Visible records, or with `changed_since` those something happened to, gone ones among them.

    `few`: another index finds the rows, and sorting them is cheaper than walking all in order; the expression keeps
    the database from walking.
    """
    model: Any = MODELS[kind]
    if asked.source is not UNSET:
        query = query.where(model.source == asked.source)
    at, after = (None, 0) if isinstance(asked.cursor, UnsetType) else _position(asked.cursor)
    if asked.since is None:
        query = query.where(model.gone_at.is_(None))
        order = func.coalesce(model.changed_at, model.first_seen_at) if few else model.changed_at
        last = model.changed_at
    else:
        since = max(asked.since, at) if at else asked.since
        news = deltas.happened(kind, laid, since)
        order = last = deltas.moment(model, news)
        query = query.outerjoin(news, news.c.id == model.id).where(deltas.is_new(model, news, since))
    if at:
        query = query.where(last >= at, or_(last > at, model.id > after))
    rows = session.execute(query.add_columns(last).order_by(order, model.id).limit(asked.limit + 1)).all()
    found = [(row[0], row[1]) for row in rows[: asked.limit]]
    put_right([row for row, _ in found])
    return found, _cursor(rows[asked.limit - 1][2], found[-1][0].id) if len(rows) > asked.limit else ""


def _cursor(moment: datetime, id_: int) -> str:
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}.{id_}"


def _position(cursor: str) -> tuple[datetime, int]:
    moment, _, id_ = cursor.partition(".")
    return _EPOCH + timedelta(microseconds=int(moment)), int(id_)


def _lay_over(laid: Overlay, kind: Any, rows: Sequence[Row]) -> None:
    for row in rows:
        laid.lay_over(kind, row)


def _lay_over_listings(session: Session, laid: Overlay, rows: Sequence[Listing]) -> None:
    given = {laid.owners[row.id].id for row in rows if row.id in laid.owners}
    # Held while the rows below look for them: one statement instead of one for each.
    owners = session.scalars(select(Seller).where(Seller.id.in_(given))).all() if given else []
    _lay_over(laid, "listing", rows)
    _lay_over(laid, "seller", list({*owners, *(row.seller for row in rows if row.seller is not None)}))
