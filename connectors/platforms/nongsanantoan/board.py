"""The buy-and-sell board of this family: its list and its posts."""

from __future__ import annotations

from connectors import clean, reading
from connectors.contract import Get, RequestRecord, Side, Yield
from connectors.markup import Node, ReadError, at_most_one, attribute, every, inner_html, one, text
from connectors.platforms.nongsanantoan.addresses import own_ref, slug
from connectors.reading import Document, Row, label_key
from connectors.values import Values

SIDES: dict[str, Side] = {"can mua": "buy", "can ban": "sell", "tim doi tac": "partner"}
ROWS = {"loai san pham", "khu vuc", "dia chi", "dien thoai", "ngay het han"}
BODY_LIMIT = 2_000  # characters


def board(document: Document) -> list[Yield]:
    frame = at_most_one(document.root, "ul.buy-center-linked-list-columns")
    if frame is None:
        raise document.missing("khung danh sách tin “ul.buy-center-linked-list-columns”")
    items = every(frame, "li.buy-li")
    rows = reading.read_list(
        document,
        frame,
        items,
        lambda item: _row(document, item),
        lambda href: slug(document, "board", href),
    )
    return [*rows, *reading.next_page(document, "tiep", every(document.root, "ul.pagination"))]


def _row(document: Document, item: Node) -> Row:
    """A post in the list. Its snippet is left out: the post's own page has the whole text."""
    href = attribute(one(item, "h4 a.help-center-link"), "href")
    ref, url = slug(document, "board", href), document.own(href)
    if ref is None or url is None:
        raise ReadError("bad_row", "tin không có địa chỉ")
    told = [text(n) for n in every(item, ".info-buy .port-time")]
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
        title=reading.name_at(item, "h4 a.help-center-link", ref),
        url=url,
        place=values.text(item, ".post-area"),
        contact=values.text(item, ".userport a"),
        posted_on=values.day("ngày đăng", posted),
        views=values.count("lượt xem", views),
    )
    return record, [Get(url=url, kind="post", record="request", ref=ref), *values.problems]


def post(document: Document) -> list[Yield]:
    """Left out: the poster's own address and the day the account was made, which say nothing about the post."""
    root = document.root
    if not every(root, ".border-ads h1"):
        raise document.missing("tiêu đề tin “.border-ads h1”")
    ref = own_ref(document, "board")
    values = Values(ref)
    rows: dict[str, str] = {}
    for row in every(root, ".news-buy-main > div"):
        label, colon, printed = text(row).partition(":")
        if label_key(label) in ROWS:
            rows[label_key(label)] = clean.text(printed)
        elif colon and not every(row, ".chitiet-buy") and "chitiet-buy" not in (attribute(row, "class") or ""):
            values.note("unknown_label", text(row)[:80])
    body = at_most_one(root, ".chitiet-buy")
    said = [clean.fold(text(n)) for n in every(root, ".port-time, ul.breadcrumb li")]
    record = RequestRecord(
        ref=ref,
        side=next((SIDES[words] for words in said if words in SIDES), None),
        title=reading.name_at(root, ".border-ads h1", ref),
        url=document.address,
        body=None if body is None else clean.html_to_text(inner_html(body), BODY_LIMIT),
        product=rows.get("loai san pham"),
        place=rows.get("khu vuc"),
        address=rows.get("dia chi"),
        contact=values.text(root, '.userTitle .username[itemprop="name"]'),
        phone=rows.get("dien thoai"),
        expires_on=values.day("ngày hết hạn", rows.get("ngay het han")),
        own_page=True,
    )
    return [record, *values.problems]
