"""A thing's triples as JSON-LD under our one context, in any of the forms that JSON-LD names."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import orjson
from pyoxigraph import Triple

from api.jsonld.shaping import Frames
from ocsea.compaction import Node
from ocsea.jsonld import compactor, nodes
from ocsea.namespaces import term

_LABEL = term("rdfs:label").value


@cache
def frames() -> Frames:
    """The shapes of documents, by class."""
    return Frames(compactor())


def document(triples: Iterable[Triple], iri: str, form: str = "framed") -> bytes:
    """The triples as a document about a thing: `framed`, `compacted`, `expanded`, `flattened`."""
    return composed(nodes(triples), iri, form)


def composed(said: Iterable[Node], iri: str, form: str) -> bytes:
    """The same of nodes, each with all that is said of one thing; they stay as they are."""
    return orjson.dumps(FORMS[form](Told(said, iri)), option=orjson.OPT_INDENT_2)


def expanded(triples: Iterable[Triple], iri: str) -> Node:
    """The triples as expanded JSON-LD: the thing's node, and the others inside it."""
    return Told(nodes(triples), iri).tree()


class Told:
    """What is told of a thing: a node a subject, and which of them lead to the thing by what."""

    def __init__(self, said: Iterable[Node], iri: str) -> None:
        self.iri = iri
        self.nodes: dict[str, Node] = {node["@id"]: node for node in said}
        self._inside: dict[str, Node] = {}
        thing = {"@id": iri}
        self._leading = {
            subject: names
            for subject, node in self.nodes.items()
            if subject != iri
            and (names := [n for n, values in node.items() if n[0] != "@" and thing in values])
        }

    @property
    def types(self) -> tuple[str, ...]:
        """The classes of the thing."""
        return tuple(self.nodes.get(self.iri, {}).get("@type", ()))

    def tree(self) -> Node:
        """The thing's node, with what it names inside it and what leads to it under `@reverse`.

        What leads to it is told there, and named by its IRI elsewhere. All else is told wherever
        the thing, or what leads to it, names it; what that names in turn comes with its label.
        """
        rank = frames().of(self.types).rank
        top = self._whole(self.nodes.get(self.iri, {"@id": self.iri}))
        reverse: dict[str, list[Node]] = {}
        for subject, names in self._leading.items():
            name = min(names, key=lambda name: (rank.get(name, len(rank)), name))
            reverse.setdefault(name, []).append(self._without(subject, name))
        return top | ({"@reverse": reverse} if reverse else {})

    def _without(self, subject: str, name: str) -> Node:
        """A node that leads to the thing, but for the link by which it does."""
        node = self._whole(self.nodes[subject])
        values = [value for value in node.pop(name) if value != {"@id": self.iri}]
        return node | ({name: values} if values else {})

    def _whole(self, node: Node) -> Node:
        return _with(node, self._told_inside)

    def _told_inside(self, value: Node) -> Node:
        """What is said of a thing that is named, unless that has a place of its own."""
        iri = value.get("@id")
        if iri not in self.nodes or iri in self._leading or iri == self.iri:
            return value
        if iri not in self._inside:
            self._inside[iri] = _with(self.nodes[iri], self._labelled)
        return self._inside[iri]

    def _labelled(self, value: Node) -> Node:
        iri = value.get("@id")
        if iri not in self.nodes or iri in self._leading or iri == self.iri:
            return value
        labels = self.nodes[iri].get(_LABEL)
        return value | ({_LABEL: labels} if labels else {})


def _framed(told: Told) -> Node:
    return frames().of(told.types).shape(compactor().compact(told.tree()))


FORMS: dict[str, Callable[[Told], Any]] = {
    "framed": _framed,
    "compacted": lambda told: compactor().compact(told.tree()),
    "expanded": lambda told: [told.tree()],
    "flattened": lambda told: compactor().flat(told.nodes.values()),
}


def _with(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each of its values changed, but for those of keywords."""
    return {
        name: values if name.startswith("@") else [change(value) for value in values]
        for name, values in node.items()
    }
