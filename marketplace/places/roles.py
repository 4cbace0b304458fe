"""The mentions of a clause → which of them is the province, the district and the commune.

"Tân Hưng" is a district, a town and a 2025 unit, "Long An" a province, a commune and a 2025 unit: the word for the
type decides, else the place in the line, read from its end (province, district, commune).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from marketplace.places.gazetteer import GAZETTEER, LONG_AN, TAY_NINH, Kind, Match
from marketplace.places.mentions import Mention
from marketplace.places.spelling import BARE, DIFFERENT, EXACT

_PROVINCE, _DISTRICT, _COMMUNE = 1, 2, 3
_COMMUNES: Final[tuple[Kind, ...]] = ("commune", "former", "unit")


@dataclass(slots=True)
class Facts:
    """What a clause tells. Provinces by name, the others as everything their names could stand for."""

    province: str | None = None  # the one the line ends in
    province_typed: bool = False
    said: set[str] = field(default_factory=set)  # every province told in a province's place
    districts: list[Mention] = field(default_factory=list)  # typed ones, else the untyped one in its place
    unknown_district: bool = False  # a district of no table: the place is not in Long An
    communes: list[Mention] = field(default_factory=list)  # typed ones
    untyped: list[Mention] = field(default_factory=list)  # what may be the commune, the nearest to the district first
    doubtful: Mention | None = None  # told as a province, but may be the district Thạnh Hóa
    aside: bool = False  # the district was told apart from the commune: "xã Vĩnh Thạnh (Tân Hưng cũ)"

    @property
    def empty(self) -> bool:
        """Whether the clause tells nothing about a place."""
        return not (self.said or self.districts or self.unknown_district or self.names_commune)

    @property
    def names_commune(self) -> bool:
        """Whether it names a commune or a 2025 unit."""
        return bool(self.communes or self.untyped)

    @property
    def names(self) -> list[Mention]:
        """What names the commune or 2025 unit: the typed names, else the untyped one nearest to the district."""
        return self.communes or self.untyped[:1]

    def codes(self, kind: Kind, *, at_least: int = DIFFERENT) -> set[str]:
        """The districts of this kind that are told; contradicting marks count only where nothing fits better."""
        matches = [m for mention in self.districts for m in mention.of(kind) if m.likeness >= at_least]
        best = max((match.likeness for match in matches), default=0)
        return {match.name.code for match in matches if match.likeness >= min(best, BARE)}

    def complete(self, other: Facts) -> None:
        """Add what a statement without a commune tells: "(Thủ Thừa cũ)", "(Long An cũ)", "; tỉnh Long An"."""
        if self.province not in (None, LONG_AN, TAY_NINH):
            return  # a branch elsewhere
        if self.province is None:
            self.province = other.province
            self.said |= other.said
            self.unknown_district |= other.unknown_district
        elif LONG_AN in other.said:
            self.said.add(LONG_AN)
        if not self.districts and other.districts:
            self.districts, self.aside = other.districts, True


def facts(mentions: Sequence[Mention], *, prefer_long_an: bool) -> Facts:
    """Give every mention its role. `prefer_long_an`: the source is one of Long An, so that "thanh hoa" without marks
    is our district and not the province."""
    told = Facts(unknown_district=any(m.level == "district" and not m.matches for m in mentions))
    told.districts = [m for m in mentions if m.level == "district" and m.matches]
    told.communes = [m for m in mentions if m.level == "commune" and m.matches]
    district_typed = bool(told.districts)
    reached = 0  # how far the line was read, from province to commune
    left_over: list[Mention] = []
    for mention in reversed(mentions):
        if mention.level == "province":
            _tell_province(told, mention.matches, typed=True)
            reached = max(reached, _PROVINCE)
        elif mention.level:
            reached = max(reached, _DISTRICT if mention.level == "district" else _COMMUNE)
        elif not mention.matches:
            continue
        elif (province := mention.of("province")) and _stands_for_province(told, mention, reached):
            if mention.of("district"):
                if prefer_long_an and not told.unknown_district and province[0].likeness < EXACT:
                    told.districts.append(mention)
                    reached = _DISTRICT
                    continue
                told.doubtful = mention
            _tell_province(told, province, typed=False)
            reached = max(reached, _PROVINCE)
        elif _stands_for_district(mention) and not district_typed and reached < _DISTRICT:
            told.districts.append(mention)
            reached = _DISTRICT
        elif told.districts and told.province is None and _is_long_an(mention):
            # "Long An, Cần Giuộc" begins with the province more often than it leaves it out behind xã Long An. Before
            # huyện Châu Thành that proves nothing, for Tiền Giang has a xã Long An in it.
            if any(GAZETTEER.districts[code].alone != "never" for code in told.codes("district")):
                _tell_province(told, mention.of("province"), typed=False)
        elif mention.of(*_COMMUNES) and reached < _COMMUNE:
            told.untyped.append(mention)
        else:
            left_over.append(mention)
    _read_forwards(told, left_over, foreign=not prefer_long_an and not any(mention.level for mention in mentions))
    return told


def _is_long_an(mention: Mention) -> bool:
    return any(match.name.code == LONG_AN for match in mention.of("province"))


def _stands_for_province(told: Facts, mention: Mention, reached: int) -> bool:
    if reached == 0:
        return not told.untyped
    # A catalogue that adds the province to the address makes "…, Long An, Long An".
    again = {match.name.code for match in mention.of("province")} & told.said
    return reached == _PROVINCE and bool(again) and not mention.of("district")


def _stands_for_district(mention: Mention) -> bool:
    """Whether the name is spelt no worse as a district than as a commune: "Tân Thành" is not huyện Tân Thạnh."""
    as_commune = max((match.likeness for match in mention.of(*_COMMUNES)), default=0)
    as_district = max((match.likeness for match in mention.of("district", "tay_ninh_district")), default=0)
    return as_district > 0 and as_district >= as_commune


def _tell_province(told: Facts, matches: tuple[Match, ...], *, typed: bool) -> None:
    if not matches:
        return
    name = max(matches, key=lambda match: match.likeness).name.code
    told.said.add(name)
    if told.province is None or (typed and not told.province_typed):
        told.province, told.province_typed = name, typed


def _read_forwards(told: Facts, left_over: list[Mention], *, foreign: bool) -> None:
    """Lines that begin with the larger unit: "Long An / Châu Thành / xã Long Trì".

    A hamlet may bear the name of a province (Hòa Bình, Thái Bình), so with `foreign` off, on a source of Long An and
    in a line that writes out its types, the name of another province is not taken for one.
    """
    for mention in reversed(left_over):
        if not told.districts and _stands_for_district(mention):
            told.districts.append(mention)
        elif foreign and told.province is None and not told.districts:
            _tell_province(told, mention.of("province"), typed=False)
