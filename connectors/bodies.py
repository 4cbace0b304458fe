"""The body of an answer: never more of it than allowed, never half of it taken for the whole."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from urllib3.exceptions import HTTPError

from connectors.refusals import FetchError

ERROR_PAGE_BYTES = 65_536  # of an answer that is no page, enough to recognise a challenge

# Only what the standard library decompresses, so that every installation reads the same bytes.
_PLAIN = frozenset({"", "identity"})
_ENCODINGS = _PLAIN | {"gzip", "x-gzip", "deflate"}
_GZIP, _ZLIB, _RAW_DEFLATE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_MAX_MEMBERS = 100  # gzip files in one body; each costs a copy of the rest, so a body of thousands would cost minutes


def page_body(raw: Any, headers: Mapping[str, str], limit: int, *, cut: bool, host: str) -> bytes:
    """The decompressed body of a urllib3 response, at most `limit` bytes of it.

    Raises FetchError too_large where there is more (with `cut`, the rest is dropped instead), unreachable where a
    compressed body breaks off, http_error where it cannot be decompressed, and urllib3's errors when the
    connection breaks.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raw.close()
        raise FetchError("http_error", f"{host} sent a body in the encoding {encoding!r}", status=200)
    if not cut and (raw.length_remaining or 0) > limit:
        raw.close()
        raise _too_large(host, limit)
    body, arrived = _read(raw, limit)
    complete = True
    if body and encoding not in _PLAIN:
        try:
            body, complete = _decompress(body, limit, deflate=encoding == "deflate")
        except zlib.error as error:
            raise FetchError("http_error", f"{host} sent a body that is not {encoding}", status=200) from error
    if len(body) > limit or not arrived:
        if cut:
            return body[:limit]
        raise _too_large(host, limit)
    if not complete:
        raise FetchError("unreachable", f"the compressed body from {host} breaks off", status=200)
    return body


def error_body(raw: Any, headers: Mapping[str, str]) -> bytes:
    """The beginning of the body of an answer that is no page; nothing if unreadable, as its status counts."""
    with suppress(HTTPError, FetchError):
        return page_body(raw, headers, ERROR_PAGE_BYTES, cut=True, host="")
    return b""


def _too_large(host: str, limit: int) -> FetchError:
    return FetchError("too_large", f"page of {host} is larger than {limit} bytes", status=200)


def _read(raw: Any, limit: int) -> tuple[bytes, bool]:
    """Up to `limit` + 1 bytes as they were sent, and whether that was all.

    An unread rest costs the connection, the cheaper way.
    """
    parts: list[bytes] = []
    size = 0
    try:
        # Until there is nothing more: only then urllib3 compares with the announced length.
        while size <= limit and (part := raw.read(limit + 1 - size, decode_content=False)):
            parts.append(part)
            size += len(part)
    except BaseException:
        raw.close()
        raise
    if size > limit:
        raw.close()
    return b"".join(parts), size <= limit


def _decompress(data: bytes, limit: int, *, deflate: bool) -> tuple[bytes, bool]:
    """Up to `limit` + 1 bytes, and whether the stream came to its end. Raises zlib.error.

    Done here instead of by urllib3, which takes a stream that breaks off for a whole one.
    """
    window = _ZLIB if deflate else _GZIP
    body = b""
    for _ in range(_MAX_MEMBERS):
        stream = zlib.decompressobj(window)
        try:
            body += stream.decompress(data, limit + 1 - len(body))
        except zlib.error:
            if window != _ZLIB:
                raise
            window = _RAW_DEFLATE  # what some servers understand by "deflate"
            continue
        data = stream.unused_data
        if len(body) > limit or not (stream.eof and data.startswith(b"\x1f\x8b")):
            return body, stream.eof
    raise zlib.error("too many members")
