"""The index follows the catalogue through the outbox."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from connectors.sandbox import World
from marketplace.catalogue.indexing import FACETS
from marketplace.catalogue.models import IndexChange, Listing
from marketplace.catalogue.rules import MODELS
from marketplace.config import Config
from marketplace.instance import open_index, rebuild_index, update_index
from marketplace.sync import actions
from search_index.documents import Query, Results
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
    for name in ("source", "kind", "district"):
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
