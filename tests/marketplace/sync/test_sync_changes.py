"""What a sync makes of what is new, changed, gone and back, against the sandbox over loopback."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.sandbox import Fault, Sandbox, World
from connectors.sandbox.records import Listing as Offer
from marketplace.board.models import Request
from marketplace.catalogue.models import IndexChange, Listing, PricePoint, Seller, Sighting
from marketplace.config import Config
from marketplace.db import writer
from marketplace.sync import actions
from marketplace.sync.models import FrontierPage, RecordChange
from tests.marketplace.sync.reading import COOPLINK, NONGSAN, VOSO, one, totals, visible

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


def test_a_first_sync_brings_everything_in(config: Config, engine: Engine, session: Session, world: World) -> None:
    runs = actions.sync(config, engine)
    assert {run.source: run.verdict for run in runs} == dict.fromkeys(REGISTRY, "ok")
    here = [notice for notice in world.notices() if world.ours(notice)]
    units = {notice.registrant.number for notice in here if notice.registrant.role == "sell"}
    assert len(visible(session, "seller", COOPLINK)) == len(units) > 0
    traded = [notice for notice in here if notice.registrant.role in ("sell", "buy")]
    assert len(visible(session, "request", COOPLINK)) == len(traded) > len(units)
    for run in runs:
        seen, new, unchanged, gone = totals(run, "seen", "new", "unchanged", "gone")
        assert seen == new
        assert not unchanged
        assert not gone
        assert run.failed == 0
        assert run.pages > 0
    assert session.scalar(select(func.count()).select_from(FrontierPage)) == 0
    for slug in (NONGSAN, VOSO):
        floor = world.floors[slug]
        everywhere = slug == NONGSAN  # the province's own floor
        assert visible(session, "listing", slug) == {
            ref for ref, listing in floor.listings.items() if everywhere or world.ours(listing)
        }
        assert visible(session, "seller", slug) == {
            ref for ref, seller in floor.sellers.items() if everywhere or world.ours(seller)
        }
    elsewhere = len([listing for listing in world.floors[VOSO].listings.values() if not world.ours(listing)])
    told = {run.source: run.counts["listing"]["outside"] for run in runs}
    assert (told[VOSO], told[NONGSAN], told[COOPLINK]) == (elsewhere, 0, 0)


def test_facts_of_a_record_come_from_all_its_pages(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    listings = session.scalars(select(Listing).where(Listing.source.in_((VOSO, NONGSAN)))).all()
    assert all(listing.detailed_at for listing in listings)
    assert sum(listing.price_vnd is not None for listing in listings) > 20
    assert any(listing.price_status == "contact" and listing.price_vnd is None for listing in listings)
    assert any(listing.group_code for listing in listings)
    by_mass = [listing for listing in listings if listing.unit == "kg" and listing.price_status == "ok"]
    assert by_mass
    assert all(listing.price_per_kg_vnd == listing.price_vnd for listing in by_mass)
    sellers = session.scalars(select(Seller)).all()
    assert any(seller.joined_on for seller in sellers)
    assert any(seller.phone_key and seller.phone_key != seller.phone for seller in sellers)
    assert any(seller.old_district for seller in sellers)
    with_listings = set(session.scalars(select(Listing.seller_id).where(Listing.seller_id.is_not(None))))
    assert 0 < len(with_listings) < len(sellers)


def test_a_second_sync_reports_everything_unchanged_and_writes_no_record(
    config: Config, engine: Engine, session: Session
) -> None:
    actions.sync(config, engine)
    before = {row.id: (row.hashes, row.changed_at) for row in session.scalars(select(Listing))}
    queued = session.scalar(select(func.count()).select_from(IndexChange))
    session.rollback()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE written (name TEXT)")
        for table in ("seller", "listing", "request", "price_point", "index_change", "record_change"):
            for event in ("INSERT", "UPDATE", "DELETE"):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {table}_{event} AFTER {event} ON {table} "
                    f"BEGIN INSERT INTO written VALUES ('{event} {table}'); END"
                )
    runs = actions.sync(config, engine, full=True)
    for run in runs:
        seen, unchanged = totals(run, "seen", "unchanged")
        assert run.verdict == "ok"
        assert seen == unchanged > 0
        assert totals(run, "new", "changed", "revived", "gone", "missing") == (0, 0, 0, 0, 0)
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT name FROM written").all() == []
    session.expire_all()
    assert {row.id: (row.hashes, row.changed_at) for row in session.scalars(select(Listing))} == before
    assert session.scalar(select(func.count()).select_from(IndexChange)) == queued


def test_a_notice_that_comes_goes_or_changes(config: Config, engine: Engine, session: Session, world: World) -> None:
    one(config, engine, COOPLINK)
    before = visible(session, "request", COOPLINK)
    mine = [n for n in world.notices() if n.registrant.here and n.registrant.role == "sell"]
    world.replace_notice(mine[0]._replace(quantity="7 tấn mỗi ngày"))
    world.remove_notice(mine[1].number)
    added = mine[2]._replace(number=900, product="Bắp nếp thử nghiệm")
    world.replace_notice(added)
    run = one(config, engine, COOPLINK)
    assert run.verdict == "ok"
    assert {name: run.counts["request"][name] for name in ("new", "changed", "gone")} == {
        "new": 1,
        "changed": 1,
        "gone": 1,
    }
    assert len(visible(session, "request", COOPLINK)) == len(before)
    row = session.scalars(select(Request).where(Request.source == COOPLINK, Request.title == added.product)).one()
    assert (row.side, row.quantity_text, row.phone) == ("sell", added.quantity, added.registrant.phone)


def test_of_the_addresses_of_one_record_the_first_is_fetched(config: Config, engine: Engine, sandbox: Sandbox) -> None:
    site = sandbox.sites[NONGSAN]
    site.faults.add(Fault(kind="other_case"))
    assert one(config, engine).verdict == "ok"
    asked = Counter(seen.target.lower() for seen in site.seen)
    own = {target: times for target, times in asked.items() if target.count("/") == 2 and "?" not in target}
    assert len(own) > len(site.floor.listings)
    assert set(own.values()) == {1}


def test_another_address_of_a_picture_is_no_act_of_the_seller(
    config: Config, engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = select(Listing.ref, Listing.changed_at, Listing.image_url).where(
        Listing.source == VOSO, Listing.gone_at.is_(None)
    )
    with time_machine.travel(NOON, tick=False):
        one(config, engine, VOSO)
    before = {ref: (changed_at, image) for ref, changed_at, image in session.execute(mine)}
    session.rollback()
    monkeypatch.setattr(Offer, "picture", property(lambda offer: f"{offer.number:040x}"))
    with time_machine.travel(NOON + timedelta(days=8), tick=False):  # own pages are due
        run = one(config, engine, VOSO, full=True)
    assert run.counts["listing"]["changed"] == len(before) > 0
    for ref, changed_at, image in session.execute(mine):
        assert changed_at == before[ref][0]
        assert image != before[ref][1]


def test_an_unchanged_site_costs_its_lists_only(config: Config, engine: Engine) -> None:
    first = one(config, engine)
    second = one(config, engine)
    assert second.pages < first.pages / 3


@pytest.mark.parametrize("slug", [NONGSAN, VOSO])
def test_new_changed_gone_and_revived(
    config: Config, engine: Engine, session: Session, world: World, sandbox: Sandbox, slug: str
) -> None:
    one(config, engine, slug)
    floor = sandbox.sites[slug].floor
    mine = [item for item in world.listings() if item.ref in floor.listings]
    changed, removed = mine[0], mine[1]
    world.change_price(changed.ref, "123.000 ₫")
    world.remove_listing(removed.ref)
    seller = next(item for item in world.sellers() if item.ref == mine[2].seller_ref)
    added = world.add_listing(seller.ref, title="Gạo huyết rồng thử nghiệm")
    run = one(config, engine, slug)
    assert run.verdict == "ok"
    assert run.counts["listing"]["new"] == 1
    assert run.counts["listing"]["changed"] == 1
    assert run.counts["listing"]["gone"] == 1
    row = session.scalars(select(Listing).where(Listing.source == slug, Listing.ref == changed.ref)).one()
    assert row.price_vnd == 123_000
    assert row.changed_at >= row.first_seen_at
    points = session.scalars(select(PricePoint).where(PricePoint.listing_id == row.id).order_by(PricePoint.id)).all()
    assert [point.price_vnd for point in points][-1] == 123_000
    assert len(points) == 2
    journal = session.scalars(select(RecordChange).where(RecordChange.run_id == run.id)).all()
    assert {change.outcome for change in journal} >= {"changed", "gone"}
    assert added.ref in visible(session, "listing", slug)
    assert removed.ref not in visible(session, "listing", slug)

    world.replace_listing(removed)  # it comes back
    again = one(config, engine, slug)
    assert again.counts["listing"]["revived"] == 1
    assert removed.ref in visible(session, "listing", slug)


def test_no_personal_id_is_kept(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    sellers = session.scalars(select(Seller)).all()
    personal = [seller for seller in sellers if seller.tax_code_kind == "person12"]
    assert all(seller.tax_code is None and seller.tax_code_hash for seller in personal)
    assert not any(seller.tax_code and len(seller.tax_code) == 12 for seller in sellers)
    kept = session.scalars(select(Sighting)).all()
    assert kept


def test_another_wording_on_a_card_is_no_price_and_no_update(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World
) -> None:
    one(config, engine)
    points = session.scalar(select(func.count()).select_from(PricePoint))
    before = {row.ref: row.changed_at for row in session.scalars(select(Listing))}
    session.rollback()
    for item in [item for item in world.listings() if item.ref in sandbox.sites[NONGSAN].floor.listings]:
        world.replace_listing(item._replace(rating=(item.rating + 1) % 6))
    run = one(config, engine)
    assert run.counts["listing"]["changed"] > 0
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(PricePoint)) == points
    assert {row.ref: row.changed_at for row in session.scalars(select(Listing))} == before


def test_another_title_on_a_list_is_read_at_once(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World
) -> None:
    one(config, engine)
    item = next(item for item in world.listings() if item.ref in sandbox.sites[NONGSAN].floor.listings)
    world.replace_listing(item._replace(title="Gạo huyết rồng tên mới"))
    assert one(config, engine).counts["listing"]["changed"] == 1
    assert session.scalars(select(Listing.title).where(Listing.ref == item.ref)).one() == "Gạo huyết rồng tên mới"


def test_a_changed_seller_takes_its_listings_to_the_index(config: Config, engine: Engine, session: Session) -> None:
    one(config, engine)
    with writer(engine).begin() as writing:
        writing.execute(delete(IndexChange))
        # as if the seller had another name when it was last read
        row = writing.scalars(select(Seller).join(Listing, Listing.seller_id == Seller.id).limit(1)).one()
        row.name, row.hashes = "Tên cũ", {}
        listings = set(writing.scalars(select(Listing.id).where(Listing.seller_id == row.id)))
    one(config, engine)
    queued = session.execute(select(IndexChange.kind, IndexChange.record_id)).all()
    assert listings <= {record_id for kind, record_id in queued if kind == "listing"}
