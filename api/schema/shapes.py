"""The SHACL shapes as their page shows them: what is checked of what, in words."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from markupsafe import Markup
from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, Node, URIRef

from api.pages import local, short
from ocsea.as_rdflib import to_rdflib
from ocsea.namespaces import SHAPES
from ocsea.rdf import read_turtle
from ocsea.resources import shapes_files

TARGETS = {
    SH.targetClass: "every {}",
    SH.targetSubjectsOf: "whatever has {}",
    SH.targetObjectsOf: "whatever {} leads to",
    SH.targetNode: "{} alone",
}
DEMANDS = {
    SH["class"]: "is of the class {}",
    SH.datatype: "has the datatype {}",
    SH.nodeKind: "is of the kind {}",
    SH["in"]: "is one of {}",
    SH.hasValue: "{} is among the values",
    SH.minInclusive: "is {} or more",
    SH.maxInclusive: "is {} or less",
    SH.lessThan: "comes before what {} says",
    SH.minLength: "has {} or more characters",
    SH.maxLength: "has {} or fewer characters",
    SH.pattern: "matches {}",
    SH.languageIn: "is a text in {}",
    SH.uniqueLang: "no language twice",
    SH["or"]: "is any of these: {}",
    SH["not"]: "is not {}",
    SH.property: "keeps to {}",
}
COUNTS = {
    SH.minCount: "at least {}",
    SH.maxCount: "at most {}",
}
QUALIFIED = {
    SH.qualifiedMinCount: "at least {} of the values is {}",
    SH.qualifiedMaxCount: "at most {} of the values is {}",
}
PARTS = (SH["or"], SH["not"], SH.property, SH.qualifiedValueShape)
"""What leads from a shape to shapes that it is made of."""

ABOUT = (RDF.type, SH.path, SH.group, SH.name, SH.description, SH.severity, SH.message)
SPOKEN = {*TARGETS, *DEMANDS, *COUNTS, *QUALIFIED, *PARTS, *ABOUT}
"""Every predicate of a shape that the page puts into words."""


@dataclass(slots=True)
class Shape:
    """One check. `targets` are what it is made of, `demands` what must hold, all as HTML."""

    iri: str
    label: str
    description: str
    targets: list[Markup]
    path: Markup | None
    demands: list[Markup]
    severity: str
    message: str
    used_by: list[Markup] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What follows the `#`, which is the shape's anchor in the page."""
        return self.iri.removeprefix(SHAPES)


@dataclass(slots=True)
class Group:
    """The shapes of one file: mostly those of one class."""

    name: str
    label: str
    comment: str
    shapes: list[Shape]

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.shapes)


@cache
def graph() -> Graph:
    """All shapes as one graph."""
    return to_rdflib(read_turtle(shapes_files()))


@cache
def groups() -> list[Group]:
    """All shapes, in groups by the order of their names; those that are only parts come last."""
    shapes, members = graph(), defaultdict(list)
    for iri, shape in _shapes(shapes).items():
        members[shapes.value(iri, SH.group)].append(shape)
    parts = Group("parts", "Parts", "What several checks are made of.", members.pop(None, []))
    found = [_group(shapes, iri, of) for iri, of in members.items() if iri]
    return [*sorted(found, key=lambda group: group.label.lower()), parts]


@cache
def checks() -> dict[str, list[str]]:
    """The IRIs of the shapes that check each class or property, by its IRI."""
    shapes, found = graph(), defaultdict(set)
    for shape in _all(shapes):
        about = [o for p in (*TARGETS, SH.path) for o in shapes.objects(shape, p)]
        for term in {term for node in about for term in _terms(shapes, node)}:
            found[str(term)].add(str(shape))
    return {term: sorted(of) for term, of in found.items()}


def _all(shapes: Graph) -> list[URIRef]:
    kinds = (SH.NodeShape, SH.PropertyShape)
    found = {shape for kind in kinds for shape in shapes.subjects(RDF.type, kind)}
    return sorted(shape for shape in found if isinstance(shape, URIRef))


def _shapes(shapes: Graph) -> dict[URIRef, Shape]:
    found = {iri: _shape(shapes, iri) for iri in _all(shapes)}
    for iri in found:
        for predicate in PARTS:
            for part in _members(shapes, shapes.objects(iri, predicate)):
                if isinstance(part, URIRef) and part in found:
                    found[part].used_by.append(_link(shapes, iri))
    return found


def _group(shapes: Graph, iri: Node, members: list[Shape]) -> Group:
    label, comment = (_text(shapes, iri, predicate) for predicate in (RDFS.label, RDFS.comment))
    return Group(str(iri).removeprefix(SHAPES), label, comment, members)


def _shape(shapes: Graph, iri: URIRef) -> Shape:
    path = shapes.value(iri, SH.path)
    return Shape(
        iri=str(iri),
        label=_text(shapes, iri, SH.name),
        description=_text(shapes, iri, SH.description),
        targets=list(_targets(shapes, iri)),
        path=_path(shapes, path) if path else None,
        demands=[*_counts(shapes, iri), *_demands(shapes, iri), *_qualified(shapes, iri)],
        severity=_text(shapes, iri, SH.severity).removeprefix(str(SH)),
        message=_text(shapes, iri, SH.message),
    )


def _targets(shapes: Graph, shape: URIRef) -> Iterator[Markup]:
    for predicate, phrase in TARGETS.items():
        for value in sorted(shapes.objects(shape, predicate), key=str):
            yield Markup(phrase).format(_link(shapes, value))


def _counts(shapes: Graph, shape: URIRef) -> Iterator[Markup]:
    low, high = (shapes.value(shape, predicate) for predicate in COUNTS)
    if low and low == high:
        yield Markup("exactly {}").format(low)
    else:
        for value, phrase in zip((low, high), COUNTS.values(), strict=True):
            if value is not None:
                yield Markup(phrase).format(value)


def _demands(shapes: Graph, shape: URIRef) -> Iterator[Markup]:
    for predicate, phrase in DEMANDS.items():
        for value in sorted(shapes.objects(shape, predicate), key=str):
            members = _members(shapes, [value])
            links = Markup(", ").join(_link(shapes, member) for member in members)
            yield Markup(phrase).format(links)


def _qualified(shapes: Graph, shape: URIRef) -> Iterator[Markup]:
    for part in shapes.objects(shape, SH.qualifiedValueShape):
        for predicate, phrase in QUALIFIED.items():
            for count in shapes.objects(shape, predicate):
                yield Markup(phrase).format(count, _link(shapes, part))


def _path(shapes: Graph, node: Node) -> Markup:
    """A path in words; the steps of a sequence follow each other."""
    if isinstance(node, URIRef):
        return _link(shapes, node)
    if inverse := shapes.value(node, SH.inversePath):
        return Markup("what leads here by {}").format(_path(shapes, inverse))
    if choice := shapes.value(node, SH.alternativePath):
        return Markup(" or ").join(_path(shapes, step) for step in shapes.items(choice))
    return Markup(", then ").join(_path(shapes, step) for step in shapes.items(node))


def _terms(shapes: Graph, node: Node) -> Iterator[URIRef]:
    """The IRIs in a path or target, however deep."""
    if isinstance(node, URIRef):
        yield node
    elif isinstance(node, BNode):
        for predicate, value in shapes.predicate_objects(node):
            if predicate in (RDF.first, RDF.rest, SH.inversePath, SH.alternativePath):
                yield from _terms(shapes, value)


def _members(shapes: Graph, values: Iterator[Node] | list[Node]) -> Iterator[Node]:
    """The values, and of those that are lists the members."""
    for value in values:
        if isinstance(value, BNode) and shapes.value(value, RDF.first):
            yield from shapes.items(value)
        else:
            yield value


def _link(shapes: Graph, node: Node) -> Markup:
    """A term by its short name, a shape by what it is called, a literal as it stands."""
    if isinstance(node, Literal):
        return Markup("<code>{}</code>").format(node)
    label = _text(shapes, node, SH.name) or short(str(node))
    return Markup('<a href="{}">{}</a>').format(local(str(node)), label)


def _text(shapes: Graph, node: Node, predicate: Node) -> str:
    """What is said of a node, as text; empty where nothing is."""
    return str(shapes.value(node, predicate) or "")
