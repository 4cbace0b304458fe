"""`python -m connectors.sandbox`: serves the sandbox marketplaces until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import date
from threading import Event

from .records import COOPLINK, NONGSAN, VOSO
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
    parser.add_argument("--voso-port", type=int, default=0, help="0: any free one (default)")
    parser.add_argument("--nongsan-port", type=int, default=0, help="0: any free one (default)")
    parser.add_argument("--cooplink-port", type=int, default=0, help="0: any free one (default)")
    told = parser.parse_args(arguments)
    try:
        world = World(told.seed, told.sellers, told.listings, day=told.day, today=told.today)
    except ValueError as error:
        parser.error(str(error))
    stop = Event()
    try:
        ports = {VOSO: told.voso_port, NONGSAN: told.nongsan_port, COOPLINK: told.cooplink_port}
        with Sandbox(world, ports) as sandbox:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
            for slug, url in sandbox.urls.items():
                print(slug, url, flush=True)
            stop.wait()
    except OSError as error:
        print(f"cannot serve: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
