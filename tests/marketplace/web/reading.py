"""What a test reads of an answer."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from bs4 import BeautifulSoup
from flask.testing import FlaskClient


class Page(NamedTuple):
    status: int
    title: str
    text: str  # as a reader sees it, white space collapsed
    html: BeautifulSoup
    source: str

    def links(self) -> list[str]:
        return [str(link["href"]) for link in self.html.select("main a[href]")]


def read(client: FlaskClient, address: str) -> Page:
    """Fetch a page, following redirects."""
    response = client.get(address, follow_redirects=True)
    source = response.get_data(as_text=True)
    html = BeautifulSoup(source, "lxml")
    text = re.sub(r"\s+", " ", unescape(html.get_text(" ")))
    return Page(response.status_code, html.title.get_text() if html.title else "", text, html, source)
