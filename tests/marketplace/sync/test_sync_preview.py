"""A preview is the real path, and leads nowhere."""

from __future__ import annotations

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors.sandbox import Sandbox, World
from marketplace.config import Config
from marketplace.sync import actions
from marketplace.sync.models import Run
from tests.marketplace.sync.reading import NONGSAN, one, visible


def test_a_preview_shows_the_difference_and_writes_nothing(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World
) -> None:
    one(config, engine)
    mine = [item for item in world.listings() if item.ref in sandbox.sites[NONGSAN].floor.listings]
    world.change_price(mine[0].ref, "88.000 ₫")
    world.remove_listing(mine[1].ref)
    added = world.add_listing(mine[2].seller_ref, title="Khóm sấy dẻo")
    runs = session.scalar(select(func.count()).select_from(Run))
    session.rollback()
    run, differences = actions.preview(config, engine, NONGSAN)
    assert run.verdict == "ok"
    found = {(item.kind, item.ref): item for item in differences}
    assert found["listing", added.ref].outcome == "new"
    assert found["listing", mine[1].ref].outcome == "gone"
    assert found["listing", mine[0].ref].fields["price_vnd"][1] == 88_000
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Run)) == runs
    assert added.ref not in visible(session, "listing")
    assert mine[1].ref in visible(session, "listing")
    assert not list(config.pages_folder.glob("**/*run2*"))


def test_a_preview_begins_anew_and_asks_no_more_than_a_sync(config: Config, engine: Engine, sandbox: Sandbox) -> None:
    one(config, engine)
    asked = len(sandbox.sites[NONGSAN].seen)
    again = one(config, engine)
    cost = len(sandbox.sites[NONGSAN].seen) - asked
    asked = len(sandbox.sites[NONGSAN].seen)
    run, differences = actions.preview(config, engine, NONGSAN)
    assert differences == []
    assert run.pages == again.pages
    assert len(sandbox.sites[NONGSAN].seen) - asked == cost
