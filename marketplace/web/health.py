"""Is this installation able to answer? For a load balancer or a monitor, not for people."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.db import db
from marketplace.web.errors import IndexAway
from marketplace.web.finding import finder
from marketplace.web.twins import as_json

blueprint = Blueprint("health", __name__)


@blueprint.get("/suc-khoe")
def health() -> Response:
    """200 when database and search index answer, 503 when one does not."""
    documents = None
    try:
        db.session.execute(text("SELECT 1 FROM run LIMIT 1"))
        database = "ok"
    except SQLAlchemyError as error:
        database = type(error).__name__
    try:
        documents = finder().count()
        index = "ok"
    except IndexAway:
        index = "away"
    response = as_json({"database": database, "index": index, "documents": documents})
    response.status_code = 200 if database == index == "ok" else 503
    return response
