"""The end of a run: what was not seen, the verdict, and what follows from it for the catalogue."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from connectors.contract import RecordKind, Source
from marketplace.board.models import Request
from marketplace.catalogue.models import IndexChange, Listing, PricePoint, Seller, Sighting
from marketplace.catalogue.origins import told_by_file, told_by_files_alone
from marketplace.catalogue.rules import MODELS
from marketplace.catalogue.scope import BLANK, limited
from marketplace.places.gazetteer import LONG_AN
from marketplace.sync.decisions import remove, supersede
from marketplace.sync.guard import Facts, judge
from marketplace.sync.models import FrontierPage, RecordChange, Run, RunProblem, StoredPage
from marketplace.sync.statements import UPDATE
from marketplace.sync.writing import plain, restored

KINDS: tuple[RecordKind, ...] = ("seller", "listing", "request")


def close_run(session: Session, source: Source, run_id: int, stopped_by: str, at: datetime) -> Run:
    """Judge the run and carry the verdict out, in the caller's transaction. Returns the finished run.

    `stopped_by` is the problem code that ended the walk early, or "".
    """
    run = session.get_one(Run, run_id)
    _link_listings(session, source, run_id)
    if run.kind != "replay":  # which sees nobody
        _see_sellers_of_listings(session, source, run_id)
    outcomes = _outcomes(session, run_id)
    facts = _facts(session, source, run, outcomes, stopped_by)
    verdict = judge(source, facts)
    at = max(at, run.started_at)  # the clock may have been set back
    run.finished_at, run.verdict, run.reason = at, verdict.name, verdict.reason
    run.detail = verdict.detail or run.detail
    _confirm_pages(session, source, run_id)
    if verdict.name == "failed":
        take_back(session, run_id)
    elif limited(source):
        if verdict.reason == "many_moved":
            _keep_here(session, run_id)
        _follow_sellers(session, source, run_id, at)
        outcomes = _outcomes(session, run_id)
    if run.kind == "full" and verdict.name in ("ok", "held"):
        supersede(session, run, at)
    missing = gone = dict.fromkeys(KINDS, 0)
    if verdict.name == "held":
        missing = {kind: _note_missing(session, source, run_id, kind, "missing", at) for kind in KINDS}
    if verdict.name == "ok":
        for kind in KINDS:
            _note_missing(session, source, run_id, kind, "gone", at)
        gone = remove(session, run_id, at)
    run.counts = {
        kind: {
            "seen": sum(outcomes.get((kind, name), 0) for name in ("new", "revived", "changed", "unchanged")),
            **{name: outcomes.get((kind, name), 0) for name in ("new", "changed", "unchanged", "revived", "outside")},
            "gone": gone[kind],
            "missing": missing[kind],
            **(_scope_counts(session, source, run_id, kind) if limited(source) else {}),
        }
        for kind in KINDS
    }
    run.put_off = _put_off(session, source, run_id)
    return run


def _put_off(session: Session, source: Source, run_id: int) -> int:
    """Leave the own pages that were not read to a later run, but those of records that went; tells how many."""
    mine = FrontierPage.run_id == run_id
    session.execute(delete(FrontierPage).where(mine, or_(FrontierPage.state != "todo", FrontierPage.record.is_(None))))
    for kind in KINDS:
        model = MODELS[kind]
        gone = select(model.ref).where(model.source == source.slug, model.gone_at.is_not(None))
        session.execute(delete(FrontierPage).where(mine, FrontierPage.record == kind, FrontierPage.ref.in_(gone)))
    return session.scalar(select(func.count()).where(mine)) or 0


def _confirm_pages(session: Session, source: Source, run_id: int) -> None:
    """Note of the raw pages this run found unchanged that they still stand."""
    mine = (FrontierPage.run_id == run_id, FrontierPage.state == "read")
    newer = select(RunProblem.url).where(RunProblem.run_id == run_id, RunProblem.code == "page_not_kept")
    session.execute(
        update(StoredPage)
        .where(StoredPage.source == source.slug, StoredPage.url.in_(select(FrontierPage.url).where(*mine)))
        .where(StoredPage.url.not_in(newer))
        .values(last_run_id=run_id)
        .execution_options(synchronize_session=False)
    )


def _restore(session: Session, *noted: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Put the records of these journal lines back as they stood, drop the lines; returns their kinds and numbers."""
    changes = session.execute(
        select(RecordChange.kind, RecordChange.record_id, RecordChange.before)
        .where(*noted)
        .order_by(RecordChange.id.desc())
    )
    stood: dict[tuple[RecordKind, int], dict[str, Any]] = defaultdict(dict)
    for of_kind, id_, before in changes:
        stood[cast(RecordKind, of_kind), id_].update(before)  # the newest change first: the oldest has the last word
    alike: dict[tuple[RecordKind, frozenset[str]], list[dict[str, Any]]] = defaultdict(list)  # one statement each
    for (kind, id_), values in stood.items():
        if values:
            alike[kind, frozenset(values)].append({"row_id": id_, **restored(kind, values)})
    for (kind, _), rows in alike.items():
        session.execute(UPDATE[kind], rows)
    session.execute(delete(RecordChange).where(*noted))
    return [{"kind": kind, "record_id": id_} for kind, id_ in stood]


def take_back(session: Session, run_id: int) -> None:
    """Undo what a run wrote: it turned out not to be believed."""
    touched = _restore(session, RecordChange.run_id == run_id)
    session.execute(delete(PricePoint).where(PricePoint.run_id == run_id))
    in_order: tuple[RecordKind, ...] = ("listing", "request", "seller")  # listings refer to sellers
    for kind in in_order:
        new = select(Sighting.record_id).where(
            Sighting.run_id == run_id, Sighting.kind == kind, Sighting.outcome == "new"
        )
        touched += [{"kind": kind, "record_id": id_} for id_ in session.scalars(new)]
        model = MODELS[kind]
        if kind == "seller":
            session.execute(
                update(Listing)
                .where(Listing.seller_id.in_(new))
                .values(seller_id=None)
                .execution_options(synchronize_session=False)
            )
        session.execute(delete(model).where(model.id.in_(new)).execution_options(synchronize_session=False))
    session.execute(delete(Sighting).where(Sighting.run_id == run_id, Sighting.outcome == "new"))
    session.execute(
        update(Sighting)
        .where(Sighting.run_id == run_id, Sighting.prior_run_id.is_not(None))
        .values(run_id=Sighting.prior_run_id, seen_at=Sighting.prior_seen_at, outcome="unchanged", prior_run_id=None)
        .execution_options(synchronize_session=False)
    )
    if touched:
        session.execute(insert(IndexChange), touched)


def _link_listings(session: Session, source: Source, run_id: int) -> None:
    """Listings read before their seller find it now; those that still have none are told."""
    without = and_(Listing.source == source.slug, Listing.seller_id.is_(None), Listing.seller_ref.is_not(None))
    seller = select(Seller.id).where(Seller.source == Listing.source, Seller.ref == Listing.seller_ref)
    found = and_(without, seller.exists())
    session.execute(
        insert(IndexChange).from_select(["kind", "record_id"], select(literal("listing"), Listing.id).where(found))
    )
    session.execute(
        update(Listing)
        .where(found)
        .values(seller_id=seller.scalar_subquery())
        .execution_options(synchronize_session=False)
    )
    session.execute(
        insert(RunProblem).from_select(
            ["run_id", "code", "ref", "url", "detail"],
            select(
                literal(run_id),
                literal("seller_missing"),
                Listing.ref,
                func.coalesce(Listing.url, ""),
                Listing.seller_ref,
            )
            .join(Sighting, and_(Sighting.kind == "listing", Sighting.record_id == Listing.id))
            .where(without, Sighting.run_id == run_id),
        )
    )


def _see_sellers_of_listings(session: Session, source: Source, run_id: int) -> None:
    """A visible listing proves its seller, even where no list of sellers exists."""
    proven = (
        select(func.max(Sighting.seen_at).label("seen_at"), Listing.seller_id)
        .join(Listing, and_(Sighting.kind == "listing", Sighting.record_id == Listing.id))
        .where(Sighting.run_id == run_id, Listing.source == source.slug, Listing.seller_id.is_not(None))
        .group_by(Listing.seller_id)
        .subquery()
    )
    elsewhere = select(Seller.id).where(Seller.source == source.slug, Seller.outside)
    session.execute(
        update(Sighting)
        .where(Sighting.kind == "seller", Sighting.run_id != run_id)
        .where(Sighting.record_id == proven.c.seller_id)
        .values(
            run_id=run_id,
            outcome=case((Sighting.record_id.in_(elsewhere), "outside"), else_="unchanged"),
            seen_at=proven.c.seen_at,
            prior_run_id=Sighting.run_id,
            prior_seen_at=Sighting.seen_at,
        )
        .execution_options(synchronize_session=False)
    )


def _follow_sellers(session: Session, source: Source, run_id: int, at: datetime) -> None:
    """A listing is where its seller is: what was read before its seller was placed leaves or comes back now."""
    of_source = select(Seller.id).where(Seller.source == source.slug)
    leaving = and_(Listing.seller_id.in_(of_source.where(Seller.outside)), ~Listing.outside, Listing.gone_at.is_(None))
    here = of_source.where(~Seller.outside, Seller.province == LONG_AN)
    coming = and_(Listing.seller_id.in_(here), Listing.outside)
    met_now = select(Sighting.record_id).where(
        Sighting.kind == "listing", Sighting.run_id == run_id, Sighting.outcome == "new"
    )
    lost = ("outside", "gone_at", *BLANK["listing"])
    columns = [Listing.__table__.c[name] for name in ("id", *lost)]
    journal = [
        {
            "run_id": run_id,
            "kind": "listing",
            "record_id": row["id"],
            "outcome": "outside",
            "at": at,
            "before": plain({name: row[name] for name in lost}),
        }
        for row in session.execute(select(*columns).where(leaving, Listing.id.not_in(met_now))).mappings()
    ]
    if journal:
        session.execute(insert(RecordChange), journal)
    # A listing that comes back was emptied: without hashes its next reading fills it.
    changes: tuple[tuple[ColumnElement[bool], dict[str, Any], str], ...] = (
        (leaving, {**BLANK["listing"], "outside": True, "gone_at": at}, "outside"),
        (coming, {"hashes": {}, "outside": False, "gone_at": None}, "revived"),
    )
    for which, values, outcome in changes:
        ids = session.scalars(select(Listing.id).where(which)).all()
        if not ids:
            continue
        session.execute(insert(IndexChange), [{"kind": "listing", "record_id": id_} for id_ in ids])
        session.execute(update(Listing).where(which).values(values).execution_options(synchronize_session=False))
        session.execute(
            update(Sighting),
            [{"kind": "listing", "record_id": id_, "outcome": outcome} for id_ in ids],
        )


def _scope_counts(session: Session, source: Source, run_id: int, kind: RecordKind) -> dict[str, int]:
    """`unplaced`: visible, and nobody tells where; `left`: known, and of another province from this run on."""
    return {"unplaced": _unplaced(session, source, kind), "left": _left(session, run_id).get(kind, 0)}


def _left(session: Session, run_id: int) -> dict[str, int]:
    """How many known records of each kind this run found to be of another province."""
    rows = session.execute(
        select(RecordChange.kind, func.count())
        .where(RecordChange.run_id == run_id, RecordChange.outcome == "outside")
        .group_by(RecordChange.kind)
    )
    return dict(rows.all())


def _keep_here(session: Session, run_id: int) -> None:
    """So many do not move at once: what the run read of where they are is not believed."""
    keys = _restore(session, RecordChange.run_id == run_id, RecordChange.outcome == "outside")
    if keys:
        session.execute(update(Sighting), [{**key, "outcome": "unchanged"} for key in keys])
        session.execute(insert(IndexChange), keys)


def _unplaced(session: Session, source: Source, kind: RecordKind) -> int:
    """How many visible records nobody has told the province of: kept, since they may be ours."""
    model = MODELS[kind]
    count = select(func.count()).select_from(model).where(model.source == source.slug, model.gone_at.is_(None))
    if kind == "listing":
        count = count.outerjoin(Seller, Seller.id == Listing.seller_id).where(Seller.province.is_(None))
    return session.scalar(count.where(model.province.is_(None))) or 0


def _outcomes(session: Session, run_id: int) -> dict[tuple[str, str], int]:
    rows = session.execute(
        select(Sighting.kind, Sighting.outcome, func.count())
        .where(Sighting.run_id == run_id)
        .group_by(Sighting.kind, Sighting.outcome)
    )
    return {(kind, outcome): count for kind, outcome, count in rows}


def _missing(source: Source, run_id: int, kind: RecordKind, *more: ColumnElement[bool]) -> Any:
    """Select the ids of visible records the run did not see, though pages it reads have shown them."""
    model = MODELS[kind]
    never_shown = told_by_files_alone(model)
    if kind == "seller" and not source.lists_sellers:
        # Its pages show a seller only while it has something to sell; the operator's list of accounts knows better.
        never_shown = or_(never_shown, told_by_file(model, "accounts"))
    return (
        select(model.id)
        .join(Sighting, and_(Sighting.kind == kind, Sighting.record_id == model.id), isouter=True)
        .where(model.source == source.slug, model.gone_at.is_(None), ~never_shown)
        # Seen by a later run (a file taken in while this one was broken off) is seen.
        .where(or_(Sighting.run_id.is_(None), Sighting.run_id < run_id), *more)
    )


def _facts(
    session: Session,
    source: Source,
    run: Run,
    outcomes: dict[tuple[str, str], int],
    stopped_by: str,
) -> Facts:
    states = {
        (state, rank): count
        for state, rank, count in session.execute(
            select(FrontierPage.state, FrontierPage.rank, func.count())
            .where(FrontierPage.run_id == run.id)
            .group_by(FrontierPage.state, FrontierPage.rank)
        )
    }
    first = session.scalar(
        select(FrontierPage.failure)
        .where(FrontierPage.run_id == run.id, FrontierPage.state == "failed")
        .order_by(FrontierPage.id)
        .limit(1)
    )
    left = _left(session, run.id)
    looped, empty = (
        session.scalar(select(exists().where(RunProblem.run_id == run.id, RunProblem.code == code)))
        for code in ("paging_loop", "empty_list")
    )
    seen: dict[RecordKind, int] = {}
    known: dict[RecordKind, int] = {}
    missing: dict[RecordKind, int] = {}
    for kind in KINDS:
        # Posts that ran out are expected to vanish; they say nothing about the site.
        alive = (
            (or_(Request.expires_on.is_(None), Request.expires_on >= run.started_at.date()),)
            if kind == "request"
            else ()
        )
        counted = _missing(source, run.id, kind, *alive).subquery()
        missing[kind] = session.scalar(select(func.count()).select_from(counted)) or 0
        before = outcomes.get((kind, "unchanged"), 0) + outcomes.get((kind, "changed"), 0)
        known[kind] = before + missing[kind] + left.get(kind, 0)
        # Of other provinces, too: here it only tells whether the pages could be read.
        seen[kind] = before + sum(outcomes.get((kind, name), 0) for name in ("new", "revived", "outside"))
    return Facts(
        kind=run.kind,
        lists_read=states.get(("read", 0), 0),
        lists_failed=states.get(("failed", 0), 0),
        pages_failed=sum(count for (state, _), count in states.items() if state == "failed"),
        first_failure=first or "",
        stopped_by=stopped_by,
        looped=bool(looped),
        empty=bool(empty),
        seen=seen,
        known=known,
        missing=missing,
        left={kind: left.get(kind, 0) for kind in KINDS},
        put_off=sum(count for (state, rank), count in states.items() if state == "todo" and rank > 0),
    )


def _note_missing(session: Session, source: Source, run_id: int, kind: RecordKind, outcome: str, at: datetime) -> int:
    """Note what the run did not see; tells how many."""
    ids = _missing(source, run_id, kind).subquery()
    session.execute(
        insert(RecordChange).from_select(
            ["run_id", "kind", "record_id", "outcome", "at", "before"],
            select(
                literal(run_id),
                literal(kind),
                ids.c.id,
                literal(outcome),
                literal(at, RecordChange.at.type),
                literal({}, RecordChange.before.type),
            ),
        )
    )
    noted = select(func.count()).where(
        RecordChange.run_id == run_id, RecordChange.kind == kind, RecordChange.outcome == outcome
    )
    return session.scalar(noted) or 0
