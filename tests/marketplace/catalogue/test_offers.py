"""The offers follow the listings: in step with the outbox, and the same when told anew."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from connectors.sandbox import World
from marketplace.catalogue import offers
from marketplace.catalogue.commodities import of_title
from marketplace.catalogue.correcting import correct
from marketplace.catalogue.models import Listing, Offer
from marketplace.catalogue.prices import fingerprint, prices_of, summaries
from marketplace.config import Config
from marketplace.db import now
from marketplace.instance import rebuild_index, update_index
from marketplace.sync import actions


def told(session: Session) -> dict[tuple[str, int], tuple[object, ...]]:
    session.rollback()
    columns = (Offer.source, Offer.seller, Offer.per_kg_vnd, Offer.fault, Offer.unit, Offer.gone_at)
    rows = session.execute(select(Offer.commodity, Offer.listing_id, *columns)).all()
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}


def test_every_commodity_of_a_title_is_offered(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    rows = session.execute(select(Listing.id, Listing.title).where(~Listing.outside)).all()
    assert told(session).keys() == {(slug, id_) for id_, title in rows for slug in of_title(title)} != set()
    followed = told(session)
    session.execute(delete(Offer))
    session.commit()
    rebuild_index(config, engine)
    assert told(session) == followed


def test_an_offer_follows_its_listing(config: Config, engine: Engine, session: Session, world: World) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    before = fingerprint(session)
    gone = next(item for item in world.listings() if of_title(item.title) and item.seller_ref)
    world.remove_listing(gone.ref)
    added = world.add_listing(gone.seller_ref or "", title="Gạo ST25, gạo Tài Nguyên")
    actions.sync(config, engine)
    update_index(config, engine)
    session.rollback()
    assert fingerprint(session) != before
    rows = session.execute(select(Offer).join(Listing, Listing.id == Offer.listing_id).where(Listing.ref == added.ref))
    several = {row.commodity: (row.fault, row.per_kg_vnd) for row in rows.scalars()}
    assert several == {"gao-st25": (offers.SEVERAL, None), "gao-tai-nguyen": (offers.SEVERAL, None)}
    left = session.scalar(select(Offer).join(Listing, Listing.id == Offer.listing_id).where(Listing.ref == gone.ref))
    assert left is not None
    assert left.gone_at is not None
    session.execute(update(Listing).where(Listing.id == left.listing_id).values(gone_at=now() - offers.KEPT * 2))
    offers.renew(session, [left.listing_id])
    assert session.scalar(select(Offer.commodity).where(Offer.listing_id == left.listing_id)) is None, "long ago"


def test_a_title_put_right_is_another_commodity(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    id_, source, ref = session.execute(
        select(Listing.id, Listing.source, Listing.ref).join(Offer, Offer.listing_id == Listing.id).limit(1)
    ).one()
    correct(session, "listing", source, ref, {"title": "Mắm ruốc"}, who="can bo", note="gọi điện", at=now())
    session.commit()
    update_index(config, engine)
    assert [slug for slug, listing in told(session) if listing == id_] == ["mam-ruoc"]


def test_what_is_sold_out_is_shown_and_not_counted(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    slug, id_ = session.execute(select(Offer.commodity, Offer.listing_id).where(Offer.fault == "").limit(1)).one()
    before = prices_of(session, slug, now())
    session.execute(update(Listing).where(Listing.id == id_).values(in_stock=False))
    offers.renew(session, [id_])
    after = prices_of(session, slug, now())
    assert after.listings == before.listings
    assert ("hết hàng", 1) in after.left_out
    assert id_ in after.ordered


def test_all_in_short_tell_the_same_as_each_in_full(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    for at in (now(), now() + timedelta(days=8)):  # then every reading is old
        short = summaries(session, at)
        assert set(short) == set(session.scalars(select(Offer.commodity).distinct()))
        for slug, one in short.items():
            full = prices_of(session, slug, at)
            assert (one.whole, one.listings, dict(one.left_out)) == (full.whole, full.listings, dict(full.left_out))
