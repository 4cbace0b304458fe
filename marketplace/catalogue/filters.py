"""The filters of a search as its address and its pages name them, over the facets of the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from marketplace import places
from marketplace.catalogue import categories, certificates, commodities, facets
from marketplace.catalogue.facets import UNKNOWN
from marketplace.places.gazetteer import bare_name
from marketplace.web import floors

KINDS: Mapping[str, str] = {"san-pham": "listing", "nguoi-ban": "seller", "tin": "request"}
KIND_NAMES: Mapping[str, str] = {"san-pham": "Sản phẩm", "nguoi-ban": "Người bán", "tin": "Tin mua bán"}

Counts = Mapping[str, int]


def _as_stored(counts: Counts, _today: date) -> Counts:
    return counts


def _by_kind(counts: Counts, _today: date) -> Counts:
    return {value: counts.get(kind, 0) for value, kind in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its name in the address and in the index, its heading, and its values with their labels.

    `by_count`: the values come by their hits, otherwise in their own order. `of_sellers`: sellers can be filtered by
    it. `chip` is how a chosen value is named away from its heading; `counted` turns the counts of the index's values
    into those of the filter's, as of a day.
    """

    param: str
    index: str
    title: str
    labels: Callable[[], Mapping[str, str]]
    by_count: bool = True
    of_sellers: bool = False
    chip: Callable[[str], str] = lambda label: label
    counted: Callable[[Counts, date], Counts] = _as_stored


@cache
def _sources() -> Mapping[str, str]:
    return {floor.slug: floor.title for floor in floors.connected()}


@cache
def _groups() -> Mapping[str, str]:
    return {**{group.code: group.name for group in categories.groups()}, UNKNOWN: "Chưa rõ nhóm"}


@cache
def _districts() -> Mapping[str, str]:
    return {**{code: bare_name(name) for code, name in places.districts()}, UNKNOWN: "Chưa rõ nơi"}


@cache
def _units() -> Mapping[str, str]:
    # Those on land of the old Tây Ninh, too: an address may lie there.
    return {**dict(places.units(long_an_only=False)), UNKNOWN: "Chưa rõ xã, phường"}


@cache
def _certificates() -> Mapping[str, str]:
    return {**certificates.names(), UNKNOWN: "Không thấy ghi"}


def _former(label: str) -> str:
    return label if label.startswith("Chưa") else f"{label} cũ"


def _certified(label: str) -> str:
    return "Không ghi chứng nhận" if label.startswith("Không") else label


def _per_kg(label: str) -> str:
    return label if label.endswith("kg") or label.startswith("Chưa") else f"{label}/kg"


def _stocked(label: str) -> str:
    return "Chưa rõ còn hàng" if label.startswith("Chưa") else label


def _seen(label: str) -> str:
    return f"Thấy: {label[:1].lower()}{label[1:]}"


# In the order of the page.
FILTERS = (
    Filter("loai", "kind", "Loại", lambda: KIND_NAMES, by_count=False, counted=_by_kind),
    Filter("san", "source", "Sàn", _sources, by_count=False, of_sellers=True),
    Filter("nhom", "category", "Nhóm hàng", _groups),
    Filter("huyen", "district", "Nơi (huyện trước 01/07/2025)", _districts, of_sellers=True, chip=_former),
    Filter("xa", "unit", "Xã, phường hiện nay", _units, of_sellers=True),
    Filter("cn", "certificate", "Chứng nhận, kể cả tự công bố", _certificates, of_sellers=True, chip=_certified),
    Filter("gia", "price", "Giá mỗi kg", cache(facets.price_labels), by_count=False, chip=_per_kg),
    Filter("con", "stock", "Còn hàng", cache(facets.stock_labels), by_count=False, chip=_stocked),
    Filter(
        "thay",
        "seen",
        "Thấy trên sàn trong",
        cache(facets.seen_labels),
        by_count=False,
        of_sellers=True,
        chip=_seen,
        counted=facets.seen_counts,
    ),
)
BY_PARAM: Mapping[str, Filter] = {one.param: one for one in FILTERS}


def values_of(index: str) -> tuple[str, ...]:
    """What a facet of the index can be filtered by, "seen within" by its own values. KeyError for no such facet."""
    if index == "kind":
        return tuple(KINDS.values())
    if index == facets.COMMODITY:
        return (*(one.slug for one in commodities.commodities()), UNKNOWN)
    return tuple({one.index: one for one in FILTERS}[index].labels())
