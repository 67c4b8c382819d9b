"""Writes: worked out apart, checked against the shapes, made into the next release.

A release is not changed: the next one shares the files of the graphs that stay. Writers and builds
take the same lock, one after the other, and each begins from the release that is then current.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Literal, Store, Triple

from ocsea import ids, provenance
from ocsea.audit import discrepancies
from ocsea.background import in_background
from ocsea.changes import NotWritten, Prepare, Write, outcome
from ocsea.derived import AUDIT, DERIVED, INFERRED, ONTOLOGY, PROVENANCE, matters
from ocsea.difference import difference
from ocsea.documents import Unreadable, refuse_newer
from ocsea.errors import OcseaError
from ocsea.inference import infer
from ocsea.namespaces import GRAPH, term
from ocsea.publishing import clean, lock, publish
from ocsea.rdf import ntriples, ontology
from ocsea.release import UNNAMED, Content, Release, current, load, node, read_graph
from ocsea.validation import Report, validate

SHOWN = 100
"""How many findings are told of a write that does not conform."""

_TAG = re.compile(r'(W/)?"([^"]*)"')


@dataclass(frozen=True)
class Written:
    """What a write came to: the release, whether the graph is new, and how many warnings stand."""

    version: str
    created: bool
    warnings: int


@dataclass(frozen=True)
class Delta:
    """The triples that went from the facts and those that came to them."""

    gone: list[Triple]
    come: list[Triple]

    @property
    def triples(self) -> list[Triple]:
        """All of them."""
        return [*self.gone, *self.come]


def perform(var: Path, write: Write, prepare: Prepare) -> Written:
    """Make the release that a write asks for, and switch to it; or raise NotWritten.

    A write that changes nothing makes no release. `prepare` is for the text of an update.
    """
    with lock(var):
        clean(var)
        release = current(var)
        _check_conditions(write, release)
        before = _facts(release)
        after = _after(write, release, before, prepare)
        created = write.graph not in before
        if after != before:
            release = _publish(var, write, release, before, after)
        warnings = release.manifest.get("validation", {}).get("Warning", 0)
        return Written(release.version, created, warnings)


def _facts(release: Release) -> dict[str, Content]:
    return {iri: path for iri, path in release.graphs().items() if iri not in DERIVED}


def _after(
    write: Write, release: Release, before: Mapping[str, Content], prepare: Prepare
) -> dict[str, Content]:
    if write.kind != "update" and write.graph in DERIVED:
        raise _derived()
    if write.kind == "delete" and write.graph not in before and write.graph != UNNAMED:
        raise NotWritten("unknown", f"There is no graph {write.graph}.")
    changed, gone = outcome(write, release, prepare)
    kept = {iri: content for iri, content in before.items() if iri not in gone}
    after = kept | {iri: content for iri, content in changed.items() if iri not in DERIVED}
    if after == before and (changed or gone):
        raise _derived()
    return after


def _derived() -> NotWritten:
    names = ", ".join(sorted(iri.removeprefix(GRAPH) for iri in DERIVED))
    return NotWritten("derived", f"The graphs {names} are made from the others, not written.")


def _check_conditions(write: Write, release: Release) -> None:
    """RFC 9110: `If-Match` compares strongly, `If-None-Match` weakly; a tag begins with a state."""
    state = _state(write, release)
    if write.if_match is not None:
        strong = {tag for weak, tag in _TAG.findall(write.if_match) if not weak}
        if state is None or not (write.if_match.strip() == "*" or _among(state, strong)):
            raise NotWritten("stale", "If-Match names another state than the one that is there.")
    if write.if_none_match is not None and state is not None:
        tags = {tag for _, tag in _TAG.findall(write.if_none_match)}
        if write.if_none_match.strip() == "*" or _among(state, tags):
            raise NotWritten("stale", "If-None-Match names the state that is there.")


def _state(write: Write, release: Release) -> str | None:
    """What is compared: the release for an update, a graph's content for anything else."""
    if write.kind == "update":
        return release.version
    return graph_state(release.manifest, write.graph)


def graph_state(manifest: Mapping[str, Any], iri: str) -> str | None:
    """What the entity tags of a graph begin with, None where there is no such graph."""
    known = manifest["graphs"].get(iri)
    if known is None:
        return "empty" if iri == UNNAMED else None
    return str(known["sha256"])[:16]


def _among(state: str, tags: set[str]) -> bool:
    return any(tag.partition("-")[0] == state for tag in tags)


def _publish(
    var: Path,
    write: Write,
    release: Release,
    before: Mapping[str, Content],
    after: Mapping[str, Content],
) -> Release:
    manifest = release.manifest
    made = _derive(release, before, after)
    about = {key: manifest[key] for key in manifest.keys() - {"graphs", "version"}}
    about |= {
        "base": manifest.get("base", release.version),
        "discrepancies": made.discrepancies,
        "validation": made.validation,
        "written": {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "by": write.by,
            "kind": write.kind,
            "parent": release.version,
        },
    }
    graphs = {**after, **made.graphs}
    known = manifest["graphs"]
    sizes = {
        iri: content.count(b"\n") if isinstance(content, bytes) else known[iri]["triples"]
        for iri, content in graphs.items()
        if iri != UNNAMED
    }
    counts = {iri: size for iri, size in sizes.items() if size}
    stems = [stem for stem in manifest.get("sources", {}) if ids.graph(stem).value in counts]
    about_graphs = ntriples(provenance.describe(counts, stems))
    return publish(var, graphs | _some({PROVENANCE: about_graphs}), about, release)


def _some(graphs: Mapping[str, bytes]) -> dict[str, Content]:
    return {iri: content for iri, content in graphs.items() if content}


@dataclass(frozen=True)
class _Made:
    """What was derived: graphs, how many discrepancies there are, and the findings by severity."""

    graphs: dict[str, Content]
    discrepancies: int
    validation: dict[str, int]


def _derive(release: Release, before: Mapping[str, Content], after: Mapping[str, Content]) -> _Made:
    delta = _delta(before, after)
    terms = list(read_graph(after[ONTOLOGY])) if ONTOLOGY in after else []
    same_terms = before.get(ONTOLOGY) == after.get(ONTOLOGY)
    manifest, graphs = release.manifest, release.graphs()
    if same_terms and not matters(delta.triples, terms):
        kept: dict[str, Content] = {iri: graphs[iri] for iri in (INFERRED, AUDIT) if iri in graphs}
        validation = manifest.get("validation", Report(()).counts)
        return _Made(kept, manifest.get("discrepancies", 0), validation)
    facts = [triple for iri in after if iri != ONTOLOGY for triple in read_graph(after[iri])]
    known = list(dict.fromkeys([*facts, *terms, *ontology()]))
    checked = in_background(lambda: validate(known))
    if same_terms and INFERRED in graphs and not _may_entail(delta, facts):
        inferred = graphs[INFERRED].read_bytes()
    else:
        inferred = ntriples(_infer(facts, terms))
    audited = discrepancies(_merge({**after, INFERRED: inferred}))
    report = checked()
    _refuse_violations(report)
    found = sum(triple.object == term("ocsea:Discrepancy") for triple in audited)
    return _Made(_some({INFERRED: inferred, AUDIT: ntriples(audited)}), found, report.counts)


def _delta(before: Mapping[str, Content], after: Mapping[str, Content]) -> Delta:
    gone: list[Triple] = []
    come: list[Triple] = []
    for iri in {**before, **after}:
        less, more = difference(before.get(iri), after.get(iri))
        gone += less
        come += more
    try:
        for triple in come:
            refuse_newer(triple)
    except Unreadable as error:
        raise NotWritten("malformed", str(error)) from None
    return Delta(gone, come)


def _may_entail(delta: Delta, facts: list[Triple]) -> bool:
    """Whether what is inferred can be different: of texts and numbers nothing follows, unless one
    is the first or the last that is said of a thing."""
    if not all(isinstance(triple.object, Literal) for triple in delta.triples):
        return True
    come = set(delta.come)
    described = {triple.subject for triple in facts if triple not in come}
    return not {triple.subject for triple in delta.triples} <= described


def _infer(facts: list[Triple], terms: list[Triple]) -> list[Triple]:
    try:
        return infer(facts, terms)
    except OcseaError as error:
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
