"""Values that lists and pages of their own both hold: prices, pictures, the seller."""

from __future__ import annotations

from connectors import reading
from connectors.contract import Get, SellerRecord, Yield
from connectors.markup import Node, attribute, text
from connectors.platforms import told_lines
from connectors.platforms.selectors.settings import css, found_at, kind_of
from connectors.reading import Document
from connectors.values import PriceFields, Values


def link_at(document: Document, node: Node, name: str, kind: str) -> str | None:
    """The one address of such a thing among the links that match; None when there is none, or several."""
    links = [document.own(attribute(part, "href")) for part in found_at(document, node, name)]
    urls = [url for url in links if url and kind_of(document.source, url) == kind]
    return urls[0] if len({reading.key_of(document.source, url) for url in urls}) == 1 else None


def _value(document: Document, node: Node, name: str, values: Values) -> str | None:
    wanted = css(document.source, name)
    return values.text(node, wanted) if wanted else None


def prices_at(document: Document, node: Node, of: str, values: Values, unit: str | None = None) -> PriceFields:
    """Nothing where no place of a price is configured: then pages do not tell one."""
    if not css(document.source, f"{of}.price"):
        return PriceFields()
    old = _value(document, node, f"{of}.old_price", values)
    return values.price(_value(document, node, f"{of}.price", values), unit, old or "")


def picture_at(document: Document, node: Node, name: str) -> str | None:
    """The address of a picture, of those that scripts load too."""
    found = found_at(document, node, name)
    told = [attribute(found[0], attr) for attr in ("data-src", "src", "href", "content")] if found else []
    return document.picture(next(filter(None, told), None))


def seller_at(document: Document, node: Node, name: str, values: Values) -> SellerRecord | None:
    """Who sells, by the configured link or name. The key is the address of its page, or the name where it has none."""
    told = {(attribute(part, "href"), text(part)) for part in found_at(document, node, name) if text(part)}
    if len(told) != 1:
        if told:
            values.note("id_mismatch", f"có {len(told)} người bán ở “{css(document.source, name)}”")
        elif css(document.source, name):
            values.note("seller_missing", f"không thấy người bán ở “{css(document.source, name)}”")
        return None
    href, shown = told.pop()
    url = document.own(href)
    url = url if url and kind_of(document.source, url) == "seller" else None
    ref = reading.key_of(document.source, url) if url else told_lines.key_of_name(shown)
    return SellerRecord(ref=ref, name=shown, url=url) if ref else None


def with_page(seller: SellerRecord | None) -> list[Yield]:
    """A seller and the page of its own, where it has one."""
    if seller is None:
        return []
    return [seller, *([Get(url=seller.url, kind="seller", record="seller", ref=seller.ref)] if seller.url else [])]
