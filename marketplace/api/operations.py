"""An operation of the interface: its route, its parameters and its answer, told once and used by route and document."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Response, request

from marketplace.api import asked as parameters
from marketplace.api.asked import MAX_ID

VERSION = "v1"
_FRESH_S = 60  # what programs may keep without asking again
P = TypeVar("P", bound=msgspec.Struct)
View = Callable[..., msgspec.Struct]

blueprint = Blueprint("api", __name__, url_prefix=f"/api/{VERSION}")


@dataclass(frozen=True, slots=True)
class Operation:
    """`path` as OpenAPI writes it, "/listings/{id}"; `summary` and `description` are the view's docstring."""

    name: str
    path: str
    asked: type[msgspec.Struct]
    answers: type[msgspec.Struct]
    summary: str
    description: str

    @property
    def by_id(self) -> bool:
        return "{id}" in self.path


OPERATIONS: dict[str, Operation] = {}


def operation(path: str, asked: type[msgspec.Struct], answers: type[msgspec.Struct]) -> Callable[[View], View]:
    """Serve a view: it takes the parameters it is asked with (and the id of the path) and returns its answer."""

    def register(view: View) -> View:
        summary, _, rest = (view.__doc__ or "").partition("\n\n")
        one = Operation(view.__name__, path, asked, answers, summary.strip().rstrip("."), " ".join(rest.split()))

        def serve(**in_path: int) -> Response:
            return _answer(view(parameters.read(asked, request.args), **in_path))

        OPERATIONS[one.name] = one
        rule = path.replace("{id}", f"<int(min=1, max={MAX_ID}, signed=False):id>")
        blueprint.add_url_rule(rule, one.name, serve, methods=["GET"])
        return view

    return register


def _answer(told: msgspec.Struct) -> Response:
    response = conditional(msgspec.json.encode(told))
    after = getattr(told, "next", None)
    if after:
        response.headers["Link"] = f'<{after}>; rel="next"'
    return response


def conditional(body: bytes, mimetype: str = "application/json") -> Response:
    """An answer that is not sent twice: its tag is weak, since the same facts may travel compressed."""
    response = Response(body, mimetype=mimetype)
    response.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest(), weak=True)
    response.cache_control.public = True
    response.cache_control.max_age = _FRESH_S
    response.make_conditional(request)
    return response


def path_parameters(one: Operation) -> list[dict[str, Any]]:
    """What stands in the path, as OpenAPI tells it."""
    if not one.by_id:
        return []
    schema = {"type": "integer", "minimum": 1, "maximum": MAX_ID}
    return [{"name": "id", "in": "path", "required": True, "description": "its number here", "schema": schema}]
