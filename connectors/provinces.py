"""Is a printed province another one than ours? Words are compared, nothing is looked up: places are read elsewhere.

The catalogue is of former Long An, since 2025-07-01 a part of Tây Ninh. A record that says "Tây Ninh" may be of either
half, so it is kept for the reader of places to decide; so is one that tells no province, or one nobody knows.
Names: the 63 provinces before 2025-07-01 (GSO); those of today are all among them.
"""

from __future__ import annotations

import re

from connectors import clean

_OTHERS = """
an giang, ba ria vung tau, vung tau, bac giang, bac kan, bac can, bac lieu, bac ninh, ben tre, binh dinh, binh duong,
binh phuoc, binh thuan, ca mau, can tho, cao bang, da nang, dak lak, dac lac, daklak, dak nong, dac nong, daknong,
dien bien, dong nai, dong thap, gia lai, ha giang, ha nam, ha noi, ha tinh, hai duong, hai phong, hau giang,
ho chi minh, hcm, sai gon, hoa binh, hue, hung yen, khanh hoa, kien giang, kon tum, lai chau, lam dong, lang son,
lao cai, nam dinh, nghe an, ninh binh, ninh thuan, phu tho, phu yen, quang binh, quang nam, quang ngai, quang ninh,
quang tri, soc trang, son la, thai binh, thai nguyen, thanh hoa, thua thien hue, tien giang, tra vinh, tuyen quang,
vinh long, vinh phuc, yen bai
"""
OTHERS = frozenset(name.strip() for name in _OTHERS.split(","))
_KIND = re.compile(r"^(?:tinh|thanh pho|tp|t)(?:\s*\.\s*|\s+)")
_PART = re.compile(r"\s*[,;]\s*|\s+[-–]\s+|(?<=\w)-(?=\w)")


def other_province(province: str | None, address: str | None) -> str:
    """The other province a record belongs to, as printed; "" when it is ours, not told, or not known.

    Without a province the last part of the address is looked at, and no other: "Thái Bình" is a commune, too.
    """
    printed = clean.text(province)
    if printed:
        return printed if _is_other(printed) else ""
    parts = _PART.split(clean.text(address).rstrip(" ."))
    # A single part may be a commune or a hamlet of that name.
    return parts[-1] if len(parts) > 1 and _is_other(parts[-1]) else ""


def _is_other(printed: str) -> bool:
    name = clean.text(re.sub(r"[-–.]", " ", _KIND.sub("", clean.fold(printed))))
    return name in OTHERS
