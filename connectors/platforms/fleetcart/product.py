"""A product's own page: up to five layers that tell the same, in their order of trust."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from connectors import clean, structured
from connectors.contract import Yield
from connectors.markup import Node, ReadError, attribute, every, own_text, text, whole_or_digits
from connectors.platforms.fleetcart.addresses import Key, category_of, key_of
from connectors.platforms.fleetcart.item import Item, item_layer
from connectors.platforms.fleetcart.layers import Layer, first, listing
from connectors.platforms.fleetcart.money import Money, shown_money
from connectors.platforms.fleetcart.selectors import css
from connectors.platforms.fleetcart.seller import seller_of
from connectors.reading import Document, same_ref
from connectors.structured import Product
from connectors.values import Values

_DIGIT = re.compile(r"\d")


def product_page(document: Document) -> list[Yield]:
    """The product of the page and the seller that its box or its offer names."""
    values = Values(document.page.get.ref)
    found = structured.products(document.root)
    for fault in found.faults:
        values.note("bad_row", fault)
    data = _of_this_page(document, found.products, values)
    item = _item(document, values)
    linked = _told(document, "JSON-LD", data, values)
    layers = [
        linked,
        None if item is None else item_layer(document, item, ":product", values),
        _told(document, "thẻ meta", structured.open_graph(document.root), values),
        _visible(document, values),
    ]
    told = [layer for layer in layers if layer is not None]
    if first(layer.title for layer in told) is None:
        raise document.missing("sản phẩm, dù trong JSON-LD, “:product”, thẻ meta hay “h1.product-name”")
    ref, told = _agreed(document, told, values)
    seller, name = seller_of(document, data.seller if data and linked in told else None, values)
    record = listing(ref, document.address, told, values, seller=seller, seller_name=name, own_page=True)
    return [record, *([seller] if seller else []), *(replace(problem, ref=ref) for problem in values.problems)]


def _of_this_page(document: Document, products: Sequence[Product], values: Values) -> Product | None:
    """The product that JSON-LD tells of this page; of several the one whose address is the page's own."""
    if len(products) < 2:
        return products[0] if products else None
    own = key_of(document.source, document.address)
    keys = [key_of(document.source, document.own(product.url)) for product in products]
    mine = [product for product, key in zip(products, keys, strict=True) if key is not None and key == own]
    if len(mine) != 1:
        values.note("bad_row", f"JSON-LD nói đến {len(products)} sản phẩm, {len(mine)} sản phẩm là của trang này")
    return mine[0] if len(mine) == 1 else None


def _item(document: Document, values: Values) -> Item | None:
    """The object that the page's script is given."""
    # Cards of related products may have such an attribute, too.
    nodes = every(document.root, r"product-show[\:product]") or every(document.root, r"[\:product]")
    texts = {attribute(node, ":product") or "" for node in nodes}
    if len(texts) != 1:
        if texts:
            values.note("bad_row", f"trang có {len(texts)} thuộc tính “:product” khác nhau")
        return None
    try:
        value = json.loads(texts.pop(), parse_int=whole_or_digits)
    except (ValueError, RecursionError) as error:
        values.note("bad_row", f"thuộc tính “:product” không đọc được: {error}")
        return None
    return value if isinstance(value, dict) else None


def _told(document: Document, name: str, product: Product | None, values: Values) -> Layer | None:
    """What schema.org's notations tell. They know no old price."""
    if product is None:
        return None
    for fault in product.faults:
        values.note("bad_value", f"{name}: {fault}")
    text = product.price_text
    foreign = product.currency not in ("", "VND")
    return Layer(
        name=name,
        key=key_of(document.source, document.own(product.url)),
        title=product.name,
        image=document.picture(product.image),
        now=None if text is None or product.low is None else Money(product.low, text if foreign else "", foreign),
        in_stock=product.in_stock,
        rating=product.rating,
        review_count=product.review_count,
        origin=product.origin,
        description=product.description,
    )


def _visible(document: Document, values: Values) -> Layer:
    """What a visitor sees."""
    root, source = document.root, document.source
    steps = [
        (text(a), category_of(source, document.own(attribute(a, "href")))) for a in _all(document, "product.crumbs")
    ]
    path = [(label, key) for label, key in steps if key and label]
    now, old = _visible_price(document, values)
    available, sold_out = (bool(_all(document, f"product.{name}")) for name in ("available", "sold_out"))
    if available and sold_out:
        values.note("bad_value", "tình trạng hàng: vừa còn vừa hết")
    images = [attribute(node, name) for node in _all(document, "product.image") for name in ("data-image", "src")]
    return Layer(
        name="trang",
        title=values.text(root, css(source, "product.name")),
        image=document.picture(first(images)),
        now=now,
        old=old,
        in_stock=available if available != sold_out else None,
        description=values.text(root, css(source, "product.brief")),
        category=tuple(label for label, _ in path) or None,
        category_ref=path[-1][1] if path else None,
    )


def _all(document: Document, name: str) -> list[Node]:
    return every(document.root, css(document.source, name))


def _visible_price(document: Document, values: Values) -> tuple[Money | None, Money | None]:
    boxes = _all(document, "product.price")
    texts: set[tuple[str, str]] = set()
    for box in boxes:
        former = every(box, css(document.source, "product.previous_price"))
        shown = own_text(box)
        if not _DIGIT.search(shown):  # the price stands in an element of its own, or is a word
            shown = box.text()
            for part in former:
                shown = shown.replace(part.text(), " ", 1)
        texts.add((clean.text(shown), " ".join(text(part) for part in former)))
    if len(texts) > 1:
        values.note("bad_row", f"trang có {len(texts)} giá khác nhau ở “{css(document.source, 'product.price')}”")
    if len(texts) != 1:
        return None, None
    now, old = texts.pop()
    return (shown_money(now) if now else None), (shown_money(old) if old else Money(Decimal(0)))


def _agreed(document: Document, layers: list[Layer], values: Values) -> tuple[str, list[Layer]]:
    """The key of the page's product, and the layers that do not speak of another one.

    The addresses and the key it was asked for must agree; the first layer tells where none of them does. A layer about
    another product is left out. Raises ReadError id_mismatch when no layer confirms the key that others deny.
    """
    source = document.source
    keys = [key for url in (document.address, document.canonical) if (key := key_of(source, document.own(url)))]
    numbers = {key.number for key in keys if key.number} | ({document.page.get.ref} - {""})
    if numbers:
        ref = same_ref(document, *numbers)
    else:
        ref = first(layer.key.number or None for layer in layers if layer.key) or first(key.slug for key in keys) or ""
    slugs = {key.slug for key in keys}
    if not ref or (not numbers and len(slugs) > 1):
        raise ReadError("id_mismatch", f"trang nói đến nhiều địa chỉ: {', '.join(sorted(slugs))}")
    good = [layer for layer in layers if not _of_another(layer.key, ref, slugs)]
    if len(good) < len(layers):
        others = [f"{one.name}: {one.key.number or one.key.slug}" for one in layers if one.key and one not in good]
        if not any(layer.key for layer in good):
            raise ReadError("id_mismatch", f"trang nói đến nhiều mã: {ref}; {'; '.join(others)}", ref)
        values.note("id_mismatch", f"bỏ qua phần nói đến mã khác: {'; '.join(others)}")
    return ref, good


def _of_another(key: Key | None, ref: str, slugs: set[str]) -> bool:
    if key is None:
        return False
    if key.number:
        return key.number != ref
    return bool(key.slug) and bool(slugs) and key.slug not in slugs and key.slug != ref
