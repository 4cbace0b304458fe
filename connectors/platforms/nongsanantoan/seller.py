"""A seller's own page."""

from __future__ import annotations

from connectors import clean, reading
from connectors.contract import SellerRecord, Yield
from connectors.markup import Node, every, inner_html, text
from connectors.platforms.nongsanantoan.addresses import own_ref, slug
from connectors.platforms.nongsanantoan.parts import (
    APPROVED,
    Facility,
    card,
    certificate_names,
    facility_row,
    titled,
    two_columns,
)
from connectors.reading import Document, label_key
from connectors.values import Values

DESCRIPTION_LIMIT = 600  # characters: an excerpt that helps to find, not the seller's whole text
CERTIFICATES = "chung nhan, xac nhan cua co so"


def seller_page(document: Document) -> list[Yield]:
    root = document.root
    if not every(root, ".shop-page__info > h1"):
        raise document.missing("tên cơ sở “.shop-page__info > h1”")
    ref = own_ref(document, "sellers")
    values = Values(ref)
    facility, certificates = _facility(root, values)
    intro = every(root, "#tab0 .pdp-mod-detail")
    score = every(root, ".mod-rating .score span")
    seller = SellerRecord(
        ref=ref,
        name=reading.name_at(root, ".shop-page__info > h1", ref),
        url=document.address,
        verified=titled(root, ".shop-page__info > h1 i.fa-check-circle", "title", APPROVED) or None,
        certificates=certificates,
        description=clean.html_to_text(inner_html(intro[0]), DESCRIPTION_LIMIT) if intro else None,
        rating=values.rating(text(score[0])) if score else None,
        own_page=True,
        **facility,
    )
    goods: list[Yield] = []
    shelves = every(root, "#tab4")
    if shelves:
        goods = reading.read_list(
            document,
            shelves[0],
            every(shelves[0], ".thumb-product"),
            lambda item: card(document, item, seller),
            lambda href: slug(document, "products", href),
            may_be_empty=True,  # a seller without products is one
        )
        goods += reading.next_page(document, "tiep", every(shelves[0], "ul.pagination"))
    return [seller, *values.problems, *goods]


def _facility(root: Node, values: Values) -> tuple[Facility, tuple[str, ...] | None]:
    """The rows about the seller, and its certificates: rows below their own heading, and icons beside the name."""
    facility = Facility()
    rows: list[Node] = []
    papers: list[Node] | None = None
    for node in every(root, "#tab1 h4, #tab1 .organization-info div.row"):
        if node.tag == "h4":
            if label_key(text(node)) == CERTIFICATES:
                papers = []
        elif papers is None:
            rows.append(node)
        else:
            papers.append(node)
    if not rows:
        values.note("bad_row", "không có bảng thông tin cơ sở")
    for label, value in two_columns(rows, values):
        facility_row(facility, text(label), text(value), values)
    icons = every(root, "img.img-certifications-shops")
    if papers is None and not icons:
        return facility, None
    names = [text(next(iter(every(label, "b")), label)) for label, _ in two_columns(papers or [], values)]
    told: dict[str, str] = {}
    for name in (*names, *certificate_names(icons, values)):
        told.setdefault(clean.fold(name), name)
    return facility, tuple(told.values())
