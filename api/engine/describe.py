"""What the graph says of one thing, gathered without a query: it is asked for most of all.

A document holds, and nothing more: all that is said of the thing; of what leads to it by the word
of a source (a page of that), what sources say of it, and its classes; the same of the places where
any of this was read; and the labels of whatever is named. It is the same for every class.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Store, Triple, serialize

from api.engine.results import GRAPHS
from api.jsonld import document as jsonld
from ocsea import ids
from ocsea.namespaces import PREFIXES, RDF_TYPE, TERMS, term

PAGE = 200
"""How many of the things that lead to a thing are told at a time."""
JSON = ("json", "jsonld")
KEPT = 16384
"""How many things' labels a worker keeps."""

_MERGE = DefaultGraph()
_INFERRED = ids.graph("inferred")
_LABEL, _SOURCE = term("rdfs:label"), term("dcterms:source")

Subject = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class Description:
    """The triples of a document; `last` is the last page.

    0, without triples, where the graph says nothing of the thing itself.
    """

    triples: list[Triple]
    last: int


def describe(store: Store, iri: str, page: int) -> Description:
    """Gather what is said of a thing."""
    thing = NamedNode(iri)
    triples = _all(store, thing)
    if not triples:
        return Description([], 0)
    leading = list(_leading(store, thing))
    if len(leading) > PAGE:
        leading.sort(key=str)
    shown = leading[(page - 1) * PAGE : page * PAGE]
    told: set[object] = {thing}
    triples += _stated(store, {triple.subject for triple in shown}, told)
    triples += _stated(store, {t.object for t in triples if t.predicate == _SOURCE}, told)
    triples += _labels(store, {t.object for t in triples if t.predicate != RDF_TYPE} - told)
    return Description(sorted(triples, key=str), max(1, -(-len(leading) // PAGE)))


def _all(store: Store, thing: Subject) -> list[Triple]:
    return [quad.triple for quad in store.quads_for_pattern(thing, None, None, _MERGE)]


def _leading(store: Store, thing: NamedNode) -> set[Triple]:
    """What leads to a thing by some source's word, not only by inference."""
    return {
        quad.triple
        for quad in store.quads_for_pattern(None, None, thing)
        if quad.graph_name not in (_MERGE, _INFERRED)
    }


def _stated(store: Store, things: Iterable[object], told: set[object]) -> list[Triple]:
    """What sources say of things that are not told yet, and all classes of these."""
    found = []
    for thing in things:
        if thing not in told and isinstance(thing, NamedNode | BlankNode):
            told.add(thing)
            inferred = _inferred(store, thing)
            found += [triple for triple in _all(store, thing) if triple not in inferred]
    return found


def _inferred(store: Store, thing: Subject) -> set[Triple]:
    quads = store.quads_for_pattern(thing, None, None, _INFERRED)
    return {quad.triple for quad in quads if quad.predicate != RDF_TYPE}


def _labels(store: Store, things: Iterable[object]) -> list[Triple]:
    """The labels of things; terms of the ontology go by their names."""
    named = (thing for thing in things if isinstance(thing, NamedNode))
    return [label for thing in named for label in _label(store, thing)]


@lru_cache(KEPT)
def _label(store: Store, thing: NamedNode) -> tuple[Triple, ...]:
    """The labels of one thing: a worker's store never changes, and names recur."""
    if thing.value.startswith(TERMS):
        return ()
    return tuple(quad.triple for quad in store.quads_for_pattern(thing, _LABEL, None, _MERGE))


def write(description: Description, iri: str, name: str, output: IO[bytes]) -> None:
    """Serialise it in the format of this name; of JSON-LD, after a dash, in the form named."""
    name, _, form = name.partition("-")
    if name in JSON:
        output.write(jsonld.document(description.triples, iri, form or "framed"))
    else:
        serialize(description.triples, output, GRAPHS[name], prefixes=PREFIXES)
