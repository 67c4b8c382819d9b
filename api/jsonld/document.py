"""A thing's triples as JSON-LD under our one context, in any of the forms that JSON-LD names."""

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import orjson
from pyld import jsonld
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from api.jsonld.compaction import Compactor, Node
from api.jsonld.shaping import Frames
from ocsea.namespaces import BASE, RDF_TYPE, term
from ocsea.resources import context_file

CONTEXT = BASE + "context.jsonld"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
"""Integers that JSON writes as RDF does, and that JavaScript can hold."""
_LABEL = term("rdfs:label").value


@cache
def context() -> dict[str, Any]:
    """Our context document."""
    document: dict[str, Any] = json.loads(context_file().read_text(encoding="utf-8"))
    return document


def load(url: str, options: object = None) -> dict[str, Any]:
    """PyLD's way to a remote document: our own context, and nothing else in the world."""
    if url != CONTEXT:
        raise jsonld.JsonLdError(f"{url} is not loaded", "ocsea.Closed", code="loading failed")
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": context(),
    }


@cache
def compactor() -> Compactor:
    """What writes nodes under our context."""
    return Compactor(CONTEXT, {"documentLoader": load})


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


def nodes(triples: Iterable[Triple]) -> list[Node]:
    """The triples as nodes of expanded JSON-LD, one a subject."""
    found: dict[str, Node] = {}
    for triple in triples:
        subject, predicate, value = _id(triple.subject), triple.predicate, triple.object
        node = found.get(subject) or found.setdefault(subject, {"@id": subject})
        if predicate == RDF_TYPE and isinstance(value, NamedNode | BlankNode):
            node.setdefault("@type", []).append(_id(value))
        else:
            node.setdefault(predicate.value, []).append(_value(value))
    return list(found.values())


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


def _id(term: NamedNode | BlankNode | Triple) -> str:
    if isinstance(term, Triple):
        raise TypeError(f"JSON-LD 1.1 has no place for the triple {term} inside another")
    return term.value if isinstance(term, NamedNode) else str(term)


def _value(term: NamedNode | BlankNode | Literal | Triple) -> Node:
    """A value in expanded form; an integer as JSON has it, if that is read again as the same."""
    if not isinstance(term, Literal):
        return {"@id": _id(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    text, datatype = term.value, term.datatype.value
    if datatype == _STRING:
        return {"@value": text}
    if datatype == _INTEGER and _WHOLE.fullmatch(text):
        return {"@value": int(text)}
    return {"@value": text, "@type": datatype}
