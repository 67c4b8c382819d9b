"""What a release states: facts by source, found by key, however large the graph is."""

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from ocsea import ids
from ocsea.derived import DERIVED, ONTOLOGY
from ocsea.namespaces import ID, RDF_TYPE, term
from ocsea.release import Release
from ocsea.values import english

Term = NamedNode | Literal

LABEL, SOURCE, PART = term("rdfs:label"), term("dcterms:source"), term("dcterms:isPartOf")
ISO3, IDENTIFIER = term("ocsea:iso3"), term("dcterms:identifier")
STATE_LINKS = tuple(
    term(name)
    for name in (
        *("ocsea:party", "sdmx-dimension:refArea", "ocsea:state", "org:member"),
        *("ocsea:ofState", "ocsea:takesPlaceIn"),
    )
)
"""The properties by which the records of a template name their state."""

_DERIVED = DERIVED | {ONTOLOGY}
_SUBCLASS = term("rdfs:subClassOf")
_ONTOLOGY = NamedNode(ONTOLOGY)
_STATES = ("state", "entity")


def is_stated(quad: Quad) -> bool:
    """Whether a quad stands in the graph of a source, not in one that is made from the facts."""
    graph = quad.graph_name
    return isinstance(graph, NamedNode) and graph.value not in _DERIVED


def is_state(thing: object) -> bool:
    """Whether this is the IRI of a state or another entity that joins treaties."""
    return isinstance(thing, NamedNode) and ours(thing) and ids.kind(thing) in _STATES


def ours(thing: NamedNode) -> bool:
    """Whether this is the IRI of a thing of the graph."""
    return thing.value.startswith(ID) and "/" in thing.value.removeprefix(ID)


class Facts:
    """A release's facts, and those that a submission adds to them while it is read.

    Every question goes to the store by a key, and each thing is read once.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._stated: dict[NamedNode, list[Quad]] = {}
        self._merged: dict[tuple[NamedNode, NamedNode], list[Term | BlankNode]] = {}
        self._learned: dict[NamedNode, list[Triple]] = {}
        self._classes: dict[NamedNode, dict[NamedNode, str]] = {}

    @classmethod
    def of(cls, release: Release) -> "Facts":
        """The facts of a release, whose store is opened for reading."""
        return cls(Store.read_only(str(release.store)))

    def learn(self, triples: Iterable[Triple]) -> None:
        """Facts that a submission brings, so that its other rows may speak of them."""
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                self._learned.setdefault(triple.subject, []).append(triple)
                self._merged.pop((triple.subject, triple.predicate), None)

    def learned(self, label: str) -> list[NamedNode]:
        """The things of this name that the submission itself brings."""
        return [
            thing
            for thing, triples in self._learned.items()
            if any(t.predicate == LABEL and t.object == english(label) for t in triples)
        ]

    def stated(self, thing: NamedNode) -> list[Quad]:
        """What the sources of the release state of a thing, each in its source's graph."""
        if thing not in self._stated:
            told = self._store.quads_for_pattern(thing, None, None, None)
            self._stated[thing] = [quad for quad in told if is_stated(quad)]
        return self._stated[thing]

    def entailed(self, thing: NamedNode) -> set[Triple]:
        """What the release infers, or finds, of a thing, and no source states."""
        merged = self._store.quads_for_pattern(thing, None, None, DefaultGraph())
        return {quad.triple for quad in merged} - {quad.triple for quad in self.stated(thing)}

    def values(self, thing: NamedNode, prop: NamedNode) -> list[Term | BlankNode]:
        """The values of a property, with what is inferred and what the submission brings."""
        asked = (thing, prop)
        if asked not in self._merged:
            known = self._store.quads_for_pattern(thing, prop, None, DefaultGraph())
            objects = [quad.object for quad in known]
            objects += [t.object for t in self._learned.get(thing, []) if t.predicate == prop]
            self._merged[asked] = [o for o in objects if not isinstance(o, Triple)]
        return self._merged[asked]

    def text(self, thing: NamedNode, prop: NamedNode) -> str:
        """The first value of a property as text, empty where there is none."""
        return min((value.value for value in self.values(thing, prop)), default="")

    def label(self, thing: NamedNode) -> str:
        """What a thing is called; its key where it has no label."""
        return self.text(thing, LABEL) or (ids.key(thing) if ours(thing) else thing.value)

    def known(self, thing: NamedNode) -> bool:
        """Whether release or submission say what this thing is."""
        return bool(self.values(thing, RDF_TYPE))

    def with_value(self, prop: NamedNode, value: Term) -> Iterator[NamedNode]:
        """The things that have a value, by the release."""
        for quad in self._store.quads_for_pattern(None, prop, value, DefaultGraph()):
            if isinstance(quad.subject, NamedNode):
                yield quad.subject

    def state(self, iso3: str) -> NamedNode | None:
        """The state or other entity with this ISO 3166 alpha-3 code."""
        for thing in self.with_value(ISO3, Literal(iso3)):
            return thing
        return next((s for s in self._learned if is_state(s) and ids.key(s) == iso3), None)

    def states_of(self, quads: Iterable[Quad]) -> set[NamedNode]:
        """The states that a record names as its own."""
        return {
            quad.object
            for quad in quads
            if quad.predicate in STATE_LINKS
            and isinstance(quad.object, NamedNode)
            and is_state(quad.object)
        }

    def classes(self, root: NamedNode) -> dict[NamedNode, str]:
        """A class and all below it, by the release's ontology, with what they are called."""
        if root not in self._classes:
            found = {root: self.text(root, LABEL)}
            for quad in self._store.quads_for_pattern(None, _SUBCLASS, root, _ONTOLOGY):
                if isinstance(quad.subject, NamedNode):
                    found |= self.classes(quad.subject)
            self._classes[root] = found
        return self._classes[root]
