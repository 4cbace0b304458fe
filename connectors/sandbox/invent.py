"""Makes the sellers, listings and posts of a world from seeded chance."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

from . import identity, names
from .prices import dotted, nongsan_price, voso_price
from .records import LONGANTRADE, NONGSAN, POSTMART, VOSO, Certificate, Listing, Post, Seller, SellerKind, Side
from .vocabulary import (
    CROPS,
    ELSEWHERE,
    NONGSAN_LABELS,
    Good,
    communes,
    goods,
    goods_of,
    short_district,
)

T = TypeVar("T")

# Among 100 sellers with products, and among 100 that only opened an account: mostly households.
_BUSY: tuple[SellerKind, ...] = (
    *("htx",) * 26, *("tht",) * 8, *("ho",) * 28, *("trang_trai",) * 9, *("doanh_nghiep",) * 15, *("co_so",) * 14,
)  # fmt: skip
_IDLE: tuple[SellerKind, ...] = (
    *("htx",) * 6, *("tht",) * 4, *("ho",) * 72, *("trang_trai",) * 4, *("doanh_nghiep",) * 5, *("co_so",) * 9,
)  # fmt: skip
_SCALES: dict[SellerKind, tuple[str, ...]] = {
    "htx": ("Hợp tác xã",),
    "tht": ("Cá nhân, hộ gia đình",),
    "ho": ("Cá nhân, hộ gia đình",),
    "trang_trai": ("Trang trại, xưởng",),
    "doanh_nghiep": ("Doanh nghiệp siêu nhỏ", "Doanh nghiệp nhỏ", "Doanh nghiệp nhỏ", "Doanh nghiệp vừa"),
    "co_so": ("Trang trại, xưởng", "Cá nhân, hộ gia đình"),
}
_STREETS = (
    "Ấp {n}", "Số {m}, ấp {n}", "Tổ {n}, ấp {k}", "{m} Quốc lộ 1A", "{m}/{n} đường ĐT830", "Ấp Rạch Gió - tổ {n}",
    "Khu phố {k}", "Lô {n} - đường số {k} KCN Đồng Lúa", "Ấp Bình An {k}", "Thửa {m}, tờ bản đồ {n}",
)  # fmt: skip
_SELLER_PAPERS = (
    Certificate("Giấy chứng nhận cơ sở đủ ĐK ATTP", "Số {m}/2025/NNPTNT-LAN, có giá trị 3 năm"),
    Certificate("Giấy cam kết sản xuất TPAT", "UBND xã xác nhận năm 2024"),
    Certificate("VietGAP", "Mã số VietGAP-TT-00-80-{m}, diện tích {n} ha"),
    Certificate("Giấy xác nhận nguồn gốc xuất xứ", "Chuỗi cung cấp <b>thực phẩm an toàn</b>, ý kiến của Chi cục"),
    Certificate("Hữu cơ TCVN 11041", "Diện tích {n} ha"),
)
_PRODUCT_PAPERS = ("VietGAP", "VietGAP", "GlobalGAP", "ATTP", "HACCP", "Hữu cơ TCVN 11041-2:2017")
# Far behind the numbers of voso, and apart from each other: a ref names one record of the whole world.
_FIRST = {
    POSTMART: 2_000_000,
    f"{POSTMART} shop": 2_000_000,
    LONGANTRADE: 4_000_000,
    f"{LONGANTRADE} shop": 4_000_000,
}
_SHARED_LINES = 4  # telephones of post-office staff who signed many households up

LAUNCH = date(2021, 12, 1)


class Inventor:
    """A source of records. Two inventors with one seed and the same calls make the same records."""

    def __init__(self, seed: int | str, today: date, first: int = 0, elsewhere: float = 0.25) -> None:
        """`first`: so many facilities are already there; telephones and tax codes go on behind theirs. `elsewhere`: the
        share of other provinces among the sellers of a nation's site."""
        self._elsewhere = elsewhere
        self.today = today
        self._seed = seed
        self._random = random.Random(seed)
        self.roll = self._random.random
        self._slugs: dict[str, int] = {}
        self._count = first
        self._numbers = {"shop": 1_120, "organisation": 50, "voso": 2_331, "nongsan": 100, "post": 0, **_FIRST}

    def day(self, day: int) -> None:
        """Continue one day later, with that day's own chance."""
        self.today += timedelta(days=1)
        self._random.seed(f"{self._seed}/{day}")

    def pick(self, pool: Sequence[T]) -> T:
        return pool[int(self.roll() * len(pool))]

    def chance(self, share: float) -> bool:
        return self.roll() < share

    def below(self, top: int) -> int:
        return int(self.roll() * top)

    def shuffled(self, items: Sequence[T]) -> list[T]:
        return self._random.sample(items, len(items))

    def _number(self, kind: str, step: int) -> int:
        self._numbers[kind] += 1 + self.below(step)
        return self._numbers[kind]

    def _slug(self, text: str, room: str) -> str:
        """A slug no other record of the room has: the second "ga-ta" becomes "ga-ta-1"."""
        base = names.slugify(text) or "khong-ten"
        again = self._slugs.get(room + base, -1) + 1
        slug = f"{base}-{again}" if again else base
        while again and room + slug in self._slugs:  # somebody is called "Gà ta 1"
            again += 1
            slug = f"{base}-{again}"
        self._slugs[room + base] = again
        self._slugs.setdefault(room + slug, 0)
        return slug

    def _dress(self, text: str, capitals: float) -> str:
        """Now and then a text in capitals, or in the decomposed normal form."""
        roll = self.roll()
        if roll < capitals:
            text = text.upper()
        return unicodedata.normalize("NFD", text) if roll > 0.97 else text

    def _place(self) -> tuple[str, str, str, str]:
        """Ward, district, province in one of the styles of Long An; and the short name of the old district."""
        commune = self.pick(communes())
        home = short_district(commune.district)
        roll = self.roll()
        if roll < 0.15 and commune.unit_2025:
            return commune.unit_2025, "", "Tây Ninh", home
        if roll < 0.20:
            return "", commune.district, "Long An", home
        return commune.ward, commune.district, "Long An", home

    def _street(self) -> str:
        return self.pick(_STREETS).format(n=1 + self.below(9), m=10 + self.below(400), k=1 + self.below(4))

    def _phone(self) -> tuple[str, str]:
        """As printed, and in today's digits."""
        roll = self.roll()
        if roll < 0.06:
            return "", ""
        if roll < 0.11:
            digits, old = identity.landline(self._count)
        elif roll < 0.115:
            return "1900 0001", "19000001"
        elif roll < 0.13:
            digits, old = identity.mobile(self.below(_SHARED_LINES))
        else:
            digits, old = identity.mobile(_SHARED_LINES + self._count)
        return identity.printed_phone(digits, old, self.below(16)), digits

    def _tax_code(self, kind: SellerKind) -> str:
        roll = self.roll()
        if kind in ("htx", "doanh_nghiep"):
            code = identity.enterprise_code(self._count) if roll < 0.92 else ""
            return code + "-001" if code and roll < 0.03 else code
        if kind in ("ho", "co_so", "trang_trai"):
            if roll < 0.30:
                return identity.personal_code(self._count)
            return identity.enterprise_code(self._count, "80") if roll < 0.42 else ""
        return ""

    def seller(self, source: str, busy: bool) -> Seller:
        """A facility nobody has seen before, with an account on one site. `busy`: it will have products."""
        self._count += 1
        kind = self.pick(_BUSY if busy else _IDLE)
        ward, district, province, home = self._place()
        if source in (VOSO, POSTMART) and self.chance(self._elsewhere):
            ward, district, province = self.pick(ELSEWHERE)
        name, core, director = names.facility(kind, self.pick(CROPS[home]), self.pick)
        phone, digits = self._phone()
        papers: tuple[Certificate, ...] = ()
        if busy and self.chance(0.3):
            first = self.below(len(_SELLER_PAPERS))
            chosen = _SELLER_PAPERS[first : first + 1 + self.below(2)]
            papers = tuple(
                Certificate(paper.title, paper.text.format(m=100 + self.below(900), n=1 + self.below(60)))
                for paper in chosen
            )
        return self._account(
            source,
            Seller(
                source=source, ref="", number=0, slug="", facility=self._count,
                name=self._dress(name, 0.08), core=core, kind=kind, scale=self.pick(_SCALES[kind]), director=director,
                phone=phone, phone_digits=digits, tax_code=self._tax_code(kind),
                street=self._street(), ward=ward, district=district, province=province,
                joined=self._day_since(LAUNCH), active=self.roll() < 0.97, approved=self.roll() < 0.88,
                certificates=papers,
            ),
        )  # fmt: skip

    def twin(self, seller: Seller, source: str = VOSO) -> Seller:
        """The account of the same facility on another site: other name, perhaps another way to write the telephone."""
        name = self._dress(names.shop_name(seller.name, seller.core, self.pick), 0.08)
        phone = identity.printed_phone(seller.phone_digits, "", self.below(6)) if seller.phone_digits else ""
        return self._account(
            source,
            seller._replace(source=source, name=name, phone=phone, joined=self._day_since(LAUNCH), certificates=()),
        )

    def _account(self, source: str, seller: Seller) -> Seller:
        if source == VOSO:
            number = self._number("shop", 900)
            return seller._replace(ref=str(number), number=number, slug=names.slugify(seller.name) or "shop")
        if source != NONGSAN:
            number = self._number(f"{source} shop", 5)
            return seller._replace(ref=str(number), number=number, slug=self._slug(seller.name, "s/"))
        slug = self._slug(seller.name, "s/")
        return seller._replace(ref=slug, number=self._number("organisation", 3), slug=slug)

    def _day_since(self, first: date) -> date:
        return first + timedelta(days=self.below((self.today - first).days))

    def listing(self, seller: Seller, title: str | None = None) -> Listing:
        """Something this seller could really offer: it grows in the district. `title`: instead of an invented one."""
        good = self.pick(goods_of(short_district(seller.district)))
        offer = self.pick(good.offers)
        stars = (3, 3, 3, 4, 4, 5)[self.below(6)] if self.chance(0.05) else 0
        title = title or self._title(good, offer.unit, seller, stars)
        new = Listing(
            source=seller.source, ref="", number=0, slug="", seller_ref=seller.ref, title=title,
            category=good.voso_category if seller.source == VOSO else good.nongsan_category,
            price_text="", price_vnd=0, list_price_vnd=0, unit=offer.unit, stars=stars,
            certificates=(self.pick(_PRODUCT_PAPERS),) if self.chance(0.15) else (),
            in_stock=self.roll() < 0.93, sold=int(self.roll() ** 6 * 10_000), reviews=max(0, self.below(60) - 40),
            rating=0, province=seller.province, traceable=self.chance(0.06),
            updated=self.today - timedelta(days=int(self.roll() ** 2 * 400)),
        )  # fmt: skip
        return self.priced(self._numbered(new), offer.low, offer.high)

    def _title(self, good: Good, unit: str, seller: Seller, stars: int) -> str:
        title = good.name
        if good.variants and self.chance(0.4):
            title += " " + self.pick(good.variants)
        if any(letter.isdigit() for letter in unit) and self.chance(0.6):
            title = f"Combo {unit} {title}" if self.chance(0.1) else f"{title} {unit}"
        roll = self.roll()
        if roll < 0.35:
            title += f" {seller.core}"
        elif roll < 0.40:
            title += f" ({short_district(seller.district) or seller.province})"
        elif roll < 0.43:
            title += "  - đặc sản & quà quê"
        if stars and self.chance(0.6):
            title += f" OCOP {stars} sao"
        return self._dress(title, 0.07)

    def _numbered(self, listing: Listing) -> Listing:
        rating = 3 + self.below(3) if listing.reviews else 0
        if listing.source == VOSO:
            number = self._number("voso", 120)
            slug = names.slugify(listing.title) or "san-pham"
            return listing._replace(ref=str(number), number=number, slug=slug, rating=rating)
        if listing.source != NONGSAN:
            number = self._number(listing.source, 9)
            slug = self._slug(listing.title, "p/")
            return listing._replace(ref=str(number), number=number, slug=slug, rating=rating)
        slug = self._slug(listing.title, "p/")
        return listing._replace(ref=slug, number=self._number("nongsan", 2), slug=slug, rating=rating)

    def priced(self, listing: Listing, low: int, high: int) -> Listing:
        """The listing with a new price between low and high, written as its site writes prices."""
        step = 500 if high < 100_000 else 1_000 if high < 2_000_000 else 10_000
        step = 50 if high < 2_000 else step
        amount = low + int(self.roll() * (high - low) / step) * step
        write = voso_price if listing.source == VOSO else nongsan_price
        text, vnd, old = write(amount, listing.unit, self.roll(), self.roll())
        return listing._replace(price_text=text, price_vnd=vnd, list_price_vnd=old)

    def post(self) -> Post:
        """A post on the board."""
        self._count += 1
        side: Side = self.pick(("buy", "buy", "sell", "sell", "partner"))
        ward, district, province, home = self._place()
        good = self.pick(goods_of(home) if side == "sell" else goods())
        offer = self.pick(good.offers)
        amount = f"{1 + self.below(30)} tấn" if offer.unit == "kg" else f"{10 * (1 + self.below(50))} {offer.unit}"
        lower = good.name[0].lower() + good.name[1:]
        title, body = {
            "buy": (f"Cần mua {lower} {amount}", f"Cần mua {amount} {lower}, hàng loại 1, giao tại vựa."),
            "sell": (f"Cần bán {amount} {lower}", f"Nhà vườn cần bán {amount} {lower}, giá thương lượng."),
            "partner": (f"Tìm đối tác bao tiêu {lower}", f"Tìm đơn vị bao tiêu {lower}, sản lượng {amount} mỗi vụ."),
        }[side]
        phone, _ = self._phone()
        posted = self.today - timedelta(days=self.below(120))
        slug = self._slug(title, "b/")
        return Post(
            ref=slug, number=self._number("post", 3), side=side, title=self._dress(title, 0.05),
            body=f"{body} Giá dự kiến {dotted(offer.low)} đ/{offer.unit}. Liên hệ {phone or 'qua sàn'}.",
            product=NONGSAN_LABELS[good.nongsan_category],
            place="-".join(part for part in (ward, district, province) if part),
            address=self._street(), poster=names.person(self.pick), poster_joined=self._day_since(LAUNCH), phone=phone,
            posted=posted, expires=posted + timedelta(days=30 + self.below(90)), views=self.below(900),
        )  # fmt: skip
