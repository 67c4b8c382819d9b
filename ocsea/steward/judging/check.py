"""Is what a steward proposes complete and right, and does it leave the rest so?

The same engine and the same shapes as of a build, and the rules across records, judge the changed
records together with what is near them. Told is what concerns these records, and what the change
breaks elsewhere; what was so before and was not touched is not.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain

from pyoxigraph import NamedNode, Quad, Store, Triple
from rdflib import Graph, Node

from ocsea.derived import ONTOLOGY
from ocsea.inference import Contradiction, infer
from ocsea.namespaces import ID, shorten
from ocsea.rdf import ontology
from ocsea.release import Release, read_graph
from ocsea.steward.judging.folding import as_one, not_told_yet
from ocsea.steward.judging.near import NAMED, Slice, near
from ocsea.steward.judging.places import Places
from ocsea.steward.judging.report import Report, ordered
from ocsea.steward.judging.rules import Broken, broken, left_pointing, world
from ocsea.steward.judging.teaching import Result, Teacher, read_results, words
from ocsea.steward.proposal import Proposal
from ocsea.steward.sent import Finding
from ocsea.validation import needed, run_once, shapes


def check(proposal: Proposal, release: Release, today: date) -> Report:
    """Judge a proposal against a release, `today` being the last day that one can know of."""
    if not (proposal.come or proposal.gone):
        return Report(release.version, ordered(proposal.findings))
    store = Store.read_only(str(release.store))
    terms = _terms(release)
    around = near(proposal, store)
    named = words([*terms, *(quad.triple for quad in around.after | around.before)])
    judge = _Judge(around, terms, Teacher(shapes(), named, store), Places(proposal, shapes()))
    return judge.report(release, proposal, today)


def _terms(release: Release) -> list[Triple]:
    file = release.graphs().get(ONTOLOGY)
    return list(read_graph(file)) if file else ontology()


@dataclass(frozen=True)
class _Judge:
    """What is needed to judge: the slice, the ontology, the words and the places."""

    slice: Slice
    terms: list[Triple]
    teacher: Teacher
    places: Places

    def report(self, release: Release, proposal: Proposal, today: date) -> Report:
        removed = {change.record for change in proposal.changes if not change.after}
        pointing = left_pointing(removed, self.slice.after)
        orphaned = {node.value for node in chain.from_iterable(pointing.values())}
        results = self._run(self.slice.after)
        by_shapes = dict(self._of_shapes(results, {node.value for node in removed}, orphaned))
        others = [*self._of_rules(today), *self._orphaning(pointing)]
        findings = [*proposal.findings, *not_told_yet(proposal.findings, by_shapes)]
        folded = as_one([*findings, *not_told_yet(findings, others)])
        nodes = {told: by_shapes[first] for told, first in folded.items() if first in by_shapes}
        return Report(release.version, ordered(folded), results, nodes)

    # By the shapes

    def _run(self, quads: Iterable[Quad]) -> Graph:
        """The engine's report on a slice, with as much of the ontology as shapes ask for."""
        triples = {quad.triple for quad in quads}
        return run_once(frozenset([*triples, *needed(self.terms, triples)]))

    def _of_shapes(
        self, results: Graph, removed: set[str], orphaned: set[str]
    ) -> Iterator[tuple[Finding, Node]]:
        """The results about what is changed, and those elsewhere that are new.

        That something is gone is told of what is taken out, not of all that named it.
        """
        changed = {record.value for record in self.slice.changed}
        whole = {record.value for record in self.slice.whole} - orphaned
        elsewhere = []
        for each in read_results(results):
            about = {each.focus, each.value}
            if about & removed:
                continue
            if about & changed:
                yield self._finding(each), each.node
            # A change breaks nothing of others by what they say themselves.
            elif each.focus in whole or not (each.path or each.focus in orphaned):
                elsewhere.append(each)
        known = self._known_before() if elsewhere else set()
        for each in elsewhere:
            if each.key not in known:
                yield self._finding(each, f"{self._label(each.focus)}: "), each.node

    def _known_before(self) -> set[tuple[str, ...]]:
        return {each.key for each in read_results(self._run(self.slice.before))}

    def _finding(self, result: Result, about: str = "") -> Finding:
        return Finding(
            severity=result.severity,
            place=self.places.of_result(result),
            value=self.teacher.plain(result.value),
            message=about + self.teacher.wrong(result),
            remedy=self.teacher.right(result),
            rule=shorten(str(result.shape)),
            focus=result.focus,
            path=result.path,
        )

    def _label(self, iri: str) -> str:
        return self.teacher.words.get(iri, iri.removeprefix(ID))

    # By the rules

    def _of_rules(self, today: date) -> Iterator[Finding]:
        before, _ = self._world(self.slice.before)
        after, contradictions = self._world(self.slice.after)
        yield from contradictions
        for each in broken(before, after, today):
            yield self._told(each)

    def _world(self, quads: Iterable[Quad]) -> tuple[Store, list[Finding]]:
        stated = [quad.triple for quad in quads]
        try:
            return world(quads, infer(stated, self.terms), self.terms), []
        except Contradiction as error:
            found = [self._contradiction(*each) for each in error.found]
            return world(quads, [], self.terms), found

    def _contradiction(self, thing: str, one: str, other: str) -> Finding:
        both = " and ".join(f"“{self._label(iri)}”" for iri in (one, other))
        return Finding(
            severity="Violation",
            place=self.places.of(thing),
            value="",
            message=f"{self._label(thing)} cannot be both {both}.",
            remedy="Correct its kind, or what is said of it that only the other can have.",
            rule="ontology",
            focus=thing,
        )

    def _told(self, each: Broken) -> Finding:
        changed = [record for record in each.records if record in self.slice.changed]
        record = (changed or list(each.records))[0].value
        path, place = each.property, self.places.of(record, shorten(each.property))
        if not path:
            path, place = self.places.telling(record, each.says)
        return Finding(
            severity=each.severity,
            place=place,
            value=each.value,
            message=f"{each.rule.title}: {', but '.join(each.says)}"
            + ("." if len(each.says) > 1 else ""),
            remedy=each.rule.rule,
            rule=each.rule.name,
            focus=record,
            path=path,
        )

    def _orphaning(self, pointing: Mapping[NamedNode, list[NamedNode]]) -> Iterator[Finding]:
        for record, others in pointing.items():
            shown = ", ".join(f"“{self._label(other.value)}”" for other in others[:NAMED])
            more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
            yield Finding(
                severity="Violation",
                place=self.places.of(record.value),
                value=record.value.removeprefix(ID),
                message=f"This record is taken out, but others name it: {shown}{more}.",
                remedy="Take those out as well, have them name another record, or leave this in.",
                rule="left-pointing",
                focus=record.value,
            )


def _text(node: object) -> str:
    return str(getattr(node, "value", ""))
