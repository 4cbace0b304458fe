"""Figures somebody published, taken in from a file: one number for each source, indicator and moment."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors import clean
from connectors.tables import FigureRecord
from marketplace.onboarding.definitions import REPORTED
from marketplace.onboarding.models import ReportedFigure

# A figure without a place is one of the province the product is for.
SCOPE = "Long An"
_CODES = {clean.fold(name): code for code, name in REPORTED.items()}

Outcome = tuple[str, dict[str, tuple[object, object]]]


def take_figures(session: Session, subject: str, figures: Sequence[FigureRecord]) -> list[Outcome]:
    """Put figures in, or correct those that are there. Per figure: new, changed or unchanged, and its changed fields.

    An indicator is known by its code or its Vietnamese name; any other keeps the label it has in the file.
    """
    rows = session.scalars(select(ReportedFigure).where(ReportedFigure.subject == subject))
    there = {(row.indicator, row.as_of): row for row in rows}
    outcomes: list[Outcome] = []
    for figure in figures:
        indicator = _indicator(figure.indicator)
        values = {
            "value": figure.value,
            "qualifier": figure.qualifier,
            "scope": figure.scope or SCOPE,
            "note": figure.note,
            "document": figure.document,
        }
        row = there.get((indicator, figure.as_of))
        if row is None:
            row = ReportedFigure(subject=subject, indicator=indicator, as_of=figure.as_of, **values)
            session.add(row)
            there[indicator, figure.as_of] = row
            outcomes.append(("new", {}))
            continue
        # A note or a document the file does not tell stays.
        changes = {
            name: (getattr(row, name), value)
            for name, value in values.items()
            if getattr(row, name) != value and (value != "" and (name != "scope" or figure.scope))
        }
        for name, (_, value) in changes.items():
            setattr(row, name, value)
        outcomes.append(("changed" if changes else "unchanged", changes))
    return outcomes


def _indicator(label: str) -> str:
    folded = clean.fold(label)
    return folded if folded in REPORTED else _CODES.get(folded, label)
