"""Contacts as a visitor sees them: never whole (law 91/2025/QH15).

Texts of the marketplaces hold telephone numbers and personal ids as well: whatever is shown of them goes through
`without_contacts`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from connectors import clean
from connectors.clean.telephones import find_phones

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Rows of digits as long as a telephone number, an account or an old identity card. Longer ones (bar codes, GGN) are no
# contacts.
_LONG_NUMBER = re.compile(r"(?<![\d.,/-])\d{9,12}(?![\d])")


def masked_phone(phone: str) -> str:
    """ "0912345678" → "0912 *** 678"; shorter service numbers keep only their beginning."""
    return f"{phone[:4]} *** {phone[-3:]}" if len(phone) >= 10 else f"{phone[:4]} ***"


def masked_phones(raw: str | None) -> tuple[str, ...]:
    """Every telephone number of a printed line, masked; empty when there is none that can be read."""
    return tuple(masked_phone(phone) for phone in clean.phones(raw or ""))


def masked_email(raw: str | None) -> str | None:
    """ "hoptacxa@example.vn" → "h***@example.vn"; None when the text holds no address."""
    found = _EMAIL.search(raw or "")
    return _mask_address(found) if found else None


@lru_cache(maxsize=16_384)  # a list shows the same titles, names and prices again and again
def without_contacts(text: str) -> str:
    """The text with every telephone number, e-mail address and personal id in it masked."""
    if "@" in text:
        text = _EMAIL.sub(_mask_address, text)
    if not any(letter.isdigit() for letter in text):
        return text
    text = clean.mask_person_ids(text)
    for found in reversed(find_phones(text)):
        text = f"{text[: found.start]}{masked_phone(found.number)}{text[found.end :]}"
    return _LONG_NUMBER.sub(lambda match: f"*** {match[0][-3:]}", text)


def _mask_address(found: re.Match[str]) -> str:
    name, _, host = found[0].partition("@")
    return f"{name[0]}***@{host}"
