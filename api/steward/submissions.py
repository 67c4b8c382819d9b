"""`/submissions`: what stewards propose, sent and listed; and how people give their token."""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.bearers import bearer_json
from api.collections.request import pairs
from api.engine import EngineError, Unavailable
from api.formats import HTML
from api.negotiation import Offer
from api.openapi import LOCATION, TEXT, Responses, parameter, problems
from api.pages import render
from api.problems import Problem
from api.settings import Settings
from api.sparql.protocol import URLENCODED
from api.steward.asked import chosen
from api.steward.desks import Desk
from api.steward.entrance import PRIVATE, ROOM, fields, is_inside, let_in, let_out, sender_of
from api.steward.uploads import Held, received
from api.steward.work.parts import ENDINGS, FORM
from api.web import negotiate, public
from ocsea.steward.submissions.submission import STATUSES
from ocsea.tokens import Token

METHODS = "GET, HEAD, POST, OPTIONS"
JSON = Offer("json", "application/json")
OFFERS = (JSON, HTML)
HELD = Held()
"""What stewards send is held apart from what anybody sends to be checked."""

_OWN_PAGE = re.compile(r"/submissions(/[0-9a-f-]+)?")
DOCUMENT: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
PAGE: dict[str, Any] = {"text/html": {"schema": TEXT}}
STATUS = parameter("status", "Only those that stand so", among=STATUSES, example="received")
PAGE_NUMBER = parameter("page", "Which page of the submissions, 50 on each", example="1")
NAME = parameter("name", "What the file is called, where the body is one file", example="x.csv")
MESSAGE = parameter("message", "A word to the curators; in a form, a field", example="As of today")
_FILE = {"type": "string", "format": "binary"}
_FILES = {"file": {"type": "array", "items": _FILE}, "message": TEXT}
_BODY = {
    "required": True,
    "content": {
        FORM: {"schema": {"type": "object", "required": ["file"], "properties": _FILES}},
        **{kind: {"schema": _FILE} for kind in ENDINGS},
    },
}
_GIVEN = {"token": TEXT, "next": TEXT | {"description": "The page of ours to go on to"}}
_TOKEN_FORM = {
    "required": True,
    "content": {
        URLENCODED: {"schema": {"type": "object", "required": ["token"], "properties": _GIVEN}}
    },
}
ANSWER: Responses = {200: {"description": "The answer", "content": DOCUMENT | PAGE}}
_ENTERED: Responses = {303: {"description": "The browser keeps the token until it is closed"}}
_LEFT: Responses = {303: {"description": "The browser has forgotten the token"}}
_KEPT: Responses = {
    303: {"description": "It is kept; for browsers"},
    201: {"description": "It is kept", "content": DOCUMENT, "headers": LOCATION},
    200: {"description": "It was kept already, and waits", "content": DOCUMENT},
}
router = APIRouter(tags=["Stewards"], default_response_class=Response)


async def settle(settings: Settings, desk: Desk) -> None:
    """Have the ledger agree with the release, where a crash came between the two."""
    if settings.tokens.are_set and (settings.var / "submissions").is_dir():
        with contextlib.suppress(Problem, EngineError):  # each decision begins with it as well
            await desk.ask("settle", {})


def private(
    content: bytes,
    offer: Offer,
    status: int = 200,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """An answer about submissions, which nobody else is to be given."""
    return Response(content, status, {**PRIVATE, "content-type": offer.content_type, **headers})


def ask_for_token(path: str, notice: str = "", status: int = 401) -> Response:
    """The page on which a person gives a token, and then goes on to a page of ours."""
    page = render("submissions_enter.html", next=path, notice=notice)
    return private(page.encode(), HTML, status)


def sender_or_page(request: Request, offer: Offer) -> Token | Response:
    """Whose a request is; for a person who has to give a token first, the page to do so."""
    try:
        return sender_of(request)
    except Problem as problem:
        if problem.status != 401 or offer is not HTML:
            raise
        notice = problem.detail if is_inside(request) else ""
        return ask_for_token(request.scope["path"], notice)


@router.get(
    ROOM,
    summary="The submissions",
    responses=ANSWER
    | problems(
        *("request-malformed", "unauthorized", "forbidden", "not-acceptable"),
        *("method-not-allowed", "too-many", "busy"),
    ),
    openapi_extra={"parameters": [STATUS, PAGE_NUMBER]},
)
async def submissions(request: Request) -> Response:
    """A steward's own, and a curator's all of the states that the token is for; those that came
    last come first. A browser without a token is given a page to enter one.
    """
    offer = negotiate(request, OFFERS)
    if offer is HTML and not is_inside(request):
        return ask_for_token(ROOM, status=200)
    token, (status, number) = sender_or_page(request, offer), _which(request)
    if isinstance(token, Response):
        return token
    arguments = {"bearer": bearer_json(token), "status": status, "page": number}
    _, content = await request.app.state.desk.ask("submissions", arguments)
    if offer is not HTML:
        return private(content, JSON)
    listed = orjson.loads(content)
    page = render("submissions.html", token=token, listed=listed, status=status, statuses=STATUSES)
    return private(page.encode(), HTML)


def _which(request: Request) -> tuple[str, str]:
    """The status that is asked for, "" for any, and the number of the page."""
    given = pairs(request.scope["query_string"])
    numbers = [value for name, value in given if name == "page"] or ["1"]
    if len(numbers) > 1 or not re.fullmatch(r"[1-9][0-9]{0,5}", numbers[0]):
        raise Problem("request-malformed", "`page` is a number from 1, given once.")
    rest = [pair for pair in given if pair[0] != "page"]
    return chosen(rest, {"status": STATUSES}, ROOM)["status"], numbers[0]


@router.post(
    ROOM,
    summary="Send a submission",
    responses=_KEPT
    | problems(
        *("request-malformed", "unauthorized", "forbidden", "not-acceptable", "nothing-new"),
        *("method-not-allowed", "too-large", "unsupported-media-type", "too-many", "busy"),
        *("submissions-full", "conflict", "not-conforming"),
    ),
    openapi_extra={"parameters": [NAME, MESSAGE], "requestBody": _BODY},
)
async def send(request: Request) -> Response:
    """Files as `/validate` takes them. It is on disk before this answers, whatever is wrong with
    it; the answer tells that, what it would change, and who else wants to change the same.

    The same files and message from the same sender are kept once while they wait.
    """
    offer, token = negotiate(request, OFFERS), sender_of(request)
    arguments = {
        "bearer": bearer_json(token),
        "limits": json.dumps(asdict(request.app.state.settings.submissions)),
        "type": request.headers.get("content-type", ""),
        "name": request.query_params.get("name", ""),
        "message": request.query_params.get("message", ""),
    }
    async with received(request, HELD) as content:
        about, told = await _kept(request, arguments, content)
    where = public(request, f"{ROOM}/{about['id']}")
    if offer is HTML:
        return RedirectResponse(where, 303, PRIVATE)
    return private(told, JSON, 201 if about["new"] else 200, {"location": where})


async def _kept(
    request: Request, arguments: dict[str, str], content: bytes
) -> tuple[dict[str, Any], bytes]:
    try:
        kept: tuple[dict[str, Any], bytes] = await request.app.state.desk.ask(
            "receive", arguments, [("body", content)]
        )
    except Unavailable:
        detail = "It is not known whether it was kept. Send it again: it is kept once."
        raise Problem("unavailable", detail) from None
    return kept


@router.post(
    f"{ROOM}/enter",
    summary="Give a token, as a person",
    status_code=303,
    responses=_ENTERED
    | problems(
        *("request-malformed", "forbidden", "too-large", "unsupported-media-type"),
        *("method-not-allowed", "too-many"),
    ),
    openapi_extra={"requestBody": _TOKEN_FORM},
)
async def enter(request: Request) -> Response:
    """Has the browser keep the token, for the pages of submissions alone. Programs send it in the
    header of each request instead.
    """
    given = await fields(request)
    following = given.get("next", "")
    answer = RedirectResponse(following if _OWN_PAGE.fullmatch(following) else ROOM, 303, PRIVATE)
    try:
        let_in(request, given.get("token", "").strip(), answer)
    except Problem as problem:
        if problem.status != 401:
            raise
        return ask_for_token(answer.headers["location"], problem.detail, 403)
    return answer


@router.post(
    f"{ROOM}/leave",
    summary="Have the browser forget the token",
    status_code=303,
    responses=_LEFT | problems("method-not-allowed"),
)
async def leave(request: Request) -> Response:
    """Leads back to the page on which a token is given."""
    answer = RedirectResponse(ROOM, 303, PRIVATE)
    let_out(answer)
    return answer
