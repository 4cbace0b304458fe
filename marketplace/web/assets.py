"""The few files the pages link: held in memory, compressed once, cached by browsers for a year under a hashed address.

Bootstrap's style sheet and the heading font come out of their installed packages; nothing of them lies in this
project.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import flask_bootstrap
from flask import Blueprint, Flask, Response, abort, current_app, request, url_for

from marketplace.web.icons import icon_file
from marketplace.web.security import takes_gzip

STATIC = Path(__file__).parent.parent / "static"
BOOTSTRAP = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
FONT = "be-vietnam-pro-600.ttf"
# Where the theme names the font as installed on the reader's machine; the packaged file is put behind it.
_LOCAL_FONT = 'local("BeVietnamPro-SemiBold")'
_YEAR = 31_536_000

blueprint = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file in memory. `version` changes with its content."""

    body: bytes
    compressed: bytes
    mimetype: str
    version: str

    @classmethod
    def of(cls, content: str | bytes, mimetype: str) -> Asset:
        body = content.encode() if isinstance(content, str) else content
        # mtime=0: the same content compresses to the same bytes on every start.
        return cls(body, gzip.compress(body, 9, mtime=0), mimetype, hashlib.sha256(body).hexdigest()[:12])


def init_app(app: Flask) -> None:
    app.extensions["marketplace_assets"] = _load()
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = address


def address(name: str) -> str:
    """The address of an asset, with its version."""
    return url_for("assets.serve", name=name, v=_assets()[name].version)


def style_sheet() -> str:
    """Which theme to link: a browser that asks to save data gets no web font."""
    return "theme-plain.css" if request.headers.get("Save-Data") == "on" else "theme.css"


@blueprint.get("/static/<name>")
def serve(name: str) -> Response:
    asset = _assets().get(name)
    if asset is None:
        abort(404)
    gzipped = takes_gzip() and len(asset.compressed) < len(asset.body)
    response = Response(asset.compressed if gzipped else asset.body, mimetype=asset.mimetype)
    if gzipped:
        response.content_encoding = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(f"{asset.version}{'-gz' if gzipped else ''}")
    if request.args.get("v") == asset.version:
        response.cache_control.public = True
        response.cache_control.max_age = _YEAR
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    response.make_conditional(request)
    return response


def _assets() -> Mapping[str, Asset]:
    assets: Mapping[str, Asset] = current_app.extensions["marketplace_assets"]
    return assets


def _load() -> dict[str, Asset]:
    theme = (STATIC / "theme.css").read_text(encoding="utf-8")
    assets = {
        "bootstrap.css": Asset.of(BOOTSTRAP.read_bytes(), "text/css"),
        "icons.svg": Asset.of(icon_file(), "image/svg+xml"),
        "icon.svg": Asset.of((STATIC / "icon.svg").read_bytes(), "image/svg+xml"),
        "app.js": Asset.of((STATIC / "app.js").read_bytes(), "text/javascript"),
        "theme-plain.css": Asset.of(theme, "text/css"),
    }
    font = _font()
    if font is not None:
        assets[FONT] = Asset.of(font.read_bytes(), "font/ttf")
        source = f'url("{FONT}?v={assets[FONT].version}") format("truetype")'  # beside the style sheet
        theme = theme.replace(_LOCAL_FONT, f"{_LOCAL_FONT}, {source}", 1)
    assets["theme.css"] = Asset.of(theme, "text/css")
    return assets


def _font() -> Path | None:
    """The heading font of fontpkg-be-vietnam-pro; without it the pages use the system's font."""
    package = find_spec("fontpkg_be_vietnam_pro")
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / "files" / "BeVietnamPro-SemiBold.ttf"
    return path if path.is_file() else None
