"""The service description: the W3C's three tests by their names, and its own vocabulary."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from api_server import running, small_release
from rdflib import RDF, Graph, Namespace, URIRef

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
FORMATS = "http://www.w3.org/ns/formats/"
ONE_EACH = {
    SD.Service: [SD.endpoint],
    SD.Dataset: [SD.defaultGraph],
    SD.NamedGraph: [SD.name, SD.graph],
    SD.Graph: [VOID.triples],
}
RANGES = {
    SD.defaultDataset: SD.Dataset,
    SD.defaultGraph: SD.Graph,
    SD.namedGraph: SD.NamedGraph,
    SD.graph: SD.Graph,
}
DOMAINS = {
    SD.endpoint: SD.Service,
    SD.feature: SD.Service,
    SD.supportedLanguage: SD.Service,
    SD.resultFormat: SD.Service,
    SD.defaultDataset: SD.Service,
    SD.defaultGraph: SD.Dataset,
    SD.namedGraph: SD.Dataset,
    SD.name: SD.NamedGraph,
    SD.graph: SD.NamedGraph,
}
FEATURES = {
    *(SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs),
    SD.BasicFederatedQuery,
}
LANGUAGES = {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update}
KNOWN_FORMATS = {
    *("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV"),
    *("Turtle", "N-Triples", "RDF_XML", "JSON-LD"),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    var: Path = tmp_path_factory.mktemp("service")
    small_release(var)
    with running(var, OCSEA_TOKENS="someone:admin:service-test-token") as server:
        yield server.url


def description(service: str, media_type: str = "text/turtle") -> Graph:
    answer = httpx.get(service + "/sparql", headers={"accept": media_type})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    return Graph().parse(data=answer.text, format=media_type)


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/rdf+xml", "application/n-triples"]
)
def test_returns_rdf(service: str, media_type: str) -> None:
    assert len(description(service, media_type)) == len(description(service)) > 20


def test_has_endpoint_triple(service: str) -> None:
    endpoint = URIRef(service + "/sparql")
    assert (endpoint, SD.endpoint, endpoint) in description(service)


def test_conforms_to_schema(service: str) -> None:
    told = description(service)
    terms = {p for p in told.predicates() if p.startswith(SD)}
    assert terms <= DOMAINS.keys()
    for predicate in terms:
        assert all((s, RDF.type, DOMAINS[predicate]) in told for s in told.subjects(predicate))
    for predicate, kind in RANGES.items():
        assert all((o, RDF.type, kind) in told for o in told.objects(None, predicate))
    for kind, predicates in ONE_EACH.items():
        nodes = list(told.subjects(RDF.type, kind))
        assert nodes
        assert all(len(list(told.objects(n, p))) == 1 for n in nodes for p in predicates)
    endpoints = list(told.objects(None, SD.endpoint))
    assert len(endpoints) == len(set(endpoints))  # it is inverse functional


def test_only_names_that_the_standards_define_are_used(service: str) -> None:
    told = description(service)
    assert set(told.objects(None, SD.feature)) <= FEATURES
    assert set(told.objects(None, SD.supportedLanguage)) <= LANGUAGES
    formats = {str(name) for name in told.objects(None, SD.resultFormat)}
    assert formats == {FORMATS + name for name in KNOWN_FORMATS}


def test_each_graph_stands_with_its_size(service: str) -> None:
    told = description(service)
    sizes = {
        str(told.value(node, SD.name)).rpartition("/")[2]: told.value(
            told.value(node, SD.graph), VOID.triples
        )
        for node in told.subjects(RDF.type, SD.NamedGraph)
    }
    assert {name: int(size) for name, size in sizes.items() if size} == {"a": 600, "b": 10}
    merge = told.value(predicate=RDF.type, object=SD.Dataset)
    total = told.value(told.value(merge, SD.defaultGraph), VOID.triples)
    assert total is not None
    assert int(total) == 600


def test_updates_are_offered_where_somebody_may_write(service: str, tmp_path: Path) -> None:
    update = URIRef(service + "/update")
    assert (update, SD.supportedLanguage, SD.SPARQL11Update) in description(service)
    small_release(tmp_path)
    with running(tmp_path) as server:
        told = description(server.url)
        assert (None, SD.supportedLanguage, SD.SPARQL11Update) not in told
        assert (None, SD.feature, SD.BasicFederatedQuery) not in told
    with running(tmp_path, OCSEA_SERVICES="query.example.org") as server:
        assert (None, SD.feature, SD.BasicFederatedQuery) in description(server.url)
