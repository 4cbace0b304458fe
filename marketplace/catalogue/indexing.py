"""The search index, and the offers whose prices are compared, kept in step with the catalogue through the outbox table
`IndexChange`.

The index is a copy: changes are taken from the outbox in order and put in whole; killed in between, the same changes
are put in again, which changes nothing. It can be built anew at any time.

What moves without a change of the record stands in no outbox: when it was last seen, how fresh that is, whether a
request has expired, and whether its seller still has listings. The worker builds the index anew every night for them
(`marketplace reindex` does by hand), so the filter "seen within" and the order of the hits may be a day old. The
records themselves never are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, true
from sqlalchemy.orm import Session, aliased, sessionmaker

from connectors.contract import RecordKind
from marketplace.catalogue import documents, offers
from marketplace.catalogue.corrections import Overlay, overlay
from marketplace.catalogue.facets import FACETS, UNKNOWN
from marketplace.catalogue.models import IndexChange, Listing, Seller, Sighting
from marketplace.catalogue.rules import MODELS
from marketplace.db import now
from marketplace.web.formats import today
from search_index.documents import Document
from search_index.index import Index

__all__ = ["FACETS", "UNKNOWN", "apply_outbox", "rebuild"]

_BATCH = 2_000
_LONG = frozenset({"description", "body"})  # the database need not hand over what is cut anyway
_OWNER = aliased(Seller)
_OWNER_COLUMNS = ("name", *documents.PLACE)


def apply_outbox(
    sessions: sessionmaker[Session], index: Index, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Bring the index in step with the catalogue. Returns the number of records put in or taken out."""
    done = 0
    while True:
        with _reading(sessions) as session:
            changes = session.execute(
                select(IndexChange.id, IndexChange.kind, IndexChange.record_id).order_by(IndexChange.id).limit(_BATCH)
            ).all()
            if not changes:
                return done
            wanted: dict[RecordKind, set[int]] = {
                kind: {record_id for _, changed, record_id in changes if changed == kind} for kind in MODELS
            }
            found = [document for kind, ids in wanted.items() if ids for document in _documents(session, kind, ids)]
        present = {document.id for document in found}
        absent = {f"{kind}:{id_}" for kind, ids in wanted.items() for id_ in ids} - present
        index.apply(found, absent)
        with sessions.begin() as session:
            offers.renew(session, wanted["listing"])
            # Exactly those: on some databases a change with a lower number may become visible later.
            session.execute(delete(IndexChange).where(IndexChange.id.in_([change.id for change in changes])))
        done += len(present) + len(absent)
        progress(done)


def rebuild(sessions: sessionmaker[Session], folder: Path, backend: str) -> int:
    """Build the index anew from the catalogue and swap it in. Returns the number of documents.

    Searches have the old index until the new one is whole, and writers of the catalogue hardly wait.
    """
    with _reading(sessions) as session:
        waiting = session.scalars(select(IndexChange.id)).all()
        count = Index.build(folder, _all(session), backend)
        newest = session.scalar(select(func.max(Listing.id))) or 0
    for first in range(1, newest + 1, _BATCH):  # in parts: writers of the catalogue wait for one of them
        with sessions.begin() as session:
            offers.renew(session, range(first, first + _BATCH))
    with sessions.begin() as session:
        for start in range(0, len(waiting), _BATCH):
            session.execute(delete(IndexChange).where(IndexChange.id.in_(waiting[start : start + _BATCH])))
    return count


@contextmanager
def _reading(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A session that only reads: it takes no write lock, however long it lasts."""
    with sessions() as session:
        session.connection(execution_options={"sqlite_begin": "BEGIN"})
        yield session


def _all(session: Session) -> Iterator[Document]:
    for kind in MODELS:
        yield from _documents(session, kind, None)


def _documents(session: Session, kind: RecordKind, ids: set[int] | None) -> Iterator[Document]:
    """The documents of visible records: of those with the given ids, of all without. Two statements, and one more for
    sellers; read as columns in batches, as objects would take three times as long.
    """
    laid, made, on = overlay(session), documents.OF[kind], today(now())
    model = MODELS[kind]
    wanted = true() if ids is None else model.id.in_(ids)
    counts = _listings_of(session, laid, ids) if kind == "seller" else {}
    columns: list[Any] = [
        func.substr(column, 1, documents.BODY_LIMIT).label(name) if name in _LONG else column
        for name in documents.COLUMNS[kind]
        for column in (getattr(model, name),)
    ]
    query = (
        select(*columns, Sighting.seen_at)
        .select_from(model)
        .outerjoin(Sighting, and_(Sighting.kind == kind, Sighting.record_id == model.id))
        .where(model.gone_at.is_(None), wanted)
        .order_by(model.id)
        .execution_options(yield_per=_BATCH)
    )
    if kind == "listing":
        query = query.outerjoin(_OWNER, _OWNER.id == Listing.seller_id).add_columns(
            *(getattr(_OWNER, name).label(f"owner_{name}") for name in _OWNER_COLUMNS)
        )
    for row in map(dict, session.execute(query).mappings()):
        row.update(laid.columns(kind, row))
        if kind == "listing":
            row.update(_owner(laid, row))
        elif kind == "seller":
            row["listings"] = counts.get(row["id"], 0)
        yield made(row, on)


def _owner(laid: Overlay, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a listing's seller that read otherwise than its row says."""
    right = laid.owners.get(row["id"])
    told = {f"owner_{name}": getattr(right, name) for name in _OWNER_COLUMNS} if right else {}
    if row["seller_id"] is not None:
        about = {"id": row["seller_id"], **{name: (told or row)[f"owner_{name}"] for name in _OWNER_COLUMNS}}
        told.update({f"owner_{name}": value for name, value in laid.columns("seller", about).items()})
    return told


def _listings_of(session: Session, laid: Overlay, ids: set[int] | None) -> dict[int, int]:
    """How many visible listings these sellers have; all, without ids. One statement."""
    owner = laid.owner()
    wanted: ColumnElement[bool] = true() if ids is None else laid.sold_by(ids)
    rows = session.execute(select(owner, func.count()).where(wanted, Listing.gone_at.is_(None)).group_by(owner))
    return {seller: count for seller, count in rows if seller is not None}
