"""The operations of the interface, its document, and the page for people who program with it."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Blueprint, Response, current_app, g, render_template, request, url_for
from msgspec import UnsetType
from werkzeug.exceptions import NotFound

from marketplace import places
from marketplace.api import feeds, figures, openapi, problems, reads, rows, shapes, sitemap
from marketplace.api.asked import (
    ListingsAsked,
    Nothing,
    RequestsAsked,
    SearchAsked,
    SellersAsked,
    StatsAsked,
    parameter_schemas,
)
from marketplace.api.found import Record, records
from marketplace.api.operations import OPERATIONS, VERSION, conditional, operation
from marketplace.api.operations import blueprint as operations
from marketplace.catalogue import categories
from marketplace.catalogue.corrections import overlay
from marketplace.catalogue.facets import seen_days
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.search_request import near_from
from marketplace.config import Config
from marketplace.db import db
from marketplace.web import floors
from marketplace.web.addresses import absolute
from marketplace.web.finding import finder
from marketplace.web.formats import today
from search_index.documents import Query

REACH = 5_000  # hits further down cost ever more, and nobody reads them
_INDEX_FACETS = {"group": "category"}  # where the index has another name for it
_FILTERS = ("kind", "source", "group", "district", "unit", "certificate", "price", "stock")
_SORTS = {"relevance": "", "price": "price", "newest": "newest"}

page = Blueprint("api_page", __name__)
BLUEPRINTS = (operations, page, feeds.blueprint, sitemap.blueprint)


@operation("/search", SearchAsked, shapes.Found)
def search(asked: SearchAsked) -> shapes.Found:
    """Search everything, the best hits first.

    Reads a query as the search page does: without marks, in Telex or VNI, with a letter amiss, with other regions'
    names. A filter given several times passes any of its values. At most 5,000 hits can be paged to.
    """
    start = 0 if isinstance(asked.cursor, UnsetType) else int(asked.cursor)
    limit = max(0, min(asked.limit, REACH - start))
    told = finder().search(_query(asked, start if limit else 0, limit))
    following = start + limit
    more = limit and following < min(told.total, REACH)
    return shapes.Found(
        total=told.total,
        items=[_hit(one) for one in records(db.session(), told.hits)],
        next=_next(str(following)) if more else None,
        read_as=told.read_as,
        readings=[shapes.Reading(kind=one.kind, typed=one.typed, taken=list(one.taken)) for one in told.changes],
        spellings=list(told.spellings),
        facets={
            name: [shapes.Count(one.value, one.count) for one in told.facets[_INDEX_FACETS.get(name, name)]]
            for name in dict.fromkeys(asked.facet)
        },
    )


@operation("/listings", ListingsAsked, shapes.Listings)
def listings(asked: ListingsAsked) -> shapes.Listings:
    """Everything on sale, what changed longest ago first.

    To keep a copy: walk all pages once, later ask with `changed_since` the moment the walk before began: it tells what
    the marketplace changed or a person put right, and what went, with `gone_since`. Keep it without filters: a record
    that no longer passes a filter is not told. `/listings/{id}` tells of one that went, too.
    """
    found, cursor = reads.listings(db.session(), asked)
    return shapes.Listings(items=[rows.listing(*one) for one in found], next=_next(cursor))


@operation("/listings/{id}", Nothing, shapes.ListingDetail)
def listing(_asked: Nothing, id: int) -> shapes.ListingDetail:
    """One listing with every price we saw."""
    session = db.session()
    found = reads.listings_by_id(session, overlay(session), [id]).get(id)
    if found is None:
        raise NotFound
    return rows.listing_detail(*found, reads.prices(session, id))


@operation("/sellers", SellersAsked, shapes.Sellers)
def sellers(asked: SellersAsked) -> shapes.Sellers:
    """Everybody who sells, who changed longest ago first.

    One cooperative may have an account on several marketplaces; each is a seller of its own.
    """
    found, counts, cursor = reads.sellers(db.session(), asked)
    items = [rows.seller(row, seen_at, counts.get(row.id, 0)) for row, seen_at in found]
    return shapes.Sellers(items=items, next=_next(cursor))


@operation("/sellers/{id}", Nothing, shapes.SellerDetail)
def seller(_asked: Nothing, id: int) -> shapes.SellerDetail:
    """One seller; the listings are those of `/listings?seller={id}`."""
    session = db.session()
    laid = overlay(session)
    found = reads.sellers_by_id(session, laid, [id]).get(id)
    if found is None:
        raise NotFound
    return rows.seller_detail(*found, reads.listing_counts(session, laid, [id]).get(id, 0))


@operation("/requests", RequestsAsked, shapes.Requests)
def requests(asked: RequestsAsked) -> shapes.Requests:
    """The posts of the board, what changed longest ago first."""
    found, cursor = reads.requests(db.session(), asked, today(g.now))
    return shapes.Requests(items=[rows.request(*one) for one in found], next=_next(cursor))


@operation("/requests/{id}", Nothing, shapes.RequestDetail)
def request_(_asked: Nothing, id: int) -> shapes.RequestDetail:
    """One post of the board."""
    session = db.session()
    found = reads.requests_by_id(session, overlay(session), [id]).get(id)
    if found is None:
        raise NotFound
    return rows.request_detail(*found)


@operation("/sources", Nothing, shapes.Sources)
def sources(_asked: Nothing) -> shapes.Sources:
    """The marketplaces we read, and how fresh what we have of each is."""
    return figures.sources(db.session(), _config(), g.now)


@operation("/stats", StatsAsked, shapes.Stats)
def stats(asked: StatsAsked) -> shapes.Stats:
    """What was counted beside what was published, per marketplace, each number with its definition."""
    return figures.stats(db.session(), _config(), g.now, int(asked.days))


@operations.get("/openapi.json")
def document() -> Response:
    return conditional(msgspec.json.encode(openapi.document(_config().site)))


@page.get("/api")
def guide() -> str:
    return render_template(
        "api/guide.html",
        operations=[(one, parameter_schemas(one.asked)) for one in OPERATIONS.values()],
        problems=problems.KINDS.values(),
        codes=(
            ("source", "sàn", [(floor.slug, floor.title) for floor in floors.connected()]),
            ("group", "nhóm hàng", [(group.code, group.name) for group in categories.groups()]),
            ("district", "huyện Long An trước 01/07/2025", places.districts()),
            ("unit", "xã, phường trên đất Long An cũ từ 01/07/2025", places.units()),
        ),
        version=VERSION,
        root=absolute(""),
    )


def _query(asked: SearchAsked, offset: int, limit: int) -> Query:
    filters = {_INDEX_FACETS.get(name, name): tuple(getattr(asked, name)) for name in _FILTERS if getattr(asked, name)}
    if not isinstance(asked.seen_within, UnsetType):
        filters["seen"] = seen_days([asked.seen_within], today(g.now), ())
    near = None if isinstance(asked.near, UnsetType) else near_from(asked.near)
    return Query(
        text=asked.q,
        filters=filters,
        offset=offset,
        limit=limit,
        facets=tuple(_INDEX_FACETS.get(name, name) for name in dict.fromkeys(asked.facet)),
        exact=asked.exact,
        sort="" if near else _SORTS[asked.sort],
        near=near,
    )


def _hit(found: Record) -> shapes.Hit:
    hit, row, seen_at, counted = found
    if isinstance(row, Listing):
        return shapes.Hit(kind="listing", score=hit.score, listing=rows.listing(row, seen_at))
    if isinstance(row, Seller):
        return shapes.Hit(kind="seller", score=hit.score, seller=rows.seller(row, seen_at, counted))
    return shapes.Hit(kind="request", score=hit.score, request=rows.request(row, seen_at))


def _next(cursor: str) -> str | None:
    """The address of the next page: this one, further on."""
    if not cursor:
        return None
    asked: dict[str, Any] = {**request.args.to_dict(flat=False), "cursor": cursor}
    return absolute(url_for(request.endpoint or "", **asked))


def _config() -> Config:
    config: Config = current_app.config["MARKETPLACE"]
    return config
