"""The stored pages of a run, read again with a mended parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from connectors import voso
from connectors.contract import ListingRecord, Page, Source, Yield
from connectors.sandbox import Sandbox, World
from marketplace.catalogue.models import Listing, PricePoint, Seller, Sighting
from marketplace.config import Config
from marketplace.sync import actions
from marketplace.sync.models import Run
from tests.marketplace.sync.reading import VOSO, one, visible

_parse = voso.parse


def wrong(source: Source, page: Page) -> Iterator[Yield]:
    """A parser that gets names and prices wrong, and leaves one listing out."""
    for item in _parse(source, page):
        if getattr(item, "ref", "") in LEFT_OUT:
            continue
        if isinstance(item, ListingRecord):
            changes: dict[str, Any] = {"title": item.title.upper()}
            if item.price_vnd:
                changes["price_vnd"] = item.price_vnd * 1000
            yield replace(item, **changes)
        else:
            yield item


LEFT_OUT: set[str] = set()


@pytest.fixture
def misread(config: Config, engine: Engine, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A first run by that parser."""
    LEFT_OUT.add(next(iter(sandbox.sites[VOSO].floor.listings)))
    with monkeypatch.context() as patch:
        patch.setattr(voso, "parse", wrong)
        run = one(config, engine, VOSO)
    assert run.verdict == "ok"
    yield run
    LEFT_OUT.clear()


def rows(session: Session) -> dict[str, tuple[str, int | None]]:
    session.rollback()
    found = session.execute(select(Listing.ref, Listing.title, Listing.price_vnd).where(Listing.source == VOSO))
    return {ref: (title, price) for ref, title, price in found}


def test_the_difference_is_shown_and_then_written(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, misread: Run
) -> None:
    wrong = rows(session)
    seen = {(row.kind, row.record_id): (row.run_id, row.seen_at) for row in session.scalars(select(Sighting))}
    session.rollback()
    asked = len(sandbox.sites[VOSO].seen)
    run, differences = actions.replay(config, engine, misread.id)
    assert (run.kind, run.verdict, run.reason) == ("replay", "partial", "replay")
    changed = {item.ref: item for item in differences if item.kind == "listing" and item.outcome == "changed"}
    assert changed.keys() == wrong.keys()
    assert all(item.fields["title"][0] != item.fields["title"][1] for item in changed.values())
    assert {item.outcome for item in differences} == {"new", "changed"}
    assert rows(session) == wrong

    written, again = actions.replay(config, engine, misread.id, write=True)
    assert {(item.kind, item.ref, item.outcome) for item in again} == {
        (item.kind, item.ref, item.outcome) for item in differences
    }
    floor = sandbox.sites[VOSO].floor
    right = rows(session)
    assert right.keys() == floor.listings.keys()
    assert all(not title.isupper() for title, _ in right.values())
    assert visible(session, "seller", VOSO)
    # Nobody was seen, nobody was asked, and there is one price as there was.
    after = {(row.kind, row.record_id): (row.run_id, row.seen_at) for row in session.scalars(select(Sighting))}
    assert {key: after[key] for key in seen} == seen
    points = session.scalars(select(PricePoint)).all()
    assert len(points) == len({point.listing_id for point in points})
    prices = {row.id: row.price_vnd for row in session.scalars(select(Listing))}
    assert all(point.price_vnd == prices[point.listing_id] for point in points)
    assert len(sandbox.sites[VOSO].seen) == asked
    session.rollback()
    # The next run of the site finds what the replay has written.
    assert written.verdict == "partial"
    follow_up = one(config, engine, VOSO)
    # The own page of the one that was left out is read for the first time.
    assert (follow_up.verdict, follow_up.counts["listing"]["changed"]) == ("ok", 1)
    assert rows(session) == right


def test_a_mended_parser_is_no_act_of_the_seller(
    config: Config, engine: Engine, session: Session, misread: Run
) -> None:
    before = {row.ref: row.changed_at for row in session.scalars(select(Listing))}
    session.rollback()
    actions.replay(config, engine, misread.id, write=True)
    after = {row.ref: row.changed_at for row in session.scalars(select(Listing))}
    assert {ref: after[ref] for ref in before} == before


def test_nothing_newer_is_set_back(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World
) -> None:
    first = one(config, engine, VOSO)
    mine = [item for item in world.listings() if item.ref in sandbox.sites[VOSO].floor.listings]
    world.change_price(mine[0].ref, "77.000 ₫")
    world.replace_listing(mine[1]._replace(title="Tên mới hơn của sản phẩm"))
    world.remove_listing(mine[2].ref)
    world.add_listing(mine[3].seller_ref, title="Sản phẩm đến sau")
    assert one(config, engine, VOSO).verdict == "ok"
    before = rows(session)
    gone = before.keys() - visible(session, "listing", VOSO)
    for again in (first.id, first.id):
        _, differences = actions.replay(config, engine, again, write=True)
        assert differences == []
    assert rows(session) == before
    assert before.keys() - visible(session, "listing", VOSO) == gone == {mine[2].ref}


def test_pages_found_unchanged_since_are_still_the_newest(
    config: Config, engine: Engine, session: Session, misread: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The wrong parser reads the unchanged site once more: every page is answered with 304.
    monkeypatch.setattr(voso, "parse", wrong)
    again = one(config, engine, VOSO)
    assert again.pages
    monkeypatch.setattr(voso, "parse", _parse)
    with pytest.raises(actions.ActionError, match="not kept any more"):
        actions.replay(config, engine, again.id)
    actions.replay(config, engine, misread.id, write=True)
    assert all(not title.isupper() for title, _ in rows(session).values())


def test_what_can_not_be_replayed_is_said(config: Config, engine: Engine, session: Session) -> None:
    with pytest.raises(actions.ActionError, match="there is no run 5"):
        actions.replay(config, engine, 5)
    run = one(config, engine, VOSO)
    written, _ = actions.replay(config, engine, run.id, write=True)
    with pytest.raises(actions.ActionError, match="no reading of the site"):
        actions.replay(config, engine, written.id)
    live = replace(config.sources[VOSO], mode="off")
    with pytest.raises(actions.ActionError, match="is of mode sandbox"):
        actions.replay(replace(config, sources={**config.sources, VOSO: live}), engine, run.id)
    for path in config.pages_folder.glob("**/*.warc.gz"):
        path.unlink()
    with pytest.raises(actions.ActionError, match="not kept any more"):
        actions.replay(config, engine, run.id)
    assert session.scalar(select(Seller.id).limit(1))
