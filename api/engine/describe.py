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
from api.engine.said import Said
from api.jsonld.document import composed
from ocsea import ids
from ocsea.namespaces import PREFIXES, RDF_TYPE, TERMS, term

PAGE = 200
"""How many of the things that lead to a thing are told at a time."""
JSON = ("json", "jsonld")
KEPT = 8192
"""Of how many things a worker keeps what is said of them, and the labels: the same recur."""

_MERGE = DefaultGraph()
_INFERRED = ids.graph("inferred")
_LABEL = term("rdfs:label")

Subject = NamedNode | BlankNode


@dataclass(frozen=True, slots=True)
class Description:
    """What a document holds, thing by thing; `last` is the last page.

    0, and nothing, where the graph says nothing of the thing itself.
    """

    said: list[Said]
    last: int

    @property
    def triples(self) -> list[Triple]:
        """All of it, in order."""
        return [triple for said in self.said for triple in said.triples]


def describe(store: Store, iri: str, page: int) -> Description:
    """Gather what is said of a thing."""
    thing = NamedNode(iri)
    own = Said(_all(store, thing))
    if not own.triples:
        return Description([], 0)
    leading = list(_leading(store, thing))
    if len(leading) > PAGE:
        leading.sort(key=str)
    shown = leading[(page - 1) * PAGE : page * PAGE]
    told: dict[object, Said] = {thing: own}
    _tell(store, {triple.subject for triple in shown}, told)
    _tell(store, set().union(*(said.sources for said in told.values())), told)
    _label(store, set().union(*(said.named for said in told.values())), told)
    return Description([told[key] for key in sorted(told, key=str)], _pages(len(leading)))


def _pages(leading: int) -> int:
    return max(1, -(-leading // PAGE))


def _all(store: Store, thing: Subject) -> list[Triple]:
    return [quad.triple for quad in store.quads_for_pattern(thing, None, None, _MERGE)]


def _leading(store: Store, thing: NamedNode) -> set[Triple]:
    """What leads to a thing by some source's word, not only by inference."""
    return {
        quad.triple
        for quad in store.quads_for_pattern(None, None, thing)
        if quad.graph_name not in (_MERGE, _INFERRED)
    }


def _tell(store: Store, things: Iterable[object], told: dict[object, Said]) -> None:
    """Add what sources say of things that are not told yet."""
    for thing in things:
        if isinstance(thing, NamedNode | BlankNode) and thing not in told:
            told[thing] = _stated(store, thing)


@lru_cache(KEPT)
def _stated(store: Store, thing: Subject) -> Said:
    """What sources say of a thing, and all its classes: a worker's store never changes."""
    inferred = {
        quad.triple
        for quad in store.quads_for_pattern(thing, None, None, _INFERRED)
        if quad.predicate != RDF_TYPE
    }
    return Said(triple for triple in _all(store, thing) if triple not in inferred)


def _label(store: Store, things: Iterable[object], told: dict[object, Said]) -> None:
    """Add the labels of things that are not told; terms of the ontology go by their names."""
    for thing in things:
        if isinstance(thing, NamedNode) and thing not in told:
            told[thing] = _labels(store, thing)


@lru_cache(KEPT)
def _labels(store: Store, thing: NamedNode) -> Said:
    if thing.value.startswith(TERMS):
        return Said(())
    return Said(quad.triple for quad in store.quads_for_pattern(thing, _LABEL, None, _MERGE))


def write(description: Description, iri: str, name: str, output: IO[bytes]) -> None:
    """Serialise it in the format of this name; of JSON-LD, after a dash, in the form named."""
    name, _, form = name.partition("-")
    if name in JSON:
        nodes = (node for said in description.said for node in said.nodes)
        output.write(composed(nodes, iri, form or "framed"))
    else:
        serialize(description.triples, output, GRAPHS[name], prefixes=PREFIXES)
