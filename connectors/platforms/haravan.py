"""Shops of the Shopify shape, Haravan among them: products.json, page after page until one is empty.

Facts and how sure they are: connectors/sources/longantrade.md. The only word about a seller is a product's `vendor`: a
name, by which sellers are told apart. Variants make one listing, their prices a range. Prices are whole currency units,
given as numbers or as decimal texts; the answer names no currency, so it is taken for ₫.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from connectors import answers, clean
from connectors.answers import Answer, Fields
from connectors.contract import Get, ListingRecord, Page, SellerRecord, Source, Yield
from connectors.reading import Row, label_key, path_of

PER_PAGE = 250  # the most the list gives at once
DESCRIPTION_LIMIT = 600  # characters: an excerpt that helps to find, not the seller's whole text

paths: Mapping[str, str] = {"products": "/products.json", "product": "/products", "vendors": "/collections/vendors"}
selectors: Mapping[str, str] = {}
probe = "/products.json?limit=1"

_UNITS = frozenset({"don vi tinh", "don vi", "dvt"})


def start(source: Source, since: datetime | None) -> Iterator[Get]:  # noqa: ARG001 - the list is in no known order
    """The list of all products."""
    yield Get(url=f"{source.home}{_path(source, 'products')}?limit={PER_PAGE}&page=1", kind="products")


def fits(root: object, page: Page) -> bool:  # noqa: ARG001 - the answer tells
    """By a list of products with handles and variants, or by one that is empty and stands alone."""
    products = root.get("products") if isinstance(root, Mapping) else None
    if not isinstance(products, list) or not isinstance(root, Mapping):
        return False
    return all(isinstance(one, Mapping) and {"handle", "variants"} <= one.keys() for one in products) and (
        bool(products) or len(root) == 1
    )


def kind_of(source: Source, url: str) -> str | None:
    """The list alone is read."""
    return "products" if path_of(source, url) == _path(source, "products") else None


def parse(source: Source, page: Page) -> Iterator[Yield]:
    """Read one page of the list."""
    return answers.read(source, page, {"products": _products})


def _path(source: Source, name: str) -> str:
    return "/" + source.paths.get(name, paths[name]).strip("/")


def _products(answer: Answer) -> list[Yield]:
    told = answer.value.get("products") if isinstance(answer.value, Mapping) else None
    found = answers.read_objects(answer, told, lambda row: _product(answer, row))
    sellers: dict[str, SellerRecord] = {}
    for one in found:
        if isinstance(one, ListingRecord) and one.seller_ref and one.seller_name:
            url = f"{answer.source.home}{_path(answer.source, 'vendors')}?{answers.query(q=one.seller_name)}"
            sellers.setdefault(one.seller_ref, SellerRecord(ref=one.seller_ref, name=one.seller_name, url=url))
    return [*sellers.values(), *found]


def _product(answer: Answer, row: Fields) -> Row:
    values = row.values
    variants = row.parts("variants") or []
    prices = [(price, variant) for variant in variants if (price := _amount(variant, "price")) is not None]
    told = [price for price, _ in prices if price] or [price for price, _ in prices]
    low, high = min(told, default=None), max(told, default=None)
    cheapest = next((variant for price, variant in prices if price == low), None)
    handle, vendor = row.text("handle"), row.text("vendor")
    stock = [flag for variant in variants if (flag := variant.flag("available")) is not None]
    if vendor is None:
        values.note("seller_missing", "sản phẩm không có trường “vendor”")
    if not variants:
        values.note("bad_row", "sản phẩm không có biến thể nào nên không có giá")
    record = ListingRecord(
        ref=values.ref,
        title=answers.name_of(row, "title"),
        url=answer.own(f"{answer.source.home}{_path(answer.source, 'product')}/{handle}") if handle else None,
        seller_ref=answers.name_key(vendor) if vendor else vendor,
        seller_name=vendor,
        category=row.text("product_type"),
        image_url=answers.first_picture(answer, row, "images"),
        in_stock=any(stock) if stock else None,
        description=answers.excerpt(row, "body_html", limit=DESCRIPTION_LIMIT),
        updated_at=answers.moment(values, row.text("updated_at")),
        **answers.price_of(
            values,
            low,
            high,
            (_amount(cheapest, "compare_at_price") or Decimal(0)) if cheapest else None,
            unit=_unit(row),
        ),
    )
    return record, list(values.problems)


def _amount(part: Fields, name: str) -> Decimal | None:
    printed = part.text(name)
    if not printed:
        return None
    try:
        amount = Decimal(printed)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        part.values.note("bad_value", f"{name}: {printed}")
        return None
    return amount


def _unit(row: Fields) -> str | None:
    """The unit, where an option of that name has one value only."""
    for option in row.parts("options") or ():
        told = option.told.get("values")
        if label_key(option.text("name") or "") in _UNITS and isinstance(told, list) and len(told) == 1:
            return clean.text(str(told[0])) or None
    return None
