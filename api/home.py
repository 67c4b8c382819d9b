"""The front page, `/docs` and the fixed files."""

import asyncio
from dataclasses import dataclass
from functools import cache, partial

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from api.collections.table import KINDS
from api.discovery.examples import examples
from api.engine import Made, Pool, Row
from api.formats import HTML
from api.linked import structured
from api.openapi import by_tag, documents, problems
from api.pages import render
from api.problems import KINDS as PROBLEMS
from api.schema.routes import constant
from api.web import about_release, public
from ocsea.namespaces import ID, PREFIXES

router = APIRouter(tags=["Pages"], default_response_class=Response)
SHOWN_EXAMPLES = 3
PROLOGUE = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())

COUNTED = (
    *("states", "instruments", "provisions", "actions", "statuses", "observations"),
    *("bodies", "programmes", "commitments", "terms", "discrepancies", "sources"),
)
"""The collections whose sizes the page tells."""


def _count(name: str) -> str:
    classes = " ".join(KINDS[name].classes)
    members = f"VALUES ?class {{ {classes} }} ?x a ?class"
    return f"{{ SELECT (COUNT(DISTINCT ?x) AS ?{name}) {{ {members} }} }}"


COUNTS = f"SELECT * WHERE {{ {' '.join(map(_count, COUNTED))} }}"

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
        counts=[(KINDS[name], int(counts[0][name]["value"])) for name in COUNTED],
        sources=sources,
        reports=reports,
        reports_query=PROLOGUE + REPORTS,
        matrix=matrix(statuses),
        disputes=disputes,
        examples=examples()[:SHOWN_EXAMPLES],
        release=pool.version,
        address=public(request, ""),
        structured=structured.catalogue(public(request, ""), pool.version, sources),
    )
    return page.encode(), {}


@router.get("/", summary="The front page", responses=documents([HTML], "The page") | problems())
async def front(request: Request) -> Response:
    """What this is, in figures and pictures."""
    return await about_release(request, HTML, partial(_front, request))


@router.get(
    "/docs",
    summary="How to use this server",
    responses=documents([HTML], "The page") | problems(),
)
async def docs(request: Request) -> Response:
    """Every address, its formats and its problems, from the OpenAPI description."""
    return constant(request, HTML, await asyncio.to_thread(_docs, request.app))


@cache
def _docs(app: FastAPI) -> bytes:
    api = app.openapi()
    return render("docs.html", api=api, tags=by_tag(api), problems=PROBLEMS).encode()
