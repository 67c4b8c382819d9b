"""Our triples as rdflib has them: slow to load, so only where something works on its graphs."""

from collections.abc import Iterable
from functools import cache

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import Graph

from ocsea.namespaces import term

_STRING = term("xsd:string")


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
