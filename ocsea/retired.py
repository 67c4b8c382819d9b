"""Things that earlier releases spoke of and a new one does not.

An IRI that was in use and is no more is told apart from one that never was. A release holds the
list of such IRIs, which follows from the list of the release before and the graphs that changed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ocsea.lines import differing, has_line, opened
from ocsea.namespaces import ID
from ocsea.release import GRAPHS, RETIRED, Release

Graphs = Mapping[str, Mapping[str, Any]]
"""What a manifest says of each graph, by its IRI."""

_THING = f"<{ID}".encode()


def retired(before: Release, folder: Path, graphs: Graphs) -> list[bytes]:
    """The IRIs below `/id/` that are no subject of these graphs and were one up to `before`.

    `folder` holds the files of the graphs. Only graphs that differ are read.
    """
    gone, come = _changed(before, folder, graphs)
    files = [folder / graph["file"] for graph in graphs.values()]
    lost = {thing for thing in gone - come if not _is_subject(thing, files)}
    return sorted((_listed(before) - come) | lost)


def _changed(before: Release, folder: Path, graphs: Graphs) -> tuple[set[bytes], set[bytes]]:
    """The things of which some graph says less than it did, and those of which one says more."""
    known: Graphs = before.manifest["graphs"]
    gone: set[bytes] = set()
    come: set[bytes] = set()
    for iri in {**known, **graphs}:
        old, new = known.get(iri), graphs.get(iri)
        if old and new and old["sha256"] == new["sha256"]:
            continue
        spoken = before.path / GRAPHS / old["file"] if old else None
        with opened(spoken) as said, opened(folder / new["file"] if new else None) as says:
            less, more = differing(said, says)
        gone |= _subjects(less)
        come |= _subjects(more)
    return gone, come


def _subjects(lines: list[bytes]) -> set[bytes]:
    return {line[1 : line.index(b">")] for line in lines if line.startswith(_THING)}


def _is_subject(thing: bytes, files: list[Path]) -> bool:
    return any(has_line(path, b"<" + thing + b"> ") for path in files)


def _listed(release: Release) -> set[bytes]:
    path = release.path / RETIRED
    return set(path.read_bytes().splitlines()) if path.is_file() else set()
