"""The one address of a record's page: number and readable name. The name is decoration and holds no contact."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request, url_for

from marketplace.web.formats import slug
from marketplace.web.privacy import without_contacts


def name_of(title: str) -> str:
    """The readable part; "" when the title has no letter or digit."""
    return slug(without_contacts(title))


def listing_address(listing_id: int, title: str) -> str:
    return url_for("catalogue.listing", listing_id=listing_id, name=name_of(title) or None)


def seller_address(seller_id: int, name: str) -> str:
    return url_for("catalogue.seller", seller_id=seller_id, name=name_of(name) or None)


def request_address(request_id: int) -> str:
    return url_for("board.post", request_id=request_id)


def wanted_address(text: str) -> str:
    """Where somebody goes who wants to buy what no search found: the board's requests to buy, told what it is."""
    return url_for("board.board", loai="mua", q=text)


def record_address(kind: str, record_id: int, title: str) -> str:
    """The page of a seller, listing or request."""
    if kind == "listing":
        return listing_address(record_id, title)
    return seller_address(record_id, title) if kind == "seller" else request_address(record_id)


def absolute(path: str) -> str:
    """The address of a path of this site for readers elsewhere: as configured, else as this request came in."""
    root: str = current_app.config["MARKETPLACE"].site.url or request.url_root
    return f"{root.rstrip('/')}{path}"


def host() -> str:
    """The name of this site, as configured, else as this request came in; never with a port."""
    return urlsplit(absolute("")).hostname or "localhost"


def outside(url: str | None) -> str | None:
    """An address on a marketplace that may stand in a link; None for anything but http and https."""
    return url if url and url.startswith(("https://", "http://")) else None
