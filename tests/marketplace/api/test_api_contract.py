"""The interface keeps what its OpenAPI document promises: to callers who follow it, and to callers who do not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.config import GenerationConfig

from marketplace.api.views import OPERATIONS
from tests.marketplace.web.conftest import Market

# The same cases on every run: a failure comes back. Making a case may take longer than asking it.
REPEATABLE = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
PLAIN = {"Accept-Encoding": "identity"}  # the client in this process does not unpack
PATHS = [one.path for one in OPERATIONS.values()]


@pytest.fixture(scope="session")
def schema(market: Market) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", market.app)


@pytest.fixture(params=PATHS)
def described(request: pytest.FixtureRequest, schema: Any) -> APIOperation[Any, Any, Any, Any]:
    found: APIOperation[Any, Any, Any, Any] = schema[request.param]["GET"]
    return found


def test_the_edges_of_every_parameter(described: APIOperation[Any, Any, Any, Any], schema: Any) -> None:
    asked = 0
    modes = {"generation_modes": [POSITIVE, NEGATIVE], "generation_config": GenerationConfig()}
    for case in schema.iter_coverage_cases(described, **modes):
        case.call_and_validate(headers=PLAIN)
        asked += 1
    assert asked


def test_what_the_document_allows_is_answered(described: APIOperation[Any, Any, Any, Any]) -> None:
    @REPEATABLE
    @given(case=described.as_strategy(POSITIVE))
    def answered(case: Case) -> None:
        case.call_and_validate(headers=PLAIN)

    answered()


def test_what_the_document_forbids_is_refused(described: APIOperation[Any, Any, Any, Any]) -> None:
    if described.path == "/sources":  # nothing can be asked wrong there
        assert not described.query
        return

    @REPEATABLE
    @given(case=described.as_strategy(NEGATIVE))
    def refused(case: Case) -> None:
        case.call_and_validate(headers=PLAIN)

    refused()
