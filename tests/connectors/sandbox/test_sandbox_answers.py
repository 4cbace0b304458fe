from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest
from sandbox_visit import one, visit

from connectors.sandbox import World
from connectors.sandbox.nongsanantoan import Nongsanantoan
from connectors.sandbox.records import NONGSAN, VOSO
from connectors.sandbox.voso import Voso


def test_an_unchanged_page_is_told_by_its_etag(voso: Voso) -> None:
    first = visit(voso, "/x-c137")
    again = visit(voso, "/x-c137", if_none_match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Length" not in again.headers
    assert visit(voso, "/x-c137", if_none_match='"other", W/' + first.headers["ETag"]).status == 304
    assert visit(voso, "/x-c137", if_none_match="*").status == 304
    assert visit(voso, "/x-c137", if_none_match='"other"').status == 200


def test_an_unchanged_page_is_told_by_its_time(voso: Voso, world: World) -> None:
    told = visit(voso, "/").headers["Last-Modified"]
    assert visit(voso, "/", if_modified_since=told).status == 304
    earlier = format_datetime(world.changed_at - timedelta(seconds=1), usegmt=True)
    assert visit(voso, "/", if_modified_since=earlier).status == 200
    assert visit(voso, "/", if_modified_since="yesterday").status == 200


def test_the_etag_decides_over_the_time(voso: Voso) -> None:
    told = visit(voso, "/").headers["Last-Modified"]
    assert visit(voso, "/", if_modified_since=told, if_none_match='"other"').status == 200


def test_a_change_shows_in_the_next_answer_and_only_where_it_is_seen(world: World, nongsan: Nongsanantoan) -> None:
    floor = world.floors[NONGSAN]
    listing, other = [item for item in floor.in_category("") if item.seller_ref][:2]
    page, elsewhere = f"/san-pham/{listing.ref}", f"/shop/{floor.all_sellers()[-1].ref}"
    before, unmoved = visit(nongsan, page), visit(nongsan, elsewhere)
    world.change_price(listing.ref, "123.000 ₫")
    after = visit(nongsan, page, if_none_match=before.headers["ETag"])
    assert after.status == 200
    assert one(after.soup, ".price-detail").get_text() == "123.000 ₫"
    assert visit(nongsan, elsewhere, if_none_match=unmoved.headers["ETag"]).status == 304
    assert visit(nongsan, page, if_modified_since=before.headers["Last-Modified"]).status == 200
    world.remove_listing(listing.ref)
    assert visit(nongsan, page).status == 404
    assert f"/san-pham/{other.ref}" in visit(nongsan, f"/shop/{other.seller_ref}").paths()


def test_new_and_removed_sellers_and_listings_show(world: World, voso: Voso) -> None:
    seller = world.add_seller(VOSO)
    listing = world.add_listing(seller.ref, "Thanh long mới", "25,000", category="225")
    shop, product = f"/x-s{seller.ref}", f"/x-p{listing.ref}.html"
    assert "25,000" in visit(voso, shop).text
    assert "Thanh long mới" in visit(voso, product).text
    assert f"/thanh-long-moi-p{listing.ref}.html" in visit(voso, "/x-c225?order=moi-nhat").paths()
    world.remove_seller(seller.ref)
    assert [visit(voso, path).status for path in (shop, product)] == [404, 404]


def test_the_board_changes_too(world: World, nongsan: Nongsanantoan) -> None:
    post = world.add_post()
    assert f"/ket-noi/{post.ref}" in visit(nongsan, "/ket-noi").paths(), "the newest comes first"
    world.remove_post(post.ref)
    assert visit(nongsan, f"/ket-noi/{post.ref}").status == 404


@pytest.mark.parametrize("target", ["/", "/nope"])
def test_head_is_get_without_a_body(voso: Voso, target: str) -> None:
    head, get = visit(voso, target, "HEAD"), visit(voso, target)
    assert head.body == b""
    assert (head.status, dict(head.headers)) == (get.status, dict(get.headers))


def test_other_methods_are_refused(voso: Voso) -> None:
    answer = visit(voso, "/", "POST")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_the_site_remembers_what_it_was_asked(voso: Voso) -> None:
    visit(voso, "/x-c137?page=2", user_agent="tester")
    seen = voso.seen[-1]
    assert (seen.method, seen.target, seen.status) == ("GET", "/x-c137?page=2", 200)
    assert seen.headers["user-agent"] == "tester"


def test_robots(voso: Voso, nongsan: Nongsanantoan) -> None:
    assert "Disallow: /cart" in visit(voso, "/robots.txt").text
    assert "Disallow: /login" in visit(nongsan, "/robots.txt").text
    assert visit(voso, "/robots.txt").headers["Content-Type"].startswith("text/plain")


def test_a_vietnamese_path_is_understood(nongsan: Nongsanantoan) -> None:
    assert visit(nongsan, "/shop/không-có").status == 404
