"""`/submissions/{id}`: one submission, shown to those whom it concerns, and decided on."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.bearers import bearer_json
from api.collections.request import pairs
from api.engine import Unavailable
from api.formats import HTML
from api.negotiation import Offer, by_name
from api.openapi import RELEASE, TEXT, Responses, parameter, problems, schema_of
from api.problems import Problem
from api.sparql.protocol import URLENCODED
from api.steward.asked import chosen
from api.steward.entrance import ROOM, fields, sender_of
from api.steward.submissions import ANSWER, DOCUMENT, JSON, OFFERS, private, sender_or_page
from api.steward.validate import REPORTS
from api.web import negotiate, public
from api.writing.requests import seen
from ocsea.steward.difference.patch import MEDIA_TYPE as PATCH

SUBMISSION = "20261123-120000-000000-0a1b"
"""Stands for a submission where parameters have examples."""

REPORT = tuple(offer for offer in REPORTS if offer.name not in ("html", "xlsx"))
DIFF = (Offer("text", "text/plain"), Offer("patch", PATCH), JSON)
ANY = Offer("any", "application/octet-stream")
WHICH = parameter("id", "The submission", where="path", example=SUBMISSION)
FILE = parameter("name", "Its `path`, as the submission has it", where="path", example="01-x.ttl")
_UNSEEN = ("unauthorized", "forbidden", "not-found", "method-not-allowed", "too-many", "busy")
_UNDONE = (
    *("request-malformed", "not-acceptable", "conflict", "decided", "not-conforming", "damaged"),
    *("too-large", "unsupported-media-type", *_UNSEEN),
)
_REASON = {"type": "object", "properties": {"reason": TEXT}}
_BODY = {"content": {kind: {"schema": _REASON} for kind in ("application/json", URLENCODED)}}
_BYTES: Responses = {
    200: {
        "description": "The file, byte for byte",
        "content": {ANY.media_type: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_DONE: Responses = {
    200: {"description": "It is done", "content": DOCUMENT, "headers": RELEASE},
    303: {"description": "It is done; for browsers"},
}
router = APIRouter(tags=["Stewards"], default_response_class=Response)


def _told(offers: tuple[Offer, ...], description: str) -> Responses:
    content = {offer.media_type: {"schema": schema_of(offer.media_type)} for offer in offers}
    return {200: {"description": description, "content": content}}


def _format(offers: tuple[Offer, ...]) -> dict[str, Any]:
    names = [offer.name for offer in offers]
    return parameter("format", "A format by name instead of Accept", among=names)


@router.get(
    ROOM + "/{id}",
    summary="One submission",
    responses=ANSWER | problems(*_UNSEEN, "not-acceptable", "damaged"),
    openapi_extra={"parameters": [WHICH]},
)
async def submission(request: Request) -> Response:
    """Who sent it, what it changes in words, what was found about it, what was decided and why, who
    else wants to change the same; and as `may`, what can be done with it by this token.
    """
    offer = negotiate(request, OFFERS)
    token = sender_or_page(request, offer)
    if isinstance(token, Response):
        return token
    _, content = await _ask_for(request, bearer_json(token), "submission", format=offer.name)
    return private(content, offer)


@router.get(
    ROOM + "/{id}/report",
    summary="What was found about a submission",
    responses=_told(REPORT, "The report")
    | problems(*_UNSEEN, "request-malformed", "not-acceptable", "removed", "damaged"),
    openapi_extra={"parameters": [WHICH, _format(REPORT)]},
)
async def report(request: Request) -> Response:
    """The report of when it came, or of when it was published, as `/validate` gives reports."""
    return await _part(request, "submission-report", REPORT)


@router.get(
    ROOM + "/{id}/diff",
    summary="What a submission changes",
    responses=_told(DIFF, "The changes")
    | problems(*_UNSEEN, "request-malformed", "not-acceptable", "removed", "damaged"),
    openapi_extra={"parameters": [WHICH, _format(DIFF)]},
)
async def diff(request: Request) -> Response:
    """What it would have changed when it came, or did change when it was published, in words or as
    RDF Patch.
    """
    return await _part(request, "submission-diff", DIFF)


async def _part(request: Request, task: str, offers: tuple[Offer, ...]) -> Response:
    """A part of the submission in the format that is asked for, by name or else by `Accept`."""
    names = {"format": [offer.name for offer in offers]}
    asked = chosen(pairs(request.scope["query_string"]), names, request.scope["path"])
    offer = by_name(asked["format"], offers) or negotiate(request, offers)
    _, content = await _ask(request, task, format=offer.name)
    return private(content, offer)


@router.get(
    ROOM + "/{id}/files/{name}",
    summary="A file as it was sent",
    responses=_BYTES | problems(*_UNSEEN, "removed", "damaged"),
    openapi_extra={"parameters": [WHICH, FILE]},
)
async def file(request: Request) -> Response:
    """As it was sent: to be saved, and to be opened with the care that a stranger's file needs."""
    about, content = await _ask(request, "submission-file", name=request.path_params["name"])
    name = quote(str(about["name"]).encode(errors="replace"), safe="")
    disposition = f"attachment; filename*=UTF-8''{name}"
    return private(content, ANY, headers={"content-disposition": disposition})


async def _ask(request: Request, task: str, **more: str) -> tuple[dict[str, Any], bytes]:
    """The reply of the desk about the submission, as its bearer may have it."""
    return await _ask_for(request, bearer_json(sender_of(request)), task, **more)


async def _ask_for(
    request: Request, bearer: str, task: str, **more: str
) -> tuple[dict[str, Any], bytes]:
    arguments = {"bearer": bearer, "id": request.path_params["id"], **more}
    reply: tuple[dict[str, Any], bytes] = await request.app.state.desk.ask(task, arguments)
    return reply


@router.post(
    ROOM + "/{id}/publish",
    summary="Publish a submission",
    responses=_DONE | problems(*_UNDONE, "nothing-new"),
    openapi_extra={"parameters": [WHICH]},
)
async def publish(request: Request) -> Response:
    """For curators. What was sent is compared anew with the graph, and made into the next release,
    which queries are answered from when this answers. Warnings are kept with it; violations, and
    records that others have changed since it was sent, refuse it.
    """
    return await _decide(request, "publish")


@router.post(
    ROOM + "/{id}/reject",
    summary="Reject a submission",
    responses=_DONE | problems(*_UNDONE),
    openapi_extra={"parameters": [WHICH], "requestBody": _BODY},
)
async def reject(request: Request) -> Response:
    """For curators, with a `reason` that its sender is told."""
    return await _decide(request, "reject")


@router.post(
    ROOM + "/{id}/withdraw",
    summary="Withdraw a submission",
    responses=_DONE | problems(*_UNDONE),
    openapi_extra={"parameters": [WHICH], "requestBody": _BODY},
)
async def withdraw(request: Request) -> Response:
    """Its sender may while it waits, and a curator always. Where it is published, the next release
    says what the graph said without it; a `reason` is needed then. Refused where later submissions
    stand on it.
    """
    return await _decide(request, "withdraw")


async def _decide(request: Request, what: str) -> Response:
    """Have it done, one decision after another, and answer when queries see what came of it."""
    offer, bearer = negotiate(request, OFFERS), bearer_json(sender_of(request))
    asked = {"what": what, "reason": (await fields(request)).get("reason", "")}
    try:
        async with request.app.state.deciding:
            about, content = await _ask_for(request, bearer, "decide", **asked)
    except Unavailable:
        detail = "It is not known what came of it: see how the submission stands."
        raise Problem("unavailable", detail) from None
    if about["release"]:
        await seen(request)
    release = {"ocsea-release": about["release"]} if about["release"] else {}
    if offer is HTML:
        where = public(request, f"{ROOM}/{about['id']}")
        return RedirectResponse(where, 303, release | {"cache-control": "no-store"})
    return private(content, JSON, headers=release)
