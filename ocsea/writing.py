"""Writes: worked out apart, checked against the shapes, made into the next release.

A release is not changed: the next one shares the files of the graphs that stay. Writers and builds
take the same lock, one after the other, and each begins from the release that is then current.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Quad, Triple

from ocsea import ids, provenance
from ocsea.changes import NotWritten, Prepare, Write, Written, outcome
from ocsea.derivation import delta_between, derive, some
from ocsea.derived import DERIVED, PROVENANCE
from ocsea.difference import Delta, difference, within
from ocsea.lines import number
from ocsea.namespaces import GRAPH
from ocsea.publishing import clean, lock, succeed
from ocsea.rdf import ntriples
from ocsea.release import UNNAMED, Content, Release, current, graph_state
from ocsea.steward.submissions import activities
from ocsea.successor import Successor, folder_for

_TAG = re.compile(r'(W/)?"([^"]*)"')


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
            change = _Change(before, after, delta_between(before, after), write.by, write.kind, {})
            with folder_for(var) as folder:
                release = _publish(var, Successor(release, folder), change)
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


def _among(state: str, tags: set[str]) -> bool:
    return any(tag.partition("-")[0] == state for tag in tags)


@dataclass(frozen=True)
class Edit:
    """Facts to take from the graphs and facts to add, as quads; whose doing, and of what `kind`.

    `about` is what the manifest is to say beside, or otherwise than, the one of the release before.
    """

    by: str
    kind: str
    gone: frozenset[Quad]
    come: frozenset[Quad]
    about: Mapping[str, Any]


def apply(var: Path, release: Release, edit: Edit) -> Written:
    """Make the release that an edit asks for, and switch to it; or raise NotWritten.

    The caller holds the lock of `var`, and `release` is the current one. A graph of which nothing
    is left is no more. The edit makes a release even where it changes no fact, since `about` may.
    """
    if DERIVED & {_name(quad) for quad in edit.gone | edit.come}:
        raise _derived()
    before, after = _facts(release), _facts(release)
    with folder_for(var) as folder:
        successor, delta = Successor(release, folder), Delta([], [])
        for iri, one in _by_graph(successor, edit).items():
            after.pop(iri, None)
            after |= successor.edited(iri, one)
            delta += one
        change = _Change(before, after, delta, edit.by, edit.kind, edit.about)
        made = _publish(var, successor, change)
    return Written(made.version, False, made.manifest["validation"]["Warning"])


def _by_graph(successor: Successor, edit: Edit) -> dict[str, Delta]:
    """What an edit does to each graph: what is not there cannot go, nor what is there come."""
    deltas = defaultdict[str, Delta](lambda: Delta([], []))
    for quad in edit.gone - edit.come:
        iri = _name(quad)
        if successor.has(iri, quad.triple):
            deltas[iri].gone.append(quad)
    for quad in edit.come:
        iri = _name(quad)
        if not successor.has(iri, quad.triple):
            deltas[iri].come.append(quad)
    return deltas


def _name(quad: Quad) -> str:
    graph = quad.graph_name
    return UNNAMED if isinstance(graph, DefaultGraph) else str(graph.value)


@dataclass(frozen=True)
class _Change:
    """The facts before and after a write, what differs, whose doing it is, and what else there is
    to say of it in the manifest."""

    before: Mapping[str, Content]
    after: Mapping[str, Content]
    delta: Delta
    by: str
    kind: str
    about: Mapping[str, Any]


def _publish(var: Path, successor: Successor, change: _Change) -> Release:
    release, manifest = successor.base, successor.base.manifest
    made = derive(successor, change.before, change.after, change.delta)
    about = {key: manifest[key] for key in manifest.keys() - {"graphs", "version"}}
    written = {"at": _now(), "by": change.by, "kind": change.kind, "parent": release.version}
    about |= {
        **change.about,
        "base": manifest.get("base", release.version),
        "discrepancies": made.discrepancies,
        "validation": made.validation,
        "written": written | change.about.get("written", {}),
    }
    graphs = {**change.after, **made.graphs}
    told = ntriples(_provenance(_sizes(graphs, release), about))
    if successor.has_store:
        successor.change(within(PROVENANCE, *difference(release.graphs().get(PROVENANCE), told)))
    return succeed(var, successor, graphs | some({PROVENANCE: told}), about)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _sizes(graphs: Mapping[str, Content], release: Release) -> dict[str, int]:
    """How many triples each graph holds: those that are not the release's are counted."""
    same, known = release.graphs(), release.manifest["graphs"]
    return {
        iri: known[iri]["triples"] if content == same.get(iri) else number(content)
        for iri, content in graphs.items()
        if iri != UNNAMED
    }


def _provenance(sizes: Mapping[str, int], about: Mapping[str, Any]) -> Iterator[Triple]:
    counts = {iri: size for iri, size in sizes.items() if size}
    stems = [stem for stem in about.get("sources", {}) if ids.graph(stem).value in counts]
    yield from provenance.describe(counts, stems)
    yield from activities.describe(about.get("submissions", ()))
