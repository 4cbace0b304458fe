"""The board: what people want to buy, to sell, or a partner they look for.

Read-only: a post is answered on the marketplace it was made on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, request, url_for

from connectors import clean
from connectors.contract import Source
from marketplace.board import queries
from marketplace.board.queries import Post
from marketplace.catalogue import categories
from marketplace.catalogue.queries import place_line
from marketplace.catalogue.search_request import MAX_TEXT, page_number
from marketplace.db import db
from marketplace.sync import queries as sync
from marketplace.web import floors, twins
from marketplace.web.errors import BadAddress
from marketplace.web.finding import finder
from marketplace.web.formats import iso, today
from marketplace.web.paging import Paging
from marketplace.web.privacy import masked_phones, without_contacts
from marketplace.web.twins import Cell
from search_index.documents import Query

blueprint = Blueprint("board", __name__)

SIDES: Mapping[str, str] = {"mua": "buy", "ban": "sell", "doi-tac": "partner"}
NAMES: Mapping[str, str] = {"buy": "Cần mua", "sell": "Cần bán", "partner": "Tìm đối tác"}
EXCERPT = 700  # characters
MAX_ROWS = 5_000
HEADER = (
    "Loại",
    "Mã",
    "Tên tin",
    "Mặt hàng",
    "Số lượng",
    "Giá đề nghị",
    "Nơi",
    "Ngày đăng",
    "Hết hạn",
    "Sàn",
    "Trang trên sàn",
    "Trang ở đây",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A list as its address tells it."""

    side: str
    expired: bool
    page: int
    text: str = ""

    @property
    def params(self) -> dict[str, Any]:
        name = next(name for name, side in SIDES.items() if side == self.side)
        asked = {"q": self.text, "tinh-trang": "het-han" if self.expired else ""}
        return {"loai": name, **{param: value for param, value in asked.items() if value}}

    def found(self) -> list[int] | None:
        """The posts, of any side and state, that match the words; None without words. Raises IndexAway."""
        if not self.text:
            return None
        hits = finder().search(Query(text=self.text, filters={"kind": ("request",)}, limit=MAX_ROWS)).hits
        return [int(hit.id.partition(":")[2]) for hit in hits]


@blueprint.app_template_filter("side_name")
def side_name(side: str | None) -> str:
    """A post whose side the list did not tell is just a post until its own page was read."""
    return NAMES.get(side or "", "Tin mua bán")


@blueprint.get("/can-mua-can-ban")
def board() -> str:
    """`q`: what the posts must be about, mostly what somebody looked for in vain and wants to buy; they are told where
    such a post can be made."""
    asked = read_address()
    counts, paging, found = _page(asked)
    states = sync.states(db.session(), current_app.config["MARKETPLACE"], g.now)
    return render_template(
        "board/board.html",
        asked=asked,
        sides=SIDES,
        counts=counts,
        paging=paging,
        posts=found,
        stale=[state for state in states.values() if state.gap and any(p.request.source == state.slug for p in found)],
        states=states,
        boards=_boards(states) if asked.text else [],
    )


@blueprint.get("/can-mua-can-ban.json")
def board_json() -> Response:
    asked = read_address()
    _, paging, found = _page(asked)
    return twins.as_json(
        {
            "side": asked.side,
            "query": asked.text,
            "expired": asked.expired,
            "total": paging.total,
            "page": paging.number,
            "pages": paging.pages,
            "results": [dict(zip(_KEYS, row, strict=True)) for row in _rows(found)],
        }
    )


@blueprint.get("/can-mua-can-ban.csv")
def board_csv() -> Response:
    asked = read_address()
    found = newest(asked, MAX_ROWS)
    return twins.as_csv(f"tin-{asked.params['loai']}", HEADER, _rows(found))


@blueprint.get("/can-mua-can-ban/<int:request_id>")
def post(request_id: int) -> str:
    session = db.session()
    found = queries.post(session, request_id)
    if found is None:
        abort(404)
    row = found.request
    return render_template(
        "board/request.html",
        post=found,
        row=row,
        place=place_line(row),
        group=categories.group(row.group_code) if row.group_code else None,
        phones=masked_phones(row.phone),
        expired=row.expires_on is not None and row.expires_on < today(g.now),
        state=sync.states(session, current_app.config["MARKETPLACE"], g.now).get(row.source),
        excerpt=EXCERPT,
    )


def _boards(states: Mapping[str, sync.SourceState]) -> list[Source]:
    """The marketplaces that have a board of their own, as far as posts of it are known."""
    posted_on = queries.sources(db.session())
    return [state.source for slug, state in states.items() if slug in posted_on]


def read_address() -> Asked:
    """The list this request asks for. Raises BadAddress."""
    name, state = request.args.get("loai") or "mua", request.args.get("tinh-trang", "")
    if name not in SIDES:
        raise BadAddress(f"Không có loại tin “{name[:40]}”: chọn cần mua, cần bán hoặc tìm đối tác.")
    if state not in ("", "het-han"):
        raise BadAddress(f"Không có tình trạng tin “{state[:40]}”.")
    text = clean.text(request.args.get("q"))[:MAX_TEXT]
    return Asked(SIDES[name], state == "het-han", page_number(request.args), text)


def newest(asked: Asked, limit: int) -> list[Post]:
    """The first posts of a list, whatever its page. Raises IndexAway where it is asked for by words."""
    session, on, among = db.session(), today(g.now), asked.found()
    return queries.posts(session, asked.side, expired=asked.expired, today=on, offset=0, limit=limit, among=among)


def _page(asked: Asked) -> tuple[dict[str, dict[str, int]], Paging, Sequence[Post]]:
    session, on, among = db.session(), today(g.now), asked.found()
    counts = queries.counts(session, on, among)
    paging = Paging(asked.page, counts[asked.side]["expired" if asked.expired else "open"])
    start, size = paging.offset, paging.size
    found = queries.posts(session, asked.side, expired=asked.expired, today=on, offset=start, limit=size, among=among)
    return counts, paging, found


_KEYS = (
    "side",
    "id",
    "title",
    "product",
    "quantity",
    "price_text",
    "place",
    "posted_on",
    "expires_on",
    "source",
    "source_url",
    "url",
)


def _rows(found: Sequence[Post]) -> Iterator[Sequence[Cell]]:
    """`HEADER` and `_KEYS` in words. No contact is among them."""
    for item in found:
        row = item.request
        yield (
            side_name(row.side),
            row.id,
            without_contacts(row.title),
            without_contacts(row.product or ""),
            without_contacts(row.quantity_text or ""),
            without_contacts(row.price_text or ""),
            place_line(row),
            iso(row.posted_on) if row.posted_on else None,
            iso(row.expires_on) if row.expires_on else None,
            floors.floor(row.source).title,
            row.url,
            url_for("board.post", request_id=row.id),
        )
