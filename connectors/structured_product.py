"""schema.org's `Product`, read into one typed shape. connectors.structured finds the objects that are read here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from connectors import clean

Thing = dict[str, Any]  # an object of JSON-LD

_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")  # "350.000": no shop writes thousandths of a đồng
_SIGNS = re.compile(r"(?i)\s*(?:₫|đ|vnd|vnđ)\s*")
_DONG = frozenset({"₫", "d", "dong", "vnd", "vn dong"})  # what shops write for VND, folded
_OUT = frozenset({"outofstock", "soldout", "discontinued", "reserved", "oos"})
_IN = frozenset(
    {
        *("instock", "instoreonly", "onlineonly", "limitedavailability", "availablefororder"),
        *("preorder", "presale", "backorder", "madetoorder"),  # it can be ordered
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """Who sells. `address` in one line, as given."""

    name: str | None = None
    url: str | None = None
    phone: str | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """One product. None: the page does not tell. Addresses are as given, perhaps relative; `description` may be HTML.

    `low` and `high` are amounts in `currency` ("" when not told): equal for one price, lowest and highest of several
    offers. `rating` is 0–5, whatever the shop's scale.
    """

    name: str | None = None
    sku: str | None = None
    product_id: str | None = None
    url: str | None = None
    image: str | None = None
    description: str | None = None
    category: str | None = None
    brand: str | None = None
    manufacturer: str | None = None
    origin: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str = ""
    in_stock: bool | None = None
    seller: Party | None = None
    rating: float | None = None
    review_count: int | None = None
    properties: tuple[tuple[str, str], ...] = ()  # further ones by the shop's own names
    faults: tuple[str, ...] = ()  # what was told and cannot be read, in Vietnamese

    @property
    def price_text(self) -> str | None:
        """The price as Vietnamese shops write it, for clean.price(): "350.000 ₫", "20.000 - 35.000 ₫", "12.5 USD"."""
        if self.low is None or self.high is None:
            return None
        ours = self.currency in ("", "VND")
        shown = [
            f"{whole(one):,}".replace(",", ".") if ours else f"{one.normalize():f}" for one in (self.low, self.high)
        ]
        return " - ".join(dict.fromkeys(shown)) + (" ₫" if ours else f" {self.currency}")


def amount(told: object, currency: str = "VND") -> Decimal | None:
    """An amount of money as data tells it: a number, "350000.0000", "350.000", "350,000 ₫". None for all else.

    By its notation a point is a decimal one; but before exactly three digits it parts thousands where money is đồng.
    """
    if isinstance(told, bool) or not isinstance(told, str | int | float | Decimal):
        return None
    digits = _SIGNS.sub("", told) if isinstance(told, str) else str(told)
    if isinstance(told, str) and currency in ("", "VND") and _GROUPED.fullmatch(digits):
        digits = re.sub(r"[.,]", "", digits)
    try:
        value = Decimal(digits)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < 10**15 and digits.isascii() and "_" not in digits else None


def currency_code(told: str) -> str:
    """A currency as data tells it: "vnd", "VNĐ", "đ" and "₫" are VND; all others in capitals."""
    return "VND" if clean.fold(told) in _DONG else told.strip().upper()


def whole(value: Decimal) -> int:
    """Whole ₫: there are no smaller coins."""
    return int(value.to_integral_value(ROUND_HALF_UP))


def read_product(thing: Thing, known: Mapping[str, Thing]) -> Product:
    """Read one product. `known`: the things of the page by their @id, which others may only name."""
    reader = _Reader(known)
    offers = reader.offers(thing)
    currency = reader.currency(offers)
    prices = [price for offer in offers for price in reader.prices(offer, currency)] if currency is not None else []
    stock = [reader.stock(offer.get("availability")) for offer in offers]
    rating, count = reader.rating(thing)
    return Product(
        name=_text(thing.get("name")),
        sku=_text(thing.get("sku")),
        product_id=_text(thing.get("productID")),
        url=_address(thing.get("url")) or next((url for offer in offers if (url := _address(offer.get("url")))), None),
        image=_address(thing.get("image")),
        description=_raw(thing.get("description")),
        category=_text(thing.get("category")),
        brand=_text(reader.thing(thing.get("brand"))),
        manufacturer=_text(reader.thing(thing.get("manufacturer"))),
        origin=_text(reader.thing(thing.get("countryOfOrigin"))),
        low=min(prices, default=None),
        high=max(prices, default=None),
        currency=currency or "",
        in_stock=None if all(told is None for told in stock) else any(stock),
        seller=reader.seller(offers),
        rating=rating,
        review_count=count,
        properties=tuple(reader.properties(thing)),
        faults=tuple(reader.faults),
    )


class _Reader:
    """Reads the parts of one product and collects the faults."""

    def __init__(self, known: Mapping[str, Thing]) -> None:
        self.known = known
        self.faults: list[str] = []

    def thing(self, value: object) -> object:
        """The value, or the first of several, with a mere reference replaced by what it names."""
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, dict) and value.keys() == {"@id"}:
            return self.known.get(str(value["@id"]), value)
        return value

    def offers(self, thing: Thing) -> list[Thing]:
        """The single offers of a product: its own, those of an aggregate without a range, those of its variants."""
        own: list[Thing] = []
        for told in _list(thing.get("offers")):
            offer = self.thing(told)
            if isinstance(offer, dict):
                inside = [one for one in map(self.thing, _list(offer.get("offers"))) if isinstance(one, dict)]
                ranged = any(offer.get(name) is not None for name in ("lowPrice", "highPrice", "price"))
                specified = [
                    one for one in map(self.thing, _list(offer.get("priceSpecification"))) if isinstance(one, dict)
                ]
                if ranged or not (inside or specified):
                    own.append(offer)
                else:  # a specification that is no price of today says what kind it is
                    own += inside or [{**offer, **one} for one in specified if one.get("priceType") is None]
        variants = [self.thing(told) for told in _list(thing.get("hasVariant"))] if not own else []
        for variant in variants:
            if isinstance(variant, dict):
                own += self.offers({"offers": variant.get("offers")})
        return own

    def prices(self, offer: Thing, currency: str) -> Iterator[Decimal]:
        for name in ("price", "lowPrice", "highPrice"):
            value = _first(offer.get(name))
            price = amount(value, currency)
            if price is not None:
                yield price
            elif value not in (None, ""):
                self.faults.append(f"giá: {str(value)[:80]}")

    def stock(self, told: object) -> bool | None:
        word = re.sub(r"[^a-z]", "", re.split(r"[/#]", _word(told))[-1].lower())
        if word and word not in _IN | _OUT:
            self.faults.append(f"tình trạng hàng: {_word(told)[:80]}")
        return True if word in _IN else False if word in _OUT else None

    def party(self, told: object) -> Party | None:
        one = self.thing(told)
        if not isinstance(one, dict):
            return Party(name=name) if (name := _text(one)) else None
        place = self.thing(one.get("address"))
        parts = ("streetAddress", "addressLocality", "addressRegion")
        lines = [line for part in parts if (line := _text(place.get(part)))] if isinstance(place, dict) else []
        party = Party(
            name=_text(one.get("name")),
            url=_address(one.get("url")),
            phone=_text(one.get("telephone")),
            address=", ".join(lines) or (None if isinstance(place, dict) else _text(place)),
        )
        return party if party.name or party.url else None

    def rating(self, thing: Thing) -> tuple[float | None, int | None]:
        told = self.thing(thing.get("aggregateRating"))
        if not isinstance(told, dict):
            return None, None
        best = self._number("điểm đánh giá cao nhất", told.get("bestRating")) or Decimal(5)
        value = self._number("điểm đánh giá", told.get("ratingValue"))
        counts = (self._number("số đánh giá", told.get(name)) for name in ("ratingCount", "reviewCount"))
        count = next((number for number in counts if number is not None), None)
        if value is not None and value > best:
            self.faults.append(f"điểm đánh giá: {value} trên {best}")
            value = None
        return None if value is None else float(value * 5 / best), None if count is None else int(count)

    def _number(self, what: str, told: object) -> Decimal | None:
        told = _first(told)
        value = amount(told.replace(",", ".") if isinstance(told, str) else told, "-")
        if value is None and told not in (None, ""):
            self.faults.append(f"{what}: {str(told)[:80]}")
        return value

    def properties(self, thing: Thing) -> Iterator[tuple[str, str]]:
        for told in _list(thing.get("additionalProperty")):
            one = self.thing(told)
            if isinstance(one, dict) and (name := _text(one.get("name"))) and (value := _text(one.get("value"))):
                yield name, value

    def currency(self, offers: list[Thing]) -> str | None:
        """The one currency of all offers, "" when none tells, None (and a fault) when they differ."""
        told = {word for offer in offers if (word := currency_code(_word(offer.get("priceCurrency"))))}
        if len(told) > 1:
            self.faults.append(f"nhiều đơn vị tiền: {', '.join(sorted(told))}")
            return None
        return next(iter(told), "")

    def seller(self, offers: list[Thing]) -> Party | None:
        """The one seller of all offers, None when several sell: the page of one product then tells no owner."""
        parties = [self.party(offer.get("seller") or offer.get("offeredBy")) for offer in offers]
        told = list(dict.fromkeys(party for party in parties if party is not None))
        if len(told) > 1:
            self.faults.append(f"nhiều người bán: {', '.join(party.name or party.url or '' for party in told)}")
            return None
        return told[0] if told else None


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _raw(value: object) -> str | None:
    """A text as it is told: itself, the first of several, the value or name of an object."""
    value = _first(value)
    if isinstance(value, dict):
        value = _first(next((value[name] for name in ("@value", "name", "@id") if name in value), None))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value)


def _text(value: object) -> str | None:
    """A text in one line; None for a blank one: in data an empty string is a field nobody filled."""
    told = _raw(value)
    return (clean.text(clean.decoded(told)) or None) if told is not None else None


def _word(value: object) -> str:
    return _text(value) or ""


def _address(value: object) -> str | None:
    """An address: itself, or the address of a page or picture that is told as an object."""
    value = _first(value)
    if isinstance(value, dict):
        value = next((value[name] for name in ("url", "contentUrl", "@id") if value.get(name)), None)
        value = _first(value)
    return (value.strip() or None) if isinstance(value, str) else None
