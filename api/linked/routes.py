"""`/id`, `/doc` and `/graph`: every IRI of ours leads to what the graph says of it."""

import json
import re
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.addresses import KEY, SUFFIXED, links
from api.engine import Job, Made, Pool
from api.formats import DOCUMENTS, HTML
from api.forms import DocumentForm
from api.jsonld.framing import MAX_BYTES
from api.jsonld.profiles import FORMS, FRAMED, OFFERS, by_profile
from api.linked import entity
from api.negotiation import Offer, by_name
from api.openapi import Responses, documents, parameter, problems
from api.pages import local, query_link, render
from api.problems import Problem
from api.replies import FORM
from api.web import about_release, body, media_type, negotiate, read_only
from ocsea.namespaces import GRAPH, ID

METHODS = "GET, HEAD, POST, OPTIONS"
"""What the address of a document takes."""
KEY_PATH = re.compile(rf"/(?:id|doc)/(?P<key>{KEY.pattern})")
STEM = re.compile(r"[A-Za-z0-9._-]+")
KEYS = [
    parameter("kind", "What sort of thing", where="path", example="state"),
    parameter("key", "Its key, which may hold slashes", where="path", example="ALB"),
]
PAGE = parameter("page", "Which page of the things that lead to this one", example="1")
PROFILE = parameter("profile", f"A form of JSON-LD by name: {', '.join(FORMS)}", example="expanded")
GRAPH_STEM = parameter("stem", "The graph's name", where="path", example="mapping2021")
FRAME = {
    "required": True,
    "content": {
        offer.media_type: {"schema": {"type": "object"}, "example": {"label": {}, "statuses": {}}}
        for offer in FRAMED
    },
}
IN_FRAME: Responses = {
    200: {
        "description": "The document in this frame",
        "content": {offer.media_type: {"schema": {"type": "object"}} for offer in FRAMED},
    }
}
router = APIRouter(tags=["Linked data"], default_response_class=Response)


@router.get(
    "/id/{kind}/{key:path}",
    summary="The thing itself",
    status_code=303,
    responses=problems("not-found", "method-not-allowed"),
    openapi_extra={"parameters": KEYS},
)
async def thing(request: Request) -> Response:
    """Leads (303) to the document about the thing, which negotiates its format."""
    read_only(request)
    return Response(status_code=303, headers={"location": "/doc/" + _key(request)})


@router.get(
    "/doc/{kind}/{key:path}",
    summary="What the graph says of a thing",
    responses=documents(OFFERS)
    | problems("request-malformed", "not-found", "gone", "method-not-allowed", "not-acceptable"),
    openapi_extra={"parameters": [*KEYS, PAGE, PROFILE]},
)
async def document(request: Request) -> Response:
    """All that is said of the thing, what leads to it, where that was read, and what it is called.

    What leads to it comes in pages of 200: `?page=2`, announced by `Link: …; rel="next"`. A suffix
    (`.jsonld`, `.ttl`, `.nt`, `.rdf`, `.html`) picks the format without negotiation, and `profile`
    a form of JSON-LD, as the parameter `profile` of the media type does in `Accept`.
    """
    if request.method == "POST":
        return await in_frame(request)
    if request.method not in ("GET", "HEAD"):
        raise Problem("method-not-allowed", f"Use {METHODS}.", headers={"allow": METHODS})
    key, offer = _asked(request)
    make = partial(_describe, ID + key, _page_number(request), offer, _more(request))
    return await about_release(request, offer, make)


@router.post(
    "/doc/{kind}/{key:path}",
    summary="What the graph says of a thing, in a frame of your own",
    responses=IN_FRAME
    | problems(
        *("request-malformed", "not-found", "gone", "method-not-allowed", "not-acceptable"),
        "too-large",
        *("unsupported-media-type", "query-timeout", "query-memory", "busy", "too-many"),
        "result-too-large",
    ),
    openapi_extra={"parameters": [*KEYS, PAGE], "requestBody": FRAME},
)
async def in_frame(request: Request) -> Response:
    """The same triples as the document has, by JSON-LD Framing 1.1, under the frame's context.

    A frame without `@context` is read under ours; one that names neither `id` nor `type` is of the
    thing itself. It may have 64 KB and be nested 16 deep. No context is fetched but our own.
    """
    key, page, offer = _key(request), _page_number(request), negotiate(request, FRAMED)
    if media_type(request)[0] not in {one.media_type for one in FRAMED}:
        raise Problem("unsupported-media-type", "Send the frame as application/ld+json.")
    try:
        frame = (await body(request, MAX_BYTES)).decode()
    except UnicodeDecodeError:
        raise Problem("request-malformed", "The frame is not UTF-8.") from None
    return await _framed(request, key, page, frame, offer)


async def _framed(request: Request, key: str, page: int, frame: str, offer: Offer) -> Response:
    client, throttle = request.client.host if request.client else "", request.app.state.throttle
    throttle.admit(client)
    job = Job("", task="frame", arguments=(ID + key, page, frame))
    async with request.app.state.engine.pool() as pool:
        async with pool.answer(job, client) as answer:
            content, (kind, _, last) = await answer.everything(), answer.kind.partition("/")
        if kind == "refused":
            throttle.error(client)
            raise Problem("request-malformed", content.decode())
        await _there(pool, ID + key, page, int(last))
    told = {"content-type": offer.content_type, "cache-control": "no-store"}
    return Response(content, headers=told | {"link": links(ID + key, page, int(last), offer.name)})


@router.get(
    "/graph/{stem}",
    summary="A named graph",
    status_code=303,
    responses=problems("not-found"),
    openapi_extra={"parameters": [GRAPH_STEM]},
)
async def graph(request: Request) -> Response:
    """Leads (303) to the query that gives all triples of the graph, in any format."""
    stem = request.path_params["stem"]
    if not STEM.fullmatch(stem):
        raise Problem("not-found")
    where = f"WHERE {{ GRAPH <{GRAPH}{stem}> {{ ?s ?p ?o }} }}"
    async with request.app.state.engine.pool() as pool:
        exists = await pool.rows(f"SELECT ?s {where} LIMIT 1")
    if not exists:
        raise Problem("not-found", f"There is no graph {GRAPH}{stem}.")
    query = f"CONSTRUCT {{ ?s ?p ?o }} {where}"
    return Response(status_code=303, headers={"location": query_link(query)})


def _key(request: Request) -> str:
    match = KEY_PATH.fullmatch(request.scope["path"])
    if not match:
        detail = "Things have addresses of a kind and a key, like /doc/state/ALB."
        raise Problem("not-found", detail)
    return match["key"]


def _asked(request: Request) -> tuple[str, Offer]:
    """The key of the thing, and the format to tell of it in."""
    key, profile = _key(request), request.query_params.get("profile")
    suffixed = SUFFIXED.fullmatch(key)
    if profile is not None:
        offer = by_profile(profile)
        if not offer or (suffixed and suffixed["suffix"] != "jsonld"):
            detail = f"`profile` is a form of JSON-LD: {', '.join(FORMS)}."
            raise Problem("request-malformed", detail)
    elif suffixed:
        offer = by_name(suffixed["suffix"], DOCUMENTS)
        assert offer  # since it is one of those that the pattern lists
    else:
        offer = negotiate(request, OFFERS)
        if offer is not HTML:
            request.scope[FORM] = DocumentForm(offer.name), "document"
    return suffixed["key"] if suffixed else key, offer


def _more(request: Request) -> str:
    """What the addresses of other pages have to say beside the page; it was found valid."""
    profile = request.query_params.get("profile")
    return "" if profile is None else f"&profile={profile.rpartition('#')[2]}"


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise Problem("request-malformed", "`page` is a number from 1.")
    return int(text)


async def _describe(iri: str, page: int, offer: Offer, more: str, pool: Pool) -> Made:
    if offer.name == "html":
        content, last = await _page_about(pool, iri, page)
    else:
        content, last = await pool.document(iri, page, offer.name)
    await _there(pool, iri, page, last)
    return content, {"link": links(iri, page, last, offer.name, more)}


async def _there(pool: Pool, iri: str, page: int, last: int) -> None:
    """404 where the graph says nothing of the thing, with what may have been meant; 410 where an
    earlier release did.
    """
    if last and page > last:
        raise Problem("not-found", f"The last page is {last}.")
    if last:
        return
    if pool.release.retired(iri):
        detail = f"An earlier release spoke of {iri}; the current one does not."
        raise Problem("gone", detail)
    job = Job("", task="near", arguments=(iri.removeprefix(ID),))
    async with pool.answer(job) as answer:
        near = json.loads(await answer.everything())
    detail = f"The graph says nothing of {iri}."
    if near:
        named = (f"{local(one['id'])} ({one['label']})" for one in near)
        detail += f" Addresses much like it: {', '.join(named)}."
    raise Problem("not-found", detail, more={"nearest": near})


async def _page_about(pool: Pool, iri: str, page: int) -> tuple[bytes, int]:
    view = await entity.view(pool, iri, page)
    if view is None:
        return b"", 0
    return render("entity.html", iri=iri, view=view, page=page).encode(), view.last
