"""Asking a sandbox site for pages: straight through WSGI, where HTTP itself is not what is tested."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import NamedTuple
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from connectors.sandbox.site import Site

BASE = "http://127.0.0.1:8000"
_LINK = re.compile(r'href="([^"#]+)')


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.body, "lxml")

    def paths(self) -> set[str]:
        """Path and query of every link that stays on the site."""
        found = (urlsplit(link.replace("&amp;", "&")) for link in _LINK.findall(self.text))
        return {
            part.path + ("?" + part.query if part.query else "")
            for part in found
            if f"{part.scheme}://{part.netloc}" in (BASE, "://") and part.path.startswith("/")
        }


def visit(site: Site, target: str, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
    """One request. Headers by name with underscores: if_none_match="…"."""
    path, _, query = target.partition("?")
    told: list[tuple[str, list[tuple[str, str]]]] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_HOST": urlsplit(BASE).netloc,
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
        **{"HTTP_" + name.upper(): value for name, value in headers.items()},
    }
    content = b"".join(site(environ, lambda status, fields: told.append((status, fields))))
    status, fields = told[0]
    return Answer(int(status.split()[0]), dict(fields), content)


def walk(site: Site, start: Iterable[str], follow: str) -> set[str]:
    """Every path reached from `start` over links that match `follow`. All must be there."""
    pattern = re.compile(follow)
    waiting, known = list(start), set(start)
    while waiting:
        answer = visit(site, target := waiting.pop())
        assert answer.status == 200, target
        new = {path for path in answer.paths() if pattern.fullmatch(path)} - known
        known |= new
        waiting += new
    return known


def one(box: Tag, selector: str) -> Tag:
    """The first element; a failure when there is none."""
    found = box.select_one(selector)
    assert found is not None, selector
    return found


def attribute(box: Tag, selector: str, name: str) -> str:
    """An attribute of the first element."""
    return str(one(box, selector)[name])
