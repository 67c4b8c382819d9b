"""Shapes with one thing taken out of them, to see whether the examples notice.

A mutant lacks one constraint, or one class or property that a shape targets. It is run with no more
than the shapes that can reach what was taken out, over the examples that are likeliest to notice.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from rdflib import SH, Graph, Node, URIRef
from rdflib.collection import Collection

REFERENCES = (SH.property, SH.qualifiedValueShape, SH["not"])
TARGETS = (SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf)
QUALIFIED = (SH.qualifiedMinCount, SH.qualifiedMaxCount)
_ELSEWHERE = (SH.group, SH["class"])

Triple = tuple[Node, Node, Node]


@dataclass(frozen=True)
class Mutant:
    """What was taken out, and the shapes that can tell: whole, and without it."""

    taken: Triple
    whole: Graph
    without: Graph

    @property
    def names(self) -> set[Node]:
        """The shapes that it is run with."""
        return set(self.whole.subjects())


class Mutants:
    """All mutants of a graph of shapes in which one triple of these properties is taken out."""

    def __init__(self, shapes: Graph, properties: Iterable[Node]) -> None:
        self._shapes = shapes
        self._properties = tuple(properties)
        self._whole: dict[Node, Graph] = {}

    def __iter__(self) -> Iterator[Mutant]:
        taken = chain.from_iterable(
            self._shapes.triples((None, name, None)) for name in self._properties
        )
        for triple in sorted(taken):
            for entry in self._entries(triple[0]):
                yield self._mutant(triple, entry)

    def _mutant(self, triple: Triple, entry: Node) -> Mutant:
        whole = self._whole.setdefault(entry, self._reached(entry))
        without = Graph()
        for each in whole:
            without.add(each)
        without.remove(triple)
        if not any((triple[0], name, None) in without for name in QUALIFIED):
            # What is counted may not stand alone.
            without.remove((triple[0], SH.qualifiedValueShape, None))
        return Mutant(triple, whole, without)

    def _reached(self, entry: Node) -> Graph:
        found, seen, left = Graph(), set(), [entry]
        while left:
            node = left.pop()
            if node in seen:
                continue
            seen.add(node)
            for triple in self._shapes.triples((node, None, None)):
                found.add(triple)
                is_term = triple[1] == SH.path and isinstance(triple[2], URIRef)
                if triple[1] not in _ELSEWHERE and not is_term:
                    left.append(triple[2])
        return found

    def _entries(self, shape: Node) -> list[Node]:
        """The shapes with a target from which this one is reached."""
        found, seen, left = set(), set(), [shape]
        while left:
            each = left.pop()
            if each in seen:
                continue
            seen.add(each)
            if any((each, target, None) in self._shapes for target in TARGETS):
                found.add(each)
            left += self._users.get(each, ())
        return sorted(found)

    @cached_property
    def _users(self) -> dict[Node, set[Node]]:
        found: dict[Node, set[Node]] = {}
        for name in REFERENCES:
            for user, used in self._shapes.subject_objects(name):
                found.setdefault(used, set()).add(user)
        for user, either in self._shapes.subject_objects(SH["or"]):
            for used in Collection(self._shapes, either):
                found.setdefault(used, set()).add(user)
        return found


def unnoticed(mutants: Iterable[Mutant], noticed: Callable[[Mutant], bool]) -> set[Triple]:
    """What was taken out without anybody noticing, whichever shape it was reached from."""
    results: dict[Triple, bool] = {}
    for mutant in mutants:
        if not results.get(mutant.taken):
            results[mutant.taken] = noticed(mutant)
    return {taken for taken, was in results.items() if not was}
