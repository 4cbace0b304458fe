"""Which of our product groups a listing belongs to.

Five marketplaces have five category trees; `classify` gives every listing one of our fifteen groups, or none where
neither its title nor its categories tell. The groups and all the words live in categories.csv, which an administrator
may edit. Its lines are read like this:

- `code`: several lines may carry the same code; name and glyph stand on the first. Three codes are no
  group: `-` is what lies outside (cosmetics, kitchen ware), `~` is what tells nothing (places, packaging, everyday
  words), `?` is a head word of many groups: where no longer phrase holds it, the rest of the title must not be guessed
  from ("lá mít" is no fruit).
- `labels`: category names of the sources, parted by `;`. `label?` is a broad one: it counts only when the title tells
  nothing. Labels of `~` tell nothing at all, labels of `-` rule every group out.
- `words`: phrases of titles, parted by `;`. `^word` counts only where a title begins (or after a dash), `word$` only
  where it or a part of it ends: "lúa giống" is seed, "ổi giống lê" a fruit.
  `*word` is a word of processing ("sấy", "giống"): wherever it stands it beats the raw goods (01–05) before it.

Vietnamese puts the head first ("bánh xoài" is a cake), so the first phrase of a title decides, and of two phrases that
begin at the same syllable the longer one: "bắp cải" is no corn. A lone syllable is compared with its marks ("bò" is not
"bơ"), a phrase may have its tones wrong ("mảng cầu"), and a title typed without any marks is compared without marks.
There a syllable that may be several things ("me", "bo") is passed over: that is why `~` lists words such as "của".
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

_FILE = Path(__file__).with_name("categories.csv")
_COLUMNS = ["code", "name", "glyph", "labels", "words"]
_OTHER, _OUTSIDE, _NOTHING, _UNSURE = "99", "-", "~", "?"
_NO_GROUP = frozenset({_OUTSIDE, _NOTHING, _UNSURE})
_RAW = frozenset({"01", "02", "03", "04", "05"})  # what a word of processing turns into something else

_TOKEN = re.compile(r"[^\W_]+|\S")  # a word or one sign
_NEW_START = frozenset("-–—_:|]/")  # what comes after these may begin a title anew
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WITHOUT_TONES = {ord(mark): None for mark in _TONES}
_WITHOUT_MARKS = dict.fromkeys(range(0x0300, 0x0370)) | {ord("đ"): "d"}


@dataclass(frozen=True, slots=True)
class Group:
    """A product group. `glyph` is the id of its symbol in the icon file."""

    code: str
    name: str
    glyph: str


class _Syllable(NamedTuple):
    exact: str  # tone moved to the end, so that "hoà" and "hòa" are one
    toneless: str
    bare: str
    marked: bool


class _Entry(NamedTuple):
    code: str
    exact: tuple[str, ...]
    anywhere: bool  # `*`
    at_start: bool  # `^`
    at_end: bool  # `$`


@dataclass(slots=True)
class _Node:
    """A step in a tree of phrases, one syllable deeper."""

    next: dict[str, _Node] = field(default_factory=dict)
    entries: list[_Entry] = field(default_factory=list)

    def add(self, path: Sequence[str], entry: _Entry) -> None:
        node = self
        for step in path:
            node = node.next.setdefault(step, _Node())
        node.entries.append(entry)


class _Place(NamedTuple):
    """Where a phrase stands: at the very beginning, where a title or a new part of it starts, before such an end."""

    first: bool
    starts: bool
    ends: bool


class _Label(NamedTuple):
    code: str
    broad: bool


class _Vocabulary(NamedTuple):
    groups: dict[str, Group]
    labels: dict[str, _Label]
    toneless: _Node
    bare: _Node


@lru_cache(maxsize=16_384)
def _syllable(token: str) -> _Syllable:
    parts = unicodedata.normalize("NFD", token)
    toneless, bare = parts.translate(_WITHOUT_TONES), parts.translate(_WITHOUT_MARKS)
    tone = "".join(mark for mark in parts if mark in _TONES)
    return _Syllable(toneless + tone, toneless, bare, bare != parts)


def _syllables(text: str) -> list[_Syllable]:
    return [_syllable(token) for token in _TOKEN.findall(unicodedata.normalize("NFC", text).lower())]


def _label_key(label: str) -> str:
    return " ".join(syllable.bare for syllable in _syllables(label) if syllable.bare.isalnum())


def _cell(text: str) -> Iterator[str]:
    return filter(None, (part.strip() for part in text.split(";")))


def _read(file: Path) -> _Vocabulary:
    found = _Vocabulary({}, {}, _Node(), _Node())
    owners: dict[tuple[str, ...], str] = {}

    def wrong(line: int, what: str) -> ValueError:
        return ValueError(f"{file.name}, line {line}: {what}")

    with file.open(encoding="utf-8-sig", newline="") as lines:  # a spreadsheet puts a byte-order mark before it
        reader = csv.DictReader(lines)
        if reader.fieldnames != _COLUMNS:
            raise wrong(1, f"expected the columns {', '.join(_COLUMNS)}")
        for row in reader:
            code, line = row["code"], reader.line_num
            if None in row or None in row.values():
                raise wrong(line, f"expected {len(_COLUMNS)} columns")
            if row["name"] and code not in _NO_GROUP:
                if code in found.groups:
                    raise wrong(line, f"group {code} is named twice")
                found.groups[code] = Group(code, row["name"], row["glyph"])
            if code not in found.groups and code not in _NO_GROUP:
                raise wrong(line, f"group {code!r} has no name yet")
            for label in _cell(row["labels"]):
                key = _label_key(label)
                known = found.labels.setdefault(key, _Label(code, label.endswith("?")))
                if known.code != code:
                    raise wrong(line, f"label {label!r} is already one of {known.code}")
            for word in _cell(row["words"]):
                path = _syllables(word.strip("*^$"))
                exact = tuple(syllable.exact for syllable in path)
                if not exact:
                    raise wrong(line, f"{word!r} holds no word")
                if owners.setdefault(exact, code) != code:
                    raise wrong(line, f"{word!r} is already a word of {owners[exact]}")
                entry = _Entry(code, exact, word.startswith("*"), word.startswith("^"), word.endswith("$"))
                found.toneless.add([syllable.toneless for syllable in path], entry)
                found.bare.add([syllable.bare for syllable in path], entry)
    return found


@cache
def _vocabulary() -> _Vocabulary:
    return _read(_FILE)


def check(file: Path) -> None:
    """Raise ValueError with file, line and fault when an edited copy of categories.csv cannot be used."""
    _read(file)


def groups() -> tuple[Group, ...]:
    """All groups in their official order, "99 Khác" last."""
    return tuple(_vocabulary().groups.values())


def group(code: str) -> Group:
    """The group of a code. KeyError when there is none."""
    return _vocabulary().groups[code]


def _agreed(entries: list[_Entry]) -> _Entry | None:
    """The entry, where all name one group; None where the text may be read in several ways."""
    return entries[0] if entries and all(entry.code == entries[0].code for entry in entries) else None


def _entry(node: _Node, window: list[_Syllable], place: _Place, bare: bool) -> _Entry | None:
    """Which phrase of `node` the syllables of `window` are, if that is certain."""
    entries = node.entries
    if not (place.starts and place.ends):
        entries = [
            entry for entry in entries if (place.starts or not entry.at_start) and (place.ends or not entry.at_end)
        ]
    if len(entries) == 1 and (bare or len(window) > 1):
        return entries[0]
    exact = tuple(syllable.exact for syllable in window)
    same = [entry for entry in entries if entry.exact == exact]
    if not bare:
        return _agreed(same or (entries if len(window) > 1 else []))
    # Without marks "cua" may be "của", but hardly as the first word of a title.
    return _agreed(same) if same and place.first else _agreed(entries)


def _phrases(syllables: list[_Syllable], tree: _Node, bare: bool) -> Iterator[_Entry]:
    """The phrases of a text from left to right, the longest at each place; they do not overlap."""
    keys = [syllable.bare if bare else syllable.toneless for syllable in syllables]
    position, starts, count = 0, True, len(keys)
    while position < count:
        node = tree.next.get(keys[position])
        best: _Entry | None = None
        length, end = 1, position
        while node is not None:
            end += 1
            if node.entries:
                place = _Place(position == 0, starts, end == count or not syllables[end].bare.isalpha())
                found = _entry(node, syllables[position:end], place, bare)
                if found or bare:
                    best, length = found, end - position
            node = node.next.get(keys[end]) if end < count else None
        if best:
            yield best
        word = syllables[position].bare
        filler = not word.isalpha() or (best is not None and best.code == _NOTHING)
        starts = word in _NEW_START or (starts and filler)
        position += length


def _decide(phrases: Iterable[_Entry]) -> str | None:
    """The code of a row of phrases: the first one's, unless it is raw goods and a word of processing follows."""
    head: str | None = None
    processed: str | None = None
    for entry in phrases:
        if entry.code == _NOTHING:
            continue
        if entry.anywhere and entry.code == _OUTSIDE:
            return _OUTSIDE
        head = head or entry.code
        if entry.anywhere:
            processed = processed or entry.code
    return processed if processed and head in _RAW else head


def _of_title(title: str) -> str | None:
    syllables = _syllables(title)
    if not any(syllable.marked for syllable in syllables):
        return _decide(_phrases(syllables, _vocabulary().bare, bare=True))
    told = _decide(_phrases(syllables, _vocabulary().toneless, bare=False))
    if told:
        return told
    # "Gao ST25 Sóc Trăng": marks on some words only. A phrase of words without any is still safe.
    unmarked = [_syllable("…") if syllable.marked else syllable for syllable in syllables]
    return _decide(entry for entry in _phrases(unmarked, _vocabulary().bare, bare=True) if len(entry.exact) > 1)


@lru_cache(maxsize=4_096)
def _of_label(label: str) -> _Label | None:
    """What a category name says: as listed, else by its words when they agree."""
    key = _label_key(label)
    listed = _vocabulary().labels.get(key)
    if listed:
        return listed
    syllables = _syllables(label)
    bare = not any(syllable.marked for syllable in syllables)
    tree = _vocabulary().bare if bare else _vocabulary().toneless
    entries = [entry for entry in _phrases(syllables, tree, bare) if entry.code != _NOTHING]
    code = _decide(entries)
    codes = {entry.code for entry in entries if code in _RAW or entry.code not in _RAW}
    if code and code not in _NO_GROUP and codes == {code}:
        return _Label(code, broad=False)
    return _Label(_OTHER, broad=True) if "khac" in key.split() else None


@lru_cache(maxsize=16_384)
def _classify(title: str, path: tuple[str, ...]) -> str | None:
    told = _of_title(title)
    other = False
    for label in reversed(path):
        said = _of_label(label)
        if said is None or said.code == _NOTHING:
            continue
        if said.code == _OTHER:
            other = True
            continue
        if said.code == _OUTSIDE:
            return None
        if told in (None, _UNSURE):
            return said.code
        if told == _OUTSIDE:
            return None if said.broad or said.code in _RAW else said.code
        # "Lạp xưởng" filed under "Thịt lợn" is processed food; "Chanh" filed under "Giống cây trồng" is a sapling.
        return told if said.broad or told not in _RAW else said.code
    if told is None or told in _NO_GROUP:
        return _OTHER if other else None
    return told


def classify(title: str, path: Sequence[str] = ()) -> str | None:
    """The code of the group of a listing, None when it cannot be told.

    `path` are the source's category names from root to leaf; the leaf counts first. A category that says it clearly
    wins over raw goods in the title, but what the title calls processed stays processed. "99" only when the source
    itself files it under "khác" and the title names none of our groups. Never raises for any text.
    """
    return _classify(title, tuple(path))
