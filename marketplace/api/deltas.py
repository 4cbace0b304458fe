"""What is new about records since a moment, beyond what their marketplace changed: a person put them right or took that
back, they went, they came back.

`changed_at` stays the marketplace's own last change. A list asked for with `changed_since` is walked along the last
moment anything here happened, so that a copy kept by it says what the pages say.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select, union_all

from connectors.contract import RecordKind
from marketplace.catalogue.corrections import Overlay
from marketplace.catalogue.models import Correction, Listing, Seller
from marketplace.catalogue.rules import MODELS
from marketplace.sync.models import RecordChange, Run

_PUT_RIGHT: ColumnElement[datetime] = case((Correction.ended_at.is_not(None), Correction.ended_at), else_=Correction.at)


def happened(kind: RecordKind, laid: Overlay, since: datetime) -> Subquery:
    """Records by `id`, and the moment `at` of the last correction, its end or the return to the marketplace since.

    A listing is shown with its seller's name and place, so what is put right of a seller is news of its listings.
    """
    model: Any = MODELS[kind]
    put_right = or_(Correction.at >= since, Correction.ended_at >= since)
    corrected = select(model.id.label("id"), _PUT_RIGHT.label("at")).join(
        Correction,
        and_(Correction.kind == kind, Correction.source == model.source, Correction.ref == model.ref),
    )
    back = (
        select(RecordChange.record_id.label("id"), RecordChange.at.label("at"))
        .join(Run, Run.id == RecordChange.run_id)  # few, and they lead to the changes along an index
        .where(or_(Run.finished_at.is_(None), Run.finished_at >= since))
        .where(RecordChange.kind == kind, RecordChange.outcome == "revived", RecordChange.at >= since)
    )
    parts = [corrected.where(put_right), back]
    if kind == "listing":
        of_seller = (
            select(Listing.id.label("id"), _PUT_RIGHT.label("at"))
            .join(Seller, laid.owner() == Seller.id)
            .join(
                Correction,
                and_(Correction.kind == "seller", Correction.source == Seller.source, Correction.ref == Seller.ref),
            )
        )
        parts.append(of_seller.where(put_right))
    each = union_all(*parts).subquery()
    return select(each.c.id, func.max(each.c.at).label("at")).group_by(each.c.id).subquery()


def moment(model: Any, news: Subquery) -> ColumnElement[datetime]:
    """When anything about a record happened last. `news` stands in the statement as an outer join."""
    here: ColumnElement[datetime] = case((model.gone_at > model.changed_at, model.gone_at), else_=model.changed_at)
    return case((news.c.at > here, news.c.at), else_=here)


def is_new(model: Any, news: Subquery, since: datetime) -> ColumnElement[bool]:
    """Did anything happen to it since? Each part is found along an index."""
    return and_(
        ~model.outside,
        or_(
            and_(model.gone_at.is_(None), model.changed_at >= since),
            model.gone_at >= since,
            model.id.in_(select(news.c.id)),
        ),
    )
