"""The SQL that writes the records of a page, built once: building it anew for every page costs more than running it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, insert, literal, select, update

from connectors.contract import RecordKind
from marketplace.catalogue.models import IndexChange, Listing, PricePoint, Seller, Sighting
from marketplace.catalogue.rules import MODELS
from marketplace.sync.models import RecordChange

SIGHTING, INDEX_CHANGE, PRICE_POINT, CHANGE = (
    cast(Table, model.__table__) for model in (Sighting, IndexChange, PricePoint, RecordChange)
)
TABLES: dict[RecordKind, Table] = {kind: cast(Table, model.__table__) for kind, model in MODELS.items()}

# What decides whether a record has changed; a single one is read whole at once, since on its own page it mostly has.
STATE = ("id", "ref", "hashes", "gone_at", "outside", "detailed_at")


def _known(kind: RecordKind, names: Iterable[str]) -> Select[Any]:
    table = TABLES[kind]
    return (
        select(
            *(table.c[name] for name in names),
            SIGHTING.c.run_id.label("seen_in"),
            SIGHTING.c.seen_at,
            SIGHTING.c.outcome,
        )
        .join(SIGHTING, (SIGHTING.c.record_id == table.c.id) & (SIGHTING.c.kind == kind), isouter=True)
        .where(table.c.source == bindparam("of_source"), table.c.ref.in_(bindparam("refs", expanding=True)))
    )


KNOWN = {kind: _known(kind, STATE) for kind in TABLES}
KNOWN_WHOLE = {kind: _known(kind, table.c.keys()) for kind, table in TABLES.items()}
CURRENT = {
    kind: select(table).where(table.c.id.in_(bindparam("ids", expanding=True))) for kind, table in TABLES.items()
}
INSERT = {kind: insert(table).returning(table.c.id, table.c.ref) for kind, table in TABLES.items()}
# What is set are the columns given with each execution.
UPDATE = {kind: update(table).where(table.c.id == bindparam("row_id")) for kind, table in TABLES.items()}
DETAILED = {
    kind: update(table)
    .where(table.c.id.in_(bindparam("ids", expanding=True)))
    .values(detailed_at=bindparam("read_at", type_=table.c.detailed_at.type))
    for kind, table in TABLES.items()
}
SELLERS = select(Seller.ref, Seller.id, Seller.outside, Seller.province).where(
    Seller.source == bindparam("of_source"), Seller.ref.in_(bindparam("refs", expanding=True))
)
FORGET_PRICES = delete(PRICE_POINT).where(
    PRICE_POINT.c.listing_id.in_(bindparam("ids", expanding=True)), PRICE_POINT.c.run_id == bindparam("this_run")
)
SEE_AGAIN = update(SIGHTING).where(
    SIGHTING.c.kind == bindparam("of_kind"), SIGHTING.c.record_id == bindparam("of_record")
)
# A listing's document holds its seller's name and place.
MOVED_WITH_SELLER = insert(INDEX_CHANGE).from_select(
    ["kind", "record_id"],
    select(literal("listing"), Listing.id).where(
        Listing.seller_id.in_(bindparam("ids", expanding=True)), Listing.gone_at.is_(None)
    ),
)
NEW_PRICES, FIRST_SIGHTS, MOVED, NOTE = (insert(table) for table in (PRICE_POINT, SIGHTING, INDEX_CHANGE, CHANGE))
NOTED = select(CHANGE.c.id, CHANGE.c.record_id, CHANGE.c.before).where(
    CHANGE.c.run_id == bindparam("this_run"),
    CHANGE.c.kind == bindparam("of_kind"),
    CHANGE.c.record_id.in_(bindparam("ids", expanding=True)),
)
NOTE_MORE = update(CHANGE).where(CHANGE.c.id == bindparam("row_id"))
