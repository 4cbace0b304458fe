"""FleetCart's own object of a product: an item of the list's JSON, and the `:product` attribute of its page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from connectors import clean
from connectors.markup import ReadError, fragment, one
from connectors.platforms.fleetcart.addresses import Key
from connectors.platforms.fleetcart.layers import Layer, first
from connectors.platforms.fleetcart.money import Money, money, shown_money
from connectors.reading import Links
from connectors.structured import amount
from connectors.values import Values

Item = dict[str, Any]

_DESCRIPTIONS = ("short_description", "description")  # HTML


def whole_number(value: object) -> int | None:
    """A whole number above or equal to zero, told as a number or as its digits."""
    told = amount(value, "-") if not isinstance(value, str) or value.strip().isdecimal() else None
    return int(told) if told is not None and told == told.to_integral_value() else None


def number_of(item: Item) -> str:
    """The key of a product, "" when the object tells none."""
    return str(whole_number(item.get("id")) or "")


def item_layer(links: Links, item: Item, name: str, values: Values) -> Layer:
    """What the object tells. Left out: dates of a special price, options, translations, files; its price is the one
    that is asked today."""
    slug = item.get("slug")
    now = money(item.get("selling_price"))
    regular = money(item.get("price"))
    told = now is not None and regular is not None
    shown_now, shown_old = (None, None) if told else _formatted(item.get("formatted_price"))
    reviews = item.get("reviews")
    return Layer(
        name=name,
        key=Key(slug.lower() if isinstance(slug, str) else "", number_of(item)),
        title=_text(item.get("name")),
        image=_image(links, item),
        now=now or shown_now or regular,
        old=regular if told else shown_old,
        in_stock=_in_stock(item, values),
        rating=_rating(item.get("rating_percent"), values),
        review_count=len(reviews) if isinstance(reviews, list) else None,
        description=first(item[key] or None for key in _DESCRIPTIONS if isinstance(item.get(key), str)),
    )


def _text(value: object) -> str | None:
    """Entities decoded, as in the other parts of a page: a name is often stored as it is written in HTML."""
    return (clean.text(clean.decoded(value)) or None) if isinstance(value, str) else None


def _formatted(html: object) -> tuple[Money | None, Money | None]:
    """Price and old price of `formatted_price`: "350.000 ₫ <span class='previous-price'>400.000 ₫</span>"."""
    if not isinstance(html, str) or not html.strip():
        return None, None
    root = fragment(html)
    try:
        before = one(root, ".previous-price")
    except ReadError:
        return shown_money(clean.text(root.text())), Money(Decimal(0))
    old = clean.text(before.text())
    return shown_money(clean.text(root.text().replace(before.text(), " ", 1))), shown_money(old)


def _image(links: Links, item: Item) -> str | None:
    """The address of the picture, "" for the empty list that stands for none."""
    image = item.get("base_image")
    if isinstance(image, dict) and isinstance(image.get("path"), str):
        return links.picture(image["path"])
    return "" if image == [] else None


def _in_stock(item: Item, values: Values) -> bool | None:
    there, gone = _flag(item, "is_in_stock"), _flag(item, "is_out_of_stock")
    if there is not None and there == gone:
        values.note("bad_value", "tình trạng hàng: vừa còn vừa hết")
        return None
    if there is None and gone is not None:
        there = not gone
    return _flag(item, "in_stock") if there is None else there


def _flag(item: Item, key: str) -> bool | None:
    value = item.get(key)
    return bool(value) if value in (True, False) else None  # 0 and 1 are equal to them


def _rating(percent: object, values: Values) -> float | None:
    """Stars, 0 for a product nobody has rated."""
    if percent is None:
        return None
    told = amount(percent, "-")
    if told is None or told > 100:
        values.note("bad_value", f"điểm đánh giá: {str(percent)[:80]}%")
        return None
    return float(told) / 20
