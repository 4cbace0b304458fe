"""The filters and the order of a search: what can be chosen, what a count promises, how it stands in the address."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.catalogue import indexing
from marketplace.catalogue.models import Seller
from marketplace.catalogue.search_request import BY_PARAM, SearchRequest
from marketplace.db import db, writer
from search_index.documents import FacetCount
from tests.marketplace.web.catalogue import NOW, NS, VS
from tests.marketplace.web.conftest import Market
from tests.marketplace.web.reading import read
from tests.marketplace.web.test_web_search import facet, titles, told


def test_the_filters_stand_in_their_order(client: FlaskClient) -> None:
    page = read(client, "/tim")
    assert [heading.get_text() for heading in page.html.select(".facet h3")] == [
        "Loại",
        "Sàn",
        "Nhóm hàng",
        "Nơi (huyện trước 01/07/2025)",
        "Xã, phường hiện nay",
        "Chứng nhận, kể cả tự công bố",
        "Giá mỗi kg",
        "Tình trạng hàng",
        "Thấy trên sàn",
    ]
    assert facet(page, "Chứng nhận, kể cả tự công bố") == {
        "Hữu cơ": 1,
        "OCOP 4 sao": 1,
        "VietGAP": 2,
        "VietGAP, có ghi số": 2,
        "Không thấy ghi": 38,
    }
    assert facet(page, "Giá mỗi kg") == {"20.000 – 30.000\u00a0₫": 35, "Chưa rõ giá": 2}
    assert facet(page, "Tình trạng hàng") == {"Còn hàng": 1, "Chưa rõ": 36}
    assert facet(page, "Xã, phường hiện nay")["Xã An Lục Long"] == 26


def test_seen_within_is_cumulative_and_filters_what_it_counts(client: FlaskClient) -> None:
    counts = facet(read(client, "/tim"), "Thấy trên sàn")
    assert counts == {
        "Hôm nay, hôm qua": 40,
        "3\u00a0ngày qua": 40,
        "7\u00a0ngày qua": 40,
        "30\u00a0ngày qua": 45,
    }
    assert told(client, "thay=1")["total"] == 40
    assert told(client, "thay=30")["total"] == 45
    assert told(client, "thay=cu-hon")["total"] == 0, "older than all there is: nothing, not everything"
    assert told(client, "thay=cu-hon&thay=7")["total"] == 40
    with time_machine.travel(NOW + timedelta(days=25)):
        later = read(client, "/tim?thay=cu-hon")
        assert facet(later, "Thấy trên sàn") == {"30\u00a0ngày qua": 40, "Lâu hơn 30\u00a0ngày": 5}
        assert titles(later)
        assert all("voso" in item.get_text() for item in later.html.select("ul.list > li"))


@pytest.mark.parametrize("query", ["", "q=thanh+long", f"san={NS}&gia=20-30", "cn=vietgap&cn=huu-co&huyen=808"])
def test_every_count_is_what_its_link_finds(client: FlaskClient, query: str) -> None:
    page = read(client, f"/tim?{query}")
    links = [
        (str(link["href"]), int(link.select(":scope > span")[2].get_text(strip=True).lstrip(":").replace(".", "")))
        for link in page.html.select(".facet a:not([aria-current])")
    ]
    chosen_already = page.html.select(".facet a[aria-current]")
    for href, count in links:
        total = read(client, href).html.select_one("[role=status] strong")
        assert total is not None
        found = sum(int(part.split()[0].replace(".", "")) for part in total.get_text().split(", "))
        if not chosen_already:
            assert found == count, href
        else:
            assert found >= count, href


def test_a_long_filter_is_folded_and_what_is_chosen_stays_in_sight() -> None:
    asked = SearchRequest(today=date(2026, 11, 23), filters={"xa": ("28243",)})
    units = BY_PARAM["xa"]
    counts = [FacetCount(code, 99 - at) for at, code in enumerate(units.labels()) if code != "chua-ro"]
    panel = asked.panel(units, [*counts, FacetCount("chua-ro", 500)])
    assert len(panel.first) == 9
    assert panel.first[-1].chosen
    assert len(panel.first) + len(panel.folded) == len(counts)
    assert [value.value for value in panel.last] == ["chua-ro"]
    short = asked.panel(units, counts[:9])
    assert len(short.first) == 10, "all of a short one, and the chosen value without hits"
    assert not short.folded


def test_hits_can_be_ordered_by_price_and_by_first_sighting(client: FlaskClient) -> None:
    cheap = told(client, "loai=san-pham&xep=gia")
    prices = [item["price"]["per_kg_vnd"] for item in cheap["results"]]  # type: ignore[attr-defined]  # plain JSON
    assert prices == sorted(prices)
    assert cheap["sort"] == "gia"
    last = told(client, "loai=san-pham&xep=gia&trang=2")["results"]
    assert last[-1]["price"]["per_kg_vnd"] is None, "without a price per kg at the end"  # type: ignore[index]  # plain JSON
    assert told(client, "xep=moi")["total"] == 45


def test_hits_can_be_ordered_by_nearness(client: FlaskClient) -> None:
    near = told(client, "xep=gan&gan=808")
    places = [item["place"] for item in near["results"]]  # type: ignore[attr-defined]  # plain JSON
    assert all("Châu Thành cũ" in place for place in places[:20])
    assert told(client, "gan=808") == near, "a place alone means the same"
    assert told(client, "xep=khop&gan=808")["near"] == ""
    far = told(client, "xep=gan&gan=807&trang=3")["results"]
    assert far[-1]["place"] == "", "an unknown place comes last"  # type: ignore[index]  # plain JSON
    unit = told(client, "xep=gan&gan=28243")
    assert unit["results"][0]["place"] == "xã An Lục Long (Châu Thành cũ)"  # type: ignore[index]  # plain JSON


def test_an_address_of_today_lies_in_its_old_district_and_near(another: Callable[..., Market]) -> None:
    """It names a unit alone; where that lies in one old district, the filter and the order know which."""
    market = another(indexed=False)
    with market.app.app_context():
        config, session = market.app.config["MARKETPLACE"], db.session()
        today_form = {"province": "Tây Ninh", "old_district": None, "old_commune": None, "unit_2025": "27943"}
        session.execute(update(Seller).where(Seller.id == market.ids.household).values(today_form))
        session.commit()
        indexing.rebuild(writer(db.engine), config.index_folder, config.search.backend)
        db.session.remove()
    here = told(market.client, "xa=27943")
    total = here["total"]
    assert total
    assert [(line["label"], line["count"]) for line in here["facets"]["huyen"]] == [("Đức Hòa", total)]  # type: ignore[index]  # plain JSON
    assert told(market.client, "huyen=802")["total"] == total
    for start in ("27943", "802"):
        near = told(market.client, f"xep=gan&gan={start}")["results"]
        places = [item["place"] for item in near]  # type: ignore[attr-defined]  # plain JSON
        assert all(place == "xã An Ninh, Tây Ninh" for place in places[:total])


def test_the_order_is_a_form_that_keeps_the_search(client: FlaskClient) -> None:
    page = read(client, "/tim?q=gao&nhom=03&xep=gia")
    form = page.html.select_one("form:has(select[name=xep])")
    assert form is not None
    assert {str(field["name"]): field["value"] for field in form.select("input")} == {"q": "gao", "nhom": "03"}
    assert form.select_one("option[selected]").get_text() == "Giá mỗi kg tăng dần"  # type: ignore[union-attr]  # it is there
    assert form.select_one("select[name=gan]") is None, "the place is asked for when it matters"
    hidden = {str(one["name"]): one["value"] for one in page.html.select("form[role=search] input[type=hidden]")}
    assert hidden == {"nhom": "03", "xep": "gia"}, "a new query keeps the order"
    place = read(client, "/tim?q=gao&xep=gan")
    assert "Hãy chọn nơi để tính gần xa" in place.text
    assert len(place.html.select("select[name=gan] option")) == 1 + 15 + 60
    assert "Giá mỗi kg tăng dần" not in read(client, "/nguoi-ban").text


def test_the_twins_have_the_same_filters_and_order(client: FlaskClient) -> None:
    state = "q=thanh+long&loai=san-pham&cn=vietgap&con=con-hang&thay=7&xep=gia"
    data = told(client, state)
    rows = list(csv.DictReader(io.StringIO(client.get(f"/tim.csv?{state}").get_data(as_text=True).lstrip("\ufeff"))))
    assert data["total"] == len(rows) == 1
    assert data["filters"] == {
        "loai": ["san-pham"],
        "cn": ["vietgap"],
        "con": ["con-hang"],
        "thay": ["7"],
    }
    assert set(data["facets"]) == {"loai", "san", "nhom", "huyen", "xa", "cn", "gia", "con", "thay"}  # type: ignore[call-overload]  # plain JSON
    assert {"read_as", "changes", "spellings", "sort", "near"} <= data.keys()


def test_the_csv_tells_what_the_json_tells(client: FlaskClient) -> None:
    def row(address: str, number: int) -> dict[str, str]:
        text = client.get(address).get_data(as_text=True).lstrip("\ufeff")
        return next(line for line in csv.DictReader(io.StringIO(text)) if line["Mã"] == str(number))

    ids = told(client, "q=mua+chanh&loai=tin")["results"]
    post = row("/tim.csv?q=mua+chanh&loai=tin", ids[0]["id"])  # type: ignore[index]  # plain JSON
    assert {name: post[name] for name in ("Loại", "Loại tin", "Số lượng", "Ngày đăng", "Hết hạn")} == {
        "Loại": "Tin mua bán",
        "Loại tin": "Cần mua",
        "Số lượng": "5 tấn/tuần",
        "Ngày đăng": "2026-11-21",
        "Hết hạn": "2026-12-11",
    }
    one = client.get("/nguoi-ban.json?q=duong+xuan+xanh").get_json()["results"][0]
    seller = row("/nguoi-ban.csv?q=duong+xuan+xanh", one["id"])
    assert (seller["Loại người bán"], seller["Số sản phẩm đang thấy"]) == ("Hợp tác xã", str(one["listings"]))
    assert one["listings"] > 0


def test_sellers_are_in_no_order_of_price(client: FlaskClient) -> None:
    for twin in ("", ".json", ".csv"):
        assert client.get(f"/nguoi-ban{twin}?xep=gia").status_code == 400
        assert client.get(f"/nguoi-ban{twin}?xep=moi").status_code == 200


def test_one_state_has_one_address() -> None:
    with_filters = {"xa": ("28243",), "san": (NS,)}
    asked = SearchRequest(today=date(2026, 11, 23), text="gạo", filters=with_filters, sort="gan", near="808")
    assert list(asked.params) == ["q", "san", "xa", "xep", "gan"]
    line = next(value for value in asked.values(BY_PARAM["gia"], [FacetCount("20-30", 3)]) if value.count)
    assert line.query == f"q=g%E1%BA%A1o&san={NS}&xa=28243&gia=20-30&xep=gan&gan=808"


def test_the_page_stays_small_with_every_filter_open(client: FlaskClient) -> None:
    query = "q=" + "+".join(["thanh", "long"] * 15) + f"&san={NS}&san={VS}&huyen=808&huyen=794&loai=san-pham&xep=gan"
    for state in ("", query, "loai=san-pham&xep=gan&gan=808"):
        assert len(client.get(f"/tim?{state}").data) < 100_000
