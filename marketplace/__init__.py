"""The application. `create_app` only wires: configuration, database, pages."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from marketplace.config import Config, ConfigError


def create_app(config: Config) -> Flask:
    """A Flask application for one instance folder. The database must have been prepared by `marketplace init`."""
    from marketplace import mail as _mail  # noqa: F401 - its table must be known to the metadata
    from marketplace import web
    from marketplace.board import models as _board  # noqa: F401 - the tables must be known to the metadata
    from marketplace.catalogue import models as _catalogue  # noqa: F401 - the same
    from marketplace.db import db, migrate, prepare_sqlite
    from marketplace.onboarding import models as _onboarding  # noqa: F401 - the same
    from marketplace.people import models as _people  # noqa: F401 - the same
    from marketplace.sync import models as _sync  # noqa: F401 - the same

    app = Flask(__name__, template_folder="../templates", static_folder=None)  # marketplace.web.assets serves the files
    app.config["MARKETPLACE"] = config
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SECRET_KEY"] = config.secret()
    try:
        db.init_app(app)
        with app.app_context():
            prepare_sqlite(db.engine)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigError(
            f"{config.instance / 'config.toml'}: [database] url: {error}; "
            "expected an SQLAlchemy URL whose driver is installed, such as postgresql+psycopg://user@host/name"
        ) from error
    migrate.init_app(app, db, directory="marketplace/migrations")
    web.init_app(app)
    return app
