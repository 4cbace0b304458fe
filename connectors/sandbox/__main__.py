"""`python -m connectors.sandbox`: serves the sandbox marketplaces until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import date
from threading import Event, Thread

from .serve import Sandbox
from .world import TODAY, World


def main(arguments: list[str] | None = None) -> int:
    """Exit codes: 0 stopped by SIGTERM or SIGINT, 1 a port is taken, 2 wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox", description=__doc__)
    parser.add_argument("--sellers", type=int, default=800, help="accounts on voso and nongsanantoan together (800)")
    parser.add_argument("--listings", type=int, default=1_200, help="listings on both together (default: 1200)")
    parser.add_argument("--seed", type=int, default=1, help="another number, another world (default: 1)")
    parser.add_argument("--day", type=int, default=0, help="days that have passed since the first (default: 0)")
    parser.add_argument("--today", type=date.fromisoformat, default=TODAY, help=f"the first day (default: {TODAY})")
    parser.add_argument(
        "--port",
        action="append",
        default=[],
        type=_port,
        metavar="SITE=NUMBER",
        help="port of a site, for each that shall not take any free one",
    )
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends, as a child does")
    told = parser.parse_args(arguments)
    try:
        world = World(told.seed, told.sellers, told.listings, day=told.day, today=told.today)
    except ValueError as error:
        parser.error(str(error))
    stop = Event()
    try:
        with Sandbox(world, dict(told.port)) as sandbox:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
            for slug, url in sandbox.urls.items():
                print(slug, url, flush=True)
            if told.until_eof:
                Thread(target=_set_at_eof, args=(stop,), daemon=True).start()
            stop.wait()
    except KeyError as error:
        parser.error(f"--port {error.args[0]}: no such site")
    except OSError as error:
        print(f"cannot serve: {error}", file=sys.stderr)
        return 1
    return 0


def _port(text: str) -> tuple[str, int]:
    slug, _, number = text.partition("=")
    if not number.isdecimal() or not slug:
        raise argparse.ArgumentTypeError(f"{text}: expected SITE=NUMBER, such as voso=5103")
    return slug, int(number)


def _set_at_eof(stop: Event) -> None:
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
