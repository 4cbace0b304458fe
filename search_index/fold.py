"""The two spellings under which a Vietnamese word is indexed. Pure functions; they never raise on a `str`.

- `fold` keeps the letters only: "Đậu phộng" → "dau phong". What people type without marks finds what others
  wrote with them.
- `exact` keeps the marks, in one spelling: "HOÀ" and "Hòa", composed or decomposed, become the same text.
"""

from __future__ import annotations

import re
from unicodedata import combining, normalize

# The marks that make a letter of its own (â ê ô, ă, ơ ư). Every other mark that `exact` keeps is one of the tones.
_QUALITY = "\u0302\u0306\u031b"
_TONES = "\u0300\u0301\u0303\u0309\u0323"

# Marks that may follow a letter; a word goes on across them.
MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"

_LETTERS = re.compile(rf"(?:[^\W\d_][{MARKS}]*+)++")

# Invisible characters that stand inside a word without ending it: soft hyphen, joiners, byte order mark, direction
# marks, variation selectors. The zero-width space is not among them: it marks a place between two words.
_INVISIBLE = re.compile("[\u00ad\u200c-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff]")

# The Icelandic eth and the African d with tail look like đ; old Vietnamese keyboards and fonts produce them for it.
_D_LOOK_ALIKES = ("ð", "ɖ")


def caseless(text: str) -> str:
    """Lower case, decomposed (NFKD), without invisible characters: the common start of both spellings.

    The repeated steps are Unicode's own "compatibility caseless match" (definition D146): one pass leaves a
    few letters that a second pass would still change.
    """
    if text.isascii():
        return text.lower()
    once = normalize("NFKD", normalize("NFD", _INVISIBLE.sub("", text)).casefold())
    plain = normalize("NFKD", once.casefold())
    for letter in _D_LOOK_ALIKES:
        plain = plain.replace(letter, "đ")
    return plain


def fold(text: str) -> str:
    """`text` in lower case without any mark, đ as d. Blanks and punctuation stay."""
    plain = caseless(text)
    if plain.isascii():
        return plain
    return "".join("d" if c == "đ" else c for c in plain if not combining(c))


def exact(text: str) -> str:
    """`text` in lower case with its marks, each tone written at the end of its run of letters.

    Old and new placement of the tone (oà/òa, uý/úy) thereby become equal, whichever vowel carries it. Marks
    that Vietnamese does not use are dropped.
    """
    plain = caseless(text)
    if plain.isascii():
        return plain
    return normalize("NFC", _LETTERS.sub(_tones_last, plain))


def has_marks(text: str) -> bool:
    """Whether `text` shows a Vietnamese mark or đ: whether its writer types with marks at all."""
    return any(c == "đ" or c in _QUALITY or c in _TONES for c in caseless(text))


def _tones_last(run: re.Match[str]) -> str:
    letters = run.group()
    kept = "".join(c for c in letters if c in _QUALITY or not combining(c))
    return kept + "".join(c for c in letters if c in _TONES)
