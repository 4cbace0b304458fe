"""What a visitor sees when a page can't be shown: what happened, and a way on.

Error pages ask nothing of the database: it may be what is broken.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from marketplace.api import problems

log = logging.getLogger(__name__)

TEXTS: Mapping[int, tuple[str, str]] = {
    400: ("Địa chỉ trang này chưa đúng", "Một bộ lọc hoặc số trang trong địa chỉ không đọc được."),
    403: ("Trang này không dành cho bạn", "Đăng nhập bằng tài khoản khác, hoặc quay lại trang đầu."),
    404: ("Không có trang này. Tin có thể đã được gỡ.", "Thử tìm lại theo tên sản phẩm hoặc tên người bán."),
    405: ("Trang này chỉ để xem", "Trang không nhận dữ liệu gửi lên."),
    410: ("Tin đã được gỡ theo yêu cầu", "Nội dung cũ không còn được hiện ở đây."),
    413: ("Tệp hoặc nội dung gửi lên quá lớn", "Chia nhỏ rồi gửi lại."),
    429: ("Bạn hỏi hơi nhanh", "Thử lại sau ít phút."),
    500: ("Trang này đang lỗi", "Chúng tôi đã ghi lại lỗi. Thử lại sau vài phút."),
    503: ("Trang này tạm thời chưa dùng được", "Thử lại sau vài phút."),
}


class BadAddress(HTTPException):
    """The address names a filter value or page that can't be. `description` is a sentence for the visitor."""

    code = 400


class IndexAway(ServiceUnavailable):
    """The search index is missing or being built; every other page works."""

    def __init__(self) -> None:
        super().__init__(
            "Chỉ mục đang được dựng lại. Các trang khác vẫn xem được; thử tìm lại sau ít phút.", retry_after=60
        )


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, expected)
    app.register_error_handler(Exception, _unexpected)


def expected(error: HTTPException) -> Response:
    """404, 410, 400… Redirects come this way as well and are passed on."""
    if problems.concerns(request.path):
        return problems.expected(error)
    code = error.code or 500
    if code < 400 or error.response is not None:
        return make_response(error.get_response())
    title, text = TEXTS.get(code, ("Trang này chưa mở được", "Thử lại từ trang đầu."))
    ours = type(error).description != error.description  # a sentence of this application, not the library's English
    if ours and error.description:
        text = error.description
    response = _answer(code, title, text)
    for name, value in error.get_headers(request.environ):
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    """A fault of ours: kept with a code the visitor can quote."""
    number = secrets.token_hex(4).upper()
    code = f"{number[:4]}-{number[4:]}"
    log.exception("error %s on %s", code, request.path, exc_info=error)
    if problems.concerns(request.path):
        return problems.unexpected(error, code)
    title, text = TEXTS[500]
    return _answer(500, title, text, code)


def _answer(status: int, title: str, text: str, code: str = "") -> Response:
    if request.path.endswith(".json"):
        response = jsonify(error=title, detail=text, **({"code": code} if code else {}))
    else:
        response = make_response(render_template("errors/error.html", status=status, title=title, text=text, code=code))
    response.status_code = status
    return response
