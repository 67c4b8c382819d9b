"""The SPARQL 1.1 Service Description of this endpoint."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple, serialize

from api.engine import Pool
from api.engine.results import GRAPHS
from api.negotiation import Offer
from api.web import Made
from ocsea.namespaces import PREFIXES, RDF_TYPE

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
RESULT_FORMATS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
)
SIZES = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


async def describe(endpoint: str, offer: Offer, pool: Pool) -> Made:
    """The description, in one of the RDF formats, of the endpoint at this address."""
    sizes = {row["g"]["value"]: row["n"]["value"] for row in await pool.rows(SIZES)}
    total = (await pool.rows(ALL))[0]["n"]["value"]
    triples = [*_service(endpoint), *_graphs(endpoint, total, sizes)]
    prefixes = {**PREFIXES, "sd": SD}
    return serialize(triples, format=GRAPHS[offer.name], prefixes=prefixes) or b"", {}


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)


def _service(endpoint: str) -> Iterator[Triple]:
    service = NamedNode(endpoint)
    yield Triple(service, RDF_TYPE, _sd("Service"))
    yield Triple(service, _sd("endpoint"), service)
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in RESULT_FORMATS:
        yield Triple(service, _sd("resultFormat"), NamedNode(FORMATS + name))
    yield Triple(service, _sd("defaultDataset"), NamedNode(endpoint + "#dataset"))


def _graphs(endpoint: str, total: str, sizes: dict[str, str]) -> Iterator[Triple]:
    dataset, merge = NamedNode(endpoint + "#dataset"), NamedNode(endpoint + "#merge")
    yield Triple(dataset, RDF_TYPE, _sd("Dataset"))
    yield Triple(dataset, _sd("defaultGraph"), merge)
    yield from _graph(merge, total)
    for number, (name, size) in enumerate(sizes.items(), 1):
        named = NamedNode(f"{endpoint}#named-{number}")
        content = NamedNode(f"{endpoint}#graph-{number}")
        yield Triple(dataset, _sd("namedGraph"), named)
        yield Triple(named, RDF_TYPE, _sd("NamedGraph"))
        yield Triple(named, _sd("name"), NamedNode(name))
        yield Triple(named, _sd("graph"), content)
        yield from _graph(content, size)


def _graph(graph: NamedNode, size: str) -> Iterator[Triple]:
    integer = NamedNode(PREFIXES["xsd"] + "integer")
    yield Triple(graph, RDF_TYPE, _sd("Graph"))
    yield Triple(graph, NamedNode(PREFIXES["void"] + "triples"), Literal(size, datatype=integer))
