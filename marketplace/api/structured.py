"""Facts for search engines: schema.org as JSON-LD, in a `<script>` that holds data and is never run.

The content security policy lets the site's one script file run and nothing that stands in a page. A block of another
type than JavaScript is no script to it (HTML, "prepare the script element", step 11), so the policy needs no exception.

Only what is certain is told, and nothing about a person: a price where it was read for sure, a name where it is that of
an organisation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from flask import url_for
from markupsafe import Markup

from connectors import clean
from marketplace import places
from marketplace.catalogue import categories
from marketplace.catalogue.models import Listing, Seller
from marketplace.catalogue.queries import ListingPage, PlacedRow, SellerPage
from marketplace.web import floors
from marketplace.web.addresses import absolute, listing_address, outside, seller_address
from marketplace.web.privacy import without_contacts

_SCHEMA = "https://schema.org"
# What an account that is no person calls itself, marks and all, before anything else: "cô Sở" is somebody's aunt.
_ORGANISATION = re.compile(r"(htx|hợp tác xã|liên hiệp|tht|tổ hợp tác|hội quán|công ty|cty|tnhh)\b")
# These are often one person's, by whose name they go.
_BUSINESS = re.compile(r"(doanh nghiệp|dntn|cơ sở|trang trại|cửa hàng)\b")
# Family names, and what one calls somebody.
_PERSON = re.compile(
    r"\b(nguyễn|trần|lê|phạm|huỳnh|hoàng|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|trương|đinh|đoàn|lâm|mai|trịnh|đào|cao"
    r"|châu|tô|tạ|hà|thái|kiều|la|lương|phùng|quách|vương|từ|tống|triệu|thạch|sơn|kim|lưu|đồng|giang|doãn|nghiêm|văn|thị"
    r"|ông|bà|cô|chú|bác|dì|thím|mợ|cậu|anh|chị|em|út)\b"
)
_SAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def listing_data(page: ListingPage) -> Markup:
    """A product and its offer, and where the page stands in the site."""
    row = page.listing
    title, group = without_contacts(row.title), row.group_code
    crumbs = [("Sản phẩm", url_for("catalogue.search", loai="san-pham"))]
    if group:
        name = categories.group(group).name
        crumbs.append((name, url_for("catalogue.search", loai="san-pham", nhom=group)))
    crumbs.append((title, listing_address(row.id, row.title)))
    product = {
        "@type": "Product",
        "@id": absolute(f"{crumbs[-1][1]}#product"),
        "name": title,
        "url": absolute(crumbs[-1][1]),
        "category": categories.group(group).name if group else None,
        "offers": _offer(row),
        "subjectOf": outside(row.url),
    }
    return _block(product, _breadcrumb(crumbs))


def seller_data(page: SellerPage) -> Markup:
    """An organisation that sells, and where the page stands in the site. Of a person only the latter."""
    row = page.seller
    floor = floors.floor(row.source)
    address = seller_address(row.id, row.name)
    crumbs = [
        ("Người bán", url_for("catalogue.sellers")),
        (floor.title, url_for("catalogue.sellers", san=row.source)),
        (without_contacts(row.name), address),
    ]
    organisation = {**_organisation(row), "sameAs": outside(row.url), "address": _address(row)} if _told(row) else None
    return _block(organisation, _breadcrumb(crumbs))


def _offer(row: Listing) -> dict[str, Any]:
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": outside(row.url),
        "availability": _availability(row),
        "seller": _organisation(row.seller) if row.seller is not None and _told(row.seller) else None,
    }
    if row.price_status != "ok" or row.price_vnd is None:
        return offer
    if row.price_max_vnd is not None and row.price_max_vnd > row.price_vnd:
        low_high = {"lowPrice": row.price_vnd, "highPrice": row.price_max_vnd}
        return {**offer, "@type": "AggregateOffer", **low_high, "priceCurrency": "VND"}
    offer.update(price=row.price_vnd, priceCurrency="VND")
    if row.price_per_kg_vnd is not None:
        offer["priceSpecification"] = {
            "@type": "UnitPriceSpecification",
            "price": row.price_per_kg_vnd,
            "priceCurrency": "VND",
            "referenceQuantity": {"@type": "QuantitativeValue", "value": 1, "unitCode": "KGM"},
        }
    return offer


def _availability(row: Listing) -> str | None:
    if row.gone_at is not None:
        return f"{_SCHEMA}/Discontinued"
    if row.in_stock is None:
        return None
    return f"{_SCHEMA}/{'InStock' if row.in_stock else 'OutOfStock'}"


def _told(row: Seller) -> bool:
    """Is this surely an organisation, whose name is nobody's personal data?"""
    if row.tax_code_kind == "person12":
        return False
    name, kind = (normalize("NFC", clean.text(text)).lower() for text in (row.name, row.kind))
    if _ORGANISATION.match(name):
        return True
    named = _BUSINESS.match(name) or _ORGANISATION.match(kind) or _BUSINESS.match(kind)
    return bool(named) and not _PERSON.search(name)


def _organisation(row: Seller) -> dict[str, Any]:
    address = absolute(seller_address(row.id, row.name))
    return {
        "@type": "Organization",
        "@id": f"{address}#organization",
        "name": without_contacts(row.name),
        "url": address,
    }


def _address(row: PlacedRow) -> dict[str, Any] | None:
    """The unit of today and its province; without a unit, the old district and the province it was in."""
    if row.unit_2025:
        locality, region = places.unit_name(row.unit_2025), "Tây Ninh"
    elif row.old_district:
        locality, region = places.district_name(row.old_district), "Long An"
    else:
        return None
    return {
        "@type": "PostalAddress",
        "addressLocality": locality,
        "addressRegion": region,
        "addressCountry": "VN",
    }


def _breadcrumb(crumbs: list[tuple[str, str]]) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
        for place, (name, path) in enumerate(crumbs, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _block(*things: dict[str, Any] | None) -> Markup:
    graph = [_known(thing) for thing in things if thing]
    data = json.dumps({"@context": _SCHEMA, "@graph": graph}, ensure_ascii=False, separators=(",", ":"))
    # No sign of markup is left in it: nothing ends the element, nothing begins a comment.
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(data.translate(_SAFE)))  # noqa: S704 - escaped above


def _known(thing: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not known."""
    return {
        name: _known(value) if isinstance(value, Mapping) else value
        for name, value in thing.items()
        if value is not None
    }
