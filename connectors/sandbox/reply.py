"""What a page function is asked and what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from .paging import Bend

HTML = "text/html; charset=UTF-8"


class Request(NamedTuple):
    """One request. `base` is the site's own address as the visitor wrote it, `target` the path with its query."""

    method: str
    path: str
    query: Mapping[str, str]
    target: str
    base: str
    headers: Mapping[str, str]  # those the sandbox looks at, names in lower case
    bend: Bend | None = None


class Reply(NamedTuple):
    """One answer. A body in pieces is sent as it comes; `length` is what it claims to be, None for unknown."""

    status: int
    body: bytes | Iterable[bytes]
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None


def read_query(text: str) -> dict[str, str]:
    """The last value of every name; names without a value are kept with an empty one."""
    return dict(parse_qsl(text, keep_blank_values=True))
