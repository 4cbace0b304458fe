"""The verb that puts a record right."""

from __future__ import annotations

import click

from marketplace.cli.group import WHO, cli, config_of, prepared


@cli.command()
@click.argument("kind", type=click.Choice(["seller", "listing", "request"]))
@click.argument("source")
@click.argument("ref")
@click.argument("changes", nargs=-1, metavar="[FIELD=VALUE]...")
@WHO
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
    config = config_of(context)
    with prepared(config):
        with writer(db.engine).begin() as session:
            if undo:
                done = correcting.undo(session, kind, source, ref, list(values), who=who, at=now())
            else:
                done = correcting.correct(session, kind, source, ref, values, who=who, note=note, at=now())
            fields = ", ".join(one.field for one in done)
        update_index(config, db.engine)
    click.echo(f"{source}: {kind} {ref}: {fields} {'as the marketplace says again' if undo else 'put right'}")
