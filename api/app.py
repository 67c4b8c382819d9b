"""The application: `create_app` is what a server runs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api import health, home, logs
from api.collections import routes as collections
from api.compression import in_coding
from api.discovery import dumps, releases, sitemap
from api.discovery import routes as discovery
from api.engine import Engine, EngineError
from api.exchange import Exchange
from api.linked import frames as frames_page
from api.linked import routes as linked
from api.metrics import METRICS
from api.openapi import complete
from api.pages import STATIC
from api.problems import Problem, note, problem_of
from api.replies import REPLIES
from api.schema import routes as schema
from api.search import routes as search
from api.serve import end_with_supervisor
from api.settings import Settings, from_environment
from api.sparql import earlier, protocol
from api.sparql import routes as sparql
from api.steward import (
    compare,
    completeness,
    history,
    submission,
    submissions,
    templates,
    validate,
)
from api.steward.desks import Desk
from api.steward.kept import Kept
from api.throttle import Throttle
from api.web import Endpoint, options, problem_response, respond
from api.writing import graphs, update
from api.writing.writer import Writer
from ocsea import __version__
from ocsea.versions import RemovedRelease, UnknownRelease

DIRECT: dict[str, Endpoint] = {
    "sparql": sparql.sparql,
    "health": health.health,
    "ready": health.ready,
    "metrics": health.metrics,
    "id": linked.thing,
    "doc": linked.document,
    "update": update.update,
    "graphs": graphs.graphs,
    "dump": dumps.dump,
    "dump.nq.gz": dumps.dump,
    "dump.ttl.gz": dumps.dump,
}
"""What is answered most, by the first part of its path, past the framework's routing."""

READ_ONLY = "GET, HEAD, OPTIONS"
METHODS = {
    "update": update.METHODS,
    "graphs": graphs.METHODS,
    "doc": linked.METHODS,
    "validate": validate.METHODS,
    "diff": validate.DIFF_METHODS,
    "submissions": submissions.METHODS,
}
"""What an address takes that takes more than `READ_ONLY`, by the first part of its path."""

FEDERATING = 4
"""Queries that may ask other endpoints at one time: each may hold some answers of theirs."""

ROOMS = (
    *(home, linked, collections, search, sparql, frames_page, schema, discovery, dumps, releases),
    *(history, earlier, sitemap, update, graphs, completeness, compare, templates, validate),
    *(submissions, submission, health),
)
"""What has routes, in the order of the documentation."""

FAILURES = (
    *(Problem, EngineError, UnknownRelease, RemovedRelease),
    *(HTTPException, RequestValidationError, Exception),
)


class App(FastAPI):
    """FastAPI for the pages, the schema and the OpenAPI description; `DIRECT` for the rest."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and note that."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        exchange, room = Exchange(scope, send), scope["path"][1:].partition("/")[0]
        try:
            await self._answer(room, scope, receive, exchange.send)
        finally:
            seconds = exchange.seconds
            METRICS.answered(room, exchange.status, seconds, exchange.sent, whole=exchange.whole)
            logs.request(scope, exchange.status, seconds, exchange.sent)

    async def _answer(self, room: str, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        try:
            send = in_coding(scope, send)
        except Problem as problem:
            note(problem)
            await problem_response(Request(scope), problem)(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await options(_methods(room, scope["path"]))(scope, receive, send)
        elif endpoint := DIRECT.get(room) or earlier.endpoint(scope["path"]):
            await respond(endpoint, scope, receive, send)
        else:
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            await super().__call__({**scope, "method": method}, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI description, with our problem documents in it."""
        return complete(self)


def _methods(room: str, path: str) -> str:
    return protocol.METHODS if path.endswith("/sparql") else METHODS.get(room, READ_ONLY)


def _first_parts() -> Iterator[str]:
    yield from ("static", "openapi.json")
    for room in ROOMS:
        for route in room.router.routes:
            assert isinstance(route, Route)
            yield route.path[1:].partition("/")[0]


async def _failed(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if isinstance(error, HTTPException) and error.status_code == 405:
        path = request.scope["path"]  # of its routes, the framework tells the first one's methods
        allow = _methods(path[1:].partition("/")[0], path)
        problem = Problem("method-not-allowed", f"Use {allow}.", headers={"allow": allow})
    note(problem)
    return problem_response(request, problem)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    logs.configure(app.state.settings.log)
    end_with_supervisor()
    engine = Engine(app.state.settings, app.state.throttle.charge, REPLIES.switch)
    await engine.start()
    app.state.engine = engine
    REPLIES.state = app.state
    app.state.writer = writer = Writer(app.state.settings)
    await writer.start()
    app.state.desk = desk = Desk(app.state.settings)
    app.state.kept = Kept(desk)
    settling = asyncio.create_task(submissions.settle(app.state.settings, desk))
    try:
        yield
    finally:
        settling.cancel()
        desk.close()
        writer.close()
        await engine.close()


def create_app(settings: Settings | None = None) -> App:
    """The application, with settings from the environment unless they are given."""
    app = App(
        title="OCSEA Graph",
        version=__version__,
        summary="Law, institutions and state commitments against online child sexual exploitation",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        exception_handlers=dict.fromkeys(FAILURES, _failed),
    )
    app.state.settings = settings = settings or from_environment()
    app.state.federating = asyncio.Semaphore(FEDERATING)
    app.state.deciding = asyncio.Lock()
    app.state.throttle = Throttle(settings.client_seconds, settings.client_errors)
    app.state.dumps = dumps.Dumps(settings.var)
    for room in ROOMS:
        app.include_router(room.router)
    METRICS.rooms = frozenset(_first_parts())
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
