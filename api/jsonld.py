"""A thing's triples as JSON-LD under our one context, the thing on top and the rest inside it."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from pyld import jsonld
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from api.compaction import Compactor, Node
from ocsea.namespaces import BASE, RDF_TYPE
from ocsea.resources import context_file

CONTEXT = BASE + "context.jsonld"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


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


def document(triples: Iterable[Triple], iri: str) -> bytes:
    """The triples as a compacted document that names its context by address."""
    compacted = _compactor().compact(expanded(triples, iri))
    return json.dumps(compacted, ensure_ascii=False, indent=2).encode()


def expanded(triples: Iterable[Triple], iri: str) -> Node:
    """The triples as expanded JSON-LD: the thing's node, and the others inside it."""
    return _tree(_nodes(triples), iri)


@cache
def _compactor() -> Compactor:
    return Compactor(CONTEXT, {"documentLoader": load})


def _nodes(triples: Iterable[Triple]) -> dict[str, Node]:
    """An object a subject."""
    nodes: dict[str, Node] = {}
    for triple in triples:
        subject = _id(triple.subject)
        node = nodes.setdefault(subject, {"@id": subject})
        if triple.predicate == RDF_TYPE and isinstance(triple.object, NamedNode | BlankNode):
            node.setdefault("@type", []).append(_id(triple.object))
        else:
            node.setdefault(triple.predicate.value, []).append(_value(triple.object))
    return nodes


def _tree(nodes: dict[str, Node], iri: str) -> Node:
    """The thing's node, with what it names inside it and what points to it under `@reverse`."""
    top, itself = nodes.pop(iri, {"@id": iri}), {"@id": iri}
    for predicate in _predicates(top):
        top[predicate] = [nodes.pop(value.get("@id", ""), value) for value in top[predicate]]
    reverse: dict[str, list[Node]] = {}
    for node in nodes.values():
        for predicate in _predicates(node):
            if itself in node[predicate]:
                node[predicate].remove(itself)
                if not node[predicate]:
                    del node[predicate]
                reverse.setdefault(predicate, []).append(node)
    return top | ({"@reverse": reverse} if reverse else {})


def _predicates(node: Node) -> list[str]:
    return [key for key in node if not key.startswith("@")]


def _id(term: NamedNode | BlankNode | Triple) -> str:
    if isinstance(term, Triple):
        raise TypeError(f"JSON-LD 1.1 has no place for the triple {term} inside another")
    return term.value if isinstance(term, NamedNode) else str(term)


def _value(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, str]:
    if not isinstance(term, Literal):
        return {"@id": _id(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    if term.datatype.value == _STRING:
        return {"@value": term.value}
    return {"@value": term.value, "@type": term.datatype.value}
