"""The index follows the catalogue through the outbox."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.orm import Session

from connectors.sandbox import World
from marketplace.board.models import Request
from marketplace.catalogue.indexing import FACETS
from marketplace.catalogue.models import IndexChange, Listing, Seller, Sighting
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config
from marketplace.db import now, writer
from marketplace.instance import open_index, rebuild_index, update_index
from marketplace.sync import actions
from marketplace.web.formats import today as day_of
from search_index.documents import Document, Query, Results
from search_index.index import Index


def visible(session: Session) -> int:
    session.rollback()
    return sum(
        session.scalar(select(func.count()).select_from(model).where(model.gone_at.is_(None))) or 0
        for model in MODELS.values()
    )


def find(config: Config, engine: Engine, text: str) -> Results:
    index = open_index(config, engine)
    try:
        return index.search(Query(text=text, limit=100, facets=FACETS))
    finally:
        index.close()


def count(config: Config, engine: Engine) -> int:
    index = open_index(config, engine)
    try:
        return index.count()
    finally:
        index.close()


@pytest.mark.parametrize("backend", ["tantivy", "whoosh"])
def test_the_index_holds_what_is_visible(
    config: Config, engine: Engine, session: Session, world: World, backend: str
) -> None:
    object.__setattr__(config.search, "backend", backend)
    open_index(config, engine).close()
    actions.sync(config, engine)
    assert update_index(config, engine) > 0
    assert session.scalar(select(func.count()).select_from(IndexChange)) == 0
    assert count(config, engine) == visible(session)

    listing = next(item for item in world.listings() if item.seller_ref)
    world.remove_listing(listing.ref)
    added = world.add_listing(listing.seller_ref or "", title="Đậu phộng Đức Hòa rang tỏi ớt")
    actions.sync(config, engine)
    update_index(config, engine)
    assert count(config, engine) == visible(session)
    hits = find(config, engine, "dau phong duc hoa rang toi ot").hits
    assert added.ref in {hit.ref for hit in hits}
    assert listing.ref not in {hit.ref for hit in find(config, engine, listing.title).hits}
    assert update_index(config, engine) == 0


def test_facets_are_exact(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    found = find(config, engine, "")
    for name in ("source", "kind", "district", "unit", "seen"):
        assert sum(item.count for item in found.facets[name]) == found.total == visible(session), name
    kinds = {item.value: item.count for item in found.facets["kind"]}
    listings = select(Listing.group_code, func.count()).where(Listing.gone_at.is_(None)).group_by(Listing.group_code)
    groups = {code or "chua-ro": number for code, number in session.execute(listings)}
    assert sum(groups.values()) == kinds["listing"]


@pytest.mark.parametrize("damage", ["missing", "corrupt"])
def test_an_unusable_index_is_built_anew(config: Config, engine: Engine, session: Session, damage: str) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    if damage == "missing":
        shutil.rmtree(config.index_folder)
    else:
        for file in config.index_folder.rglob("*"):
            if file.is_file():
                file.unlink()  # a new file: who has the index open maps the old one
                file.write_bytes(b"\0")
    assert count(config, engine) == visible(session)


def test_a_rebuild_is_the_same_as_following(config: Config, engine: Engine) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    followed = find(config, engine, "gao")
    rebuild_index(config, engine)
    assert find(config, engine, "gao") == followed


def test_a_killed_writer_is_made_up_for(
    config: Config, engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index took the changes, the outbox was not yet emptied: the same changes come again."""
    actions.sync(config, engine)
    changes = [(row.kind, row.record_id) for row in session.scalars(select(IndexChange))]
    update_index(config, engine)
    session.rollback()
    session.add_all([IndexChange(kind=kind, record_id=record_id) for kind, record_id in changes])
    session.commit()
    before = count(config, engine)
    assert update_index(config, engine) > 0
    assert count(config, engine) == before

    def broken(*_: object) -> None:
        raise RuntimeError("killed")

    session.add(IndexChange(kind="listing", record_id=1))
    session.commit()
    with monkeypatch.context() as patch:
        patch.setattr(Index, "apply", broken)
        with pytest.raises(RuntimeError, match="killed"):
            update_index(config, engine)
    assert session.scalar(select(func.count()).select_from(IndexChange)) == 1


def values(results: Results, facet: str) -> dict[str, int]:
    return {count.value: count.count for count in results.facets[facet]}


def test_facets_count_what_the_catalogue_tells(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    found = find(config, engine, "")
    shown = list(session.scalars(select(Listing).where(Listing.gone_at.is_(None))))
    stock = {True: "con-hang", False: "het-hang", None: "chua-ro"}
    assert values(found, "stock") == Counter(stock[row.in_stock] for row in shown)
    assert values(found, "unit") == Counter(
        place.unit_2025 or "chua-ro"
        for model in (Seller, Listing, Request)
        for row in session.scalars(select(model).where(model.gone_at.is_(None)))
        for place in [_placed(session, row)]
    )
    bands = values(found, "price")
    assert sum(bands.values()) == len(shown)
    assert bands["khong-quy-ra-kg"] == sum(row.price_per_kg_vnd is None and row.price_vnd is not None for row in shown)
    assert bands["20-30"] == sum(20_000 <= (row.price_per_kg_vnd or 0) < 30_000 for row in shown)
    assert values(found, "certificate")["ocop-4"] == sum(row.ocop_stars == 4 for row in shown)
    assert set(values(found, "seen")) == {f"{day_of(now()):%Y-%m-%d}"}


def _placed(session: Session, row: Seller | Listing | Request) -> Seller | Listing | Request:
    """Whose place counts: a listing without one is where its seller is."""
    if isinstance(row, Listing) and not (row.old_district or row.unit_2025) and row.seller_id:
        return session.get_one(Seller, row.seller_id)
    return row


def test_a_listing_is_found_by_its_seller_and_its_commodity(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    sold = Counter(session.scalars(select(Listing.seller_id).where(Listing.gone_at.is_(None))))
    seller, count = next((one, number) for one, number in sold.items() if one is not None)
    index = open_index(config, engine)
    try:
        assert index.search(Query(filters={"seller": (f"seller:{seller}",)})).total == count
        of_rice = index.search(Query(filters={"commodity": ("gao-st25",)}, limit=100))
    finally:
        index.close()
    assert all("st25" in hit.title.casefold().replace(" ", "") for hit in of_rice.hits)


def test_what_is_fresh_and_available_comes_first(config: Config, engine: Engine, session: Session) -> None:
    """The same listing three times, but for what time and stock did to it."""
    actions.sync(config, engine)
    rows = list(session.scalars(select(Listing).where(Listing.gone_at.is_(None), Listing.in_stock).limit(3)))
    for row in rows:
        for name in ("description", "certificates", "price_vnd", "price_max_vnd", "unit", "ocop_stars"):
            setattr(row, name, None)
        row.title = "Nếp cái hoa vàng Đức Hòa"
    fresh, stale, sold_out = (row.id for row in rows)
    rows[2].in_stock = False
    long_ago = update(Sighting).where(Sighting.kind == "listing", Sighting.record_id == stale)
    session.execute(long_ago.values(seen_at=now() - timedelta(days=60)))
    session.commit()
    rebuild_index(config, engine)
    hits = [hit.id for hit in find(config, engine, "nep cai hoa vang duc hoa").hits]
    assert hits[0] == f"listing:{fresh}"
    assert set(hits[1:3]) == {f"listing:{stale}", f"listing:{sold_out}"}


def test_a_sync_that_finds_nothing_new_leaves_the_index_alone(config: Config, engine: Engine, session: Session) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    session.execute(update(Sighting).values(seen_at=now() - timedelta(days=3)))
    session.commit()
    actions.sync(config, engine)
    assert session.scalar(select(func.count()).select_from(IndexChange)) == 0
    assert session.scalar(select(func.min(Sighting.seen_at))) > now() - timedelta(days=1)


def test_a_rebuild_keeps_nobody_from_writing(
    config: Config, engine: Engine, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.sync(config, engine)
    update_index(config, engine)
    build = Index.build

    def slowly(folder: Path, documents: Iterable[Document], backend: str) -> int:
        first, *rest = documents
        with writer(engine).begin() as other:
            other.add(IndexChange(kind="listing", record_id=1))
        return build(folder, [first, *rest], backend)

    monkeypatch.setattr(Index, "build", slowly)
    rebuild_index(config, engine)
    assert session.scalar(select(func.count()).select_from(IndexChange)) == 1, "what came meanwhile is kept"


def test_building_makes_a_fixed_number_of_statements(config: Config, engine: Engine) -> None:
    actions.sync(config, engine)
    made: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            made.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    rebuild_index(config, engine)
    event.remove(engine, "before_cursor_execute", note)
    assert len(made) == 11, made
