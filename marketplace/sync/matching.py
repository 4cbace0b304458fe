"""Which record a row of a file without codes is about: the one at its address."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Listing


def refs_by_address(session: Session, slug: str, addresses: Collection[str]) -> dict[str, set[str]]:
    """The refs of the listings we know at each of these addresses of a source, gone ones included.

    "http" or "https", "www." or not, and a slash at the end make no other address.
    """
    spelled = {spelling: address for address in addresses for spelling in _spellings(address)}
    found: dict[str, set[str]] = {address: set() for address in addresses}
    known = select(Listing.url, Listing.ref).where(Listing.source == slug, Listing.url.in_(spelled))
    for url, ref in session.execute(known):
        if url is not None:
            found[spelled[url]].add(ref)
    return found


def _spellings(address: str) -> set[str]:
    parts = urlsplit(address)
    host = parts.netloc.lower().removeprefix("www.")
    path = parts.path.rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return {
        f"{scheme}://{www}{host}{path}{slash}{query}"
        for scheme in ("https", "http")
        for www in ("", "www.")
        for slash in ("", "/")
    }
