"""Officers of an invented office, and a browser that sends forms as they stand on the page."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from marketplace.db import now
from marketplace.people import accounts
from marketplace.people.models import User

OFFICER, ADMIN = "canbo@example.vn", "0900000021"
PASSWORD = "lúa chín đồng Vàm Cỏ"


def make(engine: Engine, login: str = OFFICER, role: str = "officer", name: str = "Nguyễn Thị Mẫu") -> User:
    return accounts.add_user(engine, login, name, role, PASSWORD, now(), "test")


def token(client: FlaskClient, address: str) -> str:
    """The token of the first form on a page."""
    page = BeautifulSoup(client.get(address).get_data(as_text=True), "lxml")
    field = page.select_one("input[name=csrf_token]")
    assert field is not None, address
    return str(field["value"])


def send(client: FlaskClient, page: str, address: str = "", **fields: Any) -> TestResponse:
    """Fill the form of a page in and send it to `address`, by default the page's own."""
    return client.post(address or page, data={"csrf_token": token(client, page), **fields})


def sign_in(client: FlaskClient, login: str = OFFICER, password: str = PASSWORD, **more: str) -> TestResponse:
    return send(client, "/dang-nhap", **{"ten": login, "mat-khau": password, **more})
