"""The figures: each definition against hand-made rows, and the gaps that must show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Listing, Seller, Sighting
from marketplace.config import Config
from marketplace.db import Base
from marketplace.onboarding import statistics
from marketplace.onboarding.statistics import SourceReport
from marketplace.sync.models import Run

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SLUG = "nongsanantoanlongan"


class Catalogue:
    """Rows made by hand, each with its own moments."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def run(self, days_ago: float, verdict: str = "ok", source: str = SLUG, reason: str = "") -> Run:
        at = NOW - timedelta(days=days_ago)
        run = Run(
            source=source, mode="live", kind="full", started_at=at, finished_at=at, verdict=verdict, reason=reason
        )
        self.session.add(run)
        self.session.flush()
        return run

    def seller(self, ref: str, source: str = SLUG, gone: bool = False) -> Seller:
        at = NOW - timedelta(days=100)
        seller = Seller(
            source=source, ref=ref, name=ref, hashes={}, first_seen_at=at, changed_at=at, gone_at=at if gone else None
        )
        self.session.add(seller)
        self.session.flush()
        return seller

    def listing(
        self,
        seller: Seller,
        run: Run,
        *,
        first: float = 100,
        changed: float = 100,
        seen: float = 0,
        gone: bool = False,
        updated: float | None = None,
    ) -> Listing:
        moments = [NOW - timedelta(days=days) for days in (first, changed, seen)]
        listing = Listing(
            source=seller.source,
            ref=f"{seller.ref}-{first}-{changed}-{seen}-{gone}",
            title="Gạo",
            seller_id=seller.id,
            hashes={},
            first_seen_at=moments[0],
            changed_at=moments[1],
            gone_at=NOW if gone else None,
            updated_at=None if updated is None else NOW - timedelta(days=updated),
        )
        self.session.add(listing)
        self.session.flush()
        self.session.add(
            Sighting(kind="listing", record_id=listing.id, run_id=run.id, seen_at=moments[2], outcome="unchanged")
        )
        return listing


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        statistics.load_published(session)
        yield session
    engine.dispose()


@pytest.fixture
def rows(session: Session) -> Catalogue:
    return Catalogue(session)


def figures(session: Session, slug: str = SLUG, days: int = 30, at: datetime = NOW) -> SourceReport:
    session.flush()
    found = statistics.report(session, Config(instance=Path("/nowhere")), at, days)
    return next(one for one in found.sources if one.slug == slug)


def test_a_seller_without_listings_is_a_seller_but_not_active(session: Session, rows: Catalogue) -> None:
    run = rows.run(1)
    rows.listing(rows.seller("a"), run, seen=1)
    rows.seller("b")
    rows.seller("c", gone=True)
    one = figures(session)
    assert (one.sellers, one.active_sellers, one.listings, one.share) == (2, 1, 1, 0.5)
    assert one.gap == ""
    assert not one.stale


def test_a_listing_counts_once_per_seller_and_only_if_seen_within_a_week(session: Session, rows: Catalogue) -> None:
    run = rows.run(1)
    many = rows.seller("a")
    rows.listing(many, run, seen=1)
    rows.listing(many, run, seen=2)
    rows.listing(rows.seller("b"), run, seen=8)
    rows.listing(rows.seller("c"), run, seen=1, gone=True)
    assert figures(session).active_sellers == 1


def test_what_the_first_good_run_met_is_no_update(session: Session, rows: Catalogue) -> None:
    first = rows.run(10)
    rows.run(1)
    rows.listing(rows.seller("old"), first, first=10.1, changed=10.1, seen=0)
    rows.listing(rows.seller("changed"), first, first=10.1, changed=2, seen=0)
    rows.listing(rows.seller("new"), first, first=5, changed=5, seen=0)
    rows.listing(rows.seller("says"), first, first=10.1, changed=10.1, seen=0, updated=20)
    one = figures(session)
    assert (one.active_sellers, one.updated_sellers) == (4, 3)
    assert figures(session, days=3).updated_sellers == 1


def test_a_failing_source_keeps_its_numbers_and_says_so(session: Session, rows: Catalogue) -> None:
    good = rows.run(3)
    rows.listing(rows.seller("a"), good, seen=3)
    rows.run(1, "failed", reason="blocked")
    one = figures(session)
    assert (one.sellers, one.active_sellers, one.verdict, one.reason) == (1, 1, "failed", "blocked")
    assert one.stale
    assert "chưa đọc lại được từ 20/11/2026" in one.gap
    assert "không có nghĩa là người bán đã ngừng bán" in one.gap


def test_after_a_week_of_silence_who_sells_is_unknown_not_zero(session: Session, rows: Catalogue) -> None:
    good = rows.run(20)
    rows.listing(rows.seller("a"), good, seen=20)
    rows.run(1, "failed", reason="unreachable")
    one = figures(session)
    assert one.sellers == 1
    assert one.listings == 1
    assert one.active_sellers is None
    assert one.updated_sellers is None
    assert one.share is None


def test_a_source_never_read_has_no_numbers(session: Session) -> None:
    one = figures(session)
    assert (one.sellers, one.active_sellers, one.listings, one.last_good_run, one.verdict) == (None,) * 5
    assert one.gap == "nongsanantoanlongan.vn chưa được đọc lần nào."


def test_what_partial_runs_saw_is_no_fall(session: Session, rows: Catalogue) -> None:
    rows.run(9)
    partial = rows.run(1, "partial", reason="server_error")
    rows.listing(rows.seller("a"), partial, seen=1)
    rows.seller("b")
    one = figures(session)
    assert (one.sellers, one.active_sellers, one.share) == (2, None, None)


def test_a_good_run_without_listings_is_a_true_zero(session: Session, rows: Catalogue) -> None:
    rows.run(1)
    rows.seller("a")
    assert figures(session).active_sellers == 0


def test_a_held_run_is_told(session: Session, rows: Catalogue) -> None:
    rows.run(3)
    rows.run(1, "held", reason="large_drop")
    assert "đang tạm giữ" in figures(session).gap


def test_a_source_that_hides_idle_accounts_has_no_share(session: Session, rows: Catalogue) -> None:
    run = rows.run(1, source="voso")
    rows.listing(rows.seller("a", source="voso"), run, seen=1)
    one = figures(session, "voso")
    assert (one.sellers, one.active_sellers, one.share) == (1, 1, None)
    assert "không tính tỷ lệ" in one.gap


def test_a_board_of_notices_says_not_that_nobody_sells(session: Session, rows: Catalogue) -> None:
    rows.run(1, source="cooplink")
    rows.seller("a", source="cooplink")
    one = figures(session, slug="cooplink")
    assert (one.sellers, one.active_sellers, one.updated_sellers, one.listings, one.share) == (
        1,
        None,
        None,
        None,
        None,
    )
    assert "đơn vị đăng ký bán" in one.gap


def test_published_figures_stand_apart_with_their_date(session: Session) -> None:
    found = statistics.report(session, Config(instance=Path("/nowhere")), NOW)
    told = statistics.as_json(found)
    own = next(one for one in told["sources"] if one["slug"] == SLUG)
    assert own["reported"]["accounts_created"]["value"] == 800
    assert own["reported"]["facilities_with_products"] | {"label": ""} == {
        "value": 350,
        "qualifier": "at_least",
        "as_of": "2023",
        "scope": "Long An",
        "label": "",
        "together_with": [],
        "document": "Số liệu tỉnh Long An công bố năm 2023",
    }
    voso = next(one for one in found.sources if one.slug == "voso")
    assert {item.indicator: (item.value, item.subject, item.together_with) for item in voso.reported} == {
        "sellers": (66426, "voso", ("postmart",)),
        "products": (8385, "voso", ("postmart",)),
    }
    assert {item.subject for item in found.elsewhere} == {"traceability", "ocop"}


def test_loading_the_published_figures_twice_adds_none(session: Session) -> None:
    assert statistics.load_published(session) == 0
