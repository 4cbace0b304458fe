"""From printed values to the fields of one record. What cannot be read becomes None and a Problem, never zero."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import TypedDict

from connectors import clean, markup
from connectors.contract import Problem
from connectors.markup import Node, ReadError

_DECIMAL = re.compile(r"(\d+(?:[.,]\d+)?)(?:\s*/\s*5)?")
_DIGIT = re.compile(r"\d")
_WHOLE = re.compile(r"-?[0-9]{1,16}")
_MOST = 2**53  # up to here every program tells whole numbers apart; more is no count of anything


class PriceFields(TypedDict, total=False):
    """The fields of a ListingRecord that a price tells; only what the page told is present."""

    price_text: str
    price_vnd: int | None
    price_max_vnd: int | None
    price_status: str
    price_per_kg_vnd: int | None
    list_price_vnd: int | None
    unit: str | None


class Values:
    """Reads the values of one record and keeps the problems met. Every method takes None for "not on the page"."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.problems: list[Problem] = []

    def note(self, code: str, detail: str) -> None:
        """Add a Problem of this record."""
        self.problems.append(Problem(code=code, ref=self.ref, detail=detail))

    def text(self, node: Node, css: str) -> str | None:
        """markup.text_at; values that contradict each other are reported and none is taken."""
        try:
            return markup.text_at(node, css)
        except ReadError as error:
            self.note(error.code, error.detail)
            return None

    def attribute(self, node: Node, css: str, name: str) -> str | None:
        """markup.attribute_at, with the same rule."""
        try:
            return markup.attribute_at(node, css, name)
        except ReadError as error:
            self.note(error.code, error.detail)
            return None

    def price(self, printed: str | None, unit: str | None = None, old: str | None = None) -> PriceFields:
        """The price per unit as it is sold: the text, a unit told beside it, the old price ("" when there is none)."""
        fields = PriceFields()
        if unit:
            name = clean.unit(unit)
            if name is None:
                self.note("unknown_unit", unit)
            # "Kg" is kg, but "Thùng 10kg" without its size would be another unit.
            fields["unit"] = unit if name is None or _DIGIT.search(unit) else name
        if printed is None:
            self.note("bad_row", "không có ô giá")
        elif not printed:
            fields["price_text"], fields["price_status"] = "", "unreadable"
            self.note("price_unreadable", "ô giá để trống")
        else:
            # Read without the unit: a card does not know it, and must not tell another price than the page that does.
            price = clean.price(printed)
            self._judge(price)
            fields["price_text"] = printed
            fields["price_vnd"] = price.min_vnd
            fields["price_max_vnd"] = price.max_vnd
            fields["price_status"] = price.status
            fields["price_per_kg_vnd"] = price.per_kg_vnd
            if price.unit is not None:
                fields["unit"] = price.unit
            elif unit and price.min_vnd is not None and price.status in ("ok", "from"):
                fields["price_per_kg_vnd"] = clean.per_kg(price.min_vnd, unit)
            if price.list_vnd is not None and not old:  # both amounts in one place
                fields["list_price_vnd"] = price.list_vnd
                return fields
        if old == "":
            fields["list_price_vnd"] = 0
        elif old is not None:
            old_price = clean.price(old)
            self._judge(old_price)
            fields["list_price_vnd"] = old_price.min_vnd
        return fields

    def _judge(self, price: clean.Price) -> None:
        if price.status == "unreadable":
            self.note("price_unreadable", price.text)
        elif price.status == "suspicious":
            self.note("price_suspicious", price.text)

    def rating(self, printed: str | None) -> float | None:
        """An average from 0 (none yet) to 5, "4.5" or "4,5/5"."""
        if not printed:
            return None
        found = _DECIMAL.fullmatch(printed.strip())
        value = float(found[1].replace(",", ".")) if found else -1.0
        if not 0 <= value <= 5:
            self.note("bad_value", f"điểm đánh giá: {printed}")
            return None
        return value

    def stars(self, printed: object) -> int | None:
        """OCOP stars: 3 to 5, or 0 for a product told to have none."""
        value = self.whole("sao OCOP", printed)
        if value is not None and value not in (0, 3, 4, 5):
            self.note("bad_value", f"sao OCOP: {printed}")
            return None
        return value

    def count(self, label: str, printed: str | None) -> int | None:
        """A number in a phrase, "( 12 người đánh giá )" or "9.067"."""
        if not printed:
            return None
        value = clean.number(printed)
        if value is None:
            self.note("bad_value", f"{label}: {printed}")
        return value

    def whole(self, label: str, value: object) -> int | None:
        """A whole number of a script's object, given as a number or as its digits."""
        if value is None or value == "":
            return None
        if isinstance(value, float) and value.is_integer() and abs(value) <= _MOST:
            value = int(value)
        if isinstance(value, bool) or not _WHOLE.fullmatch(str(value)) or abs(int(str(value))) > _MOST:
            self.note("bad_value", f"{label}: {str(value)[:80]}")
            return None
        return int(str(value))

    def day(self, label: str, printed: str | None) -> date | None:
        """A calendar day."""
        if not printed:
            return None
        value = clean.day(printed)
        if value is None:
            self.note("date_unreadable", f"{label}: {printed}")
        return value

    def moment(self, label: str, unix_seconds: object) -> datetime | None:
        """A moment given in seconds since 1970; 0 is what an unset column holds."""
        seconds = self.whole(label, unix_seconds)
        if not seconds:
            return None
        try:
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            self.note("bad_value", f"{label}: {seconds}")
            return None

    def expect(self, label: str, printed: str | None, known: Collection[str]) -> str | None:
        """The text as it is; reported when its folded form is none of the `known` ones."""
        if printed and clean.fold(printed) not in known:
            self.note("unknown_label", f"{label}: {printed}")
        return printed
