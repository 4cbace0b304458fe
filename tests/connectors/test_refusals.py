"""What an answer that is no page means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.refusals import FetchError, check_answer, retry_after_s

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def check(status: int, body: bytes = b"", *, conditional: bool = False, retry_after: str = "") -> None:
    headers = {"content-type": "text/html", "retry-after": retry_after}
    check_answer(status, headers, body, host="cho.example.vn", conditional=conditional, now=lambda: NOW)


def refused(status: int, body: bytes = b"", *, retry_after: str = "") -> FetchError:
    with pytest.raises(FetchError) as caught:
        check(status, body, retry_after=retry_after)
    return caught.value


@pytest.mark.parametrize("status", [200, 301, 302, 303, 307, 308])
def test_pages_and_redirects_pass(status: int) -> None:
    check(status)


def test_not_modified_passes_only_where_it_was_asked_for() -> None:
    check(304, conditional=True)
    assert refused(304).code == "http_error"


@pytest.mark.parametrize(
    ("status", "code", "stop"),
    [
        (401, "blocked", True),
        (403, "blocked", True),
        (451, "blocked", True),
        (404, "not_found", False),
        (410, "not_found", False),
        (429, "rate_limited", True),
        (500, "server_error", False),
        (503, "server_error", False),
        (522, "server_error", False),
        (204, "http_error", False),
        (206, "http_error", False),
        (300, "http_error", False),
        (400, "http_error", False),
        (418, "http_error", False),
    ],
)
def test_status_and_code(status: int, code: str, stop: bool) -> None:
    error = refused(status)
    assert (error.code, error.status, error.stop) == (code, status, stop)
    assert error.detail == f"cho.example.vn answered {status}"
    assert str(error) == f"{code}: {error.detail}"


@pytest.mark.parametrize("status", [200, 202, 403, 429, 503])
def test_a_robot_check_whatever_the_status(status: int) -> None:
    error = refused(status, b"<title>Just a moment...</title>")
    assert (error.code, error.status, error.stop) == ("challenge", status, True)


def test_an_announced_wait_is_told() -> None:
    error = refused(503, retry_after="120")
    assert (error.code, error.retry_after_s) == ("server_error", 120)
    assert "120 s" in error.detail


def test_too_long_a_wait_is_a_rate_limit_whatever_the_status() -> None:
    assert refused(503, retry_after="601").code == "rate_limited"
    assert refused(503, retry_after="600").code == "server_error"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("9" * 400, inf),
        ("Fri, 20 Nov 2026 08:31:30 GMT", 90),
        ("Fri, 20 Nov 2026 15:31:30 +0700", 90),
        ("Fri, 20 Nov 2026 08:31:30 -0000", 90),
        ("Fri, 20 Nov 2026 08:00:00 GMT", 0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("Fri, 99 Nov 2026 08:31:30 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, lambda: NOW) == seconds


@settings(deadline=None)
@given(st.integers(min_value=-10_000, max_value=10_000))
def test_retry_after_reads_every_http_date(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after_s(date, lambda: NOW) == max(0, seconds)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_retry_after_never_raises(value: str) -> None:
    wait = retry_after_s(value, lambda: NOW)
    assert wait is None or wait >= 0
