"""Headers every answer carries, and compression of what is written anew for each request."""

from __future__ import annotations

import gzip

from flask import Flask, Response, current_app, g, request

# One script of our own and none inside a page, nothing from elsewhere. `data:` pictures are Bootstrap's own form marks,
# in its style sheet.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The address of a page may hold what somebody searched for: other sites are not told.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_WORTH_COMPRESSING = 1_000  # bytes
_COMPRESSED = ("text/", "application/json", "application/atom+xml", "application/xml")


def init_app(app: Flask) -> None:
    app.after_request(_headers)
    app.after_request(_compress)


def takes_gzip() -> bool:
    """Does the browser read gzip?"""
    return request.accept_encodings.quality("gzip") > 0


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in response.headers:
        # Ages and counts move on: a kept copy is asked about before it is shown again.
        response.cache_control.no_cache = True
    if response.mimetype == "text/html":
        response.vary.add("Save-Data")  # decides which style sheet a page links
    if current_app.extensions["marketplace_sandbox"]:
        response.headers.setdefault("X-Robots-Tag", "noindex")  # invented data is not to be found elsewhere
    return response


def _compress(response: Response) -> Response:
    """gzip for pages, JSON, CSV and feeds. A page with a form's token is sent as it is: from its compressed size an
    attacker could guess at the token."""
    if (
        "csrf_token" in g
        or response.direct_passthrough
        or response.is_streamed
        or response.status_code not in (200, 404)
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith(_COMPRESSED)
    ):
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= _WORTH_COMPRESSING and takes_gzip():
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.content_encoding = "gzip"
    return response
