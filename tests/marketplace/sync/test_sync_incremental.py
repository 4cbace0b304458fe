"""Weekly everything, in between only what is new; own pages within a daily limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.sandbox import Fault, Sandbox, World
from marketplace.catalogue.models import Listing
from marketplace.config import Config
from marketplace.db import now
from marketplace.sync import queries
from marketplace.sync.budget import day_of
from marketplace.sync.models import FrontierPage, StoredPage
from marketplace.sync.wording import verdict
from tests.marketplace.sync.reading import NONGSAN, VOSO, codes, one, totals, visible


@pytest.fixture
def newest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    connector = REGISTRY[NONGSAN]
    monkeypatch.setattr(connector, "source", replace(connector.source, newest_first=True))


def lists_asked(sandbox: Sandbox, since: int) -> list[str]:
    asked = [seen.target for seen in list(sandbox.sites[NONGSAN].seen)[since:]]
    return [target for target in asked if "page=" in target]


@pytest.mark.usefixtures("newest_first")
def test_between_two_full_runs_only_the_news_are_read(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World
) -> None:
    assert one(config, engine).kind == "full"
    site = sandbox.sites[NONGSAN]
    first, *_, last = [item for item in world.listings() if item.ref in site.floor.listings]
    world.change_price(first.ref, "77.000 ₫")
    world.remove_listing(last.ref)
    asked = len(site.seen)
    run = one(config, engine)
    assert (run.kind, run.verdict, run.reason) == ("incremental", "partial", "incremental")
    assert totals(run, "gone", "missing") == (0, 0)
    assert run.counts["listing"]["changed"] == 1
    assert last.ref in visible(session, "listing")
    # The changed listing stands on the first page: the second is read, the third is not.
    assert len({target.split("page=")[1] for target in lists_asked(sandbox, asked)}) == 1
    assert verdict(run.verdict, run.reason)[1] == "tag-ok"
    # A full run finds who stopped.
    assert one(config, engine, full=True).counts["listing"]["gone"] == 1


@pytest.mark.usefixtures("newest_first")
def test_after_a_week_a_full_run_is_due(config: Config, engine: Engine, session: Session) -> None:
    with time_machine.travel("2026-11-02T18:00:00Z", tick=True) as traveller:
        kinds = [one(config, engine).kind]
        for _ in range(8):
            traveller.shift(timedelta(days=1, minutes=-1))
            kinds.append(one(config, engine).kind)
        state = queries.states(session, config, now())[NONGSAN]
        assert kinds == ["full", *["incremental"] * 6, "full", "incremental"]
        # Who is there is as old as the last full run, and that is within a week: nothing is stale.
        assert state.good
        assert state.fresh
        assert (state.good.kind, state.fresh.kind) == ("full", "incremental")
        assert (state.stale, state.gap) == (False, "")
        # No news for three days: stale.
        traveller.shift(timedelta(days=3))
        session.rollback()
        assert queries.states(session, config, now())[NONGSAN].stale


@pytest.mark.usefixtures("newest_first")
def test_news_alone_do_not_keep_a_source_from_growing_stale(config: Config, engine: Engine, session: Session) -> None:
    with time_machine.travel("2026-11-02T18:00:00Z", tick=True) as traveller:
        one(config, engine)
        traveller.shift(timedelta(days=10))
        one(config, engine, full=False)
        state = queries.states(session, config, now())[NONGSAN]
        assert state.stale
        assert "chưa có lần đọc đủ nào từ" in state.gap


def test_lists_in_no_order_are_read_to_their_end(config: Config, engine: Engine) -> None:
    first = one(config, engine)
    # Nothing would be saved, so every run by the schedule is a full one.
    assert one(config, engine).kind == "full"
    news = one(config, engine, full=False)
    assert (news.kind, news.reason) == ("incremental", "incremental")
    assert totals(news, "seen") == totals(first, "seen")


@pytest.mark.usefixtures("newest_first")
def test_an_incremental_run_tells_its_faults(config: Config, engine: Engine, sandbox: Sandbox) -> None:
    one(config, engine)
    faults = sandbox.sites[NONGSAN].faults
    faults.add(Fault(kind="status", status=500, path="/ket-noi*"))
    run = one(config, engine)
    assert (run.kind, run.verdict, run.reason) == ("incremental", "partial", "server_error")
    faults.clear()
    faults.add(Fault(kind="empty_list"))
    assert one(config, engine).verdict == "failed"
    faults.clear()
    # What is new may stand behind the page that failed: the next run reads everything, and only then the short ones.
    again = one(config, engine)
    assert (again.kind, again.verdict) == ("full", "ok")
    assert one(config, engine).reason == "incremental"


def limited(config: Config, pages: int) -> Config:
    own = replace(config.sources[NONGSAN], detail_pages_per_day=pages)
    return replace(config, sources={**config.sources, NONGSAN: own})


@pytest.fixture
def one_day() -> Iterator[None]:
    with time_machine.travel("2026-11-02T18:00:00Z", tick=True):
        yield


@pytest.mark.usefixtures("one_day")
def test_own_pages_are_read_within_the_limit_of_a_day(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox
) -> None:
    floor = sandbox.sites[NONGSAN].floor
    run = one(limited(config, 10), engine)
    # Presence is apart from details: everybody is there, and nobody is suspected of having gone.
    assert run.verdict == "ok"
    assert visible(session, "listing") == set(floor.listings)
    assert visible(session, "seller") == set(floor.sellers)
    assert queries.pages_used(session, NONGSAN, day_of(now())) == 10
    whole = run.pages - 10
    assert run.put_off > 10
    assert session.scalar(select(func.count()).select_from(FrontierPage)) == run.put_off
    session.rollback()

    same_day = one(limited(config, 10), engine)
    assert (same_day.verdict, same_day.pages, same_day.put_off) == ("ok", whole, run.put_off)
    assert session.scalar(select(func.count()).select_from(FrontierPage)) == run.put_off
    session.rollback()
    with time_machine.travel("2026-11-03T18:00:00Z", tick=True):
        next_day = one(limited(config, 10), engine)
    assert next_day.put_off == run.put_off - 10
    rest = one(config, engine)
    assert rest.put_off == 0
    assert session.scalar(select(func.count()).select_from(FrontierPage)) == 0
    assert session.scalar(select(func.count()).where(Listing.source == NONGSAN, Listing.detailed_at.is_(None))) == 0


@pytest.mark.usefixtures("one_day")
def test_new_records_come_before_changed_ones_and_those_before_old_ones(
    config: Config, engine: Engine, sandbox: Sandbox, world: World
) -> None:
    one(config, engine)
    site = sandbox.sites[NONGSAN]
    with time_machine.travel("2026-11-20T18:00:00Z", tick=True):  # every own page is old by now
        mine = [item for item in world.listings() if item.ref in site.floor.listings]
        world.change_price(mine[0].ref, "55.000 ₫")
        added = world.add_listing(mine[1].seller_ref, title="Gạo nàng thơm thử nghiệm")
        asked = len(site.seen)
        run = one(limited(config, 3), engine)
        targets = [seen.target for seen in list(site.seen)[asked:]]
        assert added.ref in targets[-3]
        assert mine[0].ref in targets[-2]
        assert run.put_off > 3
        # The changed one is not due again, an old one is next.
        asked = len(site.seen)
        one(limited(config, 4), engine)
        assert mine[0].ref not in list(site.seen)[-1].target


@pytest.mark.usefixtures("one_day")
def test_a_change_whose_page_was_put_off_is_not_forgotten(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World
) -> None:
    one(config, engine)
    mine = [item for item in world.listings() if item.ref in sandbox.sites[NONGSAN].floor.listings]
    world.replace_listing(mine[0]._replace(title="Tên mới trên danh sách"))
    assert one(limited(config, 0), engine).put_off == 1
    title = select(Listing.title).where(Listing.source == NONGSAN, Listing.ref == mine[0].ref)
    # A card is often shortened: the name changes with the own page.
    assert session.scalar(title) == mine[0].title
    session.rollback()
    later = one(config, engine)  # the card says the same as last time
    assert later.put_off == 0
    assert session.scalar(title) == "Tên mới trên danh sách"


def test_the_page_of_a_record_that_went_is_not_waited_for(
    config: Config, engine: Engine, session: Session, sandbox: Sandbox, world: World
) -> None:
    first = one(limited(config, 0), engine)
    mine = next(item for item in world.listings() if item.ref in sandbox.sites[NONGSAN].floor.listings)
    world.remove_listing(mine.ref)
    run = one(limited(config, 0), engine)
    assert run.counts["listing"]["gone"] == 1
    assert run.put_off == first.put_off - 1
    done = one(config, engine)
    assert "not_found" not in codes(session, done)


def test_lists_are_read_before_any_own_page(config: Config, engine: Engine, session: Session) -> None:
    one(config, engine, VOSO)
    pages = session.scalars(select(StoredPage).where(StoredPage.source == VOSO).order_by(StoredPage.offset)).all()
    kinds = [REGISTRY[VOSO].kind_of(REGISTRY[VOSO].source, page.url) for page in pages]
    assert kinds.index("product") == kinds.count("category")


@pytest.mark.usefixtures("one_day")
def test_the_limit_of_a_day_is_no_reason_to_disbelieve_a_run(config: Config, engine: Engine, session: Session) -> None:
    own = replace(config.sources[VOSO], detail_pages_per_day=3, min_sellers=4)
    few = replace(config, sources={**config.sources, VOSO: own})
    run = one(few, engine, VOSO)  # voso's sellers are met on own pages only
    assert (run.verdict, run.reason) == ("partial", "put_off")
    assert run.put_off > 0
    assert len(visible(session, "listing", VOSO)) > 3
    assert verdict(run.verdict, run.reason)[1] == "tag-ok"
