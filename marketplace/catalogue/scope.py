"""What belongs to the catalogue: former Long An. A floor of the whole nation shows all the other provinces, too.

The seller's place decides, else the listing's own; what nobody tells is kept, and marked as unknown where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from connectors.contract import RecordKind, Source
from marketplace.catalogue.rules import MODELS
from marketplace.places.gazetteer import LONG_AN

# What stays of a record of another province: enough to know it when it is met again, nothing about a person.
_KEPT: Mapping[RecordKind, frozenset[str]] = {
    "seller": frozenset(),
    "listing": frozenset({"seller_ref", "seller_id"}),
    "request": frozenset(),
}
_OF_ALL = frozenset(
    {
        *("id", "source", "ref", "url", "hashes", "first_seen_at", "changed_at", "detailed_at", "gone_at", "outside"),
        *("name", "title", "province", "place_method", "place_confidence"),
    }
)
# Column → None, for all that does not stay.
BLANK: Mapping[RecordKind, Mapping[str, None]] = {
    kind: dict.fromkeys(set(model.__table__.columns.keys()) - _OF_ALL - _KEPT[kind]) for kind, model in MODELS.items()
}


class Owner(NamedTuple):
    """What the scope of a listing depends on: its seller."""

    id: int
    outside: bool
    province: str | None


def limited(source: Source) -> bool:
    """Does this source show other provinces?"""
    return source.scope == "nation"


def is_outside(row: Mapping[str, Any], owner: Owner | None = None) -> bool:
    """Is a record of a nation's floor of another province? `owner`: the seller of a listing, where it is known."""
    if owner is not None and (owner.outside or owner.province == LONG_AN):
        return owner.outside
    return bool(row.get("place_method") == "elsewhere")
