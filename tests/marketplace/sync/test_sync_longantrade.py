"""A source whose platform is not known, against each dress of its sandbox, over loopback HTTP."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from connectors.answers import name_key
from connectors.contract import RecordKind
from connectors.sandbox import Fault, Sandbox, World
from connectors.sandbox.longantrade import Longantrade, haravan, woocommerce, wordpress
from connectors.sandbox.records import LONGANTRADE
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config, SourceSettings
from marketplace.sync import actions
from marketplace.sync.models import Run, RunProblem

DRESSES = ("woocommerce", "wordpress", "haravan")
LISTS = {
    "woocommerce": "/wp-json/wc/*",
    "wordpress": "/wp-json/wp/v2/san-pham*",
    "haravan": "/products.json[?]limit=250*",
}

every_dress = pytest.mark.parametrize("dress", DRESSES)


def wear(sandbox: Sandbox, dress: str) -> Longantrade:
    site = sandbox.sites[LONGANTRADE]
    assert isinstance(site, Longantrade)
    site.dress = dress
    return site


def one(config: Config, engine: Engine, slug: str = LONGANTRADE) -> Run:
    return actions.sync(config, engine, [slug])[0]


def visible(session: Session, kind: RecordKind, slug: str = LONGANTRADE) -> set[str]:
    model = MODELS[kind]
    session.rollback()
    return set(session.scalars(select(model.ref).where(model.source == slug, model.gone_at.is_(None))))


def codes(session: Session, run: Run) -> Counter[str]:
    return Counter(session.scalars(select(RunProblem.code).where(RunProblem.run_id == run.id)))


def sellers_of(site: Longantrade) -> set[str]:
    """The refs by which the dress lets a reader know the sellers."""
    floor = site.floor
    match site.dress:
        case "woocommerce":
            return set(floor.sellers)
        case "wordpress":
            return {name_key(seller.name) for seller in floor.all_sellers()}
    return {name_key(seller.name) for seller in floor.all_sellers() if floor.listings_of(seller.ref)}


def configured(config: Config, slug: str, home: str, platform: str) -> Config:
    told = SourceSettings(home=home, platform=platform)
    return replace(config, sources={**config.sources, slug: told})


@every_dress
def test_a_first_sync_finds_the_platform_and_brings_everything_in(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, dress: str
) -> None:
    site = wear(sandbox, dress)
    run = one(config, engine)
    assert (run.verdict, run.reason, run.failed) == ("ok", "", 0)
    assert visible(session, "listing") == set(site.floor.listings)
    assert visible(session, "seller") == sellers_of(site)
    found = select(RunProblem.detail).where(RunProblem.run_id == run.id, RunProblem.code == "platform_found")
    assert session.scalars(found).all() == [dress]


@pytest.mark.parametrize("dress", ["opencart", "nukeviet", "structured"])
def test_platforms_that_tell_by_their_pages_are_found_too(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, dress: str
) -> None:
    site = wear(sandbox, dress)
    run = one(config, engine)
    assert (run.verdict, run.reason, run.failed) == ("ok", "", 0)
    assert visible(session, "listing")
    assert len(visible(session, "listing")) == len(site.floor.listings)
    found = select(RunProblem.detail).where(RunProblem.run_id == run.id, RunProblem.code == "platform_found")
    assert session.scalars(found).all() == [dress]
    session.rollback()
    again = one(config, engine)  # the answers that tell are unchanged
    assert (again.verdict, again.reason, again.counts["listing"]["new"]) == ("ok", "", 0)


@every_dress
def test_what_is_read_is_what_the_world_holds(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, dress: str
) -> None:
    floor = wear(sandbox, dress).floor
    one(config, engine)
    refs = {seller.id: seller.ref for seller in session.scalars(select(Seller).where(Seller.source == LONGANTRADE))}
    for row in session.scalars(select(Listing).where(Listing.source == LONGANTRADE)):
        told = floor.listings[row.ref]
        seller = floor.sellers.get(told.seller_ref or "")
        known = None if seller is None else seller.ref if dress == "woocommerce" else name_key(seller.name)
        assert (refs.get(row.seller_id or 0), row.unit) == (known, told.unit)
        if dress != "wordpress":  # there the price is what somebody typed
            assert row.price_vnd == (told.price_vnd or None)
            assert row.list_price_vnd == (told.list_price_vnd or None) or not told.price_vnd
            assert row.in_stock == told.in_stock


@every_dress
def test_a_second_sync_changes_nothing(config: Config, engine: Engine, sandbox: Sandbox, dress: str) -> None:
    wear(sandbox, dress)
    first, second = one(config, engine), one(config, engine)
    assert second.verdict == "ok"
    for kind, counts in second.counts.items():
        assert counts["unchanged"] == counts["seen"] == first.counts[kind]["new"]
        assert counts["new"] == counts["changed"] == counts["gone"] == counts["missing"] == 0


@every_dress
@pytest.mark.parametrize("known", [True, False])
def test_addresses_in_another_case_lead_to_the_same_records(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, dress: str, known: bool
) -> None:
    """Whether the records are known before or are met in that case first."""
    site = wear(sandbox, dress)
    categories = []
    for fault in (not known, known):
        site.faults.clear()
        if fault:
            site.faults.add(Fault(kind="other_case"))
        run = one(config, engine)
        assert (run.verdict, run.reason) == ("ok", "")
        assert visible(session, "listing") == set(site.floor.listings)
        assert visible(session, "seller") == sellers_of(site)
        told = select(Listing.ref, Listing.category_ref, Listing.category_path).where(Listing.source == LONGANTRADE)
        categories.append([tuple(row) for row in session.execute(told.order_by(Listing.ref))])
        session.rollback()
    assert categories[0] == categories[1]


@every_dress
@pytest.mark.parametrize("slug", [LONGANTRADE, "voso"])
def test_a_configured_platform_is_read_without_asking(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, dress: str, slug: str
) -> None:
    site = wear(sandbox, dress)
    run = one(configured(config, slug, sandbox.urls[LONGANTRADE], dress), engine, slug)
    assert (run.verdict, run.reason) == ("ok", "")
    assert visible(session, "listing", slug) == set(site.floor.listings)
    assert visible(session, "seller", slug) == sellers_of(site)
    assert "platform_found" not in codes(session, run)
    assert "/" not in {seen.target for seen in site.seen}


@every_dress
def test_lists_of_several_pages_are_read_to_their_end(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, dress: str
) -> None:
    for module in (woocommerce, wordpress, haravan):
        monkeypatch.setattr(module, "_MOST", 2)
    site = wear(sandbox, dress)
    run = one(config, engine)
    assert (run.verdict, run.reason) == ("ok", "")
    assert visible(session, "listing") == set(site.floor.listings)
    assert visible(session, "seller") == sellers_of(site)


@every_dress
def test_new_changed_and_gone(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World, dress: str
) -> None:
    site = wear(sandbox, dress)
    one(config, engine)
    mine = [item for item in site.floor.in_category("") if item.seller_ref]
    world.change_price(mine[0].ref, "123.000 ₫")
    world.remove_listing(mine[1].ref)
    added = world.add_listing(mine[2].seller_ref or "", title="Gạo huyết rồng thử nghiệm")
    run = one(config, engine)
    assert run.verdict == "ok"
    counts = run.counts["listing"]
    assert (counts["new"], counts["changed"], counts["gone"]) == (1, 1, 1)
    assert visible(session, "listing") == set(site.floor.listings)
    assert added.ref in visible(session, "listing")
    row = session.scalars(select(Listing).where(Listing.source == LONGANTRADE, Listing.ref == mine[0].ref)).one()
    assert row.price_vnd == 123_000


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(kind="status", status=403), "blocked"),
        (Fault(kind="status", status=500), "server_error"),
        (Fault(kind="challenge", status=200), "challenge"),
        (Fault(kind="moved"), "moved"),
        (Fault(kind="redirect_loop"), "redirect_loop"),
        (Fault(kind="renamed_class"), "layout"),
        (Fault(kind="empty_body"), "not_html"),
        (Fault(kind="binary"), "not_html"),
        (Fault(kind="json"), "not_html"),
        (Fault(kind="huge", size=10_000_001), "too_large"),
        (Fault(kind="robots_forbid", path="/robots.txt"), "robots"),
        (Fault(kind="dropped"), "unreachable"),
        (Fault(kind="empty_list"), "below_minimum"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else value,
)
@every_dress
def test_a_site_in_trouble_changes_nothing_and_the_next_run_recovers(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, fault: Fault, reason: str, dress: str
) -> None:
    site = wear(sandbox, dress)
    one(config, engine)
    before = {kind: visible(session, kind) for kind in MODELS}
    session.rollback()
    site.faults.add(fault)
    run = one(config, engine)
    assert (run.verdict, run.reason) == ("failed", reason)
    assert {kind: visible(session, kind) for kind in MODELS} == before
    session.rollback()
    site.faults.clear()
    assert one(config, engine).verdict == "ok"
    assert {kind: visible(session, kind) for kind in MODELS} == before


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(kind="truncated"), "not_json"),
        (Fault(kind="empty_body"), "not_json"),
        (Fault(kind="json"), "layout"),
        (Fault(kind="challenge", status=200), "challenge"),
        (Fault(kind="status", status=404), "not_found"),
        (Fault(kind="renamed_class"), "layout"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else value,
)
@every_dress
def test_a_list_in_trouble_removes_nothing(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, fault: Fault, reason: str, dress: str
) -> None:
    site = wear(sandbox, dress)
    one(config, engine)
    before = {kind: visible(session, kind) for kind in MODELS}
    session.rollback()
    site.faults.add(replace(fault, path=LISTS[dress]))
    run = one(config, engine)
    assert run.verdict in ("failed", "partial")
    assert run.reason == reason
    assert {kind: visible(session, kind) for kind in MODELS} == before


@every_dress
def test_half_a_list_is_held(config: Config, engine: Engine, session: Session, sandbox: Sandbox, dress: str) -> None:
    site = wear(sandbox, dress)
    one(config, engine)
    before = {kind: visible(session, kind) for kind in MODELS}
    session.rollback()
    site.faults.add(Fault(kind="half_list"))
    run = one(config, engine)
    assert (run.verdict, run.reason) == ("held", "large_drop")
    assert {kind: visible(session, kind) for kind in MODELS} == before


@every_dress
def test_paging_that_repeats_for_ever_ends(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, dress: str
) -> None:
    wear(sandbox, dress).faults.add(Fault(kind="paging_loop", path=LISTS[dress]))
    run = one(config, engine)
    assert (run.verdict, run.reason) == ("partial", "paging_loop")
    assert codes(session, run)["paging_loop"] == 1


@pytest.mark.parametrize("status", [401, 403, 404, 400])
def test_a_probe_without_an_answer_is_an_answer(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, status: int
) -> None:
    site = wear(sandbox, "haravan")
    site.faults.add(Fault(kind="status", status=status, path="/wp-json/*"))
    run = one(config, engine)
    assert (run.verdict, run.failed) == ("ok", 0)
    assert visible(session, "listing") == set(site.floor.listings)


def test_a_probe_whose_answer_fails_is_no_answer(config: Config, engine: Engine, sandbox: Sandbox) -> None:
    wear(sandbox, "woocommerce").faults.add(Fault(kind="status", status=500, path="/wp-json/"))
    run = one(config, engine)
    assert (run.verdict, run.reason) == ("failed", "server_error")


def test_nothing_that_fits_is_a_layout_nobody_knows(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox
) -> None:
    site = wear(sandbox, "wordpress")
    site.faults.add(Fault(kind="status", status=404, path="/wp-json/*"))
    run = one(config, engine)
    assert (run.verdict, run.reason) == ("failed", "layout")
    told = session.scalars(select(RunProblem.detail).where(RunProblem.run_id == run.id)).all()
    assert any("/wp-json/" in detail and "selectors" in detail for detail in told)
