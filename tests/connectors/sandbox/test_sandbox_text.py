from __future__ import annotations

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_visit import one, visit

from connectors.sandbox import World
from connectors.sandbox.nongsanantoan import Nongsanantoan
from connectors.sandbox.records import NONGSAN, VOSO
from connectors.sandbox.voso import Voso

TITLES = st.text(alphabet="aăđẻỗ ưÀ<>&\"'/\\{}-;1", min_size=1, max_size=30).map(lambda text: f"x{text}x")

WORLD = World(seed=1, sellers=6, listings=6)
SITES = Voso(WORLD), Nongsanantoan(WORLD)


@given(TITLES)
@settings(max_examples=30, deadline=None)
def test_whatever_a_title_holds_the_pages_tell_exactly_that(title: str) -> None:
    voso, nongsan = SITES
    shop, seller = WORLD.floors[VOSO].all_sellers()[0], WORLD.floors[NONGSAN].all_sellers()[0]
    here, there = WORLD.add_listing(shop.ref, title), WORLD.add_listing(seller.ref, title)
    try:
        page = visit(voso, f"/x-p{here.ref}.html")
        start = page.text.index("var product = ") + len("var product = ")
        assert json.JSONDecoder().raw_decode(page.text, start)[0]["name"] == title
        assert one(page.soup, "h1.c-product-head__title span").get_text() == title
        assert one(visit(nongsan, f"/san-pham/{there.ref}").soup, "h1.title.none-mobile").get_text().rstrip() == title
    finally:
        WORLD.remove_listing(here.ref)
        WORLD.remove_listing(there.ref)


def test_every_address_of_mail_is_invented(shared_voso: Voso, shared_nongsan: Nongsanantoan) -> None:
    pages = [visit(shared_nongsan, f"/shop/{ref}") for ref in list(shared_nongsan.floor.sellers)[:200]]
    pages += [visit(shared_nongsan, f"/san-pham/{ref}") for ref in list(shared_nongsan.floor.listings)[:200]]
    pages += [visit(shared_nongsan, "/ket-noi"), visit(shared_voso, "/")]
    found = {mail for page in pages for mail in re.findall(r"[\w.-]+@[\w.-]+", page.text)}
    assert len(found) > 20
    assert all(mail.endswith("@example.vn") for mail in found), found


def test_the_hidden_address_of_mail_can_be_read_back(shared_voso: Voso) -> None:
    code = bytes.fromhex(str(one(visit(shared_voso, "/").soup, "a.__cf_email__")["data-cfemail"]))
    assert bytes(byte ^ code[0] for byte in code[1:]).decode() == "hotro@example.vn"
