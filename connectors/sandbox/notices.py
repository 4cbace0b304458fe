"""Makes the registrants and notices of cooplink, from a chance of their own: no other site depends on them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

from . import identity, names
from .floor import Floor
from .prices import dotted
from .records import Notice, Registrant, Role, Seller
from .vocabulary import CROPS, ELSEWHERE, Good, communes, goods, goods_of, short_district

T = TypeVar("T")

# In every twenty: about the shares the site had in August 2021 (sell 77.6 %, buy 15.8 %, state 3.6 %, helping 3 %).
_ROLES: tuple[Role, ...] = (
    *("sell",) * 4, "buy", *("sell",) * 3, "state_body", *("sell",) * 3, "buy", *("sell",) * 3, "organisation",
    "sell", "buy", "sell",
)  # fmt: skip
_GROUPS = {
    "rau-cu-qua-tuoi": "Rau củ",
    "rau-cu-qua": "Rau củ",
    "hoa-qua-tuoi": "Trái cây",
    "luong-thuc": "Lương thực",
    "thit-lon": "Thủy hải sản, chăn nuôi",
    "thit-bo": "Thủy hải sản, chăn nuôi",
    "thit-ga-vit": "Thủy hải sản, chăn nuôi",
    "trung-gia-cam": "Thủy hải sản, chăn nuôi",
    "tom-cua-oc": "Thủy hải sản, chăn nuôi",
    "ca-ao-ho": "Thủy hải sản, chăn nuôi",
    "ca-bien": "Thủy hải sản, chăn nuôi",
}
_BUYERS = ("Bếp ăn {core}", "Công ty TNHH Phân phối {core}", "Siêu thị {core}", "Vựa thu mua {core}")
_HELPERS: dict[Role, tuple[str, ...]] = {
    "state_body": ("Chi cục Phát triển nông thôn {core}", "Phòng Nông nghiệp {core}"),
    "organisation": ("Hội Nông dân {core}", "Liên minh HTX {core}"),
}
_STANDARDS = ("", "", "", "VietGAP", "GlobalGAP", "Hữu cơ", "ATTP")
_FIRST_PHONE = 150_000  # far behind the numbers of the sellers of the other sites
_OURS = ("Long An", "Tây Ninh")


class NoticeInventor:
    """A source of notices. `sellers`: facilities of another site, some of which registered here, too."""

    def __init__(self, seed: int, today: date, sellers: Sequence[Seller]) -> None:
        self._seed, self._today = seed, today
        self._random = random.Random(f"{seed}/notices")
        self._known = [seller for seller in sellers if seller.phone and seller.province in _OURS]
        self._sellers: list[Registrant] = []  # of notices so far
        self._made: set[tuple[int, str]] = set()
        self._number = self._registrant = 0

    def _pick(self, pool: Sequence[T]) -> T:
        return pool[int(self._random.random() * len(pool))]

    def _below(self, top: int) -> int:
        return int(self._random.random() * top)

    def pass_day(self, day: int, floor: Floor) -> None:
        """About one notice in forty comes, and as many of the oldest go."""
        self._today += timedelta(days=1)
        self._random.seed(f"{self._seed}/{day}/notices")
        few = 1 + len(floor.notices) // 40
        with floor.lock:
            for number in list(floor.notices)[:few]:
                del floor.notices[number]
            floor.changed()
        for _ in range(few):
            floor.put_notice(self.notice())

    def notice(self) -> Notice:
        """A notice of a new unit, or one more of a unit that sells. No unit offers one product twice."""
        self._number += 1
        role = _ROLES[self._number % len(_ROLES)]
        again = role == "sell" and self._sellers and self._random.random() < 0.3
        unit = self._pick(self._sellers) if again else self._unit(role)
        posted = self._today - timedelta(days=self._below(60))
        if role in _HELPERS:
            return Notice(self._number, unit, "", "", "", "", "", posted)
        pool = goods_of(short_district(unit.district)) if role == "sell" else goods()
        fresh = [good for good in pool if (unit.number, good.name) not in self._made]
        good = self._pick(fresh) if fresh else self._pick(goods())
        product = good.name
        while (unit.number, product) in self._made:  # a unit that sells all there is: another sort of it
            product += " loại 2"
        self._made.add((unit.number, product))
        return Notice(
            number=self._number,
            registrant=unit,
            group=_GROUPS.get(good.nongsan_category, "Các mặt hàng khác"),
            product=unicodedata.normalize("NFD", product) if self._random.random() < 0.04 else product,
            quantity=self._quantity(good),
            price_text=self._price(good),
            standard=self._pick(_STANDARDS),
            posted=posted,
        )

    def _unit(self, role: Role) -> Registrant:
        self._registrant += 1
        number = self._registrant
        if role == "sell" and self._known and self._random.random() < 0.25:
            twin = self._known.pop(self._below(len(self._known)))
            unit = Registrant(
                number, role, twin.name, twin.director, twin.phone, twin.province, twin.district, twin.ward,
                twin.street, here=True,
            )  # fmt: skip
        else:
            unit = self._new_unit(number, role)
        if role == "sell":
            self._sellers.append(unit)
        return unit

    def _new_unit(self, number: int, role: Role) -> Registrant:
        ward, district, province = self._place()
        digits, old = identity.mobile(_FIRST_PHONE + number)
        name, core, director = names.facility(
            "htx", self._pick(CROPS.get(short_district(district), ("Rau",))), self._pick
        )
        if role != "sell":
            name = self._pick(_BUYERS if role == "buy" else _HELPERS[role]).format(core=core)
        return Registrant(
            number=number,
            role=role,
            name=name.upper() if self._random.random() < 0.06 else name,
            contact=director,
            phone=identity.printed_phone(digits, old, self._below(16)),
            province=province,
            district=district,
            ward=ward,
            street=f"Ấp {1 + self._below(9)}",
            here=province.removeprefix("Tỉnh ") in ("", *_OURS),
        )

    def _place(self) -> tuple[str, str, str]:
        """Ward, district, province: mostly of Long An, in its old and new names; some tell none."""
        roll = self._random.random()
        if roll < 0.25:
            return self._pick(ELSEWHERE)
        if roll < 0.30:
            return "", "", ""
        commune = self._pick(communes())
        if roll < 0.40 and commune.unit_2025:
            return commune.unit_2025, "", "Tây Ninh"
        return commune.ward, commune.district, "Tỉnh Long An" if roll < 0.45 else "Long An"

    def _quantity(self, good: Good) -> str:
        amount = 1 + self._below(20)
        unit = self._pick(good.offers).unit
        if unit != "kg":
            return f"{dotted(amount * 500)} {unit} mỗi ngày"
        phrases = ("{n} - {m} tấn mỗi ngày", "{k} kg mỗi ngày", "{n} tấn/tuần", "{n} tấn", "{t} kg/ngày")
        return self._pick(phrases).format(n=amount, m=amount * 2, k=amount * 50, t=dotted(amount * 500))

    def _price(self, good: Good) -> str:
        offer = self._pick(good.offers)
        return self._pick(("", "Thỏa thuận", "Thoả thuận", f"{dotted(offer.low)} đ/{offer.unit}", dotted(offer.high)))
