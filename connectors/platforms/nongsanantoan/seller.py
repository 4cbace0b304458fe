"""A seller's own page."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import clean, reading
from connectors.contract import SellerRecord, Yield
from connectors.markup import Node, every, identity, inner_html, text
from connectors.platforms.nongsanantoan.addresses import own_ref, slug
from connectors.platforms.nongsanantoan.parts import (
    APPROVED,
    Facility,
    card,
    certificate_names,
    facility_row,
    next_page,
    titled,
    two_columns,
)
from connectors.reading import Document, label_key
from connectors.values import Values

SELECTORS: Mapping[str, str] = {
    "seller.name": ".shop-page__info > h1",
    "seller.approved": ".shop-page__info > h1 i.fa-check-circle",
    "seller.heading": "#tab1 h4",  # of a group of rows
    "seller.row": "#tab1 .organization-info div.row",
    "seller.certificate": "img.img-certifications-shops",
    "seller.intro": "#tab0 .pdp-mod-detail",
    "seller.rating": ".mod-rating .score span",
    "seller.products": "#tab4",
}
DESCRIPTION_LIMIT = 600  # characters: an excerpt that helps to find, not the seller's whole text
CERTIFICATES = "chung nhan, xac nhan cua co so"


def seller_page(document: Document) -> list[Yield]:
    root, css = document.root, document.css
    if not every(root, css["seller.name"]):
        raise document.missing("tên cơ sở", "seller.name")
    ref = own_ref(document, "sellers")
    values = Values(ref)
    facility, certificates = _facility(document, values)
    intro = every(root, css["seller.intro"])
    score = every(root, css["seller.rating"])
    seller = SellerRecord(
        ref=ref,
        name=reading.name_at(root, css["seller.name"], ref),
        url=document.address,
        verified=titled(root, css["seller.approved"], "title", APPROVED) or None,
        certificates=certificates,
        description=clean.html_to_text(inner_html(intro[0]), DESCRIPTION_LIMIT) if intro else None,
        rating=values.rating(text(score[0])) if score else None,
        own_page=True,
        **facility,
    )
    goods: list[Yield] = []
    shelves = every(root, css["seller.products"])
    if shelves:
        goods = reading.read_list(
            document,
            shelves[0],
            every(shelves[0], css["card.frame"]),
            lambda item: card(document, item, seller),
            lambda href: slug(document, "products", href),
            may_be_empty=True,  # a seller without products is one
        )
        goods += next_page(document, shelves[0])
    return [seller, *values.problems, *goods]


def _facility(document: Document, values: Values) -> tuple[Facility, tuple[str, ...] | None]:
    """The rows about the seller, and its certificates: rows below their own heading, and icons beside the name."""
    root, css = document.root, document.css
    facility = Facility()
    rows: list[Node] = []
    papers: list[Node] | None = None
    headings = {identity(node) for node in every(root, css["seller.heading"])}
    for node in every(root, f"{css['seller.heading']}, {css['seller.row']}"):
        if identity(node) in headings:
            if label_key(text(node)) == CERTIFICATES:
                papers = []
        elif papers is None:
            rows.append(node)
        else:
            papers.append(node)
    if not rows:
        values.note("bad_row", "không có bảng thông tin cơ sở")
    for label, value in two_columns(document, rows, values):
        facility_row(facility, text(label), text(value), values)
    icons = every(root, css["seller.certificate"])
    if papers is None and not icons:
        return facility, None
    bold = css["certificate.name"]
    names = [text(next(iter(every(label, bold)), label)) for label, _ in two_columns(document, papers or [], values)]
    told: dict[str, str] = {}
    for name in (*names, *certificate_names(document, icons, values)):
        told.setdefault(clean.fold(name), name)
    return facility, tuple(told.values())
