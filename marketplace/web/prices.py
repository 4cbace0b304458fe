"""A listing's price as the pages print it: the price given, the price per kg where it is certain, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from connectors import clean
from marketplace.web.formats import vnd, vnd_range

# What stands in the price's place when the marketplace gives words instead of a number.
_WORDS = {"contact": "Liên hệ", "negotiable": "Thỏa thuận", "market": "Giá thị trường"}


class Priced(Protocol):
    """What a price is read from: a listing, or one point of its history."""

    @property
    def price_text(self) -> str | None: ...
    @property
    def price_vnd(self) -> int | None: ...
    @property
    def price_max_vnd(self) -> int | None: ...
    @property
    def unit(self) -> str | None: ...


class Offer(Priced, Protocol):
    @property
    def price_status(self) -> str | None: ...
    @property
    def price_per_kg_vnd(self) -> int | None: ...
    @property
    def list_price_vnd(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Price:
    """`amount` and `per` ("/kg") belong together; `note` is one line of explanation or ""."""

    amount: str
    per: str = ""
    note: str = ""
    doubtful: bool = False


def given(offer: Offer) -> Price:
    """The price as the marketplace gives it, with the price per kg or the reason why there is none below it."""
    words = _in_words(offer)
    if words is not None:
        return words
    per = f"/{offer.unit}" if offer.unit else ""
    if offer.unit == "kg":
        note = ""
    elif offer.price_per_kg_vnd:
        note = f"= {vnd(offer.price_per_kg_vnd)}/kg"
    else:
        note = "không quy ra kg" if offer.unit else "sàn không ghi đơn vị"
    return Price(_amount(offer, offer.price_status), per, note)


def compared(offer: Offer) -> Price:
    """For lists: the price per kg first where it is known, the price given below it."""
    price = given(offer)
    if price.doubtful or not offer.price_per_kg_vnd or offer.unit == "kg":
        return price
    return Price(vnd(offer.price_per_kg_vnd), "/kg", f"{price.amount}{price.per}, ghi trên sàn")


def former(offer: Offer) -> str:
    """The struck-out list price, "" when there is none above today's price."""
    today = offer.price_vnd or offer.price_max_vnd
    if not offer.list_price_vnd or not today or offer.list_price_vnd <= today:
        return ""
    return vnd(offer.list_price_vnd)


def point(price: Priced) -> str:
    """One line of the price history."""
    if price.price_vnd is None and not price.price_max_vnd:
        return clean.text(price.price_text) or "không ghi giá"
    return f"{_amount(price, None)}{f'/{price.unit}' if price.unit else ''}"


def _in_words(offer: Offer) -> Price | None:
    status, text = offer.price_status, clean.text(offer.price_text)
    if status in _WORDS:
        return Price(_WORDS[status], note="sàn không ghi giá" if status == "contact" else "")
    if status == "suspicious":
        return Price(f"“{text}”", note="giá đáng ngờ, chưa dùng để so sánh", doubtful=True)
    if status == "foreign":
        return Price(text, note="không ghi bằng đồng")
    if offer.price_vnd is None and not offer.price_max_vnd:
        if text:
            return Price(f"“{text}”", note="chưa đọc được thành số", doubtful=True)
        unread = status == "unreadable"  # a picture of a price, or an empty place
        return Price("Chưa rõ giá", note="giá trên sàn chưa đọc được" if unread else "sàn không ghi giá")
    return None


def _amount(price: Priced, status: str | None) -> str:
    low, high = price.price_vnd, price.price_max_vnd
    if status == "from" and low is not None:
        return f"từ {vnd(low)}"
    if high and not low:
        return f"đến {vnd(high)}"
    return vnd_range(low or 0, high if high and high > (low or 0) else low or 0)
