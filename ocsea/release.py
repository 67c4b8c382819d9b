"""Releases: what is in them, and which one is served."""

import hashlib
import json
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from ocsea.errors import OcseaError
from ocsea.lines import has_line
from ocsea.namespaces import GRAPH
from ocsea.rdf import in_graph

GRAPHS, STORE, MANIFEST, RETIRED = "graphs", "store", "manifest.json", "retired.txt"
UNNAMED = ""
"""Stands for the graph without a name where graphs are told apart by their IRIs."""

Content = bytes | Path
"""A graph's triples as sorted N-Triples, each once: the bytes, or the file that holds them."""


class NoRelease(OcseaError):
    """There is no release to open yet."""


@dataclass(frozen=True)
class Release:
    """A published state of the graph: graphs, store and manifest in one folder, never changed."""

    path: Path

    @property
    def version(self) -> str:
        """The release's name: it follows from the content of graphs and manifest."""
        return self.path.name

    @property
    def manifest(self) -> dict[str, Any]:
        """Version, source editions, validation result, and of each graph file, hash and size;
        how many things are retired."""
        manifest: dict[str, Any] = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        return manifest

    @property
    def store(self) -> Path:
        """The Oxigraph store on disk; its default graph is the merge, each triple once."""
        return self.path / STORE

    @property
    def triples(self) -> int:
        """How many triples the graphs hold, one that two graphs share counted twice."""
        return sum(graph["triples"] for graph in self.manifest["graphs"].values())

    def graphs(self) -> dict[str, Path]:
        """The file of sorted N-Triples of each graph, by the graph's IRI."""
        return {
            iri: self.path / GRAPHS / graph["file"]
            for iri, graph in self.manifest["graphs"].items()
        }

    def quads(self) -> Iterator[Quad]:
        """Everything, each triple in its graph."""
        for iri, path in self.graphs().items():
            yield from in_graph(read_graph(path), node(iri))

    def retired(self, iri: str) -> bool:
        """Whether an earlier release spoke of this thing of ours, and this one does not."""
        return has_line(self.path / RETIRED, iri.encode() + b"\n")

    def is_whole(self) -> bool:
        """Whether each file still is what the manifest says, byte for byte."""
        try:
            manifest = self.manifest
            said = {self.path / RETIRED: manifest["retired"]["sha256"]}
            said |= {
                self.path / GRAPHS / g["file"]: g["sha256"] for g in manifest["graphs"].values()
            }
            same = all(digest(path) == sha256 for path, sha256 in said.items())
            return same and self.store.is_dir()
        except (OSError, ValueError, KeyError, TypeError):
            return False


def file_name(iri: str) -> str:
    """Where a graph stands: ours by their stem, any other by a hash of its IRI."""
    if iri == UNNAMED:
        return "_unnamed.nt"
    stem = iri.removeprefix(GRAPH)
    if iri.startswith(GRAPH) and stem.isascii() and stem.isalnum():
        return f"{stem}.nt"
    return f"_{hashlib.sha256(iri.encode()).hexdigest()[:32]}.nt"


def graph_state(manifest: Mapping[str, Any], iri: str) -> str | None:
    """What the entity tags of a graph begin with, None where there is no such graph."""
    known = manifest["graphs"].get(iri)
    if known is None:
        return "empty" if iri == UNNAMED else None
    return str(known["sha256"])[:16]


def node(iri: str) -> NamedNode | DefaultGraph:
    """The graph's name as quads have it."""
    return DefaultGraph() if iri == UNNAMED else NamedNode(iri)


def read_graph(content: Content) -> Iterator[Triple]:
    """The triples of a graph."""
    if isinstance(content, bytes):
        return (quad.triple for quad in parse(content, RdfFormat.N_TRIPLES))
    return (quad.triple for quad in parse(path=content, format=RdfFormat.N_TRIPLES))


def current(var: Path) -> Release:
    """The release that is being served. Raises NoRelease where none was built yet."""
    path = (var / "current").resolve()
    if not (path / MANIFEST).is_file():
        raise NoRelease(f"No release in {var} yet: run `ocsea build` first.")
    return Release(path)


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256(content: bytes) -> str:
    """The SHA-256 of bytes, as `digest` gives it of a file."""
    return hashlib.sha256(content).hexdigest()


def fill(store: Store, release: Release) -> None:
    """Load all graphs, and each triple once into the default graph, which is the merge."""
    for iri, path in release.graphs().items():
        if iri != UNNAMED:
            store.add_graph(NamedNode(iri))
            load(store, path, NamedNode(iri))
        load(store, path, DefaultGraph())


def load(store: Store, content: Content, graph: NamedNode | DefaultGraph) -> None:
    """Load triples into a graph of a store; blank nodes keep the labels that they have there.

    The store's own loader is the fastest, but renames them, each time anew.
    """
    if _has_blank_nodes(content):
        store.bulk_extend(in_graph(read_graph(content), graph))
    elif isinstance(content, bytes):
        store.bulk_load(content, RdfFormat.N_TRIPLES, to_graph=graph)
    else:
        store.bulk_load(path=content, format=RdfFormat.N_TRIPLES, to_graph=graph)


def _has_blank_nodes(content: Content) -> bool:
    if isinstance(content, bytes):
        return b"_:" in content
    if not content.stat().st_size:  # nothing cannot be mapped
        return False
    with content.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return text.find(b"_:") >= 0
