"""What a connector takes in and gives out.

A connector is a module with four names: `source` (its facts), `start` (the first pages), `parse` (one page → records,
further pages, problems) and `kind_of` (which branch of `parse` reads an address). `parse` is pure: no clock, no
network, no database.

Values of a record: `None` means *this page does not tell*; an empty string, tuple or zero means *the page tells that
there is none*. The engine relies on the difference: what a page does not tell is never erased.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

RecordKind = Literal["seller", "listing", "request"]
Side = Literal["buy", "sell", "partner"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerRecord:
    """An account that sells on one source. `ref` is unique among the sellers of the source."""

    ref: str
    name: str
    url: str | None = None
    kind: str | None = None  # the source's own label, e.g. "Hợp tác xã"
    phone: str | None = None  # as printed; connectors.clean.phone() makes it comparable
    email: str | None = None
    website: str | None = None
    contact: str | None = None  # the person who represents the seller
    tax_code: str | None = None
    licence: str | None = None  # the registration line as printed: number, date, authority
    authority: str | None = None  # who supervises food safety, as printed
    address: str | None = None
    province: str | None = None
    joined_on: date | None = None
    certificates: tuple[str, ...] | None = None
    verified: bool | None = None  # the source's own "đã kiểm duyệt" flag
    status: str | None = None  # as printed, e.g. "Đang hoạt động"
    rating: float | None = None  # 0–5
    review_count: int | None = None
    product_count: int | None = None
    description: str | None = None  # plain text
    image_url: str | None = None
    own_page: bool = False  # True when read from the seller's own page, False when from a card or a box


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingRecord:
    """Something a seller offers. Money is whole ₫ (VND). `price_text` is kept exactly as printed."""

    ref: str
    title: str
    url: str | None = None
    seller_ref: str | None = None
    seller_name: str | None = None
    price_text: str | None = None
    price_vnd: int | None = None  # the lower end of a range, per `unit`
    price_max_vnd: int | None = None
    price_status: str | None = None  # a connectors.clean.PriceStatus
    list_price_vnd: int | None = None  # the struck-out old price; 0 when the page shows none
    unit: str | None = None
    price_per_kg_vnd: int | None = None  # only where the unit is certain
    category: str | None = None  # the leaf label as printed
    category_path: tuple[str, ...] | None = None  # from root to leaf
    category_ref: str | None = None  # the source's own key of the leaf: labels are renamed, keys are not
    image_url: str | None = None
    ocop_stars: int | None = None  # 3–5; 0 when the page tells there are none
    certificates: tuple[str, ...] | None = None
    traceable: bool | None = None  # the page shows a traceability stamp
    in_stock: bool | None = None
    sold: int | None = None
    rating: float | None = None  # 0–5
    review_count: int | None = None
    origin: str | None = None
    description: str | None = None  # plain text
    updated_at: datetime | None = None  # aware, UTC: the source's own last change
    own_page: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRecord:
    """A post on a buy/sell board."""

    ref: str
    title: str
    side: Side | None = None  # a post's own page may not tell; the list it was found on does
    url: str | None = None
    body: str | None = None
    product: str | None = None
    quantity_text: str | None = None
    price_text: str | None = None
    place: str | None = None
    address: str | None = None
    contact: str | None = None
    phone: str | None = None
    posted_on: date | None = None
    expires_on: date | None = None
    views: int | None = None
    own_page: bool = False


Record = SellerRecord | ListingRecord | RequestRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class Get:
    """A page to fetch. `kind` names the branch of `parse` that reads it.

    A page about one record says which (`record`, `ref`): the engine fetches it only when the record is new, changed
    or its last reading is old. A page without `record` is a list; a full run reads every list to its end.
    """

    url: str
    kind: str
    record: RecordKind | None = None
    ref: str = ""

    @property
    def optional(self) -> bool:
        """Whether "there is no such page" is an answer and no fault, told by a `?` at the end of `kind`.

        Where there is none, `parse` is given a page with the status of that answer and without a body.
        """
        return self.kind.endswith("?")

    @property
    def accept(self) -> str:
        """What the site is asked for: JSON where `kind` ends in ".json" (`products.json`, `probe.json?`), else HTML.

        Part of the kind, so that a page queued by a run that was killed is asked for in the same way.
        """
        return "application/json" if self.kind.removesuffix("?").endswith(".json") else "text/html"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A fetched (or saved) page. `headers` have lower-case names; `fetched_at` is aware, UTC."""

    get: Get
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A fault of one item or page. `code` is stable and listed with cause and cure in connectors/problems.py."""

    code: str
    ref: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    """The facts of one marketplace and what must hold for a run to be believed."""

    slug: str
    title: str
    short: str  # the two or three letters of its slot in "dải năm sàn"
    home: str  # base address without a trailing slash; configuration may override it
    scope: Literal["province", "nation"]
    lists_sellers: bool = True  # public pages show sellers that have no product, too
    lists_products: bool = True  # False for a board of notices: nobody can be counted as selling, nor as not selling
    hosts: tuple[str, ...] = ()  # further hosts that are the same site
    note: str = ""  # what a reader should know, in Vietnamese
    min_sellers: int = 1  # a full run below these is not believed
    min_listings: int = 1
    max_drop: float = 0.3  # share of known records of one kind that may vanish in one run
    delay_s: float = 1.0  # pause between two requests to one host
    max_pages: int = 10_000  # pages of one list, before we call it a loop
    detail_max_age_days: int = 7  # the own page of an unchanged record is read again after this
    stale_after_hours: int = 48  # older data is shown as old
    newest_first: bool = False  # its lists begin with what was added or changed last: an incremental run may stop early
    # Configuration may override these three. `platform`: a name of connectors.platforms.PLATFORMS whose parser reads
    # this source instead of its own; "" for its own. `selectors`: CSS by the names the connector gives them.
    platform: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)  # path prefixes by name
    selectors: Mapping[str, str] = field(default_factory=dict)


Yield = Record | Get | Problem


class Parser(Protocol):
    """What reads the pages of a source."""

    def start(self, source: Source, since: datetime | None) -> Iterator[Get]: ...

    def parse(self, source: Source, page: Page) -> Iterator[Yield]: ...

    def kind_of(self, source: Source, url: str) -> str | None:
        """The kind of page an address leads to, None if no branch of `parse` reads it. The host is not looked at: a
        saved page may carry the address of a mirror or a sibling site."""
        ...


class Connector(Parser, Protocol):
    """The shape of a connector module."""

    source: Source


class Platform(Parser, Protocol):
    """The shape of a platform module: any source may be read by it.

    `paths` and `selectors` are the defaults of what configuration may change. The kinds of its pages are its own words
    ("category"): where several platforms may read a source, the detector puts the name before ("opencart/category").
    """

    paths: Mapping[str, str]
    selectors: Mapping[str, str]
    probe: str  # path (and query) below the home whose answer tells; "" where only the home page can tell

    def fits(self, root: object, page: Page) -> bool:
        """Whether a site surely runs on this platform, by its home page (kind "detect/home") or its answer to `probe`.

        `root`: the markup's root node of an HTML page, the decoded value of a JSON one, None for everything else
        (XML, nothing there: look at `page`). Raises nothing; unsure is False.
        """
        ...
