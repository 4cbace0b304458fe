"""The invented catalogue of the pages, read through the interface."""

from tests.marketplace.web.conftest import (  # noqa: F401 - fixtures, found by their names
    _frozen,
    another,
    client,
    ids,
    market,
    statements,
)
