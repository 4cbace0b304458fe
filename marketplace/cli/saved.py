"""Verbs about single pages: how they are read, what was kept, what a person saved."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from connectors import REGISTRY
from marketplace import printing
from marketplace.cli.group import cli, config_of, prepared


@cli.command()
@click.argument("source", required=False, type=click.Choice(list(REGISTRY)), metavar="[SOURCE]")
@click.pass_context
def sources(context: click.Context, source: str | None) -> None:
    """List the marketplaces, or what config.toml may set for one: addresses, paths and selectors as they are now.

    What is printed for one can be copied into config.toml and changed there. A path is what the addresses of such pages
    begin with; a selector is CSS; a label is the printed words for one thing, separated by "|".
    """
    config = config_of(context)
    if source is None:
        for slug in REGISTRY:
            click.echo(f"{slug:<22} {config.mode(slug):<8} {config.source(slug).home}")
        return
    for line in printing.source_settings(config, source):
        click.echo(line)


@cli.command()
@click.argument("run_id", type=int, metavar="RUN")
@click.argument("url")
@click.pass_context
def page(context: click.Context, run_id: int, url: str) -> None:
    """Print the raw page a run read at an address. It holds telephone numbers in clear: keep it to yourself."""
    from marketplace.db import db
    from marketplace.sync import queries
    from marketplace.sync.raw import raw_page

    config = config_of(context)
    with prepared(config):
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

    config = config_of(context)
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
    config = config_of(context)
    pages = [saved_page(config, source, file, url, kind) for file, url in zip(files, addresses, strict=True)]
    with prepared(config):
        one = actions.ingest(config, db.engine, source, pages)
        update_index(config, db.engine)
    click.echo(json.dumps(printing.run_json(one), ensure_ascii=False, indent=2) if as_json else printing.told(one))
    # A partial run is what was asked for here: only a run that read nothing is a failure.
    context.exit(1 if one.verdict == "failed" else 0)
