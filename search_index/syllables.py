"""What a Vietnamese syllable can look like, and how it is written.

Letters are the base letters with their own marks (ă â đ ê ô ơ ư); the tone stands apart, as one of `TONES` or "".
The tables are those of the school grammar, with the rhymes of borrowed words that goods are named by ("xoong").
"""

from __future__ import annotations

from unicodedata import combining, normalize

ACUTE, GRAVE, HOOK, TILDE, DOT = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
TONES = (ACUTE, GRAVE, HOOK, TILDE, DOT)

_VOWELS = frozenset("aăâeêioôơuưy")
_MARKED = frozenset("ăâêôơư")
_STOPS = ("c", "ch", "p", "t")  # a syllable that ends so bears the acute or the dot

_ENDINGS = {
    "a": " c ch i m n ng nh o p t u y",
    "ă": "c m n ng p t",
    "â": "c m n ng p t u y",
    "e": " c m n ng o p t",
    "ê": " c ch m n ng nh p t u",
    "i": " a ch m n nh p t u",
    "iê": "c m n ng p t u",
    "o": " c i m n ng p t",
    "oo": "c ng",
    "oa": " c ch i m n ng nh o p t y",
    "oă": "c m n ng t",
    "oe": " m n o t",
    "ô": " c i m n ng p t",
    "ơ": " i m n p t",
    "u": " a c i m n ng p t",
    "uâ": "n ng t y",
    "uê": " ch n nh",
    "uô": "c i m n ng t",
    "uơ": " n",
    "uy": " a ch n nh p t u",
    "uyê": "n t",
    "ư": " a c i m n ng t u",
    "ươ": "c i m n ng p t u",
    "y": " ",
    "yê": "m n ng t u",
}
_RHYMES = frozenset(nucleus + end for nucleus, ends in _ENDINGS.items() for end in ends.split(" "))
# After "qu" the u belongs to the beginning: "quýt" is qu-ýt.
_QU_RHYMES = frozenset(
    rhyme[1:] for rhyme in _RHYMES if rhyme.startswith("u") and len(rhyme) > 1 and rhyme[1] in "âêôơy"
) | frozenset(nucleus + end for nucleus in ("a", "ă", "â", "e", "ê", "i", "ơ") for end in _ENDINGS[nucleus].split(" "))

_FRONT = tuple("eêiy")
_ONSETS = (
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph", "qu",
    "r", "s", "t", "th", "tr", "v", "x",
)  # fmt: skip


def _rhymes_after(onset: str) -> frozenset[str]:
    if onset == "qu":
        return _QU_RHYMES
    if onset in ("k", "gh", "ngh"):
        return frozenset(rhyme for rhyme in _RHYMES if rhyme.startswith(_FRONT))
    if onset in ("c", "ng"):
        return frozenset(rhyme for rhyme in _RHYMES if not rhyme.startswith(_FRONT))
    if onset == "g":  # "gì" and "giếng" lose one i
        return frozenset(rhyme for rhyme in _RHYMES if rhyme.startswith("i") or not rhyme.startswith(_FRONT))
    if onset == "gi":
        return frozenset(rhyme for rhyme in _RHYMES if not rhyme.startswith(("i", "y")))
    return _RHYMES


# The letters of every syllable, with its beginning and its rhyme.
SYLLABLES: dict[str, tuple[str, str]] = {
    onset + rhyme: (onset, rhyme) for onset in _ONSETS for rhyme in _rhymes_after(onset)
}
_BEGINNINGS = frozenset(letters[:end] for letters in SYLLABLES for end in range(1, len(letters) + 1))


def is_syllable(letters: str, tone: str) -> bool:
    """Whether the letters with that tone can be a Vietnamese syllable."""
    if letters not in SYLLABLES:
        return False
    return tone in (ACUTE, DOT) if letters.endswith(_STOPS) else True


def is_beginning(letters: str) -> bool:
    """Whether a syllable begins with the letters, which may be all of it."""
    return letters in _BEGINNINGS


def parted(word: str) -> tuple[str, str]:
    """The letters and the tone of a lower-case word, wherever the tone stands in it."""
    plain = normalize("NFD", word)
    tone = next((mark for mark in plain if mark in TONES), "")
    return normalize("NFC", "".join(c for c in plain if c not in TONES)), tone


def written(letters: str, tone: str) -> str:
    """The word as people write it, the tone on its vowel ("hòa", "quý", "thuở"). Composed (NFC)."""
    if not tone:
        return letters
    onset, rhyme = SYLLABLES.get(letters, ("", letters))
    vowels = [at for at, letter in enumerate(rhyme) if letter in _VOWELS]
    if not vowels:
        return normalize("NFC", letters + tone)
    marked = [at for at in vowels if rhyme[at] in _MARKED]
    if marked:
        at = marked[-1]
    elif len(vowels) == 1:
        at = vowels[0]
    elif len(vowels) == 3 or vowels[-1] < len(rhyme) - 1:  # "ngoài", "hoàng"
        at = vowels[1]
    else:
        at = vowels[0]
    at += len(onset)
    return normalize("NFC", letters[: at + 1] + tone + letters[at + 1 :])


def respelled(word: str) -> str:
    """A lower-case word with its tone where people write it: the exact spelling of an index turned back."""
    return written(*parted(word)) if any(combining(c) for c in normalize("NFD", word)) else word
