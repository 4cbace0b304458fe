"""Verbs that ask the catalogue."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import click

from marketplace import printing
from marketplace.cli.group import cli, config_of, prepared


@cli.command()
@click.argument("query")
@click.option("--json", "as_json", is_flag=True, help="Print hits and facets as JSON.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--kind", type=click.Choice(["listing", "seller", "request"]), help="Only hits of one kind.")
@click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="FACET=VALUE",
    help="Only hits with this facet value; several values of one facet are alternatives.",
)
@click.option("--sort", type=click.Choice(["price", "newest"]), help="By ₫ per kg or by first sighting, not by match.")
@click.pass_context
def search(
    context: click.Context,
    query: str,
    as_json: bool,
    limit: int,
    kind: str | None,
    filters: tuple[str, ...],
    sort: str | None,
) -> None:
    """Search the catalogue."""
    from marketplace.catalogue.facets import FACETS, OLDER, seen_days
    from marketplace.db import db, now
    from marketplace.instance import open_index
    from marketplace.web.formats import today
    from search_index.documents import MAX_TEXT, Query

    if len(query) > MAX_TEXT:
        raise click.UsageError(f"QUERY has {len(query)} characters: at most {MAX_TEXT}.")
    wanted = _wanted(filters)
    if kind:
        if wanted.get("kind", (kind,)) != (kind,):
            raise click.UsageError(f"--kind {kind} and --filter kind={wanted['kind'][0]} ask for different kinds")
        wanted["kind"] = (kind,)
    config = config_of(context)
    with prepared(config):
        index = open_index(config, db.engine)
        try:
            seen = wanted.pop("seen", ())
            if seen:
                counted = index.search(Query(limit=0, facets=("seen",))).facets["seen"] if OLDER in seen else ()
                wanted["seen"] = seen_days(seen, today(now()), [count.value for count in counted])
            found = index.search(Query(text=query, filters=wanted, limit=limit, facets=FACETS, sort=sort or ""))
        finally:
            index.close()
    if as_json:
        click.echo(json.dumps(printing.search_json(found), ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.total} found" + (f" for “{found.read_as}”" if found.read_as else ""))
    for hit in found.hits:
        click.echo(f"{hit.id:<16} {hit.source:<22} {hit.title}")
    if not found.total and found.spellings:
        click.echo(f"Near it: {', '.join(found.spellings)}")


def _wanted(filters: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The values asked for by facet. Raises UsageError, naming what is known."""
    from marketplace.catalogue.facets import COMMODITY, FACETS, SELLER
    from marketplace.catalogue.filters import values_of

    names = (*FACETS, COMMODITY, SELLER)
    wanted: dict[str, tuple[str, ...]] = {}
    for item in filters:
        name, equals, value = item.partition("=")
        if not equals or name not in names:
            raise click.UsageError(f"--filter {item}: expected FACET=VALUE with one of {', '.join(names)}")
        if name == SELLER:
            if not re.fullmatch(r"seller:[0-9]+", value):
                raise click.UsageError(f"--filter {item}: expected a seller's number, such as seller:17")
        elif value not in (known := values_of(name)):
            raise click.UsageError(f"--filter {item}: {name} is one of {', '.join(known)}")
        wanted[name] = (*wanted.get(name, ()), value)
    return wanted


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
