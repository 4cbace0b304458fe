from __future__ import annotations

import json
import unicodedata
from collections import Counter

import pytest
from sandbox_visit import visit

from connectors.sandbox import Fault, World
from connectors.sandbox.faults import KINDS, Kind
from connectors.sandbox.garbling import renamed
from connectors.sandbox.nongsanantoan import Nongsanantoan
from connectors.sandbox.records import VOSO
from connectors.sandbox.site import CONTROL
from connectors.sandbox.voso import Voso


def test_a_status_heals_after_its_times(nongsan: Nongsanantoan) -> None:
    nongsan.faults.add(Fault(kind="status", path="/shop*", status=500, times=2))
    assert [visit(nongsan, "/shop?page=1").status for _ in range(3)] == [500, 500, 200]
    assert nongsan.faults.active() == ()


def test_only_the_matching_addresses_are_struck(nongsan: Nongsanantoan) -> None:
    nongsan.faults.add(Fault(kind="status", path="/shop?page=2", status=403))
    assert visit(nongsan, "/shop?page=2").status == 403
    assert visit(nongsan, "/shop?page=3").status == 200
    assert visit(nongsan, "/ket-noi").status == 200


def test_too_many_requests_tell_when_to_come_back(voso: Voso) -> None:
    voso.faults.add(Fault(kind="status", status=429, retry_after=7))
    answer = visit(voso, "/")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize("status", [200, 403, 503])
def test_the_challenge(voso: Voso, status: int) -> None:
    voso.faults.add(Fault(kind="challenge", status=status))
    answer = visit(voso, "/x-c137")
    assert answer.status == status
    assert "Just a moment" in answer.text
    assert not answer.soup.select(".f-items")


def test_redirects(voso: Voso) -> None:
    voso.faults.add(Fault(kind="moved", path="/x-c137", location="https://khac.example.vn"))
    voso.faults.add(Fault(kind="redirect_loop", path="/x-c225"))
    moved, loop = visit(voso, "/x-c137"), visit(voso, "/x-c225")
    assert (moved.status, moved.headers["Location"]) == (301, "https://khac.example.vn/x-c137")
    assert (loop.status, loop.headers["Location"]) == (302, "/x-c225")


@pytest.mark.parametrize(
    ("site", "path", "item"),
    [
        ("nongsan", "/shop", ".media"),
        ("nongsan", "/ket-noi", ".buy-li"),
        ("voso", "/x-c137", ".f-items"),
        ("cooplink", "/", ".notice-row"),
        ("cooplink", "/?dress=cards", ".notice-card"),
    ],
)
def test_bent_lists_are_whole_pages(site: str, path: str, item: str, request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(site)
    whole = len(visit(found, path).soup.select(item))
    assert whole
    found.faults.add(Fault(kind="empty_list", path=path, times=1))
    answer = visit(found, path)
    assert (answer.status, len(answer.soup.select(item))) == (200, 0)
    assert answer.text.rstrip().endswith("</html>")
    found.faults.add(Fault(kind="renamed_class", path=path, times=1))
    renamed = visit(found, path).soup
    assert len(renamed.select(".x-item")) == whole
    assert not renamed.select(item)
    assert len(visit(found, path).soup.select(item)) == whole


def test_half_of_a_list(world: World, voso: Voso) -> None:
    def shown() -> int:
        return sum(len(visit(voso, f"/x-c137?page={page}").soup.select(".f-items")) for page in range(1, pages + 1))

    total = len(world.floors[VOSO].in_category("137"))
    pages = -(-total // 24)
    assert shown() == total
    voso.faults.add(Fault(kind="half_list"))
    pages = -(-(total // 2) // 24)
    assert shown() == total // 2


def test_paging_for_ever(nongsan: Nongsanantoan) -> None:
    nongsan.faults.add(Fault(kind="paging_loop", path="/shop*"))
    first, far = visit(nongsan, "/shop"), visit(nongsan, "/shop?page=5000")
    for answer, following in ((first, 2), (far, 5001)):
        assert f"/shop?page={following}" in answer.paths()
    names = [[title.get_text() for title in answer.soup.select(".item-title a")] for answer in (first, far)]
    assert names[0] == names[1] != []


def test_a_class_of_ones_own_choice_is_renamed_and_nothing_like_it(voso: Voso) -> None:
    voso.faults.add(Fault(kind="renamed_class", find="f-items", replace="card"))
    soup = visit(voso, "/x-c137").soup
    assert soup.select(".card")
    assert not soup.select(".f-items")
    assert soup.select(".f-items_name"), "another class that only begins alike"


def test_broken_bodies(voso: Voso) -> None:
    whole = visit(voso, "/x-c137").body
    voso.faults.add(Fault(kind="truncated", path="/x-c137"))
    assert visit(voso, "/x-c137").body == whole[: len(whole) // 2]
    voso.faults.add(Fault(kind="dropped", path="/x-c137"))
    dropped = visit(voso, "/x-c137")
    assert len(dropped.body) < int(dropped.headers["Content-Length"]) == len(whole)
    voso.faults.add(Fault(kind="empty_body", path="/x-c137"))
    assert visit(voso, "/x-c137").body == b""
    voso.faults.add(Fault(kind="huge", path="/x-c137", size=1_000_000))
    assert len(visit(voso, "/x-c137").body) > 1_000_000
    voso.faults.add(Fault(kind="binary", path="/x-c137"))
    with pytest.raises(UnicodeDecodeError):
        visit(voso, "/x-c137").body.decode()
    voso.faults.add(Fault(kind="json", path="/x-c137"))
    answer = visit(voso, "/x-c137")
    assert "json" in answer.headers["Content-Type"]
    assert json.loads(answer.body)["success"] is False


def test_an_endless_body_ends_with_the_sandbox(voso: Voso) -> None:
    voso.faults.add(Fault(kind="endless"))
    voso.faults.stop.set()
    answer = visit(voso, "/")
    assert answer.body == b"<!DOCTYPE html><html><body>"
    assert "Content-Length" not in answer.headers


def test_a_slow_body_is_the_same_body(voso: Voso) -> None:
    whole = visit(voso, "/x-c137").body
    voso.faults.add(Fault(kind="slow", seconds=0.001))
    assert visit(voso, "/x-c137").body == whole


def test_robots_are_struck_only_when_named(voso: Voso) -> None:
    voso.faults.add(Fault(kind="status", status=500))
    assert visit(voso, "/robots.txt").status == 200
    voso.faults.add(Fault(kind="status", path="/robots.txt", status=503))
    assert visit(voso, "/robots.txt").status == 503
    voso.faults.clear()
    voso.faults.add(Fault(kind="robots_forbid"))
    assert visit(voso, "/robots.txt").text == "User-agent: *\nDisallow: /\n"
    assert visit(voso, "/").status == 200


def test_the_newest_fault_comes_first_and_clearing_ends_all(voso: Voso) -> None:
    voso.faults.add(Fault(kind="status", status=500))
    voso.faults.add(Fault(kind="status", status=404, times=1))
    assert [visit(voso, "/").status for _ in range(2)] == [404, 500]
    voso.faults.clear()
    assert visit(voso, "/").status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_no_fault_is_answered_as_unchanged(voso: Voso, kind: Kind) -> None:
    etag = visit(voso, "/x-c137").headers["ETag"]
    voso.faults.add(Fault(kind=kind, path="/x-c137", seconds=0.001, size=1_000))
    voso.faults.stop.set()
    assert visit(voso, "/x-c137", if_none_match=etag).status != 304 or kind == "robots_forbid"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "nonsense"}, "kind must be one of"),
        ({"status": 99}, "between 200 and 599"),
        ({"times": 0}, "at least 1"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Fault(**{"kind": "status", **values})  # type: ignore[arg-type]  # wrong on purpose


# The control path


def test_faults_are_set_seen_and_cleared_over_the_control_path(voso: Voso) -> None:
    told = json.dumps({"kind": "status", "path": "/x-c137", "status": 500, "times": 3}).encode()
    answer = visit(voso, CONTROL, "POST", told)
    assert (answer.status, json.loads(answer.body)) == (200, [{"kind": "status", "path": "/x-c137", "times": 3}])
    assert visit(voso, "/x-c137").status == 500
    assert len(json.loads(visit(voso, CONTROL).body)) == 1
    assert json.loads(visit(voso, CONTROL, "DELETE").body) == []
    assert visit(voso, "/x-c137").status == 200


def test_the_control_path_is_never_struck(voso: Voso) -> None:
    voso.faults.add(Fault(kind="status"))
    assert visit(voso, CONTROL).status == 200


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"no json", "Expecting value"),
        (b"[]", "kind"),
        (b'{"path": "/x"}', "kind"),
        (b'{"kind": "no such"}', "one of"),
        (b'{"kind": "status", "stauts": 500}', "stauts"),
        (b'{"kind": "status", "status": "500"}', "status"),
        (b'{"kind": "status", "times": true}', "times"),
        (b'{"kind": 5}', "kind"),
    ],
)
def test_a_wrong_fault_over_the_control_path_is_explained(voso: Voso, body: bytes, word: str) -> None:
    answer = visit(voso, CONTROL, "POST", body)
    assert answer.status == 400
    assert word in json.loads(answer.body)["error"]
    assert voso.faults.active() == ()


# What a fault makes of texts and records


def test_every_item_twice_and_the_first_one_everywhere(nongsan: Nongsanantoan) -> None:
    nongsan.faults.add(Fault(kind="duplicates", path="/shop*"))
    shown = [
        [title.get_text() for title in visit(nongsan, path).soup.select(".item-title a")]
        for path in ("/shop", "/shop?page=2")
    ]
    assert shown[0][0] == shown[1][0]
    assert all(count == 2 for name, count in Counter(shown[1]).items() if name != shown[1][0])


def test_addresses_in_another_case_lead_to_the_same_pages(nongsan: Nongsanantoan) -> None:
    slug = next(iter(nongsan.floor.sellers))
    nongsan.faults.add(Fault(kind="other_case"))
    links = {path for path in visit(nongsan, "/shop").paths() if path.lower().startswith("/shop/")}
    assert {path for path in links if path.isupper() or path[1:5] == "SHOP"}
    assert {path for path in links if path.startswith("/shop/")}
    assert visit(nongsan, f"/SHOP/{slug.upper()}").status == 200
    nongsan.faults.clear()
    assert visit(nongsan, f"/SHOP/{slug.upper()}").status == 404


def test_letters_and_marks_apart_also_inside_a_script(voso: Voso, world: World) -> None:
    listing = next(item for item in voso.floor.listings.values() if item.seller_ref)
    world.replace_listing(listing._replace(title="Gạo huyết rồng"))
    path = f"/x-p{listing.ref}.html"
    assert "G\\u1ea1o huy\\u1ebft" in visit(voso, path).text
    voso.faults.add(Fault(kind="nfd"))
    answer = visit(voso, path).text
    assert unicodedata.is_normalized("NFD", answer)
    assert "Ga\\u0323o huye\\u0302\\u0301t" in answer.replace("\\u0061", "a").replace("\\u0065", "e")


def test_prices_as_pictures_and_no_word_of_the_seller(voso: Voso, nongsan: Nongsanantoan) -> None:
    for site, price in ((voso, ".b__price strong"), (nongsan, "p.discount")):
        path = "/x-c137" if site is voso else "/danh-muc-san-pham"
        assert any(box.get_text(strip=True) for box in visit(site, path).soup.select(price))
        site.faults.add(Fault(kind="price_picture"))
        boxes = visit(site, path).soup.select(price)
        assert boxes
        assert all(box.img and not box.get_text(strip=True) for box in boxes)
        site.faults.clear()
    listing = next(iter(nongsan.floor.listings.values()))
    assert "/shop/" in visit(nongsan, f"/san-pham/{listing.ref}").soup.select(".row-sx")[0].decode()
    nongsan.faults.add(Fault(kind="no_seller"))
    assert "/shop/" not in visit(nongsan, f"/san-pham/{listing.ref}").soup.select(".row-sx")[0].decode()


def test_keys_of_an_answer_for_scripts_are_renamed_like_classes() -> None:
    assert renamed(b'[{"name": "name", "names": 1}]', ("name",), "x-item") == b'[{"x-item": "name", "names": 1}]'
