"""Records without a citizen's id in them: none is kept whole, whatever field a marketplace or a file puts it into (law
91/2025/QH15). Only `tax_code` and `licence` keep theirs here: `rules.columns` makes a keyed hash of it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import fields, replace
from typing import Any

from connectors import clean
from connectors.contract import ListingRecord, Record
from connectors.tables import person_id

_READ_LATER = frozenset({"ref", "seller_ref", "tax_code", "licence"})
_ADDRESSES = frozenset({"url", "website", "image_url"})
_KEYED = re.compile(r"dinh-danh-[0-9a-f]{24}-[0-9]{3}")


def keyed(record: Record, secret: bytes) -> Record:
    """The record with the ids in its refs replaced: some operators use the id as the code of an account."""
    told = {"ref": keyed_ref(record.ref, secret)}
    if isinstance(record, ListingRecord) and record.seller_ref:
        told["seller_ref"] = keyed_ref(record.seller_ref, secret)
    return replace(record, **told) if any(getattr(record, name) != ref for name, ref in told.items()) else record  # type: ignore[arg-type]  # both fields are texts


def keyed_ref(ref: str, secret: bytes) -> str:
    """The ref with a keyed hash for every id in it. The same id makes the same ref, in groups or without the zero a
    spreadsheet takes away. A ref that is keyed already stays."""
    if is_keyed(ref):
        return ref

    def key(digits: str) -> str:
        return f"dinh-danh-{hmac.new(secret, digits.encode(), hashlib.sha256).hexdigest()[:24]}-{digits[-3:]}"

    whole = person_id(ref)
    return key(whole) if whole else clean.replace_person_ids(ref, key)


def is_keyed(ref: str) -> bool:
    return _KEYED.search(ref) is not None


def masked(record: Record) -> Record:
    """The record with every id in its texts masked. An address or a telephone number that is one is not told: what is
    left of it leads nowhere."""
    told: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if field.name in _READ_LATER or not value:
            continue
        if isinstance(value, str):
            clear = clean.mask_person_ids(value)
            if clear != value:
                lost = field.name in _ADDRESSES or (field.name == "phone" and not clean.phones(clear))
                told[field.name] = None if lost else clear
        elif isinstance(value, tuple):
            parts = tuple(map(clean.mask_person_ids, value))
            if parts != value:
                told[field.name] = parts
    return replace(record, **told) if told else record
