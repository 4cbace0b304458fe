"""The pages of prices: all commodities, and one of them with its spread, its last weeks and its listings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, request

from marketplace.catalogue import categories, exports, queries
from marketplace.catalogue.commodities import Commodity, commodities, commodity, named
from marketplace.catalogue.hits import Card
from marketplace.catalogue.price_history import Week, history
from marketplace.catalogue.price_spread import Range, Spread, Summary
from marketplace.catalogue.prices import fingerprint, prices_of, summaries
from marketplace.catalogue.search_request import SearchRequest, page_number
from marketplace.config import Config
from marketplace.db import db
from marketplace.sync import queries as sync
from marketplace.web import floors, twins
from marketplace.web.charts import BandChart, BandPoint, RangeStrip, band_chart, range_strip
from marketplace.web.finding import finder
from marketplace.web.formats import iso, today
from marketplace.web.memory import remembered
from marketplace.web.paging import Paging
from search_index.documents import Results
from search_index.words import pieces

blueprint = Blueprint("prices", __name__)

LIST_HEADER = (
    *("Mặt hàng", "Nhóm hàng", "Số tin", "Số tin tính giá", "Số người bán", "Thấp nhất (đồng/kg)"),
    *("Nửa giữa từ (đồng/kg)", "Mức giữa (đồng/kg)", "Nửa giữa đến (đồng/kg)", "Cao nhất (đồng/kg)"),
    *("Đọc từ", "Đọc đến", "Trang ở đây"),
)
HISTORY_HEADER = (
    *("Tuần đến", "Mức giữa (đồng/kg)", "Nửa giữa từ (đồng/kg)", "Nửa giữa đến (đồng/kg)", "Số tin tính giá"),
    "Sàn không đọc được",
)


_AT_ONCE = 1_000  # listings read for a file


@dataclass(frozen=True, slots=True)
class Family:
    """A commodity and its prices, of all sellers."""

    commodity: Commodity
    spread: Spread


@blueprint.get("/gia")
def all_commodities() -> str:
    found = _all()
    by_group = [
        (group, [(one, found[one.slug]) for one in commodities() if one.group == group.code and one.slug in found])
        for group in categories.groups()
    ]
    return render_template(
        "catalogue/prices.html",
        groups=[(group, rows) for group, rows in by_group if rows],
        offered=len(found),
        known=len(commodities()),
    )


@blueprint.get("/gia.json")
def all_commodities_json() -> Response:
    return twins.as_json({"commodities": [_summary(one, told) for one, told in _told()]})


@blueprint.get("/gia.csv")
def all_commodities_csv() -> Response:
    rows = ((_summary(one, told), told.whole) for one, told in _told())
    return twins.as_csv(
        "gia-nong-san",
        LIST_HEADER,
        ((row["name"], row["group"], row["listings"], *_cells(whole), row["url"]) for row, whole in rows),
    )


@blueprint.get("/gia/<slug>")
def one_commodity(slug: str) -> str:
    found = _family(slug)
    paging = Paging(page_number(request.args), found.spread.listings)
    states, weeks = _states(), _weeks(found)
    return render_template(
        "catalogue/price.html",
        prices=found,
        weeks=weeks,
        paging=paging,
        listings=_cards(found.spread.ordered[paging.offset : paging.offset + paging.size]),
        charts=_charts(weeks),
        group=categories.group(found.commodity.group),
        states=states,
        stale=[states[source] for source in found.spread.by_source if source in states and states[source].gap],
    )


@blueprint.get("/gia/<slug>.json")
def one_commodity_json(slug: str) -> Response:
    found = _family(slug)
    told = found.spread
    paging = Paging(page_number(request.args), told.listings)
    return twins.as_json(
        {
            **_summary(found.commodity, told),
            "names": list(found.commodity.names),
            "by_source": {floors.floor(source).title: _range(of) for source, of in told.by_source.items()},
            "left_out": dict(told.left_out),
            "weeks": [_week(week) for week in _weeks(found)],
            "page": paging.number,
            "pages": paging.pages,
            "results": exports.plain(_cards(told.ordered[paging.offset : paging.offset + paging.size])),
        }
    )


@blueprint.get("/gia/<slug>.csv")
def one_commodity_csv(slug: str) -> Response:
    """All its listings, the cheapest first."""
    page_number(request.args)  # refused where the page refuses it
    ids = _family(slug).spread.ordered
    parts = (_cards(ids[start : start + _AT_ONCE]) for start in range(0, len(ids), _AT_ONCE))
    return twins.as_csv(f"gia-{slug}", exports.HEADER, exports.rows(card for cards in parts for card in cards))


@blueprint.get("/gia/<slug>/theo-tuan.csv")
def weeks_csv(slug: str) -> Response:
    rows = (
        (
            iso(week.end),
            week.middle,
            *(week.half or (None, None)),
            week.listings,
            ", ".join(floors.floor(source).title for source in week.missing),
        )
        for week in _weeks(_family(slug))
    )
    return twins.as_csv(f"gia-{slug}-theo-tuan", HISTORY_HEADER, rows)


def of_search(asked: SearchRequest, results: Results, found: Sequence[Card]) -> Family | None:
    """The prices to show above the hits of a search: those of the commodity its text names, or of the one that all
    products on its first page are of. None where there is none such, or nothing to compare."""
    wanted = [piece.text for piece in pieces(results.read_as or asked.text) if not piece.minus]
    if not wanted or not found or asked.only_kind:
        return None
    one = named(" ".join(wanted))
    if one is None and asked.page == 1:
        offered = {named(card.title) for card in found if isinstance(card, queries.ListingCard)}
        one = offered.pop() if len(offered) == 1 else None
    return _compared(one)


def of_listing(title: str) -> Family | None:
    """The prices of what a listing offers; None where that is not one commodity, or nothing can be compared."""
    return _compared(named(title))


def _compared(one: Commodity | None) -> Family | None:
    """One statement, none without a commodity."""
    if one is None:
        return None
    told = prices_of(db.session(), one.slug, g.now)
    return Family(one, told) if told.whole and told.whole.listings > 1 else None


def _family(slug: str) -> Family:
    one = commodity(slug)
    if one is None:
        abort(404)
    told = prices_of(db.session(), slug, g.now)
    if not told.listings:
        _check_known()
    return Family(one, told)


def _weeks(found: Family) -> list[Week]:
    """Remembered for a day, unless a marketplace is read or the prices of today are others."""
    session, one = db.session(), found.commodity
    key = (sync.newest_run_id(session), today(g.now), found.spread.whole)
    return remembered(f"weeks {one.slug}", key, lambda: history(session, one, g.now))


def _all() -> Mapping[str, Summary]:
    """Remembered for a day, unless the offers are others."""
    session = db.session()
    key = (sync.newest_run_id(session), fingerprint(session), today(g.now))
    found = remembered("all prices", key, lambda: summaries(session, g.now))
    if not found:
        _check_known()
    return found


def _check_known() -> None:
    """Offers are told together with the search index: raises IndexAway where there was never one."""
    finder().count()


def _told() -> Iterator[tuple[Commodity, Summary]]:
    found = _all()
    return ((one, found[one.slug]) for one in commodities() if one.slug in found)


def _states() -> dict[str, sync.SourceState]:
    config: Config = current_app.config["MARKETPLACE"]
    return sync.states(db.session(), config, g.now)


def _cards(ids: Sequence[int]) -> list[queries.ListingCard]:
    cards = queries.listing_cards(db.session(), ids)
    return [cards[id_] for id_ in ids if id_ in cards]


def _charts(weeks: Sequence[Week]) -> tuple[BandChart, BandChart] | None:
    """The weeks drawn for a wide and for a narrow screen; None where there is no history yet."""
    points = [BandPoint(week.end, week.middle, week.half, bool(week.missing)) for week in weeks]
    wide, narrow = band_chart(points, 1120, 280), band_chart(points, 300, 200)
    return (wide, narrow) if wide and narrow else None


def _cells(whole: Range | None) -> tuple[int | str | None, ...]:
    if whole is None:
        return (0, 0, *(None,) * 7)
    low, high = whole.half or (None, None)
    ages = iso(whole.oldest), iso(whole.newest)
    return (whole.listings, whole.sellers, whole.low, low, whole.middle, high, whole.high, *ages)


def _summary(one: Commodity, told: Summary) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "name": one.name,
        "group": categories.group(one.group).name,
        "listings": told.listings,
        "per_kg_vnd": _range(told.whole),
        "url": f"/gia/{one.slug}",
    }


def _range(told: Range | None) -> dict[str, Any] | None:
    if told is None:
        return None
    return {
        "lowest": told.low,
        "middle_half": list(told.half) if told.half else None,
        "median": told.middle,
        "highest": told.high,
        "listings": told.listings,
        "sellers": told.sellers,
        "read_from": iso(told.oldest),
        "read_until": iso(told.newest),
    }


def _week(week: Week) -> dict[str, Any]:
    return {
        "end": iso(week.end),
        "median": week.middle,
        "middle_half": list(week.half) if week.half else None,
        "listings": week.listings,
        "sources_not_read": [floors.floor(source).title for source in week.missing],
    }


@blueprint.app_template_filter("price_strip")
def strip_of(told: Spread) -> RangeStrip | None:
    """The strip of today's prices, a tick for each seller; None where nothing is compared."""
    whole = told.whole
    return range_strip(told.sellers, (whole.low, whole.high), whole.half) if whole else None
