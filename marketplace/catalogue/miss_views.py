"""For officers: what people searched for and did not find."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, g, render_template, request

from marketplace.catalogue import misses
from marketplace.db import db
from marketplace.people.access import roles
from marketplace.web import twins
from marketplace.web.errors import BadAddress
from marketplace.web.formats import iso, today

blueprint = Blueprint("misses", __name__)

DAYS: Final = (7, 30, 90, 365)
ROWS: Final = 200
MAX_ROWS: Final = 5_000


@blueprint.get("/can-bo/tim-khong-ra")
@roles("officer", "admin")
def listed() -> str:
    days = _days()
    found = misses.top(db.session(), today(g.now) - timedelta(days=days - 1), ROWS)
    return render_template("catalogue/misses.html", misses=found, days=days, periods=DAYS, most=ROWS)


@blueprint.get("/can-bo/tim-khong-ra.csv")
@roles("officer", "admin")
def as_csv() -> Response:
    found = misses.top(db.session(), today(g.now) - timedelta(days=_days() - 1), MAX_ROWS)
    rows = ((miss.text, miss.times, iso(miss.last)) for miss in found)
    return twins.as_csv("tim-khong-ra", ("Từ khoá", "Số lần", "Lần cuối"), rows)


def _days() -> int:
    raw = request.args.get("ngay", "30")
    if raw not in map(str, DAYS):
        raise BadAddress(f"Không có khoảng “{raw[:20]}” ngày: chọn {', '.join(map(str, DAYS[:-1]))} hoặc {DAYS[-1]}.")
    return int(raw)
