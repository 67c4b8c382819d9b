"""`/.well-known/void` and `/.well-known/sparql-examples`: what machines find us by."""

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from functools import partial

from fastapi import APIRouter, Request
from pyoxigraph import Triple, serialize
from starlette.responses import Response

from api.discovery import description
from api.discovery.distributions import SPDX, Surface
from api.discovery.examples import executables
from api.discovery.releases import PATIENCE, versions
from api.engine import Made, Pool
from api.engine.results import GRAPHS as SERIALISATIONS
from api.formats import GRAPHS
from api.negotiation import Offer
from api.openapi import Responses, documents, problems
from api.tagged import tagged
from api.web import about_release, negotiate, public
from ocsea.dumps import Dump
from ocsea.namespaces import PREFIXES

OFFERS = tuple(offer for offer in GRAPHS if offer.name != "html")
LISTED = 100
"""How many releases a description names: those made last."""

LED: Responses = {303: {"description": "To the page that tells people the same"}}
REFUSED = problems("not-acceptable", "method-not-allowed")
router = APIRouter(tags=["Discovery"], default_response_class=Response)


@router.get(
    "/.well-known/void",
    summary="The dataset described, as VoID and DCAT",
    responses=documents(OFFERS) | LED | REFUSED,
)
async def void(request: Request) -> Response:
    """Counts by class, property and graph; sources and their terms; endpoints, files and releases.

    Sizes and digests of files are there when the files are: a request may come before that.
    A browser is led to `/releases`.
    """
    offer = negotiate(request, GRAPHS)
    if offer.name == "html":
        return Response(status_code=303, headers={"location": "/releases", "vary": "Accept"})
    async with request.app.state.engine.pool() as pool:
        release = pool.release
    dumps = await request.app.state.dumps.soon(release, PATIENCE)
    listed = await asyncio.to_thread(versions, request.app.state.settings.var)
    surface = Surface(public(request, ""), tuple(listed[:LISTED]))
    # The description says more than what follows from the release, and so does its entity tag.
    state = json.dumps([surface.releases, sorted(dumps)])
    tagged_as = f"{offer.name}-{hashlib.sha256(state.encode()).hexdigest()[:8]}"
    make = partial(_described, surface, dumps, offer.name)
    return await about_release(request, Offer(tagged_as, offer.media_type), make)


@router.get(
    "/.well-known/sparql-examples",
    summary="The example queries, as SHACL executables",
    responses=documents(OFFERS) | LED | REFUSED,
)
async def sparql_examples(request: Request) -> Response:
    """Each a `sh:SPARQLExecutable` with its text, its prefixes and the endpoint to send it to.

    A browser is led to `/sparql`, where they are to click.
    """
    offer = negotiate(request, GRAPHS)
    if offer.name == "html":
        return Response(status_code=303, headers={"location": "/sparql", "vary": "Accept"})
    return tagged(request, offer, _written(executables(public(request, "/sparql")), offer.name))


async def _described(surface: Surface, dumps: dict[str, Dump], name: str, pool: Pool) -> Made:
    return _written(await description.describe(pool, surface, dumps), name), {}


def _written(triples: Iterable[Triple], name: str) -> bytes:
    """The triples in the format of this name, those about one thing together."""
    about = defaultdict(list)
    for triple in triples:
        about[triple.subject].append(triple)
    together = [triple for some in about.values() for triple in some]
    prefixes = {**PREFIXES, "spdx": SPDX}
    return serialize(together, format=SERIALISATIONS[name], prefixes=prefixes) or b""
