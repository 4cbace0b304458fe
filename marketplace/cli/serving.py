"""Verbs that keep running: the site, the worker, the invented marketplaces."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from typing import Any

import click
from flask import Flask

from marketplace.cli.group import cli, config_of, console, exit_code, prepared
from marketplace.cli.syncing import read_sources
from marketplace.instance import InstanceError


@cli.command()
@click.pass_context
def init(context: click.Context) -> None:
    """Make the instance folder, its database and its search index ready. Safe to repeat."""
    from marketplace.db import db
    from marketplace.instance import open_index

    config = config_of(context)
    with prepared(config):
        open_index(config, db.engine).close()
    click.echo(f"{config.instance} is ready")


@cli.command()
@click.option("--sellers", type=click.IntRange(1), help="Invented sellers of the two shop sites.")
@click.option("--listings", type=click.IntRange(0), help="Invented listings of the two shop sites.")
@click.option("--seed", type=int, help="Another seed, another world.")
@click.pass_context
def sandbox(context: click.Context, sellers: int | None, listings: int | None, seed: int | None) -> None:
    """Serve the invented marketplaces on loopback until stopped."""
    from marketplace.instance import sandbox_command

    config = config_of(context)
    given = {"sellers": sellers, "listings": listings, "seed": seed}
    settings = replace(config.sandbox, **{name: value for name, value in given.items() if value is not None})
    command = sandbox_command(replace(config, sandbox=settings))
    os.execv(command[0], command)  # noqa: S606 - our own module, our own arguments


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_context
def serve(context: click.Context, host: str, port: int) -> None:
    """Serve the site."""
    config = config_of(context)
    with prepared(config) as app:
        _serve(app, host, port)


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.pass_context
def run(context: click.Context, host: str, port: int) -> None:
    """Everything at once: the sandbox marketplaces, a first sync of them, the worker, the site."""
    from marketplace import instance
    from marketplace.db import db
    from marketplace.sync import actions

    config = config_of(context)
    _port_is_free(host, port)
    with prepared(config) as app, instance.sandbox(config):
        wanted = actions.never_read(config, db.engine)
        if wanted:
            read_sources(config, wanted)
        instance.update_index(config, db.engine)
        with instance.worker(config):
            _serve(app, host, port)


def _port_is_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InstanceError(f"{host}:{port} can't be used: {error.strerror}; choose another with --port") from None


def _has_users() -> bool:
    from sqlalchemy.orm import Session

    from marketplace.db import db
    from marketplace.people import accounts

    with Session(db.engine) as session:  # closed at once: the server runs for weeks
        return bool(accounts.users(session))


def _serve(app: Flask, host: str, port: int) -> None:
    import waitress

    console.print(f"The site is on [bold]http://{host}:{port}[/bold] (Ctrl+C stops it)", highlight=False)
    if not _has_users():
        called = sys.argv[0] if sys.argv[0].endswith("marketplace") else "marketplace"
        words = f"{called} --instance {app.config['MARKETPLACE'].instance} users add NAME --role officer"
        console.print(
            f"Nobody can sign in yet. Add an officer with: {words}", highlight=False, markup=False, soft_wrap=True
        )
    behind = proxy_options(app.config["MARKETPLACE"].site.trusted_proxy)
    waitress.serve(app, host=host, port=port, threads=8, ident=None, _quiet=True, **behind)


def proxy_options(trusted: str) -> dict[str, Any]:
    """What waitress must know of the proxy in front: whose word on a visitor's address and on TLS counts."""
    if not trusted:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "trusted_proxy": trusted,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }


@cli.command()
@click.option("--once", is_flag=True, help="Read what is due now and end, for those who have a cron of their own.")
@click.option("--until-eof", is_flag=True, help="End when standard input ends: with the process that started it.")
@click.pass_context
def worker(context: click.Context, once: bool, until_eof: bool) -> None:
    """Read the marketplaces by their schedules, keep the index and the raw pages tidy, tell of what failed.

    SIGTERM or Ctrl+C ends it after the page at hand; the next start goes on there.
    """
    from marketplace.db import db
    from marketplace.worker import Worker

    config = config_of(context)
    if not (once or config.worker.enabled):
        raise click.ClickException("the worker is switched off: [worker] enabled in config.toml")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%d/%m %H:%M:%S")
    with prepared(config):
        working = Worker(config, db.engine)
        if until_eof:
            os.nice(5)  # started beside a site: its pages go first
            Thread(target=_at_eof, args=(working.stop.set,), daemon=True).start()
        with _signals() as asked_to_stop:
            if once:
                context.exit(exit_code(working.once(asked_to_stop)))
            working.run(asked_to_stop)


def _at_eof(do: Callable[[], None]) -> None:
    while os.read(0, 4096):  # not through sys.stdin, whose lock a thread must not hold when we exit
        pass
    do()


@contextmanager
def _signals() -> Iterator[Callable[[], bool]]:
    """Waits up to half a second for SIGTERM or SIGINT and tells whether one came; they interrupt nothing else."""
    ours = {signal.SIGTERM, signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ours)  # threads that start from here inherit it
    try:
        yield lambda: signal.sigtimedwait(ours, 0.5) is not None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
