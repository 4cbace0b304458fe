"""The products of the Store API. A product with variations is one listing, its price a range.

Attributes are what a shop makes of them: those that name a unit, a paper, an origin or OCOP stars are taken, the rest
(colours, sizes, choices of a buyer) is left out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

from connectors import answers, clean
from connectors.answers import Answer, Fields
from connectors.contract import ListingRecord, Yield
from connectors.markup import every, fragment, text
from connectors.reading import Row, label_key, path_of
from connectors.values import PriceFields

DESCRIPTION_LIMIT = 600  # characters: an excerpt that helps to find, not the seller's whole text

_MOST_DECIMALS = 6  # no currency has more than four
_NO_CATEGORY = frozenset({"uncategorized", "chua-phan-loai", "khong-phan-loai"})  # what WordPress makes of none
_ATTRIBUTES = {
    **dict.fromkeys(("don vi tinh", "don vi", "dvt"), "unit"),
    **dict.fromkeys(("chung nhan", "chung chi", "tieu chuan"), "certificates"),
    **dict.fromkeys(("xuat xu", "nguon goc", "noi san xuat"), "origin"),
    **dict.fromkeys(("ocop", "sao ocop", "hang ocop", "hang sao ocop"), "ocop"),
}


class _Category(TypedDict, total=False):
    category: str
    category_path: tuple[str, ...]
    category_ref: str


def products(answer: Answer) -> list[Yield]:
    """A page of /wc/store/v1/products."""
    return answers.read_objects(answer, answer.value, lambda row: _product(answer, row))


def _product(answer: Answer, row: Fields) -> Row:
    values = row.values
    attributes = _attributes(row)
    told = row.parts("attributes") is not None
    unit, origin, ocop = (next(iter(attributes.get(name, ())), None) for name in ("unit", "origin", "ocop"))
    record = ListingRecord(
        ref=values.ref,
        title=answers.name_of(row, "name"),
        url=answer.own(row.text("permalink")),
        image_url=answers.first_picture(answer, row, "images"),
        in_stock=row.flag("is_in_stock"),
        rating=values.rating(row.text("average_rating")),
        review_count=row.whole("review_count"),
        certificates=attributes.get("certificates", ()) if told else None,
        origin=origin,
        ocop_stars=values.stars(clean.number(ocop)) if ocop else None,
        description=answers.excerpt(row, "description", "short_description", limit=DESCRIPTION_LIMIT),
        **_category(answer, row),
        **_price(row, unit),
    )
    return record, list(values.problems)


def _attributes(row: Fields) -> dict[str, tuple[str, ...]]:
    """What the known attributes say, by the names of _ATTRIBUTES."""
    found: dict[str, tuple[str, ...]] = {}
    for attribute in row.parts("attributes") or ():
        name = _ATTRIBUTES.get(label_key(attribute.text("name") or ""))
        terms = tuple(term for part in attribute.parts("terms") or () if (term := part.text("name")))
        if name and terms:
            found[name] = found.get(name, ()) + terms
    return found


def _category(answer: Answer, row: Fields) -> _Category:
    """The deepest category: the one with the longest address; those whose address it goes on from are above it."""
    told = row.parts("categories")
    if told is None:
        return {}
    by_path = {
        path_of(answer.source, one.text("link") or "").strip("/").lower(): (one.text("name") or "", slug)
        for one in told
        if (slug := (one.text("slug") or "").lower()) not in _NO_CATEGORY
    }
    if not by_path:
        return {"category": "", "category_path": (), "category_ref": ""}
    deepest = max(by_path, key=lambda path: path.count("/"))
    way = sorted(path for path in by_path if deepest == path or deepest.startswith(f"{path}/"))
    name, slug = by_path[deepest]
    return {"category": name, "category_path": tuple(by_path[path][0] for path in way), "category_ref": slug}


def _price(row: Fields, unit: str | None) -> PriceFields:
    """The amounts count; the text a visitor sees is kept beside them, and decides where there is no amount."""
    prices = row.part("prices")
    if prices is None:
        return row.values.price(None, unit)
    minor = _minor(prices)
    span = prices.part("price_range")
    low = _amount(span or prices, "min_amount" if span else "price", minor)
    high = _amount(span, "max_amount", minor) if span else low
    old = None if span else _amount(prices, "regular_price", minor)
    return answers.price_of(
        row.values,
        low,
        high,
        old,
        currency=prices.text("currency_code") or "VND",
        shown=_shown(row),
        unit=unit,
    )


def _minor(prices: Fields) -> int | None:
    """How many decimals the currency has; None when it is told and cannot be: then no amount is sure."""
    if prices.told.get("currency_minor_unit") in (None, ""):
        return 0
    minor = prices.whole("currency_minor_unit")
    if minor is None or 0 <= minor <= _MOST_DECIMALS:
        return minor
    prices.values.note("bad_value", f"currency_minor_unit: {minor}")
    return None


def _amount(part: Fields, name: str, minor: int | None) -> Decimal | None:
    """An amount in whole units of the currency: the API counts in its smallest ones."""
    value = part.whole(name)
    return None if value is None or minor is None else Decimal(value).scaleb(-minor)


def _shown(row: Fields) -> str:
    """The price as the shop prints it, without the struck-out one and what only a screen reader says."""
    html = row.told.get("price_html")
    if not isinstance(html, str) or not html.strip():
        return ""
    root = fragment(html)
    for aside in every(root, "del, .screen-reader-text"):
        aside.decompose()
    return text(root)
