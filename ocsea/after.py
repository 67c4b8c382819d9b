"""What the sources state after a change: the release before it, less what goes, plus what comes."""

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, Store, Triple

from ocsea.derived import DERIVED, ONTOLOGY

Pattern = tuple[Any, Any, Any]
"""Subject, predicate and object, each a term or None for any."""
_MADE = frozenset(map(NamedNode, (*DERIVED, ONTOLOGY)))


class After:
    """The facts of a release once `gone` has left it and `come` has come, looked up one by one.

    Only those of graphs with a name: in a store nothing tells the others from the merge. `store` is
    the release's: its default graph is the merge of all graphs. What is inferred or found by the
    audit is no fact, and neither is the ontology.
    """

    def __init__(self, store: Store, gone: Collection[Quad], come: Collection[Quad]) -> None:
        self._store = store
        self.gone, self.come = frozenset(gone), frozenset(come)

    @cached_property
    def changed(self) -> list[Triple]:
        """The triples of the quads that go or come, each once."""
        return list(dict.fromkeys(quad.triple for quad in (*self.gone, *self.come)))

    def before(self, pattern: Pattern) -> Iterator[Quad]:
        """The facts of the release before that are like this."""
        return _facts(self._store.quads_for_pattern(*pattern))

    def stated(self, pattern: Pattern) -> Iterator[Triple]:
        """The facts after the change that are like this."""
        yield from (quad.triple for quad in self.before(pattern) if quad not in self.gone)
        for quad in self.come:
            if all(a in (None, b) for a, b in zip(pattern, quad.triple, strict=True)):
                yield quad.triple

    def states(self, triple: Triple) -> bool:
        """Whether a triple is a fact after the change."""
        return any(True for _ in self.stated(_of(triple)))

    def describes(self, thing: object) -> bool:
        """Whether anything is a fact about this thing after the change."""
        return any(True for _ in self.stated((thing, None, None)))

    def made(self, graph: NamedNode, pattern: Pattern) -> Iterator[Triple]:
        """What a graph that is made from the facts held before, as far as it is like this."""
        return (quad.triple for quad in self._store.quads_for_pattern(*pattern, graph))

    def was_made(self, graph: NamedNode, triple: Triple) -> bool:
        """Whether a graph that is made from the facts held this triple before."""
        return any(True for _ in self.made(graph, _of(triple)))


def _of(triple: Triple) -> Pattern:
    return triple.subject, triple.predicate, triple.object


def _facts(quads: Iterable[Quad]) -> Iterator[Quad]:
    """Those of named graphs that hold facts; in the merge they would stand a second time."""
    return (q for q in quads if q.graph_name not in _MADE and q.graph_name != DefaultGraph())
