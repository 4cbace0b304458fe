"""Why a page could not be had: one error with a stable code, and what an answer that is no page means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from connectors.challenge import is_challenge

FetchCode = Literal[
    "unreachable",
    "dns",
    "tls",
    "timeout",
    "blocked",
    "robots",
    "challenge",
    "moved",
    "redirect_loop",
    "too_large",
    "not_found",
    "server_error",
    "rate_limited",
    "http_error",
    "private_address",
]

MAX_RETRY_AFTER_S = 600.0  # asked to wait longer, we give up for this run
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_STOP: frozenset[FetchCode] = frozenset(
    {"dns", "tls", "blocked", "challenge", "moved", "rate_limited", "private_address"}
)


class FetchError(Exception):
    """A page that could not be had.

    `code` is stable; `detail` a short phrase with the facts (status, host, seconds), for logs; `status` the
    HTTP status where there was one; `stop` True when asking this source for more is pointless or impolite;
    `retry_after_s` the seconds the site itself asked us to wait.
    """

    def __init__(
        self,
        code: FetchCode,
        detail: str,
        *,
        status: int | None = None,
        stop: bool | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: FetchCode = code
        self.detail = detail
        self.status = status
        self.stop = code in _STOP if stop is None else stop
        self.retry_after_s = retry_after_s


def check_answer(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    host: str,
    conditional: bool,
    now: Callable[[], datetime],
) -> None:
    """Raises FetchError unless the answer is a page, a redirect, or "not modified" where that was asked.

    `headers` have lower-case names. `now` is called only to read a Retry-After that is a date.
    """
    if status in REDIRECTS or (status == 304 and conditional):
        return
    if is_challenge(headers, body):
        raise FetchError("challenge", f"{host} answered {status} with a robot check", status=status)
    if status == 200:
        return
    detail = f"{host} answered {status}"
    if status in {401, 403, 451}:
        raise FetchError("blocked", detail, status=status)
    if status in {404, 410}:
        raise FetchError("not_found", detail, status=status)
    if status == 429 or status >= 500:
        wait = retry_after_s(headers.get("retry-after", ""), now)
        if wait is not None:
            detail += f" and asked to wait {wait:.0f} s"
        too_long = wait is not None and wait > MAX_RETRY_AFTER_S
        code: FetchCode = "rate_limited" if status == 429 or too_long else "server_error"
        raise FetchError(code, detail, status=status, retry_after_s=wait)
    raise FetchError("http_error", detail, status=status)


def retry_after_s(value: str, now: Callable[[], datetime]) -> float | None:
    """Seconds to wait by a Retry-After header, a number or an HTTP date; None when it is neither."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.tzinfo is None:  # "-0000": UTC, told by a clock that does not know its zone
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now()).total_seconds())
