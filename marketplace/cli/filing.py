"""The verb that takes in files of a marketplace's operator."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from connectors import REGISTRY
from marketplace import printing
from marketplace.cli.group import PARTIAL, at_terminal, cli, config_of, console, prepared

if TYPE_CHECKING:
    from connectors.tables import Kind
    from marketplace.sync.import_report import ImportReport


# The kinds of connectors.tables, named here because loading it takes every command a tenth of a second.
FILES = ("accounts", "listings", "requests", "figures")


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
    from marketplace.sync.setting import is_trial

    config = config_of(context)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"))

    if is_trial(config, source, kind):
        warned = (
            f"{source} is in sandbox mode: these rows count as trial data and leave the catalogue when it goes live"
        )
        click.echo(warned, err=True)  # before anything is read or written

    def told(result: RowResult) -> None:
        if not as_json and (preview or result.fault is not None):
            click.echo(printing.row(result))

    # Rows come and go by the hundred: looking through all objects after every 700 new ones cost a sixth of the time
    # (66,425 accounts: 62 s, and 51 s so).
    gc.set_threshold(100_000, 50, 50)
    with prepared(config), Bars(*columns, TimeElapsedColumn(), console=console, transient=True) as bars:
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
        audit.note(session, now(), at_terminal(), "file_imported", f"{source}, {kind}: {file.name}", **done)
