"""When an address without a province is believed to lie in Long An.

Only for names, or pairs of names, that no other province of the country has: the column `alone` of districts.csv
says which. Everything else stays without a place.
"""

from __future__ import annotations

from marketplace.places.gazetteer import GAZETTEER, Alone, Match, bare_name
from marketplace.places.mentions import Mention
from marketplace.places.readings import in_district
from marketplace.places.roles import Facts
from marketplace.places.spelling import BARE, EXACT


def known_without_province(told: Facts) -> bool:
    """Whether the district, the district with its commune, or the town is one that only Long An has."""
    if told.districts:
        return any(
            _district_is_ours(told, mention, match) for mention in told.districts for match in mention.of("district")
        )
    return any(
        _town_is_ours(match)
        for mention in told.communes
        if mention.type == "Thị trấn"
        for match in mention.of("commune")
    )


def _district_is_ours(told: Facts, mention: Mention, match: Match) -> bool:
    alone = GAZETTEER.districts[match.name.code].alone
    if match.likeness < _needed(alone):
        return False
    if alone == "bare" or (alone != "never" and mention.level):
        return True
    # A district and a commune of it are no other place, Châu Thành included: the nine other districts of that name
    # have no commune that is called like one of ours. Numbered wards prove nothing.
    named = [name for name in told.names if not _numbered(name)]
    pairs = in_district(
        [name for name in named if name.level],
        [name for name in named if not name.level],
        match.name.code,
        new_style=False,
    )
    return any(reading.likeness >= _needed(alone) for reading in pairs)


def _town_is_ours(match: Match) -> bool:
    """ "TT. Bến Lức": the town that bears its district's name is as well known as the district."""
    town = GAZETTEER.communes[match.name.code]
    district = GAZETTEER.districts[town.district]
    same_name = bare_name(town.name) == bare_name(district.name)
    return same_name and district.alone != "never" and match.likeness >= _needed(district.alone)


def _needed(alone: Alone) -> int:
    return EXACT if alone == "marked" else BARE


def _numbered(mention: Mention) -> bool:
    return any(match.name.syllables[0].fold.isdecimal() for match in mention.matches)
