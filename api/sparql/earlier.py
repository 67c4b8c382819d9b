"""`/releases/{version}/sparql`: a query of a release as it was, for as long as that is kept."""

import re

from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from api.openapi import parameter, problems
from api.problems import Problem
from api.sparql.protocol import read
from api.sparql.routes import ANSWERS, ASK, BODIES, DATASET, QueryResponse
from api.web import Endpoint

PATH = re.compile(r"/releases/([^/]+)/sparql")
WHICH = parameter("version", "The release", where="path", example="0123456789abcdef")
router = APIRouter(tags=["SPARQL"], default_response_class=Response)


@router.get(
    "/releases/{version}/sparql",
    response_model=None,
    summary="Ask a query of an earlier release",
    responses=ANSWERS | problems("not-found", "removed"),
    openapi_extra={"parameters": [WHICH, ASK, *DATASET]},
)
@router.post(
    "/releases/{version}/sparql",
    response_model=None,
    summary="Ask an earlier release a query too long for an address",
    responses=ANSWERS | problems("not-found", "removed"),
    openapi_extra={
        "parameters": [WHICH, *DATASET],
        "requestBody": {"required": True, "content": BODIES},
    },
)
async def earlier(request: Request) -> ASGIApp:
    """As `/sparql`, over the graph as it was in this release; `/releases` lists what is there."""
    asked = await read(request)
    if asked.query is None:
        raise Problem("query-missing", "Send the query as `query`.")
    found = PATH.fullmatch(request.scope["path"])
    assert found
    return QueryResponse(request, asked, found[1])


def endpoint(path: str) -> Endpoint | None:
    """What answers at this path, past the framework, if it is one of these."""
    return earlier if PATH.fullmatch(path) else None
