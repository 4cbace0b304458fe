"""A site on loopback, served as in real life (waitress), for browsers and for what only a real connection shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore


@contextmanager
def serving(app: Flask, **options: Any) -> Iterator[str]:
    """The address of the running site."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4, **options)
    ended = Event()

    def run() -> None:
        # waitress' own loop can only be ended by closing its sockets under it, which it takes for a fault.
        while not ended.is_set():
            wasyncore.loop(timeout=0.05, map=server._map, count=1)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        ended.set()
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(server._map)
