"""The site behind a proxy that ends TLS: its word counts where it is trusted, nobody else's does."""

from __future__ import annotations

import http.client
from threading import Thread

import pytest
import waitress
from flask import Flask, request

from marketplace.cli.serving import proxy_options


@pytest.mark.parametrize(
    ("trusted", "told"), [("127.0.0.1", "https 192.0.2.7"), ("", "http 127.0.0.1"), ("192.0.2.1", "http 127.0.0.1")]
)
def test_whose_word_on_tls_and_addresses_counts(trusted: str, told: str) -> None:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: f"{request.scheme} {request.remote_addr}")
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=1, **proxy_options(trusted))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        asked = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=20)
        asked.request("GET", "/", headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"})
        assert asked.getresponse().read().decode() == told
        asked.close()
    finally:
        server.close()
        server.task_dispatcher.shutdown()
