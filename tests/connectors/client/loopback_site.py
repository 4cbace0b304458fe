"""A real site on loopback, for what only a real connection shows: half answers, silence, drips, hang-ups."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from connectors.client import FetchError, PoliteClient

USER_AGENT = "ChoNongSan/1.0 (+https://cho.example.vn/bot; lienhe@example.vn)"
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
PAGE = "<!doctype html><title>Gạo Nàng Thơm Chợ Đào</title><p>Giá: 32.000 đ/kg</p>".encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"

NewClient = Callable[..., PoliteClient]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes
    server: Server

    def do_GET(self) -> None:
        site = self.server.site
        with site.inside, suppress(OSError):  # the client may hang up whenever it likes
            site.asked.append(Asked(self.path, dict(self.headers.items()), self.client_address[1]))
            site.routes.get(self.path, reply(b"", status=404))(self)

    def finish(self) -> None:
        super().finish()
        self.server.site.hung_up.set()

    def log_message(self, *_: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = False  # joined when the site closes
    site: Site

    def process_request(self, request: Any, client_address: Any) -> None:
        self.site.connections.append(request)
        super().process_request(request, client_address)

    def handle_error(self, *_: Any) -> None:
        pass  # a client that hangs up is part of the tests


Route = Callable[[Handler], None]


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict[str, str]
    peer: int  # the client's port: the same port is the same connection


class Inside:
    """Notes whether two requests were ever inside at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.overlapped = False

    def __enter__(self) -> None:
        self.overlapped |= not self._lock.acquire(blocking=False)

    def __exit__(self, *_: object) -> None:
        with suppress(RuntimeError):  # released by the other one
            self._lock.release()


@dataclass
class Site:
    """`routes` answer by path, 404 for the rest; `asked` tells what was asked for, robots.txt included."""

    url: str
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    inside: Inside = field(default_factory=Inside)
    closing: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)  # a connection has ended
    connections: list[socket.socket] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    @property
    def peers(self) -> set[int]:
        return {asked.peer for asked in self.asked}

    @property
    def address(self) -> str:
        """host:port"""
        return self.url.partition("://")[2]

    def robots(self, text: str, status: int = 200) -> None:
        self.routes["/robots.txt"] = reply(text.encode(), status=status, content_type="text/plain")


@contextmanager
def serve(wrap: Callable[[socket.socket], socket.socket] | None = None) -> Iterator[Site]:
    """A running site; `wrap` puts TLS around its listening socket."""
    server = Server(("127.0.0.1", 0), Handler)
    if wrap is not None:
        server.socket = wrap(server.socket)
    scheme = "http" if wrap is None else "https"
    site = server.site = Site(f"{scheme}://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    try:
        yield site
    finally:
        site.closing.set()
        server.shutdown()
        thread.join()
        for connection in site.connections:  # kept alive by a client, or waiting for one that has gone
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        server.server_close()


def reply(body: bytes, status: int = 200, content_type: str = "text/html", **headers: str) -> Route:
    def answer(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def redirect(to: str, status: int = 302) -> Route:
    return reply(b"<p>Di chuyen</p>", status=status, Location=to)


def in_turn(*routes: Route) -> Route:
    """One route after the other; the last one stays."""
    left = list(routes)

    def answer(handler: Handler) -> None:
        route = left.pop(0) if len(left) > 1 else left[0]
        route(handler)

    return answer


def raw(*parts: bytes, pause_s: float = 0.0, endless: bool = False, keep_alive: bool = False) -> Route:
    """These bytes as they are, the last part for ever if `endless`, with a pause after each; then we hang up."""

    def answer(handler: Handler) -> None:
        handler.close_connection = not keep_alive
        closing = handler.server.site.closing
        todo = iter(parts)
        while not closing.is_set():
            part = next(todo, parts[-1] if endless else None)
            if part is None:
                return
            handler.wfile.write(part)
            if pause_s:
                closing.wait(pause_s)

    return answer


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 1_000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.at += seconds


def refused(client: PoliteClient, url: str, **options: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        client.get(url, **options)
    return caught.value


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Answer look-ups of example.vn names with these addresses, one list after the other, then "not found".

    Returns the list of the names that are asked for.
    """
    asked: list[str] = []
    left = list(answers)
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *options: Any) -> list[Any]:
        if not host.endswith("example.vn"):
            return real(host, port, *options)
        asked.append(host)
        if not left:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [entry for address in left.pop(0) for entry in real(address, port, 0, socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
