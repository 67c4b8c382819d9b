"""The front page, `/docs` and the fixed files."""

import asyncio
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import problems
from api.engine import Made, Pool, Row
from api.examples import examples
from api.formats import HTML
from api.openapi import documents
from api.pages import render
from api.web import about_release, public
from ocsea.namespaces import ID, PREFIXES

router = APIRouter(tags=["Pages"], default_response_class=Response)
SHOWN_EXAMPLES = 3
PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())

COUNTS = """SELECT * WHERE {
  { SELECT (COUNT(DISTINCT ?x) AS ?states) { ?x a ocsea:State } }
  { SELECT (COUNT(DISTINCT ?x) AS ?instruments) { ?x a ocsea:Instrument } }
  { SELECT (COUNT(DISTINCT ?x) AS ?actions) { ?x a ocsea:TreatyAction } }
  { SELECT (COUNT(DISTINCT ?x) AS ?statuses) { ?x a ocsea:PartyStatus } }
  { SELECT (COUNT(DISTINCT ?x) AS ?observations) { ?x a qb:Observation } }
  { SELECT (COUNT(DISTINCT ?x) AS ?provisions) { ?x a ocsea:Provision } }
  { SELECT (COUNT(DISTINCT ?x) AS ?organisations) { ?x a org:Organization } }
  { SELECT (COUNT(DISTINCT ?x) AS ?initiatives) { ?x a ocsea:Initiative } }
  { SELECT (COUNT(DISTINCT ?x) AS ?commitments) {
      VALUES ?kind { ocsea:Commitment ocsea:Recommendation ocsea:Capability ocsea:Deliverable }
      ?x a ?kind } }
  { SELECT (COUNT(DISTINCT ?x) AS ?terms) { ?x a ocsea:Term } }
  { SELECT (COUNT(DISTINCT ?x) AS ?disputes) { ?x a ocsea:Discrepancy } }
  { SELECT (COUNT(DISTINCT ?x) AS ?sources) { ?x a ocsea:Source } }
}"""

SOURCES = """SELECT ?source ?title ?edition ?terms ?publisher WHERE {
  ?source a ocsea:Source ; dcterms:title ?title .
  OPTIONAL { ?source ocsea:edition ?edition }
  OPTIONAL { ?source dcterms:license|dcterms:rights ?terms }
  OPTIONAL { ?source dcterms:publisher ?publisher }
} ORDER BY ?title"""

DISPUTES = """SELECT ?rule ?dispute ?label WHERE {
  ?dispute a ocsea:Discrepancy ; ocsea:rule ?rule ; rdfs:label ?label .
} ORDER BY ?rule ?label"""

REPORTS = """SELECT ?state ?label ?reports WHERE {
  ?observation ocsea:indicator <https://w3id.org/ocsea/id/indicator/ncmec-cybertip-reports> ;
    qb:dataSet <https://w3id.org/ocsea/id/dataset/mapping2021> ;
    sdmx-dimension:refPeriod "2020"^^xsd:gYear ;
    sdmx-dimension:refArea ?state ; sdmx-measure:obsValue ?reports .
  ?state a ocsea:State ; rdfs:label ?label .
} ORDER BY DESC(?reports) LIMIT 15"""

COMMITMENTS = {
    "instrument/uncrc": "UNCRC",
    "instrument/opsc": "OPSC",
    "instrument/cets-201": "Lanzarote",
    "instrument/ets-185": "Budapest",
    "alliance/weprotect": "WeProtect",
}
"""The columns of the mapping's Fig. 1, in its order, with a heading that fits."""

STATUSES = """SELECT ?state ?label ?commitment ?name ?status WHERE {
  ?record a ocsea:PartyStatus ; ocsea:party ?state ; ocsea:instrument ?commitment ;
    ocsea:status ?status ;
    dcterms:source/dcterms:isPartOf <https://w3id.org/ocsea/id/source/mapping2021> .
  ?state rdfs:label ?label . ?commitment rdfs:label ?name .
} ORDER BY ?label"""


@dataclass(frozen=True, slots=True)
class Commitment:
    """A column: something that states commit to."""

    iri: str
    short: str
    label: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A row: a state, and its status towards each commitment by the commitment's IRI."""

    iri: str
    label: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who has committed to what."""

    commitments: list[Commitment]
    rows: list[Standing]


def matrix(statuses: list[Row]) -> Matrix:
    """The records of status, one a cell, as a table."""
    names = {row["commitment"]["value"]: row["name"]["value"] for row in statuses}
    columns = ((ID + key, short) for key, short in COMMITMENTS.items())
    commitments = [Commitment(iri, short, names[iri]) for iri, short in columns if iri in names]
    rows: dict[str, Standing] = {}
    for row in statuses:
        iri = row["state"]["value"]
        standing = rows.setdefault(iri, Standing(iri, row["label"]["value"], {}))
        standing.cells[row["commitment"]["value"]] = row["status"]["value"]
    return Matrix(commitments, list(rows.values()))


async def _front(request: Request, pool: Pool) -> Made:
    queries = (COUNTS, SOURCES, REPORTS, STATUSES, DISPUTES)
    rows = (pool.rows(PROLOGUE + query) for query in queries)
    counts, sources, reports, statuses, disputes = await asyncio.gather(*rows)
    page = render(
        "home.html",
        counts={name: int(term["value"]) for name, term in counts[0].items()},
        sources=sources,
        reports=reports,
        reports_query=PROLOGUE + REPORTS,
        matrix=matrix(statuses),
        disputes=disputes,
        examples=examples()[:SHOWN_EXAMPLES],
        release=pool.version,
        address=public(request, ""),
    )
    return page.encode(), {}


@router.get("/", summary="The front page", responses=documents([HTML], "The page"))
async def front(request: Request) -> Response:
    """What this is, in figures and pictures."""
    return await about_release(request, HTML, partial(_front, request))


@router.get("/docs", summary="How to use this server", responses=documents([HTML], "The page"))
async def docs(request: Request) -> Response:
    """Every address, its formats and its problems, from the OpenAPI description."""
    page = render("docs.html", api=request.app.openapi(), problems=problems.KINDS)
    return Response(page, headers={"cache-control": "no-cache"}, media_type="text/html")
