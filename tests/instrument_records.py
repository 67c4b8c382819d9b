"""What is loaded of the source `instruments`: the objects of a subject and a predicate."""

from collections import defaultdict
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

from ocsea.namespaces import PREFIXES, term
from ocsea.resources import ROOT
from ocsea.sources import load_source, open_sources

Graph = dict[tuple[NamedNode, str], list[NamedNode | Literal]]
"""The objects of a subject and a predicate, the predicate as a prefixed name."""


@cache
def graph() -> Graph:
    source, load = next(pair for pair in open_sources(ROOT) if pair[0].stem == "instruments")
    return index(load_source(source, load))


def index(triples: list[Triple]) -> Graph:
    found: Graph = defaultdict(list)
    for triple in triples:
        prefix, namespace = next(
            p for p in PREFIXES.items() if triple.predicate.value.startswith(p[1])
        )
        name = f"{prefix}:{triple.predicate.value.removeprefix(namespace)}"
        assert isinstance(triple.subject, NamedNode)
        assert isinstance(triple.object, NamedNode | Literal)
        found[triple.subject, name].append(triple.object)
    return found


def values(subject: NamedNode, name: str) -> list[str]:
    return [value.value for value in graph().get((subject, name), [])]


def value(subject: NamedNode, name: str) -> str:
    """The one value, or the empty string where there is none."""
    return "".join(values(subject, name)[:1])


def places(subject: NamedNode) -> list[str]:
    """Where a record says it comes from: the places of the locators it cites."""
    return [value(NamedNode(cited), "ocsea:place") for cited in values(subject, "dcterms:source")]


def of_class(*names: str) -> list[NamedNode]:
    kinds = {term(f"ocsea:{name}") for name in names}
    return [s for (s, p), found in graph().items() if p == "rdf:type" and kinds & set(found)]
