"""The `marketplace` command. Each verb calls one function of a domain.

Exit codes: 0 ok, 1 failed, 2 wrong usage, 3 partial, held or some rows of a file refused.
"""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

import click

# Loading these puts their verbs on the command.
from marketplace.cli import asking, correcting, filing, saved, serving, syncing, users
from marketplace.cli.group import cli
from marketplace.config import ConfigError
from marketplace.instance import InstanceError

__all__ = ["asking", "correcting", "filing", "main", "saved", "serving", "syncing", "users"]


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
