"""Releases: written beside the old one, synced, switched in one step, never half."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, parse

from ocsea.errors import OcseaError
from ocsea.namespaces import GRAPH
from ocsea.rdf import in_graph

GRAPHS, STORE, MANIFEST = "graphs", "store", "manifest.json"
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
        """Version, source editions, validation result, and of each graph file, hash and size."""
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

    def is_whole(self) -> bool:
        """Whether each graph still is what the manifest says, byte for byte."""
        try:
            graphs, known = self.graphs(), self.manifest["graphs"]
            same = all(digest(path) == known[iri]["sha256"] for iri, path in graphs.items())
            return same and self.store.is_dir()
        except (OSError, ValueError, KeyError, TypeError):
            return False


def node(iri: str) -> NamedNode | DefaultGraph:
    """The graph's name as quads have it."""
    return DefaultGraph() if iri == UNNAMED else NamedNode(iri)


def read_graph(path: Path) -> Iterator[Triple]:
    """The triples of a graph's file."""
    return (quad.triple for quad in parse(path=path, format=RdfFormat.N_TRIPLES))


def current(var: Path) -> Release:
    """The release that is being served. Raises NoRelease where none was built yet."""
    path = (var / "current").resolve()
    if not (path / MANIFEST).is_file():
        raise NoRelease(f"No release in {var} yet: run `ocsea build` first.")
    return Release(path)


def publish(
    var: Path, graphs: Mapping[str, Content], facts: dict[str, Any], base: Release | None = None
) -> Release:
    """Write a release of these graphs, by IRI, and switch to it.

    `facts` is what its manifest says beside version and graphs. The files of graphs that are the
    same in the release `base` are shared with it, and so is the part of its store that stays. A
    crash at any moment leaves the release before or this one: the folder gets its name only when
    all of it is on disk, and `var/current` is replaced in one step.
    """
    releases = var / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".building-", dir=releases))
    try:
        written = _write_graphs(folder / GRAPHS, graphs, base)
        manifest = _with_version(facts | {"graphs": written})
        release = Release(releases / manifest["version"])
        if not release.is_whole():
            shutil.rmtree(release.path, ignore_errors=True)
            _finish(folder, manifest, base)
            folder.rename(release.path)
            _sync_one(releases)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _switch(var, release)
    return release


def _with_version(manifest: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    return manifest | {"version": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _write_graphs(
    folder: Path, graphs: Mapping[str, Content], base: Release | None
) -> dict[str, dict[str, Any]]:
    folder.mkdir()
    before = base.graphs() if base else {}
    for iri, content in graphs.items():
        path = folder / file_name(iri)
        if isinstance(content, Path):
            _link(content, path)
        elif iri in before and before[iri].read_bytes() == content:
            _link(before[iri], path)
        else:
            path.write_bytes(content)
    return {iri: _description(folder / file_name(iri)) for iri in sorted(graphs)}


def file_name(iri: str) -> str:
    """Where a graph stands: ours by their stem, any other by a hash of its IRI."""
    if iri == UNNAMED:
        return "_unnamed.nt"
    stem = iri.removeprefix(GRAPH)
    if iri.startswith(GRAPH) and stem.isascii() and stem.isalnum():
        return f"{stem}.nt"
    return f"_{hashlib.sha256(iri.encode()).hexdigest()[:32]}.nt"


def _link(old: Path, new: Path) -> None:
    try:
        new.hardlink_to(old)
    except OSError:  # another file system, or one without links
        shutil.copyfile(old, new)


def _description(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        triples = sum(1 for _ in file)
    return {"file": path.name, "sha256": digest(path), "triples": triples}


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _finish(folder: Path, manifest: dict[str, Any], base: Release | None) -> None:
    text = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    release = Release(folder)
    changes = _changes(base, release) if base else None
    if base and changes and changes.count * 4 < release.triples:
        Store.read_only(str(base.store)).backup(str(release.store))
        store = Store(str(release.store))
        changes.apply(store)
    else:
        store = Store(str(release.store))
        fill(store, release)
    store.flush()
    del store
    folder.chmod(0o755)
    _sync(folder)


def fill(store: Store, release: Release) -> None:
    """Load all graphs, and each triple once into the default graph, which is the merge."""
    for iri, path in release.graphs().items():
        if iri != UNNAMED:
            store.add_graph(NamedNode(iri))
            store.bulk_load(path=path, format=RdfFormat.N_TRIPLES, to_graph=NamedNode(iri))
        store.bulk_load(path=path, format=RdfFormat.N_TRIPLES, to_graph=DefaultGraph())


@dataclass
class Changes:
    """What differs between two releases: quads of named graphs, and triples of the merge."""

    gone: list[Quad]
    come: list[Quad]
    no_graphs: set[str]
    new_graphs: set[str]
    unnamed: set[Triple]

    @property
    def count(self) -> int:
        """How many quads went or came."""
        return len(self.gone) + len(self.come)

    def apply(self, store: Store) -> None:
        """Make the older release's store the newer one's."""
        for iri in self.new_graphs:
            store.add_graph(NamedNode(iri))
        store.extend([*self.come, *in_graph((q.triple for q in self.come), DefaultGraph())])
        for quad in self.gone:
            store.remove(quad)
        for iri in self.no_graphs:
            store.remove_graph(NamedNode(iri))
        for triple in {quad.triple for quad in self.gone} - self.unnamed:
            if not any(_named(store, triple)):
                store.remove(next(in_graph([triple], DefaultGraph())))


def _changes(old: Release, new: Release) -> Changes:
    before, after = old.graphs(), new.graphs()
    changes = Changes(
        [], [], (before.keys() - after) - {UNNAMED}, (after.keys() - before) - {UNNAMED}, set()
    )
    for iri in {**before, **after}:
        gone, come = difference(before.get(iri), after.get(iri))
        changes.gone += in_graph(gone, node(iri))
        changes.come += in_graph(come, node(iri))
    if UNNAMED in after:
        changes.unnamed = set(read_graph(after[UNNAMED]))
    return changes


def difference(old: Path | None, new: Path | None) -> tuple[list[Triple], list[Triple]]:
    """The triples that only the older of two files of a graph holds, and those only the newer."""
    if old and new and old.samefile(new):
        return [], []
    before, after = (set(path.read_bytes().splitlines()) if path else set() for path in (old, new))
    return _triples(before - after), _triples(after - before)


def _triples(lines: Iterable[bytes]) -> list[Triple]:
    return [quad.triple for quad in parse(b"\n".join(lines), format=RdfFormat.N_TRIPLES)]


def _named(store: Store, triple: Triple) -> Iterator[Quad]:
    found = store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
    return (quad for quad in found if not isinstance(quad.graph_name, DefaultGraph))


def merged(store: Iterable[Quad]) -> list[Quad]:
    """Each triple of the named graphs once, as a quad of the default graph."""
    triples = dict.fromkeys(q.triple for q in store if not isinstance(q.graph_name, DefaultGraph))
    return list(in_graph(triples, DefaultGraph()))


def clean(var: Path) -> None:
    """Remove what a build that was killed left behind. Call it only while holding the lock."""
    for folder in (var / "releases").glob(".building-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _switch(var: Path, release: Release) -> None:
    link = var / ".current"
    link.unlink(missing_ok=True)
    link.symlink_to(Path("releases") / release.version)
    link.replace(var / "current")
    _sync_one(var)


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        _sync_one(path)
    _sync_one(folder)


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
