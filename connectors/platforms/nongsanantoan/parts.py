"""Parts that several pages of this family share: the product card, two-column rows, certificates, facility lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypedDict

from connectors import clean, reading
from connectors.contract import Get, ListingRecord, SellerRecord, Yield
from connectors.markup import (
    Node,
    ReadError,
    ancestors,
    at_most_one,
    attribute,
    every,
    fragment,
    identity,
    one,
    parent,
    text,
)
from connectors.platforms.nongsanantoan.addresses import slug
from connectors.reading import Document, Row, label_key
from connectors.values import Values

SELECTORS: Mapping[str, str] = {
    "pages.bar": "ul.pagination",
    "pages.step": "li",
    "card.frame": ".thumb-product",
    "card.title": "h3 a",  # with the link to the product
    "card.seller": ".shop-info-index-text a",
    "card.certificates": ".cer-item",
    "card.certificate": "img",
    "card.rating": "input.rating",
    "card.image": ".img img",
    "card.price": "p.discount",
    "card.order": '[onclick*="addItemToCart"]',
    "card.ask": ".send-request[data-id]",
    "row.column": '[class*="col-"]',  # of the rows of label and value
    "certificate.name": "b",  # in an icon's tooltip, and in the rows of certificates
}
NO_PICTURE = "/css/images/no-image.png"
LEVELS = {
    "ca nhan, ho gia dinh",
    "trang trai, xuong",
    "hop tac xa",
    "doanh nghiep sieu nho",
    "doanh nghiep nho",
    "doanh nghiep vua",
    "doanh nghiep lon",
}
STATUSES = {"dang hoat dong", "ngung hoat dong", "tam ngung hoat dong"}
APPROVED = "da kiem duyet"
_TOOLTIPS = ("data-original-title", "title", "alt")
_CART = re.compile(r"addItemToCart\(\s*['\"]?(\d+)")


def card(
    document: Document,
    item: Node,
    seller: SellerRecord | None = None,
    category: tuple[str, str] | None = None,
) -> Row:
    """A product in a list. Its key is the slug; a card saved without its link is known by its number.

    `category` is label and key where the list is of one category.
    """
    css = document.css
    link = one(item, css["card.title"])
    numbers = product_numbers(item, css["card.order"], css["card.ask"])
    key = slug(document, "products", attribute(link, "href"))
    ref = key or (numbers[0] if numbers else "")
    if len(numbers) > 1 or not ref:
        raise ReadError("id_mismatch" if numbers else "bad_row", f"thẻ có {len(numbers)} mã sản phẩm", ref)
    url = document.own(attribute(link, "href")) if key else None
    icons = at_most_one(item, css["card.certificates"])
    values = Values(ref)
    shop = values.attribute(item, css["card.seller"], "href")
    record = ListingRecord(
        ref=ref,
        title=reading.name_at(item, css["card.title"], ref),
        url=url,
        seller_ref=seller.ref if seller else slug(document, "sellers", shop),
        seller_name=seller.name if seller else values.text(item, css["card.seller"]),
        category=category[0] if category else None,
        category_ref=category[1] if category else None,
        certificates=None
        if icons is None
        else certificate_names(document, every(icons, css["card.certificate"]), values),
        rating=values.rating(values.attribute(item, css["card.rating"], "value")),
        image_url=picture(document, values.attribute(item, css["card.image"], "src")),
        **values.price(values.text(item, css["card.price"])),
    )
    gets: list[Yield] = [Get(url=url, kind="product", record="listing", ref=ref)] if url else []
    return record, [*gets, *values.problems]


def next_page(document: Document, frame: Node) -> list[Yield]:
    """The next page of the list in a frame."""
    bars = every(frame, document.css["pages.bar"])
    return reading.next_page(document, "tiep", bars, document.css["pages.step"])


def product_numbers(node: Node, order: str, ask: str) -> list[str]:
    """The numbers of the products that the buttons in a node order or ask for; the two selectors find the buttons."""
    told = [_CART.search(attribute(n, "onclick") or "") for n in every(node, order)]
    asked = [attribute(n, "data-id") or "" for n in every(node, ask)]
    return sorted({*(found[1] for found in told if found), *asked} - {""})


def picture(document: Document, src: str | None) -> str | None:
    """A picture's address, "" for the placeholder that says there is none."""
    return "" if src is not None and src.endswith(NO_PICTURE) else document.picture(src)


def certificate_names(document: Document, icons: list[Node], values: Values) -> tuple[str, ...]:
    """The names in the tooltips of certificate icons: `<b>name</b><hr> description`, escaped twice."""
    names = []
    for icon in icons:
        shown = next((told for name in _TOOLTIPS if (told := attribute(icon, name))), "")
        tooltip = fragment(clean.decoded(shown))
        bold = every(tooltip, document.css["certificate.name"])
        name = text(bold[0]) if bold else text(tooltip)
        if name:
            names.append(name)
        else:
            values.note("unknown_label", "biểu tượng chứng nhận không có tên")
    return tuple(dict.fromkeys(names))


def titled(root: Node, css: str, tooltip: str, words: str) -> bool:
    """Whether one of the icons says these (folded) words in the attribute that holds its tooltip."""
    return any(clean.fold(attribute(icon, tooltip) or "") == words for icon in every(root, css))


def two_columns(document: Document, rows: list[Node], values: Values) -> Iterator[tuple[Node, Node]]:
    """The label and the value of each two-column row; anything else with text in it is reported."""
    for row in rows:
        here = identity(row)
        columns = [n for n in every(row, document.css["row.column"]) if identity(parent(n)) == here]
        if len(columns) == 2:
            yield columns[0], columns[1]
        elif text(row) and not any(here == identity(above) for other in rows for above in ancestors(other)):
            values.note("unknown_label", f"dòng không có hai cột: {text(row)[:80]}")


class Facility(TypedDict, total=False):
    """What the labelled rows about a facility tell: fields of a SellerRecord."""

    address: str
    phone: str
    email: str
    website: str
    contact: str
    kind: str | None
    status: str | None
    licence: str
    tax_code: str
    authority: str


def facility_row(facility: Facility, label: str, printed: str, values: Values) -> None:
    """Take one labelled row about a facility."""
    match label_key(label):
        case "dia chi":
            facility["address"] = printed
        case "dien thoai":
            facility["phone"] = printed
        case "email":
            facility["email"] = printed
        case "website":
            facility["website"] = printed
        case "nguoi dai dien":
            facility["contact"] = printed
        case "quy mo":
            facility["kind"] = values.expect(label, printed, LEVELS)
        case "trang thai":
            facility["status"] = values.expect(label, printed, STATUSES)
        case "giay phep dang ky" | "so giay phep dang ky":
            facility["licence"] = printed
            code = clean.tax_code(printed)
            if code is not None and code.kind != "unknown":
                facility["tax_code"] = code.digits
        case "quan ly ve vsattp boi":
            facility["authority"] = printed
        case "ten co so" | "dia diem kinh doanh":
            pass  # the name is the heading; the place is a page of its own
        case _:
            values.note("unknown_label", f"{label} {printed}")
