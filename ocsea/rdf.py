"""Reading, writing and converting RDF, the same way everywhere."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import rdflib
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Store,
    Triple,
    parse,
    serialize,
)
from rdflib import Graph

from ocsea.namespaces import term
from ocsea.resources import ontology_files

_STRING = term("xsd:string")


def read_turtle(paths: Iterable[Path]) -> list[Triple]:
    """The triples of Turtle files, in a fixed order, blank nodes named canonically.

    Raises SyntaxError with file, line and column where one does not parse.
    """
    dataset = Dataset(
        quad
        for path in paths
        for quad in parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    )
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in dataset), key=str)


def ontology() -> list[Triple]:
    """All modules of the ontology as one graph."""
    return read_turtle(ontology_files())


def in_graph(triples: Iterable[Triple], graph: NamedNode | DefaultGraph) -> Iterator[Quad]:
    """The triples as quads of one graph."""
    for triple in triples:
        yield Quad(triple.subject, triple.predicate, triple.object, graph)


def memory_store(triples: Iterable[Triple]) -> Store:
    """A store in memory that holds the triples in its default graph."""
    store = Store()
    store.extend(in_graph(triples, DefaultGraph()))
    return store


def to_rdflib(triples: Iterable[Triple]) -> Graph:
    """The triples as an rdflib graph, for the SHACL engine."""
    # Each term once: building them is most of the work.
    node = cache(_to_rdflib)
    graph = Graph()
    graph.addN((node(t.subject), node(t.predicate), node(t.object), graph) for t in triples)
    return graph


def _to_rdflib(term: NamedNode | BlankNode | Literal | Triple) -> rdflib.Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, Triple):
        raise TypeError(f"a triple cannot be part of another here: {term}")
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    # rdflib tells a plain string from an xsd:string, where RDF 1.1 knows only one of them.
    plain = term.datatype == _STRING
    return rdflib.Literal(term.value, datatype=None if plain else term.datatype.value)


def ntriples(triples: Iterable[Triple]) -> bytes:
    """The triples as N-Triples, sorted, each once: the same triples give the same bytes."""
    lines = serialize(triples, format=RdfFormat.N_TRIPLES)
    assert lines is not None
    return b"".join(sorted(set(lines.splitlines(keepends=True))))
