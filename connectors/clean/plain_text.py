"""Plain text: one normal form for what a page prints, a comparison key for labels, HTML without its markup."""

from __future__ import annotations

import html as html_entities
import re
import unicodedata
from typing import Final

# Spaces that `str.split` does not know, and control characters (a NUL breaks PostgreSQL): a blank.
_BLANKS: Final = "\u200b\ufeff\u180e" + "".join(
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace()
)
# Joiners, soft hyphen and direction marks are invisible and stand inside words: nothing.
_INVISIBLE: Final = "\u00ad\u200c\u200d\u200e\u200f\u2060" + "".join(map(chr, range(0x202A, 0x202F)))
_ODD: Final = re.compile(f"[{re.escape(_BLANKS + _INVISIBLE)}\ud800-\udfff]")
_ODD_TABLE: Final = (
    dict.fromkeys(map(ord, _BLANKS), " ")
    | dict.fromkeys(map(ord, _INVISIBLE), None)
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # half a character cannot be written to any file or database
)


def text(value: str | None) -> str:
    """The text in NFC with every run of white space as one blank, without blanks at the ends; None → "".

    Zero-width spaces count as white space; invisible joiners and direction marks are dropped.
    """
    if not value:
        return ""
    if _ODD.search(value):
        value = value.translate(_ODD_TABLE)
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    return " ".join(value.split())


def _base_letters() -> dict[int, str]:
    """Every precomposed Latin letter → its base letter, one to one, so that positions stay the same."""
    table = {ord("đ"): "d", ord("Đ"): "D"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        decomposed = unicodedata.normalize("NFD", chr(code))
        if len(decomposed) > 1 and decomposed[0].isascii():
            table[code] = decomposed[0]
    return table


_BASE: Final = _base_letters()


def without_marks(value: str) -> str:
    """NFC text with Vietnamese letters replaced by their base letters; as long as `value`."""
    return value if value.isascii() else value.translate(_BASE)


def fold(value: str) -> str:
    """Lower case without marks, đ → d, white space collapsed: a key for comparing labels, not for display."""
    flat = without_marks(text(value)).lower()
    if flat.isascii():
        return flat
    decomposed = unicodedata.normalize("NFD", flat)
    return text("".join(c for c in decomposed if unicodedata.category(c) != "Mn").translate(_BASE).lower())


# No character has so many digits, and Python refuses to count them.
_ENDLESS: Final = re.compile(r"&#[0-9]{100,};?")


def decoded(value: str) -> str:
    """The text with its HTML entities decoded once. Never raises: a number no character has gives U+FFFD."""
    if "&" not in value:
        return value
    return html_entities.unescape(_ENDLESS.sub("\ufffd", value))


_BLOCK: Final = re.compile(
    "address|article|aside|blockquote|br|caption|center|d[dlt]|div|fieldset|figcaption|figure|footer|form|h[1-6r]"
    "|header|legend|li|main|nav|ol|option|p|pre|section|select|table|tbody|tfoot|thead|tr|ul"
)
_CELLS: Final = frozenset({"td", "th"})
# Elements whose content nobody reads, each with the pattern of its end tag.
_UNREAD: Final = {
    name: re.compile(f"</{name}[^>]*>?", re.IGNORECASE)
    for name in ("script", "style", "template", "noscript", "iframe", "object", "svg", "title", "textarea")
}
_TAG: Final = re.compile(r"<(?:!--|[!?]|/?([a-zA-Z][a-zA-Z0-9]*))")
_TAG_TURN: Final = re.compile(r">|=\s*([\"'])")


def _tag_end(html: str, pos: int) -> int:
    """The position behind the tag that is open at `pos`; a quoted value may hold ">".

    A tag that is never closed takes the rest with it, as in a browser.
    """
    while turn := _TAG_TURN.search(html, pos):
        if turn[1] is None:
            return turn.end()
        close = html.find(turn[1], turn.end())
        if close < 0:  # a quote that is never closed: take the nearest ">" rather than lose the whole text
            close = html.find(">", turn.end())
            return close + 1 if close >= 0 else len(html)
        pos = close + 1
    return len(html)


def html_to_text(html: str, limit: int | None = None) -> str:
    """The readable text of an HTML fragment, block ends as newlines, no empty lines.

    Scripts, styles and other unread elements are dropped, entities decoded once. With `limit` the text is cut
    at a word so that it has at most `limit` characters, "…" included. Takes time linear in the length of the
    input whatever the markup; a tree parser does not (100,000 nested elements cost lexbor 15 s).
    """
    lines: list[list[str]] = [[]]
    pos = 0
    while tag := _TAG.search(html, pos):
        lines[-1].append(html[pos : tag.start()])
        if tag[0] == "<!--":
            close = html.find("-->", tag.end())
            pos = close + 3 if close >= 0 else len(html)
            continue
        pos = _tag_end(html, tag.end())
        name = (tag[1] or "").lower()
        if _BLOCK.fullmatch(name):
            lines.append([])
        elif name in _CELLS:
            lines[-1].append(" ")
        elif name in _UNREAD and tag[0][1] != "/":
            end = _UNREAD[name].search(html, pos)
            pos = end.end() if end else len(html)
    lines[-1].append(html[pos:])
    plain = (text(decoded("".join(line))) for line in lines)
    return _cut("\n".join(filter(None, plain)), limit)


def _cut(plain: str, limit: int | None) -> str:
    if limit is None or len(plain) <= limit:
        return plain
    if limit < 1:
        return ""
    head = plain[: limit - 1]
    begin = max(head.rfind(" "), head.rfind("\n"))
    if begin > 0 and head[-1:].isalnum() and plain[limit - 1].isalnum():  # the cut falls into a word
        head = head[:begin]
    return head.rstrip(" \n,;:-–") + "…"
