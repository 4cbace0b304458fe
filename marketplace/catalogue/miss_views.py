"""What people searched for and did not find: whose searches count, and the officers' list."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from flask import Blueprint, Response, g, render_template, request
from flask_login import current_user

from marketplace.catalogue import misses
from marketplace.catalogue.search_request import SearchRequest
from marketplace.db import db
from marketplace.people.access import roles
from marketplace.web import twins
from marketplace.web.errors import BadAddress
from marketplace.web.formats import iso, today

blueprint = Blueprint("misses", __name__)

DAYS: Final = (7, 30, 90, 365)
ROWS: Final = 200
MAX_ROWS: Final = 5_000
# Programs as they call themselves. Cubot makes telephones.
_PROGRAM = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|preview|facebookexternalhit|headless|monitor|lighthouse|curl|wget|python|httpx"
    r"|java/|go-http|okhttp|feed|scrapy|^$",
    re.IGNORECASE,
)


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


def note(asked: SearchRequest) -> None:
    """Count a search without hits where that means that the catalogue lacks something a visitor wants: not under
    filters, nor for half a word."""
    whole = asked.text and not (asked.active or asked.only_kind or asked.exact or asked.typing) and asked.page == 1
    if whole and _is_a_visitor_s():
        misses.count(db.engine, asked.text, today(g.now))


def _is_a_visitor_s() -> bool:
    """Did a visitor ask for this page? Not a program that calls itself one, a browser that only fetches ahead, or an
    officer, who follows the links of the list below."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return (
        request.method == "GET"
        and not ahead
        and not _PROGRAM.search(request.user_agent.string)
        and not current_user.is_authenticated
    )


def _days() -> int:
    raw = request.args.get("ngay", "30")
    if raw not in map(str, DAYS):
        raise BadAddress(f"Không có khoảng “{raw[:20]}” ngày: chọn {', '.join(map(str, DAYS[:-1]))} hoặc {DAYS[-1]}.")
    return int(raw)
