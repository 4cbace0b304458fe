"""The dress of buudien.vn: lists that only a script can draw, a sitemap, and products in JSON-LD and OpenGraph."""

from __future__ import annotations

from html import escape
from pathlib import Path

from ..floor import Floor
from ..frame import Frame
from ..paging import Bend, cut
from ..records import Listing
from ..reply import Reply, Request
from .facts import crumbs, found, inline, metas, picture, schema, shop_path, sitemap

_FRAME = Frame(Path(__file__).with_name("buudien.html"), lambda base: {})  # noqa: ARG005 - nothing but the address
_A_FILE = 40  # addresses


def page(floor: Floor, request: Request) -> Reply | None:
    """The page at an address, None where there is none."""
    first, *rest = request.path.strip("/").split("/")
    if not first:
        about = f'<meta property="og:title" content="Nông sản"><meta property="og:url" content="{request.base}/">'
        return _page(request, "Nông sản", " <h1>Nông sản</h1><p>Đang tải…</p>", "/", about)
    if first == "san-pham" and len(rest) == 1:
        listing = found(floor, rest[0])
        return None if listing is None else _product(floor, request, listing)
    if first == "shop" and len(rest) == 1:
        number = rest[0].removesuffix(".html").rpartition("-")[2]
        return plain(request, escape(floor.sellers[number].name), "Gian hàng.") if number in floor.sellers else None
    if first == "tin-tuc" and not rest:
        return plain(request, "Tin tức", "Chưa có tin.")
    if first == "sitemap.xml":
        return _index(floor, request)
    if first == "sitemaps" and len(rest) == 1:
        return _pages(floor, request, rest[0])
    return None


def product_path(listing: Listing) -> str:
    return f"/san-pham/{listing.slug}-{listing.ref}.html"


def _page(request: Request, title: str, content: str, path: str, head: str = "", status: int = 200) -> Reply:
    slots = {"title": escape(title), "content": content, "canonical": escape(request.base + path), "head": head}
    return Reply(status, _FRAME.fill(request.base, slots))


def plain(request: Request, title: str, text: str, status: int = 200) -> Reply:
    """A page with a heading and a paragraph."""
    return _page(request, title, f" <h1>{title}</h1><p>{text}</p>", escape(request.path), status=status)


def _index(floor: Floor, request: Request) -> Reply:
    bend = None if request.bend == "paging_loop" else request.bend
    listings = floor.in_category("")
    files = {"tin-tuc.xml": "2026-11-01"}
    for number in range(1, cut(listings, {}, _A_FILE, bend).pages + 1):
        held = cut(listings, {"page": str(number)}, _A_FILE, bend).items
        files[f"san-pham-{number}.xml"] = str(max((one.updated for one in held), default="2026-11-01"))
    return sitemap("sitemapindex", ((f"{request.base}/sitemaps/{name}", day) for name, day in files.items()))


def _pages(floor: Floor, request: Request, name: str) -> Reply | None:
    if name == "tin-tuc.xml":
        return sitemap("urlset", [(f"{request.base}/tin-tuc", "2026-11-01")])
    number = name.removeprefix("san-pham-").removesuffix(".xml")
    if not (number.isascii() and number.isdecimal() and len(number) < 6):
        return None
    if request.bend == "paging_loop":  # each file names the next one, for ever
        return sitemap("sitemapindex", [(f"{request.base}/sitemaps/san-pham-{int(number) + 1}.xml", "2026-11-01")])
    bend: Bend | None = request.bend
    part = cut(floor.in_category(""), {"page": number}, _A_FILE, bend)
    return sitemap("urlset", ((request.base + product_path(one), f"{one.updated}") for one in part.items))


def _product(floor: Floor, request: Request, listing: Listing) -> Reply:
    base, path = request.base, product_path(listing)
    url = base + path
    seller = floor.sellers.get(listing.seller_ref or "")
    steps = [
        {"@type": "ListItem", "position": place, "name": label, "item": f"{base}/{slug}"}
        for place, (slug, label) in enumerate(crumbs(listing), 1)
    ]
    graph = [
        {"@type": "Organization", "name": "Nông sản Bưu điện", "url": base},
        {"@type": "BreadcrumbList", "itemListElement": steps},
        schema(base, url, listing, seller),
    ]
    head = f"""{metas(url, base, listing)}
 <script type="application/ld+json">{inline({"@context": "https://schema.org", "@graph": graph})}</script>"""
    shop = f'<p>Cửa hàng: <a href="{base}{shop_path(seller)}">{escape(seller.name)}</a></p>' if seller else ""
    content = f""" <article class="product-hero"><img src="{picture(base, listing.picture)}" alt="">
  <h1>{escape(listing.title)}</h1>{shop}</article>"""
    return _page(request, listing.title, content, path, head)
