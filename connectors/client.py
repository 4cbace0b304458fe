"""The polite HTTP client: the only way from a connector's addresses to pages.

Polite means: robots.txt is obeyed, one request at a time with a pause after each answer, `Retry-After` and
"no" are taken at their word, an unchanged page can be asked for without being sent again, and the user agent
says who asks. Every limit is on by default: bytes (after decompression), seconds (in all, not per read),
redirects, and addresses (the public internet only).

No cookies are kept: each request stands alone, so a page never depends on what was fetched before it. A site
that sends everybody without a cookie round in a circle ends as `redirect_loop`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Self
from urllib.parse import urldefrag, urljoin, urlsplit

from protego import Protego
from requests import PreparedRequest, RequestException
from urllib3.exceptions import HTTPError

from connectors.bodies import error_body, page_body
from connectors.refusals import MAX_RETRY_AFTER_S, REDIRECTS, FetchCode, FetchError, check_answer
from connectors.transport import GuardedAdapter, Wire, network_error

__all__ = ["FetchCode", "FetchError", "Fetched", "PoliteClient", "Validators"]

MAX_REDIRECTS = 5
MAX_CRAWL_DELAY_S = 60.0
BACKOFF_S = 1.0  # before the second attempt; doubles with each further one
ROBOTS_BYTES = 512_000  # RFC 9309 §2.5: at least 500 KiB; the rest is ignored
ROBOTS_AGE_S = 86_400.0  # RFC 9309 §2.4: no longer than a day

_RETRIED: frozenset[FetchCode] = frozenset({"unreachable", "dns", "timeout", "server_error", "rate_limited"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Validators:
    """What the last answer said about its version (ETag, Last-Modified), for a conditional request."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `status` is 200, or 304 with an empty body when the page has not changed since `validators`.

    `url` is the final address, after redirects and quoting; `headers` have lower-case names, repeated ones
    joined by ", "; `body` is decompressed; `fetched_at` is aware, UTC.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class _Hop:
    """One address to ask, quoted and checked."""

    url: str
    request: PreparedRequest

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True)
class _Answer:
    hop: _Hop
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Rules:
    robots: Protego
    read_at: float


@dataclass(slots=True)
class _Turn:
    """When a site may be asked again: `delay_s` after its last answer `ended`."""

    delay_s: float
    ended: float | None = None


class PoliteClient:
    """Fetches the pages of one source. Threads may share it: their requests queue up.

    `user_agent` is ASCII, begins with the product's name (for which robots.txt is read), "/" and the version,
    and tells a contact. `delay_s` passes between the end of one answer and the next request; a Crawl-delay in
    robots.txt may raise it. `hosts` ("host" or "host:port") are further hosts of the same site, to which a
    redirect may lead. The timeouts count for each attempt; `max_bytes` counts after decompression.
    Raises ValueError when an argument makes no sense.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        delay_s: float,
        allow_loopback: bool = False,
        hosts: Collection[str] = (),
        connect_timeout_s: float = 10,
        read_timeout_s: float = 30,
        total_timeout_s: float = 120,
        max_bytes: int = 10_000_000,
        attempts: int = 4,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if not (user_agent.strip() and user_agent.isascii() and user_agent.isprintable()):
            raise ValueError("user_agent must be printable ASCII and not empty")
        if delay_s < 0 or attempts < 1 or max_bytes < 1:
            raise ValueError("delay_s must be at least 0, attempts and max_bytes at least 1")
        if min(connect_timeout_s, read_timeout_s, total_timeout_s) <= 0:
            raise ValueError("timeouts must be more than 0 seconds")
        self._headers = {
            "User-Agent": user_agent.strip(),
            "Accept-Language": "vi,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        self._robots_name = user_agent.split()[0].partition("/")[0]
        self._delay_s = delay_s
        self._same_site = frozenset(_site(f"https://{host}/") for host in hosts)
        self._max_bytes = max_bytes
        self._attempts = attempts
        self._clock, self._sleep, self._now, self._jitter = clock, sleep, now, jitter
        self._wire = Wire(
            allow_loopback=allow_loopback,
            connect_timeout_s=connect_timeout_s,
            read_timeout_s=read_timeout_s,
            total_timeout_s=total_timeout_s,
            clock=clock,
        )
        self._adapter = GuardedAdapter(self._wire)
        self._turns: dict[str, _Turn] = {}
        self._rules: dict[str, _Rules] = {}
        self._lock = Lock()

    def get(self, url: str, *, accept: str = "text/html", validators: Validators | None = None) -> Fetched:
        """The page at `url`. Raises FetchError for whatever the network or the site does."""
        headers = {**self._headers, "Accept": accept}
        if validators is not None and validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators is not None and validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        with self._lock:
            answer = self._follow(url, headers, self._max_bytes)
            return Fetched(answer.hop.url, answer.status, answer.headers, answer.body, self._now())

    def close(self) -> None:
        """Close the connections kept alive."""
        self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _follow(self, url: str, headers: Mapping[str, str], limit: int, *, for_robots: bool = False) -> _Answer:
        """The answer at the end of the redirects, which are followed within the site only."""
        hop = _hop(url, headers)
        permitted = {_site(hop.url), *self._same_site}
        seen: list[str] = []
        while True:
            if hop.url in seen or len(seen) > MAX_REDIRECTS:
                raise FetchError("redirect_loop", f"{hop.host} still redirects after {len(seen)} redirects")
            seen.append(hop.url)
            if not for_robots:
                self._obey_robots(hop)
            answer = self._answer(hop, limit, cut=for_robots)
            if answer.status not in REDIRECTS:
                return answer
            hop = _hop(_target(answer), headers)
            if _site(hop.url) not in permitted:
                detail = f"{answer.hop.host} redirects to {hop.host}"
                raise FetchError("moved", detail, status=answer.status)

    def _obey_robots(self, hop: _Hop) -> None:
        """Raises FetchError "robots" where robots.txt forbids the page, or what kept us from reading it."""
        parts = urlsplit(hop.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        rules = self._rules.get(origin)
        if rules is None or self._clock() - rules.read_at > ROBOTS_AGE_S:
            rules = self._rules[origin] = self._read_robots(origin)
            crawl_delay = rules.robots.crawl_delay(self._robots_name) or 0.0
            turn = self._turn(hop)
            turn.delay_s = max(turn.delay_s, min(crawl_delay, MAX_CRAWL_DELAY_S))
        if not rules.robots.can_fetch(hop.url, self._robots_name):
            closed = not rules.robots.can_fetch(f"{origin}/", self._robots_name)
            raise FetchError("robots", f"robots.txt of {hop.host} forbids {parts.path}", stop=closed)

    def _read_robots(self, origin: str) -> _Rules:
        """RFC 9309 §2.3.1: a robots.txt that is not there allows everything, an unreadable one nothing."""
        try:
            headers = {**self._headers, "Accept": "text/plain"}
            answer = self._follow(f"{origin}/robots.txt", headers, ROBOTS_BYTES, for_robots=True)
            text = answer.body.decode("utf-8-sig", "replace")
        except FetchError as error:
            absent = error.code in {"blocked", "not_found", "http_error"} and error.status not in {None, 200}
            if not absent and error.code != "redirect_loop":
                # With the code of the cause, not "robots": a site that is down has forbidden nothing.
                raise FetchError(
                    error.code,
                    f"robots.txt: {error.detail}",
                    status=error.status,
                    stop=True,
                    retry_after_s=error.retry_after_s,
                ) from error
            text = ""
        return _Rules(Protego.parse(text), self._clock())

    def _answer(self, hop: _Hop, limit: int, *, cut: bool) -> _Answer:
        """The answer of one address, asked again after a pause where that can help.

        What the site asks us to wait is waited for, up to MAX_RETRY_AFTER_S for all attempts together: who holds a
        source longer than that without a page loses it to another worker.
        """
        attempt, waited = 1, 0.0
        while True:
            try:
                return self._exchange(hop, limit, cut=cut)
            except FetchError as error:
                asked = error.retry_after_s or 0.0
                if error.code not in _RETRIED or attempt == self._attempts or waited + asked > MAX_RETRY_AFTER_S:
                    raise
            waited += asked
            # Random, so that clients which failed together do not come back together.
            backoff = BACKOFF_S * 2 ** (attempt - 1) * (0.5 + self._jitter())
            self._sleep(max(backoff, asked))
            attempt += 1

    def _exchange(self, hop: _Hop, limit: int, *, cut: bool) -> _Answer:
        """One request and its answer. With `cut`, a body over `limit` bytes is cut instead of refused."""
        turn = self._turn(hop)
        if turn.ended is not None and (pause := turn.ended + turn.delay_s - self._clock()) > 0:
            self._sleep(pause)
        self._wire.begin()
        try:
            response = self._adapter.send(hop.request, stream=True, timeout=self._wire.timeouts)
            status = response.status_code
            headers = {name.lower(): value for name, value in response.headers.items()}
            if status == 200:
                body = page_body(response.raw, headers, limit, cut=cut, host=hop.host)
            else:
                body = error_body(response.raw, headers)
        except (RequestException, HTTPError, UnicodeError) as error:
            raise network_error(error, hop.host) from error
        finally:
            turn.ended = self._clock()
        conditional = "If-None-Match" in hop.request.headers or "If-Modified-Since" in hop.request.headers
        check_answer(status, headers, body, host=hop.host, conditional=conditional, now=self._now)
        return _Answer(hop, status, headers, body)

    def _turn(self, hop: _Hop) -> _Turn:
        return self._turns.setdefault(_site(hop.url), _Turn(self._delay_s))


def _hop(url: str, headers: Mapping[str, str]) -> _Hop:
    """Raises FetchError "http_error" for an address that cannot be asked."""
    request = PreparedRequest()
    try:
        parts = urlsplit(url)
        if parts.scheme not in _DEFAULT_PORTS or parts.username is not None:
            raise ValueError("only http and https, without a user name")
        request.prepare_method("GET")
        request.prepare_url(urldefrag(url).url, None)
        request.prepare_headers(headers)
        quoted = request.url or ""
        _site(quoted)
    except (ValueError, RequestException) as error:
        raise FetchError("http_error", f"cannot ask for {url[:200]!r}: {error}") from error
    return _Hop(quoted, request)


def _site(url: str) -> str:
    """What addresses of one site share: the host without "www.", and the port if it is not the usual one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    port = parts.port
    return host if port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f"{host}:{port}"


def _target(answer: _Answer) -> str:
    location = answer.headers.get("location", "").strip()
    if not location:
        detail = f"{answer.hop.host} answered {answer.status} without an address to go to"
        raise FetchError("http_error", detail, status=answer.status)
    # http.client reads headers as latin-1, many sites send a path in plain UTF-8.
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        return urljoin(answer.hop.url, location)
    except ValueError:
        return location  # _hop says what is wrong with it
