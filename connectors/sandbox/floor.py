"""One site's records, with the views its pages are made from."""

from __future__ import annotations

from threading import RLock
from typing import NamedTuple

from .records import VOSO, Listing, Notice, Post, Registrant, Seller
from .vocabulary import NONGSAN_LABELS, NONGSAN_PARENT, VOSO_BY_NUMBER


class _Views(NamedTuple):
    sellers: tuple[Seller, ...]
    posts: tuple[Post, ...]
    notices: tuple[Notice, ...]
    by_seller: dict[str, tuple[Listing, ...]]
    by_category: dict[str, tuple[Listing, ...]]


class Floor:
    """The records of one site, in the order its lists show them.

    Pages read tuples that a change replaces but never alters: a page being written is not disturbed by a change.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.sellers: dict[str, Seller] = {}
        self.listings: dict[str, Listing] = {}
        self.posts: dict[str, Post] = {}
        self.registrants: dict[int, Registrant] = {}  # these two on cooplink only, by number
        self.notices: dict[int, Notice] = {}
        self.lock = RLock()  # held while the records change, and while the views are made from them
        self._views: _Views | None = None

    def changed(self) -> None:
        """Forget the views: the records are others now."""
        self._views = None

    def put_notice(self, notice: Notice) -> None:
        """Show a notice and its registrant."""
        with self.lock:
            self.registrants[notice.registrant.number] = notice.registrant
            self.notices[notice.number] = notice
            self.changed()

    def _view(self) -> _Views:
        views = self._views
        if views is not None:
            return views
        with self.lock:
            by_seller: dict[str, list[Listing]] = {}
            by_category: dict[str, list[Listing]] = {"": list(self.listings.values())}
            for listing in self.listings.values():
                by_seller.setdefault(listing.seller_ref or "", []).append(listing)
                by_category.setdefault(listing.category, []).append(listing)
                if parent := self.parent(listing.category):
                    by_category.setdefault(parent, []).append(listing)
            self._views = views = _Views(
                tuple(self.sellers.values()),
                tuple(self.posts.values()),
                tuple(self.notices.values()),
                {ref: tuple(found) for ref, found in by_seller.items()},
                {category: tuple(found) for category, found in by_category.items()},
            )
            return views

    def parent(self, category: str) -> str:
        """The category above; "" above a root."""
        if self.source == VOSO:
            return VOSO_BY_NUMBER[category].parent
        return NONGSAN_PARENT.get(category, "")

    def has_category(self, category: str) -> bool:
        return category in (VOSO_BY_NUMBER if self.source == VOSO else NONGSAN_LABELS)

    def all_sellers(self) -> tuple[Seller, ...]:
        return self._view().sellers

    def all_posts(self) -> tuple[Post, ...]:
        return self._view().posts

    def all_notices(self) -> tuple[Notice, ...]:
        return self._view().notices

    def listings_of(self, seller_ref: str) -> tuple[Listing, ...]:
        """What a seller offers; "" for the listings that tell no seller."""
        return self._view().by_seller.get(seller_ref, ())

    def in_category(self, category: str) -> tuple[Listing, ...]:
        """The listings of a category and of those below it; "" is all."""
        return self._view().by_category.get(category, ())
