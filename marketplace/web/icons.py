"""The one icon file: our product glyphs, and the Bootstrap symbols the pages use.

bootstrap-flask ships all of bootstrap-icons in one sprite of 1.1 MB. Browsers get only the symbols named here, cut out
of it when the application starts.
"""

from __future__ import annotations

import re
from pathlib import Path

import flask_bootstrap

GLYPHS = Path(__file__).parent.parent / "static" / "glyphs.svg"
SPRITE = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"
SYMBOLS = (
    "arrow-repeat",
    "box-arrow-up-right",
    "calendar3",
    "check2",
    "check-circle",
    "clock",
    "clock-history",
    "exclamation-triangle",
    "funnel",
    "geo-alt",
    "info-circle",
    "list",
    "patch-check",
    "pause-circle",
    "printer",
    "search",
    "telephone",
    "x-lg",
    "x-octagon",
)


def icon_file() -> str:
    """The SVG text with symbols `g-…` (ours) and `i-…` (Bootstrap's). ValueError when the sprite lacks one."""
    sprite = SPRITE.read_text(encoding="utf-8")
    glyphs = GLYPHS.read_text(encoding="utf-8")
    cut = "\n".join(_symbol(sprite, name) for name in SYMBOLS)
    return glyphs.replace("</svg>", f"{cut}\n</svg>")


def _symbol(sprite: str, name: str) -> str:
    found = re.search(rf'<symbol [^>]*viewBox="([^"]+)" id="{re.escape(name)}">(.*?)</symbol>', sprite, re.DOTALL)
    if found is None:
        raise ValueError(f"{SPRITE.name} of the installed bootstrap-flask has no symbol {name!r}")
    return f'<symbol id="i-{name}" viewBox="{found[1]}">{found[2]}</symbol>'
