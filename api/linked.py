"""`/id`, `/doc` and `/graph`: every IRI of ours leads to what the graph says of it."""

import re
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import entity
from api.addresses import KEY, SUFFIXED, links
from api.engine import Made, Pool
from api.formats import DOCUMENTS, HTML
from api.forms import DocumentForm
from api.negotiation import Offer, by_name
from api.openapi import documents, parameter, problems
from api.pages import query_link, render
from api.problems import Problem
from api.replies import FORM
from api.web import about_release, negotiate, read_only
from ocsea.namespaces import GRAPH, ID

KEY_PATH = re.compile(rf"/(?:id|doc)/(?P<key>{KEY.pattern})")
STEM = re.compile(r"[A-Za-z0-9._-]+")
KEYS = [
    parameter("kind", "What sort of thing", where="path", example="state"),
    parameter("key", "Its key, which may hold slashes", where="path", example="ALB"),
]
PAGE = parameter("page", "Which page of the things that point to this one", example="1")
GRAPH_STEM = parameter("stem", "The graph's name", where="path", example="mapping2021")
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
    responses=documents(DOCUMENTS)
    | problems("request-malformed", "not-found", "method-not-allowed", "not-acceptable"),
    openapi_extra={"parameters": [*KEYS, PAGE]},
)
async def document(request: Request) -> Response:
    """The thing's own statements, the labels of what it names, and what points to it.

    The last comes in pages of 200: `?page=2`, announced by `Link: …; rel="next"`. A suffix
    (`.jsonld`, `.ttl`, `.nt`, `.rdf`, `.html`) picks the format without negotiation.
    """
    read_only(request)
    key = _key(request)
    if suffixed := SUFFIXED.fullmatch(key):
        key, offer = suffixed["key"], _named(suffixed["suffix"])
    else:
        offer = negotiate(request, DOCUMENTS)
        if offer is not HTML:
            request.scope[FORM] = DocumentForm(offer.name), "document"
    make = partial(_describe, ID + key, _page_number(request), offer)
    return await about_release(request, offer, make)


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
        raise Problem("not-found", "Things have addresses like /id/state/ALB.")
    return match["key"]


def _named(suffix: str) -> Offer:
    found = by_name(suffix, DOCUMENTS)
    assert found  # since it is one of those that the pattern lists
    return found


def _page_number(request: Request) -> int:
    text = request.query_params.get("page", "1")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise Problem("request-malformed", "`page` is a number from 1.")
    return int(text)


async def _describe(iri: str, page: int, offer: Offer, pool: Pool) -> Made:
    if offer.name == "html":
        content, last = await _page_about(pool, iri, page)
    else:
        content, last = await pool.document(iri, page, offer.name)
    if not last:
        raise Problem("not-found", f"The graph says nothing of {iri}.")
    if page > last:
        raise Problem("not-found", f"The last page is {last}.")
    return content, {"link": links(iri, page, last)}


async def _page_about(pool: Pool, iri: str, page: int) -> tuple[bytes, int]:
    view = await entity.view(pool, iri, page)
    if view is None:
        return b"", 0
    return render("entity.html", iri=iri, view=view, page=page).encode(), view.last
