"""The application: `create_app` is what a server runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api import health, home, linked, protocol, schema, sparql
from api.engine import Engine, EngineError
from api.openapi import complete
from api.pages import STATIC
from api.problems import Problem, problem_of
from api.settings import Settings, from_environment
from api.web import Endpoint, options, problem_response, respond, with_common_headers
from ocsea import __version__

DIRECT: dict[str, Endpoint] = {
    "sparql": sparql.sparql,
    "health": health.health,
    "id": linked.thing,
    "doc": linked.document,
}
"""What is answered most, by the first part of its path, past the framework's routing."""


FAILURES = (Problem, EngineError, HTTPException, RequestValidationError, Exception)


class App(FastAPI):
    """FastAPI for the pages, the schema and the OpenAPI description; `DIRECT` for the rest."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        scope["app"], send = self, with_common_headers(send)
        room = scope["path"].split("/", 2)[1]
        if scope["method"] == "OPTIONS":
            allow = protocol.METHODS if room == "sparql" else "GET, HEAD, OPTIONS"
            await options(allow)(scope, receive, send)
        elif endpoint := DIRECT.get(room):
            await respond(endpoint, scope, receive, send)
        else:
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            await super().__call__({**scope, "method": method}, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI description, with our problem documents in it."""
        return complete(self)


async def _failed(request: Request, error: Exception) -> Response:
    return problem_response(request, problem_of(error))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = Engine(app.state.settings)
    await engine.start()
    app.state.engine = engine
    try:
        yield
    finally:
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
    app.state.settings = settings or from_environment()
    for room in (home, sparql, linked, schema, health):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
