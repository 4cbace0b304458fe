"""The search index kept in step with the catalogue, through the outbox table `IndexChange`.

The index is a copy: changes are taken from the outbox in order and put in whole; killed in between, the same changes
are put in again, which changes nothing. It can be built anew at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from connectors.contract import RecordKind
from marketplace import places
from marketplace.board.models import Request
from marketplace.catalogue.categories import group
from marketplace.catalogue.corrections import overlay
from marketplace.catalogue.models import IndexChange, Listing, Seller
from marketplace.catalogue.rules import MODELS, Row
from search_index.documents import Document
from search_index.index import Index

FACETS = ("source", "kind", "category", "district")
# The facet value of records whose group or district is not known: it can be chosen like any other.
UNKNOWN = "chua-ro"
_BATCH = 2_000
# Searched after title and seller; the rest of a long description says nothing a buyer looks for.
_BODY_LIMIT = 2_000


def apply_outbox(
    sessions: sessionmaker[Session], index: Index, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Bring the index in step with the catalogue. Returns the number of records put in or taken out."""
    done = 0
    while True:
        with sessions() as session:
            changes = session.execute(
                select(IndexChange.id, IndexChange.kind, IndexChange.record_id).order_by(IndexChange.id).limit(_BATCH)
            ).all()
            if not changes:
                return done
            wanted: dict[RecordKind, set[int]] = {
                kind: {record_id for _, changed, record_id in changes if changed == kind} for kind in MODELS
            }
            documents = [document for kind, ids in wanted.items() if ids for document in _documents(session, kind, ids)]
        present = {document.id for document in documents}
        absent = {f"{kind}:{id_}" for kind, ids in wanted.items() for id_ in ids} - present
        index.apply(documents, absent)
        with sessions.begin() as session:
            # Exactly those: on some databases a change with a lower number may become visible later.
            session.execute(delete(IndexChange).where(IndexChange.id.in_([change.id for change in changes])))
        done += len(present) + len(absent)
        progress(done)


def rebuild(sessions: sessionmaker[Session], folder: Path, backend: str) -> int:
    """Build the index anew from the catalogue and swap it in. Returns the number of documents."""
    with sessions() as session:
        waiting = session.scalars(select(IndexChange.id)).all()
        count = Index.build(folder, _all(session), backend)
    with sessions.begin() as session:
        for start in range(0, len(waiting), _BATCH):
            session.execute(delete(IndexChange).where(IndexChange.id.in_(waiting[start : start + _BATCH])))
    return count


def _all(session: Session) -> Iterator[Document]:
    for kind, model in MODELS.items():
        after = 0
        while True:
            ids = session.scalars(
                select(model.id).where(model.id > after, model.gone_at.is_(None)).order_by(model.id).limit(_BATCH)
            ).all()
            if not ids:
                break
            after = ids[-1]
            yield from _documents(session, kind, ids)


def _documents(session: Session, kind: RecordKind, ids: Iterable[int]) -> Iterator[Document]:
    model, laid = MODELS[kind], overlay(session)
    found = select(model).where(model.id.in_(ids), model.gone_at.is_(None)).execution_options(yield_per=500)
    if model is Listing:
        told = session.execute(
            select(Seller.id, Seller.name, Seller.old_district, Seller.old_commune, Seller.unit_2025, Seller.province)
            .join(Listing, laid.owner() == Seller.id)
            .where(Listing.id.in_(ids))
        )
        rows = map(dict, told.mappings())
        sellers = {row["id"]: SimpleNamespace(**{**row, **laid.columns("seller", row)}) for row in rows}
        for listing in session.scalars(found):
            listing = cast(Listing, listing)
            laid.lay_over("listing", listing)
            yield _listing(listing, sellers.get(listing.seller_id or 0))
    else:
        for row in session.scalars(found):
            laid.lay_over(kind, cast(Row, row))
            yield _seller(row) if isinstance(row, Seller) else _request(cast(Request, row))
    session.expire_all()


def _listing(row: Listing, seller: object) -> Document:
    where = row if row.old_district or row.unit_2025 or seller is None else seller
    return Document(
        id=f"listing:{row.id}",
        kind="listing",
        source=row.source,
        ref=row.ref,
        title=row.title,
        seller=getattr(seller, "name", None) or row.seller_name or "",
        category=" ".join((*(row.category_path or ()), _group_name(row.group_code))),
        body=" ".join((*(row.certificates or ()), (row.description or "")[:_BODY_LIMIT])),
        places=_place_names(where),
        facets=_facets(row.source, "listing", row.group_code, getattr(where, "old_district", None)),
    )


def _seller(row: Seller) -> Document:
    return Document(
        id=f"seller:{row.id}",
        kind="seller",
        source=row.source,
        ref=row.ref,
        title=row.name,
        category=row.kind or "",
        body=" ".join((*(row.certificates or ()), (row.description or "")[:_BODY_LIMIT])),
        places=_place_names(row),
        facets=_facets(row.source, "seller", None, row.old_district),
    )


def _request(row: Request) -> Document:
    return Document(
        id=f"request:{row.id}",
        kind="request",
        source=row.source,
        ref=row.ref,
        title=row.title,
        seller=row.contact or "",
        category=" ".join((row.product or "", _group_name(row.group_code))),
        body=(row.body or "")[:_BODY_LIMIT],
        places=_place_names(row),
        facets=_facets(row.source, "request", row.group_code, row.old_district),
    )


def _facets(source: str, kind: str, group_code: str | None, district: str | None) -> dict[str, tuple[str, ...]]:
    facets: dict[str, tuple[str, ...]] = {"source": (source,), "kind": (kind,), "district": (district or UNKNOWN,)}
    if kind != "seller":
        facets["category"] = (group_code or UNKNOWN,)
    return facets


def _group_name(code: str | None) -> str:
    return group(code).name if code else ""


def _place_names(row: object) -> tuple[str, ...]:
    """The names of the place, old and new, as far as it was read: "Phường 1", "An Lục Long", "Châu Thành"…"""
    district, commune, unit = (getattr(row, name, None) for name in ("old_district", "old_commune", "unit_2025"))
    names = (
        places.commune_name(commune) if commune else "",
        places.unit_name(unit) if unit else "",
        places.district_name(district) if district else "",
        getattr(row, "province", None) or "",
    )
    return tuple(dict.fromkeys(name for name in names if name))
