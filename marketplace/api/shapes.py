"""What the interface answers. The descriptions here are those of the OpenAPI document.

Money is whole ₫, times are UTC. None is "not known" (the marketplace does not tell); an empty text or list and 0 are
"there is none".
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

Kind = Literal["listing", "seller", "request"]
Side = Literal["buy", "sell", "partner"]


class Code(Struct, frozen=True):
    """Something with an official or own code, and its Vietnamese name."""

    code: str
    name: str


class Place(Struct, frozen=True, kw_only=True):
    """Where something is, both ways: the old district and commune of Long An, and the commune-level unit of Tây Ninh
    since 2025-07-01. What was not certain is null, never guessed."""

    text: Annotated[str, Meta(description="one line in Vietnamese, empty when nothing is known")]
    province: Annotated[str | None, Meta(description="the province before 2025-07-01")]
    district: Annotated[Code | None, Meta(description="district of Long An before 2025-07-01")]
    commune: Annotated[Code | None, Meta(description="commune of Long An before 2025-07-01")]
    unit: Annotated[Code | None, Meta(description="commune-level unit since 2025-07-01")]


class Floor(Struct, frozen=True, kw_only=True):
    """The marketplace a record was read on."""

    slug: str
    title: str
    invented: Annotated[bool, Meta(description="its records are made up, for trying things out")]


class Price(Struct, frozen=True, kw_only=True):
    """A price as the marketplace gives it, and what was read out of it."""

    text: Annotated[str | None, Meta(description="as printed")]
    status: Annotated[
        str | None,
        Meta(description="how sure the numbers are: `ok`, or why not (`contact`, `suspicious`, `unreadable`, …)"),
    ]
    min_vnd: Annotated[int | None, Meta(description="whole ₫ for one `unit`")]
    max_vnd: Annotated[int | None, Meta(description="whole ₫, the upper end of a range")]
    list_vnd: Annotated[int | None, Meta(description="whole ₫, the struck-out price")]
    unit: Annotated[str | None, Meta(description="as printed: kg, túi 5kg, …")]
    per_kg_vnd: Annotated[int | None, Meta(description="whole ₫ a kilogram, only where the unit is certain")]


class PricePoint(Struct, frozen=True, kw_only=True):
    """What a price was from one moment on."""

    at: datetime
    text: str | None
    min_vnd: int | None
    max_vnd: int | None
    unit: str | None


class SellerName(Struct, frozen=True, kw_only=True):
    """Who sells. `id` is null where the seller's own page was not read."""

    id: int | None
    name: str


class Record(Struct, frozen=True, kw_only=True):
    """What every record has."""

    id: int
    url: Annotated[str, Meta(description="its page here")]
    source: Floor
    source_ref: Annotated[str, Meta(description="its reference on the marketplace")]
    source_url: Annotated[str | None, Meta(description="its page on the marketplace")]
    place: Place
    first_seen_at: Annotated[datetime, Meta(description="when we first saw it, which is not when it was published")]
    changed_at: Annotated[datetime, Meta(description="when we last saw its marketplace change it")]
    seen_at: Annotated[datetime | None, Meta(description="when we last saw it")]
    gone_since: Annotated[datetime | None, Meta(description="no longer on the marketplace since; null: it is there")]


class Listing(Record, frozen=True, kw_only=True):
    """Something on sale."""

    title: str
    seller: SellerName
    group: Annotated[Code | None, Meta(description="our product group")]
    price: Price
    ocop_stars: Annotated[int | None, Meta(description="as the marketplace says, not compared with the decision")]
    certificates: Annotated[list[str] | None, Meta(description="as the marketplace says")]
    in_stock: bool | None
    sold: int | None


class ListingDetail(Listing, frozen=True, kw_only=True):
    """Something on sale, with its history."""

    category_path: Annotated[list[str] | None, Meta(description="the marketplace's own categories")]
    origin: str | None
    excerpt: Annotated[str | None, Meta(description="the beginning of the seller's words; the rest: `source_url`")]
    prices: Annotated[list[PricePoint], Meta(description="every price seen, oldest first")]


class Seller(Record, frozen=True, kw_only=True):
    """An account that sells on one marketplace. Its contacts are not in this interface."""

    name: str
    kind: Annotated[str | None, Meta(description="as the marketplace says: cooperative, household, …")]
    certificates: list[str] | None
    verified: Annotated[bool | None, Meta(description="checked by the marketplace")]
    joined_on: Annotated[date | None, Meta(description="as the marketplace says")]
    listings: Annotated[int, Meta(description="listings that are there now")]


class SellerDetail(Seller, frozen=True, kw_only=True):
    """An account, with what it says of itself."""

    excerpt: Annotated[str | None, Meta(description="the beginning of the seller's words; the rest: `source_url`")]
    tax_code: Annotated[str | None, Meta(description="of a company or cooperative; never a person's")]


class Request(Record, frozen=True, kw_only=True):
    """A post on the board: somebody wants to buy, to sell, or looks for a partner."""

    title: str
    side: Side | None
    product: str | None
    group: Code | None
    quantity: Annotated[str | None, Meta(description="as printed")]
    price: Annotated[str | None, Meta(description="as printed")]
    posted_on: date | None
    expires_on: Annotated[date | None, Meta(description="the last day it is open, in Vietnam")]


class RequestDetail(Request, frozen=True, kw_only=True):
    """A post, with the beginning of its text."""

    excerpt: str | None


class Listings(Struct, frozen=True, kw_only=True):
    """A page of listings, in the order of `changed_at`; with `changed_since`, of whatever happened last."""

    items: list[Listing]
    next: Annotated[str | None, Meta(description="the address of the next page; null on the last one")]


class Sellers(Struct, frozen=True, kw_only=True):
    """A page of sellers, in the order of `changed_at`; with `changed_since`, of whatever happened last."""

    items: list[Seller]
    next: Annotated[str | None, Meta(description="the address of the next page; null on the last one")]


class Requests(Struct, frozen=True, kw_only=True):
    """A page of posts, in the order of `changed_at`; with `changed_since`, of whatever happened last."""

    items: list[Request]
    next: Annotated[str | None, Meta(description="the address of the next page; null on the last one")]


class Hit(Struct, frozen=True, kw_only=True):
    """A record found. The field named by `kind` is set, the other two are null."""

    kind: Kind
    score: Annotated[float, Meta(description="compares hits of one search, never those of two")]
    listing: Listing | None = None
    seller: Seller | None = None
    request: Request | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """Something read into the text that was typed."""

    kind: Annotated[str, Meta(description="`keyboard`, `spelling` or `synonym`")]
    typed: str
    taken: list[str]


class Count(Struct, frozen=True):
    value: str
    count: int


class Found(Struct, frozen=True, kw_only=True):
    """A page of hits, the best first. Positions shift when the catalogue changes between two pages: to copy the
    catalogue, walk the lists instead."""

    total: Annotated[int, Meta(description="all hits, exactly")]
    items: list[Hit]
    next: Annotated[str | None, Meta(description="the address of the next page; null on the last one")]
    read_as: Annotated[str, Meta(description="the text that was searched for, empty when it is the one typed")]
    readings: list[Reading]
    spellings: Annotated[list[str], Meta(description="texts near the one typed that have hits")]
    facets: Annotated[
        dict[str, list[Count]],
        Meta(description="the counts asked for with `facet`; they ignore the facet's own filter"),
    ]


class Source(Struct, frozen=True, kw_only=True):
    """A marketplace we read, and how fresh what we have of it is."""

    slug: str
    title: str
    home: str
    mode: Annotated[Literal["live", "sandbox", "off"], Meta(description="`sandbox`: its records are made up")]
    sellers: Annotated[int, Meta(description="sellers there now")]
    listings: Annotated[int, Meta(description="listings there now")]
    last_good_reading: Annotated[datetime | None, Meta(description="when it was last read whole and believed")]
    verdict: Annotated[str | None, Meta(description="of the last reading: `ok`, `partial`, `held` or `failed`")]
    stale: bool
    gap: Annotated[str, Meta(description="what is missing, a sentence in Vietnamese; empty: nothing")]


class Sources(Struct, frozen=True, kw_only=True):
    """Every marketplace we read."""

    items: list[Source]


class ReportedFigure(Struct, frozen=True, kw_only=True):
    """A number somebody published. It is never added to an observed one."""

    indicator: str
    label: str
    value: int
    qualifier: Annotated[str, Meta(description="`exact` or `at_least`")]
    as_of: Annotated[str, Meta(description="as precise as it was published: a year, a month or a day")]
    scope: str
    subjects: Annotated[list[str], Meta(description="the marketplaces it counts together")]
    document: str


class Observed(Struct, frozen=True, kw_only=True):
    """What we counted ourselves; null where it can't be known. `definitions` says what each number is."""

    sellers: int | None
    active_sellers: int | None
    updated_sellers: int | None
    listings: int | None
    share: float | None


class SourceFigures(Struct, frozen=True, kw_only=True):
    """The figures of one marketplace."""

    slug: str
    title: str
    observed: Observed
    reported: list[ReportedFigure]
    last_good_reading: datetime | None
    gap: str


class Definition(Struct, frozen=True, kw_only=True):
    """What an observed number means, in Vietnamese."""

    code: str
    name: str
    sentence: str


class Stats(Struct, frozen=True, kw_only=True):
    """Observed beside reported figures, per marketplace."""

    as_of: datetime
    days: int
    sources: list[SourceFigures]
    elsewhere: Annotated[list[ReportedFigure], Meta(description="published figures of marketplaces we don't read")]
    definitions: dict[str, Definition]
