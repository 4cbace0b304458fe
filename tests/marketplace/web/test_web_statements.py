"""List pages make a fixed number of SQL statements, however long the list is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.marketplace.web.catalogue import Ids

# What each page may make. A page that needs one more changes this table, on purpose.
PAGES = {
    "/tim?trang=2": 4,
    "/tim?trang=3": 7,
    "/tim?loai=san-pham": 4,
    "/nguoi-ban": 5,
    "/tim.csv": 5,
    "/can-mua-can-ban": 5,
    "/can-mua-can-ban.json": 3,
    "/nguon": 8,
    "/nguon.json": 6,
    "/nguon/voso": 11,
    "/nguon/nongsanantoanlongan": 11,
    "/nguon/nongsanantoanlongan.json": 11,
    "/cach-doc": 2,
    "/san-pham/{dragon_fruit}": 9,
    "/gia": 2,
    "/gia/thanh-long-ruot-do": 6,
    "/nguoi-ban/{cooperative}": 8,
    "/can-mua-can-ban/{buy}": 4,
    "/nguon/lan/{good_run}": 9,
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_makes_its_number_of_statements(
    client: FlaskClient, ids: Ids, statements: list[str], address: str
) -> None:
    wanted = address.format(**vars(ids))
    if client.get(wanted).status_code == 302:  # and what only a run changes is remembered
        wanted = client.get(wanted).location
        client.get(wanted)
    statements.clear()
    assert client.get(wanted).status_code == 200
    assert len(statements) == PAGES[address], statements


def test_one_hit_costs_as_much_as_twenty(client: FlaskClient, statements: list[str]) -> None:
    client.get("/tim?loai=san-pham&q=thanh+long+ruot+trang+3")  # the prices of a commodity are remembered
    statements.clear()
    client.get("/tim?loai=san-pham&q=thanh+long+ruot+trang+3")
    few = len(statements)
    statements.clear()
    client.get("/tim?loai=san-pham&q=thanh+long+ruot+trang")
    assert len(statements) == few


def test_home_remembers_what_only_a_run_changes(client: FlaskClient, statements: list[str]) -> None:
    client.get("/")
    statements.clear()
    client.get("/")
    assert len(statements) == 9, statements
