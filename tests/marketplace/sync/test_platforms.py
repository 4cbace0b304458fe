"""Platforms named in the configuration, over loopback: the engine against the dresses of the sandbox's longantrade."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from connectors.contract import RecordKind
from connectors.sandbox import Fault, Sandbox, World
from connectors.sandbox.longantrade import Longantrade
from connectors.sandbox.records import LONGANTRADE, NONGSAN, VOSO, Listing
from marketplace.catalogue.models import Listing as ListingRow
from marketplace.catalogue.models import Seller as SellerRow
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config, SourceSettings
from marketplace.sync import actions
from marketplace.sync.models import Run, RunProblem

Key = Callable[[str, str], str]  # of a record, by its number and its slug

OWN = SourceSettings(
    platform="selectors",
    paths={"lists": "/cho", "sellers": "/nha-vuon", "product": "/cho/", "seller": "/nha-vuon/"},
    selectors={
        "list": ".ke-hang",
        "item": ".mat-hang",
        "item.title": ".ten",
        "item.price": ".gia",
        "item.old_price": "s",
        "item.seller": ".cua-ai",
        "next": ".trang-sau",
        "product.price": ".gia",
        "product.old_price": "s",
        "product.category": ".duong-dan i",
        "product.image": ".anh-lon",
        "product.description": ".gioi-thieu",
        "product.seller": ".cua-ai",
        "product.lines": ".chi-tiet li",
        "seller.item": ".nha-vuon",
        "seller.lines": ".ho-so dd",
    },
)
SETTINGS = {name: SourceSettings(platform=name) for name in ("opencart", "nukeviet", "structured")} | {"selectors": OWN}
# How the addresses of a dress name a listing and a seller.
KEYS: dict[str, tuple[Key, Key]] = {
    "opencart": (lambda number, _: number, lambda number, _: number),
    "nukeviet": (lambda _, slug: slug, lambda _, slug: f"vi/doanh-nghiep/{slug}"),
    "structured": (lambda _, slug: f"san-pham/{slug}", lambda _, slug: f"gian-hang/{slug}"),
    "selectors": (lambda _, slug: f"cho/{slug}", lambda _, slug: f"nha-vuon/{slug}"),
}
LISTS_SELLERS = {"structured", "selectors"}  # the others show sellers with products only
every_dress = pytest.mark.parametrize("dress", SETTINGS)


@pytest.fixture
def world() -> World:
    """Large enough for lists of several pages on this floor."""
    return World(seed=7, sellers=60, listings=130)


@pytest.fixture
def site(sandbox: Sandbox, dress: str) -> Longantrade:
    found = sandbox.sites[LONGANTRADE]
    assert isinstance(found, Longantrade)
    found.dress = dress
    return found


def configured(config: Config, sandbox: Sandbox, dress: str, slug: str = VOSO) -> Config:
    own = replace(SETTINGS[dress], home=sandbox.urls[LONGANTRADE])
    return replace(config, sources={**config.sources, slug: own})


def one(config: Config, engine: Engine, slug: str = VOSO) -> Run:
    return actions.sync(config, engine, [slug])[0]


def visible(session: Session, slug: str = VOSO) -> dict[RecordKind, set[str]]:
    session.rollback()
    return {
        kind: set(session.scalars(select(model.ref).where(model.source == slug, model.gone_at.is_(None))))
        for kind, model in MODELS.items()
    }


def there(site: Longantrade, dress: str) -> dict[RecordKind, set[str]]:
    """What a visitor of the site can find, by the keys of the dress."""
    of_listing, of_seller = KEYS[dress]
    sellers = [one for one in site.floor.all_sellers() if dress in LISTS_SELLERS or site.floor.listings_of(one.ref)]
    return {
        "listing": {of_listing(one.ref, one.slug) for one in site.floor.in_category("")},
        "seller": {of_seller(one.ref, one.slug) for one in sellers},
        "request": set(),
    }


@every_dress
@pytest.mark.parametrize("slug", [VOSO, LONGANTRADE])
def test_a_first_sync_brings_in_what_is_there_and_a_second_one_changes_nothing(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, site: Longantrade, dress: str, slug: str
) -> None:
    config = configured(config, sandbox, dress, slug)
    first = one(config, engine, slug)
    assert (first.verdict, first.reason) == ("ok", "")
    assert visible(session, slug) == there(site, dress)
    second = one(config, engine, slug)
    assert second.verdict == "ok"
    for kind in ("seller", "listing"):
        told = second.counts[kind]
        assert told["unchanged"] == told["seen"] == len(there(site, dress)[kind])
    session.expire_all()


@every_dress
@pytest.mark.parametrize("known", [True, False])
def test_addresses_in_another_case_lead_to_the_same_records(
    config: Config,
    engine: Engine,
    session: Session,
    sandbox: Sandbox,
    site: Longantrade,
    dress: str,
    known: bool,
) -> None:
    """Whether the records are known before or are met in that case first."""
    config = configured(config, sandbox, dress)
    for fault in (not known, known):
        site.faults.clear()
        if fault:
            site.faults.add(Fault(kind="other_case"))
        run = one(config, engine)
        assert (run.verdict, run.reason) == ("ok", "")
        assert visible(session) == there(site, dress)


@every_dress
def test_what_a_record_tells_is_what_the_site_knows(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, site: Longantrade, dress: str
) -> None:
    one(configured(config, sandbox, dress), engine)
    of_listing, of_seller = KEYS[dress]
    rows = {row.ref: row for row in session.scalars(select(ListingRow).where(ListingRow.source == VOSO))}
    for item in site.floor.in_category(""):
        row = rows[of_listing(item.ref, item.slug)]
        owner = site.floor.sellers.get(item.seller_ref or "")
        assert row.seller_ref == (of_seller(owner.ref, owner.slug) if owner else None)
        assert row.detailed_at
        if item.price_text.endswith(" ₫") and item.price_vnd:
            assert (row.price_vnd, row.list_price_vnd) == (item.price_vnd, _old(item, dress)), item
    some = next(
        row
        for row in session.scalars(select(SellerRow).where(SellerRow.source == VOSO))
        if row.detailed_at or dress == "nukeviet"
    )
    assert some.name
    if dress != "nukeviet":  # there is no page of a seller that is known
        assert some.address or some.phone


def _old(item: Listing, dress: str) -> int | None:
    # Search engines are told one price only.
    return (item.list_price_vnd or None) if dress != "structured" else None


@every_dress
def test_new_changed_and_gone(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, site: Longantrade, dress: str
) -> None:
    config = configured(config, sandbox, dress)
    one(config, engine)
    world, (priced, removed, third, *_) = site.world, [i for i in site.floor.in_category("") if i.seller_ref]
    world.change_price(priced.ref, "123.000 ₫")
    world.remove_listing(removed.ref)
    world.add_listing(third.seller_ref or "", title="Gạo huyết rồng thử nghiệm")
    run = one(config, engine)
    assert run.verdict == "ok"
    assert {name: run.counts["listing"][name] for name in ("new", "changed", "gone")} == {
        "new": 1,
        "changed": 1,
        "gone": 1,
    }
    assert visible(session) == there(site, dress)
    ref = KEYS[dress][0](priced.ref, priced.slug)
    assert session.scalars(select(ListingRow.price_vnd).where(ListingRow.ref == ref)).one() == 123_000


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(kind="challenge", status=200), "challenge"),
        (Fault(kind="renamed_class"), "layout"),
        (Fault(kind="json"), "not_html"),
        (Fault(kind="empty_list"), "below_minimum"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else value,
)
@every_dress
def test_a_site_in_trouble_changes_nothing_and_the_next_run_recovers(
    config: Config,
    engine: Engine,
    session: Session,
    sandbox: Sandbox,
    site: Longantrade,
    dress: str,
    fault: Fault,
    reason: str,
) -> None:
    if dress == "structured":
        if fault.kind == "renamed_class":
            pytest.skip("read by what it tells machines, not by classes")
        reason = reason.replace("html", "xml")
    config = configured(config, sandbox, dress)
    one(config, engine)
    before = visible(session)
    session.rollback()
    site.faults.add(fault)
    run = one(config, engine)
    assert (run.verdict, run.reason) == ("failed", reason)
    assert visible(session) == before
    session.rollback()
    site.faults.clear()
    assert one(config, engine).verdict == "ok"
    assert visible(session) == before


@every_dress
def test_half_a_list_is_held(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, site: Longantrade, dress: str
) -> None:
    config = configured(config, sandbox, dress)
    one(config, engine)
    before = visible(session)
    session.rollback()
    site.faults.add(Fault(kind="half_list"))
    run = one(config, engine)
    assert (run.verdict, run.reason) == ("held", "large_drop")
    assert visible(session) == before


@every_dress
def test_paging_that_repeats_for_ever_ends(
    config: Config, engine: Engine, sandbox: Sandbox, site: Longantrade, dress: str
) -> None:
    site.faults.add(Fault(kind="paging_loop"))
    run = one(configured(config, sandbox, dress), engine)
    assert (run.verdict, run.reason) == ("partial", "paging_loop")
    assert run.pages + run.failed < 200


def test_selectors_that_are_missing_are_named(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox
) -> None:
    bare = SourceSettings(platform="selectors", home=sandbox.urls[LONGANTRADE], selectors={"item": ".mat-hang"})
    run = one(replace(config, sources={**config.sources, VOSO: bare}), engine)
    assert (run.verdict, run.reason) == ("failed", "layout")
    told = session.scalars(select(RunProblem.detail).where(RunProblem.run_id == run.id)).all()
    assert told == ["chưa cấu hình [sources.voso.paths] lists, [sources.voso.selectors] item.title"]


def test_the_family_of_the_department_reads_any_source(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox
) -> None:
    own = SourceSettings(platform="nongsanantoan", home=sandbox.urls[NONGSAN])
    config = replace(config, sources={**config.sources, LONGANTRADE: own})
    assert one(config, engine, LONGANTRADE).verdict == "ok"
    floor, found = sandbox.sites[NONGSAN].floor, visible(session, LONGANTRADE)
    assert (found["seller"], found["listing"]) == (set(floor.sellers), set(floor.listings))
    again = one(config, engine, LONGANTRADE)
    assert all(told["unchanged"] == told["seen"] for told in again.counts.values())
