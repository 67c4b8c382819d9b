"""What the graph says of one thing, gathered without a query: it is asked for most of all."""

from dataclasses import dataclass
from typing import IO

from pyoxigraph import DefaultGraph, NamedNode, Store, Triple, serialize

from api import jsonld
from api.engine.results import GRAPHS
from ocsea import ids
from ocsea.namespaces import PREFIXES, RDF_TYPE, term

PAGE = 200
"""How many of the things that point to a thing are told at a time."""

_MERGE = DefaultGraph()
_INFERRED = ids.graph("inferred")
_LABEL = term("rdfs:label")


@dataclass(frozen=True, slots=True)
class Description:
    """A thing's own triples, labels of what it names, and a page of what points to it.

    `last` is the last page; 0, without triples, where the graph says nothing of the thing itself.
    """

    triples: list[Triple]
    last: int


def describe(store: Store, iri: str, page: int) -> Description:
    """Gather what is said of a thing."""
    thing = NamedNode(iri)
    own = {quad.triple for quad in store.quads_for_pattern(thing, None, None, _MERGE)}
    if not own:
        return Description([], 0)
    pointing = list(_pointing(store, thing))
    if len(pointing) > PAGE:
        pointing.sort(key=str)
    shown = pointing[(page - 1) * PAGE : page * PAGE]
    named = {triple.object for triple in own if triple.predicate != RDF_TYPE}
    triples = own | set(shown) | _labels(store, named | {triple.subject for triple in shown})
    return Description(sorted(triples, key=str), max(1, -(-len(pointing) // PAGE)))


def _pointing(store: Store, thing: NamedNode) -> set[Triple]:
    """What points to a thing by some source's word, not only by inference."""
    return {
        quad.triple
        for quad in store.quads_for_pattern(None, None, thing)
        if quad.graph_name not in (_MERGE, _INFERRED)
    }


def _labels(store: Store, things: set[object]) -> set[Triple]:
    return {
        quad.triple
        for thing in things
        if isinstance(thing, NamedNode)
        for quad in store.quads_for_pattern(thing, _LABEL, None, _MERGE)
    }


def write(description: Description, iri: str, name: str, output: IO[bytes]) -> None:
    """Serialise it in the format of this name."""
    if name == "jsonld":
        output.write(jsonld.document(description.triples, iri))
    else:
        serialize(description.triples, output, GRAPHS[name], prefixes=PREFIXES)
