"""Where else a seller is, and where else a product of theirs is offered: the accounts that are the same seller, and
their listings that are the same product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.catalogue import queries
from marketplace.catalogue.corrections import Overlay
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.queries import ListingCard
from marketplace.catalogue.same_product import Goods, Likeness, likeness, pack
from marketplace.catalogue.same_seller import Account
from marketplace.web import floors

# Listings of one seller that are compared: newer ones first. One seller of a whole nation's floor offers hundreds.
_COMPARED = 400


@dataclass(frozen=True, slots=True)
class Twin:
    """The same product in another place, and why we think so. `pack` is how it is packed there, "" when not told."""

    card: ListingCard
    pack: str
    why: str


def states(
    session: Session, seller: Seller, accounts: Sequence[Account], laid: Overlay, *, sells: bool
) -> Mapping[str, floors.State]:
    """On which marketplaces a seller has listings ("on") or an account only ("acc"). One statement, none without other
    accounts. `sells`: the account itself has listings.
    """
    told: dict[str, floors.State] = {seller.source: "on" if sells else "acc"}
    if accounts:
        selling = queries.sellers_with_listings(session, [one.id for one in accounts], laid)
        for one in accounts:
            if one.id in selling:
                told[one.source] = "on"
            else:
                told.setdefault(one.source, "acc")
    return told


def twins(session: Session, listing: Listing, accounts: Sequence[Account], laid: Overlay) -> list[Twin]:
    """The same product of the same seller, `listing` left out: other marketplaces first, in their fixed order. One
    statement, none where nobody is told to sell it.

    On its own marketplace a seller parts what is not quite the same; so there, and wherever an account has a listing
    of just that name, only such are taken.
    """
    if listing.seller is None:
        return []
    mine = listing.seller
    reasons = {one.id: one.why for one in accounts}
    ids = [mine.id, *reasons]
    cards = queries.listings_of_accounts(session, ids, listing.group_code, _COMPARED, laid)
    here = Goods(listing.title, listing.unit, listing.group_code, mine.name)
    alike: dict[int, list[tuple[ListingCard, Likeness]]] = defaultdict(list)
    for card in cards:
        if card.id == listing.id or card.seller_id is None:
            continue
        like = likeness(here, goods_of(card))
        if like and (like.exact or card.source != listing.source):
            alike[card.seller_id].append((card, like))
    found = []
    for seller, offers in alike.items():
        exact = any(like.exact for _, like in offers)
        for card, like in offers:
            if like.exact or not exact:
                why = f"{reasons.get(seller, 'cùng người bán')}; {like.why}"
                found.append(Twin(card, pack(goods_of(card)), why))
    return sorted(found, key=lambda twin: (twin.card.source == listing.source, _order(twin.card.source), twin.card.id))


def goods_of(card: ListingCard) -> Goods:
    return Goods(card.title, card.unit, card.group_code, card.seller_name)


def _order(source: str) -> int:
    slugs = [floor.slug for floor in floors.FLOORS]
    return slugs.index(source) if source in slugs else len(slugs)
