"""The main classes as a picture: what is drawn, read from the ontology and the shapes.

A box stands for a class. It names the properties that lead from its things to those of another
box, and the kinds of the class that have no box of their own.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from rdflib import RDF, RDFS, SH, Graph, Node, URIRef

from api.pages import short
from api.schema import shapes
from api.schema.drawing import Box, Drawing, Row, draw
from ocsea.as_rdflib import to_rdflib
from ocsea.namespaces import TERMS, term
from ocsea.rdf import ontology

OURS = """Source Locator Claim Statement DateStatement Discrepancy DisputedClaim
ContractingEntity State Body Alliance Area Membership Involvement Tool
Instrument Provision Offence Obligation Exemption Addition
ParticipationRecord TreatyAction PartyStatus Reservation
Indicator Code Unit Period Initiative Commitment Recommendation Capability Topic Budget Term"""
CORE = [TERMS + name for name in OURS.split()]
CORE += [term(name).value for name in ("qb:Observation", "qb:DataSet")]
"""The classes that have a box."""

EVERYWHERE = frozenset({term("dcterms:source").value})
"""Properties that lead from nearly every class to the same one; lines for them would hide all."""

KINDS = 4
"""How many kinds of a class are named before the rest is only counted."""

Links = Mapping[tuple[str, str], list[str]]
Statement = tuple[Node, Node, Node]


@dataclass(frozen=True, slots=True)
class Files:
    """What is read: the terms, and the shapes that check them."""

    terms: Graph
    shapes: Graph


@cache
def drawn() -> Drawing:
    """The picture."""
    return draw(boxes(Files(to_rdflib(ontology()), shapes.graph())))


def boxes(files: Files) -> list[Box]:
    """A box for each main class, with what leads from it to others."""
    links = _links(files)
    return [_box(files.terms, iri, links) for iri in CORE]


def _box(terms: Graph, iri: str, links: Links) -> Box:
    rows = [_row(found, target, iri) for (source, target), found in links.items() if source == iri]
    above = sorted(str(cls) for cls in terms.objects(URIRef(iri), RDFS.subClassOf))
    return Box(iri, label(iri), rows, _kinds(terms, iri), [cls for cls in above if cls in CORE])


def _row(properties: list[str], target: str, box: str) -> Row:
    names = [re.split("[#/:]", name)[-1] for name in properties]
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    ends = f" → {label(target)}"
    full = ", ".join(map(label, properties)) + ends
    return Row(names[0] + more + ends, full, target if target != box else None)


def label(iri: str) -> str:
    """A class or property as the picture has it: ours without a prefix."""
    return iri.removeprefix(TERMS) if iri.startswith(TERMS) else short(iri)


def _kinds(terms: Graph, iri: str) -> str:
    """The kinds of a class that have no box, in words."""
    below = {str(kind) for kind in terms.subjects(RDFS.subClassOf, URIRef(iri))}
    names = sorted(label(kind) for kind in below - set(CORE))
    more = f" +{len(names) - KINDS}" if len(names) > KINDS else ""
    return ", ".join(names[:KINDS]) + more


def _links(files: Files) -> Links:
    """The properties that lead from one box to another."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source, predicate, target in sorted(set(_statements(files))):
        for start in _above(files.terms, source)[:1]:
            for end in _above(files.terms, target)[:1]:
                if str(predicate) not in EVERYWHERE and str(predicate) not in found[start, end]:
                    found[start, end].append(str(predicate))
    return {pair: properties for pair, properties in found.items() if properties}


def _above(terms: Graph, cls: Node) -> list[str]:
    """The boxes that hold what is of this class, the nearest first."""
    found, level = [], [cls]
    while level:
        found += [str(node) for node in sorted(level, key=str) if str(node) in CORE]
        level = [parent for node in level for parent in terms.objects(node, RDFS.subClassOf)]
    return list(dict.fromkeys(found))


def _statements(files: Files) -> Iterator[Statement]:
    """From which class which property leads to which, by domain and range, and by the shapes."""
    for predicate, domain in files.terms.subject_objects(RDFS.domain):
        for target in files.terms.objects(predicate, RDFS.range):
            yield domain, predicate, target
    for shape, path in files.shapes.subject_objects(SH.path):
        if isinstance(path, URIRef):
            for source in _checked(files, shape):
                for target in _classes(files.shapes, shape):
                    yield source, path, target


def _checked(files: Files, shape: Node) -> Iterator[Node]:
    """The classes whose things a shape checks."""
    yield from files.shapes.objects(shape, SH.targetClass)
    for predicate in files.shapes.objects(shape, SH.targetSubjectsOf):
        yield from files.terms.objects(predicate, RDFS.domain)
        for other in files.shapes.subjects(SH.targetSubjectsOf, predicate):
            if (other, RDF.type, SH.NodeShape) in files.shapes:
                yield from _classes(files.shapes, other)


def _classes(graph: Graph, shape: Node) -> Iterator[Node]:
    """The classes that a shape asks for, one or several to choose from."""
    yield from graph.objects(shape, SH["class"])
    for choice in graph.objects(shape, SH["or"]):
        for part in graph.items(choice):
            yield from graph.objects(part, SH["class"])
