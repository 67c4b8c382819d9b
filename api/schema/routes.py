"""`/ontology`, `/shapes` and `/context.jsonld`: what the terms mean, and what data must be like."""

import asyncio
from collections.abc import Callable
from functools import cache
from hashlib import sha256

from fastapi import APIRouter, Request
from pyoxigraph import Triple, serialize
from starlette.responses import Response

from api.engine.results import GRAPHS as SERIALISATIONS
from api.formats import GRAPHS
from api.negotiation import Offer, by_name
from api.openapi import documents, parameter, problems
from api.pages import render
from api.problems import Problem, not_acceptable
from api.schema import diagram, shapes, vocabulary
from api.web import data_headers, negotiate, read_only, unchanged
from ocsea.namespaces import PREFIXES
from ocsea.rdf import ontology, read_turtle
from ocsea.resources import context_file, shapes_files

CONTEXT = Offer("jsonld", "application/ld+json")
DOWNLOADS = {"ttl": "Turtle", "jsonld": "JSON-LD", "nt": "N-Triples", "rdf": "RDF/XML"}
NAMES = [offer.name for offer in GRAPHS]
FORMAT = parameter("format", "A format by name instead of Accept", among=NAMES, example="ttl")
VERSION = parameter("version", "As `owl:versionInfo` has it", where="path", example="0.1.0")
ANSWERS = documents(GRAPHS) | problems("not-acceptable")
router = APIRouter(tags=["Schema"], default_response_class=Response)


@router.get(
    "/ontology",
    summary="The ontology",
    responses=ANSWERS,
    openapi_extra={"parameters": [FORMAT]},
)
async def all_terms(request: Request) -> Response:
    """All modules of the ontology in one; as a page, every term at its own anchor."""
    return await _schema(request, _ontology)


@router.get(
    "/ontology/{version}",
    summary="A version of the ontology",
    status_code=303,
    responses=problems("not-found", "method-not-allowed"),
    openapi_extra={"parameters": [VERSION]},
)
async def a_version(request: Request) -> Response:
    """Leads (303) to the ontology, where that is the version asked for: others are in the code's
    history.
    """
    read_only(request)
    found = vocabulary.header()["version"]
    if request.path_params["version"] not in found:
        raise Problem("not-found", f"The version that is served is {', '.join(found)}.")
    return Response(status_code=303, headers={"location": "/ontology"})


@router.get(
    "/shapes",
    summary="The shapes",
    responses=ANSWERS,
    openapi_extra={"parameters": [FORMAT]},
)
async def all_shapes(request: Request) -> Response:
    """The SHACL shapes that data is checked against; as a page, each in words."""
    return await _schema(request, _shapes)


@router.get(
    "/context.jsonld",
    summary="The JSON-LD context",
    responses=documents([CONTEXT]) | problems(),
)
async def context(request: Request) -> Response:
    """The one context of all our JSON-LD."""
    return constant(request, CONTEXT, context_file().read_bytes())


async def _schema(request: Request, make: Callable[[str], bytes]) -> Response:
    """Made once for each format, in a thread of its own: it takes a while."""
    offer = _offer(request)
    return constant(request, offer, await asyncio.to_thread(make, offer.name))


def _offer(request: Request) -> Offer:
    """The format by its name in the address, else by Accept."""
    name = request.query_params.get("format")
    offer = negotiate(request, GRAPHS) if name is None else by_name(name, GRAPHS)
    if offer is None:
        raise not_acceptable(GRAPHS)
    return offer


@cache
def _ontology(name: str) -> bytes:
    if name != "html":
        return _serialised(ontology(), name)
    page = render(
        "ontology.html",
        header=vocabulary.header(),
        sections=vocabulary.terms(),
        roots=vocabulary.roots(),
        diagram=diagram.drawn(),
        formats=DOWNLOADS.items(),
    )
    return page.encode()


@cache
def _shapes(name: str) -> bytes:
    if name != "html":
        return _serialised(read_turtle(shapes_files()), name)
    return render("shapes.html", groups=shapes.groups(), formats=DOWNLOADS.items()).encode()


@cache
def _tag(content: bytes) -> str:
    return f'"{sha256(content).hexdigest()[:16]}"'


def _serialised(triples: list[Triple], name: str) -> bytes:
    return serialize(triples, format=SERIALISATIONS[name], prefixes=PREFIXES) or b""


def constant(request: Request, offer: Offer, content: bytes) -> Response:
    """What follows from the server's own files, not from the release."""
    tag = _tag(content)
    headers = {"etag": tag, "content-type": offer.content_type, **data_headers(request)}
    return unchanged(request, tag) or Response(content, headers=headers)
