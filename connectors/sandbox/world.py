"""The invented world: five sites, their sellers, listings, posts and notices, and the changes a test makes to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

from .drift import pass_day
from .floor import Floor
from .invent import Inventor
from .notices import NoticeInventor
from .records import COOPLINK, LONGANTRADE, NONGSAN, POSTMART, VOSO, Listing, Notice, Post, Seller
from .vocabulary import ELSEWHERE

TODAY = date(2026, 11, 20)

_PER_SHOP = 4  # listings of an average voso shop
_TWINS = 0.3  # share of the voso shops whose facility also sells on nongsanantoan
_WITH_PRODUCTS = 0.44  # share of the nongsanantoan sellers with products …
_ONE_EACH = 0.9  # … as far as this share of the listings goes, one each
# Of the numbers told for voso and nongsanantoan together: sellers and listings that the other two shops have on top.
ON_TOP = {POSTMART: (0.2, 0.25), LONGANTRADE: (0.12, 0.18)}
STOCKED = 0.8  # share of those sellers with products
_APART = 10_000  # facilities of one site on top, before those of the next
_NO_SELLER = 250  # of so many further listings of a site, one tells no seller

_OURS = ("Long An", "Tây Ninh")
_NUMBER = re.compile(r"\d+(?:[.,]\d{3})*")


class World:
    """`sellers` accounts and `listings` listings in all, split over voso and nongsanantoanlongan.

    The same arguments always make the same world. `day` tells how many days have passed since `today`: every day a few
    listings are new, changed or gone. On voso a visitor finds only sellers with products, so only such are there; the
    others, most of them without products, are on nongsanantoanlongan. What cooplink, postmart and longantrade show
    comes on top, made by a chance of its own: nothing on another site depends on it.
    `elsewhere`: the share of other provinces among the sellers of voso and postmart.
    Raises ValueError for a size below zero, or for listings without anybody to sell them.
    """

    def __init__(
        self,
        seed: int = 1,
        sellers: int = 800,
        listings: int = 1_200,
        *,
        posts: int | None = None,
        notices: int | None = None,
        day: int = 0,
        today: date = TODAY,
        voso_share: float = 0.35,
        elsewhere: float = 0.25,
    ) -> None:
        if min(sellers, listings, posts or 0, notices or 0, day) < 0 or not 0 <= voso_share <= 1:
            raise ValueError(
                "sellers, listings, posts, notices, day must not be negative; voso_share lies between 0 and 1"
            )
        if listings and not sellers:
            raise ValueError("listings need at least one seller")
        self.floors = {source: Floor(source) for source in (VOSO, NONGSAN, COOPLINK, POSTMART, LONGANTRADE)}
        self._inventor = Inventor(seed, today, elsewhere=elsewhere)
        self._inventors = {VOSO: self._inventor, NONGSAN: self._inventor} | {
            source: Inventor(f"{seed}/{source}", today, first=100_000 + _APART * number, elsewhere=elsewhere)
            for number, source in enumerate(ON_TOP)
        }
        self._changes = 0
        self._populate(sellers, listings, voso_share)
        for source, (of_sellers, of_listings) in ON_TOP.items():
            self._populate_more(source, round(sellers * of_sellers), round(listings * of_listings))
        for _ in range(max(24, listings // 20) if posts is None else posts):
            self.add_post()
        self._notices = NoticeInventor(seed, today, tuple(self.floors[NONGSAN].sellers.values()))
        for _ in range(max(24, sellers // 10) if notices is None else notices):
            self._put_notice(self._notices.notice())
        self._changes = 0
        for number in range(1, day + 1):
            for inventor in (self._inventor, *(self._inventors[source] for source in ON_TOP)):
                inventor.day(number)
            pass_day(self, self._inventor, (VOSO, NONGSAN))
            for source in ON_TOP:
                pass_day(self, self._inventors[source], (source,))
            self._notices.pass_day(number, self.floors[COOPLINK])

    # Reading

    @property
    def today(self) -> date:
        """The day it is in this world."""
        return self._inventor.today

    @property
    def changed_at(self) -> datetime:
        """UTC time of the last change: midnight of today, and one second for every change so far."""
        return datetime.combine(self.today, time(), UTC) + timedelta(seconds=self._changes)

    def sellers(self) -> Iterator[Seller]:
        return chain.from_iterable(floor.all_sellers() for floor in self.floors.values())

    def listings(self) -> Iterator[Listing]:
        return chain.from_iterable(floor.in_category("") for floor in self.floors.values())

    def posts(self) -> Iterator[Post]:
        return chain.from_iterable(floor.all_posts() for floor in self.floors.values())

    def notices(self) -> Iterator[Notice]:
        return iter(self.floors[COOPLINK].all_notices())

    def ours(self, record: Seller | Listing | Notice) -> bool:
        """Is it of former Long An, or does nobody tell where it is? A listing is where its seller is."""
        if isinstance(record, Listing):
            if record.seller_ref is None:
                return record.province in _OURS
            record = self.floors[record.source].sellers[record.seller_ref]
        place = record.registrant if isinstance(record, Notice) else record
        return (place.ward, place.district, place.province) not in ELSEWHERE

    # Changing. A KeyError names a ref that is not (or no longer) there.

    def add_seller(self, source: str) -> Seller:
        """A new account on a site, still without products."""
        return self._put_seller(self._inventors[source].seller(source, busy=True))

    def remove_seller(self, ref: str) -> None:
        """Take a seller off its site, and all it offers."""
        floor = self._floor_of_seller(ref)
        with floor.lock:
            for listing in floor.listings_of(ref):
                del floor.listings[listing.ref]
            del floor.sellers[ref]
            self._changed(floor)

    def add_listing(
        self,
        seller_ref: str,
        title: str | None = None,
        price_text: str | None = None,
        *,
        unit: str | None = None,
        category: str | None = None,
    ) -> Listing:
        """Put one more listing on the seller's site. What is not told is invented. `price_text` as in change_price."""
        floor = self._floor_of_seller(seller_ref)
        if category is not None and not floor.has_category(category):
            raise KeyError(category)
        listing = self._inventors[floor.source].listing(floor.sellers[seller_ref], title)
        listing = listing._replace(unit=unit or listing.unit, category=category or listing.category, updated=self.today)
        return self._put_listing(listing if price_text is None else _priced(listing, price_text))

    def change_price(self, ref: str, text: str) -> None:
        """Print `text` as the price from now on: "25.000 ₫/kg" on nongsanantoan, "25,000" on voso, which adds its ₫.

        The amount that voso tells beside it is the first number of the text, 0 when it has none.
        """
        listing = self._floor_of_listing(ref).listings[ref]
        self._put_listing(_priced(listing, text)._replace(updated=self.today))

    def replace_listing(self, listing: Listing) -> None:
        """Show this listing from now on: in the place of the one of its ref, or back after it was taken off."""
        self._put_listing(listing)

    def remove_listing(self, ref: str) -> None:
        """Take a listing off its site."""
        floor = self._floor_of_listing(ref)
        with floor.lock:
            del floor.listings[ref]
            self._changed(floor)

    def add_post(self) -> Post:
        """One more post on the board."""
        post = self._inventor.post()
        floor = self.floors[NONGSAN]
        with floor.lock:
            floor.posts[post.ref] = post
            self._changed(floor)
        return post

    def remove_post(self, ref: str) -> None:
        """Take a post off the board."""
        floor = self.floors[NONGSAN]
        with floor.lock:
            del floor.posts[ref]
            self._changed(floor)

    def add_notice(self) -> Notice:
        """One more notice on cooplink."""
        notice = self._put_notice(self._notices.notice())
        self._changed(self.floors[COOPLINK])
        return notice

    def replace_notice(self, notice: Notice) -> None:
        """Show this notice from now on, in the place of the one of its number."""
        self._put_notice(notice)
        self._changed(self.floors[COOPLINK])

    def remove_notice(self, number: int) -> None:
        """Take a notice off cooplink; its registrant stays, and is shown with its other notices only."""
        floor = self.floors[COOPLINK]
        with floor.lock:
            del floor.notices[number]
            self._changed(floor)

    def _put_notice(self, notice: Notice) -> Notice:
        self.floors[COOPLINK].put_notice(notice)
        return notice

    def _put_seller(self, seller: Seller) -> Seller:
        floor = self.floors[seller.source]
        with floor.lock:
            floor.sellers[seller.ref] = seller
            self._changed(floor)
        return seller

    def _put_listing(self, listing: Listing) -> Listing:
        floor = self.floors[listing.source]
        with floor.lock:
            floor.listings[listing.ref] = listing
            self._changed(floor)
        return listing

    def _changed(self, floor: Floor) -> None:
        self._changes += 1
        floor.changed()

    def _floor_of_listing(self, ref: str) -> Floor:
        for floor in self.floors.values():
            if ref in floor.listings:
                return floor
        raise KeyError(ref)

    def _floor_of_seller(self, ref: str) -> Floor:
        for floor in self.floors.values():
            if ref in floor.sellers:
                return floor
        raise KeyError(ref)

    # The first day

    def _populate(self, sellers: int, listings: int, voso_share: float) -> None:
        on_voso = round(listings * voso_share)
        shops = min(max(1, on_voso // _PER_SHOP), sellers - 1) if on_voso and sellers > 1 else 0
        if not shops:
            on_voso = 0
        others = sellers - shops
        on_nongsan = listings - on_voso
        busy = min(max(1, min(round(others * _WITH_PRODUCTS), int(on_nongsan * _ONE_EACH))), on_nongsan)
        inventor = self._inventor
        positions = set(inventor.shuffled(range(others))[:busy])
        all_others = [inventor.seller(NONGSAN, number in positions) for number in range(others)]
        with_products = [all_others[number] for number in sorted(positions)]
        all_shops = [
            inventor.twin(with_products[number])
            if number < min(round(shops * _TWINS), busy)
            else inventor.seller(VOSO, busy=True)
            for number in range(shops)
        ]
        for seller in chain(all_others, inventor.shuffled(all_shops)):
            self._put_seller(seller)
        self._stock(all_shops, on_voso)
        self._stock(with_products, on_nongsan)

    def _populate_more(self, source: str, sellers: int, listings: int) -> None:
        """A shop of its own inventor. Some of its sellers are facilities of nongsanantoan; a few have no product."""
        inventor = self._inventors[source]
        known = inventor.shuffled(tuple(self.floors[NONGSAN].sellers.values()))[: round(sellers * _TWINS)]
        mine = [inventor.twin(seller, source) for seller in known]
        busy = min(listings, max(1, round(sellers * STOCKED)))
        mine += [inventor.seller(source, number < busy) for number in range(len(mine), sellers)]
        for seller in mine:
            self._put_seller(seller)
        self._stock(mine[:busy], listings)

    def _stock(self, sellers: Sequence[Seller], listings: int) -> None:
        """Give every seller one listing, and the rest to a few much more than to most."""
        if not sellers:
            return
        inventor = self._inventors[sellers[0].source]
        order = inventor.shuffled(sellers)
        for number in range(listings):
            first = number < len(order)
            seller = order[number] if first else order[int(inventor.roll() ** 2 * len(order))]
            listing = inventor.listing(seller)
            if (number - len(order)) % _NO_SELLER == 0 and not first:
                listing = listing._replace(seller_ref=None)
            self._put_listing(listing)


def _priced(listing: Listing, text: str) -> Listing:
    number = _NUMBER.search(text)
    amount = int(re.sub(r"\D", "", number[0])) if number else 0
    return listing._replace(price_text=text, price_vnd=amount, list_price_vnd=0)
