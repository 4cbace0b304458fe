"""Where else a seller is, and offers the same product: on the page of a listing and of a seller."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Listing, Seller, Sighting
from marketplace.db import db
from tests.marketplace.web.catalogue import HOME, NOW, NS, PHONE
from tests.marketplace.web.conftest import Market
from tests.marketplace.web.reading import read

TAX_CODE = "1100101234"


def _seen(source: str, ref: str) -> dict[str, Any]:
    url = f"{HOME[source]}/{ref}"
    return {"source": source, "ref": ref, "url": url, "hashes": {}, "first_seen_at": NOW, "changed_at": NOW}


def _seller(session: Session, source: str, ref: str, name: str, **told: Any) -> int:
    row = Seller(**_seen(source, ref), name=name, **told)
    session.add(row)
    session.flush()
    return row.id


def _listing(session: Session, run: int, source: str, seller: int, title: str, **told: Any) -> int:
    row = Listing(**_seen(source, f"p-{title}-{seller}"), title=title, seller_id=seller, group_code="02", **told)
    session.add(row)
    session.flush()
    session.add(Sighting(kind="listing", record_id=row.id, run_id=run, seen_at=NOW - timedelta(days=9), outcome="new"))
    return row.id


@pytest.fixture
def spread_out(another: Callable[..., Market]) -> Market:
    """The cooperative of the catalogue on two more marketplaces, with and without the product."""
    market = another(indexed=False)
    with market.app.app_context():
        session = db.session()
        run = market.ids.good_run
        post = _seller(session, "postmart", "7", "Nông sản Dương Xuân Xanh", phone_key=PHONE)
        _seller(session, "longantrade", "8", "CTY Thanh Long", tax_code=TAX_CODE)
        _seller(session, "cooplink", "10", "Hộ Trần Văn Mẫu", phone_key=PHONE)
        other = _seller(session, "postmart", "9", "HTX Dương Xuân Xanh", phone_key=PHONE, tax_code="1100999999")
        _listing(session, run, "postmart", post, "THANH LONG RUỘT ĐỎ LOẠI 1", price_vnd=29_000, price_status="ok",
                 price_text="29.000đ", unit="kg", price_per_kg_vnd=29_000)  # fmt: skip
        _listing(session, run, "postmart", post, "Thanh long ruột trắng")
        _listing(session, run, "postmart", other, "Thanh long ruột đỏ loại 1")
        odd = {"price_text": "999.999.999đ", "price_vnd": 999_999_999, "price_status": "suspicious"}
        _listing(session, run, NS, market.ids.cooperative, "Thanh long ruột đỏ loại 1 giá tốt", **odd)
        bare = {"price_text": "31.000đ", "price_vnd": 31_000, "price_status": "ok"}
        _listing(session, run, NS, market.ids.cooperative, "Thanh long ruột đỏ loại 1 VietGAP", **bare)
        session.commit()
        db.session.remove()
    return market


def test_a_listing_shows_where_else_it_is_offered_and_why_we_think_so(spread_out: Market) -> None:
    page = read(spread_out.client, f"/san-pham/{spread_out.ids.dragon_fruit}")
    rows = page.html.select("section[aria-labelledby=h-noikhac] tbody tr")
    assert len(rows) == 1, "not the white one, not the other seller's"
    told = " ".join(rows[0].get_text(" ").split())
    assert "THANH LONG RUỘT ĐỎ LOẠI 1" in told
    assert "cùng số điện thoại, tên giống nhau; tên hàng giống nhau; khác cách đóng gói" in told
    assert "29.000 ₫/kg" in told
    assert "9 ngày trước" in told, "no price without its age"
    links = [str(link["href"]) for link in rows[0].select("a")]
    assert links[0].startswith("/san-pham/")
    assert links[1].startswith(HOME["postmart"])


@pytest.mark.parametrize("address", ["/san-pham/{dragon_fruit}", "/nguoi-ban/{cooperative}"])
def test_the_strip_shows_every_marketplace_of_the_seller(spread_out: Market, address: str) -> None:
    page = read(spread_out.client, address.format(**vars(spread_out.ids)))
    slots = [slot["class"] for slot in page.html.select(".s5 li")]
    assert slots == [["s-on"], ["s-unk"], ["s-on"], ["s-unk"], ["s-acc"]]
    assert "Nông sản Dương Xuân Xanh (cùng số điện thoại, tên giống nhau)" in page.text
    assert "CTY Thanh Long (cùng mã số thuế)" in page.text
    accounts = [item.get_text(" ", strip=True) for item in page.html.select("[aria-label='Tài khoản khác'] li")]
    assert len(accounts) == 2, "not the neighbour with the same telephone, not the one with another tax code"


def test_other_listings_on_the_same_marketplace_are_said_to_be_there(spread_out: Market) -> None:
    page = read(spread_out.client, f"/san-pham/{spread_out.ids.dragon_fruit}")
    panel = page.html.select_one("section[aria-labelledby=h-tinkhac]")
    assert panel is not None
    assert panel.select_one("h2").get_text() == "Tin khác cùng mặt hàng của người bán này"  # type: ignore[union-attr]  # it is there
    assert "Gộp tin của người bán này trên nongsanantoanlongan.vn" in panel.get_text()
    odd, bare = (" ".join(row.get_text(" ").split()) for row in panel.select("tbody tr"))
    assert "“999.999.999đ” giá đáng ngờ, chưa dùng để so sánh" in odd, "with its warning, as everywhere"
    assert "31.000 ₫ sàn không ghi đơn vị" in bare.replace("\u00a0", " ")
    away = page.html.select_one("section[aria-labelledby=h-noikhac]")
    assert away is not None
    assert "cùng mã số thuế, hoặc cùng cả số điện thoại lẫn tên" in away.get_text()
    assert "postmart.vn và voso.vn không cho thấy số điện thoại" in away.get_text()


def test_a_listing_nobody_else_offers_shows_no_panel(spread_out: Market) -> None:
    page = read(spread_out.client, f"/san-pham/{spread_out.ids.suspicious}")
    assert page.status == 200
    assert not page.html.select("section[aria-labelledby=h-noikhac]")
    assert read(spread_out.client, f"/san-pham/{spread_out.ids.ownerless}").status == 200
