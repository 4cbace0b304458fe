"""The site behind a proxy that ends TLS: its word counts where it is trusted, nobody else's does."""

from __future__ import annotations

import pytest
import requests
from flask import Flask, request

from marketplace.cli.serving import proxy_options
from tests.marketplace.serving import serving


@pytest.mark.parametrize(
    ("trusted", "told"), [("127.0.0.1", "https 192.0.2.7"), ("", "http 127.0.0.1"), ("192.0.2.1", "http 127.0.0.1")]
)
def test_whose_word_on_tls_and_addresses_counts(trusted: str, told: str) -> None:
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: f"{request.scheme} {request.remote_addr}")
    with serving(app, **proxy_options(trusted)) as site:
        headers = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
        assert requests.get(site, headers=headers, timeout=20).text == told
