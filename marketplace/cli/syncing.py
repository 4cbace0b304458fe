"""Verbs about the readings of the marketplaces."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from connectors import REGISTRY
from marketplace import printing
from marketplace.cli.group import WHO, cli, config_of, console, exit_code, prepared
from marketplace.config import Config

if TYPE_CHECKING:
    from marketplace.sync.differences import Difference
    from marketplace.sync.engine import Progress
    from marketplace.sync.models import Run


def read_sources(config: Config, slugs: Sequence[str], full: bool | None = None) -> list[Run]:
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

    config = config_of(context)
    with prepared(config):
        if preview:
            runs = []
            for slug in sources or [slug for slug in REGISTRY if config.mode(slug) != "off"]:
                one, differences = actions.preview(config, db.engine, slug, full=full)
                runs.append(one)
                _show_preview(one, differences, as_json)
        else:
            runs = read_sources(config, sources, full)
            if as_json:
                click.echo(json.dumps([printing.run_json(one) for one in runs], ensure_ascii=False, indent=2))
    context.exit(exit_code(runs))


def _show_preview(run: Run, differences: Iterable[Difference], as_json: bool) -> None:
    for item in differences:
        click.echo(printing.difference(item, as_json))
    console.print(f"preview, nothing written – {printing.told(run)}", highlight=False)


@cli.command()
@click.argument("run_id", type=int, metavar="RUN")
@WHO
@click.option("--reason", default="", help="Why; kept with the run.")
@click.pass_context
def release(context: click.Context, run_id: int, who: str, reason: str) -> None:
    """Let a held run remove what it did not see."""
    from marketplace.db import db
    from marketplace.instance import update_index
    from marketplace.sync import actions

    config = config_of(context)
    with prepared(config):
        one = actions.release(db.engine, run_id, who, reason)
        update_index(config, db.engine)
    click.echo(printing.told(one))


@cli.command()
@click.argument("run_id", type=int, metavar="RUN")
@WHO
@click.option("--reason", required=True, help="Why; kept with the run.")
@click.pass_context
def dismiss(context: click.Context, run_id: int, who: str, reason: str) -> None:
    """Keep what a held run did not see; the next full run is judged anew."""
    from marketplace.db import db
    from marketplace.sync import actions

    with prepared(config_of(context)):
        one = actions.dismiss(db.engine, run_id, who, reason)
    click.echo(printing.told(one))


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

    config = config_of(context)
    with prepared(config):
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

    config = config_of(context)
    with prepared(config):
        done = actions.tidy(config, db.engine, dry_run=dry_run)
    click.echo(f"{'would be: ' if dry_run else ''}{done}")
