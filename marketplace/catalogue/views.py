"""Home, search, the page of a listing, the page of a seller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from connectors import clean
from marketplace import places
from marketplace.board import queries as board
from marketplace.catalogue import (
    categories,
    certificates,
    elsewhere,
    exports,
    hits,
    miss_views,
    phrases,
    price_views,
    queries,
    suggesting,
)
from marketplace.catalogue.corrections import Overlay
from marketplace.catalogue.models import Seller
from marketplace.catalogue.same_seller import SILENT, Account, sellers_alike
from marketplace.catalogue.search_request import (
    KIND_NAMES,
    KINDS,
    MAX_TEXT,
    SearchRequest,
    near_starts,
    page_number,
)
from marketplace.catalogue.suggesting import Suggestion
from marketplace.catalogue.ways_out import Way, ways_out
from marketplace.config import Config
from marketplace.db import db
from marketplace.onboarding import statistics
from marketplace.sync import queries as sync
from marketplace.web import floors, twins
from marketplace.web.addresses import listing_address, name_of, seller_address
from marketplace.web.charts import StepChart, step_chart
from marketplace.web.errors import IndexAway
from marketplace.web.finding import finder
from marketplace.web.formats import number, today
from marketplace.web.memory import remembered
from marketplace.web.paging import PER_PAGE, Paging
from marketplace.web.privacy import masked_email, masked_phones
from search_index.documents import Query, Results

blueprint = Blueprint("catalogue", __name__)

# Pages and the CSV end here: hits further down cost ever more, and nobody reads them.
REACH = exports.MAX_ROWS
HOME_POSTS = 3
HOME_LISTINGS = 4
HOME_PHRASES = 6
SUGGESTED_FOR = 60  # seconds a browser keeps suggestions for the same letters
# What the page of a listing shows of the seller's words: an excerpt with a link to the rest.
EXCERPT = 400  # characters


@blueprint.get("/")
def home() -> str:
    session, config = db.session(), _config()
    states = sync.states(session, config, g.now)
    run_id = max((state.last.id for state in states.values() if state.last), default=0)
    try:
        of_listings = Query(filters={"kind": ("listing",)}, limit=0, facets=("category",))
        groups = finder().search(of_listings).facets["category"]
    except IndexAway:
        groups = ()
    per_group = {count.value: count.count for count in groups}
    return render_template(
        "catalogue/home.html",
        states=states,
        counts=sync.record_counts(session),
        group_counts=per_group,
        groups=sorted(categories.groups(), key=lambda group: (group.code == "99", -per_group.get(group.code, 0))),
        phrases=remembered("phrases", run_id, lambda: phrases.frequent(queries.titles(session), HOME_PHRASES)),
        report=remembered("report", (run_id, f"{g.now:%Y%m%d%H}"), lambda: statistics.report(session, config, g.now)),
        posts=board.posts(session, "buy", expired=False, today=today(g.now), offset=0, limit=HOME_POSTS),
        post_counts=board.counts(session, today(g.now))["buy"],
        listings=queries.newest_listings(session, HOME_LISTINGS),
    )


@blueprint.get("/tim")
def search() -> str:
    return _search_page(SearchRequest.read(request.args))


@blueprint.get("/nguoi-ban")
def sellers() -> str:
    return _search_page(SearchRequest.read(request.args, only_kind="seller"))


@blueprint.get("/tim.json", defaults={"only_kind": ""}, endpoint="search_json")
@blueprint.get("/nguoi-ban.json", defaults={"only_kind": "seller"}, endpoint="sellers_json")
def search_as_json(only_kind: str) -> Response:
    asked = SearchRequest.read(request.args, only_kind)
    results, paging = _results(asked)
    found = hits.cards(db.session(), results)
    return twins.as_json(exports.search_json(asked, results, paging, found))


@blueprint.get("/tim.csv", defaults={"only_kind": ""}, endpoint="search_csv")
@blueprint.get("/nguoi-ban.csv", defaults={"only_kind": "seller"}, endpoint="sellers_csv")
def search_as_csv(only_kind: str) -> Response:
    """The whole result, up to `REACH`; the page says so where it is cut."""
    asked = SearchRequest.read(request.args, only_kind)
    found = hits.cards(db.session(), hits.found(asked, 0, REACH, counted=False))
    return twins.as_csv("nguoi-ban" if only_kind else "tim-nong-san", exports.HEADER, exports.rows(found))


@blueprint.get("/goi-y")
def suggestions() -> Response:
    """What to offer while somebody types, as JSON. Nothing of the text is kept or logged."""
    text, only_kind = clean.text(request.args.get("q")), KINDS.get(request.args.get("loai", ""), "")
    if len(text) > MAX_TEXT or only_kind not in ("", "seller"):
        abort(400)
    try:
        found = suggesting.suggestions(text, finder().search, only_kind)
    except IndexAway as away:
        return twins.as_json({"suggestions": [], "error": away.description or ""}, 503)
    response = twins.as_json({"suggestions": [_offered(line, only_kind) for line in found]})
    response.cache_control.public = True
    response.cache_control.max_age = SUGGESTED_FOR
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/san-pham/<int:listing_id>", defaults={"name": ""})
@blueprint.get("/san-pham/<int:listing_id>-<name>")
def listing(listing_id: int, name: str) -> str | BaseResponse:
    page = queries.listing(db.session(), listing_id)
    if page is None:
        abort(404)
    row, session = page.listing, db.session()
    if name != name_of(row.title):
        return _moved(listing_address(listing_id, row.title))
    accounts = sellers_alike(session, row.seller, page.laid) if row.seller else ()
    return render_template(
        "catalogue/listing.html",
        page=page,
        accounts=accounts,
        twins=elsewhere.twins(session, row, accounts, page.laid),
        family=price_views.of_listing(row.title),
        listing=row,
        place=queries.place_line(row) or (queries.place_line(row.seller) if row.seller else ""),
        certificates=certificates.read(row.certificates),
        group=categories.group(row.group_code) if row.group_code else None,
        charts=_price_charts(page),
        states=sync.states(session, _config(), g.now),
        strip_slots=_strip(row.seller, accounts, page.seller_listings, page.laid) if row.seller else (),
        silent=_titles(source for source in SILENT if source != row.source),
        excerpt=EXCERPT,
        phones=masked_phones(row.seller.phone) if row.seller else (),
    )


@blueprint.get("/nguoi-ban/<int:seller_id>", defaults={"name": ""})
@blueprint.get("/nguoi-ban/<int:seller_id>-<name>")
def seller(seller_id: int, name: str) -> str | BaseResponse:
    session = db.session()
    page = queries.seller(session, seller_id)
    if page is None:
        abort(404)
    row = page.seller
    if name != name_of(row.name):
        return _moved(seller_address(seller_id, row.name))
    paging = Paging(page_number(request.args), page.listings)
    accounts = sellers_alike(session, row, page.laid)
    return render_template(
        "catalogue/seller.html",
        page=page,
        accounts=accounts,
        seller=row,
        paging=paging,
        listings=queries.listings_of_seller(session, seller_id, paging.offset, paging.size),
        place=queries.place_line(row),
        old_place=_old_place(queries.place_of(row)),
        phones=masked_phones(row.phone),
        email=masked_email(row.email),
        certificates=certificates.read(row.certificates),
        state=sync.states(session, _config(), g.now).get(row.source),
        strip_slots=_strip(row, accounts, page.listings, page.laid),
        silent=_titles(source for source in SILENT if source != row.source),
        excerpt=EXCERPT,
        address_name=name_of(row.name) or None,
    )


def _moved(address: str) -> BaseResponse:
    """To the one address of a record. Not for good: a title may change back, and browsers would go round in circles."""
    query = request.query_string.decode()
    return redirect(f"{address}?{query}" if query else address)


def _config() -> Config:
    config: Config = current_app.config["MARKETPLACE"]
    return config


def _search_page(asked: SearchRequest) -> str:
    results, paging = _results(asked)
    if not results.total:
        miss_views.note(asked)
    found = hits.cards(db.session(), results)
    states = sync.states(db.session(), _config(), g.now)
    return render_template(
        "catalogue/search.html",
        asked=asked,
        base="catalogue.sellers" if asked.only_kind else "catalogue.search",
        found=found,
        paging=paging,
        panels=[asked.panel(one, results.facets[one.index]) for one in asked.facets],
        near_starts=near_starts(),
        chips=asked.chips(),
        counted=_counted(asked, results),
        results=results,
        family=price_views.of_search(asked, results, found),
        ways=[] if results.total else _ways_out(asked, results),
        stale=[states[source] for source in dict.fromkeys(map(hits.source_of, found)) if _is_stale(states, source)],
        states=states,
        csv_rows=REACH,
        unmarked=bool(asked.text) and asked.text.isascii(),
    )


def _offered(line: Suggestion, only_kind: str) -> dict[str, str]:
    """A line of the suggestions: `label` says what it is, `url` is where it leads."""
    base = "catalogue.sellers" if only_kind else "catalogue.search"
    if line.hit is not None:
        label = f"Người bán trên {floors.floor(line.hit.source).title}"
        url = seller_address(hits.record_id(line.hit), line.hit.title)
    elif line.kind == "place":
        label, url = f"Địa điểm · {number(line.hits)} kết quả", url_for(base, **line.params)
    else:
        label, url = "Sản phẩm", url_for(base, q=line.text)
    return {"kind": line.kind, "text": line.text, "label": label, "url": url}


def _results(asked: SearchRequest) -> tuple[Results, Paging]:
    """The hits of a page. One beyond the last, which is what a link of yesterday may ask for, leads to the last."""
    offset = (asked.page - 1) * PER_PAGE
    # Beyond the reach nothing is searched for: the paging refuses such a page.
    results = hits.found(asked, offset, PER_PAGE) if offset < REACH else hits.found(asked, 0, 0)
    last = Paging(1, results.total, reach=REACH).pages
    if asked.page > last:
        address = dict(asked.params, trang=last if last > 1 else None)
        abort(redirect(url_for(request.endpoint or "", **address)))
    return results, Paging(asked.page, results.total, reach=REACH)


def _counted(asked: SearchRequest, results: Results) -> str:
    """ "11 sản phẩm, 7 người bán": the hits by kind, of the kinds that are asked for."""
    if asked.only_kind:
        return f"{number(results.total)} người bán"
    counts = {count.value: count.count for count in results.facets["kind"]}
    wanted = asked.filters.get("loai") or tuple(KINDS)
    told = ((counts.get(KINDS[value], 0), _lower(KIND_NAMES[value])) for value in wanted)
    parts = [f"{number(count)} {name}" for count, name in told if count]
    return ", ".join(parts) or "0 kết quả"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _ways_out(asked: SearchRequest, results: Results) -> list[Way]:
    return ways_out(asked, lambda other: hits.found(other, 0, 0, counted=False), results.spellings)


def _is_stale(states: Mapping[str, sync.SourceState], source: str) -> bool:
    return source in states and bool(states[source].gap)


def _titles(sources: Iterable[str]) -> str:
    return " và ".join(floors.floor(source).title for source in sources)


def _strip(seller: Seller, accounts: Sequence[Account], listings: int, laid: Overlay) -> tuple[floors.Slot, ...]:
    """Where the seller is found: with the account itself, and with those told to be theirs."""
    return floors.strip(elsewhere.states(db.session(), seller, accounts, laid, sells=listings > 0))


def _price_charts(page: queries.ListingPage) -> tuple[StepChart, StepChart] | None:
    """The price history drawn for a wide and for a narrow screen; None where prices can't be compared."""
    told = [point for point in page.prices if point.price_vnd]
    if len(told) != len(page.prices) or len({point.unit for point in told}) > 1:
        return None
    points = [(point.at, point.price_vnd or 0) for point in told]
    until = page.seen_at or page.listing.changed_at
    wide, narrow = step_chart(points, until, 720, 220), step_chart(points, until, 300, 190)
    return (wide, narrow) if wide and narrow else None


def _old_place(place: places.Place) -> str:
    """ "xã Dương Xuân Hội, huyện Châu Thành, Long An": how the place was called before 2025-07-01."""
    if not place.old_district:
        return ""
    parts = [_lower(places.commune_name(place.old_commune))] if place.old_commune else []
    return ", ".join((*parts, _lower(places.district_name(place.old_district)), place.province or "Long An"))
