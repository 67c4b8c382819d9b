"""What is made from the facts after a change: what follows, what is found, and what is wrong."""

from collections.abc import Callable, Iterable, Mapping
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
from ocsea.namespaces import RDF_TYPE, term
from ocsea.rdf import in_graph, ntriples, ontology
from ocsea.reinference import reinfer
from ocsea.release import UNNAMED, Content, Release, load, node, read_graph
from ocsea.steward.judging.near import near
from ocsea.steward.proposal import Proposal
from ocsea.validation import Finding, Report, needed, validate

T = TypeVar("T")
_IS_DISCREPANCY = f"{RDF_TYPE} {term('ocsea:Discrepancy')} .".encode()
FEW = 5000
"""The most facts that may change for only what is near them to be looked at again."""
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
    if same_terms and _is_local(delta, release):
        return _derive_near(delta, release, after, terms)
    checked = in_background(lambda: _judged_anew(after, terms))
    inferred = ntriples(_contradicting(lambda: infer(_stated(after), terms)))
    audited = _audited(after, inferred)
    return _made(inferred, audited, *checked())


def _derive_near(
    delta: Delta, release: Release, after: Mapping[str, Content], terms: list[Triple]
) -> Made:
    """As `derive`, with inference and shapes looking at no more than what is near the change."""
    inferred = _inferred(release, delta, terms)
    if inferred is None:
        inferred = ntriples(_contradicting(lambda: infer(_stated(after), terms)))
    # A fork must not open a store on disk, since this process has one open; the audit needs none.
    audited = in_background(lambda: _audited(after, inferred))
    judged = _judged(delta, release)
    return _made(inferred, audited(), *judged)


def _audited(after: Mapping[str, Content], inferred: bytes) -> bytes:
    return ntriples(discrepancies(_merge({**after, INFERRED: inferred})))


def _made(inferred: bytes, audited: bytes, report: Report, counts: dict[str, int]) -> Made:
    _refuse_violations(report)
    found = sum(1 for line in audited.splitlines() if line.endswith(_IS_DISCREPANCY))
    return Made(some({INFERRED: inferred, AUDIT: audited}), found, counts)


def _stated(after: Mapping[str, Content]) -> list[Triple]:
    return [triple for iri in after if iri != ONTOLOGY for triple in read_graph(after[iri])]


def _is_local(delta: Delta, release: Release) -> bool:
    """Whether it is enough to look at what is near the change: it is small, and in a store that
    tells facts from what follows from them, which it does not where graphs have no name."""
    quads = (*delta.gone, *delta.come)
    named = not any(isinstance(quad.graph_name, DefaultGraph) for quad in quads)
    return named and len(quads) <= FEW and {INFERRED, ONTOLOGY} <= release.graphs().keys()


def _judged(delta: Delta, release: Release) -> tuple[Report, dict[str, int]]:
    """What the shapes have to say that they had not before, and the release's new counts."""
    store = Store.read_only(str(release.store))
    proposal = Proposal(release.version, (), frozenset(delta.gone), frozenset(delta.come))
    around = near(proposal, store)
    terms = list(read_graph(release.graphs()[ONTOLOGY]))
    before, after = (_findings(quads, terms) for quads in (around.before, around.after))
    counts: dict[str, int] = dict(release.manifest["validation"])
    for news, more in ((after - before, 1), (before - after, -1)):
        for finding in news:
            counts[finding.severity] += more
    return Report(tuple(sorted(after - before))), counts


def _findings(quads: Iterable[Quad], terms: list[Triple]) -> set[Finding]:
    triples = {quad.triple for quad in quads}
    return set(validate([*triples, *needed(terms, triples)]).findings)


def _judged_anew(
    after: Mapping[str, Content], terms: list[Triple]
) -> tuple[Report, dict[str, int]]:
    report = validate(dict.fromkeys([*_stated(after), *terms, *ontology()]))
    return report, report.counts


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
    old = release.graphs()[INFERRED]
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
