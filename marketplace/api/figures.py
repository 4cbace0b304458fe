"""The sources and the public figures as the interface tells them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

from sqlalchemy.orm import Session

from marketplace.api.shapes import (
    Definition,
    Observed,
    ReportedFigure,
    Source,
    SourceFigures,
    Sources,
    Stats,
)
from marketplace.config import Config
from marketplace.onboarding import statistics
from marketplace.onboarding.definitions import FIGURES
from marketplace.onboarding.statistics import Reported, SourceReport
from marketplace.sync.queries import SourceState, newest_run_id, record_counts, states
from marketplace.web.memory import remembered


def sources(session: Session, config: Config, now: datetime) -> Sources:
    """Four statements."""
    counts = record_counts(session)
    return Sources(items=[_source(state, counts[slug]) for slug, state in states(session, config, now).items()])


def stats(session: Session, config: Config, now: datetime, days: int) -> Stats:
    """What the page of figures shows, worked out anew after every run and every hour."""
    key = (newest_run_id(session), f"{now:%Y%m%d%H}")
    told = remembered(f"figures of {days} days", key, lambda: statistics.report(session, config, now, days))
    return Stats(
        as_of=told.as_of,
        days=told.days,
        sources=[_figures(one) for one in told.sources],
        elsewhere=[_reported(one) for one in told.elsewhere],
        definitions={
            name: Definition(code=one.code, name=one.name, sentence=one.sentence.format(days=told.days))
            for name, one in FIGURES.items()
        },
    )


def _source(state: SourceState, counts: dict[str, int]) -> Source:
    return Source(
        slug=state.slug,
        title=state.source.title,
        home=state.source.home,
        mode=cast(Literal["live", "sandbox", "off"], state.mode),
        sellers=counts["seller"],
        listings=counts["listing"],
        last_good_reading=state.read_at,
        verdict=state.last.verdict if state.last else None,
        stale=state.stale,
        gap=state.gap,
    )


def _figures(one: SourceReport) -> SourceFigures:
    return SourceFigures(
        slug=one.slug,
        title=one.title,
        observed=Observed(
            sellers=one.sellers,
            active_sellers=one.active_sellers,
            updated_sellers=one.updated_sellers,
            listings=one.listings,
            share=None if one.share is None else round(one.share, 4),
        ),
        reported=[_reported(item) for item in one.reported],
        last_good_reading=one.last_good_run,
        gap=one.gap,
    )


def _reported(item: Reported) -> ReportedFigure:
    return ReportedFigure(
        indicator=item.indicator,
        label=item.label,
        value=item.value,
        qualifier=item.qualifier,
        as_of=item.as_of,
        scope=item.scope,
        subjects=[item.subject, *item.together_with],
        document=item.document,
    )
