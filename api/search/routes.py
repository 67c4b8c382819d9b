"""`/search`: things by what they are called; `/opensearch.xml`: how browsers ask that."""

import json
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.engine import Job, Made, Pool
from api.formats import HTML
from api.negotiation import Offer, by_name
from api.openapi import documents, parameter, problems
from api.pages import render
from api.problems import Problem, not_acceptable
from api.search import found
from api.search.asked import FURTHEST, LONGEST, MOST, MOST_TYPES, Asked, read
from api.web import CODE, about_release, data_headers, negotiate, public, unchanged

RESULTS = (Offer("jsonld", "application/ld+json"), HTML, Offer("json", "application/json"))
COMPLETIONS = (
    Offer("json", "application/json"),
    Offer("suggestions", "application/x-suggestions+json"),
)
OPENSEARCH = Offer("opensearch", "application/opensearchdescription+xml")
PARAMETERS = [
    parameter("q", f"What to look for, at most {LONGEST} letters", example="lanzarote convention"),
    parameter(
        "type",
        "Only things of this class, by its name in the JSON-LD context or its IRI; "
        f"of any of them where there are several, at most {MOST_TYPES}",
        many=True,
    ),
    parameter("lang", "Only names in this language, and those in none, as codes", example="en"),
    parameter("limit", f"How many things at once, at most {MOST}", example="10"),
    parameter("offset", f"How many to pass over, at most {FURTHEST}", example="20"),
    parameter("complete", "`1` for completions of what is being typed", example="1"),
    parameter("format", "A format by name instead of Accept: jsonld, html, json, suggestions"),
]
router = APIRouter(tags=["Search"], default_response_class=Response)


@router.get(
    "/search",
    summary="Things by what they are called",
    responses=documents((*RESULTS, *COMPLETIONS))
    | problems(
        *("request-malformed", "method-not-allowed", "not-acceptable", "too-many"),
        *("query-timeout", "query-memory", "busy"),
    ),
    openapi_extra={"parameters": PARAMETERS},
)
async def search(request: Request) -> Response:
    """States, instruments, bodies, indicators, terms and the like, the likeliest first.

    They are found by any of their names: labels, titles, acronyms, former names, numbers and
    codes, whatever the case, accents and punctuation. Typos are forgiven where little else is
    found.
    """
    asked = read(request)
    offer = _offer(request, COMPLETIONS if asked.complete else RESULTS)
    if asked.text is None and offer is not HTML:
        raise Problem("request-malformed", "Say in `q` what to look for: /search?q=lanzarote")
    return await about_release(request, offer, partial(_make, request, asked, offer))


@router.get(
    "/opensearch.xml",
    summary="How browsers and other programs search here",
    responses=documents([OPENSEARCH]) | problems("method-not-allowed"),
)
async def opensearch(request: Request) -> Response:
    """The search and its completions, as OpenSearch 1.1 describes them."""
    tag = f'"{CODE}-{OPENSEARCH.name}"'
    headers = {"etag": tag, "content-type": OPENSEARCH.content_type, **data_headers(request)}
    content = render("opensearch.xml", address=public(request, ""))
    return unchanged(request, tag) or Response(content, headers=headers)


def _offer(request: Request, offers: tuple[Offer, ...]) -> Offer:
    if not (name := request.query_params.get("format")):
        return negotiate(request, offers)
    if offer := by_name(name, offers):
        return offer
    raise not_acceptable(offers)


async def _make(request: Request, asked: Asked, offer: Offer, pool: Pool) -> Made:
    results = await _results(request, asked, pool) if asked.text else found.NOTHING
    address = public(request, "")
    if offer.name == "suggestions":
        return found.suggestions(asked, results, address), {}
    if asked.complete:
        return found.completions(asked, results), {}
    if offer is HTML:
        return found.page(asked, results), found.links(asked, results)
    return found.collection(asked, results, address), found.links(asked, results)


async def _results(request: Request, asked: Asked, pool: Pool) -> found.Results:
    """What a worker finds; its time is counted as the client's, as that of a query is."""
    client = request.scope["client"][0] if request.scope["client"] else ""
    request.app.state.throttle.admit(client)
    arguments = (asked.text or "", " ".join(asked.classes), asked.language)
    job = Job("", task="search", arguments=(*arguments, asked.offset, asked.limit))
    async with pool.answer(job, client) as answer:
        results: found.Results = json.loads(await answer.everything())
    return results
