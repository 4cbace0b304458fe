"""A floor of the whole nation: what is of other provinces stays out, what nobody tells stays in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from connectors.sandbox import World
from connectors.sandbox.records import VOSO
from marketplace.catalogue.models import IndexChange, Listing, PricePoint, Seller
from marketplace.catalogue.scope import BLANK
from marketplace.config import Config
from marketplace.db import now
from marketplace.sync import actions
from marketplace.sync.models import RecordChange, Run


@pytest.fixture
def world() -> World:
    """Most of the shops are voso's, a quarter of them of other provinces."""
    return World(seed=3, sellers=60, listings=160, voso_share=1.0)


def one(config: Config, engine: Engine) -> Run:
    (run,) = actions.sync(config, engine, [VOSO])
    assert run.verdict == "ok"
    return run


def visible(session: Session, model: type[Seller | Listing]) -> set[str]:
    session.rollback()
    return set(session.scalars(select(model.ref).where(model.source == VOSO, model.gone_at.is_(None))))


def ours(world: World) -> tuple[set[str], set[str]]:
    floor = world.floors[VOSO]
    return (
        {ref for ref, seller in floor.sellers.items() if world.ours(seller)},
        {ref for ref, listing in floor.listings.items() if world.ours(listing)},
    )


def move(world: World, ref: str, ward: str, district: str, province: str) -> None:
    """The seller moves; its listings tell the new province, too."""
    floor = world.floors[VOSO]
    seller = floor.sellers[ref]._replace(ward=ward, district=district, province=province)
    floor.sellers[ref] = seller
    for listing in floor.listings_of(ref):
        world.replace_listing(listing._replace(province=province, updated=world.today))


def test_other_provinces_are_counted_and_left_out(
    config: Config, engine: Engine, session: Session, world: World
) -> None:
    run = one(config, engine)
    sellers, listings = ours(world)
    floor = world.floors[VOSO]
    assert visible(session, Seller) == sellers < set(floor.sellers)
    assert visible(session, Listing) == listings < set(floor.listings)
    assert run.counts["seller"]["new"] == len(sellers)
    assert run.counts["seller"]["outside"] == len(floor.sellers) - len(sellers)
    assert run.counts["listing"]["outside"] == len(floor.listings) - len(listings)
    session.rollback()
    told = session.scalars(select(Seller).where(Seller.source == VOSO, Seller.gone_at.is_(None))).all()
    assert run.counts["seller"]["unplaced"] == sum(seller.province is None for seller in told)


def test_the_pages_of_other_provinces_are_not_there(
    app: Flask, config: Config, engine: Engine, session: Session
) -> None:
    one(config, engine)
    client = app.test_client()
    for model, path in ((Seller, "nguoi-ban"), (Listing, "san-pham")):
        outside = session.scalars(select(model.id).where(model.outside)).first()
        inside = session.scalars(select(model.id).where(~model.outside)).first()
        assert client.get(f"/{path}/{outside}", follow_redirects=True).status_code == 404
        assert client.get(f"/{path}/{inside}", follow_redirects=True).status_code == 200


def test_nothing_about_people_of_other_provinces_is_kept(config: Config, engine: Engine, session: Session) -> None:
    one(config, engine)
    outside = session.scalars(select(Seller).where(Seller.outside)).all()
    assert outside
    for seller in outside:
        assert {getattr(seller, name) for name in BLANK["seller"]} == {None}
    assert {"phone", "phone_key", "email", "contact", "address", "tax_code", "description"} <= set(BLANK["seller"])
    priced = select(func.count()).select_from(PricePoint).join(Listing, Listing.id == PricePoint.listing_id)
    assert not session.scalar(
        select(func.count()).select_from(Listing).where(Listing.outside, Listing.price_text != "")
    )
    assert session.scalar(priced.where(~Listing.outside))


def test_an_unchanged_reading_neither_writes_nor_fetches_anything_of_them(
    config: Config, engine: Engine, session: Session
) -> None:
    first = one(config, engine)
    changes = session.scalar(select(func.max(IndexChange.id)))
    second = one(config, engine)
    assert session.scalar(select(func.max(IndexChange.id))) == changes
    assert session.scalar(select(func.count()).select_from(RecordChange)) == 0
    assert second.pages < first.pages, "own pages are not read again"
    counts = ("new", "changed", "revived", "gone")
    assert {second.counts[kind][name] for kind in ("seller", "listing") for name in counts} == {0}
    assert second.counts["listing"]["outside"] == first.counts["listing"]["outside"]


def test_a_price_that_changes_elsewhere_is_no_news(
    config: Config, engine: Engine, session: Session, world: World
) -> None:
    one(config, engine)
    before = visible(session, Listing)
    ref = session.scalars(select(Listing.ref).where(Listing.outside)).first()
    assert ref is not None
    world.change_price(ref, "77,000")
    run = one(config, engine)
    assert visible(session, Listing) == before
    assert (run.counts["listing"]["changed"], run.counts["listing"]["revived"]) == (0, 0)


def long_ago(session: Session) -> None:
    """As if every own page had been read a hundred days ago."""
    for model in (Seller, Listing):
        session.execute(update(model).values(detailed_at=now() - timedelta(days=100)))
    session.commit()


def test_a_seller_that_moves_takes_its_listings_along_and_brings_them_back(
    config: Config, engine: Engine, session: Session, world: World
) -> None:
    one(config, engine)
    floor = world.floors[VOSO]
    moving = next(ref for ref in sorted(ours(world)[0]) if floor.listings_of(ref))
    old = floor.sellers[moving]
    assert len(visible(session, Listing) & {listing.ref for listing in floor.listings_of(moving)}) > 0

    move(world, moving, "Phường 5", "Thành phố Mỹ Tho", "Tiền Giang")
    long_ago(session)
    run = one(config, engine)
    sellers, listings = ours(world)
    assert moving not in sellers
    assert visible(session, Seller) == sellers
    assert visible(session, Listing) == listings
    assert run.counts["listing"]["gone"] == 0, "they left the province, not the floor"
    left = session.scalars(select(Listing).where(Listing.seller_ref == moving)).all()
    assert left
    assert all(listing.outside and listing.price_text is None for listing in left)

    move(world, moving, old.ward, old.district, old.province)
    long_ago(session)
    one(config, engine)
    assert visible(session, Seller) == ours(world)[0] == sellers | {moving}
    assert visible(session, Listing) == ours(world)[1]
    one(config, engine)  # what was emptied is filled at the latest now
    session.rollback()
    back = session.scalars(select(Listing).where(Listing.seller_ref == moving)).all()
    assert {listing.ref for listing in back if listing.price_text} == {
        listing.ref for listing in floor.listings_of(moving) if listing.price_text
    }


def test_a_floor_that_seems_to_move_as_a_whole_is_not_believed(
    config: Config, engine: Engine, session: Session, world: World
) -> None:
    one(config, engine)
    before = visible(session, Seller), visible(session, Listing)
    phones = dict(session.execute(select(Seller.ref, Seller.phone).where(~Seller.outside)).all())
    session.rollback()
    floor = world.floors[VOSO]
    here = [floor.sellers[ref] for ref in sorted(before[0])]
    for seller in here:
        move(world, seller.ref, "Phường Điện Biên", "Quận Ba Đình", "Hà Nội")
    long_ago(session)
    (run,) = actions.sync(config, engine, [VOSO])
    assert (run.verdict, run.reason) == ("partial", "many_moved")
    assert (visible(session, Seller), visible(session, Listing)) == before
    assert dict(session.execute(select(Seller.ref, Seller.phone).where(~Seller.outside)).all()) == phones

    for seller in here:
        move(world, seller.ref, seller.ward, seller.district, seller.province)
    long_ago(session)
    one(config, engine)
    assert (visible(session, Seller), visible(session, Listing)) == before
