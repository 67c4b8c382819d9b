"""JSON-LD under our own context, which is the only one that is known; none is fetched."""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from pyld import jsonld
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from ocsea.compaction import Compactor, Node
from ocsea.namespaces import BASE, RDF_TYPE
from ocsea.resources import context_file

CONTEXT = BASE + "context.jsonld"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
"""Integers that JSON writes as RDF does, and that JavaScript can hold."""


@cache
def context() -> dict[str, Any]:
    """Our context document; read once, so that a process that can open no file has it too."""
    document: dict[str, Any] = json.loads(context_file().read_text(encoding="utf-8"))
    return document


def load(url: str, _options: object = None) -> dict[str, Any]:
    """PyLD's way to a remote document: our own context, and nothing else in the world."""
    if url != CONTEXT:
        raise ValueError(f"the context {url} is not ours and is not fetched; write it out instead")
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": context(),
    }


OPTIONS = {"documentLoader": load}
"""For PyLD, whatever it is asked to do."""


@cache
def compactor() -> Compactor:
    """What writes nodes under our context."""
    return Compactor(CONTEXT, OPTIONS)


def read_jsonld(text: str, base: str = "") -> list[Triple]:
    """The triples of a JSON-LD document; its only known context is ours, and none is fetched.

    Named graphs within it are merged; blank nodes get labels that no other document has.
    """
    options = {**OPTIONS, "format": "application/n-quads", "base": base}
    lines = jsonld.to_rdf(json.loads(text), options)
    quads = parse(lines, format=RdfFormat.N_QUADS, rename_blank_nodes=True)
    return [quad.triple for quad in quads]


def reason(error: Exception) -> str:
    """What is wrong with a file, in words."""
    if isinstance(error, RecursionError):
        return "nested too deeply to be read"
    if isinstance(error, jsonld.JsonLdError) and isinstance(error.__cause__, Exception):
        return reason(error.__cause__)
    if isinstance(error, SyntaxError) and error.lineno:
        return f"line {error.lineno}, column {error.offset}: {error.msg}"
    return str(error)


def nodes(triples: Iterable[Triple]) -> list[Node]:
    """The triples as nodes of expanded JSON-LD, one a subject, in the order in which they come."""
    found: dict[str, Node] = {}
    for triple in triples:
        subject, predicate, value = _id(triple.subject), triple.predicate, triple.object
        node = found.get(subject) or found.setdefault(subject, {"@id": subject})
        if predicate == RDF_TYPE and isinstance(value, NamedNode | BlankNode):
            node.setdefault("@type", []).append(_id(value))
        else:
            node.setdefault(predicate.value, []).append(_value(value))
    return list(found.values())


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
