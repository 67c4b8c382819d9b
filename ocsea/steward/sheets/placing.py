"""In which source's graph each fact of a record stands."""

from collections.abc import Callable, Iterable

from pyoxigraph import NamedNode, Quad, Triple

from ocsea import ids
from ocsea.namespaces import RDF_TYPE
from ocsea.steward.facts import LABEL, PART, SOURCE, Facts
from ocsea.steward.sheets.citing import graph_of

_EVERYWHERE = (RDF_TYPE, LABEL)


class Homeless(Exception):
    """New facts that cite no source, so that no graph is theirs."""


def placed(
    facts: Facts, record: NamedNode, before: Iterable[Quad], after: Iterable[Triple]
) -> frozenset[Quad]:
    """The quads of a record whose facts become `after`.

    What stays, stays in its graph, unless the source of that graph is no longer cited. A fact goes
    to the graph of the source that is cited anew; where none is, to where the value stood that it
    replaces, or else to that of the first source cited. A citation stands in its own source's
    graph, and so do type and label, which are the same from each source. Raises Homeless where
    facts come and no source is cited.
    """
    old, new = frozenset(before), frozenset(after)
    stay = {quad for quad in old if quad.triple in new}
    come = new - {quad.triple for quad in old}
    cited, anew = _cited(facts, new), _cited(facts, come)
    dropped = _cited(facts, {quad.triple for quad in old}) - cited
    if not new or not (come or dropped):
        return frozenset(stay)
    home = _home(facts, record, stay, new)
    quads = {_in(quad.triple, home) if quad.graph_name in dropped else quad for quad in stay}
    for triple in come:
        replaced = _replaced(triple, old - stay)
        graphs = {home} if anew or not replaced else replaced
        if triple.predicate == SOURCE and isinstance(triple.object, NamedNode):
            graphs = {graph_of(facts, triple.object) or home}
        if triple.predicate in _EVERYWHERE:
            graphs |= replaced
        quads |= {_in(triple, graph) for graph in graphs}
    return frozenset(quads | _everywhere(quads, new, old))


def _replaced(triple: Triple, gone: Iterable[Quad]) -> set[NamedNode]:
    """Where the values of the same property stood that go."""
    return {
        quad.graph_name
        for quad in gone
        if quad.predicate == triple.predicate and isinstance(quad.graph_name, NamedNode)
    }


def _everywhere(quads: Iterable[Quad], new: Iterable[Triple], old: Iterable[Quad]) -> set[Quad]:
    """Type and label for the graphs that did not speak of the record before."""
    fresh = {quad.graph_name for quad in quads} - {quad.graph_name for quad in old}
    return {
        _in(triple, graph)
        for triple in new
        if triple.predicate in _EVERYWHERE
        for graph in fresh
        if isinstance(graph, NamedNode)
    }


def _home(
    facts: Facts, record: NamedNode, stay: Iterable[Quad], new: frozenset[Triple]
) -> NamedNode:
    if own := _own(facts, record, new):
        return own
    known = {quad.triple for quad in stay}
    anew, cited = _cited(facts, new - known), _cited(facts, new)
    spoken = {quad.graph_name for quad in stay if isinstance(quad.graph_name, NamedNode)}
    for graphs in (anew, spoken & cited, cited):
        if graphs:
            return sorted(graphs, key=str)[0]
    if len(spoken) == 1:
        return spoken.pop()
    raise Homeless


def _own(facts: Facts, record: NamedNode, new: Iterable[Triple]) -> NamedNode | None:
    """The graph of a source, or of the source that a locator is a place in."""
    finders: dict[str, Callable[[], NamedNode | None]] = {
        "source": lambda: ids.graph(ids.key(record)),
        "locator": lambda: graph_of(facts, record) or _whole(new),
    }
    find = finders.get(ids.kind(record))
    return find() if find else None


def _whole(new: Iterable[Triple]) -> NamedNode | None:
    for triple in new:
        if triple.predicate == PART and isinstance(triple.object, NamedNode):
            return ids.graph(ids.key(triple.object))
    return None


def _cited(facts: Facts, triples: Iterable[Triple]) -> set[NamedNode]:
    """The graphs of the sources that these facts cite."""
    return {
        graph
        for triple in triples
        if triple.predicate == SOURCE and isinstance(triple.object, NamedNode)
        if (graph := graph_of(facts, triple.object))
    }


def _in(triple: Triple, graph: NamedNode) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object, graph)
