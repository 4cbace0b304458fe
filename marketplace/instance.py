"""One installation: its folder made ready, its search index opened, its sandbox running."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine

from connectors import REGISTRY
from marketplace.catalogue import indexing
from marketplace.config import Config
from marketplace.db import db, now, writer
from marketplace.onboarding.statistics import load_published
from search_index.generations import Signature, current_signature, mending_lock
from search_index.index import Index, IndexUnusable

log = logging.getLogger(__name__)
MIGRATIONS = Path(__file__).parent / "migrations"


class InstanceError(Exception):
    """The installation can't do what was asked. One line for the person who asked."""


def prepare(app: Flask) -> None:
    """Bring the database to the newest shape and put the published figures in. Safe to repeat."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        with writer(db.engine).begin() as session:
            load_published(session)


def open_index(config: Config, engine: Engine) -> Index:
    """The search index, built anew from the catalogue where it is missing, of another version, or damaged."""
    seen = current_signature(config.index_folder)
    if config.index_folder.exists():
        try:
            return Index.open(config.index_folder, config.search.backend)
        except IndexUnusable as error:
            log.warning("%s; doing that now", error)
    mend_index(config, engine, seen)
    return Index.open(config.index_folder, config.search.backend)


def mend_index(config: Config, engine: Engine, seen: Signature | None) -> None:
    """Build the search index anew, unless another process has replaced the unusable one that was `seen`.

    Of all who find it unusable one builds. Raises IndexBusy in the others, and when a writer is at work.
    """
    with mending_lock(config.index_folder):
        if current_signature(config.index_folder) == seen:
            count = rebuild_index(config, engine)
            log.info("the search index was built anew: %d documents", count)


def rebuild_index(config: Config, engine: Engine) -> int:
    """Build the search index anew from the catalogue; readers have the old one until it is whole."""
    return indexing.rebuild(writer(engine), config.index_folder, config.search.backend)


def update_index(config: Config, engine: Engine) -> int:
    """Bring the search index in step with the catalogue; tells how many records changed in it."""
    seen = current_signature(config.index_folder)
    index = open_index(config, engine)
    try:
        return indexing.apply_outbox(writer(engine), index)
    except IndexUnusable as error:  # damage that opening it did not meet
        log.warning("%s; doing that now", error)
        mend_index(config, engine, seen)
        return indexing.apply_outbox(writer(engine), index)
    finally:
        index.close()


@contextmanager
def sandbox(config: Config) -> Iterator[list[str]]:
    """The sandbox marketplaces as a process of their own, for the sources in sandbox mode; yields what they say."""
    if not any(config.mode(slug) == "sandbox" for slug in REGISTRY):
        yield []
        return
    process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
        [*sandbox_command(config), "--until-eof"],
        # Our end of this pipe closes when we end, however we end: the child does not outlive us and keep its ports.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _ready(process, len(REGISTRY))
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def worker(config: Config) -> Iterator[None]:
    """The worker as a process of its own for the block, where it is switched on; it ends with us like the sandbox."""
    if not config.worker.enabled:
        yield
        return
    command = [sys.executable, "-m", "marketplace", "--instance", str(config.instance), "worker", "--until-eof"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own module, our own arguments
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()  # a page that does not come: the next start goes on there
            process.wait()


def sandbox_command(config: Config, today: date | None = None) -> list[str]:
    """The command that serves the invented marketplaces on loopback, as they are `today` (UTC).

    Their first day is the day this installation first asks for them, and a day there passes with every day here: dates
    are never stale, and a second start on the same day finds them as they were.
    """
    today = today or now().date()
    began = _sandbox_began(config, today)
    command = [sys.executable, "-m", "connectors.sandbox"]
    command += ["--today", began.isoformat(), "--day", str(max(0, (today - began).days))]
    for name in ("seed", "sellers", "listings"):
        command += [f"--{name}", str(getattr(config.sandbox, name))]
    for slug in REGISTRY:
        command += ["--port", f"{slug}={config.sandbox_port(slug)}"]
    return command


def _sandbox_began(config: Config, today: date) -> date:
    path = config.instance / "sandbox-began"
    try:
        return date.fromisoformat(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        config.instance.mkdir(parents=True, exist_ok=True)
        path.write_text(today.isoformat() + "\n", encoding="ascii")
        return today
    except (OSError, ValueError) as error:
        raise InstanceError(f"{path}: not the first day of the sandbox (YYYY-MM-DD): {error}") from None


def _ready(process: subprocess.Popen[str], expected: int) -> list[str]:
    """Wait until every site has said that it listens."""
    lines: list[str] = []
    deadline = time.monotonic() + 60
    assert process.stdout is not None  # noqa: S101 - narrows the type: it was asked for as a pipe
    while len(lines) < expected and time.monotonic() < deadline:
        line = process.stdout.readline()
        if not line:
            raise InstanceError(
                f"the sandbox marketplaces did not start: {(lines or ['no message'])[-1]}; "
                "is another one running on their ports ([sandbox] first_port)?"
            )
        if line.strip():
            lines.append(line.strip())
    return lines
