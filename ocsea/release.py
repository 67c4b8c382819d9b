"""Releases: written beside the old one, synced, switched in one step, never half."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Store

from ocsea.errors import OcseaError
from ocsea.rdf import in_graph

DUMP, STORE, MANIFEST = "dump.nq", "store", "manifest.json"


class NoRelease(OcseaError):
    """There is no release to open yet."""


@dataclass(frozen=True)
class Release:
    """A published state of the graph: dump, store and manifest in one folder, never changed."""

    path: Path

    @property
    def version(self) -> str:
        """The release's name: it follows from the content of dump and manifest."""
        return self.path.name

    @property
    def manifest(self) -> dict[str, Any]:
        """Version, content hash, counts a graph, source editions, validation result."""
        manifest: dict[str, Any] = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        return manifest

    @property
    def dump(self) -> Path:
        """All quads as sorted N-Quads, each in the named graph of its source."""
        return self.path / DUMP

    @property
    def store(self) -> Path:
        """The Oxigraph store on disk; its default graph is the merge, each triple once."""
        return self.path / STORE

    def is_whole(self) -> bool:
        """Whether the dump still is what the manifest says, byte for byte."""
        try:
            content = hashlib.sha256(self.dump.read_bytes()).hexdigest()
            return bool(self.manifest["sha256"] == content) and self.store.is_dir()
        except (OSError, ValueError, KeyError):
            return False


def current(var: Path) -> Release:
    """The release that is being served. Raises NoRelease where none was built yet."""
    path = (var / "current").resolve()
    if not (path / MANIFEST).is_file():
        raise NoRelease(f"No release in {var} yet: run `ocsea build` first.")
    return Release(path)


def publish(var: Path, dump: bytes, facts: dict[str, Any]) -> Release:
    """Write a release and switch to it; `facts` is what its manifest says beside version and hash.

    A crash at any moment leaves the release before or this one: the folder gets its name only
    when all of it is on disk, and `var/current` is replaced in one step.
    """
    manifest = _with_version(facts | {"sha256": hashlib.sha256(dump).hexdigest()})
    releases = var / "releases"
    releases.mkdir(parents=True, exist_ok=True)
    release = Release(releases / manifest["version"])
    if not release.is_whole():
        shutil.rmtree(release.path, ignore_errors=True)
        _write(release, dump, manifest)
    _switch(var, release)
    return release


def _with_version(manifest: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    return manifest | {"version": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _write(release: Release, dump: bytes, manifest: dict[str, Any]) -> None:
    folder = Path(tempfile.mkdtemp(prefix=".building-", dir=release.path.parent))
    try:
        (folder / DUMP).write_bytes(dump)
        _write_store(folder / STORE, folder / DUMP)
        text = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        folder.chmod(0o755)
        _sync(folder)
        folder.rename(release.path)
        _sync_one(release.path.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _write_store(path: Path, dump: Path) -> None:
    store = Store(str(path))
    store.bulk_load(path=dump, format=RdfFormat.N_QUADS)
    store.bulk_extend(merged(store))
    store.flush()
    del store


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
