"""Which record a row of a file is about: by its code (a keyed hash where that is a person's id), or by its address."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.contract import ListingRecord, Record
from connectors.tables import person_id
from marketplace.catalogue.models import Listing


def keyed(record: Record, secret: bytes) -> Record:
    """The record with a personal id in its refs replaced: some operators use the id as the code of an account, and we
    keep no personal id (law 91/2025/QH15). The same id makes the same ref, with or without its leading zero."""
    told = {"ref": _keyed(record.ref, secret)}
    if isinstance(record, ListingRecord) and record.seller_ref:
        told["seller_ref"] = _keyed(record.seller_ref, secret)
    return replace(record, **told) if any(getattr(record, name) != ref for name, ref in told.items()) else record  # type: ignore[arg-type]  # both fields are texts


def _keyed(ref: str, secret: bytes) -> str:
    digits = person_id(ref)
    if digits is None:
        return ref
    return f"dinh-danh-{hmac.new(secret, digits.encode(), hashlib.sha256).hexdigest()[:24]}-{digits[-3:]}"


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
