"""Every page: that it is there, what it says, and what it must not say."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.marketplace.web.catalogue import EMAIL, PERSON_ID, PHONE, Ids
from tests.marketplace.web.conftest import Market
from tests.marketplace.web.reading import read

SANDBOX = "Dữ liệu giả lập để chạy thử."
LIMIT = 60_000  # bytes of one page


def addresses(ids: Ids) -> list[str]:
    """Every kind of page, in the states it can be in."""
    return [
        "/",
        "/tim",
        "/tim?q=thanh+long&loai=san-pham&huyen=808&san=voso",
        "/tim?q=khong+co+gi+nhu+vay",
        "/nguoi-ban",
        f"/san-pham/{ids.dragon_fruit}",
        f"/san-pham/{ids.hostile}",
        f"/san-pham/{ids.gone}",
        f"/san-pham/{ids.suspicious}",
        f"/san-pham/{ids.ownerless}",
        f"/nguoi-ban/{ids.cooperative}",
        f"/nguoi-ban/{ids.household}",
        f"/nguoi-ban/{ids.gone_seller}",
        "/can-mua-can-ban",
        "/can-mua-can-ban?loai=mua&tinh-trang=het-han",
        "/can-mua-can-ban?loai=doi-tac",
        f"/can-mua-can-ban/{ids.buy}",
        f"/can-mua-can-ban/{ids.expired}",
        f"/can-mua-can-ban/{ids.gone_request}",
        "/so-lieu",
        "/so-lieu?n=90",
        "/nguon",
        "/nguon/nongsanantoanlongan",
        "/nguon/cooplink",
        "/cach-doc",
        f"/nguon/lan/{ids.good_run}",
        f"/nguon/lan/{ids.held_run}",
        f"/nguon/lan/{ids.failed_run}",
        "/khong-co-trang-nay",
    ]


TWINS = ["/tim.json", "/tim.csv", "/nguoi-ban.json", "/nguoi-ban.csv", "/can-mua-can-ban.json", "/can-mua-can-ban.csv"]
TWINS += ["/so-lieu.json", "/so-lieu.csv", "/nguon.json", "/nguon/nongsanantoanlongan.json"]


def test_every_page_is_whole_small_and_says_that_the_data_is_invented(client: FlaskClient, ids: Ids) -> None:
    titles = {}
    for address in addresses(ids):
        page = read(client, address)
        assert page.status == (404 if "khong-co-trang" in address else 200), address
        assert len(page.source.encode()) <= LIMIT, address
        assert len(page.html.select("h1")) == 1, address
        assert page.title.endswith(" – Nông sản Long An"), address
        assert SANDBOX in page.text, address
        scripts = [
            (str(script["src"]).partition("?")[0], script.get_text()) for script in page.html.select("script[src]")
        ]
        assert scripts == [("/static/app.js", "")], address
        inline = page.html.select("script:not([src], [type='application/ld+json']), [style], [onclick]")
        assert not inline, address
        titles[address] = page.title
    distinct = {address: title for address, title in titles.items() if "n=90" not in address}
    assert len(set(distinct.values())) >= len(distinct) - 2, "pages can be told apart by their titles"


def test_no_page_and_no_twin_shows_a_contact(client: FlaskClient, ids: Ids) -> None:
    for address in [*addresses(ids), *TWINS, f"/nguon/lan/{ids.good_run}.json"]:
        told = client.get(address, follow_redirects=True).get_data(as_text=True)
        for secret in (PHONE, "0912.345.678", "0987000111", EMAIL, PERSON_ID, "Nguyễn Văn Mẫu", "Trần Thị Mẫu", "Ấp 4"):
            assert secret not in told, (address, secret)


def test_no_title_becomes_markup(client: FlaskClient, ids: Ids) -> None:
    for address in addresses(ids):
        assert "<script>" not in read(client, address).source, address
    assert '<script>alert("x")</script> Gào & "gáo"' in read(client, f"/san-pham/{ids.hostile}").text


def test_links_lead_to_pages_that_exist(client: FlaskClient, ids: Ids) -> None:
    seen: dict[str, str] = {}
    for address in addresses(ids):
        page = read(client, address)
        for link in page.html.select("a[href]"):
            target = str(link["href"]).partition("#")[0]
            assert not target.startswith("javascript:"), address
            if target.startswith("/"):
                seen.setdefault(target, address)
    for target, address in seen.items():
        assert client.get(target, follow_redirects=True).status_code == 200, f"{target}, linked from {address}"


def test_a_live_installation_says_nothing_of_invented_data(another: Callable[..., Market]) -> None:
    market = another(mode="live")
    for address in ("/", "/tim", "/so-lieu", "/nguon", "/khong-co"):
        assert "giả lập" not in read(market.client, address).text, address
    assert "X-Robots-Tag" not in market.client.get("/").headers


def test_an_empty_installation_has_every_page(another: Callable[..., Market]) -> None:
    client = another(filled=False).client
    assert "Chưa đọc sàn nào nên chưa có số." in read(client, "/").text
    assert "Chưa có gì ở đây" in read(client, "/tim").text
    assert "Chưa có tin cần mua nào đang mở" in read(client, "/can-mua-can-ban").text
    figures = read(client, "/so-lieu")
    assert "voso.vn chưa được đọc lần nào" in figures.text
    assert "0" not in {tile.get_text() for tile in figures.html.select(".stat b")}, "what is not known is not zero"
    sources = read(client, "/nguon")
    assert "Năm sàn chưa đọc lần nào." in sources.text
    assert json.loads(client.get("/nguon.json").text)["sources"][0]["sellers"] is None


# Home


def test_home_leads_to_search_requests_and_the_true_figures(client: FlaskClient) -> None:
    page = read(client, "/")
    form = page.html.select_one("form[role=search]")
    assert form is not None
    assert form["action"] == "/tim"
    assert "37 sản phẩm của 3 tài khoản bán hàng trên 2 sàn" in page.text
    assert "thanh long ruột trắng" in [chip.get_text(strip=True) for chip in page.html.select(".hero .chip")]
    assert "Cần mua chanh không hạt loại 1" in page.text
    assert "Cần mua khoai mỡ" not in page.text, "expired posts are not what buyers need now"
    assert "2 trong 2 người bán thấy được đang có sản phẩm (100,0 %)" in page.text
    assert "Chưa rõ bao nhiêu trong 1 người bán" in page.text, "voso was not read for a week"
    assert "/so-lieu" in page.links()


def test_home_works_without_the_index(another: Callable[..., Market]) -> None:
    page = read(another(indexed=False).client, "/")
    assert page.status == 200
    assert "Trái cây tươi" in page.text
    assert "37 sản phẩm" in page.text


# A listing


def test_a_listing_tells_price_place_age_and_where_it_is_from(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/san-pham/{ids.dragon_fruit}")
    text = page.text
    assert page.title.startswith("Thanh long ruột đỏ loại 1, thùng 10 kg: 260.000\u00a0₫/thùng 10kg")
    assert "= 26.000 ₫/kg" in text
    assert "300.000 ₫" in text, "the list price"
    assert "xã An Lục Long (Châu Thành cũ)" in text
    assert "thấy lần cuối 3 giờ trước" in text
    assert "Sản phẩm › Trái cây tươi".replace(" › ", " ") in text
    button = page.html.select_one("a.btn-primary[rel]")
    assert button is not None
    assert button["href"] == "https://nongsan.example.vn/san-pham/thanh-long-ruot-do"
    assert "1.240" in text
    assert [tag.get_text(strip=True) for tag in page.html.select(".tag-ok")] == ["VietGAP-TT-13-05-80-0042"]
    assert [tag.get_text(strip=True) for tag in page.html.select(".tag-claim")] == ["“Rau sạch”: tự công bố"]
    assert "0912 *** 678" in text


def test_a_price_history_is_drawn_and_told(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/san-pham/{ids.dragon_fruit}")
    assert len(page.html.select("svg.chart[role=img]")) == 2, "one for wide, one for narrow screens"
    rows = [" ".join(row.get_text(" ").split()) for row in page.html.select("details table tbody tr")]
    assert rows[0] == "21/11/2026 10:00 260.000 ₫/thùng 10kg"
    assert len(rows) == 3
    assert not read(client, f"/san-pham/{ids.contact}").html.select("svg.chart")


def test_a_listing_that_is_gone_stays_and_says_so(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/san-pham/{ids.gone}")
    assert "Không còn thấy trên nongsanantoanlongan.vn từ 22/11/2026" in page.text
    assert page.html.select_one("meta[name=robots]") is not None


def test_prices_that_are_no_numbers_are_shown_as_given(client: FlaskClient, ids: Ids) -> None:
    suspicious = read(client, f"/san-pham/{ids.suspicious}")
    assert "“15” giá đáng ngờ" in suspicious.text
    assert "Liên hệ sàn không ghi giá" in read(client, f"/san-pham/{ids.contact}").text


def test_a_listing_without_a_seller_says_so(client: FlaskClient, ids: Ids) -> None:
    assert "Ong Tràm Chưa đọc được trang của người bán này." in read(client, f"/san-pham/{ids.ownerless}").text


def test_a_source_address_that_is_no_web_address_is_no_link(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/san-pham/{ids.hostile}")
    assert not page.html.select("a.btn-primary[rel]")
    assert "javascript:" not in page.source


def test_a_stale_source_is_named_on_its_listings(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/san-pham/{ids.ownerless}")
    assert "Lần đọc mới nhất của voso.vn thiếu nhiều tin" in page.text
    assert page.html.select(".age-old")


@pytest.mark.parametrize("kind", ["san-pham", "nguoi-ban"])
def test_the_name_in_an_address_is_only_decoration(client: FlaskClient, ids: Ids, kind: str) -> None:
    number = ids.dragon_fruit if kind == "san-pham" else ids.cooperative
    answer = client.get(f"/{kind}/{number}-mot-ten-cu")
    assert answer.status_code == 302, "a title may change back: no browser must remember this for good"
    assert answer.location.startswith(f"/{kind}/{number}-")
    assert client.get(answer.location).status_code == 200
    assert client.get(f"/{kind}/999999").status_code == 404
    assert client.get(f"/{kind}/abc").status_code == 404


# A seller


def test_a_seller_tells_who_and_where_and_masks_contacts(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/nguoi-ban/{ids.cooperative}")
    assert page.title.startswith("HTX Thanh long Dương Xuân Xanh: 25 sản phẩm")
    assert "(trước 01/07/2025: xã Dương Xuân Hội, huyện Châu Thành, Long An)" in page.text
    assert "0912 *** 678 0272 *** 123" in page.text
    assert "h***@example.vn" in page.text
    assert "1100101234" in page.text, "the tax code of an enterprise is public"
    assert "14/03/2022 (sàn ghi)" in page.text
    assert "14/10/2026 10:00 (chúng tôi đọc, không phải ngày đăng ký)" in page.text
    slots = [slot["class"] for slot in page.html.select(".s5 li")]
    assert slots == [["s-on"], ["s-unk"], ["s-unk"], ["s-unk"], ["s-unk"]], "only what is confirmed"


def test_a_seller_without_products_and_its_hidden_personal_id(client: FlaskClient, ids: Ids) -> None:
    household = read(client, f"/nguoi-ban/{ids.household}")
    assert "Mã số thuế" not in household.text
    assert "có ghi, chưa đọc được" in household.text, "a phone that can't be read is not a missing one"
    gone = read(client, f"/nguoi-ban/{ids.gone_seller}")
    assert "Không còn thấy trên nongsanantoanlongan.vn từ 19/11/2026" in gone.text
    assert "chưa thấy sản phẩm nào" in gone.text
    assert gone.html.select(".s5 li")[0]["class"] == ["s-acc"]


def test_the_listings_of_a_seller_come_in_pages(client: FlaskClient, ids: Ids) -> None:
    first = read(client, f"/nguoi-ban/{ids.cooperative}")
    assert "1–20 trong 25" in first.text
    link = first.html.select_one("a[rel=next]")
    assert link is not None
    second = read(client, str(link["href"]))
    assert "21–25 trong 25" in second.text
    assert len(second.html.select("li.item")) == 5
    assert read(client, f"/nguoi-ban/{ids.cooperative}?trang=3").status == 404


# The board


def test_the_board_separates_open_from_expired_posts(client: FlaskClient) -> None:
    page = read(client, "/can-mua-can-ban")
    assert page.title.startswith("Cần mua: 2 tin đang mở")
    assert [link.get_text(strip=True) for link in page.html.select("ul.list h3 a")] == [
        "Cần mua gạo Nàng Thơm",
        "Cần mua chanh không hạt loại 1",
    ]
    assert "còn 18 ngày" in page.text
    assert page.html.select_one(".age-old.push") is not None, "two days left are amber"
    expired = read(client, "/can-mua-can-ban?loai=mua&tinh-trang=het-han")
    assert "Cần mua khoai mỡ" in expired.text
    assert "đã hết hạn ngày 22/11/2026" in expired.text
    assert "Tìm đối tác xuất khẩu" in read(client, "/can-mua-can-ban?loai=doi-tac").text


def test_a_post_tells_its_terms_and_where_to_answer(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/can-mua-can-ban/{ids.buy}")
    for told in ("5 tấn/tuần", "16.000 – 19.000đ/kg", "huyện Bến Lức cũ", "11/12/2026", "0912 *** 678"):
        assert told in page.text, told
    assert "https://nongsan.example.vn/ket-noi/mua-chanh" in page.links()
    assert "Tin đã hết hạn ngày 22/11/2026" in read(client, f"/can-mua-can-ban/{ids.expired}").text
    assert "Không còn thấy" in read(client, f"/can-mua-can-ban/{ids.gone_request}").text
    assert read(client, "/can-mua-can-ban/999").status == 404


# Figures


def test_reported_and_observed_figures_stand_side_by_side(client: FlaskClient) -> None:
    page = read(client, "/so-lieu")
    tiles = [" ".join(tile.get_text(" ").split()) for tile in page.html.select(".stat")]
    assert tiles[0].startswith("2 người bán thấy được Cách tính")
    assert "100,0 % tỷ lệ có sản phẩm" in tiles[3]
    assert tiles[6].startswith("… người bán có sản phẩm: chưa rõ"), "a source not read for a week is unknown, not zero"
    rows = [" ".join(row.get_text(" ").split()) for row in page.html.select("section.panel tbody tr")]
    assert any("từ 350" in row and "Người bán có sản phẩm đọc 23/11/2026 2" in row for row in rows)
    assert any("66.426" in row and "(đếm chung với postmart.vn)" in row for row in rows)
    assert "không phải kết luận ai sai" in page.text
    assert "{days}" not in page.text
    assert "90 ngày trước thời điểm chốt" in read(client, "/so-lieu?n=90").text


# Sources and runs


def test_sources_tell_how_they_stand_and_whom_to_ask(client: FlaskClient) -> None:
    page = read(client, "/nguon")
    assert "Một sàn đọc tốt, một tạm giữ, ba chưa đọc lần nào." in page.text
    assert "voso.vn đang tạm giữ: 6 trong 10 sản phẩm không còn thấy (60,0 %), ngưỡng là 30 %" in page.text
    assert "47 bản ghi, 1 mới, 3 đổi, 1 hiện lại, 1 gỡ, 1 từ chối" in page.text
    assert "Sàn yêu cầu xác minh (CAPTCHA): không đọc được bản ghi nào" in page.text
    labels = [str(drawing["aria-label"]) for drawing in page.html.select("svg[role=img]")]
    assert labels == [
        "3 lần gần nhất: 2 đủ, 1 một phần",
        "0 lần gần nhất: chưa có",
        "0 lần gần nhất: chưa có",
        "3 lần gần nhất: 1 đủ, 1 tạm giữ, 1 lỗi",
        "0 lần gần nhất: chưa có",
    ]
    assert "lienhe@example.vn" in page.text
    assert "/cach-doc" in page.links()
    assert "Giá không đọc được" in page.text


def test_a_run_shows_what_it_changed_field_by_field(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/nguon/lan/{ids.good_run}")
    cells = [" ".join(row.get_text(" ").split()) for row in page.html.select("table.diff tbody tr")]
    assert "giá ghi trên sàn trước: 225.000đ sau: 260.000đ" in cells[0]
    assert any("tình trạng trước: Tạm nghỉ sau: Đang hoạt động" in cell for cell in cells)
    assert any("điện thoại đã đổi; thông tin cá nhân, không hiện" in cell for cell in cells)
    first = read(client, f"/nguon/lan/{ids.first_run}")
    assert "trước: 190.000đ sau: 225.000đ" in first.text, "what it wrote then, not what stands there now"
    gone = read(client, f"/nguon/lan/{ids.good_run}?xem=go")
    assert "Bưởi da xanh" in gone.text
    assert "không còn thấy, đã gỡ" in gone.text
    assert "Nếp Thủ Thừa" in read(client, f"/nguon/lan/{ids.good_run}?xem=moi").text


def test_a_run_explains_its_problems(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/nguon/lan/{ids.good_run}")
    assert "Giá không đọc được 8" in page.text
    assert "Ví dụ, 5 trong 8" in page.text
    assert "a_code_nobody_described" in page.text
    assert page.html.select_one("#price_unreadable") is not None


def test_a_held_run_says_how_it_is_released(client: FlaskClient, ids: Ids) -> None:
    page = read(client, f"/nguon/lan/{ids.held_run}")
    assert "Tạm giữ: 6 trong 10 sản phẩm không còn thấy" in page.text
    assert f"marketplace release {ids.held_run}" in page.text
    assert "Lỗi: sàn yêu cầu xác minh (CAPTCHA)" in read(client, f"/nguon/lan/{ids.failed_run}").text
    assert read(client, "/nguon/lan/999").status == 404


def test_the_board_is_searched_by_words_on_every_twin(client: FlaskClient) -> None:
    page = read(client, "/can-mua-can-ban?q=nàng+thơm")
    assert "1 tin cần mua đang mở khớp “nàng thơm”" in page.text
    assert [link.get_text() for link in page.html.select("ul.list h3 a")] == ["Cần mua gạo Nàng Thơm"]
    assert "Bạn cần mua “nàng thơm”" in page.text
    assert "chưa nhận tin đăng" in page.text
    data = client.get("/can-mua-can-ban.json?q=nàng+thơm").get_json()
    assert (data["query"], data["total"], len(data["results"])) == ("nàng thơm", 1, 1)
    assert client.get("/can-mua-can-ban.csv?q=nàng+thơm").get_data(as_text=True).count("Cần mua gạo") == 1
    feed = client.get("/can-mua-can-ban.atom?q=nàng+thơm").get_data(as_text=True)
    assert feed.count("<entry>") == 1
    nothing = read(client, "/can-mua-can-ban?q=sầu+riêng&loai=ban")
    assert "Chưa có tin cần bán nào đang mở khớp “sầu riêng”" in nothing.text
    assert "Xem mọi tin cần bán" in nothing.text
