"""Verbs that ask the catalogue."""

from __future__ import annotations

import json

import click

from marketplace import printing
from marketplace.cli.group import cli, config_of, prepared


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
    config = config_of(context)
    with prepared(config):
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

    config = config_of(context)
    with prepared(config):
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

    config = config_of(context)
    with prepared(config):
        found = statistics.as_json(statistics.report(db.session(), config, now(), days))
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for line in printing.statistics(found):
        click.echo(line)
