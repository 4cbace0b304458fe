"""Signing in and out."""

from __future__ import annotations

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from marketplace.config import Config
from marketplace.db import db
from marketplace.people import access, accounts
from marketplace.web.formats import clock

blueprint = Blueprint("people", __name__)

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


def _form(login: str = "", fault: str = "") -> str:
    return render_template(
        "people/sign_in.html", login=login, fault=fault, next=access.safe_path(request.values.get("tiep"))
    )


def _next() -> str:
    return access.safe_path(request.values.get("tiep")) or url_for("uploads.choose")
