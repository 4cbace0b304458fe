"""How a Vietnamese syllable is written, and how well one writing of it stands for another.

Addresses come with and without marks, in capitals, decomposed (NFD), and with both placements of the tone ("Hòa",
"Hoà"). A syllable therefore has two forms: `key`, which forgets only what carries no meaning (case, composition,
place of the tone mark, y for i after a consonant), and `fold`, which forgets the marks as well.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_FINAL_Y: Final = re.compile(r"^([bcdđghklmnpqrstvx]+|qu)y$")

EXACT: Final = 3  # the same syllables with the same marks
BARE: Final = 2  # some syllables come without any mark, the others are the same
DIFFERENT: Final = 1  # the same letters, but marks that contradict
NOT: Final = 0


class Syllable(NamedTuple):
    """One word of an address or name."""

    key: str
    fold: str


@lru_cache(maxsize=16_384)
def syllable(word: str) -> Syllable:
    """The two forms of one word, whatever its case and composition. Leading zeros of a number are dropped ("03")."""
    if word.isdecimal():
        digits = word.lstrip("0") or "0"
        return Syllable(digits, digits)
    letters: list[str] = []
    tone = ""
    # U+00D0 (Eth) is what an old Windows font wrote for Đ.
    for char in unicodedata.normalize("NFD", word.lower().replace("ð", "đ")):
        if char in _TONES:
            tone += char
        else:
            letters.append(char)
    key = _FINAL_Y.sub(r"\1i", unicodedata.normalize("NFC", "".join(letters)))
    fold = "".join(c for c in unicodedata.normalize("NFD", key) if not unicodedata.combining(c)).replace("đ", "d")
    return Syllable(key + tone, _FINAL_Y.sub(r"\1i", fold))


def syllables(name: str) -> tuple[Syllable, ...]:
    """The forms of all words of a name as the tables write it."""
    return tuple(syllable(word) for word in re.findall(r"[^\W\d_]+|\d+", unicodedata.normalize("NFC", name)))


def likeness(written: Sequence[Syllable], name: Sequence[Syllable]) -> int:
    """How well what is written stands for the name: EXACT, BARE, DIFFERENT or NOT. Both have the same length."""
    level = EXACT
    for ours, theirs in zip(written, name, strict=True):
        if ours.key == theirs.key:
            continue
        if ours.fold != theirs.fold:
            return NOT
        if ours.key != ours.fold:  # it has marks, and they are others
            level = DIFFERENT
        elif level == EXACT:
            level = BARE
    return level
