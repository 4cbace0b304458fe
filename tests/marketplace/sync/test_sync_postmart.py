"""The engine against both dresses of postmart, over loopback HTTP."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from connectors.contract import RecordKind
from connectors.sandbox import Fault, Sandbox, World
from connectors.sandbox.postmart import Dress, Postmart
from connectors.sandbox.records import POSTMART, VOSO
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config
from marketplace.db import now
from marketplace.sync import actions
from marketplace.sync.models import Run, RunProblem

BOTH: tuple[Dress, ...] = ("fleetcart", "buudien")
both = pytest.mark.parametrize("dress", BOTH)


@pytest.fixture
def world() -> World:
    """Nobody of another province: what is left out of those is told in test_scope.py."""
    return World(seed=7, sellers=40, listings=60, elsewhere=0.0)


@pytest.fixture
def site(sandbox: Sandbox) -> Postmart:
    found = sandbox.sites[POSTMART]
    assert isinstance(found, Postmart)
    return found


def sync(config: Config, engine: Engine, slug: str = POSTMART) -> Run:
    return actions.sync(config, engine, [slug], full=True)[0]


def visible(session: Session, kind: RecordKind) -> set[str]:
    model = MODELS[kind]
    session.rollback()  # a new look, not the snapshot of the last one
    return set(session.scalars(select(model.ref).where(model.source == POSTMART, model.gone_at.is_(None))))


def everything(session: Session) -> dict[RecordKind, set[str]]:
    return {kind: visible(session, kind) for kind in MODELS}


def codes(session: Session, run: Run) -> Counter[str]:
    return Counter(session.scalars(select(RunProblem.code).where(RunProblem.run_id == run.id)))


def number(ref: str) -> str:
    """Where a sitemap leads the address is the key; in the sandbox it ends with the number."""
    return ref.rpartition("-")[2]


@both
def test_a_first_sync_brings_in_what_is_there_and_a_second_changes_nothing(
    config: Config, engine: Engine, session: Session, world: World, site: Postmart, dress: Dress
) -> None:
    site.dress = dress
    first = sync(config, engine)
    assert (first.verdict, first.failed) == ("ok", 0)
    floor = world.floors[POSTMART]
    assert {number(ref) for ref in visible(session, "listing")} == floor.listings.keys()
    busy = {listing.seller_ref for listing in floor.in_category("") if listing.seller_ref}
    assert {number(ref) for ref in visible(session, "seller")} == busy
    for row in session.scalars(select(Listing).where(Listing.source == POSTMART, Listing.gone_at.is_(None))):
        there = floor.listings[number(row.ref)]
        assert row.title == there.title or row.title.casefold() == " ".join(there.title.split()).casefold()
        assert (row.price_vnd or 0) == there.price_vnd
        assert row.in_stock == there.in_stock
        assert row.detailed_at is not None
        assert (row.seller_id is None) == (there.seller_ref is None)
    before = {row.id: (row.hashes, row.changed_at) for row in session.scalars(select(Listing))}
    session.rollback()
    second = sync(config, engine)
    assert second.verdict == "ok"
    for counts in second.counts.values():
        assert counts["seen"] == counts["unchanged"]
    session.expire_all()
    assert {row.id: (row.hashes, row.changed_at) for row in session.scalars(select(Listing))} == before


def test_lists_in_json_save_the_pages_of_unchanged_products(config: Config, engine: Engine, site: Postmart) -> None:
    first, second = sync(config, engine), sync(config, engine)
    assert second.pages < first.pages / 3
    asked = [seen.headers.get("accept") for seen in site.seen if seen.target.startswith("/products")]
    assert set(asked) == {"application/json"}


def test_a_product_that_comes_goes_or_changes(
    config: Config, engine: Engine, session: Session, world: World, site: Postmart
) -> None:
    sync(config, engine)
    changed, removed, other = site.floor.in_category("")[:3]
    assert other.seller_ref
    world.change_price(changed.ref, "123.000 ₫")
    world.remove_listing(removed.ref)
    added = world.add_listing(other.seller_ref, title="Gạo huyết rồng thử nghiệm")
    run = sync(config, engine)
    assert run.verdict == "ok"
    assert {name: run.counts["listing"][name] for name in ("new", "changed", "gone")} == dict.fromkeys(
        ("new", "changed", "gone"), 1
    )
    row = session.scalars(select(Listing).where(Listing.source == POSTMART, Listing.ref == changed.ref)).one()
    assert (row.price_vnd, row.price_text) == (123_000, "123.000 ₫")
    assert added.ref in visible(session, "listing")


FAULTS = [
    (Fault(kind="status", status=403), "blocked"),
    (Fault(kind="status", status=500), "server_error"),
    (Fault(kind="challenge", status=200), "challenge"),
    (Fault(kind="challenge"), "challenge"),
    (Fault(kind="moved"), "moved"),
    (Fault(kind="redirect_loop"), "redirect_loop"),
    (Fault(kind="empty_body"), "not_html"),
    (Fault(kind="binary"), "not_html"),
    (Fault(kind="json"), "not_html"),
    (Fault(kind="huge", size=10_000_001), "too_large"),
    (Fault(kind="robots_forbid", path="/robots.txt"), "robots"),
    (Fault(kind="dropped"), "unreachable"),
    (Fault(kind="truncated"), "truncated"),
]


@both
@pytest.mark.parametrize(("fault", "reason"), FAULTS, ids=lambda value: getattr(value, "kind", value))
def test_a_site_in_trouble_changes_nothing_and_the_next_run_recovers(
    config: Config, engine: Engine, session: Session, site: Postmart, dress: Dress, fault: Fault, reason: str
) -> None:
    site.dress = dress
    sync(config, engine)
    before = everything(session)
    session.rollback()
    site.faults.add(fault)
    run = sync(config, engine)
    assert (run.verdict, run.reason) == ("failed", reason)
    assert everything(session) == before
    session.rollback()
    site.faults.clear()
    assert sync(config, engine).verdict == "ok"
    assert everything(session) == before


LISTS = [
    ("fleetcart", "/products*", Fault(kind="renamed_class"), "layout"),
    ("fleetcart", "/products*", Fault(kind="renamed_class", find="id"), "layout"),
    ("fleetcart", "/products*", Fault(kind="json"), "layout"),
    ("fleetcart", "/products*", Fault(kind="challenge", status=200), "challenge"),
    ("fleetcart", "/products*", Fault(kind="binary"), "not_json"),
    ("fleetcart", "/products*", Fault(kind="truncated"), "not_json"),
    ("fleetcart", "/products*", Fault(kind="empty_list"), "below_minimum"),
    ("buudien", "/sitemap*", Fault(kind="challenge", status=200), "challenge"),
    ("buudien", "/sitemap.xml", Fault(kind="json"), "layout"),
    ("buudien", "/sitemap*", Fault(kind="truncated"), "truncated"),
    ("buudien", "*", Fault(kind="empty_list"), "below_minimum"),
]


@pytest.mark.parametrize(("dress", "path", "fault", "reason"), LISTS, ids=lambda value: getattr(value, "kind", None))
def test_lists_in_trouble_are_told_and_nothing_is_lost(
    config: Config,
    engine: Engine,
    session: Session,
    site: Postmart,
    dress: Dress,
    path: str,
    fault: Fault,
    reason: str,
) -> None:
    site.dress = dress
    sync(config, engine)
    before = everything(session)
    session.rollback()
    site.faults.add(replace(fault, path=path))
    run = sync(config, engine)
    assert (run.verdict, run.reason) == ("failed", reason)
    assert everything(session) == before


def test_pages_where_the_json_should_be_are_no_empty_list(
    config: Config, engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the shop stops looking at what is asked for: the list's page is a shell without any product."""
    sync(config, engine)
    before = everything(session)
    session.rollback()
    monkeypatch.setattr("connectors.sandbox.postmart.fleetcart._JSON", "nothing")
    run = sync(config, engine)
    assert (run.verdict, run.reason) == ("failed", "not_json")
    assert everything(session) == before


@both
def test_a_list_cut_in_half_is_held(
    config: Config, engine: Engine, session: Session, site: Postmart, dress: Dress
) -> None:
    site.dress = dress
    sync(config, engine)
    before = everything(session)
    session.rollback()
    site.faults.add(Fault(kind="half_list"))
    run = sync(config, engine)
    assert (run.verdict, run.reason) == ("held", "large_drop")
    assert everything(session) == before


@both
def test_paging_that_repeats_for_ever_ends(
    config: Config, engine: Engine, session: Session, site: Postmart, dress: Dress
) -> None:
    site.dress = dress
    sync(config, engine)
    before = everything(session)
    session.rollback()
    site.faults.add(Fault(kind="paging_loop"))
    run = sync(config, engine)
    assert run.verdict in ("partial", "failed")
    assert codes(session, run)["paging_loop"]
    assert everything(session) == before


@both
@pytest.mark.parametrize("known", [True, False])
def test_addresses_in_another_case_lead_to_the_same_records(
    config: Config, engine: Engine, session: Session, site: Postmart, dress: Dress, known: bool
) -> None:
    """Whether the records are known before or are met in that case first."""
    site.dress = dress
    met = []
    for fault in (not known, known):
        site.faults.clear()
        if fault:
            site.faults.add(Fault(kind="other_case"))
        assert sync(config, engine).verdict == "ok"
        met.append(everything(session))
        session.rollback()
    assert met[0] == met[1]
    assert {number(ref) for ref in met[0]["listing"]} == site.floor.listings.keys()
    assert all(ref == ref.lower() for refs in met[0].values() for ref in refs)


@both
def test_a_renamed_class_of_a_product_page_hides_nothing(
    config: Config, engine: Engine, session: Session, site: Postmart, dress: Dress
) -> None:
    """What machines are told says the same."""
    site.dress = dress
    site.faults.add(Fault(kind="renamed_class", path="/p/*", find="details-info-middle"))
    site.faults.add(Fault(kind="renamed_class", path="/san-pham/*", find="product-hero"))
    assert sync(config, engine).verdict == "ok"
    rows = session.scalars(select(Listing).where(Listing.source == POSTMART)).all()
    assert {number(row.ref): row.price_vnd or 0 for row in rows} == {
        ref: listing.price_vnd for ref, listing in site.floor.listings.items()
    }


def test_a_shop_that_moves_to_another_system_is_held(
    config: Config, engine: Engine, session: Session, site: Postmart
) -> None:
    sync(config, engine)
    before = everything(session)
    session.rollback()
    site.dress = "buudien"
    run = sync(config, engine)
    assert (run.verdict, run.reason) == ("held", "large_drop")
    assert before["listing"] <= visible(session, "listing")


def test_configuration_may_name_the_platform(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, site: Postmart
) -> None:
    """And it reads any source: here the one that has voso's place."""
    named = replace(
        config.sources[VOSO],
        platform="fleetcart",
        home=sandbox.urls[POSTMART],
        paths={"product": "/p/{slug}-{id}.html"},
    )
    run = sync(replace(config, sources={**config.sources, VOSO: named}), engine, VOSO)
    assert run.verdict == "ok"
    refs = set(session.scalars(select(Listing.ref).where(Listing.source == VOSO)))
    assert refs == site.floor.listings.keys()


@both
def test_between_two_full_runs_only_the_news_are_read(
    config: Config, engine: Engine, session: Session, world: World, site: Postmart, dress: Dress
) -> None:
    site.dress = dress
    first = sync(config, engine)
    seller = next(iter(world.floors[POSTMART].all_sellers()))
    fresh = world.add_listing(seller.ref, price_text="25.000 ₫", unit="kg")
    world.replace_listing(fresh._replace(updated=now().date()))  # the world stands still, our clock does not
    (run,) = actions.sync(config, engine, [POSTMART])
    assert (run.kind, run.verdict, run.reason) == ("incremental", "partial", "incremental")
    assert fresh.ref in {number(ref) for ref in visible(session, "listing")}
    assert run.counts["listing"]["new"] == 1
    assert run.pages < first.pages / 3
