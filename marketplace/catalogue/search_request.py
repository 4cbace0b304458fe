"""A search as its address tells it: text, filters, order, page. The whole state of the page is in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlencode

from flask import g
from werkzeug.datastructures import MultiDict

from connectors import clean
from marketplace import places
from marketplace.catalogue.facets import OLDER, SPOT, UNKNOWN, seen_days
from marketplace.catalogue.filters import BY_PARAM, FILTERS, KIND_NAMES, KINDS, Filter
from marketplace.places import nearness
from marketplace.web.errors import BadAddress
from marketplace.web.formats import today
from search_index.documents import FacetCount, Near, Query

__all__ = [
    "BY_PARAM",
    "KINDS",
    "KIND_NAMES",
    "MAX_TEXT",
    "SORTS",
    "Chip",
    "Panel",
    "SearchRequest",
    "Value",
    "page_number",
]

MAX_TEXT = 200  # characters
# What hits can be ordered by, in the address and as a reader picks it. By how well they match needs no word in the
# address: it is named so that a form can say it.
BEST = "khop"
SORTS: Mapping[str, str] = {
    BEST: "Khớp nhất",
    "gia": "Giá mỗi kg tăng dần",
    "moi": "Mới thấy",
    "gan": "Gần nhất",
}
_INDEX_SORTS = {"gia": "price", "moi": "newest"}
# Of a longer filter so many values are shown, the rest folded away.
_SHOWN, _FOLD_BEYOND = 8, 10


@dataclass(frozen=True, slots=True)
class Value:
    """One line of a filter: its label, how many hits it would give, and the query string that switches it."""

    value: str
    label: str
    count: int
    chosen: bool
    query: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A filter as the page draws it: the first values, those folded away, and "not known" at the end."""

    title: str
    first: Sequence[Value]
    folded: Sequence[Value]
    last: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the search without it."""

    label: str
    without: SearchRequest


@dataclass(frozen=True, kw_only=True)
class SearchRequest:
    """What is asked for. `only_kind` is set on pages that show one kind and offer no choice of it.

    `sort` is one of `SORTS`, "" for the best match; `near`, the code of an old district or a 2025 unit, goes with
    "gan". `typing`: somebody is still typing, the last word may be a beginning. Like everything else it stands in the
    address, until the text is sent off or other words are asked for.
    """

    today: date
    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # parameter → values as in the address
    sort: str = ""
    near: str = ""
    exact: bool = False
    typing: bool = False
    page: int = 1
    only_kind: str = ""

    @classmethod
    def read(cls, args: MultiDict[str, str], only_kind: str = "") -> SearchRequest:
        """Raises BadAddress for a filter value, an order, a place or a page number that can't be.

        "Today" is that of the request under way.
        """
        text = clean.text(args.get("q"))
        if len(text) > MAX_TEXT:
            raise BadAddress(f"Từ khoá dài quá {MAX_TEXT} chữ cái. Hãy rút ngắn rồi tìm lại.")
        chosen = {}
        for one in FILTERS:
            values = tuple(dict.fromkeys(value for value in args.getlist(one.param) if value))
            known = one.labels()
            for value in values:
                if value not in known:
                    raise BadAddress(f"Bộ lọc “{one.title}” không có giá trị “{value[:40]}”.")
            if values and not (only_kind and one.param == "loai"):
                chosen[one.param] = values
        sort, near = args.get("xep", ""), args.get("gan", "")
        if sort and sort not in _sorts(only_kind):
            raise BadAddress(f"Không có cách xếp “{sort[:40]}”.")
        if near and near not in nearness.starts():
            raise BadAddress(f"Không có nơi “{near[:40]}” để xếp theo nơi gần nhất.")
        if near and not sort:
            sort = "gan"
        return cls(
            today=today(g.now),
            text=text,
            filters=chosen,
            sort="" if sort == BEST else sort,
            near=near if sort == "gan" else "",
            exact=args.get("dung") == "1",
            typing=bool(text) and args.get("go") == "1",
            page=page_number(args),
            only_kind=only_kind,
        )

    @property
    def facets(self) -> tuple[Filter, ...]:
        """The filters of this page: sellers are in no product group, and have no price."""
        return tuple(one for one in FILTERS if one.of_sellers or not self.only_kind)

    @property
    def sorts(self) -> dict[str, str]:
        """The orders of this page."""
        return _sorts(self.only_kind)

    @property
    def active(self) -> int:
        return sum(len(values) for values in self.filters.values())

    @property
    def params(self) -> dict[str, Any]:
        """The address parameters of this search, first page. One state has one address."""
        params: dict[str, Any] = {"q": self.text} if self.text else {}
        params.update((one.param, list(self.filters[one.param])) for one in FILTERS if one.param in self.filters)
        params.update((name, value) for name, value in (("xep", self.sort), ("gan", self.near)) if value)
        if self.exact:
            params["dung"] = "1"
        if self.typing:
            params["go"] = "1"
        return params

    @property
    def needs_days(self) -> bool:
        """Does `query` have to know on which days records were last seen?"""
        return OLDER in self.filters.get("thay", ())

    def query(self, offset: int, limit: int, *, days: Iterable[str] = (), counted: bool = True) -> Query:
        """The same for the index, with the counts of every filter this page offers unless they are not wanted.

        `days`: the values of the index's facet "seen" that occur, where `needs_days`.
        """
        wanted = {BY_PARAM[name].index: values for name, values in self.filters.items()}
        if "loai" in self.filters:
            wanted["kind"] = tuple(KINDS[value] for value in self.filters["loai"])
        if "thay" in self.filters:
            wanted["seen"] = seen_days(self.filters["thay"], self.today, days)
        if self.only_kind:
            wanted["kind"] = (self.only_kind,)
        return Query(
            text=self.text,
            filters=wanted,
            offset=offset,
            limit=limit,
            facets=tuple(dict.fromkeys(("kind", *(one.index for one in self.facets)))) if counted else (),
            exact=self.exact,
            typing=self.typing,
            sort=_INDEX_SORTS.get(self.sort, ""),
            near=near_from(self.near) if self.near else None,
        )

    def values(self, one: Filter, counts: Sequence[FacetCount]) -> list[Value]:
        """The lines of a filter: most hits first or in their own order, "not known" last. A chosen value stays even
        with no hit.
        """
        told = one.counted({count.value: count.count for count in counts}, self.today)
        chosen = self.filters.get(one.param, ())
        labels = one.labels()
        shown = [value for value in labels if told.get(value) or value in chosen]
        if one.by_count:
            shown.sort(key=lambda value: (value == UNKNOWN, -told.get(value, 0)))
        before, after = self._around(one.param)
        return [
            Value(
                value,
                labels[value],
                told.get(value, 0),
                value in chosen,
                "&".join((*before, *(f"{one.param}={item}" for item in _switched(chosen, value)), *after)),
            )
            for value in shown
        ]

    def panel(self, one: Filter, counts: Sequence[FacetCount]) -> Panel:
        """The filter with a long list folded; what is chosen stays in sight."""
        lines = self.values(one, counts)
        known = [line for line in lines if line.value != UNKNOWN]
        cut = _SHOWN if len(known) > _FOLD_BEYOND else len(known)
        first = [line for at, line in enumerate(known) if at < cut or line.chosen]
        folded = [line for line in known[cut:] if not line.chosen]
        return Panel(one.title, first, folded, [line for line in lines if line.value == UNKNOWN])

    def chips(self) -> list[Chip]:
        """The filters that are on, in their order."""
        found = []
        for one in FILTERS:
            labels = one.labels()
            for value in self.filters.get(one.param, ()):
                found.append(Chip(one.chip(labels[value]), self.toggled(one.param, value)))
        return found

    def toggled(self, param: str, value: str) -> SearchRequest:
        """The same search, first page, with one filter value switched."""
        switched = {**self.filters, param: _switched(self.filters.get(param, ()), value)}
        return replace(self, filters={name: kept for name, kept in switched.items() if kept}, page=1)

    def unfiltered(self) -> SearchRequest:
        return replace(self, filters={}, page=1)

    def _around(self, param: str) -> tuple[list[str], list[str]]:
        """The query string without one filter: what stands before its place and what after."""
        order = ["q", *(one.param for one in FILTERS)]
        place = order.index(param)
        before: list[str] = []
        after: list[str] = []
        for name, value in self.params.items():
            if name != param:
                early = name in order and order.index(name) < place
                (before if early else after).append(urlencode({name: value}, doseq=True))
        return before, after


@cache
def near_starts() -> Mapping[str, Mapping[str, str]]:
    """The places an order by nearness can start from, code and name, in two groups."""
    old = dict(places.districts())
    now = {code: places.unit_name(code) for code in nearness.starts() if code not in old}
    return {"Huyện, thị xã, thành phố cũ": old, "Xã, phường hiện nay": now}


def _sorts(only_kind: str) -> dict[str, str]:
    """Sellers have no price."""
    return {value: label for value, label in SORTS.items() if not (only_kind and value == "gia")}


def near_from(code: str) -> Near:
    """The order by nearness to one of those places. KeyError for another."""
    return Near(SPOT, nearness.spots_from(code))


def _switched(chosen: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(item for item in chosen if item != value) if value in chosen else (*chosen, value)


def page_number(args: MultiDict[str, str]) -> int:
    """`trang` of an address, 1 when it is not there. Raises BadAddress."""
    raw = args.get("trang", "1")
    if not raw.isascii() or not raw.isdecimal() or not 1 <= int(raw[:9]) <= 100_000 or len(raw) > 6:
        raise BadAddress(f"Số trang “{raw[:20]}” không đọc được.")
    return int(raw)
