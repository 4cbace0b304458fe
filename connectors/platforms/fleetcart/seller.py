"""Who sells a product: as its offer says in JSON-LD, and as the shop's box shows. FleetCart itself has no sellers."""

from __future__ import annotations

import re

from connectors.contract import SellerRecord
from connectors.markup import attribute, every
from connectors.platforms.fleetcart.selectors import css
from connectors.reading import Document, path_of
from connectors.structured import Party
from connectors.values import Values

_NUMBER = re.compile(r"(?:.*-)?(\d{1,15})\.html")


def seller_ref(document: Document, href: str | None) -> str:
    """The key in the address of a seller's page: its number, else its last part; "" when it leads elsewhere.

    The home page is nobody's: shops name themselves as the seller of everything.
    """
    url = document.own(href)
    last = path_of(document.source, url).rstrip("/").rpartition("/")[2].lower() if url else ""  # shops mix the case
    found = _NUMBER.fullmatch(last)
    return found[1] if found else last.removesuffix(".html")


def seller_of(document: Document, offer: Party | None, values: Values) -> tuple[SellerRecord | None, str | None]:
    """The seller, known by its page; without one only the name. Two that differ are reported and none is taken."""
    links = {attribute(node, "href") for node in every(document.root, css(document.source, "seller.link"))}
    parties = [offer or Party(), *(Party(url=link) for link in links if link)]
    by_ref = {ref: document.own(party.url) for party in parties if (ref := seller_ref(document, party.url))}
    if len(by_ref) > 1:
        values.note("id_mismatch", f"trang nói đến nhiều gian hàng: {', '.join(sorted(by_ref))}")
        return None, None
    box = {part: _shown(document, values, part) for part in ("name", "address", "province", "phone")}
    if not by_ref:
        # The shop itself, or a name without a page: no account anybody could be told apart by.
        is_shop = offer is not None and offer.url is not None
        name = box["name"] or (offer.name if offer and not is_shop else None)
        values.note("seller_missing", f"không thấy trang của người bán{f': {name}' if name else ''}")
        return None, name
    ref, url = by_ref.popitem()
    named = offer if offer and (not offer.url or seller_ref(document, offer.url)) else Party()
    name = named.name or box["name"]
    if not name:
        values.note("seller_missing", f"gian hàng {ref} không có tên")
        return None, None
    return SellerRecord(
        ref=ref,
        name=name,
        url=url,
        phone=named.phone or box["phone"],
        address=box["address"] or named.address,
        province=box["province"],
    ), None


def _shown(document: Document, values: Values, part: str) -> str | None:
    return values.text(document.root, css(document.source, f"seller.{part}")) or None
