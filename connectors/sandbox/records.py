"""The records of the invented world: what a sandbox site knows about one seller, listing or post.

They hold what the pages print, traps included (`phone` with the residue of an input mask, `title` in either diacritic
normal form), so a test can compare what a reader made of a page with what is really there.
Figures that only decorate a page (views, picture names) are drawn from the record's own key by `dice`, which keeps a
world of 66,000 sellers small.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import date
from typing import Literal, NamedTuple

VOSO = "voso"
NONGSAN = "nongsanantoanlongan"
COOPLINK = "cooplink"
POSTMART = "postmart"
LONGANTRADE = "longantrade"

SellerKind = Literal["htx", "tht", "ho", "trang_trai", "doanh_nghiep", "co_so"]
Side = Literal["buy", "sell", "partner"]
Role = Literal["sell", "buy", "state_body", "organisation"]


def dice(key: str, sides: int) -> int:
    """A number in 0…sides-1 that is always the same for the same key."""
    return zlib.crc32(key.encode()) % sides


class Certificate(NamedTuple):
    """A certificate of a facility: the heading and the free text under it."""

    title: str
    text: str


class Seller(NamedTuple):
    """An account on one site. Two accounts with one `facility` are the same facility on both sites.

    `ref` is what the site's addresses identify the seller by: the slug on nongsanantoan, the number on the others.
    `district` is empty in an address of the units of 2025, `ward` where the account left it out.
    """

    source: str
    ref: str
    number: int  # shop number (voso) or organisation number (nongsanantoan)
    slug: str
    facility: int
    name: str
    core: str  # the name without legal form and product words: what two accounts of a facility share
    kind: SellerKind
    scale: str  # the site's own label, "Quy mô"
    director: str
    phone: str  # as printed; "" when none is given
    phone_digits: str  # the same number in the digits of today; "" when none
    tax_code: str  # digits, "-001" for a branch; "" when none is given
    street: str
    ward: str
    district: str
    province: str
    joined: date
    active: bool
    approved: bool
    certificates: tuple[Certificate, ...]

    @property
    def region(self) -> str:
        """The end of the address as nongsanantoan prints it: ward-district-province without blanks."""
        return "-".join(part for part in (self.ward, self.district, self.province) if part)

    @property
    def picture(self) -> str:
        """Forty letters that name the seller's picture."""
        return picture(self.source + "/" + self.ref)

    @property
    def rating(self) -> int:
        """Stars 0…5, 0 when nobody has rated."""
        return 0 if self.reviews == 0 else 3 + dice(self.ref + "*", 3)

    @property
    def reviews(self) -> int:
        return max(0, dice(self.ref + "#", 40) - 20)


class Listing(NamedTuple):
    """Something a seller offers. `ref`: the slug on nongsanantoan, the product number on the others."""

    source: str
    ref: str
    number: int
    slug: str
    seller_ref: str | None  # None: the page tells no seller
    title: str
    category: str  # number of a voso category, on the other sites the slug of a nongsanantoan one
    price_text: str  # as the card prints it (without the ₫ voso sets apart); "" when the price is a picture
    price_vnd: int  # what a buyer pays; 0 when the page tells no number
    list_price_vnd: int  # the struck-out price; 0 when there is none
    unit: str
    stars: int  # OCOP 3…5; 0 for none
    certificates: tuple[str, ...]
    in_stock: bool
    sold: int
    reviews: int
    rating: int
    province: str
    traceable: bool
    updated: date

    @property
    def picture(self) -> str:
        """Forty letters that name the listing's picture."""
        return picture(self.source + "/" + self.ref)


class Post(NamedTuple):
    """A post on the buy/sell board of nongsanantoan."""

    ref: str  # its slug
    number: int
    side: Side
    title: str
    body: str
    product: str  # label of a product category
    place: str  # ward-district-province
    address: str
    poster: str
    poster_joined: date
    phone: str
    posted: date
    expires: date
    views: int


class Registrant(NamedTuple):
    """A unit that registered on cooplink, in one of its four roles. Printed as it is."""

    number: int
    role: Role
    name: str
    contact: str
    phone: str
    province: str  # "" where it told none
    district: str
    ward: str
    street: str
    here: bool  # it belongs to Long An, or to Tây Ninh, or nobody can tell: another province is not printed


class Notice(NamedTuple):
    """A notice on cooplink. The site shows no number of it but in the links of its card dress."""

    number: int
    registrant: Registrant
    group: str  # one of the five product groups, "" for a body that trades nothing
    product: str
    quantity: str  # a phrase, "5 - 10 tấn mỗi ngày"
    price_text: str
    standard: str
    posted: date


def picture(key: str) -> str:
    """Forty hexadecimal letters for a key."""
    return hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()
