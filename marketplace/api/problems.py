"""Every refusal and failure under /api, as problem details (RFC 9457), in English.

`type` leads to the paragraph of the page /api that explains the problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from flask import Flask, Response, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest, HTTPException

PREFIX = "/api/"
PAGE = "/api"
MIMETYPE = "application/problem+json"
_BUSY_S = 5  # seconds after which asking again makes sense


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no answer (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    parameter: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem. `meaning` is the Vietnamese paragraph of the page /api."""

    name: str
    status: int
    title: str
    meaning: str

    @property
    def type(self) -> str:
        return f"{PAGE}#{self.name}"


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("bad-request", 400, "The request can't be read", "Yêu cầu không đọc được."),
        Kind(
            "bad-parameter",
            400,
            "A parameter can't be read",
            "Một tham số có giá trị không dùng được; “parameter” là tên tham số, “detail” nói cần giá trị nào.",
        ),
        Kind(
            "unknown-parameter",
            400,
            "There is no such parameter",
            "Địa chỉ có tham số mà lời gọi này không nhận; chúng tôi không lặng lẽ bỏ qua.",
        ),
        Kind(
            "not-found",
            404,
            "There is nothing at this address",
            "Không có lời gọi hoặc bản ghi này. Bản ghi của nơi khác ngoài Long An cũ không được liệt kê.",
        ),
        Kind("method-not-allowed", 405, "This interface only reads", "Chỉ nhận GET, HEAD và OPTIONS."),
        Kind("internal", 500, "A fault of ours", "Lỗi của chúng tôi, đã được ghi lại; khi báo lỗi hãy kèm “code”."),
        Kind(
            "index-away",
            503,
            "The search index is being built",
            "Chỉ mục tìm kiếm đang được dựng lại; các lời gọi khác vẫn dùng được.",
        ),
        Kind("database-busy", 503, "The database does not answer", "Cơ sở dữ liệu đang bận; thử lại sau vài giây."),
    )
}
_OF_STATUS: Mapping[int, str] = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    503: "index-away",  # only the search refuses so; the database fails with an error of its own
}
_DETAILS: Mapping[str, str] = {
    "bad-request": "The request can't be read.",
    "not-found": "There is no such operation or record.",
    "method-not-allowed": "Use GET, HEAD or OPTIONS.",
    "index-away": "Searching is not possible right now; every other operation is. Try again in a minute.",
    "database-busy": "Try again in a few seconds.",
    "internal": "The fault was noted. Quote the code when you tell us of it.",
}


class Refused(BadRequest):
    """A parameter that can't be used."""

    def __init__(self, kind: str, parameter: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.parameter = parameter


def init_app(app: Flask) -> None:
    app.after_request(_headers)


def concerns(path: str) -> bool:
    """Is this an address that never answers with HTML?"""
    return path.startswith(PREFIX)


def expected(error: HTTPException) -> Response:
    """404, 405, a refused parameter…"""
    status = error.code or 500
    headers = [(name, value) for name, value in error.get_headers(request.environ) if name in ("Allow", "Retry-After")]
    if isinstance(error, Refused):
        response = _answer(KINDS[error.kind], str(error.description), parameter=error.parameter)
    elif status in _OF_STATUS:
        kind = KINDS[_OF_STATUS[status]]
        response = _answer(kind, _DETAILS[kind.name])
    else:  # one that HTTP explains and we don't: 413, 429…
        phrase = HTTPStatus(status).phrase
        response = _write(
            Problem(type="about:blank", title=phrase, status=status, detail=phrase, instance=request.path)
        )
    response.headers.extend(headers)
    return response


def unexpected(error: Exception, code: str) -> Response:
    """A fault of ours, noted under `code`; a database that is busy or away is told as that."""
    kind = KINDS["database-busy" if isinstance(error, OperationalError) else "internal"]
    response = _answer(kind, _DETAILS[kind.name], code=code)
    if kind.status == 503:
        response.headers["Retry-After"] = str(_BUSY_S)
    return response


def _answer(kind: Kind, detail: str, parameter: str = "", code: str = "") -> Response:
    return _write(
        Problem(
            type=kind.type,
            title=kind.title,
            status=kind.status,
            detail=detail,
            instance=request.path,
            parameter=parameter,
            code=code,
        )
    )


def _write(problem: Problem) -> Response:
    response = Response(msgspec.json.encode(problem), status=problem.status, mimetype=MIMETYPE)
    response.cache_control.no_store = True
    return response


def _headers(response: Response) -> Response:
    """Pages of other sites may read the interface, without anybody's cookies; so every answer says, errors too."""
    if concerns(request.path):
        if response.mimetype == "text/html":  # Flask's own words beside a redirect, and its empty answer to OPTIONS
            response.set_data(b"")
            response.headers.pop("Content-Type", None)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.method == "OPTIONS" and response.status_code == 200:
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
            response.headers["Access-Control-Max-Age"] = "86400"
    return response
