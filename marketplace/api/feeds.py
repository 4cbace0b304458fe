"""Atom feeds of a search and of the board: the newest of what their page shows, with its whole state in the address."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from flask import Blueprint, Response, current_app, g, request, url_for

from marketplace.api import atom
from marketplace.api.found import records
from marketplace.api.operations import conditional
from marketplace.board import views as board_views
from marketplace.board.models import Request
from marketplace.catalogue import categories, hits
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.queries import place_line
from marketplace.catalogue.rules import Row
from marketplace.catalogue.search_request import SearchRequest
from marketplace.config import Config
from marketplace.db import db
from marketplace.web import floors, prices
from marketplace.web.addresses import absolute, host, record_address
from marketplace.web.formats import VIETNAM, excerpt, today
from marketplace.web.privacy import without_contacts

ENTRIES = 50
_TITLE = 200  # characters

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/tim.atom")
def search() -> Response:
    asked = replace(SearchRequest.read(request.args), page=1)
    newest = replace(asked, sort="moi", near="")
    found = records(db.session(), hits.found(newest, 0, ENTRIES, counted=False).hits)
    what = f"“{asked.text}”" if asked.text else "tất cả nông sản"
    chips = "; ".join(chip.label for chip in asked.chips())
    return _feed(
        f"Tìm {what}",
        f"Mới thấy trên các sàn{f'. Lọc: {chips}' if chips else ''}.",
        url_for("catalogue.search", **asked.params),
        url_for("feeds.search", **asked.params),
        [one.row for one in found],
    )


@blueprint.get("/can-mua-can-ban.atom")
def posts() -> Response:
    asked = board_views.read_address()
    name = board_views.side_name(asked.side)
    found = board_views.newest(asked, ENTRIES)
    return _feed(
        f"{name}: {asked.text}" if asked.text else name,
        "Tin đã hết hạn, đọc từ các sàn." if asked.expired else "Tin đang mở, đọc từ các sàn.",
        url_for("board.board", **asked.params),
        url_for("feeds.posts", **asked.params),
        [one.request for one in found],
    )


def _feed(title: str, subtitle: str, page: str, feed: str, found: list[Row]) -> Response:
    config: Config = current_app.config["MARKETPLACE"]
    entries = sorted(map(_entry, found), key=lambda entry: entry.updated, reverse=True)
    # An empty feed changed when the day began: asked again, it is the same.
    updated = entries[0].updated if entries else datetime.combine(today(g.now), time(), VIETNAM)
    document = atom.Feed(
        id=atom.tag(host(), feed),
        title=f"{title} – {config.site.name}",
        subtitle=subtitle,
        link=absolute(page),
        link_self=absolute(feed),
        author=config.site.name,
        updated=updated,
        entries=entries,
    )
    return conditional(atom.write(document), atom.MIMETYPE)


def _entry(row: Row) -> atom.Entry:
    kind, name = ("seller", row.name) if isinstance(row, Seller) else (_kind(row), row.title)
    group = None if isinstance(row, Seller) else row.group_code
    return atom.Entry(
        id=atom.tag(host(), f"{kind}/{row.id}"),
        title=excerpt(without_contacts(name), _TITLE) or "(không tên)",
        link=absolute(record_address(kind, row.id, name)),
        published=_published(row),
        updated=max(row.changed_at, row.first_seen_at),
        author=_author(row),
        summary=_summary(row),
        category=categories.group(group).name if group else "",
    )


def _published(row: Row) -> datetime:
    """When it was posted, where the marketplace tells the day; else when we first saw it."""
    if isinstance(row, Request) and row.posted_on is not None:
        return datetime.combine(row.posted_on, time(), VIETNAM)
    return row.first_seen_at


def _kind(row: Listing | Request) -> str:
    return "listing" if isinstance(row, Listing) else "request"


def _author(row: Row) -> str:
    """Who sells, where the marketplace says so; else the marketplace: a post's contact is a person."""
    told = ""
    if isinstance(row, Seller):
        told = row.name
    elif isinstance(row, Listing):
        told = row.seller.name if row.seller else row.seller_name or ""
    return without_contacts(told) or floors.floor(row.source).title


def _summary(row: Row) -> str:
    """ "26.000 ₫/kg · xã An Lục Long (Châu Thành cũ) · nongsanantoanlongan.vn"."""
    place = place_line(row)
    said = ""
    if isinstance(row, Listing):
        price = prices.compared(row)
        said = f"{without_contacts(price.amount)}{price.per}"
        place = place or (place_line(row.seller) if row.seller else "")
    elif isinstance(row, Request):
        told = (row.quantity_text, row.price_text)
        said = " · ".join(without_contacts(text) for text in told if text)
    return " · ".join(part for part in (said, place, floors.floor(row.source).title) if part)
