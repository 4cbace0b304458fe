"""The figures per source: what was published beside what we counted, with their age and their gaps.

Observed and reported figures are never added. What is not known is None, never zero.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.contract import Source
from marketplace.catalogue.corrections import Overlay, overlay
from marketplace.catalogue.models import Listing, Sighting
from marketplace.config import Config
from marketplace.onboarding.definitions import REPORTED, UPDATED_DAYS, VISIBLE_WITHIN
from marketplace.onboarding.models import ReportedFigure
from marketplace.sync.models import Run
from marketplace.sync.queries import record_counts, states


@dataclass(frozen=True, kw_only=True)
class Reported:
    """A published number. `together_with`: other sources counted in the same number."""

    subject: str
    indicator: str
    label: str
    value: int
    qualifier: str  # exact, at_least
    as_of: str
    scope: str
    together_with: tuple[str, ...]
    document: str

    @property
    def subjects(self) -> set[str]:
        """Every source the number counts."""
        return {self.subject, *self.together_with}


@dataclass(frozen=True, kw_only=True)
class SourceReport:
    """One source: None where a number is not known."""

    slug: str
    title: str
    short: str
    mode: str
    reported: tuple[Reported, ...]
    sellers: int | None
    active_sellers: int | None
    updated_sellers: int | None
    listings: int | None
    share: float | None
    last_good_run: datetime | None
    verdict: str | None  # of the last finished run
    reason: str
    stale: bool
    gap: str  # a sentence for the reader, "" when nothing is missing


@dataclass(frozen=True, kw_only=True)
class Report:
    as_of: datetime
    days: int
    sources: tuple[SourceReport, ...]
    elsewhere: tuple[Reported, ...]  # published figures of no connected source


def report(session: Session, config: Config, now: datetime, days: int = UPDATED_DAYS) -> Report:
    """All figures at `now`; "updated" looks `days` back. The number of statements does not grow with the data."""
    published = _published(session)
    counts = record_counts(session)
    laid = overlay(session)
    active = _active(session, laid, now)
    updated = _updated(session, laid, now - timedelta(days=days))
    sources = []
    for slug, state in states(session, config, now).items():
        source = state.source
        read = state.last is not None
        seen = counts[slug]["seller"] if read else None
        # A week without a good reading: what partial ones saw since would look like a fall, so it is unknown.
        # Read to its end this week, and nothing on sale: that is a true zero.
        recent = state.read_at is not None and now - state.read_at <= VISIBLE_WITHIN
        silent = state.read_at is not None and not recent
        hidden = silent or not source.lists_products
        selling = None if hidden else active.get(slug, 0 if recent else None)
        sources.append(
            SourceReport(
                slug=slug,
                title=source.title,
                short=source.short,
                mode=state.mode,
                reported=tuple(_seen_from(item, slug) for item in published if slug in item.subjects),
                sellers=seen,
                active_sellers=selling,
                updated_sellers=updated.get(slug, 0) if state.good is not None and selling is not None else None,
                listings=counts[slug]["listing"] if read and source.lists_products else None,
                share=selling / seen if seen and selling is not None and source.lists_sellers else None,
                last_good_run=state.read_at,
                verdict=state.last.verdict if state.last else None,
                reason=state.last.reason if state.last else "",
                stale=state.stale,
                gap=" ".join(filter(None, (state.gap, _hidden(source) if read else ""))),
            )
        )
    slugs = set(REGISTRY)
    elsewhere = tuple(item for item in published if not slugs & item.subjects)
    return Report(as_of=now, days=days, sources=tuple(sources), elsewhere=elsewhere)


def as_json(found: Report) -> dict[str, Any]:
    """The report as plain data, for the command line and the page's JSON twin."""
    return {
        "as_of": found.as_of.isoformat(),
        "days": found.days,
        "sources": [
            {
                "slug": one.slug,
                "title": one.title,
                "mode": one.mode,
                "reported": {item.indicator: _reported_json(item) for item in one.reported},
                "observed": {
                    "sellers": one.sellers,
                    "active_sellers": one.active_sellers,
                    "updated_sellers": one.updated_sellers,
                    "listings": one.listings,
                    "share": None if one.share is None else round(one.share, 4),
                },
                "last_good_run": one.last_good_run.isoformat() if one.last_good_run else None,
                "verdict": one.verdict,
                "reason": one.reason,
                "stale": one.stale,
                "gap": one.gap,
            }
            for one in found.sources
        ],
        "elsewhere": [
            {"subject": item.subject, "indicator": item.indicator, **_reported_json(item)} for item in found.elsewhere
        ],
    }


def load_published(session: Session) -> int:
    """Put the figures the province published in 2023 in, once. Returns how many were new."""
    text = (files(__package__) / "reported_figures.csv").read_text(encoding="utf-8")
    there = {(one.subject, one.indicator, one.as_of) for one in session.scalars(select(ReportedFigure))}
    fresh = [
        ReportedFigure(
            subject=row["marketplace"],
            indicator=row["indicator"],
            value=int(row["value"]),
            qualifier=row["qualifier"],
            as_of=row["as_of"],
            scope=row["scope"],
            note=row["note"],
            document="Số liệu tỉnh Long An công bố năm 2023",
        )
        for row in csv.DictReader(text.splitlines())
        if (row["marketplace"], row["indicator"], row["as_of"]) not in there
    ]
    session.add_all(fresh)
    return len(fresh)


def _seen_from(item: Reported, slug: str) -> Reported:
    """The published number as one of its sources shows it: with the others it is counted together with."""
    return replace(item, subject=slug, together_with=tuple(sorted(item.subjects - {slug})))


def _reported_json(item: Reported) -> dict[str, Any]:
    return {
        "value": item.value,
        "qualifier": item.qualifier,
        "as_of": item.as_of,
        "scope": item.scope,
        "label": item.label,
        "together_with": list(item.together_with),
        "document": item.document,
    }


def _published(session: Session) -> list[Reported]:
    rows = session.scalars(select(ReportedFigure).order_by(ReportedFigure.id))
    result = []
    for row in rows:
        subject, *others = row.subject.split("+")
        result.append(
            Reported(
                subject=subject,
                indicator=row.indicator,
                label=REPORTED.get(row.indicator, row.indicator),
                value=row.value,
                qualifier=row.qualifier,
                as_of=row.as_of,
                scope=row.scope,
                together_with=tuple(others),
                document=row.document,
            )
        )
    return result


def _active(session: Session, laid: Overlay, now: datetime) -> dict[str, int]:
    """Per source that has any: sellers with a listing that is visible and was seen within a week."""
    rows = session.execute(
        select(Listing.source, func.count(laid.owner().distinct()))
        .join(Sighting, and_(Sighting.kind == "listing", Sighting.record_id == Listing.id))
        .where(Listing.gone_at.is_(None), Sighting.seen_at >= now - VISIBLE_WITHIN)
        .group_by(Listing.source)
    )
    return dict(rows.all())


def _updated(session: Session, laid: Overlay, since: datetime) -> dict[str, int]:
    """Per source: sellers with a listing that changed since. What the first good run met was there before us."""
    first = (
        select(Run.source, func.min(Run.finished_at).label("at"))
        .where(Run.verdict == "ok")
        .group_by(Run.source)
        .subquery()
    )
    changed = and_(
        Listing.changed_at >= since,
        or_(Listing.changed_at > Listing.first_seen_at, Listing.first_seen_at > first.c.at),
    )
    rows = session.execute(
        select(Listing.source, func.count(laid.owner().distinct()))
        .join(first, first.c.source == Listing.source)
        .where(Listing.gone_at.is_(None), or_(Listing.updated_at >= since, changed))
        .group_by(Listing.source)
    )
    return dict(rows.all())


def _hidden(source: Source) -> str:
    """What this source's public pages cannot show, in sentences."""
    sentences = []
    if not source.lists_sellers:
        sentences.append(
            f"{source.title} chỉ hiện người bán đang có sản phẩm: số tài khoản đã mở không thấy được từ trang công "
            "khai, nên không tính tỷ lệ."
        )
    if not source.lists_products:
        sentences.append(
            f"{source.title} chỉ có tin mua, tin bán: số người bán ở đây là đơn vị đăng ký bán, "
            "còn ai đang có sản phẩm thì không thấy được."
        )
    return " ".join(sentences)
