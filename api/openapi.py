"""How the routes describe themselves in OpenAPI: media types, parameters, problems, examples.

The examples are real answers: `tests/recording.py` writes them to `recorded.json`, and a test holds
that the server still gives them.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.negotiation import Offer
from api.problems import KINDS, MEDIA_TYPE, TYPES
from ocsea.steward.files.formats import XLSX

Responses = dict[int | str, dict[str, Any]]
Operation = dict[str, Any]

RECORDED = Path(__file__).with_name("recorded.json")
ANYWHERE = ("not-acceptable", "unsupported-media-type", "internal", "unavailable")
"""The kinds of problem that any address may give: the first two for content codings."""

METHODS = ("get", "put", "post", "delete")
TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
BINARY = (XLSX, "application/zip")
FINDING = ("severity", "focus", "path", "value", "message", "shape")

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A problem document as in RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "enum": [f"{TYPES}problem-{k}" for k in KINDS]},
        "title": TEXT,
        "status": WHOLE,
        "detail": TEXT,
        "line": WHOLE | {"description": "Line of the query, from 1."},
        "column": WHOLE | {"description": "Column of the query, from 1."},
        "offers": {
            "type": "array",
            "items": TEXT,
            "description": "The media types that could be had instead.",
        },
        "nearest": {
            "type": "array",
            "items": {"type": "object", "properties": dict.fromkeys(("id", "label"), TEXT)},
            "description": "Things with an address much like the one that is not known.",
        },
        "findings": {
            "type": "array",
            "items": {"type": "object", "properties": dict.fromkeys(FINDING, TEXT)},
            "description": "What the shapes have to say of data that was refused, the first 100.",
        },
        "counts": {
            "type": "object",
            "additionalProperties": WHOLE,
            "description": "How many findings there are of each severity.",
        },
    },
}
TOKEN: dict[str, Any] = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token from the operator of the server.",
}
IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what the client holds: 304 while that is still so",
    "schema": TEXT,
}
NEW = "The graph is new; `Location` is its address; with a body for `Accept: application/json`"
DONE = "Done; `OCSEA-Release` names the release that holds it"
WRITE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "release": TEXT,
        "warnings": WHOLE | {"description": "How many the release has"},
        "graph": TEXT | {"description": "The graph that was written"},
    },
}
RELEASE = {"OCSEA-Release": {"description": "The release that holds it", "schema": TEXT}}
LOCATION = {"Location": {"description": "Where it is", "schema": TEXT}}
FOUND = {"description": "It is where `Location` leads", "headers": LOCATION}
ETAG = {"ETag": {"description": "Names this representation until it changes", "schema": TEXT}}


def documents(offers: Sequence[Offer], description: str = "The answer") -> Responses:
    """A 200 in any of the formats on offer, and the 304 of a client that holds it already."""
    content = {offer.media_type: {"schema": schema_of(offer.media_type)} for offer in offers}
    return {
        200: {"description": description, "content": content, "headers": ETAG},
        304: {"description": "The client holds this representation already (If-None-Match)"},
    }


def schema_of(media_type: str) -> dict[str, Any]:
    """What a body of this media type is to a program that reads JSON."""
    if media_type in BINARY:
        return {"type": "string", "format": "binary"}
    json_like = media_type.endswith(("/json", "+json"))
    return {"type": ["object", "array"]} if json_like else TEXT


def outcomes(status: int) -> Responses:
    """What comes of a write: nothing but headers, or JSON for who asks for it by name."""
    body = {"content": {"application/json": {"schema": WRITE_SCHEMA}}}
    if status == 201:
        return {201: {"description": NEW, "headers": RELEASE | LOCATION} | body}
    return {
        204: {"description": DONE, "headers": RELEASE},
        200: {"description": "The same, for `Accept: application/json`", "headers": RELEASE} | body,
    }


def fields(*parameters: dict[str, Any], required: str) -> dict[str, Any]:
    """The parameters as the fields of a form, one of which must be there."""
    properties = {p["name"]: p["schema"] | {"description": p["description"]} for p in parameters}
    return {"type": "object", "required": [required], "properties": properties}


def problems(*kinds: str) -> Responses:
    """The responses for these kinds of problem, and for those that any address may give."""
    responses: Responses = {}
    for kind in dict.fromkeys((*kinds, *ANYWHERE)):
        response = responses.setdefault(KINDS[kind].status, _problem())
        response["description"] += ("; " if response["description"] else "") + KINDS[kind].title
        examples = response["content"][MEDIA_TYPE]["examples"]
        examples[kind] = {"$ref": f"#/components/examples/{kind}"}
    return responses


def _problem() -> dict[str, Any]:
    """As a document for programs, and as a page for who would rather have HTML."""
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {MEDIA_TYPE: {"schema": schema, "examples": {}}, "text/html": {"schema": TEXT}}
    return {"description": "", "content": content}


def parameter(
    name: str,
    description: str,
    *,
    where: str = "query",
    many: bool = False,
    example: str = "",
    among: Sequence[str] = (),
) -> dict[str, Any]:
    """A textual parameter; `among` are the values it may have, where there are only so many."""
    text = TEXT | ({"enum": list(among)} if among else {})
    schema = {"type": "array", "items": text} if many else text
    told = {"name": name, "in": where, "required": where == "path", "description": description}
    return told | {"schema": schema} | ({"example": example} if example else {})


def complete(app: FastAPI) -> dict[str, Any]:
    """The application's OpenAPI description, made once."""
    if not app.openapi_schema:
        schema = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes
        )
        recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        components["securitySchemes"] = {"token": TOKEN}
        components["examples"] = {
            kind: {"summary": KINDS[kind].title, "value": value}
            for kind, value in recorded["problems"].items()
        }
        for name, operation in operations(schema):
            _finish(operation, recorded["answers"].get(name, {}))
        app.openapi_schema = schema
    return app.openapi_schema


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    """The operations of an OpenAPI description, by names like `GET /health`."""
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def by_tag(schema: dict[str, Any]) -> dict[str, dict[str, Operation]]:
    """The operations under what they belong to."""
    tags: dict[str, dict[str, Operation]] = {}
    for name, operation in operations(schema):
        tags.setdefault(operation["tags"][0], {})[name] = operation
    return tags


def _finish(operation: Operation, answers: dict[str, dict[str, Any]]) -> None:
    """Add what follows from the rest of the description, and the answers that were recorded."""
    responses = operation["responses"]
    if "401" in responses:
        operation["security"] = [{"token": []}]
    if "303" in responses:
        responses["303"] = FOUND
    if "304" in responses:
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
    for status, contents in answers.items():
        for media_type, example in contents.items():
            responses[status]["content"][media_type]["example"] = example
