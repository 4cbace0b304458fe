"""What the sites have in common: requests, conditional answers, faults, the paths only a sandbox has."""

from __future__ import annotations

import json
import zlib
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from threading import local
from types import MappingProxyType
from typing import Any, NamedTuple

from .faults import ROBOTS, Fault, Faults, Kind
from .floor import Floor
from .garbling import deprived
from .reply import HTML, Reply, Request, read_query
from .world import World

CONTROL = "/__sandbox__/fault"
_JSON = "application/json; charset=utf-8"
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100" viewBox="0 0 100 100">'
    '<rect width="100" height="100" fill="hsl({hue},45%,72%)"/>'
    '<circle cx="50" cy="56" r="26" fill="hsl({hue},50%,48%)"/>'
    '<path d="M50 30q4-18 20-14q-4 14-20 14" fill="#4a7c3a"/></svg>'
)

StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Seen(NamedTuple):
    """A request the site has answered."""

    method: str
    target: str
    status: int
    headers: Mapping[str, str]


class Site(ABC):
    """A WSGI application that shows one floor of the world. A site adds `slug`, `item_classes`, `robots` and `page`."""

    slug: str
    item_classes: tuple[str, ...]  # the classes of list items, for the fault that renames one
    robots: str
    immune: Mapping[Kind, str] = MappingProxyType({})  # faults that cannot happen to this site, each with the reason

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = Faults(self.item_classes)
        self.seen: deque[Seen] = deque(maxlen=10_000)
        self._struck = local()  # the floor as a fault leaves it, for the page this thread is making

    @property
    def floor(self) -> Floor:
        """The records the pages show."""
        floor: Floor | None = getattr(self._struck, "floor", None)
        return floor or self.world.floors[self.slug]

    def robots_txt(self, request: Request) -> str:  # noqa: ARG002 - for sites whose rules name their own address
        """What robots.txt says."""
        return self.robots

    @abstractmethod
    def page(self, request: Request) -> Reply | None:
        """The page at an address, None where there is none."""

    @abstractmethod
    def not_found(self, request: Request) -> Reply:
        """The 404 page in the look of the site."""

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        request = _request(environ)
        if request.path == CONTROL:
            reply = self._control(request, environ)
        elif request.method in ("GET", "HEAD"):
            reply = self._answer(request)
        else:
            reply = Reply(405, b"", HTML, (("Allow", "GET, HEAD"),))
        self.seen.append(Seen(request.method, request.target, reply.status, request.headers))
        headers = [("Content-Type", reply.content_type), *reply.headers]
        length = len(reply.body) if isinstance(reply.body, bytes) else reply.length
        if length is not None and reply.status != 304:
            headers.append(("Content-Length", str(length)))
        start_response(f"{reply.status} {_phrase(reply.status)}", headers)
        if request.method == "HEAD":
            return []
        return [reply.body] if isinstance(reply.body, bytes) else reply.body

    def _answer(self, request: Request) -> Reply:
        fault = self.faults.take(request.path, request.target)
        if fault is None:
            return self._conditional(request, self._regular(request))
        instead = self.faults.instead(fault, request.target)
        if instead is not None:
            return instead
        return self._bent(request, fault)

    def _bent(self, request: Request, fault: Fault) -> Reply:
        if fault.kind == "other_case":  # a shop whose database compares without case answers both
            request = request._replace(path=request.path.lower())
        if fault.loss:
            self._struck.floor = deprived(self.world.floors[self.slug], fault.loss)
        try:
            regular = self._regular(request._replace(bend=fault.bend))
        finally:
            self._struck.floor = None
        reply = self.faults.after(fault, regular)
        # A changed list is an ordinary page with an ETag of its own; a broken answer has none.
        return self._conditional(request, reply) if fault.bend else reply

    def _regular(self, request: Request) -> Reply:
        if request.path == ROBOTS:
            return Reply(200, self.robots_txt(request).encode(), "text/plain; charset=utf-8")
        return self.page(request) or self.not_found(request)

    def _conditional(self, request: Request, reply: Reply) -> Reply:
        """Adds ETag and Last-Modified to a page, or answers 304.

        Last-Modified is the last change of the whole world: never too early, so nobody misses a change.
        """
        if reply.status != 200 or not isinstance(reply.body, bytes):
            return reply
        etag = f'"{zlib.crc32(reply.body):08x}-{len(reply.body):x}"'
        changed = self.world.changed_at
        headers = (*reply.headers, ("ETag", etag), ("Last-Modified", format_datetime(changed, usegmt=True)))
        wanted = request.headers.get("if-none-match")
        if wanted is not None:
            same = wanted.strip() == "*" or etag in (part.strip().removeprefix("W/") for part in wanted.split(","))
        else:
            since = _http_date(request.headers.get("if-modified-since", ""))
            same = since is not None and changed <= since
        return Reply(304, b"", reply.content_type, headers) if same else reply._replace(headers=headers)

    def _control(self, request: Request, environ: Mapping[str, Any]) -> Reply:
        """GET: the faults in force. POST a JSON object with the fields of Fault: one more. DELETE: none any more."""
        if request.method == "POST":
            try:
                body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                self.faults.add_told(json.loads(body))
            except ValueError as error:
                return Reply(400, json.dumps({"error": str(error)}, ensure_ascii=False).encode(), _JSON)
        elif request.method == "DELETE":
            self.faults.clear()
        told = [{"kind": fault.kind, "path": fault.path, "times": fault.times} for fault in self.faults.active()]
        return Reply(200, json.dumps(told, ensure_ascii=False).encode(), _JSON)


def drawing(name: str) -> Reply:
    """A small picture in a colour of its own for every name: pages look alive, and nobody's photograph is shown."""
    return Reply(200, _PICTURE.format(hue=zlib.crc32(name.encode()) % 360).encode(), "image/svg+xml")


def _request(environ: Mapping[str, Any]) -> Request:
    path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace") or "/"
    text = environ.get("QUERY_STRING", "")
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    names = {"if-none-match": "HTTP_IF_NONE_MATCH", "if-modified-since": "HTTP_IF_MODIFIED_SINCE"}
    names |= {"user-agent": "HTTP_USER_AGENT", "accept": "HTTP_ACCEPT"}
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=read_query(text) if text else {},
        target=f"{path}?{text}" if text else path,
        base=f"{environ.get('wsgi.url_scheme', 'http')}://{host}",
        headers={name: environ[key] for name, key in names.items() if key in environ},
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _http_date(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
