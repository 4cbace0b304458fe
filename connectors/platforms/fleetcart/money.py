"""FleetCart's amounts of money: in JSON an object with a decimal text, `{"amount": "350000.0000", "formatted": …}`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from connectors import clean
from connectors.structured import amount, currency_code, whole
from connectors.values import PriceFields, Values


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in ₫ and how the shop shows it ("" when that is not known). Of a foreign one only the text counts."""

    amount: Decimal
    text: str = ""
    foreign: bool = False

    @property
    def printed(self) -> str:
        """The text as shown, where it says the amount; else the amount as the shop would write it."""
        if self.foreign:
            return self.text
        vnd = whole(self.amount)
        says_so = bool(self.text) and whole(shown_money(self.text).amount) == vnd
        return self.text if says_so else f"{vnd:,} ₫".replace(",", ".")


def money(told: object) -> Money | None:
    """A Money object; None for anything else, and for an amount that is none."""
    if not isinstance(told, dict):
        return None
    currency = currency_code(str(told.get("currency") or "VND"))
    value = amount(told.get("amount"), currency)
    if value is None:
        return None
    text = clean.text(told["formatted"]) if isinstance(told.get("formatted"), str) else ""
    foreign = currency != "VND"
    return Money(value, f"{value.normalize():f} {currency}" if foreign else text, foreign)


def shown_money(text: str) -> Money:
    """What a visible price says; 0 for "Liên hệ" and the like, which the text goes on to tell."""
    value = amount(text)
    return Money(Decimal(clean.price(text).min_vnd or 0) if value is None else value, text)


def price_fields(values: Values, now: Money | None, old: Money | None) -> PriceFields:
    """The price of a listing. `old`: the regular price, no old price unless it is higher; None when nothing tells."""
    if now is None:
        return values.price(None)
    if old is None:
        return values.price(now.printed)
    dearer = not (old.foreign or now.foreign) and old.amount > now.amount > 0
    return values.price(now.printed, old=old.printed if dearer else "")
