"""What a shop's page says about its products in machine-readable form: JSON-LD, microdata, OpenGraph.

The three say the same in three notations, so each is turned into schema.org's `Product` as JSON-LD writes it and read
once. Nothing is guessed: a value that contradicts itself or cannot be read is left out and told in `faults`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.markup import Node, attribute, children, every, text, whole_or_digits
from connectors.structured_product import Party, Product, Thing, amount, currency_code, read_product, whole

__all__ = ["Found", "Party", "Product", "amount", "currency_code", "microdata", "open_graph", "products", "whole"]

_PRODUCTS = frozenset({"product", "productgroup", "individualproduct", "productmodel", "someproducts"})
_DEPTH = 32  # of nested objects: deeper ones are noise


@dataclass(frozen=True, slots=True)
class Found:
    """The products of a page, in its order, and what could not be decoded at all, in Vietnamese."""

    products: tuple[Product, ...]
    faults: tuple[str, ...] = ()


def products(root: Node) -> Found:
    """The products that JSON-LD tells: single, in arrays, in `@graph`, inside other things. What a product itself
    points at (related ones, variants apart from their offers) is no product of the page."""
    blocks: list[object] = []
    faults = []
    for script in every(root, 'script[type="application/ld+json"]'):
        source = script.text().strip().removeprefix("//<![CDATA[").removesuffix("//]]>").strip()
        try:
            # Raw line breaks inside strings are common. A number stays as it is written: 350.000 is no 350.0.
            blocks.append(json.loads(source, strict=False, parse_float=str, parse_int=whole_or_digits))
        except (ValueError, RecursionError) as error:
            faults.append(f"JSON-LD không đọc được: {error}")
    known: dict[str, Thing] = {}
    for told in _things(blocks, inside=True):
        if isinstance(told.get("@id"), str) and len(told) > 1:
            known.setdefault(told["@id"], told)
    return Found(tuple(read_product(told, known) for told in _things(blocks) if _is_product(told)), tuple(faults))


def microdata(root: Node) -> Found:
    """The products that `itemscope`, `itemtype`, `itemprop` tell."""
    items = every(root, '[itemscope][itemtype*="schema.org/Product"]')
    return Found(tuple(read_product(_item(node), {}) for node in items if attribute(node, "itemprop") is None))


def open_graph(root: Node) -> Product | None:
    """The product that the head's `og:` and `product:` tags tell; None where they tell none."""
    told: dict[str, list[str]] = {}
    for meta in every(root, "meta[property][content], meta[name][content]"):
        name = (attribute(meta, "property") or attribute(meta, "name") or "").strip().lower()
        told.setdefault(name, []).append(attribute(meta, "content") or "")
    prices = [value for name in ("product:price:amount", "og:price:amount") for value in told.get(name, [])]
    if not prices and not any(kind.strip().lower().endswith("product") for kind in told.get("og:type", [])):
        return None

    def one(*names: str) -> str | None:
        return next((values[0] for name in names if (values := told.get(name))), None)

    thing: Thing = {
        "name": one("og:title"),
        "url": one("og:url"),
        "image": one("og:image", "og:image:url", "og:image:secure_url"),
        "description": one("og:description"),
        "brand": one("product:brand", "og:brand"),
        "category": one("product:category"),
        "productID": one("product:retailer_item_id"),
        "offers": [
            {"price": price, "priceCurrency": one("product:price:currency", "og:price:currency")}
            for price in dict.fromkeys(prices)
        ]
        or {},
    }
    stock = one("product:availability", "og:availability")
    if stock is not None:
        thing["offers"] = [{**offer, "availability": stock} for offer in thing["offers"] or [{}]]
    return read_product(thing, {})


def _things(value: object, depth: int = 0, *, inside: bool = False) -> Iterator[Thing]:
    """The objects of a JSON-LD value, outer ones first; those inside of products only when asked for."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for part in value:
            yield from _things(part, depth + 1, inside=inside)
    elif isinstance(value, dict):
        yield value
        if inside or not _is_product(value):
            for part in value.values():
                if isinstance(part, list | dict):
                    yield from _things(part, depth + 1, inside=inside)


def _is_product(thing: Thing) -> bool:
    kinds = thing.get("@type")
    return any(
        isinstance(kind, str) and re.split(r"[/#:]", kind)[-1].lower() in _PRODUCTS
        for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _item(node: Node, depth: int = 0) -> Thing:
    """A microdata item as JSON-LD would write it. Plain elements are walked without recursion: pages nest deeply."""
    thing: Thing = {"@type": (attribute(node, "itemtype") or "").split()[:1]}
    left = children(node)[::-1]
    while left:
        part = left.pop()
        scoped = attribute(part, "itemscope") is not None
        for name in (attribute(part, "itemprop") or "").split():
            value = (_item(part, depth + 1) if depth < _DEPTH else None) if scoped else _content(part)
            thing.setdefault(name, []).append(value)
        if not scoped:
            left += children(part)[::-1]
    return thing


def _content(node: Node) -> str:
    for name in ("content", "href", "src", "datetime"):
        value = attribute(node, name)
        if value is not None:
            return value
    return text(node)
