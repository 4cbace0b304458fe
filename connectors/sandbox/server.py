"""A threading HTTP/1.1 server for the sandbox, on loopback.

Chosen by measurement over waitress, for this one purpose: with one keep-alive client it answers 1,750 pages of 50 kB
a second against 1,100, and an answer that is slow or never ends holds a thread of its own, not one of a few workers.
It trusts its only client and is no server for the application.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import unquote_to_bytes

from .site import Site

_LARGEST_REQUEST = 1_000_000  # bytes of a body; a fault told from outside has a hundred


class SiteServer(ThreadingTCPServer):
    """Serves one site from `start` to `close`. Port 0 takes a free one; `url` tells the address.

    Raises OSError when the port is taken.
    """

    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = False  # close() waits for them: nothing outlives a test

    def __init__(self, site: Site, port: int = 0) -> None:
        self.site = site
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, name=f"sandbox {site.slug}")

    def start(self) -> None:
        self.site.faults.stop.clear()
        self._thread.start()

    def close(self) -> None:
        """Ends every connection, also those that wait for another request, and every thread."""
        self.site.faults.stop.set()
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the visitor was faster
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)


class _Handler(BaseHTTPRequestHandler):
    """Turns a request into a call of the site, and its answer into bytes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: SiteServer

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # the visitor went away: no fault of ours
            super().handle()

    def do_GET(self) -> None:
        self._call_site()

    def do_HEAD(self) -> None:
        self._call_site()

    def do_POST(self) -> None:
        self._call_site()

    def do_DELETE(self) -> None:
        self._call_site()

    def _call_site(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > _LARGEST_REQUEST:
            self.send_error(413)
            self.close_connection = True
            return
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "CONTENT_LENGTH": length,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(self.server.server_address[1]),
            "wsgi.url_scheme": "http",
            "wsgi.input": self.rfile,
        }
        for name, value in self.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        told: list[tuple[str, list[tuple[str, str]]]] = []
        body = self.server.site(environ, lambda status, headers: told.append((status, headers)))
        status, headers = told[0]
        self._send(status, headers, body)

    def _send(self, status: str, headers: list[tuple[str, str]], body: Iterable[bytes]) -> None:
        length = next((int(value) for name, value in headers if name == "Content-Length"), None)
        lines = [f"HTTP/1.1 {status}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if isinstance(body, list):  # in one piece: two small writes would cost a delayed acknowledgement
            pieces = b"".join(body)
            self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1") + pieces)
            sent = len(pieces)
        else:
            sent = self._stream(lines, body, chunked=length is None)
        if self.command != "HEAD" and length is not None and sent < length:
            self.close_connection = True  # less than promised: the visitor must notice

    def _stream(self, lines: list[str], body: Iterable[bytes], chunked: bool) -> int:
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        sent = 0
        for piece in body:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
            sent += len(piece)
        if chunked:
            self.wfile.write(b"0\r\n\r\n")
        return sent

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a test reads what was asked from `Site.seen`."""
