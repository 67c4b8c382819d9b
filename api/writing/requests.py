"""What all writes share: whose they are, what came of them, and when the reply may go out."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.bearers import header_token
from api.problems import Problem
from ocsea.changes import NotWritten, Write, Written
from ocsea.release import current
from ocsea.tokens import Token

MAX_BODY = 16 * 1024 * 1024
SEEN_WITHIN = 30.0
"""Seconds that a reply waits for this server to answer from what was written."""

KINDS = {
    "malformed": "request-malformed",
    "load": "load-refused",
    "service": "service-refused",
    "unsupported": "unsupported-media-type",
    "too-large": "too-large",
    "too-deep": "query-too-deep",
    "timeout": "query-timeout",
    "unknown": "not-found",
    "stale": "precondition-failed",
    "derived": "conflict",
    "not-conforming": "not-conforming",
}
"""The sort of problem that each refusal of a write is."""


def writer_of(request: Request) -> Token:
    """The token of a request that wants to write; 401 where there is none, 403 where it may not."""
    token = header_token(request)
    if not token.may_write:
        where = "" if token.states is None else " for some states"
        raise Problem("forbidden", f"A {token.role}{where} may not write to the graph directly.")
    return token


def terms(request: Request) -> dict[str, Any]:
    """On what terms a write is done: the conditions in the headers, and as much as a query may
    take."""
    settings = request.app.state.settings
    return {
        "if_match": request.headers.get("if-match"),
        "if_none_match": request.headers.get("if-none-match"),
        "megabytes": settings.query_memory,
        "seconds": settings.query_timeout,
    }


async def written(request: Request, write: Write, malformed: str = "request-malformed") -> Written:
    """Have a write done; returns when queries see it. `malformed` is the problem of bad syntax."""
    try:
        done: Written = await request.app.state.writer.write(write)
    except NotWritten as error:
        kind = malformed if error.kind == "malformed" else KINDS[error.kind]
        raise Problem(kind, error.detail, more=error.more) from None
    await seen(request)
    return done


async def seen(request: Request) -> None:
    """Wait until this server answers from the latest release, which holds what was written."""
    engine, var = request.app.state.engine, request.app.state.settings.var
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SEEN_WITHIN):
            while not await engine.switched_to(current(var).version, 1.0):
                pass


def reply(
    request: Request, done: Written, status: int, headers: Mapping[str, str], **more: str
) -> Response:
    """The answer to a write that was done; with a body only for who asks for JSON by name."""
    told = {"ocsea-release": done.version, "cache-control": "no-store", **headers}
    if "application/json" not in request.headers.get("accept", ""):
        return Response(status_code=status, headers=told)
    document = {"release": done.version, "warnings": done.warnings, **more}
    told["content-type"] = "application/json"
    return Response(json.dumps(document), 200 if status == 204 else status, told)
