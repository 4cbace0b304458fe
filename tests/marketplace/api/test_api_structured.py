"""What pages tell search engines: true, complete where it is certain, nothing about persons."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.catalogue.models import Listing, Seller
from marketplace.db import db
from tests.marketplace.web.catalogue import EMAIL, HOME, NS, PHONE, Ids
from tests.marketplace.web.conftest import Market


def told(client: FlaskClient, address: str) -> dict[str, dict[str, Any]]:
    """The things a page tells of, by type."""
    page = client.get(address, follow_redirects=True)
    assert page.status_code == 200
    blocks = BeautifulSoup(page.text, "lxml").find_all("script")
    assert [block["type"] for block in blocks if block.get("type") == "application/ld+json"] == ["application/ld+json"]
    text = next(block for block in blocks if block.get("type") == "application/ld+json").string or ""
    for sign in "<>&":
        assert sign not in text
    data = json.loads(text)
    assert data["@context"] == "https://schema.org"
    return {thing["@type"]: thing for thing in data["@graph"]}


def test_a_listing_is_a_product_with_an_offer(client: FlaskClient, ids: Ids) -> None:
    found = told(client, f"/san-pham/{ids.dragon_fruit}")
    product = found["Product"]
    page = f"http://localhost/san-pham/{ids.dragon_fruit}-thanh-long-ruot-do-loai-1-thung-10-kg"
    assert product["name"] == "Thanh long ruột đỏ loại 1, thùng 10 kg"
    assert (product["url"], product["category"]) == (page, "Trái cây tươi")
    assert product["subjectOf"] == f"{HOME[NS]}/san-pham/thanh-long-ruot-do"
    assert product["offers"] == {
        "@type": "Offer",
        "url": f"{HOME[NS]}/san-pham/thanh-long-ruot-do",
        "availability": "https://schema.org/InStock",
        "seller": {
            "@type": "Organization",
            "@id": f"http://localhost/nguoi-ban/{ids.cooperative}-htx-thanh-long-duong-xuan-xanh#organization",
            "name": "HTX Thanh long Dương Xuân Xanh",
            "url": f"http://localhost/nguoi-ban/{ids.cooperative}-htx-thanh-long-duong-xuan-xanh",
        },
        "price": 260_000,
        "priceCurrency": "VND",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": 26_000,
            "priceCurrency": "VND",
            "referenceQuantity": {"@type": "QuantitativeValue", "value": 1, "unitCode": "KGM"},
        },
    }
    crumbs = found["BreadcrumbList"]["itemListElement"]
    assert [item["position"] for item in crumbs] == [1, 2, 3]
    assert [item["name"] for item in crumbs] == ["Sản phẩm", "Trái cây tươi", product["name"]]
    assert crumbs[-1]["item"] == page
    for item in crumbs:
        assert client.get(item["item"]).status_code == 200


@pytest.mark.parametrize("name", ["suspicious", "contact"])
def test_a_doubtful_price_is_not_told(client: FlaskClient, ids: Ids, name: str) -> None:
    offer = told(client, f"/san-pham/{getattr(ids, name)}")["Product"]["offers"]
    assert not {"price", "lowPrice", "priceCurrency", "priceSpecification"} & offer.keys()


def test_a_range_is_told_as_one(another: Callable[..., Market]) -> None:
    market = another()
    with market.app.app_context():
        ranged = {"price_max_vnd": 300_000, "in_stock": False}
        db.session.execute(update(Listing).where(Listing.id == market.ids.dragon_fruit).values(ranged))
        db.session.commit()
    offer = told(market.client, f"/san-pham/{market.ids.dragon_fruit}")["Product"]["offers"]
    assert offer["@type"] == "AggregateOffer"
    assert (offer["lowPrice"], offer["highPrice"], offer["priceCurrency"]) == (260_000, 300_000, "VND")
    assert offer["availability"] == "https://schema.org/OutOfStock"


def test_what_is_gone_is_discontinued(client: FlaskClient, ids: Ids) -> None:
    assert told(client, f"/san-pham/{ids.gone}")["Product"]["offers"]["availability"].endswith("/Discontinued")


def test_a_cooperative_is_an_organisation_without_its_contacts(client: FlaskClient, ids: Ids) -> None:
    found = told(client, f"/nguoi-ban/{ids.cooperative}")
    organisation = found["Organization"]
    assert organisation["name"] == "HTX Thanh long Dương Xuân Xanh"
    assert organisation["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Xã An Lục Long",
        "addressRegion": "Tây Ninh",
        "addressCountry": "VN",
    }
    assert organisation["sameAs"] == f"{HOME[NS]}/shop/htx-thanh-long"
    text = json.dumps(found, ensure_ascii=False)
    for secret in (PHONE, EMAIL, "***", "Nguyễn Văn Mẫu", "1100101234"):
        assert secret not in text
    assert [item["name"] for item in found["BreadcrumbList"]["itemListElement"]][:2] == [
        "Người bán",
        "nongsanantoanlongan.vn",
    ]


def test_a_household_is_nobodys_organisation(client: FlaskClient, ids: Ids) -> None:
    assert set(told(client, f"/nguoi-ban/{ids.household}")) == {"BreadcrumbList"}
    assert "seller" not in told(client, f"/san-pham/{ids.contact}")["Product"]["offers"]


def test_a_person_behind_a_shop_s_name_is_not_told(another: Callable[..., Market]) -> None:
    market = another()
    with market.app.app_context():
        db.session.execute(
            update(Seller).where(Seller.id == market.ids.cooperative).values(tax_code_kind="person12", tax_code=None)
        )
        db.session.commit()
    assert set(told(market.client, f"/nguoi-ban/{market.ids.cooperative}")) == {"BreadcrumbList"}


@pytest.mark.parametrize(
    "name",
    [
        "Cô Sở bán gạo",
        "Trần Văn Cơ Sở",
        "Cửa hàng Nguyễn Thị Hoa",
        "Cơ sở bánh tráng cô Ba",
        "TRANG TRẠI LÊ VĂN MẪU",
        "DNTN Phạm Mẫu",
        "Nguyễn Văn Mẫu (HTX)",
        "Rau sạch mỗi ngày",
    ],
)
def test_what_may_be_a_person_s_name_is_nobodys_organisation(another: Callable[..., Market], name: str) -> None:
    assert "Organization" not in named(another(), name)


@pytest.mark.parametrize(
    "name",
    [
        "HTX Nông nghiệp Mỹ Thạnh",
        "Công ty TNHH Lê Gia",
        "CTY CP Gạo Mới",
        "cửa hàng nông sản",
        "Hợp tác xã Cần Đước",
    ],
)
def test_what_calls_itself_an_organisation_is_one(another: Callable[..., Market], name: str) -> None:
    assert named(another(), name)["Organization"]["name"] == name


def named(market: Market, name: str) -> dict[str, dict[str, Any]]:
    with market.app.app_context():
        values = {"name": name, "kind": None}
        db.session.execute(update(Seller).where(Seller.id == market.ids.cooperative).values(values))
        db.session.commit()
    return told(market.client, f"/nguoi-ban/{market.ids.cooperative}")


def test_a_hostile_title_stays_text(client: FlaskClient, ids: Ids) -> None:
    product = told(client, f"/san-pham/{ids.hostile}")["Product"]
    assert product["name"] == '<script>alert("x")</script> Gào & "gáo"'
    assert "subjectOf" not in product
    assert "url" not in product["offers"]
    assert told(client, f"/nguoi-ban/{ids.hostile_seller}")["BreadcrumbList"]
