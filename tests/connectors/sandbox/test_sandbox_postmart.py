"""The sandbox of postmart and buudien: one floor in two dresses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sandbox_visit import Answer, attribute, one, visit, walk

from connectors.sandbox import Fault, World
from connectors.sandbox.postmart import Dress, Postmart
from connectors.sandbox.records import Listing

JSON = "application/json"
BOTH: tuple[Dress, ...] = ("fleetcart", "buudien")
both = pytest.mark.parametrize("dress", BOTH)


def site(dress: Dress = "fleetcart") -> Postmart:
    return Postmart(World(sellers=120, listings=500), dress)


def answer(found: Postmart, target: str) -> dict[str, Any]:
    told = visit(found, target, accept=JSON)
    assert told.headers["Vary"] == "Accept"
    products: dict[str, Any] = json.loads(told.body)["products"]
    return products


def linked_data(told: Answer) -> Any:
    return json.loads(one(told.soup, 'script[type="application/ld+json"]').get_text())


def locations(found: Postmart, target: str) -> list[str]:
    """What a sitemap lists."""
    return re.findall(r"<loc>http://127\.0\.0\.1:8000([^<]+)</loc>", visit(found, target).text)


def path_of(found: Postmart, listing: Listing) -> str:
    top = {"fleetcart": "/p", "buudien": "/san-pham"}[found.dress]
    return f"{top}/{listing.slug}-{listing.ref}.html"


def test_lists_are_json_for_those_who_ask_and_empty_shells_for_the_others() -> None:
    found = site()
    pages = [answer(found, f"/products?perPage=50&page={page}") for page in (1, 2, 3)]
    assert pages[0]["last_page"] == 3
    assert [page["next_page_url"] is None for page in pages] == [False, False, True]
    refs = [str(item["id"]) for page in pages for item in page["data"]]
    assert sorted(refs) == sorted(found.floor.listings)
    assert refs == sorted(refs, key=int, reverse=True), "the newest first"
    shell = visit(found, "/products?perPage=50")
    assert shell.headers["Content-Type"].startswith("text/html")
    assert not shell.soup.select(".product-card, [href*='.html']")
    assert len(answer(found, "/products?perPage=500")["data"]) == 50
    assert len(answer(found, "/products?perPage=x")["data"]) == 30
    category = found.floor.in_category("")[0].category
    listed = answer(found, f"/categories/{category}/products?perPage=50")
    assert listed["total"] == len(found.floor.in_category(category))
    assert visit(found, "/categories/khong-co/products").status == 404


def test_a_product_page_says_everything_five_times() -> None:
    found = site()
    listing = next(item for item in found.floor.in_category("") if item.list_price_vnd and item.seller_ref)
    told = visit(found, path_of(found, listing))
    soup, data = told.soup, linked_data(told)
    item = json.loads(attribute(soup, "product-show", ":product"))
    assert data["name"] == item["name"] == attribute(soup, 'meta[property="og:title"]', "content") == listing.title
    assert one(soup, "h1.product-name").get_text() == listing.title
    amount = f"{listing.price_vnd}.0000"
    assert data["offers"]["price"] == item["selling_price"]["amount"] == amount
    assert attribute(soup, 'meta[property="product:price:amount"]', "content") == amount
    shown = f"{listing.price_vnd:,}".replace(",", ".") + "\u00a0₫"
    assert one(soup, ".details-info-middle .product-price").get_text().startswith(shown)
    assert item["price"]["amount"] == f"{listing.list_price_vnd}.0000"
    seller = found.floor.sellers[listing.seller_ref or ""]
    assert data["offers"]["seller"]["name"] == one(soup, ".seller-info .seller-name").get_text() == seller.name
    assert visit(found, attribute(soup, "a.seller-link", "href").removeprefix("http://127.0.0.1:8000")).status == 200
    older = visit(found, f"/p/{listing.slug}")
    assert (older.status, older.headers["Location"]) == (301, "http://127.0.0.1:8000" + path_of(found, listing))


def test_the_other_dress_tells_machines_only() -> None:
    found = site("buudien")
    listing = next(item for item in found.floor.in_category("") if item.seller_ref)
    told = visit(found, path_of(found, listing))
    product = linked_data(told)["@graph"][-1]
    assert (product["name"], product["offers"]["price"]) == (listing.title, f"{listing.price_vnd}.0000")
    assert not told.soup.select(".product-price, product-show, [data-theme-color]")


@both
def test_robots_lead_to_the_sitemap_and_it_to_every_product(dress: Dress) -> None:
    found = site(dress)
    robots = visit(found, "/robots.txt").text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in robots
    seen: set[str] = set()
    left = ["/sitemap.xml"]
    while left:
        paths = locations(found, left.pop())
        left += [path for path in paths if path.endswith(".xml")]
        seen |= {path for path in paths if path.endswith(".html")}
    assert seen == {path_of(found, listing) for listing in found.floor.in_category("")}


@both
def test_every_page_says_that_it_is_a_sandbox(dress: Dress) -> None:
    found = site(dress)
    listing = found.floor.in_category("")[0]
    for target in ("/", path_of(found, listing), "/nope"):
        told = visit(found, target)
        assert one(told.soup, ".sandbox-banner").get_text() == "Trang mẫu: dữ liệu bịa"
        assert "postmart.vn" not in told.text
        assert "buudien.vn" not in told.text
    assert walk(found, ["/"], "/|/products|/p/.*")
    assert visit(found, "/media/a/b/c/x.jpg").headers["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize("target", ["/p/x-1.html", "/p/", "/shop/x-1.html", "/san-pham/x-1.html", "/sitemaps/x.xml"])
@both
def test_what_is_not_there_is_a_404(dress: Dress, target: str) -> None:
    assert visit(site(dress), target).status == 404


def test_a_bent_list_is_a_whole_answer() -> None:
    found = site()
    whole = answer(found, "/products")
    found.faults.add(Fault(kind="empty_list", times=1))
    assert answer(found, "/products")["data"] == []
    found.faults.add(Fault(kind="half_list", times=1))
    assert answer(found, "/products")["total"] == whole["total"] // 2
    found.faults.add(Fault(kind="paging_loop"))
    first, far = answer(found, "/products"), answer(found, "/products?page=700")
    assert first["data"] == far["data"]
    assert far["next_page_url"]
    found.faults.clear()
    found.faults.add(Fault(kind="renamed_class", times=1))
    assert "data" not in answer(found, "/products")
    assert answer(found, "/products") == whole


def test_a_bent_sitemap_is_a_whole_sitemap() -> None:
    found = site("buudien")

    def listed() -> int:
        files = [path for path in locations(found, "/sitemap.xml") if "san-pham" in path]
        return sum(len(locations(found, file)) for file in files)

    assert listed() == len(found.floor.listings)
    found.faults.add(Fault(kind="half_list"))
    assert listed() == len(found.floor.listings) // 2
    found.faults.add(Fault(kind="empty_list"))
    assert listed() == 0
    found.faults.add(Fault(kind="paging_loop"))
    assert "san-pham-8.xml" in visit(found, "/sitemaps/san-pham-7.xml").text
