"""What one part of a page tells about a product, and the one record made of all parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from connectors import clean
from connectors.contract import ListingRecord, SellerRecord
from connectors.markup import ReadError
from connectors.platforms.fleetcart.addresses import Key
from connectors.platforms.fleetcart.money import Money, price_fields
from connectors.structured import whole
from connectors.values import Values

T = TypeVar("T")

DESCRIPTION_LIMIT = 600  # characters: an excerpt that helps to find, not the seller's whole text


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """One part of a page. None: it does not tell. `old` of 0 ₫: it tells that there is no old price."""

    name: str  # of the part, for problems
    key: Key | None = None
    title: str | None = None
    image: str | None = None
    now: Money | None = None
    old: Money | None = None
    in_stock: bool | None = None
    rating: float | None = None
    review_count: int | None = None
    origin: str | None = None
    description: str | None = None
    category: tuple[str, ...] | None = None
    category_ref: str | None = None


def listing(
    ref: str,
    url: str,
    layers: Sequence[Layer],
    values: Values,
    *,
    seller: SellerRecord | None = None,
    seller_name: str | None = None,
    own_page: bool = False,
) -> ListingRecord:
    """The record of a product; `layers` in their order of trust. Raises ReadError bad_row when none tells a name."""
    title = first(layer.title or None for layer in layers)
    if title is None:
        raise ReadError("bad_row", "sản phẩm không có tên", ref)
    path = first(layer.category for layer in layers)
    description = first(layer.description for layer in layers)
    rating = first(layer.rating for layer in layers)
    return ListingRecord(
        ref=ref,
        title=title,
        url=url,
        seller_ref=seller.ref if seller else None,
        seller_name=seller.name if seller else seller_name,
        category=path[-1] if path else None,
        category_path=path,
        category_ref=first(layer.category_ref for layer in layers),
        image_url=first(layer.image for layer in layers),
        in_stock=first(layer.in_stock for layer in layers),
        # One part tells hundredths of stars, another percent: what differs behind that is rounding.
        rating=None if rating is None else round(rating, 1),
        review_count=first(layer.review_count for layer in layers),
        origin=first(layer.origin for layer in layers),
        description=None if description is None else clean.html_to_text(description, DESCRIPTION_LIMIT),
        own_page=own_page,
        **price_fields(values, _price(layers, values), first(layer.old for layer in layers)),
    )


def _price(layers: Sequence[Layer], values: Values) -> Money | None:
    """The most trusted price, in the words of the first part that shows it; those that differ are reported."""
    told = [(layer.name, layer.now) for layer in layers if layer.now is not None]
    if not told:
        return None
    best = told[0][1]
    same = [now for _, now in told if now.foreign == best.foreign and whole(now.amount) == whole(best.amount)]
    if len(same) < len(told):
        values.note("price_mismatch", "; ".join(f"{name}: {now.printed}" for name, now in told))
    return next((now for now in same if now.text), best)


def first(told: Iterable[T | None]) -> T | None:
    """The first value that is told."""
    return next((value for value in told if value is not None), None)
