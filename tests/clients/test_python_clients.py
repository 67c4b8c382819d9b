"""SPARQLWrapper and rdflib's SPARQLStore against the server, each kind of query, in their ways."""

import json
from typing import Any

import pytest
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

OCSEA = Namespace("https://w3id.org/ocsea/ontology#")
NORWAY = URIRef("https://w3id.org/ocsea/id/state/NOR")
STATES = "https://w3id.org/ocsea/graph/states"
INSTRUMENTS = "https://w3id.org/ocsea/graph/instruments"
NAME = f"SELECT ?name WHERE {{ <{NORWAY}> <{RDFS.label}> ?name }}"
ASK = f'ASK {{ <{NORWAY}> <{OCSEA.iso3}> "NOR" }}'
CODE = f"CONSTRUCT WHERE {{ <{NORWAY}> <{OCSEA.iso3}> ?code }}"
DESCRIBE = f"DESCRIBE <{NORWAY}>"
MALFORMED = "SELECT * WHERE {"
OTHERS = " ".join(f"<https://w3id.org/ocsea/id/nothing/{number}>" for number in range(5000))
LONG = f"SELECT ?name WHERE {{ VALUES ?s {{ {OTHERS} <{NORWAY}> }} ?s <{RDFS.label}> ?name }}"
"""A quarter of a megabyte: no address is so long."""

# SPARQLWrapper 2.0.0 reads RDF/XML and JSON-LD into it, and rdflib's JSON-LD parser makes one too.
deprecated_graph = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated, use Dataset instead.:DeprecationWarning"
)


def wrapper(address: str, query: str, form: str, method: str = GET) -> SPARQLWrapper:
    sparql = SPARQLWrapper(f"{address}/sparql", returnFormat=form)
    sparql.setMethod(method)
    sparql.setQuery(query)
    return sparql


def names(answer: dict[str, Any]) -> list[str]:
    return [row["name"]["value"] for row in answer["results"]["bindings"]]


@pytest.mark.parametrize(("method", "way"), [(POST, URLENCODED), (POST, POSTDIRECTLY)])
def test_sparqlwrapper_posts_a_long_query(address: str, method: str, way: str) -> None:
    sparql = wrapper(address, LONG, JSON, method)
    sparql.setRequestMethod(way)
    assert names(sparql.queryAndConvert()) == ["Norway"]


def test_sparqlwrapper_reads_solutions_in_each_format(address: str) -> None:
    answers = {
        form: wrapper(address, NAME, form).queryAndConvert() for form in (JSON, XML, CSV, TSV)
    }
    assert names(answers[JSON]) == ["Norway"]
    assert answers[XML].getElementsByTagName("literal")[0].firstChild.data == "Norway"
    assert answers[CSV].decode() == "name\r\nNorway\r\n"
    assert answers[TSV].decode() == '?name\n"Norway"@en\n'
    assert wrapper(address, ASK, JSON).queryAndConvert()["boolean"] is True


@pytest.mark.parametrize("form", [TURTLE, N3])
@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_reads_a_graph(address: str, form: str, method: str) -> None:
    """Just as it is, though it sends its own names of formats beside the Accept header."""
    code = Graph().parse(data=wrapper(address, CODE, form, method).queryAndConvert())
    assert set(code) == {(NORWAY, OCSEA.iso3, Literal("NOR"))}
    norway = Graph().parse(data=wrapper(address, DESCRIBE, form, method).queryAndConvert())
    assert (NORWAY, RDF.type, OCSEA.State) in norway


@deprecated_graph
@pytest.mark.parametrize("form", [XML, RDFXML, JSONLD])
@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_makes_a_graph_of_rdflib(address: str, form: str, method: str) -> None:
    code = wrapper(address, CODE, form, method).queryAndConvert()
    assert set(code.triples((None, None, None))) == {(NORWAY, OCSEA.iso3, Literal("NOR"))}


@pytest.mark.parametrize("method", [GET, POST])
def test_sparqlwrapper_chooses_the_dataset(address: str, method: str) -> None:
    sparql = wrapper(address, NAME, JSON, method)
    sparql.addDefaultGraph(INSTRUMENTS)
    assert names(sparql.queryAndConvert()) == []
    sparql.addDefaultGraph(STATES)
    assert names(sparql.queryAndConvert()) == ["Norway"]
    sparql = wrapper(address, "SELECT DISTINCT ?name { GRAPH ?name { ?s ?p ?o } }", JSON, method)
    sparql.addNamedGraph(STATES)
    assert names(sparql.queryAndConvert()) == [STATES]


def test_sparqlwrapper_raises_our_problem(address: str) -> None:
    with pytest.raises(QueryBadFormed, match=r"problem-query-malformed.*line.*1.*column.*17"):
        wrapper(address, MALFORMED, JSON).query()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("identifier", [None, STATES])
def test_rdflib_asks_each_kind_of_query(address: str, method: str, identifier: str | None) -> None:
    graph = Graph(SPARQLStore(f"{address}/sparql", method=method), identifier=identifier)
    assert [str(row.name) for row in graph.query(NAME)] == ["Norway"]
    assert graph.query(ASK).askAnswer is True
    assert set(graph.query(CODE)) == {(NORWAY, OCSEA.iso3, Literal("NOR"))}
    assert (NORWAY, RDF.type, OCSEA.State) in set(graph.query(DESCRIBE))


@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
def test_rdflib_reads_solutions_in_each_format(address: str, form: str) -> None:
    graph = Graph(SPARQLStore(f"{address}/sparql", returnFormat=form))
    assert [str(row.name) for row in graph.query(NAME)] == ["Norway"]


@pytest.mark.parametrize("method", ["POST", "POST_FORM"])
def test_rdflib_posts_a_long_query(address: str, method: str) -> None:
    graph = Graph(SPARQLStore(f"{address}/sparql", method=method))
    assert [str(row.name) for row in graph.query(LONG)] == ["Norway"]


def test_rdflib_walks_the_endpoint_as_a_graph(address: str) -> None:
    store = SPARQLStore(f"{address}/sparql")
    states, instruments = Graph(store, STATES), Graph(store, INSTRUMENTS)
    assert states.value(NORWAY, OCSEA.iso3) == Literal("NOR")
    assert (NORWAY, OCSEA.iso3, None) not in instruments
    assert 0 < len(states) < len(Graph(store))


def test_rdflib_keeps_our_problem_behind_its_own(address: str) -> None:
    with pytest.raises(ValueError, match="your SPARQL query") as raised:
        Graph(SPARQLStore(f"{address}/sparql")).query(MALFORMED)
    with raised.value.__context__ as answer:
        problem = json.loads(answer.read())
    assert problem["type"].endswith("#problem-query-malformed")
    assert problem["column"] == 17
