"""The five marketplaces in their fixed order, and the strip that shows them ("dải năm sàn")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from connectors import REGISTRY

State = Literal["on", "acc", "no", "unk"]
MEANING: Mapping[State, str] = {
    "on": "có sản phẩm",
    "acc": "có tài khoản, chưa thấy sản phẩm",
    "no": "chưa có tài khoản",
    "unk": "không có dữ liệu",
}


@dataclass(frozen=True, slots=True)
class Floor:
    """One marketplace. `connected`: there is a connector for it."""

    slug: str
    title: str
    short: str

    @property
    def connected(self) -> bool:
        return self.slug in REGISTRY

    @property
    def colour(self) -> str:
        """The class of its monogram."""
        return f"mono-{self.short.lower()}"


@dataclass(frozen=True, slots=True)
class Slot:
    floor: Floor
    state: State

    @property
    def words(self) -> str:
        return f"{self.floor.title}: {MEANING[self.state]}"


FLOORS = (
    Floor("nongsanantoanlongan", "nongsanantoanlongan.vn", "NS"),
    Floor("cooplink", "htx.cooplink.com.vn", "HTX"),
    Floor("postmart", "postmart.vn", "PM"),
    Floor("voso", "voso.vn", "VS"),
    Floor("longantrade", "longantrade.com", "LT"),
)
BY_SLUG: Mapping[str, Floor] = {floor.slug: floor for floor in FLOORS}


def floor(slug: str) -> Floor:
    """The marketplace of a source; one outside the five is shown by its slug."""
    if slug in BY_SLUG:
        return BY_SLUG[slug]
    if slug in REGISTRY:
        source = REGISTRY[slug].source
        return Floor(slug, source.title, source.short)
    return Floor(slug, slug, slug[:3].upper())


def place(slug: str) -> int:
    """For sorting: the place of a marketplace in the fixed order, others behind the five."""
    return next((at for at, item in enumerate(FLOORS) if item.slug == slug), len(FLOORS))


def connected() -> tuple[Floor, ...]:
    """The marketplaces we read, in the fixed order; others after the five."""
    return (
        *(item for item in FLOORS if item.connected),
        *(floor(slug) for slug in REGISTRY if slug not in BY_SLUG),
    )


def strip(states: Mapping[str, State]) -> tuple[Slot, ...]:
    """The five slots; a marketplace nothing is known of shows "no data", never "no account"."""
    return tuple(Slot(item, states.get(item.slug, "unk")) for item in FLOORS)
