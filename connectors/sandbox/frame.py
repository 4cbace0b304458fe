"""The part of a page that is the same on every page of a site."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

_SLOT = re.compile(r"\{\{(\w+)\}\}")


class Frame:
    """A page with slots `{{name}}`, kept in an HTML file.

    `fixed(base)` tells the slots that depend on nothing but the site's own address: they are filled once for each
    address, the rest for every page. A slot nobody fills raises KeyError.
    """

    def __init__(self, file: Path, fixed: Callable[[str], Mapping[str, str]]) -> None:
        text = file.read_text(encoding="utf-8")

        @lru_cache(maxsize=8)  # as many addresses as one sandbox ever answers under
        def pieces(base: str) -> tuple[str, ...]:
            known = {"base": base, **fixed(base)}
            filled = _SLOT.sub(lambda slot: known.get(slot[1], slot[0]), text)
            return tuple(_SLOT.split(filled))

        self._pieces = pieces

    def fill(self, base: str, slots: Mapping[str, str]) -> bytes:
        """The whole page as UTF-8. `base` is the address of the site without a trailing slash."""
        pieces = self._pieces(base)
        return "".join(slots[piece] if number % 2 else piece for number, piece in enumerate(pieces)).encode()
