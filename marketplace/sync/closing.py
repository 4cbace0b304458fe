"""The end of a run: what was not seen, the verdict, and what follows from it for the catalogue."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from connectors.contract import RecordKind, Source
from marketplace.board.models import Request
from marketplace.catalogue.models import IndexChange, Listing, Seller, Sighting
from marketplace.catalogue.origins import told_by_file, told_by_files_alone
from marketplace.catalogue.rules import MODELS
from marketplace.catalogue.scope import limited
from marketplace.sync.decisions import remove, supersede
from marketplace.sync.guard import Facts, judge
from marketplace.sync.leaving import follow_sellers, keep_here, scope_counts
from marketplace.sync.leaving import left as told_elsewhere
from marketplace.sync.models import FrontierPage, RecordChange, Run, RunProblem, StoredPage
from marketplace.sync.undoing import take_back

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
            keep_here(session, run_id)
        follow_sellers(session, source, run_id, at)
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
            **(scope_counts(session, source, run_id, kind) if limited(source) else {}),
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
    left = told_elsewhere(session, run.id)
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
