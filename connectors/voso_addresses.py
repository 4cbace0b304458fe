"""Where the pages of voso.vn are: a prefix that `Source.paths` may change, then a slug and a number.

The number in an address is the key, its slug decoration.
"""

from __future__ import annotations

import re
from functools import lru_cache

from connectors import reading
from connectors.contract import Source
from connectors.reading import Document

# What an address begins with, up to the slug.
PATHS = {"search": "/tim-kiem-", "product": "/", "category": "/", "shop": "/"}
_AFTER = {
    "search": r"[^/]*(?:/[a-z0-9-]+-c\d+)?",
    "product": r"(?P<slug>[a-z0-9-]*?)-p(?P<id>\d+)\.html",
    "category": r"(?P<slug>[a-z0-9-]+)-c(?P<id>\d+)",
    "shop": r"(?P<slug>[a-z0-9-]+)-s(?P<id>\d+)",
}

# The categories with farm produce, food, crafts and farm supplies; the site's other roots are out of scope.
CATEGORIES = (
    "san-dac-san-c137",
    "dac-san-mien-bac-c138",
    "dac-san-mien-trung-c139",
    "dac-san-mien-tay-c140",
    "dac-san-nam-bo-c141",
    "dac-san-tay-nguyen-c142",
    "dac-san-trai-cay-c225",
    "hang-tieu-dung-thuc-pham-c165",
    "bach-hoa-c84",
    "thu-cong-my-nghe-c143",
    "vat-tu-nong-nghiep-c237",
    "giong-cay-trong-c238",
    "giong-vat-nuoi-c239",
    "phan-bon-c240",
    "thuc-an-chan-nuoi-thuy-san-c241",
    "thuoc-bao-ve-thuc-vat-c242",
    "thuoc-thu-y-c243",
    "che-pham-sinh-hoc-c244",
    "thuc-pham-chuc-nang-c69",
)


def prefix(source: Source, kind: str) -> str:
    """What the address of such a page begins with."""
    return "/" + source.paths.get(kind, PATHS[kind]).lstrip("/")


@lru_cache(maxsize=64)
def _shape(kind: str, begins: str) -> re.Pattern[str]:
    return re.compile(re.escape(begins) + _AFTER[kind], re.IGNORECASE)  # in capitals it is the same page


def kind_of(source: Source, url: str) -> str | None:
    """The kind of page an address leads to; None for pages that are not read."""
    path = reading.path_of(source, url)
    if path == "/":
        return "home"
    return next((kind for kind in PATHS if _shape(kind, prefix(source, kind)).fullmatch(path)), None)


def id_of(document: Document, kind: str, href: str | None) -> str | None:
    """The number in the address of a page of this kind, None when the address is another one."""
    found = _shape(kind, prefix(document.source, kind)).fullmatch(document.path(href))
    return found["id"] if found else None
