"""What a fault makes of the text of a page, or of the records behind it. Pure: bytes in, bytes out."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from .floor import Floor

# Faults that change what a site knows, before any page is made of it.
Loss = Literal["price_picture", "no_seller"]

_THIRD = 3  # so many listings, and one of them tells no seller
_CLASS = rb'(class="(?:[^"]*\s)?)(?:%b)(?=[\s"])'
_KEY = rb'"(?:%b)"(?=\s*:)'
_LINK = re.compile(
    rb'(?P<before>href="|<loc>|"(?:slug|handle|url|link|permalink|canonical)":\s*"(?=[^"]))'
    rb'(?P<host>https?:\\?/\\?/[^/"<\\]+)?(?P<path>[^"<?#]*)'
)
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


def renamed(body: bytes, old: tuple[str, ...], new: str) -> bytes:
    """The page with the classes `old` called `new`; in an answer for scripts it is keys that are renamed."""
    names = b"|".join(re.escape(name).encode() for name in old)
    if body[:1] in (b"{", b"["):
        return re.sub(_KEY % names, b'"' + new.encode() + b'"', body)
    return re.sub(_CLASS % names, rb"\1" + new.encode(), body)


def decomposed(body: bytes) -> bytes:
    """The page with every letter apart from its marks (NFD), also where a script holds it as \\uXXXX."""

    def escape(found: re.Match[str]) -> str:
        letters = bytes.fromhex(found[0].replace("\\u", "")).decode("utf-16-be", "surrogatepass")
        units = unicodedata.normalize("NFD", letters).encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))

    # A letter before an escaped mark belongs to it only after decoding: NFD of the parts is NFD of the whole.
    return _ESCAPED.sub(escape, unicodedata.normalize("NFD", body.decode())).encode()


def recased(body: bytes) -> bytes:
    """The page with every other of its addresses in capitals, the host and the query apart."""
    number = 0

    def capitals(found: re.Match[bytes]) -> bytes:
        nonlocal number
        number += 1
        if number % 2:
            return found[0]
        return found["before"] + (found["host"] or b"") + found["path"].upper()

    return _LINK.sub(capitals, body)


def deprived(floor: Floor, loss: Loss) -> Floor:
    """The records of a site that shows every price as a picture, or that leaves out who sells every third listing."""
    poorer = Floor(floor.source)
    with floor.lock:
        poorer.sellers, poorer.posts = dict(floor.sellers), dict(floor.posts)
        poorer.registrants, poorer.notices = dict(floor.registrants), dict(floor.notices)
        for number, listing in enumerate(floor.listings.values()):
            if loss == "price_picture":
                listing = listing._replace(price_text="", price_vnd=0, list_price_vnd=0)
            elif number % _THIRD == 0:
                listing = listing._replace(seller_ref=None)
            poorer.listings[listing.ref] = listing
    return poorer
