"""What people compare prices of: "gạo ST25", "thanh long ruột đỏ", finer than a product group.

commodities.csv names them; an administrator may edit it:

- `slug` is the address of the price page and the value in the search index; it stays when the name changes.
- `name` as pages print it; `group` is the code of its product group (categories.csv).
- `names`: what else it is called, parted by `;` (the name itself counts, too, unless it has brackets).
- `other`: longer names that only look like it: "bắp cải" is no corn.
- `source`: where we have it from.

A title is read from the left, the longest name at each place. It is of the first commodity found, and of those that
follow as a list ("xà lách xoong, rau má và rau quế", "thanh long ruột đỏ, ruột trắng"); what else comes later describes
it ("gạo Nàng Thơm lúa mùa").
The title's group must be the commodity's: "bánh xoài" is a cake, "chanh không hạt giống" a sapling.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from connectors import clean
from marketplace.catalogue.categories import classify, groups
from search_index import fold

_FILE = Path(__file__).with_name("commodities.csv")
_COLUMNS = ["slug", "name", "group", "names", "other", "source"]
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TOKEN = re.compile(r"[^\W_]+|[,;+&/]")
_LISTED = frozenset({",", ";", "+", "&", "/", "và"})


@dataclass(frozen=True, slots=True)
class Commodity:
    """`names`: every name it goes by, its own first."""

    slug: str
    name: str
    group: str
    names: tuple[str, ...]
    source: str

    @property
    def lower(self) -> str:
        """The name within a sentence: "gạo ST25"."""
        return self.name[:1].lower() + self.name[1:]


@dataclass(frozen=True, slots=True)
class Found:
    """A commodity in a title: the words `start` to `end` (without) of `words(title)`."""

    commodity: Commodity
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a sign that parts the items of a list, as `text` in lower case.

    `exact` has its marks, the tone at its end; `bare` has none.
    """

    text: str
    exact: str
    bare: str

    @property
    def marked(self) -> bool:
        return self.exact != self.bare


@dataclass(frozen=True, slots=True)
class _Entry:
    commodity: Commodity | None  # None: a name that only looks like one
    exact: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    """A step in a tree of names, one word without marks deeper."""

    next: dict[str, _Node] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Table:
    commodities: dict[str, Commodity]
    tree: _Node


@lru_cache(maxsize=16_384)
def _word(token: str) -> Word:
    return Word(token, fold.exact(token), fold.fold(token))


def words(text: str) -> tuple[Word, ...]:
    """The words of a text, and the signs that part the items of a list."""
    return tuple(map(_word, _TOKEN.findall(clean.text(text).lower())))


def _cell(text: str) -> Iterator[str]:
    return filter(None, (part.strip() for part in text.split(";")))


def _read(file: Path) -> _Table:
    table = _Table({}, _Node())
    owners: dict[tuple[str, ...], str] = {}
    codes = {group.code for group in groups()}

    def wrong(line: int, what: str) -> ValueError:
        return ValueError(f"{file.name}, line {line}: {what}")

    def add(name: str, commodity: Commodity | None, line: int) -> None:
        path = words(name)
        exact = tuple(word.exact for word in path)
        if not path or any(sign in _LISTED for sign in exact):
            raise wrong(line, f"{name!r} holds no word, or a sign that parts words")
        owner = commodity.slug if commodity else ""
        if owners.setdefault(exact, owner) != owner and owner:
            raise wrong(line, f"{name!r} is already a name of {owners[exact] or 'something else'}")
        node = table.tree
        for word in path:
            node = node.next.setdefault(word.bare, _Node())
        node.entries.append(_Entry(commodity, exact))

    lookalikes: list[tuple[str, int]] = []
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        if reader.fieldnames != _COLUMNS:
            raise wrong(1, f"expected the columns {','.join(_COLUMNS)}")
        for row in reader:
            line = reader.line_num
            if None in row or None in row.values():
                raise wrong(line, f"expected {len(_COLUMNS)} columns")
            slug, name = row["slug"], row["name"]
            if not _SLUG.fullmatch(slug) or slug in table.commodities:
                raise wrong(line, f"slug {slug!r}: expected a new one of a-z, 0-9 and single hyphens")
            if row["group"] not in codes:
                raise wrong(line, f"unknown group {row['group']!r}")
            own = () if "(" in name else (name,)
            commodity = Commodity(slug, name, row["group"], (*own, *_cell(row["names"])), row["source"])
            if not commodity.names:
                raise wrong(line, f"{slug} has no name that can stand in a title")
            table.commodities[slug] = commodity
            for one in commodity.names:
                add(one, commodity, line)
            lookalikes += [(one, line) for one in _cell(row["other"])]
    for one, line in lookalikes:  # last: a name that only looks like one commodity may be that of another
        if tuple(word.exact for word in words(one)) not in owners:
            add(one, None, line)
    return table


@cache
def _table() -> _Table:
    return _read(_FILE)


def check(file: Path) -> None:
    """Raise ValueError with file, line and fault when an edited copy of commodities.csv cannot be used."""
    _read(file)


def commodities() -> tuple[Commodity, ...]:
    """All of them, in the order of the file: by product group."""
    return tuple(_table().commodities.values())


def commodity(slug: str) -> Commodity | None:
    return _table().commodities.get(slug)


def _meant(entries: list[_Entry], said: tuple[Word, ...], bare: bool) -> _Entry | None:
    """The entry the words stand for; None where they may be several or none.

    A word with marks must have the right ones. One without may be meant by any, in a text without any marks or
    beside another word: "Gao ST25 Sóc Trăng".
    """
    alike = [
        entry
        for entry in entries
        if all(
            word.exact == wanted or (not word.marked and (bare or len(said) > 1))
            for word, wanted in zip(said, entry.exact, strict=True)
        )
    ]
    same = [entry for entry in alike if entry.exact == tuple(word.exact for word in said)]
    chosen = same or alike
    return chosen[0] if chosen and all(one.commodity is chosen[0].commodity for one in chosen) else None


def find(said: tuple[Word, ...]) -> list[Found]:
    """Every name of a commodity in the words of a text, from the left, the longest at each place. Pure."""
    bare = not any(word.marked for word in said)
    found: list[Found] = []
    position, count = 0, len(said)
    while position < count:
        node, end = _table().tree.next.get(said[position].bare), position
        best: _Entry | None = None
        length = 1
        while node is not None:
            end += 1
            meant = _meant(node.entries, said[position:end], bare) if node.entries else None
            if meant is not None:
                best, length = meant, end - position
            node = node.next.get(said[end].bare) if end < count else None
        if best is not None and best.commodity is not None:
            found.append(Found(best.commodity, position, position + length))
        position += length
    return found


@lru_cache(maxsize=16_384)
def of_title(title: str) -> tuple[str, ...]:
    """The slugs of the commodities a title offers, in its order; () where it tells none. Never raises for any text."""
    said = words(title)
    found = find(said)
    if not found:
        return ()
    first = found[0]
    listed = [one for one in found[1:] if one.start and said[one.start - 1].exact in _LISTED]
    group = classify(title)
    offered = [one.commodity for one in (first, *listed)] + _sorts(said, first)
    return tuple(dict.fromkeys(one.slug for one in offered if one.group == group))


def _sorts(said: tuple[Word, ...], first: Found) -> list[Commodity]:
    """The second commodity of a list that leaves out their common head: "thanh long ruột đỏ, ruột trắng"."""
    sign, rest = said[first.end : first.end + 1], said[first.end + 1 :]
    if not sign or sign[0].exact not in _LISTED:
        return []
    for kept in range(first.end - first.start - 1, 0, -1):
        whole = find((*said[first.start : first.start + kept], *rest))
        if whole and whole[0].start == 0 and whole[0].end > kept:
            return [whole[0].commodity]
    return []


def named(text: str) -> Commodity | None:
    """The one commodity a title or a query names; None for none or several."""
    slugs = of_title(text)
    return commodity(slugs[0]) if len(slugs) == 1 else None
