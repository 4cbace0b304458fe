"""Reading JSON answers as strictly as pages: objects by their fields, lists to their end.

A field of another type than it should have is a Problem of its record and counts as not told; a list without rows is
`empty_list` on its first page and the end on a later one; an answer of another shape is `layout`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connectors import clean, markup
from connectors.contract import Get, Page, Problem, Source, Yield
from connectors.markup import ReadError
from connectors.reading import Links, Row, read_rows
from connectors.values import Values


class Answer(Links):
    """A JSON answer being read: its links, and its decoded value."""

    def __init__(self, source: Source, page: Page, never: Collection[str] = ()) -> None:
        self.value = markup.read_json(page)
        super().__init__(source, page, never=never)

    def missing(self, what: str) -> ReadError:
        """The error for an answer without the parts its kind must have."""
        return ReadError("layout", f"không thấy {what}")


Reader = Callable[[Answer], list[Yield]]


def read(source: Source, page: Page, readers: Mapping[str, Reader]) -> Iterator[Yield]:
    """Read an answer with the reader of its kind; every fault becomes a Problem, nothing is raised."""
    reader = readers.get(page.get.kind)
    if reader is None:
        yield Problem(code="unknown_kind", detail=f"không có cách đọc loại trang “{page.get.kind}”")
        return
    try:
        answer = Answer(source, page)
        found = reader(answer)
    except ReadError as error:
        yield error.problem(page.get.ref)
        return
    yield from answer.problems
    yield from found


class Fields:
    """The fields of one JSON object, each None when it is missing or null. `values` takes the problems."""

    def __init__(self, told: Mapping[str, object], values: Values) -> None:
        self.told = told
        self.values = values

    def text(self, name: str) -> str | None:
        """A text, or the digits of a number; entities decoded, as names in JSON are often written for HTML."""
        value = self._told(name, str | int | float)
        return None if value is None else clean.text(unescape(str(value)))

    def html(self, name: str) -> str | None:
        """The readable text of a piece of HTML."""
        value = self._told(name, str)
        return None if value is None else clean.html_to_text(value)

    def whole(self, name: str) -> int | None:
        """A whole number, given as one or as its digits."""
        return self.values.whole(name, self.told.get(name))

    def flag(self, name: str) -> bool | None:
        value: bool | None = self._told(name, bool)
        return value

    def part(self, name: str) -> Fields | None:
        """An object. PHP writes one without fields as `[]`: such a part is there and tells nothing."""
        if self.told.get(name) == []:
            return Fields({}, self.values)
        value = self._told(name, dict)
        return None if value is None else Fields(value, self.values)

    def parts(self, name: str) -> list[Fields] | None:
        """A list of objects; what is no object in it is left out."""
        value = self._told(name, list)
        return None if value is None else [Fields(part, self.values) for part in value if isinstance(part, Mapping)]

    def _told(self, name: str, kind: Any) -> Any:
        """The value when it is of this type, else None, and a Problem if it is there."""
        value = self.told.get(name)
        if value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
            return value
        self.values.note("bad_value", f"{name}: {str(value)[:80]}")
        return None


def read_objects(
    answer: Answer, rows: object, read_row: Callable[[Fields], Row], size: int, *, may_be_empty: bool = False
) -> list[Yield]:
    """Read the objects of a list and step to its next page. `size`: how many a full page holds.

    Rows are known by their `id`. Raises ReadError layout when `rows` is no list of objects, or none can be read.
    """
    if not isinstance(rows, list):
        raise answer.missing("danh sách trong câu trả lời JSON")
    number = page_number(answer.url)
    if not rows:
        if number > 1 or may_be_empty:
            return []
        return [Problem(code="empty_list", ref=answer.page.get.ref, detail="danh sách không có mục nào")]

    def one(row: object) -> Row:
        if not isinstance(row, Mapping):
            raise ReadError("bad_row", f"mục không phải đối tượng JSON: {str(row)[:80]}")
        ref = row.get("id", row.get("vendor_id"))
        if isinstance(ref, bool) or not isinstance(ref, int | str) or not str(ref).strip():
            raise ReadError("bad_row", "mục không có mã “id”")
        return read_row(Fields(row, Values(str(ref).strip())))

    found = read_rows(rows, one)
    return [*found, *_next_page(answer, number, len(rows), size)]


def _next_page(answer: Answer, number: int, count: int, size: int) -> list[Yield]:
    told = answer.page.headers.get("x-wp-totalpages", "")
    more = number < int(told) if told.isascii() and told.isdecimal() and len(told) < 9 else count >= size
    return [Get(url=with_query(answer.url, page=str(number + 1)), kind=answer.page.get.kind)] if more else []


def page_number(url: str) -> int:
    """The number of a list's page by its address, counted from 1."""
    told = dict(parse_qsl(urlsplit(url).query)).get("page", "1")
    return max(1, int(told)) if told.isascii() and told.isdecimal() and len(told) < 9 else 1


def with_query(url: str, **told: str) -> str:
    """The address with these query parameters in place of its own of the same names."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in told]
    return urlunsplit(parts._replace(query=urlencode([*kept, *told.items()])))
