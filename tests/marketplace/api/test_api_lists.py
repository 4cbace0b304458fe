"""The lists: what they hold, how they are filtered and walked, what a person has put right, what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, update

from marketplace.board.models import Request
from marketplace.catalogue.correcting import correct, undo
from marketplace.catalogue.models import Listing, Seller
from marketplace.db import db, writer
from marketplace.sync.models import RecordChange, Run
from tests.marketplace.web.catalogue import EMAIL, NOW, NS, PERSON_ID, PHONE, VS, Ids
from tests.marketplace.web.conftest import Market

API = "/api/v1"


def told(client: FlaskClient, path: str) -> dict[str, Any]:
    response = client.get(f"{API}{path}")
    assert response.status_code == 200, response.text
    assert response.mimetype == "application/json"
    found: dict[str, Any] = response.json
    return found


def walked(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    """Every item, page by page."""
    items: list[dict[str, Any]] = []
    following: str | None = f"{API}{path}"
    while following:
        page = client.get(following)
        assert page.status_code == 200, page.text
        items += page.json["items"]
        following = page.json["next"]
        assert page.headers.get("Link") == (f'<{following}>; rel="next"' if following else None)
        assert not following or page.json["items"]
    return items


def ids_of(items: list[dict[str, Any]]) -> list[int]:
    return [item["id"] for item in items]


@pytest.mark.parametrize("kind", ["listings", "sellers", "requests"])
def test_a_list_walked_in_any_step_has_everything_visible_once(client: FlaskClient, ids: Ids, kind: str) -> None:
    whole = told(client, f"/{kind}?limit=200")
    assert whole["next"] is None
    found = ids_of(whole["items"])
    assert len(found) == len(set(found)) > 2
    for step in (1, 3, 7):
        assert ids_of(walked(client, f"/{kind}?limit={step}")) == found
    gone = {"listings": ids.gone, "sellers": ids.gone_seller, "requests": ids.gone_request}[kind]
    assert gone not in found
    alone = told(client, f"/{kind}/{gone}")
    assert alone["gone_since"].endswith("Z")


def test_a_record_that_changes_while_somebody_walks_is_not_missed(another: Callable[..., Market]) -> None:
    market = another()
    first = told(market.client, "/listings?limit=10")
    moved, touched = first["items"][3]["id"], told(market.client, "/listings?limit=200")["items"][20]["id"]
    with market.app.app_context():
        for id_ in (moved, touched):
            db.session.execute(update(Listing).where(Listing.id == id_).values(changed_at=NOW))
        db.session.commit()
    rest = ids_of(walked(market.client, first["next"].partition(API)[2]))
    assert sorted(rest[-2:]) == sorted((moved, touched))
    everything = set(ids_of(told(market.client, "/listings?limit=200")["items"]))
    assert everything == {*ids_of(first["items"]), *rest}


def test_filters_of_listings(client: FlaskClient, ids: Ids) -> None:
    everything = told(client, "/listings?limit=200")["items"]

    def kept(query: str, keep: Callable[[dict[str, Any]], bool]) -> None:
        expected = [item["id"] for item in everything if keep(item)]
        assert expected
        assert ids_of(walked(client, f"/listings?limit=7&{query}")) == expected

    kept(f"source={VS}", lambda item: item["source"]["slug"] == VS)
    kept("group=03", lambda item: item["group"] == {"code": "03", "name": "Lúa, gạo, ngũ cốc, hạt"})
    kept(f"seller={ids.household}", lambda item: item["seller"]["id"] == ids.household)
    # Listings say no place of their own here: the seller's is theirs.
    kept("district=808", lambda item: (item["place"]["district"] or {}).get("code") == "808")
    kept("unit=28243", lambda item: (item["place"]["unit"] or {}).get("code") == "28243")
    kept("district=808&unit=28243&group=02&seller=1", lambda item: item["seller"]["id"] == 1)
    assert told(client, "/listings?district=794")["items"] == []


def test_filters_of_sellers_and_posts(client: FlaskClient, ids: Ids) -> None:
    assert ids_of(told(client, "/sellers?district=808")["items"]) == [ids.cooperative]
    assert ids_of(told(client, f"/sellers?source={VS}")["items"]) == [ids.hostile_seller]
    assert ids_of(told(client, "/requests?side=buy&open=false")["items"]) == [ids.expired]
    open_ = told(client, "/requests?open=true&district=803&group=02")["items"]
    assert ids.buy in ids_of(open_)
    assert ids.expired not in ids_of(open_)
    assert {item["side"] for item in told(client, "/requests?side=partner")["items"]} == {"partner"}


def test_only_what_changed_since(another: Callable[..., Market]) -> None:
    market = another()
    with market.app.app_context():
        changed = {"changed_at": NOW - timedelta(hours=1)}
        db.session.execute(update(Listing).where(Listing.id == market.ids.dragon_fruit).values(changed))
        db.session.commit()
    for since in ("2026-11-23T02:00:00Z", "2026-11-23T09:00:00%2B07:00"):
        found = told(market.client, f"/listings?changed_since={since}")
        assert ids_of(found["items"]) == [market.ids.dragon_fruit], since
    both = told(market.client, "/listings?changed_since=2026-11-22T00:00:00Z")["items"]
    assert ids_of(both) == [market.ids.gone, market.ids.dragon_fruit]
    assert told(market.client, "/listings?changed_since=2026-11-23T02:00:01Z")["items"] == []


def test_no_contact_is_anywhere(client: FlaskClient) -> None:
    for path in ("/listings?limit=200", "/sellers", "/requests", "/search?limit=200", "/search?q=chanh"):
        body = client.get(f"{API}{path}").text
        for secret in (PHONE, EMAIL, PERSON_ID, "02723826123", "Nguyễn Văn Mẫu", "Trần Thị Mẫu"):
            assert secret not in body, (path, secret)
    for kind in ("listings", "sellers", "requests"):
        for item in told(client, f"/{kind}?limit=200")["items"]:
            body = client.get(f"{API}/{kind}/{item['id']}").text
            for secret in (PHONE, EMAIL, PERSON_ID, PERSON_ID[-9:], "02723826123", "Nguyễn Văn Mẫu", "Trần Thị Mẫu"):
                assert secret not in body, (kind, item["id"], secret)


def test_a_hostile_address_is_no_link(client: FlaskClient, ids: Ids) -> None:
    assert told(client, f"/listings/{ids.hostile}")["source_url"] is None


def test_shapes_of_the_records(client: FlaskClient, ids: Ids) -> None:
    fruit = told(client, f"/listings/{ids.dragon_fruit}")
    assert fruit["price"] == {
        "text": "260.000đ",
        "status": "ok",
        "min_vnd": 260_000,
        "max_vnd": None,
        "list_vnd": 300_000,
        "unit": "thùng 10kg",
        "per_kg_vnd": 26_000,
    }
    assert fruit["place"] == {
        "text": "xã An Lục Long (Châu Thành cũ)",
        "province": "Long An",
        "district": {"code": "808", "name": "Huyện Châu Thành"},
        "commune": {"code": "28237", "name": "Xã Dương Xuân Hội"},
        "unit": {"code": "28243", "name": "Xã An Lục Long"},
    }
    assert [point["min_vnd"] for point in fruit["prices"]] == [190_000, 225_000, 260_000]
    assert fruit["changed_at"] == "2026-11-21T03:00:00Z"
    assert fruit["url"] == f"http://localhost/san-pham/{ids.dragon_fruit}-thanh-long-ruot-do-loai-1-thung-10-kg"
    assert fruit["source"] == {"slug": NS, "title": "nongsanantoanlongan.vn", "invented": True}
    cooperative = told(client, f"/sellers/{ids.cooperative}")
    assert (cooperative["listings"], cooperative["tax_code"], cooperative["joined_on"]) == (
        25,
        "1100101234",
        "2022-03-14",
    )
    assert told(client, f"/sellers/{ids.household}")["tax_code"] is None
    assert told(client, f"/sellers/{ids.household}")["certificates"] == []
    assert told(client, f"/sellers/{ids.hostile_seller}")["certificates"] is None
    assert told(client, f"/requests/{ids.buy}")["expires_on"] == "2026-12-11"


def put_right(market: Market, kind: str, ref: str, source: str = NS, **values: str) -> None:
    with market.app.app_context(), writer(db.engine).begin() as session:
        correct(session, kind, source, ref, values, note="gọi điện hỏi", who="Lê Thị Ví Dụ", at=NOW)


def test_what_a_person_put_right_is_shown_and_filtered_by(another: Callable[..., Market]) -> None:
    market = another()
    client, ids = market.client, market.ids
    put_right(market, "seller", "htx-thanh-long", address="Cần Giuộc, Long An", name="HTX Thanh long mới")
    put_right(market, "listing", "gao-0", title="Chanh không hạt")
    put_right(market, "listing", "gao-1", seller="htx-thanh-long")
    put_right(market, "request", "mua-chanh", address="xã Long Trì, huyện Châu Thành, Long An")

    moved = told(client, f"/sellers/{ids.cooperative}")
    assert (moved["name"], moved["place"]["district"]["code"]) == ("HTX Thanh long mới", "807")
    assert ids.cooperative in ids_of(told(client, "/sellers?district=807")["items"])
    assert ids_of(told(client, "/sellers?district=808")["items"]) == []
    assert told(client, "/listings?district=808")["items"] == []
    there = told(client, "/listings?district=807&limit=200")["items"]
    given = [item for item in there if item["title"] == "Gạo Nàng Thơm Chợ Đào 1"]
    assert [item["seller"]["name"] for item in given] == ["HTX Thanh long mới"]
    assert len([item for item in there if item["seller"]["id"] == ids.cooperative]) == 26
    of_seller = told(client, f"/listings?seller={ids.cooperative}&limit=200")["items"]
    assert sorted(ids_of(of_seller)) == sorted(item["id"] for item in there if item["seller"]["id"] == ids.cooperative)
    assert told(client, f"/sellers/{ids.cooperative}")["listings"] == 26
    named = [item["title"] for item in told(client, "/listings?group=03&limit=200")["items"]]
    assert "Chanh không hạt" not in named
    assert "Chanh không hạt" in [item["title"] for item in told(client, "/listings?group=02&limit=200")["items"]]
    assert ids_of(told(client, "/requests?district=808")["items"]) == [ids.buy]
    assert ids.buy not in ids_of(told(client, "/requests?district=803")["items"])


SINCE = "2026-11-23T02:30:00Z"  # half an hour before NOW; nothing of the catalogue changed after it


def news(market: Market, kind: str, query: str = "") -> list[int]:
    return ids_of(walked(market.client, f"/{kind}?changed_since={SINCE}&limit=1{query}"))


def test_what_a_person_put_right_or_took_back_is_told_as_news(another: Callable[..., Market]) -> None:
    market = another()
    ids = market.ids
    assert news(market, "listings") == news(market, "sellers") == news(market, "requests") == []
    changed_at = told(market.client, f"/listings/{ids.dragon_fruit}")["changed_at"]
    put_right(market, "listing", "thanh-long-ruot-do", title="Thanh long ruột đỏ")
    put_right(market, "request", "mua-chanh", address="xã Long Trì, huyện Châu Thành, Long An")
    assert news(market, "listings") == [ids.dragon_fruit]
    assert news(market, "requests") == [ids.buy]
    [item] = told(market.client, f"/listings?changed_since={SINCE}")["items"]
    assert (item["title"], item["changed_at"]) == ("Thanh long ruột đỏ", changed_at), "the marketplace changed nothing"
    later = NOW + timedelta(minutes=5)
    with market.app.app_context(), writer(db.engine).begin() as session:
        undo(session, "listing", NS, "thanh-long-ruot-do", [], who="Lê Thị Ví Dụ", at=later)
    after = (NOW + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    [item] = told(market.client, f"/listings?changed_since={after}")["items"]
    assert item["title"] == "Thanh long ruột đỏ loại 1, thùng 10 kg"


def test_what_is_put_right_of_a_seller_is_news_of_its_listings(another: Callable[..., Market]) -> None:
    market = another()
    put_right(market, "listing", "gao-1", seller="htx-thanh-long")
    put_right(market, "seller", "htx-thanh-long", name="HTX Thanh long mới", address="Cần Giuộc, Long An")
    assert news(market, "sellers") == [market.ids.cooperative]
    sold = ids_of(told(market.client, f"/listings?seller={market.ids.cooperative}&limit=200")["items"])
    assert len(sold) == 26
    assert sorted(news(market, "listings")) == sorted(sold)
    assert sorted(news(market, "listings", "&district=807")) == sorted(sold)
    assert news(market, "listings", "&district=808") == []


def test_what_went_and_what_came_back_is_told_as_news_in_its_order(another: Callable[..., Market]) -> None:
    market = another()
    ids = market.ids
    went, back, changed = ids.dragon_fruit, ids.gone, ids.contact
    with market.app.app_context():
        run = Run(source=NS, mode="sandbox", kind="full", started_at=NOW, finished_at=NOW - timedelta(minutes=5))
        db.session.add(run)
        db.session.flush()
        returned = {"outcome": "revived", "before": {}, "at": NOW - timedelta(minutes=20)}
        db.session.add(RecordChange(run_id=run.id, kind="listing", record_id=back, **returned))
        for id_, values in (
            (went, {"gone_at": NOW - timedelta(minutes=10)}),
            (back, {"gone_at": None}),
            (changed, {"changed_at": NOW - timedelta(minutes=15)}),
            (ids.suspicious, {"gone_at": NOW, "outside": True}),
        ):
            db.session.execute(update(Listing).where(Listing.id == id_).values(values))
        db.session.commit()
    assert news(market, "listings") == [back, changed, went]
    items = told(market.client, f"/listings?changed_since={SINCE}")["items"]
    assert [item["gone_since"] is not None for item in items] == [False, False, True]
    assert went not in ids_of(told(market.client, "/listings?limit=200")["items"]), "without it: what is there"


# What each operation may make. One that needs one more changes this table, on purpose.
STATEMENTS = {
    "/listings?limit=200": 2,
    "/listings?district=808&unit=28243&group=02&changed_since=2026-01-01T00:00:00Z": 2,
    "/listings/{dragon_fruit}": 3,
    "/sellers?limit=200": 3,
    "/sellers/{cooperative}": 3,
    "/requests?limit=200": 2,
    "/requests/{buy}": 2,
    "/search?limit=200": 5,
    "/search?limit=1": 2,
    "/sources": 4,
    "/openapi.json": 0,
}


@pytest.mark.parametrize("path", STATEMENTS)
def test_an_operation_makes_its_number_of_statements(
    client: FlaskClient, ids: Ids, statements: list[str], path: str
) -> None:
    wanted = f"{API}{path.format(**vars(ids))}"
    client.get(wanted)
    statements.clear()
    assert client.get(wanted).status_code == 200
    assert len(statements) == STATEMENTS[path], statements


def test_figures_are_worked_out_once(client: FlaskClient, statements: list[str]) -> None:
    client.get(f"{API}/stats")
    statements.clear()
    first = client.get(f"{API}/stats?days=30")
    assert len(statements) == 1
    again = client.get(f"{API}/stats", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.fixture
def plans(market: Market) -> Iterator[Callable[[str], str]]:
    """How the database goes about the statement of a list."""
    made: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        made.append((statement, parameters))

    with market.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)

    def plan(path: str) -> str:
        made.clear()
        assert market.client.get(f"{API}{path}").status_code == 200
        statement, parameters = next(one for one in made if "ORDER BY" in one[0])
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(row[3] for row in rows)

    yield plan
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "path",
    [
        "/listings",
        "/listings?cursor=1793000000000000.7",
        "/listings?source=voso&district=808&group=02",
        "/sellers",
        "/sellers?unit=28243",
        "/requests?cursor=1793000000000000.7",
    ],
)
def test_a_list_is_walked_along_an_index(plans: Callable[[str], str], path: str) -> None:
    plan = plans(path)
    assert "_gone_at_changed_at_id" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("path", ["/listings", "/sellers", "/requests"])
def test_news_are_found_along_indexes(plans: Callable[[str], str], path: str) -> None:
    plan = plans(f"{path}?changed_since=2026-11-01T00:00:00Z")
    table = path[1:-1]
    assert f"SCAN {table}" not in plan
    assert plan.count(f"ix_{table}_gone_at_changed_at_id") == 2, plan


def test_the_listings_of_a_seller_are_found_by_the_seller(plans: Callable[[str], str]) -> None:
    plan = plans("/listings?seller=1")
    assert "ix_listing_seller_id_gone_at" in plan
    assert "SCAN" not in plan


def test_records_of_other_provinces_are_not_there(another: Callable[..., Market]) -> None:
    market = another()
    ids = market.ids
    wanted = ((Seller, ids.hostile_seller), (Listing, ids.hostile), (Request, ids.buy))
    with market.app.app_context():
        for model, id_ in wanted:
            db.session.execute(update(model).where(model.id == id_).values(outside=True, gone_at=NOW))
        db.session.commit()
    for path, id_ in (("sellers", ids.hostile_seller), ("listings", ids.hostile), ("requests", ids.buy)):
        assert market.client.get(f"{API}/{path}/{id_}").status_code == 404
        assert id_ not in ids_of(told(market.client, f"/{path}?limit=200")["items"])
