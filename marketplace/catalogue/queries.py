"""Reads of the catalogue for its pages. Each function says how many SQL statements it makes: a fixed number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Protocol

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from marketplace import places
from marketplace.catalogue.corrections import Corrected, Overlay, overlay
from marketplace.catalogue.models import Listing, PricePoint, Seller, Sighting
from marketplace.places import Place

_PLACE = ("province", "old_district", "old_commune", "unit_2025")


class PlacedRow(Protocol):
    @property
    def province(self) -> str | None: ...
    @property
    def old_district(self) -> str | None: ...
    @property
    def old_commune(self) -> str | None: ...
    @property
    def unit_2025(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class ListingCard:
    """A listing as lists show it. `place` is one line, "" when not known."""

    record: ClassVar[str] = "listing"
    id: int
    source: str
    url: str | None
    title: str
    seller_id: int | None
    seller_name: str
    place: str
    price_text: str | None
    price_vnd: int | None
    price_max_vnd: int | None
    price_status: str | None
    list_price_vnd: int | None
    unit: str | None
    price_per_kg_vnd: int | None
    group_code: str | None
    ocop_stars: int | None
    certificates: tuple[str, ...]
    gone_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SellerCard:
    """A seller as lists show it. `listings` counts those that are visible."""

    record: ClassVar[str] = "seller"
    id: int
    source: str
    url: str | None
    name: str
    kind: str | None
    place: str
    listings: int
    gone_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListingPage:
    """A listing (its seller loaded), when it was last seen, and what its prices were, oldest first."""

    listing: Listing
    seen_at: datetime | None
    prices: Sequence[PricePoint]
    seller_listings: int
    corrected: tuple[Corrected, ...] = ()  # what a person has put right
    laid: Overlay = field(default_factory=Overlay)


@dataclass(frozen=True, slots=True)
class SellerPage:
    """A seller, when it was last seen, how many listings it has now, and when one of them last changed."""

    seller: Seller
    seen_at: datetime | None
    listings: int
    changed_at: datetime | None
    corrected: tuple[Corrected, ...] = ()  # what a person has put right
    laid: Overlay = field(default_factory=Overlay)


def place_of(row: PlacedRow) -> Place:
    """The place columns of a row as the places module takes them."""
    return Place(
        province=row.province,
        old_district=row.old_district,
        old_commune=row.old_commune,
        unit_2025=row.unit_2025,
        method="none",
        confidence=0.0,
        candidates=(),
    )


def place_line(row: PlacedRow) -> str:
    """ "xã An Lục Long (Châu Thành cũ)"; "" when nothing is known."""
    return places.line(place_of(row))


def listing_cards(session: Session, ids: Iterable[int], laid: Overlay | None = None) -> dict[int, ListingCard]:
    """By id; ids that are no more are left out. Two statements, one with the overlay given."""
    query = _card_columns().where(Listing.id.in_(ids))
    return {card.id: card for card in _listing_cards(session, query, laid or overlay(session))}


def listings_of_seller(session: Session, seller_id: int, offset: int, limit: int) -> list[ListingCard]:
    """The visible listings of a seller, last changed first. Two statements."""
    laid = overlay(session)
    query = (
        _card_columns()
        .where(laid.sold_by([seller_id]), Listing.gone_at.is_(None))
        .order_by(Listing.changed_at.desc(), Listing.id)
        .offset(offset)
        .limit(limit)
    )
    return _listing_cards(session, query, laid)


def listings_of_accounts(
    session: Session, sellers: Sequence[int], group: str | None, limit: int, laid: Overlay
) -> list[ListingCard]:
    """Visible listings of several accounts that are of a product group or of none we know, newest first. One
    statement."""
    query = _card_columns().where(laid.sold_by(sellers), Listing.gone_at.is_(None))
    if group is not None:
        query = query.where(or_(Listing.group_code == group, Listing.group_code.is_(None)))
    return _listing_cards(session, query.order_by(Listing.id.desc()).limit(limit), laid)


def sellers_with_listings(session: Session, sellers: Sequence[int], laid: Overlay) -> set[int]:
    """Those of the accounts that have a visible listing. One statement."""
    owner = laid.owner()
    rows = session.scalars(select(owner).where(laid.sold_by(sellers), Listing.gone_at.is_(None)).distinct())
    return {seller for seller in rows if seller is not None}


def newest_listings(session: Session, limit: int) -> list[ListingCard]:
    """The visible listings we met last. Two statements, along the primary key."""
    query = _card_columns().where(Listing.gone_at.is_(None)).order_by(Listing.id.desc()).limit(limit)
    return _listing_cards(session, query, overlay(session))


def seller_cards(session: Session, ids: Sequence[int], laid: Overlay | None = None) -> dict[int, SellerCard]:
    """By id; ids that are no more are left out. Three statements, two with the overlay given."""
    laid = laid or overlay(session)
    rows = session.execute(
        select(
            Seller.id,
            Seller.source,
            Seller.url,
            Seller.name,
            Seller.kind,
            Seller.gone_at,
            *_place_columns(Seller),
            Sighting.seen_at,
        )
        .outerjoin(Sighting, _sighted("seller", Seller.id))
        .where(Seller.id.in_(ids))
    ).mappings()
    owner = laid.owner()
    counts = dict(
        session.execute(
            select(owner, func.count()).where(laid.sold_by(ids), Listing.gone_at.is_(None)).group_by(owner)
        ).all()
    )
    cards = {}
    for row in map(dict, rows):
        row.update(laid.columns("seller", row))
        cards[row["id"]] = SellerCard(
            **{name: row[name] for name in ("id", "source", "url", "name", "kind", "gone_at", "seen_at")},
            place=place_line(_Where(*(row[name] for name in _PLACE))),
            listings=counts.get(row["id"], 0),
        )
    return cards


def listing(session: Session, listing_id: int) -> ListingPage | None:
    """Everything the page of a listing shows. Four statements; None when there is no such listing."""
    row = session.execute(
        select(Listing, Sighting.seen_at)
        .outerjoin(Listing.seller)
        .options(contains_eager(Listing.seller))
        .outerjoin(Sighting, _sighted("listing", Listing.id))
        .where(Listing.id == listing_id, ~Listing.outside)
    ).one_or_none()
    if row is None:
        return None
    found, seen_at = row
    prices = session.scalars(
        select(PricePoint).where(PricePoint.listing_id == listing_id).order_by(PricePoint.at, PricePoint.id)
    ).all()
    laid = overlay(session)
    corrected = laid.lay_over("listing", found)
    if found.seller is not None:
        laid.lay_over("seller", found.seller)
    sold = [] if found.seller_id is None else [found.seller_id]
    count = session.scalar(select(func.count()).where(laid.sold_by(sold), Listing.gone_at.is_(None)))
    return ListingPage(found, seen_at, prices, count or 0, corrected, laid)


def seller(session: Session, seller_id: int) -> SellerPage | None:
    """Everything the page of a seller shows but its listings. Three statements; None when there is no such seller."""
    row = session.execute(
        select(Seller, Sighting.seen_at)
        .outerjoin(Sighting, _sighted("seller", Seller.id))
        .where(Seller.id == seller_id, ~Seller.outside)
    ).one_or_none()
    if row is None:
        return None
    found, seen_at = row
    laid = overlay(session)
    count, changed_at = session.execute(
        select(func.count(), func.max(Listing.changed_at)).where(laid.sold_by([seller_id]), Listing.gone_at.is_(None))
    ).one()
    return SellerPage(found, seen_at, count, changed_at, laid.lay_over("seller", found), laid)


def titles(session: Session) -> Sequence[str]:
    """The titles of all visible listings. Two statements, one reads the whole table: remember what you make of it."""
    laid = overlay(session)
    rows = session.execute(select(Listing.id, Listing.title).where(Listing.gone_at.is_(None)))
    return [laid.columns("listing", {"id": id_, "title": title}).get("title", title) for id_, title in rows]


def _sighted(kind: str, id_: Any) -> ColumnElement[bool]:
    return and_(Sighting.kind == kind, Sighting.record_id == id_)


def _place_columns(model: Any) -> tuple[Any, ...]:
    return tuple(getattr(model, name) for name in _PLACE)


_OWNER = aliased(Seller)
# The fields of a card that are columns as they stand.
_PLAIN = tuple(item.name for item in fields(ListingCard) if item.name not in ("place", "certificates"))


@cache
def _card_columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Listing.id,
            Listing.source,
            Listing.url,
            Listing.title,
            Listing.seller_id,
            func.coalesce(_OWNER.name, Listing.seller_name, "").label("seller_name"),
            Listing.price_text,
            Listing.price_vnd,
            Listing.price_max_vnd,
            Listing.price_status,
            Listing.list_price_vnd,
            Listing.unit,
            Listing.price_per_kg_vnd,
            Listing.group_code,
            Listing.category_path,  # the group of a title that was put right follows from it, too
            Listing.ocop_stars,
            Listing.certificates,
            Listing.gone_at,
            *_place_columns(Listing),
            *(column.label(f"owner_{column.key}") for column in _place_columns(_OWNER)),
            Sighting.seen_at,
        )
        .outerjoin(_OWNER, _OWNER.id == Listing.seller_id)
        .outerjoin(Sighting, _sighted("listing", Listing.id))
    )


@dataclass(frozen=True, slots=True)
class _Where:
    province: str | None
    old_district: str | None
    old_commune: str | None
    unit_2025: str | None


def _listing_cards(session: Session, query: Select[*tuple[Any, ...]], laid: Overlay) -> list[ListingCard]:
    cards = []
    for values in map(dict, session.execute(query).mappings()):
        values.update(laid.columns("listing", values))
        owner = laid.owners.get(values["id"])
        if owner is not None:
            values.update({f"owner_{name}": getattr(owner, name) for name in _PLACE})
        if values["seller_id"] is not None:
            about = {"id": values["seller_id"], "name": "", **{name: values[f"owner_{name}"] for name in _PLACE}}
            right = laid.columns("seller", about)
            values["seller_name"] = right.get("name", values["seller_name"])
            values.update({f"owner_{name}": right[name] for name in _PLACE if name in right})
        told = values["old_district"] or values["unit_2025"]
        prefix = "" if told else "owner_"
        where = _Where(*(values[f"{prefix}{name}"] for name in _PLACE))
        cards.append(
            ListingCard(
                **{name: values[name] for name in _PLAIN},
                place=place_line(where),
                certificates=tuple(values["certificates"] or ()),
            )
        )
    return cards
