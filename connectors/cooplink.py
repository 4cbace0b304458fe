"""htx.cooplink.com.vn, the ministry's board of suppliers and buyers of 2021. Facts: connectors/sources/cooplink.md.

What a notice says is known, how the page shows it is not: tables and cards are read by their labels, and the board list
of the nongsanantoan family by its own. Every notice of a unit that sells or buys is a request; a unit that registered
to sell is a seller, too. A buyer has no account that sells; state bodies and helping organisations trade nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from connectors import clean, paging, reading
from connectors.contract import Get, Page, Problem, Source, Yield
from connectors.cooplink_labels import HELPERS, KEYS, LABELS, MEASURED, NOTHING, SIDES, labels_by_word
from connectors.cooplink_notice import notice, number_of
from connectors.labelled import Found, Item, cards, tables
from connectors.markup import Node, ReadError, at_most_one, every, own_text, text, text_at
from connectors.provinces import other_province
from connectors.reading import Document

PATHS: Mapping[str, str] = {"sell": "/", "buy": "/"}  # one list for both, as far as is known
SELECTORS: Mapping[str, str] = {
    **LABELS,
    "notice.badge": "h3, h4, h5, h6, span, div, p, small, b, strong, em, label, td, li",  # where the role may stand
    "notice.nothing": "p, div, td, li, span, h3",  # where a page may say that it has no notice
    "board.frame": "ul.buy-center-linked-list-columns",
    "board.row": "li.buy-li",
    "board.title": "h4",
    "board.facts": ".info-buy .port-time",  # three: date, role, views
    "board.place": ".post-area",
    "board.contact": ".userport a",
}

source = Source(
    slug="cooplink",
    title="htx.cooplink.com.vn",
    short="HTX",
    home="http://htx.cooplink.com.vn",
    hosts=("htx.cooplink.com.vn",),
    scope="nation",
    note="Bảng cung cầu của Bộ năm 2021: có tin mua, tin bán và điện thoại, không có sản phẩm kèm giá như gian hàng.",
    lists_products=False,  # it has notices
    min_listings=0,
    max_pages=500,
    paths=PATHS,
    selectors=SELECTORS,
)


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - the site cannot be asked for changes
    for path in dict.fromkeys(_paths(source).values()):
        yield Get(url=source.home + path, kind="notices")


def _paths(source: Source) -> dict[str, str]:
    return {side: "/" + source.paths.get(side, path).lstrip("/") for side, path in PATHS.items()}


def kind_of(source: Source, url: str) -> str | None:
    path = reading.path_of(source, url).rstrip("/")
    return "notices" if path in {told.rstrip("/") for told in _paths(source).values()} else None


def parse(source: Source, page: Page) -> Iterator[Yield]:
    return reading.read(source, page, {"notices": _notices}, selectors=SELECTORS)


def _notices(document: Document) -> list[Yield]:
    found, frame = _found(document)
    taken: list[Item] = []
    elsewhere, helping = Counter[str](), Counter[str]()
    for item in found.items:
        helper = HELPERS.get(_role(document, item) or "")
        other = other_province(item.values.get("province"), item.values.get("address") or item.values.get("place"))
        if helper:
            helping[helper] += 1
        elif other:
            elsewhere[other] += 1
        else:
            taken.append(item)
    rows: list[Yield] = []
    if taken or not found.items:
        by_node = {id(item.node): item for item in taken}
        try:
            rows = reading.read_list(
                document,
                frame,
                [item.node for item in taken],
                lambda node: notice(document, by_node[id(node)], _role(document, by_node[id(node)])),
                lambda href: number_of(document.own(href)),
            )
        except ReadError as error:
            if not elsewhere and not helping:
                raise
            # Rows were understood, if only to leave them out: the page is what it was.
            rows = [Problem(code="bad_row", detail=error.detail)]
    for words in dict.fromkeys(found.unknown):
        rows.append(Problem(code="unknown_label", detail=f"cột: {words}"))
    for code, counted, what in (("out_of_scope", elsewhere, "tin ngoài tỉnh"), ("support_body", helping, "mục")):
        if counted:
            told = ", ".join(f"{name} {times}" for name, times in sorted(counted.items()))
            rows.append(Problem(code=code, detail=f"{counted.total()} {what}: {told}"))
    return [*rows, *paging.next_page(document)]


def _found(document: Document) -> tuple[Found, Node]:
    """What the page holds, whichever of the three shapes it has. Raises ReadError layout when it has none."""
    css = document.css
    board = at_most_one(document.root, css["board.frame"])
    if board is not None:
        return Found(items=[_post(css, item) for item in every(board, css["board.row"])]), board
    labels = labels_by_word(css)
    found = tables(document.root, labels, KEYS, MEASURED)
    if found.frames:
        return found, found.frames[0]
    found = cards(document.root, labels, KEYS)
    if not found.items and not any(_says_nothing(node) for node in every(document.root, css["notice.nothing"])):
        raise document.missing("bảng hoặc thẻ tin có nhãn quen (tên đơn vị, điện thoại, sản phẩm…)")
    return found, document.root


def _says_nothing(node: Node) -> bool:
    return clean.fold(own_text(node)).startswith(NOTHING)


def _post(css: Mapping[str, str], node: Node) -> Item:
    """A post of the family's board list: title, date, kind, place, person."""
    told = [text(part) for part in every(node, css["board.facts"])]
    place = text_at(node, css["board.place"])
    if len(told) != 3 or place is None:  # without the place a post of another province would pass for one of ours
        return Item(node, {}, fault=f"tin có {len(told)} ô thông tin, cần ba, và nơi đăng")
    values = {"heading": text_at(node, css["board.title"]) or "", "posted": told[0], "role": told[1], "place": place}
    name = text_at(node, css["board.contact"])
    return Item(node, values if name is None else {**values, "name": name})


def _role(document: Document, item: Item) -> str | None:
    """The folded role of a notice: its own word, a badge on it, the heading of its list, the address of the list."""
    if "role" in item.values:
        return clean.fold(item.values["role"])
    said = [clean.fold(text(node)) for node in every(item.node, document.css["notice.badge"])]
    badges = {word for word in said if word in SIDES or word in HELPERS}
    if badges:
        return badges.pop() if len(badges) == 1 else None
    above = clean.fold(item.context)
    told = {
        word for word in ("can ban", "dang ky ban", "chao ban", "can mua", "dang ky mua", "chao mua") if word in above
    }
    if len({SIDES[word] for word in told}) == 1:
        return told.pop()
    path = reading.path_of(document.source, document.url)
    sides = [side for side, own in _paths(document.source).items() if own.rstrip("/") == path.rstrip("/")]
    return {"sell": "ban", "buy": "mua"}[sides[0]] if len(sides) == 1 else None
