"""The `marketplace` command. Each verb calls one function of a domain.

Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 partial, held or some rows of a file refused.
"""

from __future__ import annotations

import getpass
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NoReturn

import click
from flask import Flask
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from connectors import REGISTRY
from marketplace import printing
from marketplace.config import Config, ConfigError, load
from marketplace.instance import InstanceError

if TYPE_CHECKING:
    from connectors.tables import Kind
    from marketplace.sync.differences import Difference
    from marketplace.sync.engine import Progress
    from marketplace.sync.import_report import ImportReport
    from marketplace.sync.models import Run

PARTIAL = 3
# The kinds of connectors.tables, named here because loading it takes every command a tenth of a second.
FILES = ("accounts", "listings", "requests", "figures")
console = Console(stderr=True)


def main() -> NoReturn:
    """Entry point: errors of ours are one line, never a traceback."""
    from marketplace.catalogue.correcting import CorrectionError
    from marketplace.people.accounts import AccountError
    from marketplace.sync.actions import ActionError
    from marketplace.sync.lease import Busy

    # Debian's init and container runtimes stop us with SIGTERM: leave as on Ctrl+C, so that runs stay open for the next
    # start and the sandbox ends with us.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = cli.main(standalone_mode=False)  # what a verb gave to Context.exit, or None
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (ConfigError, AccountError, ActionError, Busy, CorrectionError, InstanceError) as error:
        click.echo(f"marketplace: {error}", err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("marketplace: stopped; what was read is kept, the same command goes on from here", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(code or 0)


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


def _config(context: click.Context) -> Config:
    return load(context.find_root().obj)


@contextmanager
def _prepared(config: Config) -> Iterator[Flask]:
    """The application of an instance, its database brought up to date, inside its context."""
    from marketplace import create_app
    from marketplace.instance import prepare

    config.instance.mkdir(parents=True, exist_ok=True)
    app = create_app(config)
    prepare(app)
    with app.app_context():
        yield app


@cli.command()
@click.pass_context
def init(context: click.Context) -> None:
    """Make the instance folder, its database and its search index ready. Safe to repeat."""
    from marketplace.db import db
    from marketplace.instance import open_index

    config = _config(context)
    with _prepared(config):
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

    config = _config(context)
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
    config = _config(context)
    with _prepared(config) as app:
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

    config = _config(context)
    _port_is_free(host, port)
    with _prepared(config) as app, instance.sandbox(config):
        wanted = actions.never_read(config, db.engine)
        if wanted:
            _sync(config, wanted)
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
    waitress.serve(app, host=host, port=port, threads=8, ident=None, _quiet=True)


def _sync(config: Config, slugs: Sequence[str], full: bool | None = None) -> list[Run]:
    """A sync with a progress bar per source, and the search index after it."""
    from marketplace.db import db
    from marketplace.instance import update_index
    from marketplace.sync import actions

    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TextColumn("pages"))
    with Bars(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks: dict[str, TaskID] = {}

        def show(state: Progress) -> None:
            if state.source not in tasks:
                tasks[state.source] = bars.add_task(state.source, total=None)
            bars.update(tasks[state.source], completed=state.read, total=state.known)

        refused = None
        try:
            runs = actions.sync(config, db.engine, slugs, show, full=full)
        except actions.PartlyRefusedError as error:
            runs, refused = error.runs, error
    update_index(config, db.engine)
    for one in runs:
        console.print(printing.told(one), highlight=False)
    if refused:
        raise refused
    return runs


@cli.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--preview", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--full/--incremental",
    default=None,
    help="Every list to its end, or only what is new on them; by default, as long ago as the last full run was.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
@click.pass_context
def sync(context: click.Context, sources: tuple[str, ...], preview: bool, full: bool | None, as_json: bool) -> None:
    """Read the marketplaces (all that are switched on, or the named ones).

    Only a full run tells who is no longer there. Lists that do not begin with the newest are always read to their end.
    """
    from marketplace.db import db
    from marketplace.sync import actions

    config = _config(context)
    with _prepared(config):
        if preview:
            runs = []
            for slug in sources or [slug for slug in REGISTRY if config.mode(slug) != "off"]:
                one, differences = actions.preview(config, db.engine, slug, full=full)
                runs.append(one)
                _show_preview(one, differences, as_json)
        else:
            runs = _sync(config, sources, full)
            if as_json:
                click.echo(json.dumps([printing.run_json(one) for one in runs], ensure_ascii=False, indent=2))
    context.exit(_exit_code(runs))


def _show_preview(run: Run, differences: Iterable[Difference], as_json: bool) -> None:
    for item in differences:
        click.echo(printing.difference(item, as_json))
    console.print(f"preview, nothing written – {printing.told(run)}", highlight=False)


def _exit_code(runs: Sequence[Run]) -> int:
    """A run that read as little as it was asked to is no partial one."""
    verdicts = {run.verdict for run in runs if run.reason not in ("incremental", "replay")}
    if "failed" in verdicts:
        return 1
    return PARTIAL if verdicts & {"partial", "held"} else 0


def _who(context: click.Context, param: click.Parameter, value: str | None) -> str:  # noqa: ARG001 - click's signature
    """Who decides: as told, or the account at the terminal."""
    return value or _at_terminal()


def _at_terminal() -> str:
    """Whose command this is."""
    try:
        return f"command line: {getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return f"command line: user {os.getuid()}"


_WHO = click.option("--who", callback=_who, help="Who decides; by default your account on this machine.")


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

    config = _config(context)
    if not (once or config.worker.enabled):
        raise click.ClickException("the worker is switched off: [worker] enabled in config.toml")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%d/%m %H:%M:%S")
    with _prepared(config):
        working = Worker(config, db.engine)
        if until_eof:
            os.nice(5)  # started beside a site: its pages go first
            Thread(target=_at_eof, args=(working.stop.set,), daemon=True).start()
        with _signals() as asked_to_stop:
            if once:
                context.exit(_exit_code(working.once(asked_to_stop)))
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


@cli.command()
@click.argument("run_id", type=int, metavar="RUN")
@_WHO
@click.option("--reason", default="", help="Why; kept with the run.")
@click.pass_context
def release(context: click.Context, run_id: int, who: str, reason: str) -> None:
    """Let a held run remove what it did not see."""
    from marketplace.db import db
    from marketplace.instance import update_index
    from marketplace.sync import actions

    config = _config(context)
    with _prepared(config):
        one = actions.release(db.engine, run_id, who, reason)
        update_index(config, db.engine)
    click.echo(printing.told(one))


@cli.command()
@click.argument("source", required=False, type=click.Choice(list(REGISTRY)), metavar="[SOURCE]")
@click.pass_context
def sources(context: click.Context, source: str | None) -> None:
    """List the marketplaces, or what config.toml may set for one: addresses, paths and selectors as they are now.

    What is printed for one can be copied into config.toml and changed there. A path is what the addresses of such pages
    begin with; a selector is CSS; a label is the printed words for one thing, separated by "|".
    """
    config = _config(context)
    if source is None:
        for slug in REGISTRY:
            click.echo(f"{slug:<22} {config.mode(slug):<8} {config.source(slug).home}")
        return
    for line in printing.source_settings(config, source):
        click.echo(line)


@cli.command()
@click.argument("run_id", type=int, metavar="RUN")
@_WHO
@click.option("--reason", required=True, help="Why; kept with the run.")
@click.pass_context
def dismiss(context: click.Context, run_id: int, who: str, reason: str) -> None:
    """Keep what a held run did not see; the next full run is judged anew."""
    from marketplace.db import db
    from marketplace.sync import actions

    with _prepared(_config(context)):
        one = actions.dismiss(db.engine, run_id, who, reason)
    click.echo(printing.told(one))


@cli.command()
@click.argument("kind", type=click.Choice(["seller", "listing", "request"]))
@click.argument("source")
@click.argument("ref")
@click.argument("changes", nargs=-1, metavar="[FIELD=VALUE]...")
@_WHO
@click.option("--note", default="", help="How we know; kept and shown.")
@click.option("--undo", is_flag=True, help="Show again what the marketplace says of these FIELDs, of all when none is.")
@click.pass_context
def correct(
    context: click.Context,
    kind: str,
    source: str,
    ref: str,
    changes: tuple[str, ...],
    who: str,
    note: str,
    undo: bool,
) -> None:
    """Put fields of one record right. What the marketplace says is kept beside; no sync erases a correction.

    An empty VALUE means that there is none. Several certificates are separated by ";".
    """
    from marketplace.catalogue import correcting
    from marketplace.db import db, now, writer
    from marketplace.instance import update_index

    values: dict[str, str] = {}
    for item in changes:
        name, equals, value = item.partition("=")
        if bool(equals) == undo:
            raise click.UsageError(f"{item}: expected {'a FIELD' if undo else 'FIELD=VALUE'}")
        values[name] = value
    config = _config(context)
    with _prepared(config):
        with writer(db.engine).begin() as session:
            if undo:
                done = correcting.undo(session, kind, source, ref, list(values), who=who, at=now())
            else:
                done = correcting.correct(session, kind, source, ref, values, who=who, note=note, at=now())
            fields = ", ".join(one.field for one in done)
        update_index(config, db.engine)
    click.echo(f"{source}: {kind} {ref}: {fields} {'as the marketplace says again' if undo else 'put right'}")


@cli.command()
@click.argument("run_id", type=int, metavar="RUN")
@click.option("--write", is_flag=True, help="Write what is shown otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print each difference as a JSON line.")
@click.pass_context
def replay(context: click.Context, run_id: int, write: bool, as_json: bool) -> None:
    """Read the stored pages of a run again with today's parser: show the difference, or write it."""
    from marketplace.db import db
    from marketplace.instance import update_index
    from marketplace.sync import actions

    config = _config(context)
    with _prepared(config):
        one, differences = actions.replay(config, db.engine, run_id, write=write)
        if write:
            update_index(config, db.engine)
            click.echo(printing.told(one))
        else:
            _show_preview(one, differences, as_json)


@cli.command()
@click.option("--dry-run", is_flag=True, help="Tell what would be removed, and remove nothing.")
@click.pass_context
def tidy(context: click.Context, dry_run: bool) -> None:
    """Remove raw pages and journals older than the configuration keeps them; close abandoned runs."""
    from marketplace.db import db
    from marketplace.sync import actions

    config = _config(context)
    with _prepared(config):
        done = actions.tidy(config, db.engine, dry_run=dry_run)
    click.echo(f"{'would be: ' if dry_run else ''}{done}")


@cli.command()
@click.argument("run_id", type=int, metavar="RUN")
@click.argument("url")
@click.pass_context
def page(context: click.Context, run_id: int, url: str) -> None:
    """Print the raw page a run read at an address. It holds telephone numbers in clear: keep it to yourself."""
    from marketplace.db import db
    from marketplace.sync import queries
    from marketplace.sync.raw import raw_page

    config = _config(context)
    with _prepared(config):
        of_run = queries.run(db.session(), run_id)
        if of_run is None:
            raise click.ClickException(f"there is no run {run_id}")
        found = raw_page(db.session(), config.pages_folder, of_run, url)
    if found is None:
        kept = f"raw pages are kept for {config.sync.keep_pages_days} days"
        raise click.ClickException(f"{url}: run {run_id} has no page of this address ({kept})")
    if found.run_id != run_id:
        click.echo(f"unchanged since run {found.run_id}, which fetched it", err=True)
    sys.stdout.buffer.write(found.body)


@cli.command()
@click.argument("source")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--url", required=True, help="The address the page was saved from.")
@click.option("--kind", help="The kind of page, where its address does not tell.")
@click.pass_context
def parse(context: click.Context, source: str, file: Path, url: str, kind: str | None) -> None:
    """Print what one saved page yields, as JSON lines with a `record` key.

    When a page was redesigned, set the new selectors in config.toml and see here what they find. `marketplace sources
    SOURCE` prints the names of all selectors and what they are now.
    """
    from connectors.problems import PROBLEMS
    from marketplace.sync.saved import as_line, parse_saved, saved_page

    config = _config(context)
    facts, page = saved_page(config, source, file, url, kind)
    readable, faults = False, []
    for item in parse_saved(facts, page):
        line = as_line(item)
        click.echo(json.dumps(line, ensure_ascii=False))
        if line["record"] != "problem":
            readable = True
        elif PROBLEMS[line["code"]].scope != "item":
            faults.append(f"{line['code']}: {line['detail']}")
    if not readable:
        raise click.ClickException(f"{file}: nothing could be read from it ({'; '.join(faults) or 'no record on it'})")


@cli.command()
@click.argument("source")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--url", "urls", multiple=True, required=True, help="The address of each file, in order; one serves all.")
@click.option("--kind", help="The kind of page, where its address does not tell.")
@click.option("--json", "as_json", is_flag=True, help="Print the run as JSON.")
@click.pass_context
def ingest(
    context: click.Context,
    source: str,
    files: tuple[Path, ...],
    urls: tuple[str, ...],
    kind: str | None,
    as_json: bool,
) -> None:
    """Take saved pages into the catalogue as a partial run (for sites that are closed or refuse machines)."""
    from marketplace.db import db
    from marketplace.instance import update_index
    from marketplace.sync import actions
    from marketplace.sync.saved import saved_page

    if len(urls) not in (1, len(files)):
        raise click.UsageError(
            f"{len(files)} files and {len(urls)} addresses: give one --url for all, or one for each file"
        )
    addresses = urls * len(files) if len(urls) == 1 else urls
    config = _config(context)
    pages = [saved_page(config, source, file, url, kind) for file, url in zip(files, addresses, strict=True)]
    with _prepared(config):
        one = actions.ingest(config, db.engine, source, pages)
        update_index(config, db.engine)
    click.echo(json.dumps(printing.run_json(one), ensure_ascii=False, indent=2) if as_json else printing.told(one))
    # A partial run is what was asked for here: only a run that read nothing is a failure.
    context.exit(1 if one.verdict == "failed" else 0)


@cli.command("import")
@click.argument("kind", type=click.Choice(FILES))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", required=True, type=click.Choice(list(REGISTRY)), help="The marketplace the file is of.")
@click.option("--preview", is_flag=True, help="Say per row what would be done, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts and the refused rows as JSON.")
@click.pass_context
def import_(context: click.Context, kind: Kind, file: Path, source: str, preview: bool, as_json: bool) -> None:
    """Take in a file the operator of a marketplace exported (XLSX or CSV), its columns found by their labels.

    Good rows go in, bad ones are told with row, column, value and what was expected (exit code 3). Nothing is removed.
    """
    from marketplace.db import db
    from marketplace.instance import update_index
    from marketplace.sync.import_report import RowResult
    from marketplace.sync.importing import take_file

    config = _config(context)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"))

    def told(result: RowResult) -> None:
        if not as_json and (preview or result.fault is not None):
            click.echo(printing.row(result))

    with _prepared(config), Bars(*columns, TimeElapsedColumn(), console=console, transient=True) as bars:
        task = bars.add_task(file.name[:24], total=None)
        report = take_file(
            config,
            db.engine,
            source,
            kind,
            file,
            preview=preview,
            told=told,
            progress=lambda done, expected: bars.update(task, completed=done, total=expected),
        )
        if not preview:
            _note_import(source, kind, file, report)
            bars.add_task("search index", total=None)
            update_index(config, db.engine)
    if as_json:
        click.echo(json.dumps(printing.import_json(report), ensure_ascii=False, indent=2))
    for line in printing.imported(report, preview):
        console.print(line, highlight=False, markup=False)
    context.exit(PARTIAL if report.refused else 0)


def _note_import(source: str, kind: str, file: Path, report: ImportReport) -> None:
    """An import from here stands in the audit log beside those of the officers' page."""
    from marketplace.db import db, now, writer
    from marketplace.people import audit

    done = {"accepted": report.accepted, "refused": len(report.refused), "run": report.run_id}
    with writer(db.engine).begin() as session:
        audit.note(session, now(), _at_terminal(), "file_imported", f"{source}, {kind}: {file.name}", **done)


@cli.group()
def users() -> None:
    """Who may sign in: officers and administrators."""


def _password() -> str:
    """A new password: asked twice at a terminal, one line of standard input otherwise; never an argument, which other
    users of the machine could read."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


@users.command("add")
@click.argument("login", metavar="NAME")
@click.option("--role", required=True, type=click.Choice(["officer", "admin"]))
@click.option("--full-name", default="", help="How the pages name the person; the sign-in name by default.")
@click.pass_context
def users_add(context: click.Context, login: str, role: str, full_name: str) -> None:
    """Make an account. NAME is the e-mail address or telephone number the person signs in with.

    The password is asked for twice, or read from standard input.
    """
    from marketplace.db import db, now
    from marketplace.people import accounts

    config = _config(context)
    with _prepared(config):
        user = accounts.add_user(db.engine, login, full_name, role, _password(), now(), _at_terminal())
    click.echo(f"{user.login} may sign in as {role}, at /dang-nhap")


@users.command("password")
@click.argument("login", metavar="NAME")
@click.pass_context
def users_password(context: click.Context, login: str) -> None:
    """Give an account a new password; its open sessions end. A closed account is opened again."""
    from marketplace.db import db, now
    from marketplace.people import accounts

    config = _config(context)
    with _prepared(config):
        user = accounts.set_password(db.engine, login, _password(), now(), _at_terminal())
    click.echo(f"{user.login} has a new password")


@users.command("disable")
@click.argument("login", metavar="NAME")
@click.pass_context
def users_disable(context: click.Context, login: str) -> None:
    """Close an account; its open sessions end."""
    from marketplace.db import db, now
    from marketplace.people import accounts

    config = _config(context)
    with _prepared(config):
        user = accounts.disable_user(db.engine, login, now(), _at_terminal())
    click.echo(f"{user.login} can no longer sign in")


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the accounts as JSON.")
@click.pass_context
def users_list(context: click.Context, as_json: bool) -> None:
    """List the accounts."""
    from marketplace.db import db
    from marketplace.people import accounts

    config = _config(context)
    with _prepared(config):
        told = [printing.user_json(one) for one in accounts.users(db.session())]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for one in told:
        state = f"closed {one['disabled_at']}" if one["disabled_at"] else "open"
        click.echo(f"{one['login']:<32} {one['role']:<8} {state:<8} {one['name']}")


@cli.command()
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="Print hits and facets as JSON.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--kind", type=click.Choice(["listing", "seller", "request"]), help="Only hits of one kind.")
@click.option("--filter", "filters", multiple=True, metavar="FACET=VALUE", help="Only hits with this facet value.")
@click.pass_context
def search(
    context: click.Context, query: str, as_json: bool, limit: int, kind: str | None, filters: tuple[str, ...]
) -> None:
    """Search the catalogue."""
    from marketplace.catalogue.indexing import FACETS
    from marketplace.db import db
    from marketplace.instance import open_index
    from search_index.documents import Query

    wanted: dict[str, tuple[str, ...]] = {}
    for item in filters:
        name, equals, value = item.partition("=")
        if not equals or name not in FACETS:
            raise click.UsageError(f"--filter {item}: expected FACET=VALUE with one of {', '.join(FACETS)}")
        wanted[name] = (*wanted.get(name, ()), value)
    if kind:
        wanted["kind"] = (kind,)
    config = _config(context)
    with _prepared(config):
        index = open_index(config, db.engine)
        try:
            found = index.search(Query(text=query, filters=wanted, limit=limit, facets=FACETS))
        finally:
            index.close()
    if as_json:
        click.echo(json.dumps(printing.search_json(found), ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.total} found")
    for hit in found.hits:
        click.echo(f"{hit.id:<16} {hit.source:<22} {hit.title}")


@cli.command()
@click.pass_context
def reindex(context: click.Context) -> None:
    """Build the search index anew from the catalogue."""
    from marketplace.db import db
    from marketplace.instance import rebuild_index

    config = _config(context)
    with _prepared(config):
        count = rebuild_index(config, db.engine)
    click.echo(f"{count} documents")


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--days",
    default=30,
    show_default=True,
    type=click.IntRange(1, 3650),
    help='How far back "updated" looks.',
)
@click.pass_context
def stats(context: click.Context, as_json: bool, days: int) -> None:
    """Who is there and who sells: published figures beside what was counted."""
    from marketplace.db import db, now
    from marketplace.onboarding import statistics

    config = _config(context)
    with _prepared(config):
        found = statistics.as_json(statistics.report(db.session(), config, now(), days))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for line in printing.statistics(found):
        click.echo(line)
