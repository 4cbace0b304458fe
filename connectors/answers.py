"""Reading JSON answers as strictly as pages: objects by their fields, lists to their end.

A field of another type than it should have is a Problem of its record and counts as not told; a list without rows is
`empty_list` on its first page and the end on a later one; an answer of another shape is `layout`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from connectors import clean, markup
from connectors.contract import Get, Page, Problem, Source, Yield
from connectors.markup import ReadError
from connectors.reading import Links, Row, read_rows
from connectors.values import PriceFields, Values

_NOT_IN_A_KEY = re.compile(r"[^a-z0-9]+")


class Answer(Links):
    """A JSON answer being read: its links, and its decoded value."""

    def __init__(self, source: Source, page: Page, never: Collection[str] = ()) -> None:
        self.value = markup.read_json(page)
        super().__init__(source, page, never=never)

    def missing(self, what: str, name: str = "") -> ReadError:  # noqa: ARG002 - answers have no selectors
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
        return None if value is None else clean.text(clean.decoded(str(value)))

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
    answer: Answer,
    rows: object,
    read_row: Callable[[Fields], Row],
    *,
    key: str = "id",
    may_be_empty: bool = False,
) -> list[Yield]:
    """Read the objects of a list, each known by its `key`, and step to its next page.

    Raises ReadError layout when `rows` is no list of objects, or none of them can be read.
    """
    if not isinstance(rows, list):
        raise answer.missing("danh sách trong câu trả lời JSON")
    if not rows:
        if page_number(answer.url) > 1 or may_be_empty:
            return []
        return [Problem(code="empty_list", ref=answer.page.get.ref, detail="danh sách không có mục nào")]

    def one(row: object) -> Row:
        ref = row.get(key) if isinstance(row, Mapping) else None
        if isinstance(ref, bool) or not isinstance(ref, int | str) or not str(ref).strip():
            raise ReadError("bad_row", f"mục không có mã “{key}”")
        return read_row(Fields(cast(Mapping[str, object], row), Values(str(ref).strip())))

    return [*read_rows(rows, one), *_next_page(answer, len(rows))]


def _next_page(answer: Answer, count: int) -> list[Yield]:
    """By the number of pages WordPress tells; else until a page is empty: a shop may give fewer than asked for."""
    number = page_number(answer.url)
    told = answer.page.headers.get("x-wp-totalpages", "")
    more = number < _number(told) if told else count > 0
    return [Get(url=with_query(answer.url, page=str(number + 1)), kind=answer.page.get.kind)] if more else []


def name_of(row: Fields, name: str) -> str:
    """The name of a record. Raises ReadError bad_row when it is missing or blank: nobody could use such a record."""
    told = row.text(name)
    if not told:
        raise ReadError("bad_row", f"không có tên ở “{name}”", row.values.ref)
    return told


def first_picture(links: Links, row: Fields, name: str) -> str | None:
    """The address of the first picture of a list, "" where the list is there and empty."""
    pictures = row.parts(name)
    return None if pictures is None else (links.picture(pictures[0].text("src")) or "") if pictures else ""


def excerpt(row: Fields, *names: str, limit: int) -> str | None:
    """The readable beginning of the first of these texts that is not empty."""
    told = [clean.html_to_text(html, limit) for name in names if isinstance(html := row.told.get(name), str)]
    return next(filter(None, told), told[0] if told else None)


def price_of(
    values: Values,
    low: Decimal | None,
    high: Decimal | None,
    old: Decimal | None,
    *,
    currency: str = "VND",
    shown: str = "",
    unit: str | None = None,
) -> PriceFields:
    """The price fields of amounts in whole units of a currency; `shown` is the price as a visitor sees it.

    A missing amount is not told, one of 0 is no price: then the words count. `old`: the price before, None where that
    is not told; it counts where it is more than `low`.
    """
    if currency != "VND":
        return PriceFields(price_text=shown or f"{low} {currency}", price_vnd=None, price_status="foreign")
    before = None if old is None else _dong(old) if old > (low or 0) else ""
    if not low:
        fields = values.price(shown if shown or low is None else "0 ₫", unit, before)
        fields["price_text"] = shown
        return fields
    text = _dong(low) if high is None or high <= low else f"{_dong(low)} - {_dong(high)}"
    fields = values.price(text, unit or clean.price(shown).unit, before)
    fields["price_text"] = shown or text
    return fields


def name_key(name: str) -> str:
    """The key of somebody known by name alone: without marks, capitals and signs, "HTX Rau Mẫu" → "htx-rau-mau"."""
    return _NOT_IN_A_KEY.sub("-", clean.fold(name)).strip("-") or clean.fold(name)


def moment(values: Values, printed: str | None) -> datetime | None:
    """A moment in ISO 8601, taken for UTC where it tells no offset."""
    if not printed:
        return None
    try:
        told = datetime.fromisoformat(printed)
        return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        values.note("date_unreadable", printed)
        return None


def _dong(amount: Decimal) -> str:
    return f"{amount:,.0f}".replace(",", ".") + " ₫"


def parameters(url: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(url).query))


def _number(told: str | None) -> int:
    return int(told) if told and told.isascii() and told.isdecimal() and len(told) < 9 else 0


def page_number(url: str) -> int:
    """The number of a list's page by its address, counted from 1."""
    return _number(parameters(url).get("page")) or 1


def with_query(url: str, **told: str) -> str:
    """The address with these query parameters in place of its own of the same names."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in told]
    return urlunsplit(parts._replace(query=urlencode([*kept, *told.items()])))


def query(**told: str) -> str:
    """Parameters as they stand in an address."""
    return urlencode(told)
