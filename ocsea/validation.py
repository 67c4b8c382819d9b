"""SHACL: is a graph complete and right, and if not, what is to be done about it?"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Generic, Protocol, TypeVar

import pyshacl
from pyoxigraph import NamedNode, Triple
from rdflib import SH, Graph, Node, URIRef

from ocsea import rdf
from ocsea.as_rdflib import to_rdflib
from ocsea.errors import OcseaError
from ocsea.namespaces import shorten, term

SEVERITIES = ("Violation", "Warning", "Info")
"""Violation: wrong, never published. Warning: incomplete. Info: worth a look."""


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that a shape has to say of one node, in words a steward understands."""

    severity: str
    focus: str
    path: str
    value: str
    message: str
    shape: str

    def __str__(self) -> str:
        told = f"{self.severity}: {self.focus}: {self.message}"
        return f"{told} (found: {self.value})" if self.value else told


class Told(Protocol):
    """Anything that is told with how grave it is."""

    @property
    def severity(self) -> str:
        """One of `SEVERITIES`."""


T = TypeVar("T", bound=Told)


class Tallied(Generic[T]):
    """Findings, counted by how grave they are."""

    findings: tuple[T, ...]

    @property
    def conforms(self) -> bool:
        """Whether nothing is wrong; incomplete and questionable things may remain."""
        return not self.of("Violation")

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        counted = Counter(finding.severity for finding in self.findings)
        return {severity: counted[severity] for severity in SEVERITIES}

    @property
    def tally(self) -> str:
        """The counts in words: `4 violations, 1 warning, 0 infos`."""
        pairs = self.counts.items()
        return ", ".join(f"{n} {name.lower()}{'' if n == 1 else 's'}" for name, n in pairs)

    def of(self, severity: str) -> list[T]:
        """The findings of one severity."""
        return [finding for finding in self.findings if finding.severity == severity]


@dataclass(frozen=True)
class Report(Tallied[Finding]):
    """The findings about a graph; it conforms where none is a violation."""

    findings: tuple[Finding, ...]


def validate(triples: Iterable[Triple], focus: Collection[NamedNode] | None = None) -> Report:
    """Check a graph against all shapes; with `focus`, report only what concerns those nodes.

    `triples` holds the data and the ontology, by whose subclass axioms shapes find the instances
    of a class. Raises OcseaError where the shapes cannot be run.
    """
    return read(run(triples), focus)


def read(results: Graph, focus: Collection[NamedNode] | None = None) -> Report:
    """The engine's report in words; with `focus`, only what concerns those nodes."""
    nodes = list(results.subjects(None, SH.ValidationResult))
    if focus is not None:
        # Not pySHACL's own focus_nodes: it skips what shapes check of nested nodes.
        about = {URIRef(node.value) for node in focus}
        nodes = [node for node in nodes if _concerned(results, node) & about]
    return Report(tuple(sorted({_finding(results, node) for node in nodes}, key=_by_severity)))


def run(triples: Iterable[Triple]) -> Graph:
    """The SHACL report about a graph that holds data and ontology, as the engine gives it.

    Raises OcseaError where the shapes cannot be run.
    """
    data = to_rdflib(triples)
    _, results, text = pyshacl.validate(data, shacl_graph=shapes(), inference="none")
    if not isinstance(results, Graph):
        raise OcseaError(f"The shapes could not be run: {text}")
    return results


@lru_cache(maxsize=2)
def run_once(triples: frozenset[Triple]) -> Graph:
    """The same of a slice of a graph, kept for when it is wanted again; not to be changed.

    Who publishes a submission has just had the same slice judged.
    """
    return run(triples)


def needed(terms: Iterable[Triple], triples: Iterable[Triple]) -> list[Triple]:
    """As much of an ontology as shapes ask for when they judge these triples: which class is below
    which, and what is said of the terms that are named."""
    named = {triple.object for triple in triples}
    return [t for t in terms if t.predicate == term("rdfs:subClassOf") or t.subject in named]


def _concerned(results: Graph, node: Node) -> set[Node | None]:
    return {results.value(node, SH.focusNode), results.value(node, SH.value)}


@cache
def shapes() -> Graph:
    """All shapes as one graph; read once, and not to be changed."""
    return to_rdflib(rdf.shapes())


def _by_severity(finding: Finding) -> tuple[int, Finding]:
    return SEVERITIES.index(finding.severity), finding


def _finding(results: Graph, node: Node) -> Finding:
    def text(predicate: URIRef) -> str:
        value = results.value(node, predicate)
        return "" if value is None else str(value)

    return Finding(
        severity=text(SH.resultSeverity).removeprefix(str(SH)),
        focus=shorten(text(SH.focusNode)),
        path=shorten(text(SH.resultPath)),
        value=shorten(text(SH.value)),
        message=text(SH.resultMessage),
        shape=shorten(text(SH.sourceShape)),
    )
