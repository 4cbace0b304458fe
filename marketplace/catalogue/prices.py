"""The prices of a commodity, put together: its listings out of the index, their spread, and the last weeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.catalogue import queries
from marketplace.catalogue.commodities import Commodity, of_title
from marketplace.catalogue.commodities import commodities as all_commodities
from marketplace.catalogue.corrections import overlay
from marketplace.catalogue.price_history import Week, history
from marketplace.catalogue.price_spread import Spread, spread
from search_index.documents import Query, Results

# Listings of one commodity that are looked at; the page says so where there are more.
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Prices:
    """`found`: listings of the commodity in the index; those beyond `MOST` are not looked at."""

    commodity: Commodity
    spread: Spread
    weeks: tuple[Week, ...]
    found: int

    @property
    def cut(self) -> bool:
        return self.found > MOST


def prices(session: Session, search: Callable[[Query], Results], commodity: Commodity, now: datetime) -> Prices:
    """What is known of a commodity's prices at this moment. Six statements, two when nothing is offered; a few more
    where a person has put records right."""
    filters = {"kind": ("listing",), "commodity": (commodity.slug,)}
    results = search(Query(filters=filters, limit=MOST))
    ids = [int(hit.id.partition(":")[2]) for hit in results.hits]
    laid = overlay(session)
    cards = [card for card in queries.listing_cards(session, ids, laid).values() if card.gone_at is None]
    told = history(session, commodity, [card.id for card in cards], now, laid) if cards else []
    return Prices(commodity, spread(cards, now), tuple(told), results.total)


def all_prices(session: Session, now: datetime) -> Mapping[str, Spread]:
    """The spread of every commodity that is offered, by slug. Two statements, one reads all visible listings: remember
    what it tells."""
    by_slug: dict[str, list[queries.PriceRow]] = defaultdict(list)
    for row in queries.price_rows(session):
        for slug in of_title(row.title):
            by_slug[slug].append(row)
    return {one.slug: spread(by_slug[one.slug], now) for one in all_commodities() if one.slug in by_slug}
