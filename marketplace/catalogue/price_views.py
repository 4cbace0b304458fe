"""The pages of prices: all commodities, and one of them with its spread, its last weeks and its listings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, request

from marketplace.catalogue import categories, exports, queries
from marketplace.catalogue.commodities import Commodity, commodities, commodity, named
from marketplace.catalogue.hits import Card
from marketplace.catalogue.price_history import Week
from marketplace.catalogue.price_spread import Range, Spread
from marketplace.catalogue.prices import MOST, Prices, all_prices, prices
from marketplace.catalogue.search_request import page_number
from marketplace.config import Config
from marketplace.db import db
from marketplace.sync import queries as sync
from marketplace.web import floors, twins
from marketplace.web.charts import BandChart, BandPoint, RangeStrip, band_chart, range_strip
from marketplace.web.errors import IndexAway
from marketplace.web.finding import finder
from marketplace.web.formats import iso
from marketplace.web.memory import remembered
from marketplace.web.paging import Paging
from search_index.documents import Results

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
    found = _prices_of(slug)
    paging = Paging(page_number(request.args), found.spread.listings)
    states = _states()
    return render_template(
        "catalogue/price.html",
        prices=found,
        paging=paging,
        most=MOST,
        listings=_page(found, paging),
        charts=_charts(found),
        group=categories.group(found.commodity.group),
        states=states,
        stale=[states[source] for source in found.spread.by_source if source in states and states[source].gap],
    )


@blueprint.get("/gia/<slug>.json")
def one_commodity_json(slug: str) -> Response:
    found = _prices_of(slug)
    paging = Paging(page_number(request.args), found.spread.listings)
    told = found.spread
    return twins.as_json(
        {
            **_summary(found.commodity, told),
            "names": list(found.commodity.names),
            "found": found.found,
            "by_source": {floors.floor(source).title: _range(of) for source, of in told.by_source.items()},
            "left_out": dict(told.left_out),
            "weeks": [_week(week) for week in found.weeks],
            "page": paging.number,
            "pages": paging.pages,
            "results": exports.plain(_page(found, paging)),
        }
    )


@blueprint.get("/gia/<slug>.csv")
def one_commodity_csv(slug: str) -> Response:
    """All its listings, the cheapest first."""
    found = _prices_of(slug)
    cards = queries.listing_cards(db.session(), found.spread.ordered)
    rows = exports.rows(cards[id_] for id_ in found.spread.ordered if id_ in cards)
    return twins.as_csv(f"gia-{slug}", exports.HEADER, rows)


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
        for week in _prices_of(slug).weeks
    )
    return twins.as_csv(f"gia-{slug}-theo-tuan", HISTORY_HEADER, rows)


def of_search(text: str, results: Results, found: Sequence[Card]) -> Prices | None:
    """The prices to show above the hits of a search: those of the commodity its text names, or of the one that all
    products on the page are of. None where there is none such, or nothing to compare."""
    if not text or not found:
        return None
    one = named(results.read_as or text)
    if one is None:
        offered = {named(card.title) for card in found if isinstance(card, queries.ListingCard)}
        one = offered.pop() if len(offered) == 1 else None
    return _or_nothing(one)


def of_listing(title: str) -> Prices | None:
    """The prices of what a listing offers; None where that is not one commodity, or nothing can be compared."""
    return _or_nothing(named(title))


def _or_nothing(one: Commodity | None) -> Prices | None:
    if one is None:
        return None
    try:
        found = _prices(one)
    except IndexAway:
        return None
    return found if found.spread.whole and found.spread.whole.listings > 1 else None


def _prices_of(slug: str) -> Prices:
    found = commodity(slug)
    if found is None:
        abort(404)
    return _prices(found)


def _prices(one: Commodity) -> Prices:
    """Remembered for an hour, unless a marketplace is read or the index grows."""
    search = finder()
    key = (sync.newest_run_id(db.session()), search.count(), f"{g.now:%Y%m%d%H}")
    return remembered(f"prices {one.slug}", key, lambda: prices(db.session(), search.search, one, g.now))


def _all() -> Mapping[str, Spread]:
    key = (sync.newest_run_id(db.session()), f"{g.now:%Y%m%d%H}")
    return remembered("all prices", key, lambda: all_prices(db.session(), g.now))


def _told() -> Iterator[tuple[Commodity, Spread]]:
    found = _all()
    return ((one, found[one.slug]) for one in commodities() if one.slug in found)


def _states() -> dict[str, sync.SourceState]:
    config: Config = current_app.config["MARKETPLACE"]
    return sync.states(db.session(), config, g.now)


def _page(found: Prices, paging: Paging) -> list[queries.ListingCard]:
    ids = found.spread.ordered[paging.offset : paging.offset + paging.size]
    cards = queries.listing_cards(db.session(), ids)
    return [cards[id_] for id_ in ids if id_ in cards]


def _charts(found: Prices) -> tuple[BandChart, BandChart] | None:
    """The weeks drawn for a wide and for a narrow screen; None where there is no history yet."""
    points = [BandPoint(week.end, week.middle, week.half, bool(week.missing)) for week in found.weeks]
    wide, narrow = band_chart(points, 1120, 280), band_chart(points, 340, 220)
    return (wide, narrow) if wide and narrow else None


def _cells(whole: Range | None) -> tuple[int | str | None, ...]:
    if whole is None:
        return (0, 0, *(None,) * 7)
    low, high = whole.half or (None, None)
    ages = iso(whole.oldest), iso(whole.newest)
    return (whole.listings, whole.sellers, whole.low, low, whole.middle, high, whole.high, *ages)


def _summary(one: Commodity, told: Spread) -> dict[str, Any]:
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
