"""Rows of a page whose shape is not known, by the labels that stand in it: tables with a header row, and cards.

A table is read when its header row holds at least `ENOUGH` known labels, one of them a key label; columns are matched
by label, never by position. A card is the largest element in which no label stands twice; its values stand behind their
labels ("Giá: 5.000 đ", `<b>Giá:</b> 5.000 đ`, `<dt>Giá</dt><dd>…`). No class is looked at.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from connectors import clean, markup
from connectors.markup import Node, ReadError

ENOUGH = 3
_MAX_SPAN = 50
_HEADER_ROWS = 3  # a title may stand above the labels
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_LETTER = re.compile(r"[^\W\d_]")
_LABEL_TAGS = frozenset({"b", "strong", "label", "span", "small", "em", "dt", "th"})
_MAY_HOLD_A_LABEL = "b, strong, label, span, small, em, dt, th, td, p, li, div"
_BLOCKS = "p, li, div, tr, td, dt, dd"
# What a page says about itself, and what it asks a visitor.
_PICTURES = "img, svg, canvas"
_ASIDE = frozenset({"header", "footer", "nav", "form", "aside", "table"})
_WHOLE = frozenset({"html", "body", "main"})
_HEADINGS = "h2, h3, h4, h5, h6"

Labels = Mapping[str, str]  # folded label → name of the field; "" for a label that is known and left out


@dataclass(slots=True)
class Item:
    """One row or card: printed values by field, "" for an empty place. `context`: what stands above its list."""

    node: Node
    values: dict[str, str]
    context: str = ""
    unknown: list[str] = field(default_factory=list)  # labels nobody knows
    pictured: list[str] = field(default_factory=list)  # fields shown as pictures: there, but nothing to read
    fault: str = ""  # why the row cannot be read, in Vietnamese


@dataclass(slots=True)
class Found:
    """Everything read from a page. `frames`: the tables, also those without rows."""

    items: list[Item] = field(default_factory=list)
    frames: list[Node] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # columns nobody knows


def label_of(printed: str) -> str:
    """A printed label as `Labels` has it: folded, without what stands in parentheses and the signs around it."""
    key = _PARENTHESES.sub(" ", clean.fold(printed)).replace(" / ", "/")
    return clean.text(key).strip(" :*.#")


def field_of(labels: Labels, printed: str) -> str | None:
    """The field of a printed label, None when it is not known."""
    return labels.get(label_of(printed))


def tables(root: Node, labels: Labels, keys: Collection[str], measured: Collection[str]) -> Found:
    """All rows of the tables whose labels are known. `measured`: fields whose unit may stand in the header."""
    found = Found()
    for table in markup.every(root, "table"):
        if not markup.every(table, "table"):
            _read_table(table, labels, keys, measured, found)
    return found


def _read_table(table: Node, labels: Labels, keys: Collection[str], measured: Collection[str], found: Found) -> None:
    rows = markup.every(table, "tr")
    header = next((row for row in rows[:_HEADER_ROWS] if _is_header(row, labels, keys)), None)
    if header is None:
        return
    printed = [markup.text(cell) for cell in _cells(header)]
    columns = [field_of(labels, words) for words in printed]
    _decide_between(columns, printed, labels, found)
    found.frames.append(table)
    units = [
        " ".join(_PARENTHESES.findall(words)) if name in measured else ""
        for words, name in zip(printed, columns, strict=True)
    ]
    context = _above(table)
    under = [markup.identity(row) for row in rows].index(markup.identity(header)) + 1
    below = rows[under:]
    for row, cells in zip(below, _grid(below), strict=True):
        item = _table_row(row, cells, columns, units)
        if item is not None:
            item.context = context
            found.items.append(item)


def _decide_between(columns: list[str | None], printed: list[str], labels: Labels, found: Found) -> None:
    """Of several columns of one field leave the one whose label stands first among its labels; the others are told.

    Raises ReadError layout where the labels are the same: nothing tells which column is meant.
    """
    found.unknown += [words for words, name in zip(printed, columns, strict=True) if name is None and words]
    rank = {label: place for place, label in enumerate(labels)}
    for name, times in Counter(name for name in columns if name).items():
        if times == 1:
            continue
        places = sorted((rank[label_of(printed[at])], at) for at, its in enumerate(columns) if its == name)
        (first, kept), (second, _), *_ = places
        if first == second:
            raise ReadError("layout", f"bảng có hai cột cùng tên: {printed[kept]}")
        for _, at in places[1:]:
            columns[at] = ""
            found.unknown.append(f"{printed[at]} (cùng nghĩa với “{printed[kept]}”)")


def _is_header(row: Node, labels: Labels, keys: Collection[str]) -> bool:
    told = {name for cell in _cells(row) if (name := field_of(labels, markup.text(cell)))}
    return len(told) >= ENOUGH and not told.isdisjoint(keys)


def _cells(row: Node) -> list[Node]:
    """One for each column: a cell over three columns stands three times."""
    cells: list[Node] = []
    for cell in markup.children(row):
        if markup.tag(cell) in ("td", "th"):
            cells += [cell] * max(1, min(_span(cell, "colspan"), _MAX_SPAN))
    return cells


def _span(cell: Node, name: str) -> int:
    told = markup.attribute(cell, name) or "1"
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 5 else 1


def _grid(rows: list[Node]) -> Iterator[list[Node]]:
    """The cells of each row, with those that reach down from the rows above it: a unit stands once before all its
    products. A height of 0 reaches to the end."""
    down: dict[int, tuple[Node, int]] = {}  # column → cell, rows it still reaches into
    for row in rows:
        own, cells = iter(_cells(row)), list[Node]()
        left: dict[int, tuple[Node, int]] = {}
        while True:
            column = len(cells)
            if column in down:
                cell, more = down[column]
            elif (next_own := next(own, None)) is not None:
                cell, more = next_own, (_span(next_own, "rowspan") or len(rows))
            else:
                break
            cells.append(cell)
            if more > 1:
                left[column] = cell, more - 1
        down = left
        yield cells


def _table_row(row: Node, cells: list[Node], columns: list[str | None], units: list[str]) -> Item | None:
    own = _cells(row)
    distinct = {markup.identity(cell) for cell in cells}
    if len(distinct) <= 1 or (len(own) > 1 and len({markup.identity(cell) for cell in own}) == 1) or not own:
        # One cell over the whole width says that there is nothing, or heads a part of the table.
        return None
    if clean.fold(markup.text(own[0])).startswith(("tong cong", "tong so", "cong:")):
        return None
    if len(cells) != len(columns):
        return Item(row, {}, fault=f"hàng có {len(cells)} ô, bảng có {len(columns)} cột")
    item = Item(row, {})
    for cell, name, unit in zip(cells, columns, units, strict=True):
        words = markup.text(cell)
        if name and not words and _shows_picture(cell):
            item.pictured.append(name)
        elif name:
            # "Sản lượng (tấn/ngày)" above "5": the unit belongs to the value.
            item.values[name] = f"{words} {unit}" if unit and words and not _LETTER.search(words) else words
    return item


def _shows_picture(node: Node) -> bool:
    return markup.tag(node) in _PICTURES.split(", ") or bool(markup.every(node, _PICTURES))


def _above(frame: Node) -> str:
    """The caption of a table or the nearest heading before it among its siblings; "" without one."""
    caption = markup.every(frame, "caption")
    if caption:
        return markup.text(caption[0])
    for around in (frame, *markup.ancestors(frame)[:2]):
        before = around.prev
        while before is not None:
            if markup.tag(before) in ("h1", "h2", "h3", "h4", "h5", "h6"):
                return markup.text(before)
            before = before.prev
    return ""


def cards(root: Node, labels: Labels, keys: Collection[str]) -> Found:
    """All cards whose labels are known."""
    lines = _lines(root, labels)
    counts: dict[int, Counter[str]] = {}
    for node, name, _ in lines:
        for above in markup.ancestors(node):
            counts.setdefault(markup.identity(above), Counter())[name] += 1
    several = any(times > 1 for count in counts.values() for times in count.values())
    items: dict[int, Item] = {}
    for node, name, value in lines:
        top = _top(node, counts) if several else _only(node, counts, len(lines))
        if top is not None:
            item = items.setdefault(markup.identity(top), Item(top, {}))
            if value is None:
                item.pictured.append(name)
            else:
                item.values[name] = value
    whole = [
        item
        for item in items.values()
        if len(item.values) + len(item.pictured) >= ENOUGH and item.values.keys() & set(keys)
    ]
    beside = {markup.identity(markup.parent(item.node)) for item in whole}
    found = Found()
    for item in items.values():
        # A card among cards that tells too little is a damaged one; elsewhere it is a box of the page.
        if any(item is one for one in whole) or markup.identity(markup.parent(item.node)) in beside:
            item.context = _above(markup.parent(item.node))
            item.unknown = _unknown(item.node, labels)
            heading = markup.every(item.node, _HEADINGS)
            if heading:
                item.values.setdefault("heading", markup.text(heading[0]))
            found.items.append(item)
    return found


def _lines(root: Node, labels: Labels) -> list[tuple[Node, str, str | None]]:
    """Label, field and value of everything that reads like a line of a card; None for a value that is a picture."""
    found = []
    for node in markup.every(root, _MAY_HOLD_A_LABEL):
        line = _line(node, labels)
        if line is not None and not any(markup.tag(above) in _ASIDE for above in markup.ancestors(node)):
            found.append((node, *line))
    return found


def _line(node: Node, labels: Labels) -> tuple[str, str | None] | None:
    words, colon, rest = markup.own_text(node).partition(":")
    name = field_of(labels, words) if 0 < len(words) < 40 else None
    if not name:
        return None
    is_label = markup.tag(node) in _LABEL_TAGS
    whole = markup.text(node)
    if colon and (rest or whole.partition(":")[2].strip()):
        return None if markup.every(node, _BLOCKS) else (name, clean.text(whole.partition(":")[2]))
    if colon and _shows_picture(node) and not markup.every(node, _BLOCKS):
        return name, None
    if markup.tag(node) in ("dt", "th") or ((is_label or markup.tag(node) == "div") and colon):
        return name, _value_after(node, labels)
    after = clean.text(" ".join(part.text() for part in markup.following(node)))
    return (name, _value_after(node, labels)) if is_label and after.startswith(":") else None


def _value_after(label: Node, labels: Labels) -> str | None:
    """The text between a label and the next one; of the neighbour when the label stands alone in its element. None for
    a picture."""
    parts: list[Node] = []
    for part in markup.following(label):
        if parts and markup.tag(part) in _LABEL_TAGS and clean.text(part.text()).endswith(":"):
            break
        if markup.tag(part) in ("dt", "th"):
            break
        parts.append(part)
    value = clean.text(" ".join(part.text() for part in parts)).removeprefix(":").strip()
    around = markup.parent(label)
    if value or _elements_after(label) or markup.text(around) != markup.text(label):
        return value or (None if any(_shows_picture(part) for part in parts) else "")
    beside = next(iter(_elements_after(around)), None)
    # The neighbour of a label without a value may be the next line, which is no value.
    if beside is None or _holds_label(beside, labels):
        return ""
    return markup.text(beside) or (None if _shows_picture(beside) else "")


def _elements_after(node: Node) -> list[Node]:
    return [part for part in markup.following(node) if not markup.tag(part).startswith("-")]


def _holds_label(node: Node, labels: Labels) -> bool:
    inside = [node, *markup.every(node, _MAY_HOLD_A_LABEL)]
    return any(field_of(labels, markup.own_text(part).partition(":")[0]) for part in inside)


def _top(node: Node, counts: dict[int, Counter[str]]) -> Node | None:
    """The largest element around a label in which no label stands twice."""
    top = None
    for above in markup.ancestors(node):
        if max(counts[markup.identity(above)].values()) > 1 or markup.tag(above) in _WHOLE:
            break
        top = above
    return top


def _only(node: Node, counts: dict[int, Counter[str]], lines: int) -> Node | None:
    """The smallest element that holds all lines of a page with one card, and its heading where that stands near."""
    around = [above for above in markup.ancestors(node) if sum(counts[markup.identity(above)].values()) == lines]
    around = [above for above in around if markup.tag(above) not in _WHOLE][:3]
    return next((above for above in around if markup.every(above, _HEADINGS)), around[0] if around else None)


def _unknown(card: Node, labels: Labels) -> list[str]:
    said = [markup.text(node) for node in markup.every(card, "b, strong, label, dt")]
    return [words for words in said if words.endswith(":") and field_of(labels, words) is None]
