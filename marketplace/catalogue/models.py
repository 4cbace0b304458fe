"""Rows of the catalogue: sellers, what they offer, and what prices were.

A row's own columns say what the marketplace says. When it was last *seen* stands in `Sighting`, a narrow table of its
own, so that a sync in which nothing changed writes no seller and no listing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.db import Base, UtcDateTime


class Seen:
    """What every record read from a source carries."""

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    # {page kind: content hash}: what each kind of page said of this record when it was last read
    hashes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the last time we saw a change
    detailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its own page was last read
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # no longer seen since; None = visible
    # Of another province, on a floor of the whole nation: never visible. Only what it takes to know it again is kept.
    outside: Mapped[bool] = mapped_column(default=False, server_default=false())


class Placed:
    """Where it is: as printed, and what we made of it (codes of `marketplace.places`)."""

    address: Mapped[str | None] = mapped_column(Text)
    province: Mapped[str | None] = mapped_column(Text)
    old_district: Mapped[str | None] = mapped_column(String(8), index=True)
    old_commune: Mapped[str | None] = mapped_column(String(8))
    unit_2025: Mapped[str | None] = mapped_column(String(8))
    place_method: Mapped[str | None] = mapped_column(String(40))
    place_confidence: Mapped[float | None]


class Seller(Seen, Placed, Base):
    """An account that sells on one source."""

    __tablename__ = "seller"
    __table_args__ = (
        UniqueConstraint("source", "ref"),
        Index("ix_seller_source_gone_at", "source", "gone_at"),
        Index("ix_seller_gone_at_changed_at_id", "gone_at", "changed_at", "id"),  # lists other programs walk
    )

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)  # as printed
    phone_key: Mapped[str | None] = mapped_column(String(20), index=True)  # ten digits, today's prefix
    email: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(Text)
    tax_code: Mapped[str | None] = mapped_column(String(20), index=True)  # never a personal id
    tax_code_kind: Mapped[str | None] = mapped_column(String(20))
    tax_code_hash: Mapped[str | None] = mapped_column(String(64), index=True)  # keyed hash of a personal id
    tax_code_tail: Mapped[str | None] = mapped_column(String(3))
    licence: Mapped[str | None] = mapped_column(Text)
    authority: Mapped[str | None] = mapped_column(Text)
    joined_on: Mapped[date | None]
    certificates: Mapped[list[str] | None] = mapped_column(JSON)
    verified: Mapped[bool | None]
    status: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[float | None]
    review_count: Mapped[int | None]
    product_count: Mapped[int | None]
    description: Mapped[str | None] = mapped_column(Text)
    image_url: Mapped[str | None] = mapped_column(Text)


class Listing(Seen, Placed, Base):
    """Something a seller offers. Money is whole ₫."""

    __tablename__ = "listing"
    __table_args__ = (
        UniqueConstraint("source", "ref"),
        Index("ix_listing_source_gone_at", "source", "gone_at"),
        Index("ix_listing_seller_id_gone_at", "seller_id", "gone_at"),
        Index("ix_listing_gone_at_changed_at_id", "gone_at", "changed_at", "id"),  # lists other programs walk
    )

    title: Mapped[str] = mapped_column(Text)
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("seller.id"))
    seller_ref: Mapped[str | None] = mapped_column(Text)
    seller_name: Mapped[str | None] = mapped_column(Text)  # as printed beside the listing
    price_text: Mapped[str | None] = mapped_column(Text)
    price_vnd: Mapped[int | None] = mapped_column(BigInteger)
    price_max_vnd: Mapped[int | None] = mapped_column(BigInteger)
    price_status: Mapped[str | None] = mapped_column(String(20))
    list_price_vnd: Mapped[int | None] = mapped_column(BigInteger)
    unit: Mapped[str | None] = mapped_column(Text)
    price_per_kg_vnd: Mapped[int | None] = mapped_column(BigInteger)
    category: Mapped[str | None] = mapped_column(Text)
    category_path: Mapped[list[str] | None] = mapped_column(JSON)
    category_ref: Mapped[str | None] = mapped_column(Text)
    group_code: Mapped[str | None] = mapped_column(String(2), index=True)  # our product group
    image_url: Mapped[str | None] = mapped_column(Text)
    ocop_stars: Mapped[int | None]
    certificates: Mapped[list[str] | None] = mapped_column(JSON)
    traceable: Mapped[bool | None]
    in_stock: Mapped[bool | None]
    sold: Mapped[int | None]
    rating: Mapped[float | None]
    review_count: Mapped[int | None]
    origin: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    seller: Mapped[Seller | None] = relationship(lazy="raise")
    prices: Mapped[list[PricePoint]] = relationship(lazy="raise", order_by="PricePoint.at", viewonly=True)


class PricePoint(Base):
    """What a price was from one moment on; written only when it changed."""

    __tablename__ = "price_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    price_text: Mapped[str | None] = mapped_column(Text)
    price_vnd: Mapped[int | None] = mapped_column(BigInteger)
    price_max_vnd: Mapped[int | None] = mapped_column(BigInteger)
    unit: Mapped[str | None] = mapped_column(Text)


class Sighting(Base):
    """The last time a record was seen, in which run, and what that run found: new, changed, unchanged or revived."""

    __tablename__ = "sighting"
    __table_args__ = (Index("ix_sighting_run_id_kind_outcome", "run_id", "kind", "outcome"),)

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(10))  # "outside", too
    # the sighting before this run's, for when the run turns out not to be believed
    prior_run_id: Mapped[int | None]
    prior_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Offer(Base):
    """What a listing offers of a commodity, as the comparison of prices needs it: a copy with corrections laid over it,
    renewed together with the search index (`catalogue.offers`). Kept for a while after the listing went.

    `per_kg_vnd` is None where `fault` says why it cannot be compared ("" where it can). `seller` is the same for the
    listings of one seller of a source.
    """

    __tablename__ = "offer"
    __table_args__ = (Index("ix_offer_listing_id", "listing_id"), {"sqlite_with_rowid": False})

    commodity: Mapped[str] = mapped_column(String(60), primary_key=True)  # the slug
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    seller: Mapped[str] = mapped_column(Text)
    per_kg_vnd: Mapped[int | None] = mapped_column(BigInteger)
    fault: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str | None] = mapped_column(Text)
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IndexChange(Base):
    """The outbox of the search index: written in the row's own transaction, emptied when the index has taken it."""

    __tablename__ = "index_change"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's form; no number is used twice

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    record_id: Mapped[int]


class Correction(Base):
    """A person's word on one field of a record, laid over what the marketplace says when the record is read.

    It bears the record's key on its source, not our number: it outlives the record and finds it again. In force while
    `ended_at` is None; a newer one of the same field ends the older.
    """

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_kind_source_ref", "kind", "source", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # seller, listing, request
    source: Mapped[str] = mapped_column(String(40))
    ref: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(String(40))  # one of catalogue.corrections.FIELDS
    value: Mapped[Any] = mapped_column(JSON, nullable=True)  # a text, or a list of them; None: there is none
    note: Mapped[str] = mapped_column(Text)  # how we know
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str] = mapped_column(Text, default="")


MISS_LENGTH = 80  # letters


class SearchMiss(Base):
    """How often words were searched for in vain on a day (in Vietnam). By whom is not known."""

    __tablename__ = "search_miss"

    day: Mapped[date] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(MISS_LENGTH), primary_key=True)
    count: Mapped[int]
