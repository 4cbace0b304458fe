"""The command itself, and what its verbs share."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask
from rich.console import Console

from marketplace.config import Config, load

if TYPE_CHECKING:
    from marketplace.sync.models import Run


PARTIAL = 3


console = Console(stderr=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--instance",
    type=click.Path(path_type=Path, file_okay=False),
    default=lambda: Path(os.environ.get("MARKETPLACE_INSTANCE", "instance")),
    show_default="MARKETPLACE_INSTANCE or ./instance",
    help="The folder that holds everything of one installation.",
)
@click.pass_context
def cli(context: click.Context, instance: Path) -> None:
    """Chợ nông sản Long An: five marketplaces, one catalogue."""
    context.obj = instance


def config_of(context: click.Context) -> Config:
    return load(context.find_root().obj)


@contextmanager
def prepared(config: Config) -> Iterator[Flask]:
    """The application of an instance, its database brought up to date, inside its context."""
    from marketplace import create_app
    from marketplace.db import db
    from marketplace.instance import prepare

    config.instance.mkdir(parents=True, exist_ok=True)
    app = create_app(config)
    prepare(app)
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def exit_code(runs: Sequence[Run]) -> int:
    """A run that read as little as it was asked to is no partial one."""
    verdicts = {run.verdict for run in runs if run.reason not in ("incremental", "replay")}
    if "failed" in verdicts:
        return 1
    return PARTIAL if verdicts & {"partial", "held"} else 0


def _who(context: click.Context, param: click.Parameter, value: str | None) -> str:  # noqa: ARG001 - click's signature
    """Who decides: as told, or the account at the terminal."""
    return value or at_terminal()


def at_terminal() -> str:
    """Whose command this is."""
    try:
        return f"command line: {getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return f"command line: user {os.getuid()}"


WHO = click.option("--who", callback=_who, help="Who decides; by default your account on this machine.")
