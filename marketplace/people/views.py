"""Signing in and out, and the log of what officers did."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.catalogue.search_request import page_number
from marketplace.config import Config
from marketplace.db import db
from marketplace.people import access, accounts, audit
from marketplace.web.formats import clock
from marketplace.web.paging import Paging

blueprint = Blueprint("people", __name__)

# What the log's actions and the counts beside them are called.
ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "user_added": "mở tài khoản",
        "password_set": "đặt mật khẩu",
        "user_disabled": "đóng tài khoản",
        "signed_in": "đăng nhập",
        "file_handed_in": "gửi tệp",
        "file_rows_viewed": "xem dòng của tệp",
        "file_imported": "nhập tệp",
        "file_dropped": "bỏ tệp",
        "refused_rows_downloaded": "tải dòng lỗi",
    }
)
DETAILS: Mapping[str, str] = MappingProxyType(
    {"accepted": "nhận", "refused": "không nhận", "run": "lần", "page": "trang", "rows": "số dòng", "role": "vai"}
)
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng."


@blueprint.get("/dang-nhap")
def sign_in() -> str | Response:
    if current_user.is_authenticated:
        return redirect(_next())
    return _form()


@blueprint.post("/dang-nhap")
def take_sign_in() -> str | Response | tuple[str, int]:
    config: Config = current_app.config["MARKETPLACE"]
    login, password = request.form.get("ten", ""), request.form.get("mat-khau", "")
    found = accounts.sign_in(db.engine, config.secret(), login, password, request.remote_addr or "", g.now)
    if isinstance(found, accounts.Locked):
        told = f"Đã thử sai nhiều lần. Thử lại sau {clock(found.until)}, hoặc nhờ người quản trị đặt lại mật khẩu."
        return _form(login, told), 429
    if found is None:
        return _form(login, WRONG), 422
    access.begin(found)
    return redirect(_next())


@blueprint.post("/dang-xuat")
def sign_out() -> Response:
    access.end()
    return redirect(url_for("catalogue.home"))


@blueprint.get("/quan-tri/nhat-ky")
@access.roles("admin")
def audit_log() -> str:
    session = db.session()
    paging = Paging(page_number(request.args), audit.count(session), 50)
    rows = audit.newest(session, paging.offset, paging.size)
    return render_template("people/audit.html", rows=rows, paging=paging, actions=ACTIONS, details=DETAILS)


def _form(login: str = "", fault: str = "") -> str:
    return render_template(
        "people/sign_in.html", login=login, fault=fault, next=access.safe_path(request.values.get("tiep"))
    )


def _next() -> str:
    return access.safe_path(request.values.get("tiep")) or url_for("uploads.choose")
