"""The pages of prices, their twins, and the panel of a commodity on other pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.catalogue import offers
from marketplace.catalogue.models import Listing, PricePoint
from marketplace.db import db
from marketplace.sync.models import Run
from tests.marketplace.web.catalogue import NOW, NS, Ids
from tests.marketplace.web.conftest import Market
from tests.marketplace.web.reading import read

WHITE = "/gia/thanh-long-ruot-trang"


def test_a_commodity_is_told_in_a_sentence_with_its_age(client: FlaskClient) -> None:
    page = read(client, WHITE)
    assert page.title == "Giá thanh long ruột trắng: 26.000\u00a0₫/kg – Nông sản Long An"
    assert "24 tin của 1 người bán có giá quy ra kg: đều 26.000 ₫ /kg. Đọc ngày 23/11/2026" in page.text
    assert page.html.select("svg.range path.l2")
    assert "1–20 trong 24" in page.text
    assert "/gia/thanh-long-ruot-trang?trang=2" in page.links()
    assert read(client, f"{WHITE}?trang=2").status == 200
    assert read(client, f"{WHITE}?trang=3").status == 404


def test_prices_that_were_read_too_long_ago_are_shown_and_not_counted(client: FlaskClient) -> None:
    page = read(client, "/gia/chanh-khong-hat")
    assert "Chưa có tin nào có giá quy ra kg để so." in page.text
    assert "Không tính vào giá: 1 tin đọc đã quá 7 ngày." in page.text
    assert "voso.vn" in page.text
    assert not page.html.select("svg.range")
    assert "0912 *** 678" in page.text, "contacts in titles stay masked"


def test_a_commodity_nobody_offers_says_so_and_an_unknown_one_is_no_page(client: FlaskClient) -> None:
    page = read(client, "/gia/mam-ruoc")
    assert page.status == 200
    assert "Chưa thấy tin nào bán mắm ruốc" in page.text
    assert read(client, "/gia/khong-co").status == 404
    assert read(client, "/gia/khong-co.json").status == 404


def test_the_list_of_commodities_tells_range_and_age(client: FlaskClient) -> None:
    page = read(client, "/gia")
    rows = [" ".join(row.get_text(" ").split()) for row in page.html.select("tbody tr")]
    assert "Thanh long ruột trắng 24 1 26.000 26.000 23/11/2026" in rows
    assert "Chanh không hạt 1 đọc đã quá 7 ngày: chưa so được" in rows
    assert WHITE in page.links()


def test_the_twins_tell_the_same(client: FlaskClient) -> None:
    told = client.get(f"{WHITE}.json").get_json()
    assert told["per_kg_vnd"] == {
        "lowest": 26_000,
        "middle_half": [26_000, 26_000],
        "median": 26_000,
        "highest": 26_000,
        "listings": 24,
        "sellers": 1,
        "read_from": "2026-11-23T07:00:00+07:00",
        "read_until": "2026-11-23T07:00:00+07:00",
    }
    assert len(told["results"]) == 20
    assert told["by_source"] == {"nongsanantoanlongan.vn": told["per_kg_vnd"]}
    every = {one["slug"]: one for one in client.get("/gia.json").get_json()["commodities"]}
    assert every["thanh-long-ruot-trang"]["per_kg_vnd"] == told["per_kg_vnd"]
    assert every["chanh-khong-hat"]["per_kg_vnd"] is None, "no data is not zero"
    assert len(_rows(client, f"{WHITE}.csv")) == 25
    assert len(_rows(client, "/gia.csv")) == len(every) + 1
    assert _rows(client, f"{WHITE}/theo-tuan.csv")[0][0].endswith("Tuần đến")


def _rows(client: FlaskClient, address: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(address).get_data(as_text=True))))


def test_a_listing_shows_the_prices_of_its_commodity(client: FlaskClient, ids: Ids) -> None:
    page = read(client, "/gia/gao-nang-thom-cho-dao")
    listing = next(link for link in page.links() if link.startswith("/san-pham/"))
    panel = read(client, listing).html.select_one(".family")
    assert panel is not None
    assert "Cùng một mặt hàng: gạo Nàng Thơm Chợ Đào" in panel.get_text()
    assert panel.select('a[href="/gia/gao-nang-thom-cho-dao"]')
    assert not read(client, f"/san-pham/{ids.hostile}").html.select(".family")


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/tim?q=gao+nang+thom", "gạo Nàng Thơm Chợ Đào"),
        ("/tim?q=G%E1%BA%A1o+Ch%E1%BB%A3+%C4%90%C3%A0o&loai=san-pham", "gạo Nàng Thơm Chợ Đào"),
        ("/tim?q=thanh+long+ru%E1%BB%99t+tr%E1%BA%AFng", "thanh long ruột trắng"),
        ("/tim?q=thanh+long", ""),
        ("/tim?q=gao+-%22nang+thom%22", ""),
        ("/tim?q=chanh+kh%C3%B4ng+h%E1%BA%A1t", ""),  # nothing to compare
        ("/tim", ""),
        ("/nguoi-ban?q=thanh+long+ruot+trang", ""),
        ("/tim?q=khong+co+gi", ""),
    ],
)
def test_a_search_that_names_a_commodity_shows_its_prices(client: FlaskClient, address: str, named: str) -> None:
    panels = [panel.get_text() for panel in read(client, address).html.select(".family h2")]
    assert panels == ([f"Cùng một mặt hàng: {named}"] if named else [])


def test_the_box_says_that_it_does_not_keep_to_the_filters(client: FlaskClient) -> None:
    address = "/tim?q=gao+nang+thom"
    assert "không theo bộ lọc" not in read(client, address).text
    assert "Trên mọi sàn, không theo bộ lọc." in read(client, f"{address}&loai=san-pham").text


def test_a_page_number_is_refused_by_the_file_too(client: FlaskClient) -> None:
    assert {read(client, f"{WHITE}{twin}?trang=0").status for twin in ("", ".csv", ".json")} == {400}


def test_home_leads_to_the_prices(client: FlaskClient) -> None:
    assert "/gia" in read(client, "/").links()


@pytest.fixture
def with_history(another: Callable[..., Market]) -> Market:
    """Nàng Thơm rice through seven weeks; in the fourth the marketplace was not read."""
    market = another()
    with market.app.app_context():
        session = db.session()
        for row in session.query(Listing).filter(Listing.title.startswith("Gạo Nàng Thơm")):
            row.first_seen_at = NOW - timedelta(weeks=7)
            for week, price in ((7, 20_000), (2, 26_000)):
                session.add(
                    PricePoint(
                        listing_id=row.id,
                        run_id=market.ids.first_run,
                        at=NOW - timedelta(weeks=week),
                        price_vnd=price,
                        unit="kg",
                    )
                )
        for week in (6, 5, 3, 2):
            at = NOW - timedelta(weeks=week, hours=12)
            session.add(Run(source=NS, mode="sandbox", kind="full", started_at=at, finished_at=at, verdict="ok"))
        session.flush()
        offers.renew(session, session.scalars(select(Listing.id)).all())
        session.commit()
        db.session.remove()
    return market


def test_the_history_is_drawn_with_its_gap_and_told_in_a_table(with_history: Market) -> None:
    page = read(with_history.client, "/gia/gao-nang-thom-cho-dao")
    assert "mức giữa tăng từ 20.000 lên 26.000 ₫/kg" in page.text
    charts = page.html.select("svg.chart")
    assert [chart["class"][1] for chart in charts] == ["w-only", "n-only"]
    assert [len(chart.select("path.ln")) for chart in charts] == [2, 2], "the line is broken where nothing was read"
    assert page.html.select_one("details table tr.unk") is not None
    assert "nongsanantoanlongan.vn không đọc được" in page.text
    told = with_history.client.get("/gia/gao-nang-thom-cho-dao.json").get_json()["weeks"]
    assert [week["median"] for week in told][-1] == 26_000
    gaps = [week for week in told if week["median"] is None]
    assert [gap["sources_not_read"] for gap in gaps] == [["nongsanantoanlongan.vn"]] * len(gaps) != []


def test_prices_without_an_index_say_that_it_is_away(another: Callable[..., Market]) -> None:
    market = another(indexed=False)
    assert read(market.client, WHITE).status == 503
    assert read(market.client, "/gia").status == 503
    assert read(market.client, f"/san-pham/{market.ids.dragon_fruit}").status == 200
