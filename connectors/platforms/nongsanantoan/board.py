"""The buy-and-sell board of this family: its list and its posts."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import clean, reading
from connectors.contract import Get, RequestRecord, Side, Yield
from connectors.markup import (
    Node,
    ReadError,
    ancestors,
    at_most_one,
    attribute,
    every,
    identity,
    inner_html,
    one,
    text,
)
from connectors.platforms.nongsanantoan.addresses import own_ref, slug
from connectors.platforms.nongsanantoan.parts import next_page
from connectors.reading import Document, Row, label_key
from connectors.values import Values

SELECTORS: Mapping[str, str] = {
    "board.frame": "ul.buy-center-linked-list-columns",
    "board.row": "li.buy-li",
    "board.title": "h4 a.help-center-link",  # with the link to the post
    "board.facts": ".info-buy .port-time",  # three: date, side, views
    "board.place": ".post-area",
    "board.contact": ".userport a",
    "post.title": ".border-ads h1",
    "post.side": ".port-time, ul.breadcrumb li",
    "post.row": ".news-buy-main > div",
    "post.body": ".chitiet-buy",
    "post.contact": '.userTitle .username[itemprop="name"]',
}
SIDES: dict[str, Side] = {"can mua": "buy", "can ban": "sell", "tim doi tac": "partner"}
ROWS = {"loai san pham", "khu vuc", "dia chi", "dien thoai", "ngay het han"}
BODY_LIMIT = 2_000  # characters


def board(document: Document) -> list[Yield]:
    css = document.css
    frame = at_most_one(document.root, css["board.frame"])
    if frame is None:
        raise document.missing("khung danh sách tin", "board.frame")
    items = every(frame, css["board.row"])
    rows = reading.read_list(
        document,
        frame,
        items,
        lambda item: _row(document, item),
        lambda href: slug(document, "board", href),
    )
    return [*rows, *next_page(document, document.root)]


def _row(document: Document, item: Node) -> Row:
    """A post in the list. Its snippet is left out: the post's own page has the whole text."""
    css = document.css
    href = attribute(one(item, css["board.title"]), "href")
    ref, url = slug(document, "board", href), document.own(href)
    if ref is None or url is None:
        raise ReadError("bad_row", "tin không có địa chỉ")
    told = [text(n) for n in every(item, css["board.facts"])]
    if len(told) != 3:
        raise ReadError("bad_row", f"tin có {len(told)} ô thông tin, cần ba: ngày, loại tin, lượt xem", ref)
    posted, kind, views = told
    side = SIDES.get(clean.fold(kind))
    if side is None:
        raise ReadError("unknown_label", f"loại tin: {kind}", ref)
    values = Values(ref)
    record = RequestRecord(
        ref=ref,
        side=side,
        title=reading.name_at(item, css["board.title"], ref),
        url=url,
        place=values.text(item, css["board.place"]),
        contact=values.text(item, css["board.contact"]),
        posted_on=values.day("ngày đăng", posted),
        views=values.count("lượt xem", views),
    )
    return record, [Get(url=url, kind="post", record="request", ref=ref), *values.problems]


def post(document: Document) -> list[Yield]:
    """Left out: the poster's own address and the day the account was made, which say nothing about the post."""
    root, css = document.root, document.css
    if not every(root, css["post.title"]):
        raise document.missing("tiêu đề tin", "post.title")
    ref = own_ref(document, "board")
    values = Values(ref)
    rows: dict[str, str] = {}
    body = at_most_one(root, css["post.body"])
    around_body = set() if body is None else {identity(node) for node in (body, *ancestors(body))}
    for row in every(root, css["post.row"]):
        label, colon, printed = text(row).partition(":")
        if label_key(label) in ROWS:
            rows[label_key(label)] = clean.text(printed)
        elif colon and identity(row) not in around_body:
            values.note("unknown_label", text(row)[:80])
    said = [clean.fold(text(n)) for n in every(root, css["post.side"])]
    record = RequestRecord(
        ref=ref,
        side=next((SIDES[words] for words in said if words in SIDES), None),
        title=reading.name_at(root, css["post.title"], ref),
        url=document.address,
        body=None if body is None else clean.html_to_text(inner_html(body), BODY_LIMIT),
        product=rows.get("loai san pham"),
        place=rows.get("khu vuc"),
        address=rows.get("dia chi"),
        contact=values.text(root, css["post.contact"]),
        phone=rows.get("dien thoai"),
        expires_on=values.day("ngày hết hạn", rows.get("ngay het han")),
        own_page=True,
    )
    return [record, *values.problems]
