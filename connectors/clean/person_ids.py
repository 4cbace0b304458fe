"""A citizen's id inside a text: twelve digits that begin with 0, which nobody but its owner and the state may publish.

The first three digits are the province of birth, 001 to 096 (Decree 70/2024/NĐ-CP), so every one of them begins with
0, and "000…" is a padded code. A telephone number has ten or eleven digits, or "84" in front.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_MARK: Final = "[ \u00a0.\\-–]{1,2}"
# In groups of one length behind one mark. A group more of two digits is the next telephone number.
_GROUPED: Final = "|".join(
    (
        f"[0-9]{{5}}{_MARK}[0-9]{{6}}",
        f"[0-9]{{3}}(?P<four>{_MARK})[0-9]{{4}}(?P=four)[0-9]{{4}}",
        f"[0-9]{{2}}(?P<three>{_MARK})[0-9]{{3}}(?P=three)[0-9]{{3}}(?P=three)[0-9]{{3}}",
        f"[0-9](?P<two>{_MARK})[0-9]{{2}}(?:(?P=two)[0-9]{{2}}){{4}}(?!(?P=two)[0-9]{{2}}(?![0-9]))",
    )
)
# Groups behind a dot or comma are the rest of a number: "2.079.093.012.345".
_PERSON_ID: Final = re.compile(rf"0(?<![0-9]0)(?!0[^0-9]?0)(?:[0-9]{{11}}|(?<![0-9][.,]0)(?:{_GROUPED}))(?![0-9])")
# Behind a label any marks may stand between ("CCCD: 079 093012345"); so do the nine digits of the older card.
_BETWEEN: Final = "[ \u00a0.\\-–]{0,2}"
_LABELS: Final = ("cccd", "cmnd", "căn cước", "can cuoc", "định danh", "dinh danh")
_LABELLED: Final = re.compile(
    rf"(?P<label>(?:{'|'.join(_LABELS)})[^0-9*]{{0,24}})"
    rf"(?P<id>[0-9](?:{_BETWEEN}[0-9]){{11}}|[0-9](?:{_BETWEEN}[0-9]){{8}})(?![0-9])",
    re.IGNORECASE,
)


def replace_person_ids(text: str, by: Callable[[str], str]) -> str:
    """The text with every id in it replaced by what `by` makes of its digits."""
    text = _PERSON_ID.sub(lambda found: by(_digits(found[0])), text)
    low = text.lower()
    if not any(label in low for label in _LABELS):
        return text  # most texts: the search without case takes longer than all the rest
    return _LABELLED.sub(lambda found: found["label"] + by(_digits(found["id"])), text)


def mask_person_ids(text: str) -> str:
    """The text with all but the last three digits of every id in it hidden."""
    return replace_person_ids(text, lambda digits: f"*********{digits[-3:]}")


def person_ids(text: str) -> tuple[str, ...]:
    """The ids in a text, digits only, each once."""
    found: dict[str, None] = {}

    def note(digits: str) -> str:
        found[digits] = None
        return "*"

    replace_person_ids(text, note)
    return tuple(found)


def _digits(printed: str) -> str:
    return re.sub("[^0-9]", "", printed)
