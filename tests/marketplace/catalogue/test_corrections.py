"""What a person puts right is laid over what the marketplaces say, wherever it is read; no sync erases it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, delete, event, func, select
from sqlalchemy.orm import Session

from connectors.sandbox import World
from marketplace.board import queries as board
from marketplace.board.models import Request
from marketplace.catalogue import indexing, queries
from marketplace.catalogue.categories import classify
from marketplace.catalogue.correcting import CorrectionError, correct, undo
from marketplace.catalogue.corrections import FIELDS, overlay
from marketplace.catalogue.models import Correction, IndexChange, Listing, PricePoint, Seller
from marketplace.config import Config
from marketplace.db import db, writer
from marketplace.instance import open_index
from marketplace.onboarding import statistics
from marketplace.sync import actions
from search_index.documents import Query
from search_index.index import Index

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SLUG = "nongsanantoanlongan"
SIGNED = {"who": "Lê Thị Ví Dụ", "at": AT}


@pytest.fixture(autouse=True)
def _filled(config: Config, engine: Engine) -> None:
    actions.sync(config, engine, [SLUG])


def put_right(engine: Engine, kind: str, ref: str, **values: str) -> None:
    with writer(engine).begin() as session:
        correct(session, kind, SLUG, ref, values, note="gọi điện hỏi", **SIGNED)


def a_listing(session: Session, *more: Any) -> Listing:
    found = select(Listing).where(Listing.seller_id.is_not(None), Listing.price_status == "ok", *more)
    return session.scalars(found.order_by(Listing.id)).first() or pytest.fail("the world has none")


def columns(session: Session) -> list[dict[str, Any]]:
    session.rollback()
    session.expire_all()
    return [
        {column.key: getattr(row, column.key) for column in model.__table__.columns}
        for model in (Seller, Listing, Request)
        for row in session.scalars(select(model).order_by(model.id))
    ]


def test_a_listing_reads_as_it_was_put_right_everywhere(
    config: Config, engine: Engine, session: Session, app: Flask
) -> None:
    before = columns(session)
    row = a_listing(session)
    said = row.title
    put_right(engine, "listing", row.ref, title="Gạo tẻ đã sửa", unit="kg", address="Xã Tân Trụ, Tây Ninh")
    session.rollback()
    card = queries.listing_cards(session, [row.id])[row.id]
    assert (card.title, card.unit, card.price_per_kg_vnd) == ("Gạo tẻ đã sửa", "kg", card.price_vnd)
    assert card.place
    page = queries.listing(session, row.id)
    assert page is not None
    assert page.listing.title == "Gạo tẻ đã sửa"
    assert {one.field: one.said for one in page.corrected}["title"] == said
    assert "Gạo tẻ đã sửa" in queries.titles(session)
    with _index(config, engine) as index:
        assert f"listing:{row.id}" in {hit.id for hit in index.search(Query(text="gạo tẻ đã sửa", limit=3)).hits}
    told = app.test_client().get(f"/san-pham/{row.id}", follow_redirects=True).get_data(as_text=True)
    assert "Gạo tẻ đã sửa" in told
    assert "đã sửa bởi Lê Thị Ví Dụ, ngày 20/11/2026; sàn ghi: " in told
    db.session.remove()
    # What the marketplace says stands as it stood.
    assert columns(session) == before


def test_the_product_group_follows_a_title_that_was_put_right(engine: Engine, session: Session) -> None:
    row = a_listing(session, Listing.group_code.is_not(None))
    ref = row.ref
    put_right(engine, "listing", ref, category="")
    for title in ("Mật ong rừng tràm", "Gạo nàng thơm chợ Đào"):
        put_right(engine, "listing", ref, title=title)
        session.rollback()
        session.expire_all()
        card = queries.listing_cards(session, [row.id])[row.id]
        page = queries.listing(session, row.id)
        assert page is not None
        assert card.group_code == page.listing.group_code == classify(title)
    put_right(engine, "listing", ref, category="Trái cây")
    session.rollback()
    card = queries.listing_cards(session, [row.id])[row.id]
    assert card.group_code == classify(title, ["Trái cây"])
    with writer(engine).begin() as writing:
        undo(writing, "listing", SLUG, ref, ["category"], **SIGNED)
    session.rollback()
    session.expire_all()
    card = queries.listing_cards(session, [row.id])[row.id]
    assert card.group_code == classify(title, session.get_one(Listing, row.id).category_path or ())


def test_corrections_are_remembered_until_one_changes(
    engine: Engine, session: Session, statements_of: list[str]
) -> None:
    row = a_listing(session)
    id_, ref = row.id, row.ref
    put_right(engine, "listing", ref, title="Tên một")
    session.rollback()
    overlay(session)
    statements_of.clear()
    assert overlay(session).columns("listing", {"id": id_, "title": "x"}) == {"title": "Tên một"}
    assert sum(statement.startswith("SELECT") for statement in statements_of) == 1
    put_right(engine, "listing", ref, title="Tên hai")
    session.rollback()
    assert overlay(session).columns("listing", {"id": id_, "title": "x"}) == {"title": "Tên hai"}
    with writer(engine).begin() as writing:
        undo(writing, "listing", SLUG, ref, (), **SIGNED)
    session.rollback()
    assert overlay(session).columns("listing", {"id": id_, "title": "x"}) == {}


@contextmanager
def _index(config: Config, engine: Engine) -> Iterator[Index]:
    index = open_index(config, engine)
    try:
        indexing.apply_outbox(writer(engine), index)
        yield index
    finally:
        index.close()


def test_no_sync_erases_a_correction_and_none_is_taken_for_a_change(
    config: Config, engine: Engine, session: Session, world: World
) -> None:
    row = a_listing(session)
    points = session.scalar(select(func.count()).select_from(PricePoint))
    put_right(engine, "listing", row.ref, title="Tên người sửa", unit="bao lớn")
    session.rollback()
    run = actions.sync(config, engine, [SLUG])[0]
    assert run.counts["listing"]["changed"] == 0
    item = next(item for item in world.listings() if item.ref == row.ref)
    world.replace_listing(item._replace(title="Tên mới của sàn"))
    assert actions.sync(config, engine, [SLUG])[0].counts["listing"]["changed"] == 1
    session.rollback()
    session.expire_all()
    assert queries.listing_cards(session, [row.id])[row.id].title == "Tên người sửa"
    page = queries.listing(session, row.id)
    assert page is not None
    assert {one.field: one.said for one in page.corrected}["title"] == "Tên mới của sàn"
    session.rollback()
    # Corrections are no observed prices.
    assert session.scalar(select(func.count()).select_from(PricePoint)) == points
    with writer(engine).begin() as writing:
        ended = undo(writing, "listing", SLUG, row.ref, ["title"], **SIGNED)
        assert [one.field for one in ended] == ["title"]
    session.rollback()
    assert queries.listing_cards(session, [row.id])[row.id].title == "Tên mới của sàn"
    assert session.scalar(select(func.count()).where(Correction.ended_at.is_(None))) == 1


def test_a_seller_is_put_right_on_its_page_its_cards_and_its_listings(
    engine: Engine, session: Session, app: Flask
) -> None:
    row = a_listing(session)
    seller = session.get_one(Seller, row.seller_id)
    with writer(engine).begin() as writing:
        writing.execute(delete(IndexChange))
    put_right(
        engine, "seller", seller.ref, name="HTX tên đúng", phone="0912 345 678", certificates="VietGAP; OCOP 4 sao"
    )
    session.rollback()
    card = queries.seller_cards(session, [seller.id])[seller.id]
    assert (card.name, card.listings > 0) == ("HTX tên đúng", True)
    assert queries.listing_cards(session, [row.id])[row.id].seller_name == "HTX tên đúng"
    page = queries.seller(session, seller.id)
    assert page is not None
    assert page.seller.certificates == ["VietGAP", "OCOP 4 sao"]
    assert page.seller.phone_key == "0912345678"
    session.rollback()
    told = app.test_client().get(f"/nguoi-ban/{seller.id}", follow_redirects=True).get_data(as_text=True)
    assert "HTX tên đúng" in told
    assert "0912 *** 678" in told
    for number in ("0912345678", "0912 345 678"):
        assert number not in told
    queued = {(one.kind, one.record_id) for one in session.scalars(select(IndexChange))}
    assert {("seller", seller.id), ("listing", row.id)} <= queued


def test_a_listing_is_given_to_its_true_seller(config: Config, engine: Engine, session: Session) -> None:
    row = a_listing(session)
    wrong = row.seller_id
    assert wrong is not None
    selling = select(Listing.seller_id).where(Listing.seller_id.is_not(None))
    right = session.scalars(select(Seller).where(Seller.source == SLUG, Seller.id.not_in(selling))).first()
    assert right is not None
    now = datetime.now(UTC)

    def counts() -> tuple[int, int, int | None]:
        cards = queries.seller_cards(session, [wrong, right.id])
        active = statistics.report(session, config, now).sources
        found = (cards[wrong].listings, cards[right.id].listings)
        return (*found, next(one.active_sellers for one in active if one.slug == SLUG))

    before = counts()
    assert before[1] == 0
    put_right(engine, "listing", row.ref, seller=right.ref)
    session.rollback()
    emptied = before[0] == 1
    assert counts() == (before[0] - 1, 1, (before[2] or 0) + (0 if emptied else 1))
    assert [card.id for card in queries.listings_of_seller(session, right.id, 0, 10)] == [row.id]
    assert row.id not in {card.id for card in queries.listings_of_seller(session, wrong, 0, 100)}
    card = queries.listing_cards(session, [row.id])[row.id]
    assert (card.seller_id, card.seller_name) == (right.id, right.name)
    page = queries.listing(session, row.id)
    assert page is not None
    assert page.listing.seller is not None
    assert (page.listing.seller.id, page.seller_listings) == (right.id, 1)


def test_a_post_is_put_right(engine: Engine, session: Session) -> None:
    row = session.scalars(select(Request).where(Request.source == SLUG)).first()
    assert row is not None
    put_right(engine, "request", row.ref, title="Cần mua thanh long ruột đỏ", phone="")
    session.rollback()
    session.expire_all()
    post = board.post(session, row.id)
    assert post is not None
    assert (post.request.title, post.request.phone) == ("Cần mua thanh long ruột đỏ", None)
    assert {one.field for one in post.corrected} == {"title", "phone"}


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        ("shop", {"name": "x"}, "expected one of seller, listing, request"),
        ("listing", {"price_vnd": "1"}, "is not put right by hand; what is: title"),
        ("listing", {"title": " "}, "a listing has one"),
        ("listing", {"seller": "không có"}, "has no account with the ref"),
        ("seller", {"phone": "gọi sau"}, "can't be read as a Vietnamese telephone number"),
        ("seller", {"name": "x" * 1001}, "at most 1000"),
        ("seller", {}, "say what to put right: name"),
    ],
)
def test_what_can_not_be_put_right_is_said(session: Session, kind: str, values: dict[str, str], reason: str) -> None:
    model = Seller if kind == "seller" else Listing
    ref = session.scalars(select(model.ref).where(model.source == SLUG)).first() or ""
    with pytest.raises(CorrectionError, match=reason):
        correct(session, kind, SLUG, ref, values, note="gọi điện hỏi", **SIGNED)


def test_a_correction_is_signed_and_reasoned(session: Session) -> None:
    ref = session.scalars(select(Seller.ref).where(Seller.source == SLUG)).first() or ""
    for who, note in (("", "gọi điện hỏi"), ("Lê Thị Ví Dụ", " ")):
        with pytest.raises(CorrectionError, match="say who"):
            correct(session, "seller", SLUG, ref, {"name": "x"}, who=who, note=note, at=AT)
    with pytest.raises(CorrectionError, match="nobody has put anything"):
        undo(session, "seller", SLUG, ref, (), **SIGNED)
    with pytest.raises(CorrectionError, match="has no seller with the ref nobody"):
        undo(session, "seller", SLUG, "nobody", (), **SIGNED)
    made = correct(
        session, "seller", SLUG, ref, {"address": "ấp 1, số 080123456789"}, note="CCCD 080123456789", **SIGNED
    )
    assert "080123456789" not in f"{made[0].value}{made[0].note}"


def test_without_corrections_reading_costs_one_statement(session: Session, statements_of: list[str]) -> None:
    overlay(session)
    assert sum(statement.startswith("SELECT") for statement in statements_of) == 1
    assert set(FIELDS) == {"seller", "listing", "request"}
    assert "price_vnd" not in {name for names in FIELDS.values() for name in names}


@pytest.fixture
def statements_of(engine: Engine) -> Iterator[list[str]]:
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        made.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield made
    event.remove(engine, "before_cursor_execute", note)
