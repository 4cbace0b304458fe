"""Regional names of the same goods: "heo" and "lợn", "đậu phộng" and "lạc".

They are read from a file that people edit (synonyms.csv, one group of names a line):

- `id`: a whole number of its own; `south`: the Southern name; `variants`: the other names;
- `way`: "both" when any name is searched for under all the others, "south" when only the Southern one is, because
  the others mean something else, too;
- `opening`: those of the names that are meant only at the beginning of a text or after a word such as "trái" or
  "mua": "Thơm Tân Phước" is a pineapple, "gạo thơm" is fragrant;
- `alone`: those that are meant only when they are the whole text: "giá" is bean sprouts by itself, and else a price;
- `not_in`: phrases in which a name of the group means something else ("bắp cải" is no corn);
- `group`, `note`, `reason`, `source`: for the reader.

Several names or phrases in a column are parted by ";". A name with a remark in brackets is for the reader only.

Names are looked for from left to right, the longest first, so "bắp cải" hides the "bắp" in it. A single
syllable that is rather somebody's name ("cô Hoa") is passed over: see `goods_or_not`. A name of which another group's
name is a part that may be swapped ("thịt heo", "thịt lợn") stands for that group as well.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import blake2b
from io import StringIO
from pathlib import Path

from search_index.goods_or_not import calls_somebody, opens
from search_index.words import Word, words

PACKAGED = Path(__file__).with_name("synonyms.csv")

_COLUMNS = ("id", "south", "variants", "group", "way", "opening", "alone", "not_in", "note", "reason", "source")
_WAYS = ("both", "south")

_Key = tuple[str, ...]


class BadSynonyms(ValueError):
    """A file of synonyms that cannot be used; the text names the line and the column."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a group. `asked`: it is searched for under the group's `found` names.

    `whole`: its words must stand together, since one of them alone is something else ("đậu bắp" is no corn).
    """

    group: str
    term: str
    text: str
    asked: bool
    found: bool
    opening: bool
    alone: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """The words `start` to `end` (excluded) of a text are a name."""

    start: int
    end: int
    name: Name


@dataclass(slots=True)
class _Spelling:
    """What some words may be: names, and phrases in which names of these groups mean something else."""

    names: list[Match] = field(default_factory=list)
    silences: set[str] = field(default_factory=set)


class Synonyms:
    """The groups of one file. `digest` changes with its content."""

    def __init__(self, content: str, source: str = "synonyms") -> None:
        """Raises BadSynonyms; `source` is what it calls the file."""
        self.digest = blake2b(content.encode("utf-8", "replace"), digest_size=6).hexdigest()
        self.groups: dict[str, tuple[Name, ...]] = {}
        self._exact: dict[_Key, _Spelling] = {}
        self._folded: dict[_Key, _Spelling] = {}
        for group, names, silent in _rows(content, source):
            self.groups[group] = names
            for phrase in silent:
                for spelling in self._spellings(phrase):
                    spelling.silences.add(group)
            for name in names:
                for spelling in self._spellings(name.text):
                    spelling.names.append(Match(0, len(words(name.text)), name))
        for spelling in self._folded.values():  # "gia do" may be no "giá đỡ"
            spelling.silences -= {match.name.group for match in spelling.names}
        parts = {name: self._parts(name) for names in self.groups.values() for name in names}
        for name, (swappable, hidden) in parts.items():
            whole = replace(name, whole=hidden)
            self.groups[name.group] = tuple(whole if one == name else one for one in self.groups[name.group])
            for spelling in self._spellings(name.text):
                at = next(number for number, match in enumerate(spelling.names) if match.name == name)
                spelling.names[at] = replace(spelling.names[at], name=whole)
                spelling.names += swappable
        # The words that names begin with, and how many words the longest of those names has.
        self._firsts: dict[str, int] = {}
        for key in (*self._exact, *self._folded):
            self._firsts[key[0]] = max(len(key), self._firsts.get(key[0], 0))

    @classmethod
    def read(cls, path: Path) -> Synonyms:
        """The synonyms of a file. Raises BadSynonyms."""
        try:
            return cls(path.read_text(encoding="utf-8-sig"), str(path))
        except (OSError, UnicodeDecodeError) as fault:
            raise BadSynonyms(f"{path}: cannot be read: {fault}") from fault

    def matches(self, text: Sequence[Word], title: bool, bare: bool = True, seller: bool = False) -> Iterator[Match]:
        """The names that stand in `text`, from left to right; in another one only what may be swapped there.

        A name is compared with its marks, and in words without marks also without. Then one syllable is a name only in
        a query without any mark (`bare`), and in a `title` only when it is all of it: without marks it may be anything.
        The title of a `seller` is somebody's name, in which one syllable is goods only after a word that tells so.
        """
        alone = len(text) == 1 if title else bare
        silent: dict[str, int] = {}  # groups not meant here, with where they may be meant again
        at = 0
        while at < len(text):
            found: list[Match] = []
            longest = max(self._firsts.get(text[at].exact, 0), self._firsts.get(text[at].folded, 0))
            if longest:
                found = self._longest_at(text, at, min(at + longest, len(text)), alone, silent, seller)
            yield from found
            at = max((match.end for match in found), default=at + 1)

    def _longest_at(
        self, text: Sequence[Word], start: int, last: int, alone: bool, silent: dict[str, int], seller: bool
    ) -> list[Match]:
        for end in range(last, start, -1):
            window = text[start:end]
            spelling = self._exact.get(tuple(word.exact for word in window))
            if spelling is None and (alone or len(window) > 1) and not any(word.marked for word in window):
                spelling = self._folded.get(tuple(word.folded for word in window))
            if spelling is None:
                continue
            for group in spelling.silences:
                silent[group] = max(end, silent.get(group, 0))
            if len(window) == 1 < len(text) and calls_somebody(text, start, seller):
                continue
            found = [
                Match(start + match.start, start + match.end, match.name)
                for match in spelling.names
                if silent.get(match.name.group, 0) <= start
                and (not match.name.opening or opens(text, start))
                and (not match.name.alone or len(window) == len(text))
            ]
            if found:
                return found
        return []

    def _spellings(self, text: str) -> Iterator[_Spelling]:
        """Where the spellings of a name are kept; both, unless it is written without marks anyway."""
        exact, folded = _keys(text)
        yield self._exact.setdefault(exact, _Spelling())
        yield self._folded.setdefault(folded, _Spelling())

    def _parts(self, name: Name) -> tuple[list[Match], bool]:
        """The names of other groups in `name`: those that may be swapped there, and whether there is another one.

        A name may be swapped when another of its group in its place makes a name of `name`'s own group.
        """
        siblings = {_keys(other.text)[0] for other in self.groups[name.group]}
        key = _keys(name.text)[0]
        swappable, hidden = [], bool(self._exact[key].silences)
        for start in range(len(key)):
            for end in range(start + 1, len(key) + 1):
                for part in self._exact.get(key[start:end], _Spelling()).names:
                    if part.name.group == name.group or end - start == len(key) or end - start != part.end:
                        continue
                    others = (_keys(other.text)[0] for other in self.groups[part.name.group])
                    if siblings & {key[:start] + other + key[end:] for other in others if other != key[start:end]}:
                        swappable.append(Match(start, end, part.name))
                    else:
                        hidden = True
        return swappable, hidden


@cache
def packaged() -> Synonyms:
    """The synonyms that come with the program."""
    return Synonyms.read(PACKAGED)


def _keys(text: str) -> tuple[_Key, _Key]:
    found = words(text)
    return tuple(word.exact for word in found), tuple(word.folded for word in found)


def _rows(content: str, source: str) -> Iterator[tuple[str, tuple[Name, ...], list[str]]]:
    """Each group's id, names and the phrases in which they mean something else."""
    reader = csv.reader(StringIO(content, newline=""), strict=True)
    seen: set[str] = set()
    try:
        if tuple(next(reader, ())) != _COLUMNS:
            raise BadSynonyms(f"{source}: line 1: expected the columns {','.join(_COLUMNS)}")
        for row in reader:
            where = f"{source}: line {reader.line_num}"
            if not any(row):
                continue
            if len(row) != len(_COLUMNS):
                raise BadSynonyms(f"{where}: {len(row)} columns, expected {len(_COLUMNS)}")
            cells = dict(zip(_COLUMNS, row, strict=True))
            if not cells["id"].isdecimal() or cells["id"] in seen:
                raise BadSynonyms(f"{where}, column id: {cells['id']!r}: expected a whole number of its own")
            seen.add(cells["id"])
            yield cells["id"], tuple(_names(cells, where)), _listed(cells, "not_in", where)
    except csv.Error as fault:
        raise BadSynonyms(f"{source}: line {reader.line_num}: {fault}") from fault


def _names(cells: dict[str, str], where: str) -> Iterator[Name]:
    group, way = cells["id"], cells["way"]
    if way not in _WAYS:
        raise BadSynonyms(f"{where}, column way: {way!r}: expected one of {', '.join(_WAYS)}")
    south, variants = (_listed(cells, column, where) for column in ("south", "variants"))
    for column, enough in (("south", len(south) == 1), ("variants", bool(variants))):
        if not enough:
            raise BadSynonyms(f"{where}, column {column}: {cells[column]!r}: expected a name without a remark")
    known = [*south, *variants]
    twice = len({_keys(name)[0] for name in known}) < len(known)
    if twice:
        raise BadSynonyms(f"{where}, column variants: a name of this group stands there twice")
    opening, alone = (_listed(cells, column, where) for column in ("opening", "alone"))
    for column, some in (("opening", opening), ("alone", alone)):
        if stray := [name for name in some if name not in known]:
            raise BadSynonyms(f"{where}, column {column}: {stray[0]!r} is no name of this group")
    for number, name in enumerate(known):
        southern = number == 0
        yield Name(
            group=group,
            term=f"{group}.{number}",
            text=name,
            asked=southern or way == "both",
            found=not southern or way == "both",
            opening=name in opening,
            alone=name in alone,
        )


def _listed(cells: dict[str, str], column: str, where: str) -> list[str]:
    """The entries of a cell, without those that bear a remark in brackets."""
    entries = [entry.strip() for entry in cells[column].split(";")] if cells[column].strip() else []
    for entry in entries:
        if not words(entry):
            raise BadSynonyms(f"{where}, column {column}: {entry!r} has no word")
    return [entry for entry in entries if "(" not in entry]
