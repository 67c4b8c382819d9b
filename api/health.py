"""`/health`, `/ready` and `/metrics`: what those who watch the server ask it."""

import asyncio
import json

from fastapi import APIRouter, Request
from prometheus_client.exposition import choose_encoder
from starlette.responses import Response

from api.engine import Engine, Job, Unavailable
from api.metrics import METRICS, Counted, registry
from api.negotiation import Offer
from api.openapi import TEXT, Responses, problems
from api.problems import Problem
from api.web import read_only

JSON = Offer("json", "application/json")
PATIENCE = 1.0
"""Seconds within which a server that is ready has answered the simplest query."""

SIMPLEST = "ASK { FILTER (RAND() >= 0) }"
"""It has to be asked anew each time: nothing that is kept answers it."""

NO_STORE = {"cache-control": "no-store"}
router = APIRouter(tags=["Operation"], default_response_class=Response)


METRICS_IN = (Offer("text", "text/plain"), Offer("text", "application/openmetrics-text"))
STATE = {"type": "object", "properties": dict.fromkeys(("status", "release"), TEXT)}


def _told(*offers: Offer, description: str) -> Responses:
    content = {o.media_type: {"schema": STATE if o is JSON else TEXT} for o in offers}
    return {200: {"description": description, "content": content}}


@router.get(
    "/health",
    summary="Whether the server is up",
    responses=_told(JSON, description="It is") | problems("method-not-allowed"),
)
async def health(request: Request) -> Response:
    """The release that is being answered from; 503 while there is none."""
    read_only(request)
    pool = request.app.state.engine.alive()
    if not pool:
        raise Unavailable("no release is loaded: `ocsea build` makes one")
    return _state("ok", pool.version)


@router.get(
    "/ready",
    summary="Whether the server can answer queries",
    responses=_told(JSON, description="It can") | problems("method-not-allowed"),
)
async def ready(request: Request) -> Response:
    """Asks a worker the simplest query; 503 where it has not answered within a second."""
    read_only(request)
    engine: Engine = request.app.state.engine
    try:
        async with asyncio.timeout(PATIENCE), engine.pool() as pool:
            async with pool.answer(Job(SIMPLEST)) as answer:
                await answer.everything()
            return _state("ready", pool.version)
    except TimeoutError:
        raise Problem("unavailable", "No worker has answered within a second.") from None


@router.get(
    "/metrics",
    summary="What the server has done, for Prometheus",
    responses=_told(*METRICS_IN, description="Counts and states") | problems("method-not-allowed"),
)
async def metrics(request: Request) -> Response:
    """In Prometheus's text format, or OpenMetrics for those who ask for it."""
    read_only(request)
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    shown = registry(_counted(request))
    return Response(encode(shown), headers=NO_STORE | {"content-type": content_type})


def _counted(request: Request) -> Counted:
    state = request.app.state
    pool = state.engine.alive()
    version = pool.version if pool else None
    return Counted(METRICS, state.engine.state(), version, state.throttle.refused)


def _state(status: str, version: str) -> Response:
    body = json.dumps({"status": status, "release": version})
    return Response(body, headers=NO_STORE, media_type="application/json")
