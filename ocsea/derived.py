"""The graphs that are made from the facts: what follows from them, what is found in them, whose
they are.

They follow from the facts and the ontology, so that they are never written, only made again.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache

from pyoxigraph import NamedNode, Triple

from ocsea import ids
from ocsea.namespaces import ID, PREFIXES, RDF_TYPE
from ocsea.rdf import ontology, shapes
from ocsea.resources import queries

ONTOLOGY = ids.graph("ontology").value
INFERRED = ids.graph("inferred").value
AUDIT = ids.graph("audit").value
PROVENANCE = ids.graph("provenance").value
DERIVED = frozenset({INFERRED, AUDIT, PROVENANCE})

_META = tuple(PREFIXES[prefix] for prefix in ("rdf", "rdfs", "owl", "sh"))
_NAME = re.compile(r"\b([a-z-]+):([A-Za-z][\w.-]*)")


def matters(triples: Iterable[Triple], terms: Iterable[Triple]) -> bool:
    """Whether adding or removing these triples can change what is inferred, found or refused.

    It cannot where no rule, shape or axiom of `terms`, the release's ontology, knows the property,
    or the class where that is what is said, and the thing is none of ours: no pattern matches then.
    """
    known = _known_to_code() | _nodes(terms)
    return any(_known(triple, known) for triple in triples)


def _known(triple: Triple, known: Collection[NamedNode]) -> bool:
    if isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(ID):
        return True
    said = triple.object if triple.predicate == RDF_TYPE else triple.predicate
    return said in known or (isinstance(said, NamedNode) and said.value.startswith(_META))


@cache
def _known_to_code() -> frozenset[NamedNode]:
    """What the audit's rules, the shapes and the ontology of this version speak of."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in queries("audit"))
    ruled = {
        NamedNode(PREFIXES[prefix] + name)
        for prefix, name in _NAME.findall(text)
        if prefix in PREFIXES
    }
    labels = {NamedNode(PREFIXES["rdfs"] + "label")}
    return frozenset(ruled | labels | _nodes(shapes()) | _nodes(ontology()))


def _nodes(triples: Iterable[Triple]) -> set[NamedNode]:
    return {
        term
        for triple in triples
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, NamedNode)
    }
