"""What is made from the facts after a change: what follows, what is found, and what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pyoxigraph import DefaultGraph, Quad, Store, Triple

from ocsea.after import After
from ocsea.audit import discrepancies
from ocsea.background import in_background
from ocsea.changes import NotWritten
from ocsea.derived import AUDIT, INFERRED, ONTOLOGY, matters
from ocsea.difference import difference
from ocsea.documents import Unreadable, refuse_newer
from ocsea.inference import Contradiction, infer
from ocsea.namespaces import term
from ocsea.rdf import in_graph, ntriples, ontology
from ocsea.reinference import reinfer
from ocsea.release import UNNAMED, Content, Release, load, node, read_graph
from ocsea.validation import Report, validate

T = TypeVar("T")
SHOWN = 100
"""How many findings are told of a change that does not conform."""


@dataclass(frozen=True)
class Delta:
    """The facts that went from the graphs and those that came to them."""

    gone: list[Quad]
    come: list[Quad]

    @property
    def triples(self) -> list[Triple]:
        """All of them, without their graphs."""
        return [quad.triple for quad in (*self.gone, *self.come)]


def some(graphs: Mapping[str, bytes]) -> dict[str, Content]:
    """The graphs that hold anything."""
    return {iri: content for iri, content in graphs.items() if content}


@dataclass(frozen=True)
class Made:
    """What was derived: graphs, how many discrepancies there are, and the findings by severity."""

    graphs: dict[str, Content]
    discrepancies: int
    validation: dict[str, int]


def derive(release: Release, before: Mapping[str, Content], after: Mapping[str, Content]) -> Made:
    """What is made from the facts `after`, those of the release being `before`; by graphs' IRIs.

    Raises NotWritten where the shapes refuse them, or they contradict the ontology.
    """
    delta = _delta(before, after)
    terms = list(read_graph(after[ONTOLOGY])) if ONTOLOGY in after else []
    same_terms = before.get(ONTOLOGY) == after.get(ONTOLOGY)
    manifest, graphs = release.manifest, release.graphs()
    if same_terms and not matters(delta.triples, terms):
        kept: dict[str, Content] = {iri: graphs[iri] for iri in (INFERRED, AUDIT) if iri in graphs}
        validation = manifest.get("validation", Report(()).counts)
        return Made(kept, manifest.get("discrepancies", 0), validation)
    facts = [triple for iri in after if iri != ONTOLOGY for triple in read_graph(after[iri])]
    known = list(dict.fromkeys([*facts, *terms, *ontology()]))
    checked = in_background(lambda: validate(known))
    inferred = _inferred(release, delta, terms) if same_terms else None
    if inferred is None:
        inferred = ntriples(_contradicting(lambda: infer(facts, terms)))
    audited = discrepancies(_merge({**after, INFERRED: inferred}))
    report = checked()
    _refuse_violations(report)
    found = sum(triple.object == term("ocsea:Discrepancy") for triple in audited)
    return Made(some({INFERRED: inferred, AUDIT: ntriples(audited)}), found, report.counts)


def _delta(before: Mapping[str, Content], after: Mapping[str, Content]) -> Delta:
    gone: list[Quad] = []
    come: list[Quad] = []
    for iri in {**before, **after}:
        less, more = difference(before.get(iri), after.get(iri))
        gone += in_graph(less, node(iri))
        come += in_graph(more, node(iri))
    try:
        for quad in come:
            refuse_newer(quad.triple)
    except Unreadable as error:
        raise NotWritten("malformed", str(error)) from None
    return Delta(gone, come)


def _inferred(release: Release, delta: Delta, terms: list[Triple]) -> bytes | None:
    """What follows from the facts after a change; None where that has to be worked out anew."""
    old = release.graphs().get(INFERRED)
    quads = (*delta.gone, *delta.come)
    if old is None or any(isinstance(quad.graph_name, DefaultGraph) for quad in quads):
        return None
    after = After(Store.read_only(str(release.store)), delta.gone, delta.come)
    changed = _contradicting(lambda: reinfer(after, terms))
    if changed is None:
        return None
    gone, come = (set(ntriples(triples).splitlines(True)) for triples in changed)
    return b"".join(sorted(set(old.read_bytes().splitlines(True)) - gone | come))


def _contradicting(work: Callable[[], T]) -> T:
    """What comes of inference, or a refusal where the facts contradict the ontology."""
    try:
        return work()
    except Contradiction as error:
        raise NotWritten("not-conforming", str(error)) from None


def _merge(graphs: Mapping[str, Content]) -> Store:
    """A store as the audit's rules see it: named graphs, and each triple once in their merge."""
    store = Store()
    for iri, content in graphs.items():
        if iri != UNNAMED:
            load(store, content, node(iri))
        load(store, content, DefaultGraph())
    return store


def _refuse_violations(report: Report) -> None:
    if report.conforms:
        return
    found = report.of("Violation")
    told = [
        {"severity": f.severity, "focus": f.focus, "path": f.path, "value": f.value}
        | {"message": f.message, "shape": f.shape}
        for f in found[:SHOWN]
    ]
    detail = f"{len(found)} violations; nothing was changed. The first: {found[0]}"
    raise NotWritten("not-conforming", detail, findings=told, counts=report.counts)
