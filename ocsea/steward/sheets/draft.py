"""A proposal in the making: what is to be said of each record, where it stands, what is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad, Triple

from ocsea.namespaces import term
from ocsea.steward.facts import Facts
from ocsea.steward.sent import Finding, Place
from ocsea.steward.sheets.placing import Homeless, placed

Places = dict[tuple[NamedNode, str], Place]


@dataclass
class Draft:
    """The facts of each record as they are to become; `facts` are those of the current release."""

    facts: Facts
    after: dict[NamedNode, frozenset[Triple]] = field(default_factory=dict)
    places: Places = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _brought: set[NamedNode] = field(default_factory=set)

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

    def quads(self) -> Mapping[NamedNode, tuple[frozenset[Quad], frozenset[Quad]]]:
        """Of each record that changes, its quads before and after."""
        found = {}
        for record in self._needed():
            after = self.after[record]
            before = frozenset(self.facts.stated(record))
            try:
                becomes = placed(self.facts, record, before, after)
            except Homeless:
                self._tell_homeless(record)
                continue
            if before != becomes:
                found[record] = (before, becomes)
        return found

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
