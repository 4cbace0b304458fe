"""An address as written → its clauses and parts, before any name is looked up.

A clause is one statement of where a place is: "xã Long Cang, Cần Đước, Long An (nay là xã Long Cang, tỉnh Tây Ninh)"
makes two. A part is what stands between two separators or before the next word for a type of unit, with that word
taken off: "ấp 1 xã thạnh lợi huyện bến lức" makes [ấp 1] [xã: thạnh lợi] [huyện: bến lức].
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from marketplace.places.spelling import Syllable, syllable

Level = Literal["", "province", "city", "district", "commune"]

LONGEST: Final = 600  # characters; what is longer is a description, and its end is where the province stands

_STATEMENT: Final = re.compile(r"[;\n]")
_BRACKETED: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+")
_SEPARATOR: Final = re.compile(r"[^\s.'’`]|\n")
_END_OF_SENTENCE: Final = re.compile(r"\.\s")

# The word for a type, as keys of `spelling.syllable`; each also counts when written without marks.
_MARKERS: Final[dict[tuple[str, ...], tuple[Level, str]]] = {
    ("tỉnh",): ("province", ""),
    ("t",): ("province", ""),
    ("thành", "phố"): ("city", "Thành phố"),
    ("tp",): ("city", "Thành phố"),
    ("t", "p"): ("city", "Thành phố"),
    ("huyện",): ("district", "Huyện"),
    ("h",): ("district", "Huyện"),
    ("thị", "xã"): ("district", "Thị xã"),
    ("tx",): ("district", "Thị xã"),
    ("t", "x"): ("district", "Thị xã"),
    ("quận",): ("district", "Quận"),
    ("q",): ("district", "Quận"),
    ("xã",): ("commune", "Xã"),
    ("x",): ("commune", "Xã"),
    ("phường",): ("commune", "Phường"),
    ("p",): ("commune", "Phường"),
    ("f",): ("commune", "Phường"),
    ("ward",): ("commune", "Phường"),
    ("thị", "trấn"): ("commune", "Thị trấn"),
    ("tt",): ("commune", "Thị trấn"),
    ("ttr",): ("commune", "Thị trấn"),
    ("t", "t"): ("commune", "Thị trấn"),
}
# English puts the type behind the name: "Ben Luc District".
_BEHIND: Final[dict[str, tuple[Level, str]]] = {
    "province": ("province", ""),
    "city": ("city", "Thành phố"),
    "district": ("district", "Huyện"),
    "commune": ("commune", "Xã"),
    "town": ("commune", "Thị trấn"),
    "ward": ("commune", "Phường"),
}
# Words that make what follows a road, hamlet, market or the like; a unit's name behind them is not the unit.
_STREET: Final = (
    "ấp thôn xóm khu kp tổ số đường hẻm ngõ ngách lộ ql đt tl hl lô chợ cầu kênh km cụm kcn ccn bản buôn làng đội "
    "tầng sông rạch cống đình chùa trường ngã"
)


def _variants(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    forms = [syllable(word) for word in words]
    yield tuple(form.key for form in forms)
    yield tuple(form.fold for form in forms)


_MARKER_BY_KEYS: Final = {keys: marker for words, marker in _MARKERS.items() for keys in _variants(words)}
# Short words whose full stop ends no sentence: "TP. Tân An", "KP. 2".
_ABBREVIATIONS: Final = {keys[0] for keys in _MARKER_BY_KEYS if len(keys) == 1 and len(keys[0]) < 4} | {
    keys[0] for word in ("kp", "ql", "đt", "tl", "hl", "đ", "đc") for keys in _variants((word,))
}
STREET_WORDS: Final = frozenset(key for word in _STREET.split() for (key,) in _variants((word,)))
_OLD_NEW: Final = frozenset(keys[0] for word in ("cũ", "mới") for keys in _variants((word,)))


class Part(NamedTuple):
    """Words between two separators, after the word for a type when there is one (level "" and type "" if not)."""

    level: Level
    type: str
    words: tuple[Syllable, ...]


class _Token(NamedTuple):
    form: Syllable
    raw: str
    breaks: bool  # a separator stands before it
    bound: bool  # a full stop or digit stands directly behind it: "P." and "P3"


def clauses(address: str) -> list[list[Part]]:
    """The parts of every clause: first those outside brackets, in their order, then what stood in brackets.

    Clauses end at ";", at a line's end, and before "nay là" and the like. A clause may be empty.
    """
    # NFC here only for the tokeniser, to which a combining mark is no letter.
    text = unicodedata.normalize("NFC", address[-LONGEST:])
    inner: list[str] = []
    while match := _BRACKETED.search(text):
        inner.append(match[1])
        text = f"{text[: match.start()]}, {text[match.end() :]}"
    found: list[list[Part]] = []
    for clause in (*_STATEMENT.split(text), *inner):
        found += [_parts(tokens) for tokens in _statements(_tokens(clause))]
    return found


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        between = text[end : match.start()]
        breaks = bool(_SEPARATOR.search(between))
        # "Mỹ Lệ. Cần Đước" ends a part, "TP. Tân An" does not.
        if tokens and tokens[-1].form.key not in _ABBREVIATIONS and _END_OF_SENTENCE.search(between):
            breaks = True
        end = match.end()
        raw = match[0]
        behind = text[end : end + 1]
        tokens.append(_Token(syllable(raw), raw, breaks, behind == "." or behind.isdecimal()))
    capitals = text.isupper()
    for at, token in enumerate(tokens):
        # "LA" is Long An in capitals only: "là" and "lá" are words. In a line of capitals it may be Sơn La's last
        # syllable, so there it must stand by itself.
        ends = at + 1 == len(tokens) or tokens[at + 1].breaks
        if token.raw == "LA" and ends and (token.breaks or at == 0 or not capitals):
            tokens[at] = token._replace(form=syllable("LongAn"))
    return tokens


def _statements(tokens: list[_Token]) -> list[list[_Token]]:
    """Cut before "nay là", "nay thuộc", "trước đây là", "trước 01/07/2025": what follows is told of another time."""
    statements: list[list[_Token]] = [[]]
    for at, token in enumerate(tokens):
        following = tokens[at + 1].form.fold if at + 1 < len(tokens) else ""
        if (token.form.key == "nay" and following in {"la", "thuoc", "xa", "phuong", "tinh"}) or (
            token.form.fold == "truoc" and (following in {"day", "kia", "la"} or following.isdecimal())
        ):
            statements.append([])
        else:
            statements[-1].append(token)
    return statements


def _parts(tokens: list[_Token]) -> list[Part]:
    parts: list[Part] = []
    level: Level = ""
    type_ = ""
    words: list[_Token] = []

    def close() -> None:
        part = _trimmed(level, type_, words)
        if part is not None:
            parts.append(part)

    at = 0
    while at < len(tokens):
        length, marker = _marker(tokens, at, starting=not words or tokens[at].breaks)
        if tokens[at].breaks or length:
            close()
            level, type_, words = "", "", []
        if marker is not None:
            level, type_ = marker
            at += length
        else:
            words.append(tokens[at])
            at += 1
    close()
    return parts


def _marker(tokens: list[_Token], at: int, *, starting: bool) -> tuple[int, tuple[Level, str] | None]:
    """How many words the type takes here, and which type; (0, None) where no type stands."""
    for length in (2, 1):
        span = tokens[at : at + length]
        behind = tokens[at + length] if at + length < len(tokens) else None
        if len(span) < length or behind is None or behind.breaks or (length == 2 and span[1].breaks):
            continue
        marker = _MARKER_BY_KEYS.get(tuple(token.form.key for token in span))
        if marker is None:
            continue
        word = span[0].raw
        # A single letter is a type only where it begins a part or is bound to its name: "khu H 2", "tổ 5 P.3".
        if len(word) == 1 and not (starting or span[0].bound):
            continue
        follows = behind.form.fold
        # Without marks "tỉnh" looks like the last syllable of Bình Tịnh and An Tịnh.
        if span[0].form.key == "tinh" and at and tokens[at - 1].form.fold in {"binh", "an"}:
            continue
        # "tỉnh lộ 8", "huyện lộ 3", "xa lộ", "đường tỉnh 830" are roads; "TT Huế", "TP HCM" are names of provinces.
        if follows == "lo" or (follows.isdecimal() and marker[1] not in {"Quận", "Phường"}):
            continue
        if (span[0].form.fold, follows) in {("tt", "hue"), ("tp", "hcm"), ("tp", "hcmc")}:
            continue
        return length, marker
    return 0, None


def _trimmed(level: Level, type_: str, words: list[_Token]) -> Part | None:
    """The part without country, postcode, "cũ" and "mới" at its end, and with an English type taken off it."""
    forms = [token.form for token in words]
    changed = True
    while changed and forms:
        changed = False
        last = forms[-1]
        if last.fold in {"vn", "vietnam"} or last.key in _OLD_NEW or (last.fold.isdecimal() and len(last.fold) > 4):
            forms.pop()
            changed = True
        elif [form.fold for form in forms[-2:]] == ["viet", "nam"]:
            del forms[-2:]
            changed = True
    if len(forms) > 1 and not level and forms[-1].key in _BEHIND:
        level, type_ = _BEHIND[forms[-1].key]
        forms.pop()
    return Part(level, type_, tuple(forms)) if forms else None
