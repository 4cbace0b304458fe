"""The next page of a list whose shape is not known: by `rel=next`, by the words a link says, by page numbers.

No class is looked at. A list ends only where nothing says that it goes on; a sign that cannot be followed is a Problem.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from connectors import clean, markup
from connectors.contract import Get, Problem, Yield
from connectors.markup import Node
from connectors.reading import Document

WORDS = frozenset(
    {"tiep", "tiep theo", "trang tiep", "trang tiep theo", "sau", "trang sau", "ke tiep", "next", "›", "»", ">", ">>"}
)
# Scripted grids page with buttons: there is a next page, but no address that leads to it.
_BUTTONS = 'button[rel="next"], button[wire\\:click*="nextPage"], a[wire\\:click*="nextPage"]'
_OFF = ("disabled", "aria-disabled")


def next_page(document: Document) -> list[Yield]:
    """A Get of the next page, a Problem that tells why it cannot be had, or nothing at the end of the list."""
    here, numbered = _page_of(document.url), _numbered(document)
    links = [a for a in markup.every(document.root, "a[href], link[href]") if _says_next(a) and _leads(a)]
    urls = {document.own(markup.attribute(a, "href")) for a in links}
    if urls:
        url = urls.pop()
        if urls or url is None or url == document.url:
            return [Problem(code="paging_loop", detail="liên kết sang trang sau không dẫn sang một trang khác")]
        return [Get(url=url, kind=document.page.get.kind)]
    if here + 1 in numbered:
        return [Get(url=numbered[here + 1], kind=document.page.get.kind)]
    buttons = markup.every(document.root, _BUTTONS)
    if any(number > here for number in numbered) or any(not _is_off(button) for button in buttons):
        return [Problem(code="paging_unreadable", detail="danh sách còn trang nhưng thiếu liên kết sang trang sau")]
    return []


def _says_next(link: Node) -> bool:
    if "next" in (markup.attribute(link, "rel") or "").lower().split():
        return True
    if markup.tag(link) != "a":
        return False
    said = (markup.text(link), markup.attribute(link, "aria-label"), markup.attribute(link, "title"))
    return any(_word(words) in WORDS for words in said if words)


def _word(words: str) -> str:
    """Folded, without the arrow behind a word: "Sau ›" is "sau"."""
    folded = clean.fold(words)
    return folded.rstrip(" ›»>→") or folded


def _leads(link: Node) -> bool:
    href = (markup.attribute(link, "href") or "").strip().lower()
    return bool(href) and not href.startswith(("#", "javascript:")) and not _is_off(link)


def _is_off(node: Node) -> bool:
    around = [node, markup.parent(node)]
    classes = " ".join(markup.attribute(part, "class") or "" for part in around).split()
    return "disabled" in classes or any(markup.attribute(part, name) is not None for part in around for name in _OFF)


def _page_of(url: str) -> int:
    told = dict(parse_qsl(urlsplit(url).query)).get("page", "1")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 9 else 1


def _numbered(document: Document) -> dict[int, str]:
    """Page number → address, of the links that lead to other pages of this list."""
    path = urlsplit(document.url).path
    found: dict[int, str] = {}
    for a in markup.every(document.root, 'a[href*="page="]'):
        url = document.own(markup.attribute(a, "href"))
        shown = markup.text(a)
        if url is not None and urlsplit(url).path == path and shown == str(_page_of(url)):
            found.setdefault(_page_of(url), url)
    return found
