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
from ocsea.difference import Delta, difference, within
from ocsea.documents import Unreadable, refuse_newer
from ocsea.inference import Contradiction, infer
from ocsea.namespaces import RDF_TYPE, term
from ocsea.rdf import ntriples, ontology
from ocsea.reaudit import reaudit
from ocsea.reinference import reinfer
from ocsea.release import UNNAMED, Content, Release, load, node, read_graph
from ocsea.steward.judging.near import near
from ocsea.steward.proposal import Proposal
from ocsea.successor import Successor
from ocsea.validation import Finding, Report, needed, read, run_once, validate

T = TypeVar("T")
_IS_DISCREPANCY = f"{RDF_TYPE} {term('ocsea:Discrepancy')} .".encode()
FEW = 5000
"""The most facts that may change for only what is near them to be looked at again."""
SHOWN = 100
"""How many findings are told of a change that does not conform."""


def some(graphs: Mapping[str, bytes]) -> dict[str, Content]:
    """The graphs that hold anything."""
    return {iri: content for iri, content in graphs.items() if content}


@dataclass(frozen=True)
class Made:
    """What was derived: graphs, how many discrepancies there are, and the findings by severity."""

    graphs: dict[str, Content]
    discrepancies: int
    validation: dict[str, int]


def derive(
    successor: Successor, before: Mapping[str, Content], after: Mapping[str, Content], delta: Delta
) -> Made:
    """What is made from the facts `after`, by graphs' IRIs; `delta` is what differs from `before`,
    the facts of the release that the successor follows.

    Raises NotWritten where the shapes refuse them, or they contradict the ontology.
    """
    release = successor.base
    terms = list(read_graph(after[ONTOLOGY])) if ONTOLOGY in after else []
    same_terms = before.get(ONTOLOGY) == after.get(ONTOLOGY)
    manifest, graphs = release.manifest, release.graphs()
    if same_terms and not matters(delta.triples, terms):
        kept: dict[str, Content] = {iri: graphs[iri] for iri in (INFERRED, AUDIT) if iri in graphs}
        validation = manifest.get("validation", Report(()).counts)
        return Made(kept, manifest.get("discrepancies", 0), validation)
    if same_terms and _is_local(delta, release, terms):
        return _derive_near(successor, delta, terms)
    checked = in_background(lambda: _judged_anew(after, terms))
    inferred = ntriples(_contradicting(lambda: infer(_stated(after), terms)))
    audited = ntriples(discrepancies(_merge({**after, INFERRED: inferred})))
    report, counts = checked()
    _refuse_violations(report)
    found = sum(1 for line in audited.splitlines() if line.endswith(_IS_DISCREPANCY))
    return Made(some({INFERRED: inferred, AUDIT: audited}), found, counts)


def _derive_near(successor: Successor, delta: Delta, terms: list[Triple]) -> Made:
    """As `derive`, looking at no more than what is near the change; the store changes with it."""
    release = successor.base
    inferred = _inferred(release, delta, terms)
    report, counts = _judged(delta, release)
    _refuse_violations(report)
    successor.change(delta + inferred)
    before = Store.read_only(str(release.store))
    changed = (delta + inferred).triples
    audited = within(AUDIT, *reaudit(before, successor.store, changed))
    successor.change(audited)
    graphs = successor.edited(INFERRED, inferred) | successor.edited(AUDIT, audited)
    found = release.manifest.get("discrepancies", 0) + _number(audited.come) - _number(audited.gone)
    return Made(graphs, found, counts)


def _number(audited: Iterable[Quad]) -> int:
    return sum(quad.object == term("ocsea:Discrepancy") for quad in audited)


def _stated(after: Mapping[str, Content]) -> list[Triple]:
    return [triple for iri in after if iri != ONTOLOGY for triple in read_graph(after[iri])]


def _is_local(delta: Delta, release: Release, terms: Iterable[Triple]) -> bool:
    """Whether it is enough to look at what is near the change: it is small, and in a store that
    tells facts from what follows from them, which it does not of those in no graph with a name."""
    quads, graphs = (*delta.gone, *delta.come), release.graphs()
    named = not any(isinstance(quad.graph_name, DefaultGraph) for quad in quads)
    if not named or len(quads) > FEW or not {INFERRED, ONTOLOGY} <= graphs.keys():
        return False
    return UNNAMED not in graphs or not matters(read_graph(graphs[UNNAMED]), terms)


def _judged(delta: Delta, release: Release) -> tuple[Report, dict[str, int]]:
    """What the shapes have to say that they had not before, and the release's new counts."""
    store = Store.read_only(str(release.store))
    proposal = Proposal(release.version, (), frozenset(delta.gone), frozenset(delta.come))
    around = near(proposal, store)
    terms = list(read_graph(release.graphs()[ONTOLOGY]))
    after, before = (_findings(quads, terms) for quads in (around.after, around.before))
    counts: dict[str, int] = dict(release.manifest["validation"])
    for news, more in ((after - before, 1), (before - after, -1)):
        for finding in news:
            counts[finding.severity] += more
    return Report(tuple(sorted(after - before))), counts


def _findings(quads: Iterable[Quad], terms: list[Triple]) -> set[Finding]:
    triples = {quad.triple for quad in quads}
    return set(read(run_once(frozenset([*triples, *needed(terms, triples)]))).findings)


def _judged_anew(
    after: Mapping[str, Content], terms: list[Triple]
) -> tuple[Report, dict[str, int]]:
    report = validate(dict.fromkeys([*_stated(after), *terms, *ontology()]))
    return report, report.counts


def delta_between(before: Mapping[str, Content], after: Mapping[str, Content]) -> Delta:
    """What differs between two states of the facts. Raises NotWritten where RDF 1.1 has no such."""
    found = Delta([], [])
    for iri in {**before, **after}:
        found += within(iri, *difference(before.get(iri), after.get(iri)))
    try:
        for quad in found.come:
            refuse_newer(quad.triple)
    except Unreadable as error:
        raise NotWritten("malformed", str(error)) from None
    return found


def _inferred(release: Release, delta: Delta, terms: list[Triple]) -> Delta:
    """What follows from the facts no more, and what follows now."""
    after = After(Store.read_only(str(release.store)), delta.gone, delta.come)
    return within(INFERRED, *_contradicting(lambda: reinfer(after, terms)))


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
