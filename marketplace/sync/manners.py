"""How we read the marketplaces: the page a marketplace finds when it looks who visits it. Its numbers are settings."""

from __future__ import annotations

from flask import Blueprint, current_app, g, render_template

from connectors import REGISTRY
from marketplace.config import Config
from marketplace.db import db
from marketplace.sync import queries, schedule

blueprint = Blueprint("manners", __name__)


@blueprint.get("/cach-doc")
def manners() -> str:
    config: Config = current_app.config["MARKETPLACE"]
    return render_template(
        "sync/manners.html",
        states=queries.states(db.session(), config, g.now),
        night=schedule.night(config.worker.night),
        user_agent=config.user_agent,
        sync=config.sync,
        worker=config.worker,
        limits={slug: config.detail_pages_per_day(slug) for slug in REGISTRY},
    )
