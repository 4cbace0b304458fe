"""The prices of commodities, read from the offers: one of them in full, and all of them in short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Offer, Sighting
from marketplace.catalogue.price_spread import FRESH, OLD, Offered, Spread, Summary, left_out, price_range, spread


def prices_of(session: Session, slug: str, now: datetime) -> Spread:
    """The prices of a commodity at this moment. One statement."""
    rows = session.execute(_offered().where(Offer.commodity == slug))
    return spread(map(Offered._make, rows), now)


def summaries(session: Session, now: datetime) -> Mapping[str, Summary]:
    """The prices of every commodity that is offered, by slug. Two statements that read all offers: remember what they
    tell."""
    old = or_(Sighting.seen_at.is_(None), Sighting.seen_at < now - FRESH)
    reason = case((old, OLD), else_=Offer.fault)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for slug, why, count in session.execute(
        _visible(select(Offer.commodity, reason, func.count())).group_by(Offer.commodity, reason)
    ):
        counts[slug][why] = count
    counted = session.execute(_offered(Offer.commodity).where(Offer.fault == "", ~old).order_by(Offer.commodity))
    ranges = {
        slug: price_range([Offered._make(row[1:]) for row in rows])
        for slug, rows in groupby(counted, key=itemgetter(0))
    }
    return {
        slug: Summary(
            whole=ranges.get(slug),
            listings=sum(reasons.values()),
            left_out=left_out({why: count for why, count in reasons.items() if why}),
        )
        for slug, reasons in counts.items()
    }


def fingerprint(session: Session) -> tuple[Any, ...]:
    """Another one whenever another listing is offered or a price changed. One statement."""
    told = select(func.count(), func.sum(Offer.listing_id), func.sum(Offer.per_kg_vnd)).where(Offer.gone_at.is_(None))
    return tuple(session.execute(told).one())


def _offered(*more: Any) -> Select[*tuple[Any, ...]]:
    """Visible offers, the columns of `Offered` after those given."""
    columns = [getattr(Offer, name) for name in Offered._fields[:-1]]
    return _visible(select(*more, *columns, Sighting.seen_at))


def _visible(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    seen = and_(Sighting.kind == "listing", Sighting.record_id == Offer.listing_id)
    return query.select_from(Offer).outerjoin(Sighting, seen).where(Offer.gone_at.is_(None))
