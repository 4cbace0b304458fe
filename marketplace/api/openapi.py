"""The OpenAPI 3.1 document, generated from the operations, their parameters and the shapes of their answers."""

from __future__ import annotations

from typing import Any

import msgspec

from marketplace.api.asked import parameter_schemas
from marketplace.api.operations import OPERATIONS, VERSION, Operation, path_parameters
from marketplace.api.problems import MIMETYPE, Problem
from marketplace.config import Site

_REF = "#/components/schemas/{name}"
_HEADERS = {
    "ETag": {"description": "send it back in If-None-Match", "schema": {"type": "string"}},
    "Cache-Control": {"schema": {"type": "string"}},
}
_ABOUT = (
    "Read-only. Records of former Long An from five marketplaces, as their pages show them, with what people of the "
    "Department have put right laid over. Money is whole ₫, times are UTC, `null` is “not known”. Contacts are left "
    "out. Errors are problem details (RFC 9457) in English."
)


def document(site: Site) -> dict[str, Any]:
    """The whole document, plain data."""
    answers = list({one.answers: None for one in OPERATIONS.values()})
    _, components = msgspec.json.schema_components([*answers, Problem], ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": site.name, "version": VERSION.removeprefix("v"), "description": _ABOUT},
        "servers": [{"url": f"/api/{VERSION}"}],
        "paths": {one.path: {"get": _operation(one)} for one in OPERATIONS.values()},
        "components": {
            "schemas": components,
            "responses": {
                name: {
                    "description": description,
                    "content": {MIMETYPE: {"schema": {"$ref": _REF.format(name="Problem")}}},
                }
                for name, description in _PROBLEMS.items()
            },
        },
    }


_PROBLEMS = {
    "400": "A parameter is unknown or can't be read.",
    "404": "There is no such record.",
    "500": "A fault of ours.",
    "503": "The search index or the database is away; `Retry-After` says for how long.",
}


def _operation(one: Operation) -> dict[str, Any]:
    headers = dict(_HEADERS)
    if "next" in one.answers.__struct_fields__:
        headers["Link"] = {"description": "the next page, rel=next (RFC 8288)", "schema": {"type": "string"}}
    told = {
        "200": {
            "description": one.summary,
            "headers": headers,
            "content": {"application/json": {"schema": {"$ref": _REF.format(name=one.answers.__name__)}}},
        },
        "304": {"description": "Nothing has changed since the ETag that was sent."},
    }
    refused = [name for name in _PROBLEMS if name != "404" or one.by_id]
    return {
        "operationId": one.name,
        "summary": one.summary,
        **({"description": one.description} if one.description else {}),
        "parameters": [*path_parameters(one), *_query_parameters(one)],
        "responses": {**told, **{name: {"$ref": f"#/components/responses/{name}"} for name in refused}},
    }


def _query_parameters(one: Operation) -> list[dict[str, Any]]:
    found = []
    for name, schema in parameter_schemas(one.asked).items():
        kept = dict(schema)
        description = kept.pop("description", "")
        found.append({"name": name, "in": "query", "required": False, "description": description, "schema": kept})
    return found
