"""The common course of reading a shop's page: its own links, its lists, the next page.

What a connector adds is only where things stand on its pages. The rules that keep a changed page from looking
like an empty one are here, once:

- a page without the parts of its kind yields one `layout` (or `challenge`) Problem and nothing else;
- a list frame without items is `empty_list`, but `layout` when it still links to what the items would be;
- a row that cannot be read is a Problem and the others go on, unless no row can be read: then it is the page;
- a list ends only where it says so: a "next" that leads nowhere, or page numbers without one, are Problems.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

from connectors import clean, markup
from connectors.contract import Get, Page, Problem, Record, Source, Yield
from connectors.markup import Node, ReadError

_WEB = ("http://", "https://")

_ENDING = re.compile(r"\.html?$", re.IGNORECASE)

T = TypeVar("T")
Row = tuple[Record, list[Yield]]  # the record of a list's item, and what else the item gives


class Links:
    """The addresses on a page, as those of its source; and the problems found so far.

    `css` is the reader's table of selectors with the source's own laid over it, once for the whole page.
    `dropped` are query parameters that tell who sent a visitor, not what the page shows. `never` are paths that are
    not to be fetched: a link to one is no link.
    """

    def __init__(
        self,
        source: Source,
        page: Page,
        dropped: Collection[str] = (),
        never: Collection[str] = (),
        selectors: Mapping[str, str] | None = None,
        canonical: str | None = None,
    ) -> None:
        self.source = source
        self.page = page
        self.css: Mapping[str, str] = {**(selectors or {}), **source.selectors}
        self.problems: list[Problem] = []
        self.canonical = canonical
        self._dropped = dropped
        self._never = never
        self._links: dict[str, str | None] = {}
        self._home = urlsplit(source.home)
        self._ours = {self._home.netloc.lower(), *(host.lower() for host in source.hosts)}
        self._page_host = _host(page.get.url)
        # A page may also be saved from a mirror: then it still names its own host.
        self._aliases = (self._ours | {_host(canonical or "")}) - {""}
        self.url = self.own(page.get.url) or page.get.url
        self.address = self.url.partition("?")[0]  # of the thing the page is about, whichever page of its list

    def report(self, code: str, detail: str = "", ref: str = "") -> None:
        """Note a fault that does not stop the reading."""
        self.problems.append(Problem(code=code, ref=ref, detail=detail))

    def missing(self, what: str, name: str = "") -> ReadError:
        """The error for a page without the parts its kind must have; `name` of the selector that found nothing."""
        return markup.unrecognised(self.page, f"{what} “{self.css[name]}” (bộ chọn {name})" if name else what)

    def picture(self, href: str | None) -> str | None:
        """A picture's address, exactly as found when it is complete: signed ones break when touched."""
        href = (href or "").strip()
        if href and not href.lower().startswith(_WEB):
            try:
                href = urljoin(self.page.get.url, href)
            except ValueError:
                return None
        return href if href.lower().startswith(_WEB) else None

    def own(self, href: str | None) -> str | None:
        """The address of a page of this source that may be fetched, None for everything else.

        A host that is the source under another name is rewritten to `Source.home`: a saved or mirrored page leads to
        the configured site only. The page of a sibling site, read on purpose, keeps its own host.
        """
        if not href:
            return None
        if href not in self._links:  # most links stand twice, at a picture and at a name
            self._links[href] = self._own(href)
        return self._links[href]

    def _own(self, href: str) -> str | None:
        try:
            parts = urlsplit(urljoin(self.page.get.url, href.strip()))
        except ValueError:  # e.g. "http://[": a broken link is no link
            return None
        if parts.scheme not in ("http", "https"):
            return None
        scheme, netloc, path = parts.scheme, parts.netloc.lower(), parts.path or "/"
        if netloc in self._aliases and (netloc in self._ours or netloc != self._page_host):
            prefix = "" if netloc == self._home.netloc.lower() else self._home.path.rstrip("/")
            scheme, netloc, path = self._home.scheme, self._home.netloc, prefix + path
        elif netloc != self._page_host:
            return None
        query = parts.query
        told = parse_qsl(query, keep_blank_values=True) if query and self._dropped else []
        if any(name in self._dropped for name, _ in told):
            query = urlencode([(name, value) for name, value in told if name not in self._dropped])
        url = urlunsplit((scheme, netloc, path, query, ""))
        return None if below(path_of(self.source, url).lower(), self._never) else url

    def path(self, href: str | None) -> str:
        """The path of such an address below `Source.home`, percent signs decoded; "" for any other address."""
        url = self.own(href)
        return "" if url is None else path_of(self.source, url)


class Document(Links):
    """A web page being read: its links, and its parsed root."""

    def __init__(
        self,
        source: Source,
        page: Page,
        dropped: Collection[str] = (),
        never: Collection[str] = (),
        selectors: Mapping[str, str] | None = None,
    ) -> None:
        self.root, intact = markup.read_html(page)
        canonical = markup.every(self.root, 'link[rel="canonical"]')
        told = markup.attribute(canonical[0], "href") if canonical else None
        super().__init__(source, page, dropped, never, selectors, told)
        if not intact:
            self.report("bad_encoding", "trang có byte không phải UTF-8")


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def path_of(source: Source, url: str) -> str:
    """The path of an address below the source's home, whatever its host, percent signs decoded; "" for no address."""
    try:
        path = unquote(urlsplit(url).path) or "/"
    except ValueError:
        return ""
    home = urlsplit(source.home).path.rstrip("/")
    return (path.removeprefix(home) or "/") if home and below(path, (home,)) else path


def key_of(source: Source, url: str) -> str:
    """A key made of an address alone, for sites whose pages tell none: what stands below the home, "san-pham/gao-st25".

    In small letters, as shops write the same address in several ways. The query belongs to it ("ct.aspx?id=5") as it
    is written, since a code in it may differ by its case alone; an ending such as ".html" does not belong to it.
    """
    query = urlsplit(url).query
    path = _ENDING.sub("", path_of(source, url).strip("/").lower())
    return f"{path}?{query}" if query else path


def below(path: str, tops: Collection[str]) -> bool:
    """Whether a path is one of `tops` or lies below one."""
    return any(path == top or path.startswith(f"{top}/") for top in tops)


Reader = Callable[[Document], list[Yield]]


def read(
    source: Source,
    page: Page,
    readers: Mapping[str, Reader],
    *,
    dropped: Collection[str] = (),
    never: Collection[str] = (),
    selectors: Mapping[str, str] | None = None,
) -> Iterator[Yield]:
    """Read a page with the reader of its kind; every fault becomes a Problem, nothing is raised."""
    reader = readers.get(page.get.kind)
    if reader is None:
        yield Problem(code="unknown_kind", detail=f"không có cách đọc loại trang “{page.get.kind}”")
        return
    try:
        document = Document(source, page, dropped, never, selectors)
        found = reader(document)
    except ReadError as error:
        yield error.problem(page.get.ref)
        return
    yield from document.problems
    yield from found


def same_ref(document: Document, *told: str | None) -> str:
    """The one key that all parts of a record's own page agree on; the page's Get is asked too.

    Raises ReadError id_mismatch when they differ, layout when none tells.
    """
    refs = {ref for ref in (*told, document.page.get.ref) if ref}
    if len(refs) > 1:
        raise ReadError("id_mismatch", f"trang nói đến nhiều mã: {', '.join(sorted(refs))}")
    if not refs:
        raise document.missing("mã của trang")
    return refs.pop()


def read_list(
    document: Document,
    frame: Node,
    items: Sequence[Node],
    read_row: Callable[[Node], Row],
    is_item: Callable[[str], object],
    repeats: bool = False,
    may_be_empty: bool = False,
) -> list[Yield]:
    """Read the items of one list; a record that stands in it twice is reported and given once.

    `is_item` tells whether an address is one of an item: a frame without items that still holds such links is a changed
    page, not an empty list. With `repeats` the same item may stand in several places (a home page's carousels) and is
    given each time; with `may_be_empty` an empty list is nothing to report. Raises ReadError layout when no row can be
    read, or when all of several rows lack something.
    """
    if not items:
        nothing = _nothing_in(document, frame, is_item)
        return [] if may_be_empty else nothing
    return read_rows(items, read_row, repeats)


def read_rows(items: Sequence[T], read_row: Callable[[T], Row], repeats: bool = False) -> list[Yield]:
    """Read the items of a list that is not empty, elements of a page or objects of an answer; see read_list."""
    out: list[Yield] = []
    rows: dict[str, Row] = {}
    again: dict[str, bool] = {}
    faulty = 0
    for item in items:
        try:
            row = read_row(item)
        except ReadError as error:
            out.append(error.problem())
            faulty += 1
            continue
        except (ValueError, ArithmeticError) as error:  # a value nobody thought of costs its own item alone
            out.append(Problem(code="bad_row", detail=f"có giá trị không đọc được: {error}"[:300]))
            faulty += 1
            continue
        record, rest = row
        faulty += any(isinstance(part, Problem) and part.code == "bad_row" for part in rest)
        first = rows.setdefault(record.ref, row)
        if first is row:
            out += [record, *rest]
        elif repeats and first == row:
            out.append(record)
        else:
            again[record.ref] = again.get(record.ref, True) and first == row
    if not rows or faulty == len(items) > 1:
        details = {part.detail for part in out if isinstance(part, Problem)}
        raise ReadError("layout", f"cả {len(items)} mục của danh sách đều hỏng: {min(details, default='')}")
    for ref, same in again.items():
        detail = "một mã đứng nhiều lần trong danh sách" + ("" if same else ", nội dung khác nhau")
        out.append(Problem(code="duplicate_ref", ref=ref, detail=detail))
    return out


def _nothing_in(document: Document, frame: Node, is_item: Callable[[str], object]) -> list[Yield]:
    if any(is_item(markup.attribute(a, "href") or "") for a in markup.every(frame, "a[href]")):
        raise ReadError("layout", "khung danh sách có liên kết nhưng không còn mục nào đúng mẫu")
    return [Problem(code="empty_list", ref=document.page.get.ref, detail="danh sách không có mục nào")]


def next_page(document: Document, label: str, bars: Sequence[Node], step_css: str = "li") -> list[Yield]:
    """The next page of a list by the link that says so (`label`, as clean.fold writes it), or why there is none.

    `bars` are the pagination bars; a page may repeat the same one above and below. `step_css` finds their parts.
    """
    steps = [step for bar in bars[:1] for step in markup.every(bar, step_css)]
    current = last = 0
    for step in steps:
        shown = clean.fold(markup.text(step)).rstrip(" »›")
        state = (markup.attribute(step, "class") or "").split()
        if shown.isascii() and shown.isdecimal() and len(shown) < 9:
            last = max(last, int(shown))
            current = int(shown) if "active" in state else current
        if shown != label:
            continue
        if "disabled" in state:
            return []
        links = markup.every(step, "a[href]")
        url = document.own(markup.attribute(links[0], "href")) if links else None
        if url is None or url == document.url:
            return [Problem(code="paging_loop", detail=f"liên kết “{markup.text(step)}” không dẫn sang trang khác")]
        return [Get(url=url, kind=document.page.get.kind)]
    if last > current or (not steps and _links_to_further_pages(document)):
        return [Problem(code="paging_unreadable", detail="danh sách còn trang nhưng thiếu liên kết sang trang sau")]
    return []


def _links_to_further_pages(document: Document) -> bool:
    here = urlsplit(document.url).path
    for a in markup.every(document.root, 'a[href*="page="]'):
        parts = urlsplit(document.own(markup.attribute(a, "href")) or "")
        if parts.path == here and dict(parse_qsl(parts.query)).get("page", "1") != "1":
            return True
    return False


def label_key(printed: str) -> str:
    """A label as the label tables write it: folded, without the colon."""
    return clean.fold(printed).rstrip(" :")


def name_at(node: Node, css: str, ref: str) -> str:
    """The name of a record. Raises ReadError bad_row when it is missing or blank: nobody could use such a record."""
    name = markup.text_at(node, css)
    if not name:
        raise ReadError("bad_row", f"không có tên ở “{css}”", ref)
    return name
