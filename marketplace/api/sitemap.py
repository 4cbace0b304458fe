"""What search engines may read, and where it is: robots.txt and the sitemap (sitemaps.org).

Every visible record has its page in it. A part holds a block of ids, so it stays the same part as the catalogue grows,
and is written while it is read out of the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from flask import Blueprint, Response, abort, current_app, g, stream_with_context, url_for
from sqlalchemy.orm import Session

from connectors.contract import RecordKind
from marketplace.api import reads
from marketplace.catalogue.filters import FILTERS
from marketplace.db import db
from marketplace.web.addresses import absolute, record_address
from marketplace.web.formats import today

BLOCK = (
    10_000  # ids a part covers; the rules allow 50,000 addresses and 50 MB, but this one is written in half a second
)
_BATCH = 2_000
_FRESH_S = 3_600
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_XMLNS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_KINDS: tuple[RecordKind, ...] = ("seller", "listing", "request")
# Pages that are no record.
_PAGES = (
    "catalogue.home",
    "catalogue.search",
    "catalogue.sellers",
    "prices.all_commodities",
    "board.board",
    "onboarding.figures",
    "sync.sources",
    "manners.manners",
    "api_page.guide",
)
# The parameters of a search's address that are no filter and make another view of the same hits.
_VIEWS = ("xep", "gan", "dung", "go", "trang")

blueprint = Blueprint("sitemap", __name__)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Invented data is not to be found elsewhere. Of the true one every page may be read, but not every way of
    filtering and sorting the same hits."""
    if current_app.extensions["marketplace_sandbox"]:
        lines = ["User-agent: *", "Disallow: /"]
    else:
        parameters = (*(one.param for one in FILTERS), *_VIEWS)
        lines = [
            "User-agent: *",
            "Disallow: /goi-y",
            "Disallow: /can-bo/",
            "Disallow: /quan-tri/",
            "Disallow: /nguoi-ban?*=",
            # The same hits again, for programs; the feeds may be read.
            *(f"Disallow: /{page}.{twin}" for page in ("tim", "nguoi-ban") for twin in ("json", "csv")),
            *(f"Disallow: /tim?*{name}=" for name in parameters),
            "",
            f"Sitemap: {absolute(url_for('sitemap.index'))}",
        ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """Where the parts are. Three statements, each along the primary key."""
    parts = [url_for("sitemap.pages")]
    for kind in _KINDS:
        last = reads.last_id(db.session(), kind)
        parts += [url_for("sitemap.part", kind=kind, number=number) for number in range(1, -(-last // BLOCK) + 1)]
    body = "".join(f"<sitemap><loc>{escape(absolute(part))}</loc></sitemap>\n" for part in parts)
    return _xml(f"{_HEAD}<sitemapindex {_XMLNS}>\n{body}</sitemapindex>\n")


@blueprint.get("/sitemap-pages.xml")
def pages() -> Response:
    body = "".join(_url(absolute(url_for(endpoint))) for endpoint in _PAGES)
    return _xml(f"{_HEAD}<urlset {_XMLNS}>\n{body}</urlset>\n")


@blueprint.get("/sitemap-<any(seller, listing, request):kind>-<int(max=99999):number>.xml")
def part(kind: RecordKind, number: int) -> Response:
    """The visible records whose ids lie in one block."""
    if number < 1:
        abort(404)
    lines = _lines(db.session(), kind, (number - 1) * BLOCK, number * BLOCK)
    return _xml(stream_with_context(lines))


def _lines(session: Session, kind: RecordKind, after: int, last: int) -> Iterator[str]:
    yield f"{_HEAD}<urlset {_XMLNS}>\n"
    for id_, title, changed_at in reads.titles(session, kind, after, last, today(g.now), _BATCH):
        yield _url(absolute(record_address(kind, id_, title)), changed_at)
    yield "</urlset>\n"


def _url(address: str, changed_at: datetime | None = None) -> str:
    changed = f"<lastmod>{changed_at:%Y-%m-%dT%H:%M:%SZ}</lastmod>" if changed_at else ""
    return f"<url><loc>{escape(address)}</loc>{changed}</url>\n"


def _xml(body: str | Iterator[str]) -> Response:
    response = Response(body, mimetype="application/xml")
    response.cache_control.public = True
    response.cache_control.max_age = _FRESH_S
    return response
