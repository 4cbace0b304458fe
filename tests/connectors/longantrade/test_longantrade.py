"""The detector: what it asks, in which order, and whom it hands a site to."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from connectors import longantrade
from connectors.contract import Get, Problem, Yield
from connectors.platforms import PLATFORMS
from connectors.platforms.detect import ORDER
from connectors.problems import PROBLEMS
from tests.connectors.saved_pages import page_of, saved_pages

HOME = "https://longantrade.com"
PLAIN = b"<html><head><title>San</title></head><body><a href='/gioi-thieu'>1</a></body></html>"
WORDPRESS = {"name": "Sàn", "namespaces": ["oembed/1.0", "wp/v2"]}
SHOP = {"name": "Sàn", "namespaces": ["wp/v2", "wc/store", "wc/store/v1", "dokan/v1"]}
TYPES = {"post": {"name": "Bài viết", "rest_base": "posts"}, "san-pham": {"name": "Sản phẩm", "rest_base": "san-pham"}}
PRODUCTS = {"products": [{"id": 1, "title": "Gạo", "handle": "gao", "variants": []}]}


def ask(get: Get, body: bytes, status: int = 200) -> list[Yield]:
    return list(longantrade.parse(longantrade.source, replace(page_of(get, body), status=status)))


def walk(**answers: object) -> tuple[list[str], list[Yield]]:
    """What is asked of a site with these JSON answers (by the start of their path), and the last answer's values."""
    get = next(longantrade.start(longantrade.source, None))
    asked, values = [get.url], ask(get, PLAIN)
    while len(values) == 1 and isinstance(get := values[0], Get):
        path = get.url.removeprefix(HOME)
        asked.append(path)
        told = next((value for name, value in answers.items() if path.strip("/").startswith(name)), None)
        values = ask(get, b"" if told is None else json.dumps(told).encode(), 404 if told is None else 200)
    return asked, values


def found(values: list[Yield]) -> list[str]:
    return [value.detail for value in values if isinstance(value, Problem) and value.code == "platform_found"]


def test_a_shop_on_wordpress_is_handed_over_with_the_answer_at_hand() -> None:
    asked, values = walk(**{"wp-json": SHOP})
    assert [path.partition("#")[0] for path in asked] == [f"{HOME}/", "/wp-json/"]
    assert found(values) == ["woocommerce"]
    assert [(get.url.removeprefix(f"{HOME}/wp-json/"), get.kind) for get in values if isinstance(get, Get)] == [
        ("wc/store/v1/products?per_page=100&page=1", "woocommerce/products"),
        ("dokan/v1/stores?per_page=100&page=1", "woocommerce/stores"),
    ]


def test_wordpress_without_a_shop_is_read_where_a_type_is_named_for_products() -> None:
    _, values = walk(**{"wp-json/wp": TYPES, "wp-json": WORDPRESS})
    assert found(values) == ["wordpress"]
    _asked, values = walk(**{"wp-json/wp": {"post": TYPES["post"]}, "wp-json": WORDPRESS, "products.json": PRODUCTS})
    assert found(values) == ["haravan"], "a blog beside a shop"
    assert [get.kind for get in values if isinstance(get, Get)] == ["haravan/products"]


def test_nothing_that_fits_is_told_with_what_was_tried() -> None:
    asked, values = walk()
    assert all(path.partition("#")[0] in values[0].detail for path in asked[1:] if isinstance(values[0], Problem))
    assert [value.code for value in values if isinstance(value, Problem)] == ["layout"]
    assert len(asked) == len(set(asked)) < 8


def test_an_answer_that_is_no_answer_is_a_no() -> None:
    for body in (b"", b"\x00\xff", PLAIN, b"{", b'{"namespaces": "wc/store"}', b'{"namespaces": [1]}', b"[]"):
        probe = next(value for value in ask(next(longantrade.start(longantrade.source, None)), PLAIN))
        assert isinstance(probe, Get)
        assert probe.optional
        (following,) = ask(probe, body)
        assert isinstance(following, Get)
        assert following.url != probe.url


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_html"),
        (b'{"a": 1}', "not_html"),
        (b"<html><body>cut", "truncated"),
        (b"<html><head><title>Just a moment...</title></head><body></body></html>", "challenge"),
    ],
)
def test_a_home_page_that_is_none_ends_the_asking(body: bytes, code: str) -> None:
    (value,) = ask(next(longantrade.start(longantrade.source, None)), body)
    assert isinstance(value, Problem)
    assert value.code == code


def test_pages_go_to_the_platform_whose_name_they_bear() -> None:
    for name in ("woocommerce", "wordpress", "haravan"):
        for saved in saved_pages(f"platforms/{name}"):
            get = replace(saved.get, url=saved.get.url.replace("https://san-mau.example.vn", HOME))
            body = saved.body.replace(b"https://san-mau.example.vn", HOME.encode())
            values = list(
                longantrade.parse(
                    longantrade.source, page_of(replace(get, kind=f"{name}/{get.kind}"), body, saved.headers)
                )
            )
            assert len(values) == len(saved.expected)
            assert all(value.kind.startswith(f"{name}/") for value in values if isinstance(value, Get))


def test_the_kind_of_an_address_is_told_where_one_platform_alone_knows_it() -> None:
    source = longantrade.source
    assert longantrade.kind_of(source, f"{HOME}/") == "detect/home"
    assert longantrade.kind_of(source, f"{HOME}/wp-json/dokan/v1/stores?page=2") == "woocommerce/stores"
    assert longantrade.kind_of(source, f"{HOME}/products.json?page=2") == "haravan/products"
    assert longantrade.kind_of(source, f"{HOME}/gioi-thieu") is None
    (value,) = ask(Get(url=f"{HOME}/x", kind="nobody/knows"), PLAIN)
    assert isinstance(value, Problem)
    assert value.code == "unknown_kind"


def test_every_platform_but_the_configured_ones_is_asked_for() -> None:
    assert set(ORDER) == PLATFORMS.keys() - {"selectors"}
    assert "platform_found" in PROBLEMS
