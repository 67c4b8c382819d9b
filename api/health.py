"""`/health`: whether the server can answer, and from which release."""

import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.engine import Engine, Unavailable
from api.negotiation import Offer
from api.openapi import documents, problems
from api.web import read_only

JSON = Offer("json", "application/json")
router = APIRouter(tags=["Operation"], default_response_class=Response)


@router.get(
    "/health",
    summary="Whether the server can answer",
    responses=documents([JSON], "It can") | problems("method-not-allowed"),
)
async def health(request: Request) -> Response:
    """The release that is being answered from; 503 while there is none."""
    read_only(request)
    engine: Engine = request.app.state.engine
    pool = engine.alive()
    if not pool:
        raise Unavailable("no release is loaded: `ocsea build` makes one")
    body = json.dumps({"status": "ok", "release": pool.version})
    headers = {"cache-control": "no-store"}
    return Response(body, headers=headers, media_type="application/json")
