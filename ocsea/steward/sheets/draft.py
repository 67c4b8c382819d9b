"""A proposal in the making: what is to be said of each record, where it stands, what is wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad, Triple

from ocsea.namespaces import term
from ocsea.rdf import in_graph
from ocsea.steward.facts import Facts, Term
from ocsea.steward.sent import Finding, Place
from ocsea.steward.sheets.citing import graph_of
from ocsea.steward.sheets.placing import Homeless, placed

Sides = dict[NamedNode, tuple[frozenset[Quad], frozenset[Quad]]]
Places = dict[tuple[NamedNode, str], Place]


@dataclass
class Draft:
    """The facts of each record as they are to become; `facts` are those of the current release.

    `unread` are the cells of which it is told elsewhere why nothing is in them, at first those that
    could not be read from their file; `lost` is what things were to be called whose rows have a
    mistake in them.
    """

    facts: Facts
    after: dict[NamedNode, frozenset[Triple]] = field(default_factory=dict)
    places: Places = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unread: set[Place] = field(init=False)
    lost: set[str] = field(default_factory=set)
    _brought: set[NamedNode] = field(default_factory=set)
    _links: dict[Triple, frozenset[NamedNode]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cells = (each.place for each in self.findings if each.severity == "Violation")
        self.unread = {place for place in cells if place.column}

    def tell(
        self,
        place: Place,
        value: str,
        message: str,
        remedy: str,
        rule: str,
        *,
        severity: str = "Violation",
        focus: NamedNode | None = None,
        path: str = "",
    ) -> None:
        """A finding; `path` is a prefixed name."""
        about = focus.value if focus else ""
        property_ = term(path).value if ":" in path and "//" not in path else path
        self.findings.append(
            Finding(severity, place, value, message, remedy, rule, about, property_)
        )

    def say(self, record: NamedNode, triples: Iterable[Triple]) -> None:
        """What is to be said of a record from now on; nothing where it is to be removed."""
        self.after[record] = frozenset(triples)

    def bring(self, triples: Iterable[Triple], place: Place) -> None:
        """Things that come along with a record: new locators, periods, data sets, states."""
        come: dict[NamedNode, list[Triple]] = {}
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                come.setdefault(triple.subject, []).append(triple)
        for thing, said in come.items():
            self.facts.learn(said)
            if thing not in self.after:
                self.after[thing] = frozenset(said)
                self._brought.add(thing)
            self.places.setdefault((thing, ""), place)

    def link(self, plain: Triple, cited: Iterable[Term], place: Place) -> None:
        """Have a fact stand in the graphs of these places and no others, in none where there are
        none, whatever else becomes of the record that it is about.
        """
        places = (each for each in cited if isinstance(each, NamedNode))
        graphs = (graph_of(self.facts, each) for each in places)
        self._links[plain] = frozenset(filter(None, graphs))
        if isinstance(plain.subject, NamedNode):
            self.places.setdefault((plain.subject, ""), place)

    def warn_if_shared(self, record: NamedNode, quads: Iterable[Quad], place: Place) -> None:
        """Tell that a record is of several states, so that it is edited knowingly."""
        states = sorted(self.facts.label(state) for state in self.facts.states_of(quads))
        if len(states) > 1:
            self.tell(
                place,
                self.facts.label(record),
                f"This record belongs to {len(states)} states: {', '.join(states)}.",
                "Change it only if what you write is true of all of them.",
                "record-shared",
                severity="Warning",
                focus=record,
            )

    def quads(self) -> Sides:
        """Of each record that changes, its quads before and after."""
        found: Sides = {}
        for record in self._needed():
            after = self.after[record]
            before = frozenset(self.facts.stated(record))
            try:
                becomes = placed(self.facts, record, before, after)
            except Homeless:
                self._tell_homeless(record)
                continue
            found[record] = (before, becomes)
        self._add_links(found)
        return {record: sides for record, sides in found.items() if sides[0] != sides[1]}

    def _add_links(self, found: Sides) -> None:
        for plain, graphs in self._links.items():
            subject = plain.subject
            if not isinstance(subject, NamedNode) or self.after.get(subject) == frozenset():
                continue  # what is taken out is linked no more
            stated = frozenset(self.facts.stated(subject))
            before, after = found.get(subject, (stated, stated))
            others = frozenset(quad for quad in after if quad.triple != plain)
            linked = (quad for graph in graphs for quad in in_graph([plain], graph))
            found[subject] = before, others.union(linked)

    def _needed(self) -> set[NamedNode]:
        """The records, and of what came along with rows that which is spoken of after all."""
        needed: set[NamedNode] = set()
        todo = list(self.after.keys() - self._brought)
        while todo:
            needed.add(record := todo.pop())
            spoken = {triple.object for triple in self.after[record]}
            todo += [thing for thing in self._brought - needed if thing in spoken]
        return needed

    def _tell_homeless(self, record: NamedNode) -> None:
        self.tell(
            self.places.get((record, ""), Place("")),
            self.facts.label(record),
            "It is not said where this was read, or that source is not known.",
            "Give dcterms:source a place in a source that the graph knows, or describe both.",
            "record-source",
            focus=record,
            path="dcterms:source",
        )
