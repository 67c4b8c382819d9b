"""`/sparql`: answers over HTTP, the service description, and the editor for people."""

import json
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.begun import Begun
from api.discovery.examples import examples
from api.engine import Answer, EngineError, Pool
from api.engine.pool import Asking
from api.formats import GRAPHS, HTML, SOLUTIONS
from api.forms import QueryForm
from api.negotiation import Offer
from api.openapi import TEXT, documents, fields, parameter, problems
from api.pages import render
from api.problems import Problem, note, problem_of
from api.replies import BEGUN, FORM, RELEASE
from api.sparql import service
from api.sparql.protocol import QUERY, URLENCODED, Asked, read
from api.web import Connected, about_release, data_headers, etag, negotiate, public, unchanged

NAMES = dict.fromkeys(offer.name for offer in (*SOLUTIONS, *GRAPHS))
DOWNLOADS = {
    "solutions": {"csv": "CSV", "tsv": "TSV", "json": "JSON", "xml": "XML"}.items(),
    "boolean": {"json": "JSON", "xml": "XML"}.items(),
    "graph": {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples", "rdf": "RDF/XML"}.items(),
}
FIRST_QUERY = """PREFIX ocsea: <https://w3id.org/ocsea/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?state ?name WHERE {
  ?state a ocsea:State ; rdfs:label ?name .
} ORDER BY ?name
"""
SPOOL = 8 * 1024 * 1024
PIECE = 64 * 1024
DATASET = [
    parameter("default-graph-uri", "A graph to query; several are merged", many=True),
    parameter("named-graph-uri", "A graph for `GRAPH` to range over", many=True),
    parameter("format", "A format by name instead of Accept", among=list(NAMES)),
]
ASK = parameter("query", "A SPARQL 1.1 query", example="ASK { ?s ?p ?o }")
ANSWERS = documents((*SOLUTIONS, *GRAPHS)) | problems(
    *("request-malformed", "query-missing", "query-malformed", "query-too-deep"),
    *("service-refused", "update-refused", "method-not-allowed", "not-acceptable", "too-large"),
    *("unsupported-media-type", "query-timeout", "query-memory", "busy", "too-many"),
    *("result-too-large", "service-failed"),
)
BODIES = {
    URLENCODED: {"schema": fields(ASK, *DATASET, required="query")},
    QUERY: {"schema": TEXT, "example": ASK["example"]},
}
router = APIRouter(tags=["SPARQL"], default_response_class=Response)


@router.get(
    "/sparql",
    response_model=None,
    summary="Ask a query",
    responses=ANSWERS,
    openapi_extra={"parameters": [ASK, *DATASET]},
)
@router.post(
    "/sparql",
    response_model=None,
    summary="Ask a query too long for an address",
    responses=ANSWERS,
    openapi_extra={
        "parameters": DATASET,
        "requestBody": {"required": True, "content": BODIES},
    },
)
async def sparql(request: Request) -> ASGIApp:
    """SELECT, ASK, CONSTRUCT or DESCRIBE, in any format on offer; QUERY is taken like POST.

    Without a query, GET gives the service description, or the editor to a browser. The default
    graph is the merge of all graphs. A query past its time is stopped and answered with 503.
    """
    asked = await read(request)
    if asked.query is None:
        return await _without_query(request, asked)
    return QueryResponse(request, asked)


async def _without_query(request: Request, asked: Asked) -> Response:
    offer = negotiate(request, GRAPHS)
    if offer.name == "html":
        return page(asked, 200, {"vary": "Accept"})
    settings = request.app.state.settings
    updates = public(request, "/update") if settings.tokens.are_set else None
    calls = bool(settings.services)
    endpoint = public(request, "/sparql")
    describe = partial(service.describe, endpoint, offer, updates=updates, calls=calls)
    return await about_release(request, offer, describe)


class QueryResponse:
    """Runs the query when sent, passing the answer on as it comes, in flat memory.

    It is a query of the current release unless a `version` is given.
    """

    def __init__(self, request: Request, asked: Asked, version: str | None = None) -> None:
        self._request, self._asked, self._version = request, asked, version
        self._state = request.app.state
        self._client = request.scope["client"][0] if request.scope["client"] else ""
        self._begun = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; or show what is wrong to a person, and raise it for everyone else."""
        response: ASGIApp | None = None
        try:
            with Connected(receive):
                response = await self._respond(send)
        except (EngineError, Problem) as error:
            problem = problem_of(error)
            if problem.status < 500 and problem.status != 429:
                self._state.throttle.error(self._client)
            if self._begun or not self._asked.by_browser:
                raise
            note(problem)
            response = page(self._asked, problem.status, problem.all_headers(), problem=problem)
        if response:
            await response(scope, receive, send)

    async def _respond(self, send: Send) -> ASGIApp | None:
        async with self._state.engine.pool(self._version) as pool:
            if same := self._unchanged(pool):
                return same
            if BEGUN not in self._request.scope and not pool.holds(self._asked.job):
                self._state.throttle.admit(self._client)
                async with self._state.federating:
                    self._asked = await self._asked.federated(self._state.settings)
            return await self._answer(pool, send)

    def _unchanged(self, pool: Pool) -> Response | None:
        """304 if any representation of this answer that we could send is known to the client."""
        if "if-none-match" not in self._request.headers or not self._lasts:
            return None
        offers = {offer for offer in (self._asked.solutions, self._asked.graph) if offer}
        found = (unchanged(self._request, etag(pool.version, o, weak=True)) for o in offers)
        return next((response for response in found if response), None)

    @property
    def _lasts(self) -> bool:
        """Whether the answer is the same until the next release, and may be asked for by name."""
        return self._request.method in ("GET", "HEAD") and self._asked.steady

    async def _answer(self, pool: Pool, send: Send) -> ASGIApp | None:
        """The response where it is short, None where it has been streamed."""
        started = time.perf_counter()
        async with await self._asking(pool) as answer:
            offer = self._asked.offer(answer.kind)
            headers = self._about(pool, offer)
            if offer.name == "html":
                table = json.loads(await answer.everything())
                seconds = time.perf_counter() - started
                came_of_it = {"table": table, "downloads": DOWNLOADS[answer.kind]}
                return page(self._asked, 200, headers, seconds=seconds, **came_of_it)
            if answer.whole:
                if self._lasts and not self._version:
                    self._note(pool, answer)
                return Whole(headers, answer.first)
            if self._request.method == "HEAD":
                return Unmeasured(headers=headers)
            if self._request.scope["http_version"] == "1.0":
                await self._measured(answer, headers, send)
            else:
                await self._stream(answer, headers, send)
        return None

    async def _asking(self, pool: Pool) -> Asking | Begun:
        """The query on its way: as it was begun, if that was of this release."""
        begun: Begun | None = self._request.scope.get(BEGUN)
        if begun and begun.pool is pool:
            return begun
        if begun:
            begun.leave()
        return pool.answer(self._asked.job, self._client)

    def _note(self, pool: Pool, answer: Answer) -> None:
        """Say with the request what of its answer may be used again."""
        self._request.scope[RELEASE] = pool.version
        job = self._asked.job
        self._request.scope[FORM] = QueryForm(job.solutions, job.graph), answer.kind

    def _about(self, pool: Pool, offer: Offer) -> dict[str, str]:
        tag = {"etag": etag(pool.version, offer, weak=True)} if self._asked.steady else {}
        return {"content-type": offer.content_type, **tag, **data_headers(self._request)}

    async def _stream(self, answer: Answer, headers: dict[str, str], send: Send) -> None:
        await self._begin(headers, send)
        await send({"type": "http.response.body", "body": answer.first, "more_body": True})
        async for piece in answer.rest():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    async def _measured(self, answer: Answer, headers: dict[str, str], send: Send) -> None:
        """For HTTP/1.0, where only a length tells a whole answer from a cut-off one."""
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as spool:
            spool.write(answer.first)
            async for piece in answer.rest():
                spool.write(piece)
            await self._begin(headers | {"content-length": str(spool.tell())}, send)
            spool.seek(0)
            while piece := spool.read(PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})

    async def _begin(self, headers: dict[str, str], send: Send) -> None:
        self._begun = True
        await send({"type": "http.response.start", "status": 200, "headers": raw(headers)})


def raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as they are sent."""
    return [(name.encode(), value.encode()) for name, value in headers.items()]


class Whole:
    """A response that is there, without what a framework's makes sure of once more."""

    def __init__(self, headers: dict[str, str], body: bytes) -> None:
        self._headers, self._body = headers | {"content-length": str(len(body))}, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        start = {"type": "http.response.start", "status": 200, "headers": raw(self._headers)}
        await send(start)
        await send({"type": "http.response.body", "body": self._body})


class Unmeasured(Response):
    """Headers alone, without the length of a body that was not made."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        """Take the headers as they are."""
        super().init_headers(headers)
        del self.headers["content-length"]


def page(asked: Asked, status: int, headers: dict[str, str], **came_of_it: Any) -> Response:
    """The editor with its query and what came of it: a `table`, a `problem`, or nothing yet."""
    shown = {"table": None, "seconds": 0.0, "problem": None, "downloads": ()} | came_of_it
    query = asked.query or FIRST_QUERY
    body = render("sparql.html", query=query, examples=examples(), **shown)
    return Response(body, status, headers | {"content-type": HTML.content_type})
