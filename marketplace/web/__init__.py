"""What every page shares: wiring of the blueprints, formats, security headers, errors."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask import Flask, current_app, g

from connectors import REGISTRY


def init_app(app: Flask) -> None:
    """Register the pages and what they share."""
    # Imported here: the domains import `marketplace.web.formats`, and their views import the domains.
    from marketplace.api import problems
    from marketplace.api import views as api
    from marketplace.board import views as board
    from marketplace.catalogue import miss_views
    from marketplace.catalogue import views as catalogue
    from marketplace.config import Config
    from marketplace.onboarding import views as onboarding
    from marketplace.people import access
    from marketplace.people import views as people
    from marketplace.sync import manners, source_views, upload_views
    from marketplace.sync import views as sync
    from marketplace.web import assets, errors, finding, health, memory, security

    config: Config = app.config["MARKETPLACE"]
    # Pages say that the data is invented as long as any source is a sandbox, or left invented records behind.
    app.extensions["marketplace_sandbox"] = any(config.mode(slug) == "sandbox" for slug in REGISTRY) or None
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "autoescape": True}
    _formats(app)
    app.before_request(_set_clock)
    app.before_request(_look_for_invented)
    for part in (assets, errors, problems, finding, memory, security, access):
        part.init_app(app)
    for views in (catalogue, board, sync, source_views, manners, onboarding, health, people, upload_views, miss_views):
        app.register_blueprint(views.blueprint)
    for blueprint in api.BLUEPRINTS:
        app.register_blueprint(blueprint)


def _set_clock() -> None:
    """One moment per request: every age on a page is told from the same now."""
    from marketplace.db import now

    g.now = now()


def _look_for_invented() -> None:
    """Asked once per process: going live removes the invented records, and takes a restart."""
    from marketplace.db import db
    from marketplace.sync.queries import holds_invented

    if current_app.extensions["marketplace_sandbox"] is None:
        current_app.extensions["marketplace_sandbox"] = holds_invented(db.session())


def _formats(app: Flask) -> None:
    from marketplace.api import structured
    from marketplace.catalogue import categories, certificates, queries
    from marketplace.web import addresses, assets, fields, floors, formats, prices, privacy

    def age(at: datetime) -> str:
        return formats.age(at, g.now)

    def older_than(at: datetime, days: float) -> bool:
        return bool(g.now - at > timedelta(days=days))

    def posted(on: date) -> str:
        return formats.posted(on, g.now)

    def remaining(until: date) -> str:
        return formats.remaining(until, g.now)

    def ends_soon(until: date) -> bool:
        return (until - formats.today(g.now)).days <= 3

    def glyph(code: str | None) -> str:
        return categories.group(code).glyph if code else "g-seed"

    filters = app.jinja_env.filters
    for name in (
        "number",
        "decimal",
        "percent",
        "vnd",
        "size",
        "day",
        "clock",
        "moment",
        "iso",
        "published",
        "excerpt",
    ):
        filters[name] = getattr(formats, name)
    filters.update(
        age=age,
        older_than=older_than,
        posted=posted,
        remaining=remaining,
        ends_soon=ends_soon,
        lasted=formats.lasted,
        slug=formats.slug,
        shown=privacy.without_contacts,
        certificates=certificates.read,
        glyph=glyph,
        place_line=queries.place_line,
        floor=floors.floor,
        given_price=prices.given,
        compared_price=prices.compared,
        former_price=prices.former,
        price_point=prices.point,
        outside=addresses.outside,
        corrected=fields.corrected,
    )
    app.context_processor(lambda: {"sandbox": current_app.extensions["marketplace_sandbox"]})
    app.jinja_env.globals.update(
        site=app.config["MARKETPLACE"].site,
        connected=floors.connected(),
        style_sheet=assets.style_sheet,
        listing_address=addresses.listing_address,
        seller_address=addresses.seller_address,
        record_address=addresses.record_address,
        listing_data=structured.listing_data,
        seller_data=structured.seller_data,
        wanted_address=addresses.wanted_address,
    )
