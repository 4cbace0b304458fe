"""The figures per source: what was published beside what we counted, with their age and their gaps.

Observed and reported figures are never added. What is not known is None, never zero.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from connectors import REGISTRY
from connectors.contract import Source
from marketplace.catalogue.models import Listing, Seller, Sighting
from marketplace.catalogue.origins import told_by_files_alone
from marketplace.config import Config
from marketplace.onboarding.definitions import REPORTED, UPDATED_DAYS, VISIBLE_WITHIN
from marketplace.onboarding.models import ReportedFigure
from marketplace.sync.models import Run

VIETNAM = timezone(timedelta(hours=7))


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


@dataclass(frozen=True, slots=True)
class _Runs:
    last: Run | None
    good: Run | None
    first_good: Run | None


def report(session: Session, config: Config, now: datetime, days: int = UPDATED_DAYS) -> Report:
    """All figures at `now`; "updated" looks `days` back. The number of statements does not grow with the data."""
    published = _published(session)
    sellers = _counts(session, Seller)
    listings = _counts(session, Listing)
    runs = {slug: _runs(session, slug) for slug in REGISTRY}
    active = _active(session, now)
    updated = _updated(session, now - timedelta(days=days), runs)
    sources = []
    for slug in REGISTRY:
        source = config.source(slug)
        mine = runs[slug]
        read = mine.last is not None
        recent = active.get(slug, (0, None))
        seen = sellers.get(slug, 0) if read else None
        # Nothing seen for a week: whether they still sell is unknown, it is not zero.
        selling = recent[0] if recent[1] is not None or (mine.good and _fresh(mine.good, now)) else None
        sources.append(
            SourceReport(
                slug=slug,
                title=source.title,
                short=source.short,
                mode=config.mode(slug),
                reported=tuple(_seen_from(item, slug) for item in published if slug in item.subjects),
                sellers=seen,
                active_sellers=selling,
                updated_sellers=updated.get(slug, 0) if mine.first_good and selling is not None else None,
                listings=listings.get(slug, 0) if read else None,
                share=selling / seen if seen and selling is not None and source.lists_sellers else None,
                last_good_run=mine.good.finished_at if mine.good else None,
                verdict=mine.last.verdict if mine.last else None,
                reason=mine.last.reason if mine.last else "",
                stale=_stale(mine, now, source.stale_after_hours),
                gap=_gap(mine, now, source),
            )
        )
    known = set(REGISTRY)
    elsewhere = tuple(item for item in published if not known & item.subjects)
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


def _counts(session: Session, model: type[Seller] | type[Listing]) -> dict[str, int]:
    rows = session.execute(select(model.source, func.count()).where(model.gone_at.is_(None)).group_by(model.source))
    return dict(rows.all())


def _active(session: Session, now: datetime) -> dict[str, tuple[int, datetime]]:
    """Per source: sellers with a listing seen within a week, and when the newest of those was seen."""
    rows = session.execute(
        select(Listing.source, func.count(Listing.seller_id.distinct()), func.max(Sighting.seen_at))
        .join(Sighting, and_(Sighting.kind == "listing", Sighting.record_id == Listing.id))
        .where(Listing.gone_at.is_(None), Sighting.seen_at >= now - VISIBLE_WITHIN)
        .group_by(Listing.source)
    )
    return {source: (count, newest) for source, count, newest in rows}


def _updated(session: Session, since: datetime, runs: dict[str, _Runs]) -> dict[str, int]:
    """Per source: sellers with a listing that changed since. What the first good run met was there before us."""
    # What only a file has told may have been there for years: it is no update either.
    first = [
        and_(
            Listing.source == slug,
            Listing.first_seen_at > mine.first_good.finished_at,
            ~told_by_files_alone(Listing),
        )
        for slug, mine in runs.items()
        if mine.first_good is not None
    ]
    rows = session.execute(
        select(Listing.source, func.count(Listing.seller_id.distinct()))
        .where(
            Listing.gone_at.is_(None),
            or_(
                Listing.updated_at >= since,
                and_(Listing.changed_at >= since, or_(Listing.changed_at > Listing.first_seen_at, *first)),
            ),
        )
        .group_by(Listing.source)
    )
    return dict(rows.all())


def _runs(session: Session, slug: str) -> _Runs:
    finished = select(Run).where(Run.source == slug, Run.finished_at.is_not(None)).limit(1)
    good = finished.where(Run.verdict == "ok")
    return _Runs(
        # A file that was taken in says nothing of how the site stands.
        session.scalar(finished.order_by(Run.kind == "file", Run.finished_at.desc(), Run.id.desc())),
        session.scalar(good.order_by(Run.finished_at.desc(), Run.id.desc())),
        session.scalar(good.order_by(Run.finished_at, Run.id)),
    )


def _fresh(run: Run, now: datetime) -> bool:
    return run.finished_at is not None and now - run.finished_at <= VISIBLE_WITHIN


def _stale(runs: _Runs, now: datetime, limit_hours: int) -> bool:
    if runs.good is None or runs.good.finished_at is None:
        return runs.last is not None
    return now - runs.good.finished_at > timedelta(hours=limit_hours)


def _gap(runs: _Runs, now: datetime, source: Source) -> str:
    """What the reader must know before believing the numbers, in sentences."""
    sentences = [_silence(runs, now, source.title, source.stale_after_hours)]
    if not source.lists_sellers and runs.last is not None:
        sentences.append(
            f"{source.title} chỉ hiện người bán đang có sản phẩm: số tài khoản đã mở không thấy được từ trang công khai, "
            "nên không tính tỷ lệ."
        )
    return " ".join(filter(None, sentences))


def _silence(runs: _Runs, now: datetime, title: str, limit_hours: int) -> str:
    if runs.last is None:
        return f"{title} chưa được đọc lần nào."
    if runs.good is None or runs.good.finished_at is None:
        if runs.last.verdict == "failed":
            return f"{title} chưa đọc được. Điều này không có nghĩa là không có người bán."
        return f"{title} chưa có lần đọc đủ nào: số ở đây chỉ là phần đã thấy."
    since = f"{runs.good.finished_at.astimezone(VIETNAM):%d/%m/%Y}"
    if runs.last.verdict == "failed":
        return f"{title} chưa đọc lại được từ {since}. Số này không có nghĩa là người bán đã ngừng bán."
    if runs.last.verdict == "held":
        return f"Lần đọc mới nhất của {title} thiếu nhiều tin nên đang tạm giữ; số giữ theo lần đọc đủ ngày {since}."
    if _stale(runs, now, limit_hours):
        return f"{title} chưa có lần đọc đủ nào từ {since}."
    return ""
