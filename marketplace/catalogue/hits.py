"""The hits of a search, and what they stand for as lists show them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.board import queries as board
from marketplace.board.queries import Post
from marketplace.catalogue import queries
from marketplace.catalogue.corrections import overlay
from marketplace.catalogue.queries import ListingCard, SellerCard
from marketplace.catalogue.search_request import SearchRequest
from marketplace.web.finding import finder
from search_index.documents import Hit, Query, Results

Card = ListingCard | SellerCard | Post


def found(asked: SearchRequest, offset: int, limit: int, *, counted: bool = True) -> Results:
    """What the index finds; `counted` with the counts of the filters. Raises IndexAway."""
    days: tuple[str, ...] = ()
    if asked.needs_days:
        seen = finder().search(Query(limit=0, facets=("seen",))).facets["seen"]
        days = tuple(count.value for count in seen)
    return finder().search(asked.query(offset, limit, days=days, counted=counted))


def cards(session: Session, results: Results) -> list[Card]:
    """The hits' records in the order of the hits; one that went since the index took it is left out.

    At most five statements, however many hits there are.
    """
    laid = overlay(session)
    ids: dict[str, list[int]] = {"listing": [], "seller": [], "request": []}
    for hit in results.hits:
        ids[hit.kind].append(record_id(hit))
    found: dict[str, dict[int, ListingCard] | dict[int, SellerCard] | dict[int, Post]] = {
        "listing": queries.listing_cards(session, ids["listing"], laid) if ids["listing"] else {},
        "seller": queries.seller_cards(session, ids["seller"], laid) if ids["seller"] else {},
        "request": board.by_ids(session, ids["request"], laid) if ids["request"] else {},
    }
    told = (found[hit.kind].get(record_id(hit)) for hit in results.hits)
    return [card for card in told if card is not None]


def source_of(card: Card) -> str:
    return card.request.source if isinstance(card, Post) else card.source


def record_id(hit: Hit) -> int:
    """The number of the record a hit stands for."""
    return int(hit.id.partition(":")[2])
