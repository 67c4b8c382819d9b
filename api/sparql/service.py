"""The SPARQL 1.1 Service Description of this endpoint."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple, serialize

from api.engine import Made, Pool
from api.engine.results import GRAPHS
from api.negotiation import Offer
from ocsea.namespaces import PREFIXES, RDF_TYPE
from ocsea.release import UNNAMED

SD = "http://www.w3.org/ns/sparql-service-description#"
FORMATS = "http://www.w3.org/ns/formats/"
RESULT_FORMATS = (
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
)
ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


async def describe(
    endpoint: str, offer: Offer, pool: Pool, updates: str | None = None, *, calls: bool = False
) -> Made:
    """The description, in one of the RDF formats, of the endpoint at this address.

    `updates` is the address that takes updates, if any does; `calls` whether `SERVICE` may call
    others.
    """
    graphs = pool.manifest["graphs"].items()
    sizes = {iri: str(graph["triples"]) for iri, graph in graphs if iri != UNNAMED}
    total = (await pool.rows(ALL))[0]["n"]["value"]
    triples = [*_service(endpoint, calls=calls), *_graphs(endpoint, total, sizes)]
    if updates:
        triples += _updates(updates)
    prefixes = {**PREFIXES, "sd": SD}
    return serialize(triples, format=GRAPHS[offer.name], prefixes=prefixes) or b"", {}


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)


def _service(endpoint: str, *, calls: bool) -> Iterator[Triple]:
    service = NamedNode(endpoint)
    yield Triple(service, RDF_TYPE, _sd("Service"))
    yield Triple(service, _sd("endpoint"), service)
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    federated = ("BasicFederatedQuery",) if calls else ()
    for name in ("UnionDefaultGraph", "EmptyGraphs", *federated):
        yield Triple(service, _sd("feature"), _sd(name))
    for name in RESULT_FORMATS:
        yield Triple(service, _sd("resultFormat"), NamedNode(FORMATS + name))
    yield Triple(service, _sd("defaultDataset"), NamedNode(endpoint + "#dataset"))


def _updates(address: str) -> Iterator[Triple]:
    service = NamedNode(address)
    yield Triple(service, RDF_TYPE, _sd("Service"))
    yield Triple(service, _sd("endpoint"), service)
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Update"))
    yield Triple(service, _sd("feature"), _sd("EmptyGraphs"))


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
