"""The update operation of the SPARQL 1.1 Protocol, for those who have a token."""

from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.openapi import TEXT, Responses, fields, outcomes, parameter, problems
from api.problems import Problem
from api.sparql.protocol import UPDATE, URLENCODED, Pairs
from api.web import body, media_type
from api.writing.requests import MAX_BODY, reply, terms, writer_of, written
from ocsea.changes import Write

METHODS = "POST, OPTIONS"
USING, USING_NAMED = "using-graph-uri", "using-named-graph-uri"
DATASET = [
    parameter(USING, "A graph that WHERE reads as the default graph", many=True),
    parameter(USING_NAMED, "A graph that WHERE reads by name", many=True),
]
CONDITION = parameter("If-Match", "Only if this is still the release", where="header")
CHANGE = parameter("update", "A SPARQL 1.1 update", example="INSERT DATA { <urn:a> <urn:b> 1 }")
BODIES = {
    URLENCODED: {"schema": fields(CHANGE, *DATASET, required="update")},
    UPDATE: {"schema": TEXT, "example": CHANGE["example"]},
}
DONE: Responses = outcomes(204)
router = APIRouter(tags=["SPARQL"], default_response_class=Response)


@router.post(
    "/update",
    summary="Change the graph",
    responses=DONE
    | problems(
        *("request-malformed", "query-missing", "query-malformed", "query-too-deep"),
        *("load-refused", "service-refused", "unauthorized", "forbidden", "conflict"),
        *("precondition-failed", "too-large", "unsupported-media-type", "not-conforming"),
        *("query-timeout", "busy", "unavailable"),
    ),
    openapi_extra={
        "parameters": [*DATASET, CONDITION],
        "requestBody": {"required": True, "content": BODIES},
    },
)
async def update(request: Request) -> Response:
    """A SPARQL 1.1 update, all of it or nothing: what it comes to is checked against the shapes.

    The default graph is the one without a name, not the merge that queries see.
    """
    if request.method != "POST":
        raise Problem("method-not-allowed", f"Use {METHODS}.", headers={"allow": METHODS})
    token = writer_of(request)
    text, parameters = await _read(request)
    write = Write(
        kind="update",
        by=token.name,
        content=text,
        using=_all(parameters, USING),
        using_named=_all(parameters, USING_NAMED),
        **terms(request),
    )
    done = await written(request, write, malformed="query-malformed")
    return reply(request, done, 204, {"etag": f'"{done.version}"'})


async def _read(request: Request) -> tuple[bytes, Pairs]:
    """The one update of the request, and the parameters beside it."""
    essence, parameters = media_type(request)
    if parameters.get("charset", "utf-8") != "utf-8":
        raise Problem("unsupported-media-type", "Send the update as UTF-8.")
    in_url = _pairs(request.scope["query_string"])
    if essence == UPDATE:
        return await body(request, MAX_BODY), in_url
    if essence != URLENCODED:
        raise Problem("unsupported-media-type", f"Send the update as {URLENCODED} or {UPDATE}.")
    form = _pairs(await body(request, MAX_BODY))
    updates = _all(form, "update")
    if len(updates) != 1:
        raise Problem("query-missing", "Send one update, as `update`.")
    return updates[0].encode(), [*in_url, *form]


def _all(parameters: Pairs, name: str) -> tuple[str, ...]:
    return tuple(value for key, value in parameters if key == name)


def _pairs(encoded: bytes) -> Pairs:
    try:
        return parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise Problem("request-malformed", f"The parameters cannot be read: {error}") from None
