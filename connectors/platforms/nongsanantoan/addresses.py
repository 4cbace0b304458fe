"""Where the pages of this family are. `Source.paths` may rename the four prefixes; what follows them is a slug."""

from __future__ import annotations

from connectors.contract import Source
from connectors.reading import Document, below, path_of, same_ref

PATHS = {
    "sellers": "/shop",
    "categories": "/danh-muc-san-pham",
    "products": "/san-pham",
    "board": "/ket-noi",
}
# Known and never fetched: what needs a login, other people's e-mail addresses, pages without sellers or goods.
NEVER = frozenset(
    {
        "/about",
        "/danh-muc-tin-tuc",
        "/dia-diem-kinh-doanh",
        "/document",
        "/get-cart",
        "/image",
        "/lien-he",
        "/login",
        "/map",
        "/messenger",
        "/register",
        "/search",
        "/thu-vien-anh",
        "/tro-giup",
        "/user",
        "/user-activity",
        "/van-ban-qppl",
        "/video",
        "/vung-san-xuat",
    }
)
# Selections of products whose addresses look like categories.
SELECTIONS = frozenset({"khuyen-mai", "moi-ban", "mua-nhieu", "quan-tam"})

_KINDS = {"sellers": ("sellers", "seller"), "categories": ("category", "category"), "board": ("board", "post")}


def prefix(source: Source, name: str) -> str:
    """The path of a list, e.g. "/shop"; the things in it are below."""
    return "/" + source.paths.get(name, PATHS[name]).strip("/")


def slug(document: Document, name: str, href: str | None) -> str | None:
    """The key of a thing by its address, None when the address leads elsewhere."""
    return _slug(document.source, name, document.path(href))


def _slug(source: Source, name: str, path: str) -> str | None:
    """In small letters: these sites make their slugs so and find them in any case; "/Shop/ABC" is no other seller."""
    path, top = path.lower(), prefix(source, name).lower() + "/"
    rest = path.removeprefix(top).rstrip("/")
    return rest if path.startswith(top) and rest and "/" not in rest else None


def own_ref(document: Document, name: str) -> str:
    """The key of the thing a page is about. Raises ReadError id_mismatch when the page contradicts its address."""
    return same_ref(document, slug(document, name, document.address), slug(document, name, document.canonical))


def kind_of(source: Source, url: str) -> str | None:
    """The kind of page an address leads to; None for pages that are not read."""
    path = path_of(source, url)
    if below(path.lower(), NEVER):
        return None
    if _slug(source, "products", path):
        return "product"
    for name, (whole, single) in _KINDS.items():
        if path.rstrip("/").lower() == prefix(source, name).lower():
            return whole
        if _slug(source, name, path):
            return single
    return None
