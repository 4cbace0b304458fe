"""The wire under `connectors.client`: whom a connection may reach and how long it may take.

`requests` and urllib3 do the HTTP. What they lack is added here, at the two places where it cannot be evaded:
the address is judged where the socket is opened, and the time is counted where bytes are taken from it.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.client import HTTPResponse
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import InvalidHeader as UrllibInvalidHeader
from urllib3.exceptions import ReadTimeoutError
from urllib3.exceptions import SSLError as UrllibSSLError
from urllib3.poolmanager import PoolManager
from urllib3.util.connection import allowed_gai_family, create_connection

from connectors.refusals import FetchError

_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST_V6 = IPv6Network("2000::/3")  # all that is handed out; Python calls some of the rest global
_PROTOCOLS_V4 = IPv4Network("192.0.0.0/24")  # IETF protocols; Python before 3.11.10 calls parts of it global


def may_connect(address: str, *, allow_loopback: bool) -> bool:
    """True for an address of the public internet, and for loopback where that is allowed.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64) is judged as the IPv4 address it leads to.
    """
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        inner = IPv4Address(int(ip) & 0xFFFF_FFFF) if ip in _NAT64 else ip.ipv4_mapped or ip.sixtofour
        ip = inner or ip
    if ip.is_loopback:
        return allow_loopback
    if isinstance(ip, IPv6Address):
        return ip in _UNICAST_V6 and ip.is_global
    # is_global alone calls multicast global.
    return ip.is_global and not ip.is_multicast and ip not in _PROTOCOLS_V4


class Wire:
    """The limits every connection of one client keeps. Not for two threads at once: the client has a lock."""

    def __init__(
        self,
        *,
        allow_loopback: bool,
        connect_timeout_s: float,
        read_timeout_s: float,
        total_timeout_s: float,
        clock: Callable[[], float],
    ) -> None:
        self._allow_loopback = allow_loopback
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._total_timeout_s = total_timeout_s
        self._clock = clock
        self._deadline = 0.0

    @property
    def timeouts(self) -> tuple[float, float]:
        """Seconds to connect and seconds of silence, as `requests` takes them."""
        return self._connect_timeout_s, self._read_timeout_s

    def begin(self) -> None:
        """Start the total time of one exchange: connecting, headers and body together."""
        self._deadline = self._clock() + self._total_timeout_s

    def patience(self, limit_s: float | None = None) -> float:
        """Seconds the next step may take. Raises FetchError "timeout" when the exchange has none left."""
        left = self._deadline - self._clock()
        if left <= 0:
            raise self.silence(left)
        return min(left, self._read_timeout_s if limit_s is None else limit_s)

    def silence(self, waited_s: float) -> FetchError:
        """The error for a peer that sent nothing in `waited_s`, the patience it was given."""
        if waited_s < self._read_timeout_s:
            return FetchError("timeout", f"answer not complete after {self._total_timeout_s:g} s")
        return FetchError("timeout", f"no byte within {self._read_timeout_s:g} s")

    def connect(self, host: str, port: int, options: Any) -> socket.socket:
        """A connection to a permitted address of `host`.

        Raises FetchError dns, private_address, timeout or unreachable. The name is looked up once and the
        socket opened to the very address that was judged: a name that answers first with a public and then
        with a private address (DNS rebinding) gains nothing, and no private address ever sees a packet.
        """
        permitted = [a for a in _look_up(host, port) if may_connect(a, allow_loopback=self._allow_loopback)]
        if not permitted:
            raise FetchError("private_address", f"{host} is not an address of the public internet")
        for address in permitted[:-1]:
            with suppress(OSError):
                return self._open(address, port, options)
        try:
            return self._open(permitted[-1], port, options)
        except TimeoutError as error:
            detail = f"no connection to {host}:{port} within {self._connect_timeout_s:g} s"
            raise FetchError("timeout", detail) from error
        except OSError as error:
            detail = f"no connection to {host}:{port}: {(error.strerror or 'failed').lower()}"
            raise FetchError("unreachable", detail) from error

    def _open(self, address: str, port: int, options: Any) -> socket.socket:
        return create_connection((address, port), self.patience(self._connect_timeout_s), socket_options=options)


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, allowed_gai_family(), socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a label that is empty or too long
        raise FetchError("dns", f"no address found for {host}") from error
    return [str(entry[4][0]) for entry in found]


class _TimedReader(io.RawIOBase):
    """Reads from a socket, giving each read no more time than the exchange has left.

    A timeout on the socket alone starts anew with every byte: a server that drips would hold us for ever, in
    the headers as well as in the body.
    """

    def __init__(self, sock: socket.socket, wire: Wire) -> None:
        self._sock = sock
        self._wire = wire
        # Through makefile() the socket counts us as a reader and stays open until we are closed.
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        patience = self._wire.patience()
        self._sock.settimeout(patience)
        try:
            return self._raw.readinto(buffer)
        except TimeoutError as error:
            raise self._wire.silence(patience) from error

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """What `http.client.HTTPResponse` needs of a socket: its makefile()."""

    def __init__(self, sock: socket.socket, wire: Wire) -> None:
        self._sock = sock
        self._wire = wire

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock, self._wire), 65_536)


def _timed_response(wire: Wire, sock: socket.socket, *args: Any, **options: Any) -> HTTPResponse:
    # The constructor calls nothing but makefile("rb"), which is all that _TimedSocket offers.
    return HTTPResponse(_TimedSocket(sock, wire), *args, **options)  # type: ignore[arg-type]


class _Connection(HTTPConnection):
    wire: Wire

    def keep_to(self, wire: Wire) -> None:
        self.wire = wire
        # http.client only ever calls response_class; typed as a class, it may be any factory.
        self.response_class = partial(_timed_response, wire)  # type: ignore[assignment]

    def _new_conn(self) -> socket.socket:
        return self.wire.connect(self._dns_host, self.port, self.socket_options)


class _TLSConnection(_Connection, HTTPSConnection):
    """TLS over a judged connection; the certificate is checked against the name that was asked for."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection
    wire: Wire

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        if isinstance(connection, _Connection):
            connection.keep_to(self.wire)
        return connection


class _TLSPool(_Pool, HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


class _Pools(PoolManager):
    """Hands its wire to every pool, and closes connections when told instead of when the garbage is collected."""

    def __init__(self, wire: Wire, **options: Any) -> None:
        super().__init__(**options)
        self._wire = wire
        self.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def _new_pool(
        self, scheme: str, host: str, port: int, request_context: dict[str, Any] | None = None
    ) -> HTTPConnectionPool:
        pool = super()._new_pool(scheme, host, port, request_context)
        if isinstance(pool, _Pool):
            pool.wire = self._wire
        return pool

    def clear(self) -> None:
        for key in self.pools.keys():  # noqa: SIM118 - urllib3's container cannot be iterated over
            self.pools[key].close()
        super().clear()


class GuardedAdapter(HTTPAdapter):
    """A `requests` transport whose every connection keeps to `wire`.

    To be used without a Session, which would keep cookies, read a redirect's body without limit, and take
    proxies from the environment: behind a proxy it is the proxy that connects, and the guard would judge the
    wrong address.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        self.poolmanager = _Pools(self._wire, num_pools=connections, maxsize=maxsize, block=block, **options)


def network_error(error: Exception, host: str) -> FetchError:
    """The FetchError for what `requests` or urllib3 raised while talking to `host`."""
    causes = tuple(_causes(error))

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if caused_by(requests.Timeout, ReadTimeoutError, TimeoutError):
        return FetchError("timeout", f"{host} fell silent")
    # A peer that hangs up in the middle of TLS is a broken connection, worth another try; a certificate that
    # is not trusted stays so.
    if caused_by(ssl.SSLError, requests.exceptions.SSLError, UrllibSSLError) and not caused_by(
        ssl.SSLEOFError, ssl.SSLZeroReturnError
    ):
        reason = next((c.verify_message for c in causes if isinstance(c, ssl.SSLCertVerificationError)), "")
        return FetchError("tls", f"no trusted connection to {host}: {reason or 'handshake failed'}")
    if caused_by(requests.exceptions.InvalidHeader, UrllibInvalidHeader, UnicodeError):
        return FetchError("http_error", f"headers to or from {host} are not valid")
    return FetchError("unreachable", f"connection to {host} broke: {type(causes[-1]).__name__}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it wraps: both libraries keep the inner error in `args` or `reason`."""
    yield error
    for inner in (getattr(error, "reason", None), *error.args):
        if isinstance(inner, BaseException):
            yield from _causes(inner)
