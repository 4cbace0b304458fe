"""Verbs about accounts."""

from __future__ import annotations

import json
import sys

import click

from marketplace import printing
from marketplace.cli.group import at_terminal, cli, config_of, prepared


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

    config = config_of(context)
    with prepared(config):
        user = accounts.add_user(db.engine, login, full_name, role, _password(), now(), at_terminal())
    click.echo(f"{user.login} may sign in as {role}, at /dang-nhap")


@users.command("password")
@click.argument("login", metavar="NAME")
@click.pass_context
def users_password(context: click.Context, login: str) -> None:
    """Give an account a new password; its open sessions end. A closed account is opened again."""
    from marketplace.db import db, now
    from marketplace.people import accounts

    config = config_of(context)
    with prepared(config):
        user = accounts.set_password(db.engine, login, _password(), now(), at_terminal(), config.secret())
    click.echo(f"{user.login} has a new password")


@users.command("disable")
@click.argument("login", metavar="NAME")
@click.pass_context
def users_disable(context: click.Context, login: str) -> None:
    """Close an account; its open sessions end."""
    from marketplace.db import db, now
    from marketplace.people import accounts

    config = config_of(context)
    with prepared(config):
        user = accounts.disable_user(db.engine, login, now(), at_terminal())
    click.echo(f"{user.login} can no longer sign in")


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the accounts as JSON.")
@click.pass_context
def users_list(context: click.Context, as_json: bool) -> None:
    """List the accounts."""
    from marketplace.db import db
    from marketplace.people import accounts

    config = config_of(context)
    with prepared(config):
        told = [printing.user_json(one) for one in accounts.users(db.session())]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for one in told:
        state = f"closed {one['disabled_at']}" if one["disabled_at"] else "open"
        click.echo(f"{one['login']:<32} {one['role']:<8} {state:<8} {one['name']}")
