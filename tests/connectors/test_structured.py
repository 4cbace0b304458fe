"""The machine-readable part of a shop's page: three notations of one product, and what is no product."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import clean, structured
from connectors.markup import Node, fragment
from connectors.structured import Party, Product

RICE = {
    "@context": "https://schema.org",
    "@type": "Product",
    "name": "Gạo Nàng Thơm túi 5kg",
    "sku": "NT-5",
    "url": "https://cho.example.vn/p/gao-41.html",
    "image": ["https://cho.example.vn/a.jpg", "https://cho.example.vn/b.jpg"],
    "brand": {"@type": "Brand", "name": "Nàng Thơm &amp; con"},
    "aggregateRating": {"@type": "AggregateRating", "ratingValue": "4.5", "ratingCount": 12},
    "offers": {
        "@type": "Offer",
        "price": "165000.0000",
        "priceCurrency": "VND",
        "availability": "https://schema.org/InStock",
        "seller": {
            "@type": "Organization",
            "name": "HTX Mẫu",
            "url": "/cua-hang/htx-mau",
            "address": {"@type": "PostalAddress", "addressLocality": "Huyện Cần Giuộc", "addressRegion": "Long An"},
        },
    },
}
READ = Product(
    name="Gạo Nàng Thơm túi 5kg",
    sku="NT-5",
    url="https://cho.example.vn/p/gao-41.html",
    image="https://cho.example.vn/a.jpg",
    brand="Nàng Thơm & con",
    low=Decimal("165000.0000"),
    high=Decimal("165000.0000"),
    currency="VND",
    in_stock=True,
    seller=Party(name="HTX Mẫu", url="/cua-hang/htx-mau", address="Huyện Cần Giuộc, Long An"),
    rating=4.5,
    review_count=12,
)


def page(*blocks: object) -> Node:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(block)}</script>' for block in blocks)
    return fragment(f"<html><head>{scripts}</head><body></body></html>")


def one(**fields: Any) -> Product:
    found = structured.products(page({"@type": "Product", "name": "Gạo", **fields}))
    assert not found.faults
    return found.products[0]


@pytest.mark.parametrize(
    "block",
    [
        RICE,
        [{"@type": "WebSite", "name": "Chợ"}, RICE],
        {"@context": "https://schema.org", "@graph": [{"@type": "BreadcrumbList"}, RICE]},
        {"@type": "ItemPage", "mainEntity": RICE},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "position": 1, "item": RICE}]},
        {**RICE, "@type": ["Product", "Thing"]},
        {**RICE, "@type": "http://schema.org/Product"},
        {**RICE, "offers": [RICE["offers"]]},
        {**RICE, "offers": {"@type": "AggregateOffer", "offers": [RICE["offers"]]}},
        {**RICE, "isRelatedTo": [{"@type": "Product", "name": "Nếp"}], "isSimilarTo": {"@type": "Product"}},
        {"@graph": [{**RICE, "offers": {"@id": "#o"}}, {**RICE["offers"], "@id": "#o"}]},  # type: ignore[dict-item]  # a dict of mixed values
    ],
    ids=["object", "array", "graph", "page", "list", "types", "long-type", "offers", "aggregate", "related", "id"],
)
def test_a_product_is_found_wherever_it_stands(block: object) -> None:
    assert structured.products(page(block)) == structured.Found((READ,))


def test_microdata_says_the_same() -> None:
    html = """<div><nav itemscope itemtype="https://schema.org/BreadcrumbList"><a itemprop="name">Gạo</a></nav>
    <section itemscope itemtype="https://schema.org/Product">
      <h1 itemprop="name">Gạo Nàng Thơm túi 5kg</h1><meta itemprop="sku" content="NT-5">
      <a itemprop="url" href="https://cho.example.vn/p/gao-41.html"><img itemprop="image" src="https://cho.example.vn/a.jpg"></a>
      <span itemprop="brand">Nàng Thơm &amp; con</span>
      <p itemprop="aggregateRating" itemscope itemtype="https://schema.org/AggregateRating">
        <b itemprop="ratingValue">4,5</b> <b itemprop="ratingCount">12</b></p>
      <div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
        <span itemprop="price" content="165000.0000">165.000 ₫</span><meta itemprop="priceCurrency" content="VND">
        <link itemprop="availability" href="https://schema.org/InStock">
        <div itemprop="seller" itemscope itemtype="https://schema.org/Organization">
          <i itemprop="name">HTX Mẫu</i><link itemprop="url" href="/cua-hang/htx-mau">
          <p itemprop="address">Huyện Cần Giuộc, Long An</p></div>
      </div>
      <div itemprop="isRelatedTo" itemscope itemtype="https://schema.org/Product"><b itemprop="name">Nếp</b></div>
    </section></div>"""
    assert structured.microdata(fragment(html)).products == (READ,)


def test_open_graph_says_less_of_the_same() -> None:
    told = {
        "og:type": "product",
        "og:title": "Gạo Nàng Thơm túi 5kg",
        "og:url": "https://cho.example.vn/p/gao-41.html",
        "og:image": "https://cho.example.vn/a.jpg",
        "product:price:amount": "165000.0000",
        "product:price:currency": "VND",
        "product:availability": "in stock",
    }
    metas = "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in told.items())
    less = replace(READ, sku=None, brand=None, seller=None, rating=None, review_count=None)
    assert structured.open_graph(fragment(metas)) == less
    assert structured.open_graph(fragment('<meta property="og:type" content="website">')) is None
    assert structured.open_graph(fragment(metas + '<meta property="product:price:amount" content="9000">')) == replace(
        less, low=Decimal(9000)
    )


def test_no_product_is_nothing_and_broken_json_is_told() -> None:
    assert structured.products(page({"@type": "WebSite"}, [], "Product", None)) == structured.Found(())
    found = structured.products(fragment('<script type="application/ld+json">{"@type": "Product",</script>'))
    assert not found.products
    assert len(found.faults) == 1
    cdata = f'<script type="application/ld+json">//<![CDATA[\n{json.dumps(RICE)}\n//]]></script>'
    assert structured.products(fragment(cdata)).products == (READ,)


@pytest.mark.parametrize(
    ("offers", "shown"),
    [
        ({"price": 165000}, "165.000 ₫"),
        ({"price": 165000.0, "priceCurrency": "VND"}, "165.000 ₫"),
        ({"price": "165.000"}, "165.000 ₫"),
        ({"price": "1,650,000 ₫"}, "1.650.000 ₫"),
        ({"price": "0"}, "0 ₫"),
        ({"price": 12.5, "priceCurrency": "usd"}, "12.5 USD"),
        ({"price": "12.500", "priceCurrency": "USD"}, "12.5 USD"),
        ({"@type": "AggregateOffer", "lowPrice": "20000", "highPrice": 35000}, "20.000 - 35.000 ₫"),
        ([{"price": 35000}, {"price": 20000}, {"price": 25000}], "20.000 - 35.000 ₫"),
        ({"priceSpecification": {"price": "165000", "priceCurrency": "VND"}}, "165.000 ₫"),
        (
            {"priceSpecification": [{"price": 165000}, {"price": 190000, "priceType": "https://schema.org/ListPrice"}]},
            "165.000 ₫",
        ),
        ({}, None),
        ({"price": ""}, None),
        ({"price": None}, None),
    ],
)
def test_prices(offers: object, shown: str | None) -> None:
    product = one(offers=offers)
    assert (product.price_text, product.faults) == (shown, ())
    if shown and shown.startswith("165"):
        assert clean.price(shown).min_vnd == 165_000


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"offers": {"price": "nhiều giá"}}, "giá: nhiều giá"),
        ({"offers": {"price": -5}}, "giá: -5"),
        ({"offers": {"price": "1e9"}}, ""),
        ({"offers": [{"price": 1, "priceCurrency": "VND"}, {"price": 2, "priceCurrency": "USD"}]}, "nhiều đơn vị tiền"),
        ({"offers": [{"seller": {"name": "A"}}, {"seller": {"name": "B"}}]}, "nhiều người bán: A, B"),
        ({"offers": {"availability": "https://schema.org/Sometimes"}}, "tình trạng hàng"),
        ({"aggregateRating": {"ratingValue": 9}}, "điểm đánh giá: 9 trên 5"),
        ({"aggregateRating": {"ratingValue": "tốt", "ratingCount": "nhiều"}}, "điểm đánh giá: tốt"),
    ],
)
def test_what_cannot_be_read_is_told_and_left_out(fields: dict[str, Any], fault: str) -> None:
    product = one(**fields)
    assert (product.seller, product.in_stock, product.rating) == (None, None, None)
    assert fault in " ".join(product.faults)
    assert (product.price_text is None) == (fault != "")


def test_stock_rating_and_variants() -> None:
    assert one(offers={"availability": "OutOfStock"}).in_stock is False
    assert one(offers={"availability": "http://schema.org/PreOrder"}).in_stock is True
    assert one(offers=[{"availability": "SoldOut"}, {"availability": "InStock"}]).in_stock is True
    assert one(aggregateRating={"ratingValue": 80, "bestRating": 100, "reviewCount": "3"}).rating == 4.0
    variants = [{"@type": "Product", "offers": {"price": price}} for price in (20000, 35000)]
    assert one(**{"@type": "ProductGroup", "hasVariant": variants}).price_text == "20.000 - 35.000 ₫"
    told = one(
        additionalProperty=[{"name": "Xuất xứ", "value": "Long An"}, {"name": "Trống"}], countryOfOrigin="Việt Nam"
    )
    assert (told.properties, told.origin) == ((("Xuất xứ", "Long An"),), "Việt Nam")


NAMES = [
    "@id",
    "@type",
    "@graph",
    "@value",
    "name",
    "offers",
    "price",
    "priceCurrency",
    "seller",
    "url",
    "image",
    "availability",
    "aggregateRating",
    "description",
    "ratingValue",
    "bestRating",
    "hasVariant",
    "address",
    "brand",
    "priceSpecification",
    "lowPrice",
    "additionalProperty",
    "mainEntity",
]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner | st.sampled_from(["Product", "#1", "VND", "12.500"]),
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(st.lists(ANY_JSON, max_size=3))
def test_whatever_a_page_holds_nothing_breaks(blocks: list[object]) -> None:
    body = "".join(
        f'<script type="application/ld+json">{json.dumps(block).replace("<", " ")}</script>'
        for block in [*blocks, {"@type": "Product", "name": "Gạo", "offers": blocks}]
    )
    found = structured.products(fragment(body))
    assert any(product.name == "Gạo" for product in found.products)
    for product in found.products:
        assert product.low is None or 0 <= product.low <= (product.high or 0)
        assert product.rating is None or 0 <= product.rating <= 5
        assert product.price_text is None or clean.price(product.price_text).status != "unreadable"


@given(st.integers(0, 10**12))
def test_an_amount_reads_the_same_however_it_is_written(vnd: int) -> None:
    dotted = f"{vnd:,}".replace(",", ".")
    for told in (vnd, float(vnd), str(vnd), f"{vnd}.0000", f"{vnd}.00", dotted, f"{dotted} ₫", f"{vnd:,}đ"):
        value = structured.amount(told)
        assert value is not None
        assert structured.whole(value) == vnd


def bare(number: str, more: str = "") -> Product:
    """A product whose price stands in the page's script without quotes."""
    told = f'{{"@type": "Product", "name": "Gạo", "offers": {{"price": {number}{more}}}}}'
    return structured.products(fragment(f'<script type="application/ld+json">{told}</script>')).products[0]


@given(st.integers(1, 10**6 - 1), st.sampled_from(["", ', "priceCurrency": "VND"', ', "priceCurrency": "đ"']))
def test_a_bare_number_is_read_by_its_digits(thousands: int, currency: str) -> None:
    grouped = f"{thousands % 1000}.000"
    assert bare(grouped, currency).low == Decimal(thousands % 1000 * 1000)
    for number in (f"{thousands}000", f"{thousands}000.0", f"{thousands}000.00"):
        assert bare(number, currency).low == Decimal(thousands * 1000)
    assert bare(grouped, ', "priceCurrency": "USD"').low == Decimal(thousands % 1000)


@pytest.mark.parametrize("currency", ["VND", "vnd", "VNĐ", "đ", "Đ", "₫", "đồng", " VND "])
def test_every_way_to_write_our_currency(currency: str) -> None:
    product = one(offers={"price": "350.000", "priceCurrency": currency})
    assert (product.currency, product.price_text) == ("VND", "350.000 ₫")


def test_a_number_without_end_costs_its_own_value_alone() -> None:
    product = bare("9" * 5000)
    assert (product.name, product.low) == ("Gạo", None)
    assert len(product.faults) == 1


@given(st.one_of(st.text(), st.none(), st.booleans(), st.lists(st.integers())))
def test_what_is_no_amount_is_none(told: object) -> None:
    value = structured.amount(told)
    assert value is None or (isinstance(told, str) and any(sign.isdigit() for sign in told) and value >= 0)


def test_a_deeply_nested_page_and_a_circle_end() -> None:
    deep: object = RICE
    for _ in range(200):
        deep = {"mainEntity": deep}
    assert structured.products(page(deep)).products == ()
    circle = {"@id": "#a", "@type": "Product", "name": "Gạo", "hasVariant": {"@id": "#a"}, "offers": {"@id": "#b"}}
    assert structured.products(page(circle, {"@id": "#b", "offers": {"@id": "#b"}})).products[0].name == "Gạo"
    scopes = '<div itemprop="offers" itemscope>' * 300
    item = f'<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">Gạo</b>{scopes}</div>'
    assert structured.microdata(fragment(item)).products[0].name == "Gạo"
    plain = f'<div itemscope itemtype="https://schema.org/Product">{"<div>" * 5000}<b itemprop="name">Gạo</b></div>'
    assert structured.microdata(fragment(plain)).products[0].name == "Gạo"
