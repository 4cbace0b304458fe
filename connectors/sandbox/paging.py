"""Lists cut into pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, Literal, NamedTuple, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# Faults that bend a list before it is cut.
Bend = Literal["empty_list", "half_list", "paging_loop", "duplicates"]


class Slice(NamedTuple, Generic[T_co]):
    """One page of a list. `page` counts from 1, `pages` is at least 1, `total` counts the items of all pages."""

    items: Sequence[T_co]
    page: int
    pages: int
    total: int


def cut(
    items: Sequence[T], query: Mapping[str, str], per_page: int, bend: Bend | None, *, clamp: bool = False
) -> Slice[T]:
    """The page `query["page"]` asks for; the first for anything but a whole number above zero.

    A page behind the last is empty, or with `clamp` the last one again: frameworks differ.
    `paging_loop` shows the first page for ever, and always says there is one more; `duplicates` shows every item of a
    page twice, and the first of the list on every page.
    """
    wanted = query.get("page", "1")
    page = max(1, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
    if bend == "paging_loop":
        return Slice(items[:per_page], page, page + 1, len(items))
    if bend == "empty_list":
        items = items[:0]
    elif bend == "half_list":
        items = items[: len(items) // 2]
    pages = max(1, -(-len(items) // per_page))
    if clamp:
        page = min(page, pages)
    first = (page - 1) * per_page
    shown = items[first : first + per_page]
    if bend == "duplicates" and shown:
        shown = [items[0], *shown, *shown]
    return Slice(shown, page, pages, len(items))


def window(page: int, pages: int, around: int) -> list[int | None]:
    """Numbers for a row of links: first, last, and those around the page; None stands for a gap."""
    shown = sorted({1, pages, *range(max(1, page - around), min(pages, page + around) + 1)})
    row: list[int | None] = []
    for number in shown:
        if row and row[-1] is not None and number - row[-1] > 1:
            row.append(None)
        row.append(number)
    return row
