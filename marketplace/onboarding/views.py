"""The public figures: what was published beside what we counted, never added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, current_app, g, render_template, request

from marketplace.db import db
from marketplace.onboarding import statistics
from marketplace.onboarding.definitions import FIGURES, UPDATED_DAYS
from marketplace.onboarding.statistics import Report
from marketplace.web import floors, twins
from marketplace.web.errors import BadAddress
from marketplace.web.formats import iso
from marketplace.web.twins import Cell

blueprint = Blueprint("onboarding", __name__)

PERIODS = (30, 60, 90, 180)  # days an "update" may look back (definition I4)
HEADER = (
    "Sàn",
    "Loại số",
    "Mã",
    "Chỉ tiêu",
    "Giá trị",
    "Từ trở lên",
    "Thời điểm",
    "Đếm chung với",
    "Cách tính hoặc văn bản",
)


@blueprint.get("/so-lieu")
def figures() -> str:
    report = _report()
    return render_template(
        "onboarding/figures.html",
        report=report,
        figures=FIGURES,
        periods=PERIODS,
        default_days=UPDATED_DAYS,
        sentences={name: figure.sentence.format(days=report.days) for name, figure in FIGURES.items()},
    )


@blueprint.get("/so-lieu.json")
def figures_json() -> Response:
    report = _report()
    definitions = {
        name: {"code": figure.code, "name": figure.name, "sentence": figure.sentence.format(days=report.days)}
        for name, figure in FIGURES.items()
    }
    return twins.as_json({**statistics.as_json(report), "definitions": definitions})


@blueprint.get("/so-lieu.csv")
def figures_csv() -> Response:
    return twins.as_csv("so-lieu", HEADER, _rows(_report()))


def _report() -> Report:
    raw = request.args.get("n", str(UPDATED_DAYS))
    if raw not in map(str, PERIODS):
        raise BadAddress(f"Số ngày “{raw[:20]}” không chọn được: chọn 30, 60, 90 hoặc 180.")
    return statistics.report(db.session(), current_app.config["MARKETPLACE"], g.now, int(raw))


def _rows(report: Report) -> Iterator[Sequence[Cell]]:
    """Reported and observed figures in rows of their own: they measure different things and are never added."""
    for source in report.sources:
        for item in source.reported:
            yield _reported(source.title, item)
        for name, figure in FIGURES.items():
            yield (
                source.title,
                "quan sát",
                figure.code,
                figure.name,
                getattr(source, name),
                None,
                iso(source.last_good_run) if source.last_good_run else None,
                None,
                figure.sentence.format(days=report.days),
            )
    for item in report.elsewhere:
        yield _reported(floors.floor(item.subject).title, item)


def _reported(title: str, item: statistics.Reported) -> Sequence[Cell]:
    return (
        title,
        "báo cáo",
        item.indicator,
        item.label,
        item.value,
        "có" if item.qualifier == "at_least" else None,
        item.as_of,
        ", ".join(floors.floor(slug).title for slug in item.together_with) or None,
        item.document,
    )
