"""The page of one source, the next reading on the list of sources, and the page that says how we read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from connectors import REGISTRY
from marketplace.config import Config, Site, SourceSettings
from marketplace.config import Worker as WorkerSettings
from marketplace.db import db
from marketplace.sync import queries, schedule, wording
from marketplace.sync.models import Run, StoredPage
from marketplace.sync.quarantine import Quarantine
from marketplace.web.formats import moment
from tests.marketplace.web.catalogue import HOME, NOW, NS, PHONE, VS, Ids
from tests.marketplace.web.conftest import Market
from tests.marketplace.web.reading import read


def configured(market: Market, **changes: object) -> Market:
    """The same installation with other settings."""
    config: Config = market.app.config["MARKETPLACE"]
    market.app.config["MARKETPLACE"] = replace(config, **changes)  # type: ignore[arg-type]  # named by the tests
    return market


def test_a_source_tells_how_it_stands(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/nguon/{NS}")
    assert "Đủ 47 bản ghi, 1 mới, 3 đổi, 1 hiện lại, 1 gỡ, 1 từ chối." in page.text
    assert "đọc trang giả lập để chạy thử" in page.text
    assert "3 giờ trước (23/11/2026 07:00)" in page.text
    (strip,) = page.html.select("svg[role=img]")
    assert strip["aria-label"] == "3 lần gần nhất: 2 đủ, 1 một phần"
    rows = [" ".join(row.get_text(" ").split()) for row in page.html.select("table.tbl-stack tbody tr")]
    assert rows[0].startswith(f"Lần {ids.good_run} 23/11/2026 07:00 Đủ 47 bản ghi, 1 mới")
    assert "Quá thời gian chờ: 21 bản ghi" in rows[1]
    assert f"/nguon/lan/{ids.good_run}#price_unreadable" in page.links()
    held = read(client, f"/nguon/{VS}")
    assert "Đang tạm giữ: 6 trong 10 sản phẩm không còn thấy" in held.text
    assert "Chưa đọc sàn này lần nào nên chưa có số." in read(client, "/nguon/cooplink").text
    assert read(client, "/nguon/lazada").status == 404


def test_what_is_filled_in_is_counted_field_by_field(client: FlaskClient) -> None:
    told = json.loads(client.get(f"/nguon/{NS}.json").text)["filled"]
    sellers = {one["field"]: (one["filled"], one["of"]) for one in told["seller"]}
    assert sellers == {
        "phone": (1, 2),
        "address": (2, 2),
        "place": (1, 2),
        "tax_code": (2, 2),
        "certificates": (1, 2),  # the household's empty list is told to be none
        "image_url": (0, 2),
    }
    listings = {one["field"]: one["filled"] / one["of"] for one in told["listing"]}
    assert 0 < listings["price_vnd"] < 1
    assert {one["field"] for one in told["request"]} >= {"quantity_text", "expires_on"}
    rows = [" ".join(row.get_text(" ").split()) for row in read(client, f"/nguon/{NS}").html.select("tbody tr")]
    assert "Điện thoại gọi được 1 50,0 %" in rows
    assert "Ảnh - 0 %" in rows


def test_the_next_reading_is_the_one_the_worker_makes(market: Market, client: FlaskClient) -> None:
    config: Config = market.app.config["MARKETPLACE"]
    with market.app.app_context():
        past = queries.histories(db.session())
    for slug in REGISTRY:
        comes = schedule.next_start(config.plan(slug), *past.get(slug, (None, False)), NOW)
        told = json.loads(client.get(f"/nguon/{slug}.json").text)["next_reading"]
        assert comes is not None
        assert datetime.fromisoformat(told) == comes
        assert moment(comes) in read(client, f"/nguon/{slug}").text
        assert moment(comes) in read(client, "/nguon").text
    assert past[VS][0] == NOW - timedelta(days=9), "the newest reading, by its number"


def test_a_live_source_waits_for_the_night(another: Callable[..., Market]) -> None:
    page = read(another(mode="live").client, f"/nguon/{NS}")
    assert "chỉ đọc từ 22:00 đến 05:00 giờ Việt Nam" in page.text
    assert "0 / 20.000 trang chi tiết" in page.text


def test_a_source_nobody_reads_promises_no_next_reading(another: Callable[..., Market]) -> None:
    market = another()
    off = {slug: SourceSettings(mode="off", home=home) for slug, home in HOME.items()}
    for changes in ({"worker": WorkerSettings(enabled=False)}, {"worker": WorkerSettings(), "sources": off}):
        configured(market, **changes)
        assert "không tự đọc" in read(market.client, f"/nguon/{NS}").text
        assert json.loads(market.client.get(f"/nguon/{NS}.json").text)["next_reading"] is None
        assert "không tự đọc" in read(market.client, "/nguon").text


def test_a_source_in_quarantine_says_since_when_and_why(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    states = queries.states
    rests = Quarantine(since=NOW - timedelta(days=6), tried_at=NOW - timedelta(days=1), nights=5, reason="dns")

    def resting(*given: object) -> dict[str, queries.SourceState]:
        return {slug: replace(one, quarantine=rests) for slug, one in states(*given).items()}  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(queries, "states", resting)
    page = read(client, f"/nguon/{NS}")
    assert "Đã ngừng đọc hằng đêm từ 17/11/2026" in page.text
    assert "Không tìm thấy tên miền" in page.text
    assert "đang nghỉ, mỗi tuần thử lại một lần" in page.text
    assert "thử lại mỗi tuần" in read(client, "/nguon").text


def test_an_example_names_the_raw_page_and_shows_none_of_it(another: Callable[..., Market]) -> None:
    market = another()
    url = f"{HOME[NS]}/san-pham/0"
    with market.app.app_context():
        kept = StoredPage(
            source=NS,
            url=url,
            run_id=market.ids.good_run,
            fetched_at=NOW,
            file=f"{NS}/2026-11-23-run3-0.warc.gz",
            offset=77,
            last_run_id=market.ids.good_run,
        )
        db.session.add(kept)
        db.session.commit()
        db.session.remove()
    page = read(market.client, f"/nguon/{NS}")
    assert f"{NS}/2026-11-23-run3-0.warc.gz" in page.text
    assert f"marketplace page {market.ids.good_run} '{url}'" in page.text
    assert PHONE not in page.source
    told = json.loads(market.client.get(f"/nguon/{NS}.json").text)
    examples = next(one for one in told["problems"] if one["code"] == "price_unreadable")["examples"]
    assert examples[0]["raw_page"] == {"file": f"{NS}/2026-11-23-run3-0.warc.gz", "offset": 77}
    assert examples[1]["raw_page"] is None
    assert told["pages_today"] == {"used": 0, "limit": None}


def test_what_a_national_floor_leaves_out_is_told_where_the_run_counts_it() -> None:
    run = Run(counts={"listing": {"seen": 135, "outside": 3400, "unplaced": 15}, "seller": {"seen": 10}})
    assert wording.scope(run) == "giữ 130 của Long An, bỏ 3.400 của tỉnh khác, chưa rõ 15"
    assert wording.scope(Run(counts={"listing": {"seen": 135}})) == ""


def test_how_we_read_is_told_with_the_numbers_of_this_installation(another: Callable[..., Market]) -> None:
    market = another(mode="live")
    page = read(market.client, "/cach-doc")
    assert page.html.h1 is not None
    assert page.html.h1.get_text() == "Chúng tôi đọc các sàn thế nào"
    assert "từ 22:00 đến 05:00 giờ Việt Nam" in page.text
    assert "giữ 30 ngày" in page.text
    assert "ChoNongSanLongAn/0.1 (+lienhe@example.vn)" in page.text
    assert "lienhe@example.vn" in page.text
    config: Config = market.app.config["MARKETPLACE"]
    slow = {**config.sources, NS: replace(config.sources[NS], delay_s=2.5, detail_pages_per_day=640, max_drop=0.2)}
    configured(
        market,
        sources=slow,
        sync=replace(config.sync, keep_pages_days=7),
        worker=WorkerSettings(night="01:00-04:30"),
        site=Site(url="https://nongsan.example.vn", contact="02723826123"),
    )
    page = read(market.client, "/cach-doc")
    rows = [" ".join(row.get_text(" ").split()) for row in page.html.select("tbody tr")]
    assert rows[0] == "NS nongsanantoanlongan.vn nongsanantoanlongan.vn 2,5 giây 640 48 giờ 20 % số tin"
    assert "từ 01:00 đến 04:30" in page.text
    assert "giữ 7 ngày" in page.text
    assert "(+https://nongsan.example.vn/cach-doc; 02723826123)" in page.text
    configured(market, worker=WorkerSettings(night=""))
    assert "Chỉ đọc ban đêm" not in read(market.client, "/cach-doc").text


def test_how_we_read_is_linked_from_every_page(client: FlaskClient) -> None:
    for address in ("/", "/nguon", f"/nguon/{NS}", "/khong-co-trang-nay"):
        links = {str(link["href"]) for link in read(client, address).html.select("footer a")}
        assert "/cach-doc" in links, address
