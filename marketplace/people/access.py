"""Sessions and roles: who is signed in, and which pages are whose."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.wrappers import Response as AnyResponse

from marketplace.db import db
from marketplace.people import accounts
from marketplace.people.models import ROLES, User

P = ParamSpec("P")
R = TypeVar("R")

IDLE: Final = timedelta(hours=8)
LONGEST: Final = timedelta(hours=24)
"""A session ends after this, however busy it is."""
_FORM_BYTES: Final = 256_000  # of any form without a file
_SINCE: Final = "since"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request, for flask-login. `mark` changes with the password and with every sign-out."""

    id: int
    name: str
    role: str
    mark: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @property
    def role_name(self) -> str:
        return ROLES[self.role]

    def get_id(self) -> str:
        return f"{self.id}.{self.mark}"


class _Sessions(SecureCookieSessionInterface):
    """The cookie is sent over TLS alone wherever the site is reached over TLS; on a loopback demo it is not."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - their signature
        return request.is_secure


def init_app(app: Flask) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=_FORM_BYTES,
        SESSION_COOKIE_NAME="phien",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=IDLE,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
    )
    app.session_interface = _Sessions()
    app.before_request(_let_files_in)  # before the protection below reads the form
    CSRFProtect(app)
    app.register_error_handler(CSRFError, _no_token)
    login = LoginManager(app)
    login.session_protection = None  # telephones change their address; the mark and the two ends of a session stay
    login.user_loader(_load)
    app.after_request(_private)


def begin(user: User) -> None:
    """Sign somebody in, in a session of its own: nothing of the one before is kept."""
    session.clear()
    session.permanent = True
    session[_SINCE] = g.now.timestamp()
    login_user(_signed_in(user))


def end() -> None:
    """Sign out. Every session of the account ends, so that a copied cookie is worth nothing afterwards."""
    if current_user.is_authenticated:
        accounts.end_sessions(db.engine, person().id)
    logout_user()
    session.clear()


def roles(*allowed: str) -> Callable[[Callable[P, R]], Callable[P, R | AnyResponse]]:
    """A view for people with one of these roles: guests are sent to sign in, others are told whose page it is."""

    def mark(view: Callable[P, R]) -> Callable[P, R | AnyResponse]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R | AnyResponse:
            if not current_user.is_authenticated:
                back = request.full_path.rstrip("?")
                if request.method != "GET":  # a form can't be sent again by a link: lead back to its page
                    back = urlsplit(request.referrer or "").path
                return redirect(url_for("people.sign_in", tiep=safe_path(back) or None))
            if current_user.role not in allowed:
                raise Forbidden(
                    f"Trang này dành cho {' và '.join(ROLES[role] for role in allowed)}. "
                    f"Bạn đang đăng nhập là {current_user.name}."
                )
            return view(*args, **kwargs)

        checked.allowed_roles = allowed  # type: ignore[attr-defined]  # read by the test that walks all routes
        return checked

    return mark


def safe_path(raw: str | None) -> str:
    """The path of this site an address parameter names; "" for any other, so that nobody is led elsewhere."""
    told = raw or ""
    if not told.startswith("/") or told.startswith(("//", "/\\")) or "\\" in told or len(told) > 500:
        return ""
    if not told.isprintable() or " " in told:
        return ""
    return told


def person() -> SignedIn:
    """The officer behind this request; only behind `roles`."""
    found: SignedIn = current_user._get_current_object()
    return found


def _load(told: str) -> SignedIn | None:
    number, _, mark = told.partition(".")
    since = session.get(_SINCE)
    if not number.isdecimal() or not isinstance(since, float) or g.now.timestamp() - since > LONGEST.total_seconds():
        return None
    try:
        user = db.session().get(User, int(number))
    except SQLAlchemyError:  # the page that says so must still be drawn
        return None
    if user is None or user.disabled_at is not None:
        return None
    found = _signed_in(user)
    return found if found.mark == mark else None


def _signed_in(user: User) -> SignedIn:
    secret: bytes = current_app.config["SECRET_KEY"]
    told = f"{user.sign_outs} {user.password_hash}"
    mark = hashlib.blake2b(told.encode(), key=secret[:64], digest_size=8).hexdigest()
    return SignedIn(user.id, user.name, user.role, mark)


def _let_files_in() -> None:
    """Only a page that takes files, asked by somebody who may use it, reads more than a small form."""
    view = current_app.view_functions.get(request.endpoint or "")
    size = getattr(view, "max_bytes", None)
    allowed = getattr(view, "allowed_roles", ())
    if size is not None and current_user.is_authenticated and current_user.role in allowed:
        request.max_content_length = size


def _no_token(_error: CSRFError) -> Response:
    """A form of an ended session, or of another site."""
    from marketplace.web.errors import expected  # the errors of the pages, which import nothing of people

    told = BadRequest("Trang này mở đã lâu hoặc bạn đã đăng xuất. Mở lại trang rồi gửi lại.")
    return expected(told)


def _private(response: Response) -> Response:
    """Nothing an officer saw is kept by a browser or a proxy."""
    view = current_app.view_functions.get(request.endpoint or "")
    if "csrf_token" in g or hasattr(view, "allowed_roles"):
        response.cache_control.no_cache = None
        response.cache_control.no_store = True
        response.cache_control.private = True
    return response
