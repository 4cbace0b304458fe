"""The names of goods among titles, for somebody who has typed their beginning. Pure.

A title goes on after the name of its goods: with a size, a brand, the seller's own name. So a name is followed from
title to title: where many go on alike it goes on, where each goes on in its own way it ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import combining, normalize

from search_index.fold import exact, fold, has_marks

TOKEN = re.compile(r"[^\W_]+(?:[.,/-][^\W_]+)*")
_LONGEST = 6  # words of a name that stands in one title alone
_CHOICE = 3  # where all titles go on, and in no more ways than these, the name is not at its end yet
_SHARE = 0.1  # of the titles that came so far must go on alike elsewhere
# Words before a size, which are no part of the name: "gạo ST25 túi 5 kg".
_PACKING = frozenset({"tui", "hop", "goi", "bich", "thung", "chai", "bao", "hu", "lon", "loai"})


class Syllable(NamedTuple):
    """A word as it stands, without marks, with them in one spelling, and the marks alone."""

    text: str
    folded: str
    exact: str
    marks: frozenset[str]


Head = list[Syllable]


@lru_cache(maxsize=16_384)
def syllable(text: str) -> Syllable:
    marks = frozenset(sign for sign in normalize("NFD", text.lower()) if combining(sign) or sign == "đ")
    return Syllable(text, fold(text), exact(text), marks)


def syllables(text: str) -> list[Syllable]:
    return [syllable(word) for word in TOKEN.findall(text)]


def reach(words: Sequence[Syllable], typed: Sequence[Syllable]) -> int:
    """How many of `words` it takes until all typed ones were met in their order, the last one at least begun; 0: never.

    Typed marks count, but against words that were written without; more of them may still come in the last word.
    """
    at = 0
    for number, one in enumerate(typed, 1):
        last = number == len(typed)
        while at < len(words) and not (_begins(words[at], one) if last else _equals(words[at], one)):
            at += 1
        if at == len(words):
            return 0
        at += 1
    return at


def begun_by(words: Sequence[Syllable], typed: Sequence[Syllable]) -> bool:
    """Whether a name begins with what was typed; marks as in `reach`."""
    pairs = list(zip(words, typed, strict=False))
    if not typed or len(pairs) < len(typed):
        return False
    return all(_equals(*pair) for pair in pairs[:-1]) and _begins(*pairs[-1])


def _begins(word: Syllable, typed: Syllable) -> bool:
    return word.folded.startswith(typed.folded) and (not word.marks or typed.marks <= word.marks)


def _equals(word: Syllable, typed: Syllable) -> bool:
    if not typed.marks or not word.marks:
        return word.folded == typed.folded
    return word.exact == typed.exact


def names_of_goods(titles: Iterable[str], typed: Sequence[Sequence[Syllable]]) -> list[str]:
    """Names that hold one of the `typed` texts, in lower case but for codes ("ST25"): those that begin so, then
    those that hold it further on, those of most titles first.

    `titles` come with the best first. One that holds the text only behind a sign or a number, or has a masked contact
    in it, gives no name.
    """
    groups: dict[tuple[str, ...], list[Head]] = {}
    foremost: set[tuple[str, ...]] = set()
    completed: set[tuple[str, ...]] = set()
    for title in titles:
        head = [] if "***" in title else _head(title)
        lengths = [(length, text) for text in typed if (length := reach(head, text))]
        if lengths:
            length, text = min(lengths)
            key = tuple(word.folded for word in head[:length])
            groups.setdefault(key, []).append(head)
            if len(text) == length:
                foremost.add(key)
                if text[-1].folded != key[-1]:
                    completed.add(key)  # somebody in the middle of a word is shown the word
    found: dict[str, tuple[bool, int, str]] = {}
    for key, heads in groups.items():
        whole = key not in foremost and any(len(head) == len(key) for head in heads)  # "thịt heo" for "heo"
        names = [(len(heads), _spelled(heads, len(key)))] if whole or key in completed else []
        for some in _ways(heads, len(key)).values():
            names += _grown(some, len(key) + 1)
        for count, name in names:
            told = (key in foremost, count, name)
            found[fold(name)] = max(told, found.get(fold(name), told))
    return [name for _, _, name in sorted(found.values(), key=lambda told: (not told[0], -told[1]))]


def _grown(heads: list[Head], length: int) -> Iterator[tuple[int, str]]:
    """The names that begin with the first `length` words, which the heads have in common, and the number of heads."""
    if len(heads) == 1:
        yield 1, _spelled(heads, max(length, _LONGEST))
        return
    ways = list(_ways(heads, length).values())
    ended = len(heads) - sum(map(len, ways))
    if ended or len(ways) > _CHOICE:
        ways = [some for some in ways if len(some) >= max(2, _SHARE * len(heads))]
        if ended > 1 or not ways:
            yield len(heads), _spelled(heads, length)
    for some in ways:
        yield from _grown(some, length + 1)


def _ways(heads: list[Head], length: int) -> dict[str, list[Head]]:
    """The heads that go on after `length` words, by the next one."""
    ways: dict[str, list[Head]] = {}
    for head in heads:
        if len(head) > length:
            ways.setdefault(head[length].folded, []).append(head)
    return ways


def _head(title: str) -> Head:
    """The words of a title before the first sign or number."""
    head: Head = []
    end = 0
    for found in TOKEN.finditer(title):
        if found[0][0].isdigit():
            while head and head[-1].folded in _PACKING:
                head.pop()
            break
        if head and title[end : found.start()].strip():
            break
        head.append(syllable(found[0]))
        end = found.end()
    return head


def _spelled(heads: list[Head], length: int) -> str:
    """The first words of the heads, as the first one of them that is written with marks has them."""
    names = (" ".join(_lower(word.text) for word in head[:length]) for head in heads)
    first = next(names)
    return first if has_marks(first) else next((name for name in names if has_marks(name)), first)


def _lower(word: str) -> str:
    """Words that are no codes ("ST25") or brands ("VietGAP") in lower case."""
    return word.lower() if word.isalpha() and (word.isupper() or word[1:].islower() or len(word) == 1) else word
