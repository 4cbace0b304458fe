"""Reading markup strictly: exactly one, at most one, or an error that says which. Only here the parser is known.

Nothing here guesses: a selector that should match once and matches twice is a changed page, and taking the first match
would be a wrong value that nobody notices. Every fault is a `ReadError` with a code of connectors.problems.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, SelectolaxError
from selectolax.lexbor import LexborNode as Node

from connectors import clean
from connectors.challenge import is_challenge
from connectors.contract import Page, Problem

__all__ = ["Node", "ReadError"]

MAX_BYTES = 10_000_000  # as the client's own cap: a larger saved file is no page of a shop

_DECLARED_CHARSET = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9_-]+)""", re.IGNORECASE)


class ReadError(Exception):
    """A value, row or page that cannot be read. `code` is one of connectors.problems, `detail` Vietnamese."""

    def __init__(self, code: str, detail: str = "", ref: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.ref = ref

    def problem(self, ref: str = "") -> Problem:
        """The same as a Problem; `ref` is used when the error itself does not know the record."""
        return Problem(code=self.code, ref=self.ref or ref, detail=self.detail)


class Html(NamedTuple):
    """A parsed page. `intact` is False when some bytes were no text and stand as U+FFFD in it."""

    root: Node
    intact: bool


def read_html(page: Page) -> Html:
    """Parse a page. Raises ReadError not_html (empty, binary, JSON, plain text), too_large or truncated."""
    body = page.body
    if len(body) > MAX_BYTES:
        raise ReadError("too_large", f"{len(body)} byte, nhiều hơn {MAX_BYTES} byte")
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body.strip():
        raise ReadError("not_html", "trang rỗng")
    if b"\0" in head:
        raise ReadError("not_html", "dữ liệu nhị phân, không phải trang web")
    if head[:1] in (b"{", b"["):
        raise ReadError("not_html", "cần HTML, nhận được JSON")
    if b"<" not in body:
        raise ReadError("not_html", "văn bản không có thẻ HTML")
    # HTML allows to leave the closing tags out, but no page of these shops does: a page that was opened and never
    # closed was cut on the way, and a cut list looks just like a list that ends there.
    if b"<html" in head.lower() and max(map(body.rfind, (b"</html", b"</HTML", b"</body", b"</BODY"))) < 0:
        raise ReadError("truncated", f"trang bị cắt sau {len(body)} byte, không có thẻ đóng")
    text, intact = _decoded(page)
    root = LexborHTMLParser(text).root
    if root is None:
        raise ReadError("not_html", "trang không có phần tử nào")
    return Html(root, intact)


def _decoded(page: Page) -> tuple[str, bool]:
    try:
        return page.body.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        declared = _DECLARED_CHARSET.search(
            page.headers.get("content-type", "").encode("ascii", "ignore") + b" " + page.body[:1024]
        )
    if declared is not None:
        try:
            return page.body.decode(declared[1].decode("ascii")), True
        except (LookupError, UnicodeDecodeError):
            pass
    return page.body.decode("utf-8", "replace"), False


def whole_or_digits(digits: str) -> int | str:
    """A whole number of JSON; one nothing counts up to stays the text it is, so that it costs its own value alone."""
    return int(digits) if len(digits) < 20 else digits


def read_json(page: Page) -> object:
    """Decode a JSON answer. Raises ReadError too_large or not_json, which says when a web page came instead, or
    challenge for a robot check."""
    if len(page.body) > MAX_BYTES:
        raise ReadError("too_large", f"{len(page.body)} byte, nhiều hơn {MAX_BYTES} byte")
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        if is_challenge(page.headers, page.body):
            raise ReadError("challenge", "trang xác minh (CAPTCHA)")
        raise ReadError("not_json", "cần JSON, nhận được HTML")
    try:
        value: object = json.loads(page.body, parse_int=whole_or_digits)
    except (ValueError, RecursionError) as error:
        raise ReadError("not_json", f"không phải JSON: {error}") from None
    return value


def unrecognised(page: Page, missing: str) -> ReadError:
    """The error for a page without the parts its kind must have: layout, or challenge for a robot check."""
    if is_challenge(page.headers, page.body):
        return ReadError("challenge", "trang xác minh (CAPTCHA)")
    return ReadError("layout", f"không thấy {missing}")


def valid_selector(css: str) -> bool:
    """Whether the parser understands a selector; the readers must not be given another."""
    try:
        LexborHTMLParser("<p>").css(css)
    except SelectolaxError:
        return False
    return True


def every(node: Node, css: str) -> list[Node]:
    """All descendants that match, in document order."""
    found = node.css(css)
    if found and found[0].mem_id == node.mem_id:  # the parser counts the node itself as its own descendant
        del found[0]
    return found


def at_most_one(node: Node, css: str) -> Node | None:
    """The descendant that matches, None without one. Raises ReadError bad_row when there are more."""
    found = every(node, css)
    if len(found) > 1:
        raise ReadError("bad_row", f"{len(found)} phần tử “{css}”, cần nhiều nhất một")
    return found[0] if found else None


def one(node: Node, css: str) -> Node:
    """The descendant that matches. Raises ReadError bad_row when there is none or more than one."""
    found = at_most_one(node, css)
    if found is None:
        raise ReadError("bad_row", f"không thấy phần tử “{css}”")
    return found


def text(node: Node) -> str:
    """The text of a node, tidied by clean.text."""
    return clean.text(node.text())


def text_at(node: Node, css: str) -> str | None:
    """The text of the descendant that matches, None without one.

    Pages print some values twice, for wide and for narrow screens: several matches are one value when they agree.
    Raises ReadError bad_row when they differ.
    """
    return _agreed(css, [text(found) for found in every(node, css)])


def _agreed(css: str, values: list[str]) -> str | None:
    if len(set(values)) > 1:
        raise ReadError("bad_row", f"phần tử “{css}” có {len(set(values))} giá trị khác nhau")
    return values[0] if values else None


def text_without(node: Node, part: Node) -> str:
    """The text of a node without that of a part of it: the value in a row that also holds its label."""
    return clean.text(node.text().replace(part.text(), " ", 1))


def text_after(node: Node) -> str:
    """The text of all that follows the node inside its parent: the value beside a label."""
    parts = []
    following = node.next
    while following is not None:
        parts.append(following.text())
        following = following.next
    return clean.text(" ".join(parts))


def own_text(node: Node) -> str:
    """The text that stands directly in a node, without that of the elements inside it."""
    return clean.text(node.text(deep=False))


def tag(node: Node) -> str:
    """The name of an element in lower case; "-text" and the like for what is no element."""
    return node.tag or ""


def identity(node: Node) -> int:
    """A number that is the node's own within its page: two objects may stand for the same node."""
    return node.mem_id


def following(node: Node) -> list[Node]:
    """All that follows the node inside its parent, pieces of text included."""
    found = []
    after = node.next
    while after is not None:
        found.append(after)
        after = after.next
    return found


def ancestors(node: Node) -> list[Node]:
    """The elements a node stands in, the nearest first."""
    found = []
    above = node.parent
    while above is not None:
        found.append(above)
        above = above.parent
    return found


def parent(node: Node) -> Node:
    """The element a node stands in; the node itself at the top."""
    return node.parent or node


def children(node: Node) -> list[Node]:
    """The elements directly inside a node."""
    return [child for child in node.iter() if child.is_element_node]


def attribute(node: Node, name: str) -> str | None:
    """An attribute's value, "" for an attribute without value, None when the node has no such attribute."""
    attributes = node.attributes
    return (attributes[name] or "") if name in attributes else None


def attribute_at(node: Node, css: str, name: str) -> str | None:
    """An attribute of the descendant that matches, with the same rule as text_at."""
    return _agreed(css, [value for found in every(node, css) if (value := attribute(found, name)) is not None])


def inner_html(node: Node) -> str:
    """The markup inside a node."""
    return node.inner_html or ""


def fragment(html: str) -> Node:
    """Parse a piece of HTML, e.g. an attribute that holds markup."""
    root = LexborHTMLParser(html).root
    if root is None:
        raise ReadError("bad_row", "đoạn HTML trống")
    return root


def inline_json(root: Node, name: str) -> object | None:
    """The value of `var name = …` in a script of the page, None when no script sets it.

    The value ends where its JSON ends, not at the next "};": its strings may hold HTML and scripts.
    Raises ReadError bad_row when the value is no JSON.
    """
    assignment = re.compile(rf"\bvar\s+{re.escape(name)}\s*=\s*")
    for script in every(root, "script"):
        source = script.text()
        found = assignment.search(source)
        if found is None:
            continue
        try:
            value: object = json.JSONDecoder(parse_int=whole_or_digits).raw_decode(source, found.end())[0]
        except (ValueError, RecursionError) as error:
            raise ReadError("bad_row", f"biến “{name}” không đọc được: {error}") from None
        return value
    return None
