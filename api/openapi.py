"""How the routes describe themselves in OpenAPI: media types, parameters and problems."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.negotiation import Offer
from api.problems import KINDS, MEDIA_TYPE, TYPES

Responses = dict[int | str, dict[str, Any]]

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A problem document as in RFC 9457.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "enum": [f"{TYPES}problem-{k}" for k in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "line": {"type": "integer", "description": "Line of the query, from 1."},
        "column": {"type": "integer", "description": "Column of the query, from 1."},
        "offers": {"type": "array", "items": {"type": "string"}},
    },
}


def documents(offers: Sequence[Offer], description: str = "The answer") -> Responses:
    """A 200 in any of the formats on offer, and the 304 of a client that holds it already."""
    content = {offer.media_type: {"schema": {"type": "string"}} for offer in offers}
    return {
        200: {"description": description, "content": content},
        304: {"description": "The client holds this representation already (If-None-Match)"},
    }


def problems(*kinds: str) -> Responses:
    """The responses for these kinds of problem, and for those that any address may give."""
    responses: Responses = {}
    for kind in (*kinds, "internal", "unavailable"):
        response = responses.setdefault(KINDS[kind].status, _problem())
        response["description"] += ("; " if response["description"] else "") + KINDS[kind].title
    return responses


def _problem() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "", "content": {MEDIA_TYPE: {"schema": schema}}}


def parameter(
    name: str, description: str, *, where: str = "query", many: bool = False, example: str = ""
) -> dict[str, Any]:
    """A textual parameter."""
    text: dict[str, Any] = {"type": "string"}
    schema = {"type": "array", "items": text} if many else text
    told = {"name": name, "in": where, "required": where == "path", "description": description}
    return told | {"schema": schema} | ({"example": example} if example else {})


def complete(app: FastAPI) -> dict[str, Any]:
    """The application's OpenAPI description, made once."""
    if not app.openapi_schema:
        schema = get_openapi(
            title=app.title, version=app.version, summary=app.summary, routes=app.routes
        )
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        app.openapi_schema = schema
    return app.openapi_schema
