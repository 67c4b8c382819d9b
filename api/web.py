"""What every address shares: from request to response, CORS, ETags, bounded bodies."""

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.engine import Made, Pool
from api.negotiation import Offer, choose
from api.pages import render
from api.problems import Problem, not_acceptable, note, problem_of
from api.replies import RELEASE
from ocsea.resources import context_file, frame_files, ontology_files

LOG = logging.getLogger("ocsea")
Endpoint = Callable[[Request], Awaitable[ASGIApp]]

COMMON = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Accept-Ranges, Allow, Content-Disposition, Content-Encoding, Content-Range, ETag, Link, "
        b"Location, OCSEA-Conforms, OCSEA-Release, Repr-Digest, Retry-After",
    ),
    (b"x-content-type-options", b"nosniff"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    ),
)
"""On every response: scripts of any site may read it, and none runs in our pages."""

PREFLIGHT = {
    "access-control-allow-headers": "Accept, Accept-Language, Authorization, Cache-Control, "
    "Content-Type, If-Match, If-None-Match, If-Modified-Since, If-Range, Range",
    "access-control-max-age": "86400",
}
ERRORS = (Offer("json", problems.MEDIA_TYPE), Offer("html", "text/html"))
SOON = 0.05
"""Seconds after which a client's leaving is looked out for."""


def _digest() -> str:
    files = [path for path in Path(__file__).parent.rglob("*") if path.suffix != ".pyc"]
    content = hashlib.sha256()
    files += [*ontology_files(), context_file(), *frame_files().values()]
    for path in sorted(files):
        if path.is_file():
            content.update(path.read_bytes())
    return content.hexdigest()[:8]


CODE = _digest()
"""Changes with the server's own files: what a page looks like follows from release and code."""


async def respond(endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """Run an endpoint; what it raises becomes a problem document.

    Where a response has begun nothing more is sent after an error, so that the server breaks the
    connection and a cut-off answer cannot pass for a whole one.
    """
    request = Request(scope, receive)
    begun = False

    async def sending(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        await (await endpoint(request))(scope, receive, sending)
    except Exception as error:
        note(problem := problem_of(error))
        if begun:
            LOG.warning("an answer broke off", extra={"kind": problem.kind})
        else:
            await problem_response(request, problem)(scope, receive, send)


class Connected:
    """While in here, the work is dropped when the client hangs up.

    Short work is not watched over. Enter it after the request's body was read.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._watcher: asyncio.Task[None] | None = None
        self._left = False

    def __enter__(self) -> None:
        self._work = asyncio.current_task()
        self._timer = asyncio.get_running_loop().call_later(SOON, self._watch)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._timer.cancel()
        if self._watcher:
            self._watcher.cancel()
        if self._left and kind is asyncio.CancelledError and self._work:
            self._work.uncancel()
            return True
        return False

    def _watch(self) -> None:
        self._watcher = asyncio.create_task(self._hung_up())

    async def _hung_up(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._work:
            self._left = True
            self._work.cancel()


def problem_response(request: Request, problem: Problem) -> Response:
    """A problem as a page for browsers and as RFC 9457 has it for everyone else."""
    offer = choose(request.headers.get("accept"), ERRORS) or ERRORS[0]
    if offer.name == "html":
        body = render("problem.html", problem=problem).encode()
    else:
        body = json.dumps(problem.document(), ensure_ascii=False).encode()
    headers = problem.all_headers() | {"content-type": offer.content_type}
    return Response(body, problem.status, headers)


def options(allow: str) -> Response:
    """The answer to OPTIONS, a browser's preflight included."""
    methods = {"allow": allow, "access-control-allow-methods": allow}
    return Response(status_code=204, headers=methods | PREFLIGHT)


def etag(version: str, offer: Offer, *, weak: bool = False) -> str:
    """The entity tag of a representation made from a release."""
    return f'{"W/" if weak else ""}"{version}-{CODE}-{offer.name}"'


def unchanged(request: Request, tag: str) -> Response | None:
    """304 where the client already holds this representation."""
    known = request.headers.get("if-none-match", "")
    strong = tag.removeprefix("W/")
    if any(one.strip().removeprefix("W/") == strong for one in known.split(",")):
        return Response(status_code=304, headers={"etag": tag, **data_headers(request)})
    return None


async def body(request: Request, limit: int) -> bytes:
    """The request's body; 413 as soon as it is known to be longer than `limit` bytes."""
    too_large = Problem("too-large", f"At most {limit} bytes are taken.")
    with contextlib.suppress(ValueError):
        if int(request.headers.get("content-length", "0")) > limit:
            raise too_large
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > limit:
            raise too_large
    return bytes(content)


def media_type(request: Request) -> tuple[str, Mapping[str, str]]:
    """The body's media type, lower case, and its parameters."""
    essence, *rest = request.headers.get("content-type", "").lower().split(";")
    pairs = (parameter.partition("=") for parameter in rest)
    return essence.strip(), {name.strip(): value.strip(' "') for name, _, value in pairs}


def data_headers(request: Request) -> dict[str, str]:
    """What caches are told of anything made from a release."""
    return {"vary": "Accept", "cache-control": request.app.state.settings.cache_control}


async def about_release(
    request: Request, offer: Offer, make: Callable[[Pool], Awaitable[Made]]
) -> Response:
    """A representation made from the current release: 304 where the client holds it already."""
    scope = request.scope
    async with request.app.state.engine.pool() as pool:
        scope[RELEASE] = pool.version
        tag = etag(pool.version, offer)
        if same := unchanged(request, tag):
            return same
        key = scope["path"], scope["query_string"], offer.name, public(request, "")
        if (made := pool.documents.get(key)) is None:
            made = await make(pool)
            with contextlib.suppress(ValueError):  # larger than all that may be kept
                pool.documents[key] = made
        content, headers = made
    kept = {"etag": tag, "content-type": offer.content_type, **data_headers(request)}
    return Response(content, headers=kept | headers)


def negotiate(request: Request, offers: tuple[Offer, ...]) -> Offer:
    """The offer that the request's Accept header likes best; 406 where it likes none."""
    if offer := choose(request.headers.get("accept"), offers):
        return offer
    raise not_acceptable(offers)


def read_only(request: Request) -> None:
    """405 for any method but GET and HEAD."""
    if request.method not in ("GET", "HEAD"):
        allow = "GET, HEAD, OPTIONS"
        raise Problem("method-not-allowed", f"Use {allow}.", headers={"allow": allow})


def public(request: Request, path: str) -> str:
    """The full address of a path of ours as the public reaches it."""
    base = request.app.state.settings.base or str(request.base_url)
    return base.rstrip("/") + path
