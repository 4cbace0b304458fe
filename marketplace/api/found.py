"""The records the hits of a search stand for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from marketplace.api import reads
from marketplace.catalogue.corrections import overlay
from marketplace.catalogue.rules import Row
from search_index.documents import Hit


class Record(NamedTuple):
    """A hit's record, put right; `listings` is told of a seller."""

    hit: Hit
    row: Row
    seen_at: datetime | None
    listings: int = 0


def records(session: Session, hits: Iterable[Hit]) -> list[Record]:
    """In the order of the hits; one that went since the index took it is left out.

    At most five statements, one more where a listing was given another seller.
    """
    laid = overlay(session)
    numbered = [(hit, int(hit.id.partition(":")[2])) for hit in hits]
    ids = {kind: [id_ for hit, id_ in numbered if hit.kind == kind] for kind in ("listing", "seller", "request")}
    found: dict[str, dict[int, Any]] = {
        "listing": reads.listings_by_id(session, laid, ids["listing"]) if ids["listing"] else {},
        "seller": reads.sellers_by_id(session, laid, ids["seller"]) if ids["seller"] else {},
        "request": reads.requests_by_id(session, laid, ids["request"]) if ids["request"] else {},
    }
    counts = reads.listing_counts(session, laid, ids["seller"]) if ids["seller"] else {}
    told = []
    for hit, id_ in numbered:
        if id_ in found[hit.kind]:
            row, seen_at = found[hit.kind][id_]
            told.append(Record(hit, row, seen_at, counts.get(id_, 0) if hit.kind == "seller" else 0))
    return told
