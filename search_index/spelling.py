"""Words one slip of the finger or the ear away from a word. Folded words only; pure functions."""

from __future__ import annotations

from collections.abc import Container
from itertools import pairwise

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

# How likely a slip is, beside replacing one letter by a far one.
_SWAPPED = 4.0  # "thnah"
_DOUBLED = 4.0  # "gaoo"
_HEARD = 4.0  # written as it sounds in some region: "xầu riêng", "lếp", "dừng" for "rừng"
_LEFT_OUT = 2.0  # "thah"
_NEAR_KEY = 2.0  # "thsnh"
_ADDED = 1.5
_FAR_KEY = 1.0
_FIRST_LETTER = 0.6  # people seldom miss the first one

_HEARD_ALIKE = frozenset({"sx", "xs", "ln", "nl", "iy", "yi", "dr", "rd", "dv", "vd", "ck", "kc", "ct", "tc"})
# A letter heard no more than its absence, after what stands before it: "ngêu" for "nghêu", "măn" for "măng".
_SILENT = frozenset({"gh", "ng", "nh", "ch"})


def _near_keys() -> frozenset[str]:
    pairs = {left + right for row in _ROWS for left, right in pairwise(row)}
    for upper, lower in pairwise(_ROWS):
        for at, key in enumerate(lower):
            pairs |= {key + above for above in upper[at : at + 2]}
    return frozenset(pairs | {pair[::-1] for pair in pairs})


_NEAR = _near_keys()


def neighbours(word: str, known: Container[str]) -> dict[str, float]:
    """The known words that one letter added, left out, replaced or swapped with its neighbour makes of `word`.

    Each with how likely the slip is, by no unit.
    """
    found: dict[str, float] = {}

    def look(other: str, likely: float, at: int) -> None:
        if other in known and other != word:
            weighed = likely * (_FIRST_LETTER if at == 0 and likely < _HEARD else 1.0)
            found[other] = max(found.get(other, 0.0), weighed)

    for at, letter in enumerate(word):
        before, after = word[:at], word[at + 1 :]
        doubled = letter in (before[-1:], after[:1])
        silent = before[-1:] + letter in _SILENT
        look(before + after, _DOUBLED if doubled else _HEARD if silent else _ADDED, at)
        if after:
            look(before + after[0] + letter + after[1:], _SWAPPED, at)
        for other in _LETTERS:
            look(before + other + after, _replaced(letter + other), at)
    for at in range(len(word) + 1):
        for letter in _LETTERS:
            silent = word[at - 1 : at] + letter in _SILENT
            look(word[:at] + letter + word[at:], _HEARD if silent else _LEFT_OUT, at)
    return found


def _replaced(pair: str) -> float:
    if pair in _HEARD_ALIKE:
        return _HEARD
    return _NEAR_KEY if pair in _NEAR else _FAR_KEY
