"""Lines of the form "label: value" about a product or a seller, on platforms where each shop chooses its own labels.

What is taken are the labels below. All others are left out on purpose: packing, taste and storage are no facts of a
record, and there is no end to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypedDict, cast

from connectors import clean, markup
from connectors.markup import Node
from connectors.reading import label_key
from connectors.values import Values

DESCRIPTION_LIMIT = 600  # characters: an excerpt that helps to find, not the seller's whole text

IN_STOCK = frozenset({"con hang", "san hang", "co san", "trong kho", "in stock", "instock"})
SOLD_OUT = frozenset({"het hang", "tam het hang", "ngung ban", "out of stock", "outofstock"})
_UNIT = frozenset({"don vi tinh", "dvt"})  # a bare "đơn vị" may as well be the company
_ORIGIN = frozenset({"xuat xu", "noi san xuat", "nguon goc", "noi trong", "vung trong"})
_PAPERS = frozenset({"chung nhan", "chung chi", "tieu chuan", "giay chung nhan"})
_OCOP = frozenset({"ocop", "sao ocop", "hang ocop", "xep hang ocop", "hang sao ocop"})
_STOCK = frozenset({"tinh trang", "trang thai", "kho hang", "tinh trang kho", "availability", "stock"})
_PIECES = re.compile(r"\s*[,;]\s*")

_NO_KEY = re.compile(r"[^a-z0-9]+")

Line = tuple[str, str]  # folded label, printed value


class ProductFacts(TypedDict, total=False):
    """Fields of a ListingRecord."""

    origin: str
    certificates: tuple[str, ...]
    ocop_stars: int | None
    in_stock: bool | None


class SellerFacts(TypedDict, total=False):
    """Fields of a SellerRecord."""

    address: str
    province: str
    phone: str
    email: str
    website: str
    contact: str
    kind: str
    tax_code: str


_SELLER: dict[str, str] = {
    "dia chi": "address", "tinh": "province", "tinh/thanh pho": "province", "tinh thanh": "province",
    "dien thoai": "phone", "so dien thoai": "phone", "hotline": "phone", "di dong": "phone", "sdt": "phone",
    "email": "email", "e-mail": "email", "website": "website", "nguoi dai dien": "contact", "lien he": "contact",
    "nguoi lien he": "contact", "loai hinh": "kind", "ma so thue": "tax_code", "mst": "tax_code",
}  # fmt: skip


def lines(root: Node, css: str) -> Iterator[Line]:
    """The labelled lines among the elements that match: a row of two cells, or a text with a colon."""
    if not css:
        return
    found = markup.every(root, css)
    outer = _outer(found)
    for node in found:
        cells = markup.children(node) if markup.tag(node) == "tr" else []
        if len(cells) == 2:
            yield label_key(markup.text(cells[0])), markup.text(cells[1])
        elif not cells and markup.identity(node) not in outer:  # of nested ones, the innermost
            label, colon, printed = markup.text(node).partition(":")
            if colon:
                yield label_key(label), clean.text(printed)


def _outer(found: list[Node]) -> set[int]:
    """The identities of those that hold another one. Every element above them is looked at once, however deep."""
    ids = {markup.identity(node) for node in found}
    outer: set[int] = set()
    passed: set[int] = set()
    for node in found:
        above, top = markup.parent(node), markup.identity(node)
        while (here := markup.identity(above)) != top and here not in passed:
            passed.add(here)
            if here in ids:
                outer.add(here)
                break
            above, top = markup.parent(above), here
    return outer


def product_facts(told: Iterable[Line], values: Values) -> tuple[str | None, ProductFacts]:
    """The unit of the price, and the fields that these lines tell."""
    unit, facts = None, ProductFacts()
    for label, printed in told:
        if label in _UNIT:
            unit = printed or None
        elif label in _ORIGIN:
            facts["origin"] = printed
        elif label in _PAPERS:
            facts["certificates"] = tuple(part for part in _PIECES.split(printed) if part)
        elif label in _OCOP:
            facts["ocop_stars"] = values.stars(values.count(label, printed))
        elif label in _STOCK:
            facts["in_stock"] = stock(label, printed, values)
    return unit, facts


def stock(label: str, printed: str, values: Values) -> bool | None:
    """Whether it can be bought, by the words a shop uses; a bare number is what is left."""
    word = clean.fold(printed)
    if word in IN_STOCK | SOLD_OUT:
        return word in IN_STOCK
    if word.isascii() and word.isdecimal():
        return int(word) > 0 if len(word) < 10 else None
    values.note("unknown_label", f"{label}: {printed}")
    return None


def seller_facts(told: Iterable[Line]) -> SellerFacts:
    """The fields that these lines tell; of a label that stands twice, the first. Empty: perhaps no page of a seller,
    as every page has a heading."""
    facts: dict[str, str] = {}
    for label, printed in told:
        if label in _SELLER:
            facts.setdefault(_SELLER[label], printed)
    return cast(SellerFacts, facts)


def key_of_name(name: str) -> str:
    """The key of a seller of which a site tells nothing but the name: "htx-rau-mau". Namesakes are one."""
    return _NO_KEY.sub("-", clean.fold(name)).strip("-")
