"""Pages of a list: which part is shown, and which page links are worth drawing."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.exceptions import NotFound

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Paging:
    """Page `number` (from 1) of a list of `total` items. Raises NotFound beyond the last page.

    `reach`: only so many items can be paged to, where pages far down would cost too much.
    """

    number: int
    total: int
    size: int = PER_PAGE
    reach: int | None = None

    def __post_init__(self) -> None:
        if self.number > self.pages:
            raise NotFound(f"Danh sách này chỉ có {self.pages} trang.")

    @property
    def pages(self) -> int:
        """At least 1: an empty list has one page that says so."""
        return max(1, -(-min(self.total, self.reach or self.total) // self.size))

    @property
    def cut(self) -> bool:
        """Are there items no page shows?"""
        return self.reach is not None and self.total > self.reach

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)

    @property
    def links(self) -> tuple[int | None, ...]:
        """Page numbers to draw, None for a gap: 1 … 6 7 8 … 40."""
        near = {1, self.pages, *range(self.number - 1, self.number + 2)}
        numbers = sorted(number for number in near if 1 <= number <= self.pages)
        links: list[int | None] = []
        for number in numbers:
            if links and number - (links[-1] or 0) == 2:
                links.append(number - 1)  # a gap of one page is that page
            elif links and number - (links[-1] or 0) > 2:
                links.append(None)
            links.append(number)
        return tuple(links)
