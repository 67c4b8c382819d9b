"""The SPARQL 1.1 Graph Store HTTP Protocol: whole graphs, read by all, written with a token."""

import uuid
from collections.abc import Iterator
from urllib.parse import unquote

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.engine import Answer, Job, Pool
from api.formats import GRAPHS
from api.negotiation import Offer
from api.openapi import TEXT, Responses, documents, outcomes, parameter, problems, schema_of
from api.problems import Problem
from api.sparql.routes import Unmeasured, raw
from api.web import Connected, body, data_headers, etag, negotiate, public, unchanged
from api.writing.requests import MAX_BODY, reply, terms, writer_of, written
from ocsea.changes import Write
from ocsea.documents import FORMATS, MULTIPART
from ocsea.namespaces import BASE
from ocsea.release import UNNAMED, graph_state

METHODS = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
OFFERS = tuple(offer for offer in GRAPHS if offer.name != "html")
ROOM = "/graphs"
NAMING = "Name the graph: ?graph=IRI, ?default, or a path below this address that is its IRI."

_BODIES = {name: {"schema": schema_of(name)} for name in FORMATS}
_PARTS = {"type": "object", "additionalProperties": TEXT}
_BODY = {"content": {**_BODIES, MULTIPART: {"schema": _PARTS}}}
_WHICH = [
    parameter("graph", "The IRI of a graph"),
    parameter("default", "The graph without a name; give no value"),
]
_CONDITIONS = [
    parameter("If-Match", "Only if the graph still is what this `ETag` names", where="header"),
    parameter("If-None-Match", "`*`: only if there is no such graph", where="header"),
]
_REFUSED = problems(
    *("request-malformed", "query-too-deep", "unauthorized", "forbidden", "not-found", "conflict"),
    *("precondition-failed", "too-large", "unsupported-media-type", "not-conforming"),
    *("query-timeout", "busy"),
)
_DONE: Responses = outcomes(204) | outcomes(201)
router = APIRouter(tags=["Graph store"], default_response_class=Response)


@router.get(
    ROOM,
    response_model=None,
    summary="Read a graph",
    responses=documents(OFFERS, "The graph")
    | problems(
        *("request-malformed", "not-found", "not-acceptable", "result-too-large"),
        *("query-timeout", "query-memory", "busy"),
    ),
    openapi_extra={"parameters": _WHICH},
)
@router.put(
    ROOM,
    response_model=None,
    summary="Replace a graph",
    responses=_DONE | _REFUSED,
    openapi_extra={"parameters": [*_WHICH, *_CONDITIONS], "requestBody": _BODY},
)
@router.post(
    ROOM,
    response_model=None,
    summary="Add to a graph, or make one where none is named",
    responses=_DONE | _REFUSED,
    openapi_extra={"parameters": [*_WHICH, *_CONDITIONS], "requestBody": _BODY},
)
@router.delete(
    ROOM,
    response_model=None,
    summary="Remove a graph",
    responses=outcomes(204) | _REFUSED,
    openapi_extra={"parameters": [*_WHICH, *_CONDITIONS]},
)
async def graphs(request: Request) -> ASGIApp:
    """Read, replace, add to or remove a graph, by `?graph=IRI`, by `?default`, or by its address.

    `?default` is the graph without a name, not the merge of all graphs that queries see.
    """
    if request.method not in METHODS.split(", "):
        raise Problem("method-not-allowed", f"Use {METHODS}.", headers={"allow": METHODS})
    if request.method in ("GET", "HEAD"):
        return GraphResponse(request, _graph(request), negotiate(request, OFFERS))
    return await _write(request)


def _graph(request: Request) -> str:
    """The IRI of the graph that the request means, UNNAMED for the one without a name."""
    path = request.scope["path"].removeprefix(ROOM).strip("/")
    named = list(_named(request))
    if path and not named:
        return _address(request)
    if path or len(named) != 1:
        raise Problem("request-malformed", NAMING)
    return named[0]


def _address(request: Request) -> str:
    """The request's own address as the public reaches it, percent-encoded as it was sent."""
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope["raw_path"].decode("ascii").partition("?")[0]
    return public(request, f"{path}?{query}" if query else path)


def _named(request: Request) -> Iterator[str]:
    """The graphs that the address names in its query, percent-decoded once."""
    try:
        for pair in filter(None, request.scope["query_string"].decode("ascii").split("&")):
            name, _, value = pair.partition("=")
            if name == "default":
                yield UNNAMED
            elif name == "graph":
                yield NamedNode(unquote(value, errors="strict")).value
    except ValueError as error:
        raise Problem("request-malformed", f"This is no IRI of a graph: {error}") from None


async def _write(request: Request) -> Response:
    token = writer_of(request)
    mints = request.method == "POST" and _is_store(request)
    graph = public(request, f"{ROOM}/{uuid.uuid4()}") if mints else _graph(request)
    has_body = request.method != "DELETE"
    write = Write(
        kind=request.method.lower(),
        by=token.name,
        content=await body(request, MAX_BODY) if has_body else b"",
        content_type=request.headers.get("content-type", ""),
        graph=graph,
        base=graph or BASE,
        **terms(request),
    )
    done = await written(request, write)
    new = done.created and has_body and graph != UNNAMED
    location = {"location": graph if mints else _address(request)} if new else {}
    return reply(request, done, 201 if new else 204, location, graph=graph)


def _is_store(request: Request) -> bool:
    """Whether the address is that of the store itself, and names no graph."""
    return not request.scope["path"].removeprefix(ROOM).strip("/") and not list(_named(request))


class GraphResponse:
    """A graph, passed on as it comes; 304 where the client holds it already."""

    def __init__(self, request: Request, graph: str, offer: Offer) -> None:
        self._request, self._graph, self._offer = request, graph, offer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; raises a Problem where there is no such graph."""
        response: ASGIApp | None = None
        with Connected(receive):
            async with self._request.app.state.engine.pool() as pool:
                response = await self._respond(pool, send)
        if response:
            await response(scope, receive, send)

    async def _respond(self, pool: Pool, send: Send) -> ASGIApp | None:
        """The response where it is short, None where it has been streamed."""
        state = graph_state(pool.manifest, self._graph)
        if state is None:
            raise Problem("not-found", f"There is no graph {self._graph}.")
        tag = etag(state, self._offer)
        if same := unchanged(self._request, tag):
            return same
        headers = {"etag": tag, "content-type": self._offer.content_type}
        headers |= data_headers(self._request)
        if self._request.method == "HEAD":
            return Unmeasured(headers=headers)
        job = Job("", graph=self._offer.name, task="dump", arguments=(self._graph,))
        async with pool.answer(job) as answer:
            if answer.whole or self._request.scope["http_version"] == "1.0":
                return Response(await answer.everything(), headers=headers)
            await self._stream(answer, headers, send)
        return None

    async def _stream(self, answer: Answer, headers: dict[str, str], send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": raw(headers)})
        await send({"type": "http.response.body", "body": answer.first, "more_body": True})
        async for piece in answer.rest():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})
