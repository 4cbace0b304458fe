"""A search as its address tells it: text, filters, page. The whole state of the page is in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from connectors import clean
from marketplace import places
from marketplace.catalogue import categories
from marketplace.catalogue.indexing import UNKNOWN
from marketplace.places.gazetteer import bare_name
from marketplace.web import floors
from marketplace.web.errors import BadAddress
from search_index.documents import FacetCount, Query

MAX_TEXT = 200  # characters
KINDS: Mapping[str, str] = {"san-pham": "listing", "nguoi-ban": "seller", "tin": "request"}
KIND_NAMES: Mapping[str, str] = {"san-pham": "Sản phẩm", "nguoi-ban": "Người bán", "tin": "Tin mua bán"}
_KIND_VALUES = {kind: value for value, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter: its name in the address and in the index, its heading, and its values with their labels.

    `chip` is how a chosen value is named away from its heading.
    """

    param: str
    index: str
    title: str
    labels: Callable[[], Mapping[str, str]]
    chip: Callable[[str], str] = lambda label: label


def _sources() -> dict[str, str]:
    return {floor.slug: floor.title for floor in floors.connected()}


def _groups() -> dict[str, str]:
    return {**{group.code: group.name for group in categories.groups()}, UNKNOWN: "Chưa rõ nhóm"}


def _districts() -> dict[str, str]:
    return {**{code: bare_name(name) for code, name in places.districts()}, UNKNOWN: "Chưa rõ nơi"}


FACETS = (
    Facet("loai", "kind", "Loại", lambda: KIND_NAMES),
    Facet("san", "source", "Sàn", _sources),
    Facet("nhom", "category", "Nhóm hàng", _groups),
    Facet(
        "huyen",
        "district",
        "Nơi (huyện trước 01/07/2025)",
        _districts,
        chip=lambda label: label if label.startswith("Chưa") else f"{label} cũ",
    ),
)
BY_PARAM: Mapping[str, Facet] = {facet.param: facet for facet in FACETS}


@dataclass(frozen=True, slots=True)
class Value:
    """One line of a facet: its label, how many hits it would give, and the address parameters that switch it."""

    value: str
    label: str
    count: int
    chosen: bool
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the search without it."""

    label: str
    without: SearchRequest


@dataclass(frozen=True, kw_only=True)
class SearchRequest:
    """What is asked for. `only_kind` is set on pages that show one kind and offer no choice of it.

    `typing`: somebody is still typing, the last word may be a beginning; no address that is shown or linked tells it.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # parameter → values as in the address
    exact: bool = False
    typing: bool = False
    page: int = 1
    only_kind: str = ""

    @classmethod
    def read(cls, args: MultiDict[str, str], only_kind: str = "") -> SearchRequest:
        """Raises BadAddress for a filter value or page number that can't be."""
        text = clean.text(args.get("q"))
        if len(text) > MAX_TEXT:
            raise BadAddress(f"Từ khoá dài quá {MAX_TEXT} chữ cái. Hãy rút ngắn rồi tìm lại.")
        filters = {}
        for facet in FACETS:
            values = tuple(dict.fromkeys(value for value in args.getlist(facet.param) if value))
            known = facet.labels()
            for value in values:
                if value not in known:
                    raise BadAddress(f"Bộ lọc “{facet.title}” không có giá trị “{value[:40]}”.")
            if values and not (only_kind and facet.param == "loai"):
                filters[facet.param] = values
        return cls(
            text=text,
            filters=filters,
            exact=args.get("dung") == "1",
            typing=args.get("go") == "1",
            page=page_number(args),
            only_kind=only_kind,
        )

    @property
    def facets(self) -> tuple[Facet, ...]:
        """Those this page offers: sellers are in no product group."""
        if self.only_kind:
            return tuple(facet for facet in FACETS if facet.param in ("san", "huyen"))
        return FACETS

    @property
    def active(self) -> int:
        return sum(len(values) for values in self.filters.values())

    @property
    def params(self) -> dict[str, Any]:
        """The address parameters of this search, first page."""
        params: dict[str, Any] = {"q": self.text} if self.text else {}
        params.update({name: list(values) for name, values in self.filters.items()})
        if self.exact:
            params["dung"] = "1"
        return params

    def query(self, offset: int, limit: int) -> Query:
        """The same for the index, with the counts of every facet this page needs."""
        filters = {
            BY_PARAM[name].index: tuple(KINDS[value] for value in values) if name == "loai" else values
            for name, values in self.filters.items()
        }
        if self.only_kind:
            filters["kind"] = (self.only_kind,)
        return Query(
            text=self.text,
            filters=filters,
            offset=offset,
            limit=limit,
            facets=tuple(dict.fromkeys(("kind", *(facet.index for facet in self.facets)))),
            exact=self.exact,
            typing=self.typing,
        )

    def values(self, facet: Facet, counts: Sequence[FacetCount]) -> list[Value]:
        """The lines of a facet: most hits first, "not known" last; a chosen value stays even with no hit."""
        told = {
            _KIND_VALUES.get(count.value, count.value) if facet.param == "loai" else count.value: count.count
            for count in counts
        }
        chosen = self.filters.get(facet.param, ())
        labels = facet.labels()
        shown = [value for value in labels if told.get(value) or value in chosen]
        if facet.param not in ("loai", "san"):
            shown.sort(key=lambda value: (value == UNKNOWN, -told.get(value, 0)))
        return [
            Value(value, labels[value], told.get(value, 0), value in chosen, self.toggled(facet.param, value).params)
            for value in shown
        ]

    def chips(self) -> list[Chip]:
        """The filters that are on, in the order of the facets."""
        found = []
        for facet in FACETS:
            labels = facet.labels()
            for value in self.filters.get(facet.param, ()):
                found.append(Chip(facet.chip(labels[value]), self.toggled(facet.param, value)))
        return found

    def toggled(self, param: str, value: str) -> SearchRequest:
        """The same search, first page, with one filter value switched."""
        old = self.filters.get(param, ())
        values = tuple(item for item in old if item != value) if value in old else (*old, value)
        filters = {**self.filters, param: values}
        return replace(self, filters={name: kept for name, kept in filters.items() if kept}, page=1)

    def unfiltered(self) -> SearchRequest:
        return replace(self, filters={}, page=1)


def page_number(args: MultiDict[str, str]) -> int:
    """`trang` of an address, 1 when it is not there. Raises BadAddress."""
    raw = args.get("trang", "1")
    if not raw.isascii() or not raw.isdecimal() or not 1 <= int(raw[:9]) <= 100_000 or len(raw) > 6:
        raise BadAddress(f"Số trang “{raw[:20]}” không đọc được.")
    return int(raw)
