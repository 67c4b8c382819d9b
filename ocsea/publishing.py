"""Making a release: written beside the old one, synced, switched in one step, never half."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pyoxigraph import Store

from ocsea.difference import changes_between
from ocsea.lines import number
from ocsea.release import (
    GRAPHS,
    MANIFEST,
    RETIRED,
    Content,
    NoRelease,
    Release,
    current,
    digest,
    file_name,
    fill,
)
from ocsea.retired import retired
from ocsea.successor import Successor, folder_for


def publish(
    var: Path,
    graphs: Mapping[str, Content],
    facts: dict[str, Any],
    base: Release | None = None,
    *,
    switch: bool = True,
) -> Release:
    """Write a release of these graphs, by IRI, and switch to it unless told otherwise.

    `facts` is what its manifest says beside version and graphs. The files of graphs that are the
    same in the release `base` are shared with it, and so is the part of its store that stays. A
    crash at any moment leaves the release before or this one: the folder gets its name only when
    all of it is on disk, and `var/current` is replaced in one step. What the release before, `base`
    or else the current one, spoke of and this one does not is listed in it as retired.
    """
    with folder_for(var) as folder:
        release = _complete(var, folder, graphs, facts, base, partial(_make_store, base))
    if switch:
        _switch(var, release)
    return release


def succeed(
    var: Path, successor: Successor, graphs: Mapping[str, Content], facts: dict[str, Any]
) -> Release:
    """Write the release that follows another one, and switch to it, as `publish` does."""
    base = successor.base

    def make_store(release: Release) -> None:
        if successor.has_store:
            successor.close(graphs)
        else:
            _make_store(base, release)

    release = _complete(var, successor.folder, graphs, facts, base, make_store)
    _switch(var, release)
    return release


def _complete(
    var: Path,
    folder: Path,
    graphs: Mapping[str, Content],
    facts: dict[str, Any],
    base: Release | None,
    make_store: Callable[[Release], None],
) -> Release:
    """Write what a release holds into a folder, and give that its name."""
    written = _write_graphs(folder / GRAPHS, graphs, base)
    gone = _write_retired(folder, written, base or _standing(var))
    manifest = _with_version(facts | {"graphs": written, "retired": gone})
    release = Release(folder.parent / manifest["version"])
    if not release.is_whole():
        shutil.rmtree(release.path, ignore_errors=True)
        _finish(folder, manifest, make_store)
        folder.rename(release.path)
        _sync_one(folder.parent)
    return release


def _standing(var: Path) -> Release | None:
    try:
        return current(var)
    except NoRelease:
        return None


def _with_version(manifest: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True)
    return manifest | {"version": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _write_graphs(
    folder: Path, graphs: Mapping[str, Content], base: Release | None
) -> dict[str, dict[str, Any]]:
    before = base.graphs() if base else {}
    known = base.manifest["graphs"] if base else {}
    written = {}
    for iri, content in sorted(graphs.items()):
        path, old = folder / file_name(iri), before.get(iri)
        if content == old or (old and isinstance(content, bytes) and content == old.read_bytes()):
            _link(before[iri], path)
            written[iri] = known[iri]
            continue
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content != path:
            _link(content, path)
        written[iri] = _description(path)
    return written


def _write_retired(
    folder: Path, graphs: dict[str, dict[str, Any]], before: Release | None
) -> dict[str, Any]:
    """Write the list of what is gone since the release before; what the manifest says of it."""
    things = retired(before, folder / GRAPHS, graphs) if before else []
    path = folder / RETIRED
    path.write_bytes(b"".join(thing + b"\n" for thing in things))
    return {"count": len(things), "sha256": digest(path)}


def _link(old: Path, new: Path) -> None:
    try:
        new.hardlink_to(old)
    except OSError:  # another file system, or one without links
        shutil.copyfile(old, new)


def _description(path: Path) -> dict[str, Any]:
    return {"file": path.name, "sha256": digest(path), "triples": number(path)}


def _finish(folder: Path, manifest: dict[str, Any], make_store: Callable[[Release], None]) -> None:
    text = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    make_store(Release(folder))
    folder.chmod(0o755)
    _sync(folder)


def _make_store(base: Release | None, release: Release) -> None:
    """The store of a release: what is in that of its base, and changed, or all loaded anew."""
    changes = changes_between(base, release) if base else None
    if base and changes and changes.count * 4 < release.triples:
        Store.read_only(str(base.store)).backup(str(release.store))
        store = Store(str(release.store))
        changes.apply(store)
    else:
        store = Store(str(release.store))
        fill(store, release)
    store.flush()


@contextmanager
def lock(var: Path) -> Iterator[None]:
    """While in here, nobody else makes a release in `var`."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
        if path.is_dir() or path.stat().st_nlink == 1:  # what is shared is on disk already
            _sync_one(path)
    _sync_one(folder)


def _sync_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
