"""The words of a text: runs of letters and runs of digits, each in both spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from search_index.fold import MARKS, caseless, exact, fold, has_marks

_LONGEST_TERM = 60  # letters; the rest of a longer word is no word of any language
_LONGEST_RUN = 4 * _LONGEST_TERM  # code points that can matter to it: a letter and up to three marks

_WORD = rf"\d++|(?:[^\W\d_][{MARKS}]*+)++"
_PART = re.compile(_WORD)
# Parts of one code or number, with at most one sign between them: "C/O", "ST-25". A comma joins digits only: "0,5kg"
# is a number, "gạo,nếp" a list written in haste. So is "heo/lợn": a slash joins only where a number or a single letter
# stands beside it, as in "C/O", "1/2" and "km/h".
_CODE = re.compile(rf"(?:{_WORD})(?:[-/⁄._&'’+×*]?(?:{_WORD})|(?<=\d),\d++)*+")
_SLASH = re.compile(r"[/⁄]")
_QUERY_PIECE = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))')
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»＂"), '"')


class Word(NamedTuple):
    """One word of a text in both spellings, and whether it was written with marks."""

    folded: str
    exact: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """What one requirement of a query was written as: a word, a code, or words in quotes.

    `text` is as typed, and reads the same again. A code such as "ST25" has several words although nobody quoted it.
    """

    text: str
    words: tuple[Word, ...]
    minus: bool = False
    quoted: bool = False


def words(text: str) -> list[Word]:
    """The words of `text`: runs of letters and runs of digits, so that "5kg" and "5 kg" have the same ones."""
    return [_word(part[:_LONGEST_RUN]) for part in _PART.findall(caseless(text))]


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a query's text, in order."""
    for piece in _QUERY_PIECE.finditer(text.translate(_QUOTES)):
        minus = piece["minus"] is not None
        if piece["quoted"] is not None:
            if quoted := tuple(words(piece["quoted"])):
                yield Piece(piece.group(), quoted, minus, quoted=True)
            continue
        codes = [code for run in _CODE.findall(caseless(piece["bare"])) for code in _listed(run)]
        for code in codes:
            typed = piece["bare"] if len(codes) == 1 else normalize("NFC", code)
            yield Piece("-" + typed if minus else typed, tuple(words(code)), minus)


def _listed(run: str) -> Iterator[str]:
    """The parts of what was written in one go, cut where a slash stands between two words of letters."""
    code, *others = _SLASH.split(run)
    before = words(code)[-1]
    for other in others:
        inside = words(other)
        if _spelled_out(before) and _spelled_out(inside[0]):
            yield code
            code = other
        else:
            code = f"{code}/{other}"
        before = inside[-1]
    yield code


def _spelled_out(word: Word) -> bool:
    return len(word.exact) > 1 and not word.folded.isdecimal()


@lru_cache(maxsize=32_768)
def _word(part: str) -> Word:
    return Word(fold(part)[:_LONGEST_TERM], exact(part)[:_LONGEST_TERM], has_marks(part))
